"""The whole product in one function: given what happened, it answers what is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.altered import altered
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.casework import enter, enter_early
from slaclock.domain.changes import take
from slaclock.domain.correction import Cause, begins, reconcile
from slaclock.domain.ending import Ending
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.fold import Fold
from slaclock.domain.hand_over import HandOver
from slaclock.domain.hushing import hush
from slaclock.domain.inputs import Wake, learned_at
from slaclock.domain.intervening import acknowledge, end_agreement, hand_over
from slaclock.domain.learning import open_ticket
from slaclock.domain.passing import advance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.domain.ticket import Ticket

# One transaction takes 100 items, and a fact up to three: itself, its announcement, its row in the ledger.
MOST_FACTS = 30


class Decision(NamedTuple):
    """The ticket as it now stands, and the facts to tell. Told more than fits, `ticket.behind` says so."""

    ticket: Ticket
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class NeedsHistory:
    """What was told before matters: the input is about it or older, or a breach is told anew.

    Call again with the ticket's log.
    """


class History(NamedTuple):
    """A ticket's whole log: its inputs, in any order, and the facts told, in the order of telling."""

    given: Sequence[Given]
    facts: Sequence[Fact]


def decide(
    ticket: Ticket | None,
    given: Given | Wake,
    agreements: Agreements,
    now: datetime,
    history: History | None = None,
) -> Decision | NeedsHistory:
    """Fold an input, or the passing of time, into a ticket, and tell what follows from it.

    The same life gives the same facts whenever and however often this is asked: `now` decides only how far
    it is told. Inputs come before moments at the same instant (rule 28), so moments at `now` itself are told
    to a `Wake` only.
    """
    in_order = ticket is not None and not _needs_history(ticket, given)
    if history is not None and not in_order:
        return _again(ticket, given, history, agreements, now)
    if ticket is None:
        if not isinstance(given, TicketEvent):
            raise LookupError("only an event begins a ticket")
        ticket = open_ticket(given)
    elif not in_order or (isinstance(given, CaseEntry) and history is None):
        return NeedsHistory()
    return _in_order(ticket, given, history, agreements, now)


def _in_order(
    ticket: Ticket, given: Given | Wake, history: History | None, agreements: Agreements, now: datetime
) -> Decision | NeedsHistory:
    """Fold what comes after all that was told; a breach that is told anew brings its case from the log."""
    fold = Fold(ticket, agreements, now, given.by if isinstance(given, Wake) else "event")
    told: Sequence[Fact] = ()
    if history is not None:
        entries = (each for each in history.given if isinstance(each, CaseEntry))
        fold.early, told = sorted(entries, key=lambda entry: entry.position), history.facts
    if not isinstance(given, Wake):
        _fold_in(fold, given, told)
    advance(fold, now, inclusive=isinstance(given, Wake))
    enter_early(fold, told)
    if history is None and _tells_anew(fold):
        return NeedsHistory()
    return _decision(fold.ticket, fold.facts, fold)


def _tells_anew(fold: Fold) -> bool:
    """Whether a breach is told of a cycle whose outcome was withdrawn: there may be entries about it."""
    return any(fact.fact == "clock_breached" and fact.revision > 0 for fact in fold.facts)


def _needs_history(ticket: Ticket, given: Given | Wake) -> bool:
    """Whether what was told matters: it was cut short, or wrong, or the input says something of the past."""
    if isinstance(given, Wake):
        return ticket.behind
    if ticket.behind or ticket.rewritten or isinstance(given, Exclusion):
        return True
    position, told_at = given.position, ticket.told_at
    after_inputs = ticket.position is None or position > ticket.position
    if told_at is None or not after_inputs:
        return not after_inputs
    return position[0] < told_at if isinstance(given, CaseEntry) else position[0] <= told_at


def _fold_in(fold: Fold, given: Given, told: Sequence[Fact] = ()) -> None:
    """Let time pass up to an input, and fold it in; `told` are the facts that were, before this fold.

    What people write into a case comes after the moments of its instant: it is about them.
    """
    advance(fold, given.position[0], inclusive=isinstance(given, CaseEntry))
    enter_early(fold, told)
    if isinstance(given, TicketEvent):
        take(fold, given)
    elif isinstance(given, Acknowledgement):
        acknowledge(fold, given)
    elif isinstance(given, HandOver):
        hand_over(fold, given)
    elif isinstance(given, CaseEntry):
        enter(fold, given, told)
    elif isinstance(given, Ending):
        end_agreement(fold, given)
    fold.ticket = altered(fold.ticket, position=given.position)


def _again(
    ticket: Ticket | None, given: Given | Wake, history: History, agreements: Agreements, now: datetime
) -> Decision:
    """Fold the whole log, with the input in its place, and set right what was told.

    An input that the log has already is the one that it has (rule 28). Exclusions, whenever they were
    entered, count from the start (rule 27). What was told up to a moment is folded up to it, though whoever
    told it had a clock that is ahead of ours: else it would seem not to have happened.
    """
    told_at = ticket.told_at if ticket else None
    whole = isinstance(given, Wake) or (told_at is not None and told_at >= now)
    now = max(now, told_at or now)
    late = () if isinstance(given, Wake) else (given,)
    inputs = sorted(
        {each.id: each for each in (*late, *history.given)}.values(), key=lambda each: each.position
    )
    first = next(each for each in inputs if isinstance(each, TicketEvent))
    excluded = tuple(each for each in inputs if isinstance(each, Exclusion))
    quiet_before = ticket.quiet_before if ticket else None
    fold = Fold(
        altered(open_ticket(first), exclusions=excluded, quiet_before=quiet_before),
        agreements,
        now,
        given.by if isinstance(given, Wake) else "late event",
    )
    for each in inputs[inputs.index(first) :]:
        _fold_in(fold, each)
    advance(fold, now, inclusive=whole)
    enter_early(fold)
    stands, facts = fold.ticket, fold.facts[len(history.facts) :]
    if not (isinstance(given, Wake) and begins(history.facts, fold.facts)):
        stands, facts = reconcile(
            fold.ticket, fold.facts, history.facts, _cause(given, inputs, now), agreements
        )
    return _decision(*hush(fold, stands, facts, history.facts), fold)


def _cause(given: Given | Wake, inputs: Sequence[Given], now: datetime) -> Cause:
    """What made folding again necessary; where nobody says, what was learned last."""
    wanted = given.because if isinstance(given, Wake) else given.id
    because = next((each for each in inputs if each.id == wanted), None) or max(inputs, key=learned_at)
    return Cause(because.id, now, because.reason if isinstance(because, Exclusion) else "")


def _decision(ticket: Ticket, facts: Sequence[Fact], fold: Fold) -> Decision:
    behind = len(facts) > MOST_FACTS
    if ticket is not fold.ticket:
        fold.resume_with(ticket)
    moments = fold.next_moments()
    if behind:
        moments = {**moments, "": fold.now}
    quiet_before = ticket.quiet_before if behind else None
    stands = altered(ticket, behind=behind, next_moments=moments, quiet_before=quiet_before)
    return Decision(stands, tuple(facts[:MOST_FACTS]))
