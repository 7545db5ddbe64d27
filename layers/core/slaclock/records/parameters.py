"""Query parameters: an answer must not come of a mistyped word."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from slaclock.domain.errors import SlaError

LONGEST = 256  # characters of a value; DynamoDB refuses to look for a partition of more than 2048 bytes


class InvalidQuery(SlaError):
    """A query parameter breaks a rule: `parameter` names it, `detail` says how."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter, self.detail = parameter, detail


def checked(parameters: Mapping[str, str], known: Sequence[str], bounded: Collection[str]) -> None:
    """Refuse what is unknown, empty or no text, and what is too long of those that are `bounded`."""
    for name, value in parameters.items():
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            others = f"one of {', '.join(known)}" if known else "this path takes none"
            hint = f"did you mean {near[0]}?" if near else others
            raise InvalidQuery(name, f"there is no such parameter: {hint}")
        if not value:
            raise InvalidQuery(name, "it is empty: leave it out, or give it a value")
        if name in bounded and len(value) > LONGEST:
            raise InvalidQuery(name, f"it is longer than {LONGEST} characters")
        if any("\ud800" <= each <= "\udfff" for each in value):  # half a character: no key can hold one
            raise InvalidQuery(name, "it is not text in UTF-8")


def limit_of(parameters: Mapping[str, str], usual: int, most: int) -> int:
    """How many at most are asked for."""
    text = parameters.get("limit", str(usual))
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise InvalidQuery("limit", f"{text!r} is no number from 1 to {most}")
    return int(text)
