"""How many examples a law of tests/spec is tried on."""

from __future__ import annotations

import os

_PART = int(os.environ.get("EXAMPLES_PART", "1"))


def examples(most: int) -> int:
    """All of them, or one in `EXAMPLES_PART`.

    Laws are about what the code says, which is the same on every Python. On the oldest one it has to be seen
    that the code says it there, too; in CI hypothesis draws the same examples on both.
    """
    return most // _PART
