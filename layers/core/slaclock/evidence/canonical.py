"""Canonical JSON (RFC 8785), which every hash is taken of: one document, one sequence of bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import rfc8785


def canonical(document: Any) -> bytes:
    r"""Write a JSON document in its one canonical form; what JSON cannot say is a ValueError.

    >>> canonical({"b": 1.0, "a": "é"})
    b'{"a":"\xc3\xa9","b":1}'
    """
    return rfc8785.dumps(document)


def content_hash(document: Any) -> str:
    """Give `sha256:` and 64 hexadecimal digits, over the canonical form.

    >>> content_hash({})
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return "sha256:" + sha256(canonical(document)).hexdigest()
