"""What became of each cycle of a ticket's clocks, in a few words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from slaclock.domain.facts import OUTCOMES, RATED, Fact, split_id

TicketKey = tuple[str, str, str]  # its account, its id, and what that names
CycleKey = tuple[str, int]  # the clock's lane on its ticket, and the number of the cycle


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle as it stands: `outcome` is `met`, `breached`, `cancelled`, or `open` while none was told.

    `due_at` is the deadline told last, None while paused. `worked` is the whole time worked until its stop,
    in seconds as its target counts them: None where the stop is still to come, or never will.
    """

    agreement: str
    target: str
    metric: str
    budget: str
    outcome: str
    due_at: datetime | None
    worked: int | None = None


def cycles_of(facts: Iterable[Fact]) -> dict[CycleKey, Cycle]:
    """Every cycle of a ticket, from its facts in the order of telling; what was withdrawn does not count."""
    lives: dict[CycleKey, _Life] = {}
    for fact in facts:
        if fact.fact == RATED:
            continue
        lives.setdefault((fact.lane, fact.cycle), _Life(fact)).take(fact)
    return {key: life.cycle() for key, life in lives.items()}


def by_ticket(facts: Iterable[Fact]) -> dict[TicketKey, dict[CycleKey, Cycle]]:
    """Every cycle of several tickets; those that no clock ever ran for are not among them."""
    told: dict[TicketKey, list[Fact]] = {}
    for fact in facts:
        told.setdefault((fact.account, fact.ticket_id, fact.subject), []).append(fact)
    return {ticket: cycles_of(its) for ticket, its in told.items()}


@dataclass(slots=True)
class _Life:
    """What was told of a cycle so far, as far as it counts."""

    last: Fact
    budget: str = ""
    outcomes: dict[str, Fact] = field(default_factory=dict)
    ending: Fact | None = None

    def take(self, fact: Fact) -> None:
        """A fact that only tells of another, such as an escalation, changes nothing."""
        if fact.fact in OUTCOMES:
            self.outcomes[fact.key], self.ending = fact, None
        elif fact.fact == "breach_ended":
            self.ending = fact
        elif fact.fact == "breach_reopened":
            self.ending = None
        elif fact.fact == "outcome_corrected":
            self._withdraw(split_id(fact.details["corrects"])[1])
        self.last, self.budget = fact, fact.details.get("budget", self.budget)

    def cycle(self) -> Cycle:
        """The last outcome that stands, or else that it is open."""
        outcome = next(reversed(self.outcomes.values()), None)
        told = outcome or self.last
        return Cycle(
            agreement=told.agreement,
            target=told.target,
            metric=told.metric,
            budget=self.budget,
            outcome=outcome.fact.removeprefix("clock_") if outcome else "open",
            due_at=told.due_at,
            worked=self._worked(outcome),
        )

    def _withdraw(self, key: str) -> None:
        self.outcomes.pop(key, None)
        if self.ending and self.ending.key == key:
            self.ending = None

    def _worked(self, outcome: Fact | None) -> int | None:
        """A breach tells what was worked until its deadline only; its end, what was worked in all."""
        stop = self.ending if outcome and outcome.fact == "clock_breached" else outcome
        if stop is None or stop.fact == "clock_cancelled":
            return None
        worked: int = stop.details["worked_seconds"]
        return worked
