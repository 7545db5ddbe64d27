"""Evidence of breaches: whoever made the file, its check says what it found, and only the sample holds."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from slaclock.evidence.canonical import canonical
from slaclock.evidence.signatures import PublicKey, public_key
from slaclock.evidence.verify import verify
from slaclock.helpdesks.payload import load
from tests.fuzz.frame import ROOT, target

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = ROOT / "docs" / "evidence"
_WORDS = (
    '"schema":"evidence/1"', '"seq":', '"at":', '"given":{}', '"fact":', '"hash":"sha256:', '"engine":"0"',
    '"frozen":{', '"calendars":{}', '"targets":[]', '"proofs":[]', '"seals":{}', '"path":[', '"index":', "-1",
    "0", "1e400", "9007199254740993", "null", "true", "{}", "[]", '""', '"9999-12-31T23:59:59Z"', "\x00",
)  # fmt: skip


@cache
def _sample() -> bytes:
    document = json.loads((FOLDER / "sample.json").read_text("utf-8"))
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


@cache
def _key() -> PublicKey:
    return public_key((FOLDER / "public-key.pem").read_bytes())


def _samples() -> Sequence[bytes]:
    return [_sample()]


@target("evidence", samples=_samples, words=_WORDS, seconds=4.0, longest=1 << 16, tries=150)
def evidence(data: bytes) -> None:
    verdict = verify(data, [_key()])
    assert verdict.lines
    if verdict.outcome == "holds":
        assert canonical(load(data)) == canonical(json.loads(_sample()))
