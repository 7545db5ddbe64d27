"""What people do beside the helpdesk: take a breach in hand, pass it on, end an agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import altered
from slaclock.domain.facts import input_mark
from slaclock.domain.notifying import pass_on
from slaclock.domain.occasion import Occasion
from slaclock.domain.starting import begin_due
from slaclock.domain.stopping import break_off

if TYPE_CHECKING:
    from slaclock.domain.acknowledgement import Acknowledgement
    from slaclock.domain.clock import Clock
    from slaclock.domain.ending import Ending
    from slaclock.domain.fold import Fold
    from slaclock.domain.hand_over import HandOver


def acknowledge(fold: Fold, given: Acknowledgement) -> None:
    """Take a breach in hand; where none waits for it, nothing happens."""
    fold.cause, mark = given.id, input_mark(given.id)
    for clock in fold.ticket.clocks:
        taken_already = clock.acknowledged_at or not clock.waiting
        if clock.outcome == "breached" and not taken_already and _names(given, clock):
            taken = altered(clock, acknowledged_at=given.at)
            fold.put(taken)
            fold.tell(
                "breach_acknowledged",
                taken,
                given.at,
                due_at=clock.due_at,
                mark=mark,
                by=given.by,
                **_how(given, clock),
            )


def _how(given: Acknowledgement, clock: Clock) -> dict[str, Any]:
    """How a breach was taken in hand, and at which level of its ladder: the one named, else the last told."""
    last = max((number for number, sent in enumerate(clock.levels, 1) if sent), default=None)
    how = {"claimed": given.claimed, "via": given.via, "level": given.level or last}
    return {name: value for name, value in how.items() if value}


def hand_over(fold: Fold, given: HandOver) -> None:
    """Pass a breach on to another audience, taken in hand or not; where none is open, nothing happens."""
    fold.cause, mark = given.id, input_mark(given.id)
    for clock in fold.ticket.clocks:
        if clock.outcome == "breached" and clock.waiting and _names(given, clock):
            pass_on(fold, clock, given, mark)


def end_agreement(fold: Fold, given: Ending) -> None:
    """Cancel what runs under an agreement that was ended, and choose without it from now on (rule 26).

    What another agreement promises instead, it promises to what starts from then on.
    """
    fold.cause, name = given.id, given.agreement
    for clock in fold.ticket.clocks:
        if clock.agreement == name and clock.waiting:
            break_off(fold, clock, given.at, f"the agreement was ended: {given.reason}")
    ticket, ended = fold.ticket, (*fold.ticket.ended, name)
    fold.ticket = altered(
        ticket, ended=ended, chosen=tuple(each for each in ticket.chosen if each[0] != name)
    )
    if any(not fold.agreements.get(*each).slot for each in ticket.chosen if each[0] == name):
        _succeed(fold, given)


def _succeed(fold: Fold, given: Ending) -> None:
    """Let another customer agreement stand in for the one that was ended, where one fits."""
    ticket = fold.ticket
    found = fold.agreements.choose(ticket.attributes, given.at, given.at, ticket.ended)
    first = tuple((each.id, each.version) for each in found if not each.slot)
    fold.ticket = altered(ticket, chosen=(*first, *ticket.chosen), succeeded_at=given.at)
    if not ticket.gone:
        begin_due(fold, Occasion(given.at, given.at))


def _names(given: Acknowledgement | HandOver, clock: Clock) -> bool:
    """Whether a person means this clock: by a fact about its cycle, or by agreement and metric."""
    if given.fact_key:
        _, lane, cycle, *_ = given.fact_key.split(":")
        return lane == clock.lane and cycle.split(".")[0] == str(clock.cycle)
    return given.agreement == clock.agreement and given.metric in (clock.metric, clock.target)
