"""Folding again: what a late input makes of facts already told (rule 17)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from slaclock.domain.altered import altered
from slaclock.domain.clock import Clock
from slaclock.domain.facts import OUTCOMES, Fact, fact_key, input_mark, split_id
from slaclock.domain.ticket import Ticket

Cycle = tuple[str, int]
NEVER = "as is now known, it never started"
# A cycle has one of these for each mark, whatever caused it, and whenever.
_ONCE = frozenset({"clock_started", "reminder_due", "escalation_due"})
# These hang on one telling of a breach: told anew when the breach is told anew.
_OF_A_BREACH = frozenset({"escalation_due", "breach_ended", "breach_acknowledged", "breach_reopened"})


@dataclass(frozen=True, slots=True)
class Cause:
    """What made folding again necessary: an input, when it was learned, and the reason that a person gave."""

    id: str
    at: datetime
    reason: str = ""


@dataclass(slots=True)
class Told:
    """What was told of one cycle so far: its facts, and the revision and outcome that now stand."""

    facts: list[Fact] = field(default_factory=list)

    @property
    def revision(self) -> int:
        """The revision that its next fact has: one more after each outcome withdrawn."""
        return max((each.revision + _withdraws_outcome(each) for each in self.facts), default=0)

    @property
    def heard(self) -> set[str]:
        """Whom its breaches were told to."""
        levels = {each.details["notify"] for each in self.facts if each.fact == "escalation_due"}
        return levels.union(*(each.details["told"] for each in self.facts if each.fact == "clock_breached"))

    @property
    def endings(self) -> list[Fact]:
        """The ends of its breach that were not withdrawn."""
        withdrawn = {fact.details.get("corrects") for fact in self.facts}
        return [fact for fact in self.facts if fact.fact == "breach_ended" and fact.id not in withdrawn]

    @property
    def outcome(self) -> Fact | None:
        """The last outcome that was not withdrawn."""
        withdrawn = {fact.details.get("corrects") for fact in self.facts}
        standing = [fact for fact in self.facts if fact.fact in OUTCOMES and fact.id not in withdrawn]
        return standing[-1] if standing else None


def reconcile(
    ticket: Ticket, folded: Sequence[Fact], told: Sequence[Fact], cause: Cause
) -> tuple[Ticket, list[Fact]]:
    """Set what was told right by the new fold.

    An outcome that does not hold is withdrawn by `outcome_corrected` and the right one told as its next
    revision; one that was missed is told; nothing told is changed. A cycle that never began, as is now known,
    is cancelled. Answers the ticket with its clocks' revisions, and the facts to tell.
    """
    before, after = _by_cycle(told), _by_cycle(folded)
    gone = {key: _vanished(cycle, cause) for key, cycle in before.items() if key not in after}
    right = {key: cycle.outcome for key, cycle in after.items()} | gone
    withdrawals = {
        key: _withdrawal(cycle.outcome, cycle, cause)
        for key, cycle in before.items()
        if cycle.outcome and not _same(cycle.outcome, right[key])
    }
    unended = [
        _withdrawal(end, cycle, cause)
        for key, cycle in before.items()
        if key not in withdrawals
        for end in cycle.endings
        if not any(_says_the_same(end, each) for each in after.get(key, Told()).facts)
    ]
    revisions = {key: before.get(key, Told()).revision + (key in withdrawals) for key in right}
    anew = [
        _heard(_revised(fact, revisions[_cycle(fact)]), before.get(_cycle(fact), Told()))
        for fact in (*gone.values(), *_without_stale_reminders(folded, ticket))
        if _missing(fact, before.get(_cycle(fact), Told()), right[_cycle(fact)], revisions[_cycle(fact)])
    ]
    ticket = altered(_revise(ticket, before, revisions), rewritten=bool(gone))
    # A promise lost and regained within what is told now starts its cycle once.
    distinct = {fact.key: fact for fact in reversed(anew)}
    return ticket, [*withdrawals.values(), *unended, *reversed(distinct.values())]


def begins(told: Sequence[Fact], folded: Sequence[Fact]) -> bool:
    """Whether the new fold begins with all that was told, so that only its rest is left to tell."""
    return len(told) <= len(folded) and all(
        one.key == other.key and _same(one, other) for one, other in zip(told, folded, strict=False)
    )


def _by_cycle(facts: Iterable[Fact]) -> dict[Cycle, Told]:
    cycles: dict[Cycle, Told] = {}
    for fact in facts:
        cycles.setdefault(_cycle(fact), Told()).facts.append(fact)
    return cycles


def _cycle(fact: Fact) -> Cycle:
    return fact.lane, fact.cycle


def _same(one: Fact, other: Fact | None) -> bool:
    return other is not None and _substance(one) == _substance(other)


def _substance(fact: Fact) -> tuple[object, ...]:
    if fact.details.get("reason") == NEVER:
        return (NEVER,)
    worked = fact.details.get("worked_seconds")
    reason = fact.details.get("reason") if fact.fact == "clock_cancelled" else None
    return fact.fact, fact.at, fact.due_at, worked, fact.agreement, fact.agreement_version, reason


def _withdraws_outcome(fact: Fact) -> bool:
    return fact.fact == "outcome_corrected" and "breach_ended" not in split_id(fact.details["corrects"])[1]


def _heard(fact: Fact, told: Told) -> Fact:
    """The all-clear goes to everybody who was really told; who had it already needs no second one."""
    if fact.fact not in ("breach_ended", "breach_reopened"):
        return fact
    cleared = fact.fact == "breach_ended" and any(each.revision == fact.revision for each in told.endings)
    whom = set() if cleared else told.heard.union(fact.details["told"])
    return replace(fact, details={**fact.details, "told": sorted(whom)})


def _withdrawal(wrong: Fact, cycle: Told, cause: Cause) -> Fact:
    """The correction of an outcome, for everybody who was told of it, or of the end of a breach."""
    mark = input_mark(cause.id if wrong.fact in OUTCOMES else cause.id + wrong.key)
    details = {name: wrong.details.get(name) for name in ("customer", "team", "priority", "timezone")}
    told = {"told": sorted(cycle.heard)} if wrong.fact == "clock_breached" else {"told": []}
    why = {"reason": cause.reason} if cause.reason else {}
    return replace(
        wrong,
        fact="outcome_corrected",
        key=fact_key("outcome_corrected", wrong.lane, wrong.cycle, wrong.revision, mark),
        at=cause.at,
        details={**details, "corrects": wrong.id, "because": cause.id, **why, **told},
        cause=cause.id,
    )


def _vanished(cycle: Told, cause: Cause) -> Fact:
    """The cancellation of a cycle that, as is now known, never began."""
    first = cycle.facts[0]
    details = {name: first.details.get(name) for name in ("customer", "team", "priority", "timezone")}
    return replace(
        first,
        fact="clock_cancelled",
        key=fact_key("clock_cancelled", first.lane, first.cycle, cycle.revision),
        revision=cycle.revision,
        at=cause.at,
        due_at=None,
        details={**details, "reason": NEVER},
        cause=cause.id,
    )


def _missing(fact: Fact, told: Told, outcome: Fact | None, revision: int) -> bool:
    """Whether a fact of the new fold, in which `outcome` stands, is still to be told."""
    if fact.fact in OUTCOMES:
        return fact is outcome and not _same(fact, told.outcome)
    if fact.fact == "outcome_corrected":
        return False  # a withdrawal within the new fold: what counts of it is the outcome that stands
    told_now = [each for each in told.facts if fact.fact not in _OF_A_BREACH or each.revision == revision]
    return not any(_says_the_same(fact, each) for each in told_now)


def _says_the_same(one: Fact, other: Fact) -> bool:
    """Whether two facts of a cycle tell one thing: by their marks, or caused by one of two inputs at once."""
    if one.fact != other.fact or _mark(one) == _mark(other):
        return one.fact == other.fact
    return one.fact not in _ONCE and (one.at, one.due_at) == (other.at, other.due_at)


def _mark(fact: Fact) -> str:
    """What tells a fact from others of its name in the same cycle."""
    return "".join(fact.key.split(":")[3:])


def _revised(fact: Fact, revision: int) -> Fact:
    key = fact_key(fact.fact, fact.lane, fact.cycle, revision, _mark(fact))
    return replace(fact, revision=revision, key=key)


def _without_stale_reminders(folded: Sequence[Fact], ticket: Ticket) -> list[Fact]:
    """Of reminders found late only the last of a clock that still runs may be told (rule 20)."""
    running = {(clock.lane, clock.cycle) for clock in ticket.clocks if clock.running}
    reminders = (fact for fact in folded if fact.fact == "reminder_due" and _cycle(fact) in running)
    last = {_cycle(fact): fact.key for fact in reminders}
    return [fact for fact in folded if fact.fact != "reminder_due" or last.get(_cycle(fact)) == fact.key]


def _revise(ticket: Ticket, before: dict[Cycle, Told], revisions: dict[Cycle, int]) -> Ticket:
    """The clocks with their revisions, and with the reminders and levels that were told before."""
    for clock in ticket.clocks:
        key = (clock.lane, clock.cycle)
        revised = altered(clock, revision=revisions.get(key, clock.revision))
        ticket = ticket.with_clock(_having_told(revised, before.get(key, Told()).facts))
    return ticket


def _having_told(clock: Clock, told: Sequence[Fact]) -> Clock:
    marks = [_mark(fact).split(".") for fact in told if fact.fact == "reminder_due"]
    reminded = {int(number) for budget, number in marks if budget == f"b{clock.budget_set or 0}"}
    levels = list(clock.levels)
    for fact in told:
        if fact.fact == "escalation_due" and fact.revision == clock.revision:
            number = fact.details["level"] - 1
            if number < len(levels):
                levels[number] = max(levels[number], fact.details["repeat"] + 1)
    return altered(clock, reminded=clock.reminded | reminded, levels=tuple(levels))
