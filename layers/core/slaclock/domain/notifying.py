"""Telling people: reminders before a deadline, levels after it (rules 20 to 22)."""

from slaclock.domain.altered import altered
from slaclock.domain.clock import Clock, Terms
from slaclock.domain.deadlines import deadline
from slaclock.domain.escalation import Moment, goal_end, reminders_of
from slaclock.domain.fold import Fold
from slaclock.domain.instants import format_instant

# The audiences that hear of a reminder, and of every breach, whatever the ladder says.
TEAM, LEGAL = "team", "legal"


def remind(fold: Fold, clock: Clock, moment: Moment) -> None:
    """Tell one reminder, of the promise or of the goal beside it."""
    terms, number = fold.terms(clock), moment.number
    text, of_goal = reminders_of(terms)[number].text, number >= len(terms.target.reminders)
    goal = goal_end(clock, terms) if of_goal else None
    fold.put(altered(clock, reminded=clock.reminded | {number}))
    fold.tell(
        "reminder_due",
        clock,
        moment.at,
        due_at=deadline(clock, terms),
        mark=f"b{clock.budget_set or 0}.{number}",
        reminder=_reminder_text(text, clock.goal if of_goal else ""),
        **({"goal_due_at": format_instant(goal)} if goal else {}),
        told=[TEAM],
    )


def escalate(fold: Fold, clock: Clock, moment: Moment) -> Clock:
    """Tell one message of one level."""
    terms = fold.terms(clock)
    level = terms.target.escalation[moment.number]
    mark = f"{moment.number + 1}.{moment.repeat}"
    fold.tell(
        "escalation_due",
        clock,
        moment.at,
        due_at=clock.due_at,
        mark=mark,
        level=moment.number + 1,
        notify=level.notify,
        repeat=moment.repeat,
        until=level.until,
        **promise(clock, terms),
    )
    sent = (*clock.levels[: moment.number], moment.through + 1, *clock.levels[moment.number + 1 :])
    escalated = altered(clock, levels=sent, hushed=clock.hushed - {level.notify})
    fold.put(escalated)
    return escalated


def told_to(fold: Fold, clock: Clock) -> list[str]:
    """Whom this breach was told to: legal, the levels so far, and the team where there is no ladder.

    Those from whom an import kept it are left out.
    """
    ladder = fold.terms(clock).target.escalation
    heard = {level.notify for level, sent in zip(ladder, clock.levels, strict=True) if sent}
    return sorted((heard | {LEGAL} | (set() if ladder else {TEAM})) - clock.hushed)


def promise(clock: Clock, terms: Terms) -> dict[str, str]:
    """What was promised, and where the agreement says so."""
    return {"budget": clock.budget, **({"clause": terms.target.clause} if terms.target.clause else {})}


def _reminder_text(text: str, goal: str) -> str:
    if not goal:
        return text if text.endswith("%") else f"{text} before"
    if text.endswith("%"):
        return f"{text} of the goal of {goal}"
    return f"the goal of {goal}" if text == "0m" else f"{text} before the goal of {goal}"
