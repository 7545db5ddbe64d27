"""What happened so far in this cycle, a line each: for whoever is woken and was not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.notices.people import who
from slaclock.notices.telling import Telling
from slaclock.notices.wording import reason, which_reminder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.domain.facts import Fact

_MOST = 10  # facts; of more the first and the latest are told

_SAID: Mapping[str, Callable[[Telling], Mapping[str, Any]]] = {
    "clock_started": lambda told: {"reason": reason(told)},
    "clock_paused": lambda told: {"reason": reason(told)},
    "clock_resumed": lambda told: {"reason": reason(told)},
    "clock_retargeted": lambda told: {"reason": reason(told)},
    "clock_cancelled": lambda told: {"reason": reason(told)},
    "clock_met": lambda _: {},
    "clock_breached": lambda told: {"reason": reason(told)},
    "reminder_due": lambda told: {"reminder": which_reminder(told)},
    "escalation_due": lambda told: {"level": told.details["level"], "notify": told.details["notify"]},
    "escalation_handed_over": lambda told: {
        "by": who(told.details, told.said),
        "to": told.details.get("to", "?"),
    },
    "breach_acknowledged": lambda told: {"by": who(told.details, told.said)},
    "breach_ended": lambda told: {"reason": reason(told)},
    "breach_reopened": lambda told: {"reason": reason(told)},
    "outcome_corrected": lambda _: {},
}


def so_far(told: Telling) -> list[str]:
    """The facts of the cycle before this one, at most ten: the first and the latest."""
    facts = [each for each in told.history if each.fact in _SAID and each.id != told.fact.id]
    lines = [_line(told, each) for each in facts]
    return lines if len(lines) <= _MOST else [lines[0], "…", *lines[2 - _MOST :]]


def _line(told: Telling, fact: Fact) -> str:
    then = Telling(fact, told.audience, told.ticket, told.now, told.said)
    what = told.said.say(f"history.{fact.fact}", **_SAID[fact.fact](then))
    return told.said.say("history.line", at=told.shown(fact.at), what=what)
