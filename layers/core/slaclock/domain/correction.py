"""Folding again: what a late input makes of facts already told (rule 17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.altered import altered
from slaclock.domain.breach_news import told_of_a_breach
from slaclock.domain.facts import CASE, OUTCOMES, RATED, about, fact_key, input_mark, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.rota import ASSIGNEE
from slaclock.domain.told import TURNS, Told, by_cycle, cycle_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.clock import Clock
    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket
    from slaclock.domain.told import Cycle

NEVER = "as is now known, it never started"
# A cycle has one of these for each mark, whatever caused it, and whenever.
_ONCE = frozenset({"clock_started", "reminder_due", "escalation_due", "escalation_handed_over", RATED}) | CASE
# Of these a clock keeps the customer of whom they were told.
_OF_WHOM = ("clock_breached", "clock_cancelled")
_PASSED_ON = ("escalation_due", "escalation_handed_over")
# These hang on one telling of a breach: told anew when the breach is told anew.
_OF_A_BREACH = CASE | {
    "escalation_due",
    "escalation_handed_over",
    "breach_ended",
    "breach_acknowledged",
    "breach_reopened",
}


class Cause(NamedTuple):
    """What made folding again necessary: an input, when it was learned, and the reason that a person gave."""

    id: str
    at: datetime
    reason: str = ""


def reconcile(
    ticket: Ticket, folded: Sequence[Fact], told: Sequence[Fact], cause: Cause, agreements: Agreements
) -> tuple[Ticket, list[Fact]]:
    """Set what was told right by the new fold.

    An outcome that does not hold is withdrawn by `outcome_corrected` and the right one told as its next
    revision; one that was missed is told; nothing told is changed. A cycle that never began, as is now known,
    is cancelled. Answers the ticket with its clocks' revisions, and the facts to tell.
    """
    before, after = by_cycle(told), by_cycle(folded)
    gone = {key: _vanished(cycle, cause, agreements) for key, cycle in before.items() if key not in after}
    right = {key: cycle.outcome for key, cycle in after.items()} | gone
    withdrawals = {
        key: _withdrawal(cycle.outcome, cycle, cause)
        for key, cycle in before.items()
        if cycle.outcome and not _same(cycle.outcome, right[key])
    }
    over = {(clock.lane, clock.cycle) for clock in ticket.clocks if not clock.waiting}
    unturned = [
        _withdrawal(turn, cycle, cause, over=key in over)
        for key, cycle in before.items()
        if key not in withdrawals
        for turn in cycle.turns
        if not any(_says_the_same(turn, each) for each in after.get(key, Told()).facts)
    ]
    taken = {fact.key for fact in told}
    revisions = {key: before.get(key, Told()).revision + (key in withdrawals) for key in right}
    anew = [
        _revised(fact, revisions[cycle_of(fact)], taken, cause)
        for fact in (*gone.values(), *_without_stale_reminders(folded, ticket))
        if _missing(
            fact, before.get(cycle_of(fact), Told()), right[cycle_of(fact)], revisions[cycle_of(fact)]
        )
    ]
    # A promise lost and regained within what is told now starts its cycle once.
    distinct = {fact.key: fact for fact in reversed(anew)}
    stands = by_cycle([*told, *withdrawals.values(), *reversed(distinct.values())])
    ticket = _revise(ticket, stands, revisions)
    ticket = altered(ticket, rewritten=bool(gone))
    heard = _Heard(before, [*withdrawals.values(), *unturned])
    right_whose = (_of_its_breach(fact, stands) for fact in reversed(distinct.values()))
    return ticket, [*heard.withdrawals, *map(heard.told, right_whose)]


def begins(told: Sequence[Fact], folded: Sequence[Fact]) -> bool:
    """Whether the new fold begins with all that was told, so that only its rest is left to tell."""
    return len(told) <= len(folded) and all(
        one.key == other.key and _same(one, other) and _customer(one) == _customer(other)
        for one, other in zip(told, folded, strict=False)
    )


def _same(one: Fact, other: Fact | None) -> bool:
    return other is not None and _substance(one) == _substance(other)


def _substance(fact: Fact) -> tuple[object, ...]:
    if fact.details.get("reason") == NEVER:
        return (NEVER,)
    worked = fact.details.get("worked_seconds")
    reason = fact.details.get("reason") if fact.fact == "clock_cancelled" else None
    return fact.fact, fact.at, fact.due_at, worked, fact.agreement, fact.agreement_version, reason


class _Heard:
    """What each audience heard last of each breach, so that nobody hears it twice, or is left with it."""

    def __init__(self, before: dict[Cycle, Told], withdrawals: list[Fact]) -> None:
        self.withdrawals = withdrawals
        self._whom = {key: cycle.heard for key, cycle in before.items()}
        self._over: dict[tuple[Cycle, int], bool] = {}
        for fact in (*(each for cycle in before.values() for each in cycle.facts), *withdrawals):
            self._hear(fact)

    def told(self, fact: Fact) -> Fact:
        """An end or a reopening, for everybody who was told of the breach and last heard otherwise."""
        if fact.fact in TURNS:
            last = self._over.get((cycle_of(fact), fact.revision), False)
            knows = self._whom.get(cycle_of(fact), set())
            whom = set() if last == (fact.fact == "breach_ended") else knows
            fact = replace(fact, details={**fact.details, "told": sorted(whom)})
        self._hear(fact)
        return fact

    def _hear(self, fact: Fact) -> None:
        over = {"clock_breached": False, "breach_reopened": False, "breach_ended": True}.get(fact.fact)
        if fact.fact == "outcome_corrected" and "breach_reopened" in split_id(fact.details["corrects"])[1]:
            over = True
        if over is not None and fact.details.get("told"):
            self._over[cycle_of(fact), fact.revision] = over
        self._whom.setdefault(cycle_of(fact), set()).update(told_of_a_breach(fact))


def _withdrawal(wrong: Fact, cycle: Told, cause: Cause, *, over: bool = False) -> Fact:
    """The correction of an outcome, or of a turn of a breach, for whoever would be left with what is wrong.

    That a breach is open again is taken back from everybody where it is `over`; where it is not, or where an
    end was wrong, the right turn is told instead.
    """
    mark = input_mark(cause.id if wrong.fact in OUTCOMES else cause.id + wrong.key)
    left = wrong.fact == "clock_breached" or (wrong.fact == "breach_reopened" and over)
    why = {"reason": cause.reason} if cause.reason else {}
    told = {"told": sorted(cycle.heard) if left else []}
    period = {} if wrong.due_at else {"of_at": format_instant(wrong.at)}
    return replace(
        wrong,
        fact="outcome_corrected",
        key=fact_key("outcome_corrected", wrong.lane, wrong.cycle, wrong.revision, mark),
        at=cause.at,
        details={**about(wrong), "corrects": wrong.id, "because": cause.id, **why, **period, **told},
        cause=cause.id,
        engine="",
    )


def _vanished(cycle: Told, cause: Cause, agreements: Agreements) -> Fact:
    """The cancellation of a cycle that, as is now known, never began."""
    first = cycle.facts[0]
    promised = agreements.get(first.agreement, first.agreement_version)
    named = promised.named(promised.targets[first.target])
    return replace(
        first,
        fact="clock_cancelled",
        key=fact_key("clock_cancelled", first.lane, first.cycle, cycle.revision),
        revision=cycle.revision,
        at=cause.at,
        due_at=None,
        details={**about(first), **named, "reason": NEVER},
        cause=cause.id,
        engine="",
    )


def _missing(fact: Fact, told: Told, outcome: Fact | None, revision: int) -> bool:
    """Whether a fact of the new fold, in which `outcome` stands, is still to be told."""
    if fact.fact in OUTCOMES:
        return fact is outcome and not _same(fact, told.outcome)
    if fact.fact == "outcome_corrected":
        return False  # a withdrawal within the new fold: what counts of it is the outcome that stands
    withdrawn = told.withdrawn
    told_now = [
        each
        for each in told.facts
        if (fact.fact not in _OF_A_BREACH or each.revision == revision) and each.id not in withdrawn
    ]
    return not any(_says_the_same(fact, each) for each in told_now)


def _says_the_same(one: Fact, other: Fact) -> bool:
    """Whether two facts of a cycle tell one thing: by their marks, or caused by one of two inputs at once."""
    if one.fact != other.fact or _mark(one) == _mark(other):
        return one.fact == other.fact
    return one.fact not in _ONCE and (one.at, one.due_at) == (other.at, other.due_at)


def _mark(fact: Fact) -> str:
    """What tells a fact from others of its name in the same cycle."""
    return "".join(fact.key.split(":")[3:])


def _revised(fact: Fact, revision: int, taken: AbstractSet[str], cause: Cause) -> Fact:
    key = fact_key(fact.fact, fact.lane, fact.cycle, revision, _mark(fact))
    if fact.fact in TURNS and key in taken:  # told, withdrawn, and right after all
        key = fact_key(fact.fact, fact.lane, fact.cycle, revision, input_mark(cause.id + key))
    return replace(fact, revision=revision, key=key)


def _without_stale_reminders(folded: Sequence[Fact], ticket: Ticket) -> list[Fact]:
    """Of reminders found late only the last of a clock that still runs may be told (rule 20)."""
    running = {(clock.lane, clock.cycle) for clock in ticket.clocks if clock.running}
    reminders = (fact for fact in folded if fact.fact == "reminder_due" and cycle_of(fact) in running)
    last = {cycle_of(fact): fact.key for fact in reminders}
    return [fact for fact in folded if fact.fact != "reminder_due" or last.get(cycle_of(fact)) == fact.key]


def _of_its_breach(fact: Fact, told: dict[Cycle, Told]) -> Fact:
    """What becomes of a breach is told of the customer of whom the breach was, whatever is known by now."""
    breach = told[cycle_of(fact)].breach
    if breach is None or fact.fact not in _OF_A_BREACH or _customer(fact) == _customer(breach):
        return fact
    return replace(fact, details={**fact.details, "customer": _customer(breach)})


def _customer(fact: Fact) -> str | None:
    customer: str | None = fact.details.get("customer")
    return customer


def _revise(ticket: Ticket, told: dict[Cycle, Told], revisions: dict[Cycle, int]) -> Ticket:
    """The clocks with their revisions, and with what was told before or now, of whom and to whom."""
    for clock in ticket.clocks:
        key = (clock.lane, clock.cycle)
        revised = altered(clock, revision=revisions.get(key, clock.revision))
        ticket = ticket.with_clock(_having_told(revised, told.get(key, Told())))
    return ticket


def _by_the_hour(fact: Fact) -> bool:
    """Whether a level told another audience than its ladder names, or might have."""
    return "rota" in fact.details or fact.details.get("notify") == ASSIGNEE


def _having_told(clock: Clock, told: Told) -> Clock:
    marks = [_mark(fact).split(".") for fact in told.facts if fact.fact == "reminder_due"]
    reminded = {int(number) for budget, number in marks if budget == f"b{clock.budget_set or 0}"}
    levels = list(clock.levels)
    heard: set[str] = set()
    for fact in told.facts:
        if fact.fact not in _PASSED_ON or fact.revision != clock.revision:
            continue
        if fact.fact == "escalation_handed_over" or _by_the_hour(fact):
            heard.update(told_of_a_breach(fact))
        if fact.fact == "escalation_due":
            number = fact.details["level"] - 1
            if number < len(levels):
                levels[number] = max(levels[number], fact.details["repeat"] + 1)
    stands = told.outcome
    customer = _customer(stands) if stands and stands.fact in _OF_WHOM else clock.customer
    known = {"customer": customer, "heard": frozenset(heard)}
    return altered(clock, reminded=clock.reminded | reminded, levels=tuple(levels), **known)
