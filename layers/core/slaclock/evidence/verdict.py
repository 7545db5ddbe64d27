"""What a check of a bundle found: line by line what holds, what does not and where, and what that means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from slaclock.domain.errors import SlaError

Outcome = Literal["holds", "does not hold", "not sealed yet"]

# What it means for whoever relies on the file where a check fails.
MEANINGS: Mapping[str, str] = {
    "schema": "This is no evidence file that slaclock makes, or it was cut off or changed since.",
    "engine": "The rules are those of the version that told the breach; this one does not judge for it.",
    "hashes": "Something was changed after its hash was taken, or the hash was.",
    "chain": "Something of the ticket's record was changed, removed, added or moved after it was written.",
    "derived": "What is recorded does not follow from the ticket's log and agreements, whoever signed it.",
    "fold": "The steps that are shown are not those that the log leads to. The record itself may hold.",
    "rows": "Rows of the breach are left out or put in. The ticket's facts may hold.",
    "inclusion": "The breach's rows are not those that were sealed on their day.",
    "key": "Whoever signed had another key than the one that you trust: it proves nothing to you.",
    "signature": "The seal was changed after it was signed, or was never signed by the holder of the key.",
    "sealed": "Nothing contradicts the record, but no seal protects all of it yet: ask again tomorrow.",
    "age": "The file shows what was recorded by an earlier day than you ask for; later rows are not in it.",
    "roots": "Another seal of that day was signed, or what you keep is of another stack.",
    "file": "The file was changed after it was made, in what no other check looks at.",
}


def counted(number: int, what: str) -> str:
    """How many of something there are, in words: `1 proof`, `4 proofs`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class Fault(SlaError):
    """A check fails: `pointer` (RFC 6901) says where, "" for the whole file; `detail` says how."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(f"{pointer}: {detail}" if pointer else detail)
        self.pointer, self.detail = pointer, detail


@dataclass(frozen=True, slots=True)
class Line:
    """One check. `holds` is None where it could not be made, or where what it asks for is still to come."""

    check: str
    holds: bool | None
    said: str
    pointer: str = ""

    @property
    def means(self) -> str:
        """What a failure means; empty where it holds, or was not made."""
        waits = self.check == "sealed" and not self.holds
        return MEANINGS[self.check] if waits or self.holds is False else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every check in its order; rows and seals as the file has them; the seal as of which rows are all."""

    lines: Sequence[Line]
    rows: Sequence[Mapping[str, object]] = ()
    seals: Sequence[Mapping[str, object]] = ()
    as_of: Mapping[str, object] | None = None  # the latest seal of all that is shown

    @property
    def failed(self) -> Line | None:
        """The first check that does not hold."""
        return next((line for line in self.lines if line.holds is False), None)

    @property
    def outcome(self) -> Outcome:
        if self.failed:
            return "does not hold"
        sealed = all(line.holds for line in self.lines if line.check == "sealed")
        return "holds" if sealed else "not sealed yet"
