"""Telling people: reminders before a deadline, levels after it (rules 20 to 22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import altered
from slaclock.domain.deadlines import deadline
from slaclock.domain.escalation import goal_end, reminders_of, stands_for
from slaclock.domain.instants import format_instant
from slaclock.domain.rota import ASSIGNEE, LEGAL, TEAM
from slaclock.domain.ticket import name_of

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.escalation import Moment
    from slaclock.domain.fold import Fold
    from slaclock.domain.hand_over import HandOver

MOST_HEARD = 50  # audiences that a breach is handed over to, or a rota named: its ticket has to fit an item


def remind(fold: Fold, clock: Clock, moment: Moment) -> None:
    """Tell one reminder, of the promise or of the goal beside it."""
    terms, number = fold.terms(clock), moment.number
    told = dict.fromkeys(audience_at(fold, clock, each, moment.at) for each in terms.target.remind)
    text, of_goal = reminders_of(terms)[number].text, number >= len(terms.target.reminders)
    goal = goal_end(clock, terms) if of_goal else None
    fold.put(altered(clock, reminded=clock.reminded | stands_for(moment)))
    fold.tell(
        "reminder_due",
        clock,
        moment.at,
        due_at=deadline(clock, terms),
        mark=f"b{clock.budget_set or 0}.{number}",
        reminder=_reminder_text(text, clock.goal if of_goal else ""),
        **promise(clock, terms),
        **({"goal_due_at": format_instant(goal)} if goal else {}),
        **runbook(terms.target.runbook),
        told=list(told),
    )


def escalate(fold: Fold, clock: Clock, moment: Moment) -> Clock:
    """Tell one message of one level."""
    terms = fold.terms(clock)
    level = terms.target.escalation[moment.number]
    notify = audience_at(fold, clock, level.notify, moment.at)
    mark = f"{moment.number + 1}.{moment.repeat}"
    fold.tell(
        "escalation_due",
        clock,
        moment.at,
        due_at=clock.due_at,
        mark=mark,
        level=moment.number + 1,
        notify=notify,
        **_rota(terms, level.notify, notify),
        repeat=moment.repeat,
        until=level.until,
        **promise(clock, terms),
        **runbook(level.runbook or terms.target.runbook),
    )
    sent = (*clock.levels[: moment.number], moment.through + 1, *clock.levels[moment.number + 1 :])
    escalated = _hears(altered(clock, levels=sent), notify, named=_named(terms, level.notify))
    fold.put(escalated)
    return escalated


def pass_on(fold: Fold, clock: Clock, given: HandOver, mark: str) -> None:
    """Tell another audience that a breach was handed over to it; the ladder goes on as it was."""
    terms, to = fold.terms(clock), audience_at(fold, clock, given.to, given.at)
    if len(clock.heard - {to}) >= MOST_HEARD:
        return
    level = max((number for number, sent in enumerate(clock.levels, 1) if sent), default=0)
    handed = _hears(clock, to)
    fold.put(handed)
    fold.tell(
        "escalation_handed_over",
        handed,
        given.at,
        due_at=clock.due_at,
        mark=mark,
        by=given.by,
        to=to,
        **_rota(terms, given.to, to),
        **({"level": level} if level else {}),
        **({"note": given.note} if given.note else {}),
        **promise(clock, terms),
        **runbook(terms.target.runbook),
        told=[to],
    )


def told_to(fold: Fold, clock: Clock) -> list[str]:
    """Whom this breach was told to: legal, the levels so far, and the team where there is no ladder.

    Those from whom an import kept it are left out.
    """
    terms = fold.terms(clock)
    ladder = terms.target.escalation
    spoken = (level.notify for level, sent in zip(ladder, clock.levels, strict=True) if sent)
    heard = {each for each in spoken if _named(terms, each)} | clock.heard
    return sorted((heard | {LEGAL} | (set() if ladder else {TEAM})) - clock.hushed)


def audience_at(fold: Fold, clock: Clock, name: str, at: datetime) -> str:
    """Whom an audience of a clock's agreement is at an instant; of a ticket that nobody has, its team."""
    audience = fold.terms(clock).agreement.audience_at(name, at)
    nobody = audience == ASSIGNEE and not name_of(fold.ticket.attributes.get("assignee"))
    return TEAM if nobody else audience


def runbook(link: str | None) -> dict[str, str]:
    """What to do about it, where the agreement says so."""
    return {"runbook": link} if link else {}


def promise(clock: Clock, terms: Terms) -> dict[str, str]:
    """What was promised, and where the agreement says so."""
    return {"budget": clock.budget, **({"clause": terms.target.clause} if terms.target.clause else {})}


def _rota(terms: Terms, name: str, audience: str) -> dict[str, str]:
    """By what name an audience was meant, where it is another one by the hour."""
    return {"rota": name} if name != audience or name in terms.agreement.audiences else {}


def _named(terms: Terms, audience: str) -> bool:
    """Whether an audience is always the one that the ladder names, so that nothing of it need be kept."""
    return audience != ASSIGNEE and audience not in terms.agreement.audiences


def _hears(clock: Clock, audience: str, *, named: bool = False) -> Clock:
    """The clock, having told an audience; where the ladder does not name it, the clock remembers it."""
    heard = clock.heard if named else clock.heard | {audience}
    return altered(clock, heard=heard, hushed=clock.hushed - {audience})


def _reminder_text(text: str, goal: str) -> str:
    if not goal:
        return text if text.endswith("%") else f"{text} before"
    if text.endswith("%"):
        return f"{text} of the goal of {goal}"
    return f"the goal of {goal}" if text == "0m" else f"{text} before the goal of {goal}"
