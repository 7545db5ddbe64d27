"""What became of a breach, from the facts about it: its status, and its case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slaclock.domain.case_entry import RAISED, WAIVED
from slaclock.domain.casework import dispute_of
from slaclock.domain.facts import CASE, Fact
from slaclock.domain.repeating import latest_of

# The first that holds is a breach's status.
STATUSES = ("corrected", "waived", "disputed", "ended", "acknowledged", "open")


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one telling of a breach; `entries` are those of its case, in the order of telling.

    `reopened` says whether it was open again after an end, whatever came then.
    """

    told: Fact
    acknowledged: Fact | None = None
    ended: Fact | None = None
    corrected: Fact | None = None
    entries: Sequence[Fact] = ()
    reopened: bool = False

    @property
    def status(self) -> str:
        """The first of `STATUSES` that holds. Reopened, it has not ended; the latest dispute decides."""
        dispute = self.dispute
        held = {
            "corrected": self.corrected,
            "waived": dispute == WAIVED,
            "disputed": dispute == RAISED,
            "ended": self.ended,
            "acknowledged": self.acknowledged,
        }
        return next((status for status in STATUSES if held.get(status)), STATUSES[-1])

    @property
    def dispute(self) -> str | None:
        """What the latest of its disputes says; None where there was none."""
        return dispute_of(self.entries)

    @property
    def cause(self) -> str | None:
        """What the breach is put down to, as was said last; None while nobody has."""
        found = self.latest("case_cause")
        return str(found.details["root_cause"]) if found else None

    def latest(self, name: str) -> Fact | None:
        """The latest entry of a kind, in time."""
        return latest_of(self.entries, name)


def standing(facts: Iterable[Fact]) -> Standing | None:
    """What became of a breach, from the facts of its cycle and revision in the order of telling.

    None where they tell of no breach. Whether it has ended says the last ending or reopening in time that was
    not withdrawn, which need not be the last one told.
    """
    facts = list(facts)
    withdrawn = {fact.details.get("corrects") for fact in facts}
    told = next((fact for fact in facts if fact.fact == "clock_breached"), None)
    if told is None:
        return None
    turns = [fact for fact in facts if fact.fact.startswith(("breach_ended", "breach_reopened"))]
    turns = [fact for fact in turns if fact.id not in withdrawn]
    last = max(enumerate(turns), key=lambda turn: (turn[1].at, turn[0]), default=(0, None))[1]
    return Standing(
        told,
        acknowledged=next((fact for fact in facts if fact.fact == "breach_acknowledged"), None),
        ended=last if last and last.fact == "breach_ended" else None,
        corrected=next((fact for fact in facts if fact.details.get("corrects") == told.id), None),
        entries=tuple(fact for fact in facts if fact.fact in CASE),
        reopened=any(turn.fact == "breach_reopened" for turn in turns),
    )


def service_of(told: Fact) -> str | None:
    """The service that an outcome is about: that of its ticket, or the one that itself is the subject."""
    service: str | None = told.details.get("service")
    return told.ticket_id if told.subject == "service" else service
