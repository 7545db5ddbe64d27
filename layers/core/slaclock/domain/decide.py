"""The whole product in one function: given what happened, it answers what is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from slaclock.domain.agreement import Agreements
from slaclock.domain.changes import acknowledge, take
from slaclock.domain.correction import begins, reconcile
from slaclock.domain.events import Given, TicketEvent, Wake
from slaclock.domain.facts import Fact
from slaclock.domain.fold import Fold
from slaclock.domain.learning import open_ticket
from slaclock.domain.ticket import Ticket

# One transaction takes 100 items, and a fact up to three: itself, its announcement, its row in the ledger.
MOST_FACTS = 30


@dataclass(frozen=True, slots=True)
class Decision:
    """The ticket as it now stands, and the facts to tell. Told more than fits, `ticket.behind` says so."""

    ticket: Ticket
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class NeedsHistory:
    """The input is older than what was folded last: call again with the ticket's log."""


@dataclass(frozen=True, slots=True)
class History:
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
    if history is not None:
        return _again(given, history, agreements, now)
    if ticket is not None and _needs_history(ticket, given):
        return NeedsHistory()
    if ticket is None and not isinstance(given, TicketEvent):
        raise LookupError("only an event begins a ticket")
    fold = _begin(ticket, given, agreements, now)
    if not isinstance(given, Wake):
        fold.advance(given.position[0])
        _fold_in(fold, given)
    fold.advance(now, inclusive=isinstance(given, Wake))
    return _decision(fold.ticket, fold.facts, fold)


def _needs_history(ticket: Ticket, given: Given | Wake) -> bool:
    """Whether what was told matters: it was cut short, or wrong, or the input is late."""
    return ticket.behind or (not isinstance(given, Wake) and (ticket.rewritten or _late(ticket, given)))


def _late(ticket: Ticket, given: Given) -> bool:
    """Whether an input comes before one folded already, or not after a moment told already."""
    after_inputs = ticket.position is None or given.position > ticket.position
    return not after_inputs or (ticket.told_at is not None and given.position[0] <= ticket.told_at)


def _begin(ticket: Ticket | None, given: Given | Wake, agreements: Agreements, now: datetime) -> Fold:
    by = given.by if isinstance(given, Wake) else "event"
    if ticket is None:
        assert isinstance(given, TicketEvent), "checked above"  # noqa: S101  (for the type checker)
        ticket = open_ticket(given)
    return Fold(ticket, agreements, now, by)


def _fold_in(fold: Fold, given: Given) -> None:
    if isinstance(given, TicketEvent):
        take(fold, given)
    else:
        acknowledge(fold, given)


def _again(given: Given | Wake, history: History, agreements: Agreements, now: datetime) -> Decision:
    """Fold the whole log, with the input in its place, and set right what was told.

    An input that the log has already is the one that it has (rule 28).
    """
    late = () if isinstance(given, Wake) else (given,)
    inputs = sorted(
        {each.id: each for each in (*late, *history.given)}.values(), key=lambda each: each.position
    )
    first = next(each for each in inputs if isinstance(each, TicketEvent))
    fold = Fold(open_ticket(first), agreements, now, given.by if isinstance(given, Wake) else "late event")
    for each in inputs[inputs.index(first) :]:
        fold.advance(each.position[0])
        _fold_in(fold, each)
    fold.advance(now, inclusive=isinstance(given, Wake))
    if isinstance(given, Wake) and begins(history.facts, fold.facts):
        return _decision(fold.ticket, fold.facts[len(history.facts) :], fold)
    because = inputs[-1].id if isinstance(given, Wake) else given.id
    ticket, facts = reconcile(fold.ticket, fold.facts, history.facts, now, because)
    return _decision(ticket, facts, fold)


def _decision(ticket: Ticket, facts: Sequence[Fact], fold: Fold) -> Decision:
    behind = len(facts) > MOST_FACTS
    fold.ticket = ticket
    moments = {**fold.next_moments(), **({"": fold.now} if behind else {})}
    return Decision(replace(ticket, behind=behind, next_moments=moments), tuple(facts[:MOST_FACTS]))
