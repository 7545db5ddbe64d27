"""What a customer reads: their ticket and what was agreed of it; nothing of who is woken, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.notices.particulars import missed_in_truth
from slaclock.notices.times import briefly
from slaclock.notices.wording import marked, paused, target

if TYPE_CHECKING:
    from slaclock.notices.telling import Telling

_SAID = {
    "clock_breached": "customer.late",
    "escalation_due": "customer.late",
    "escalation_handed_over": "customer.late",
    "breach_ended": "customer.over",
    "breach_reopened": "customer.reopened",
}


def headline(told: Telling) -> str:
    """The message in one line, fit for a customer's eyes."""
    return marked(told, _headline(told))


def _headline(told: Telling) -> str:
    fact, said = told.fact, told.said
    about = {"ticket": fact.ticket_id, "target": target(told)}
    if told.paused:
        return paused(told, "customer.reminder_paused", **about)
    if fact.fact == "reminder_due":
        since = max(fact.at, told.now)
        if fact.due_at is None or fact.due_at <= since:
            return said.say("customer.reminder_now", **about)
        return said.say("customer.reminder", left=told.elapsed(fact.due_at - since), **about)
    if fact.fact == "outcome_corrected":
        if due := missed_in_truth(told):
            return said.say("customer.still_late", due=briefly(due, told.zone_name, said), **about)
        key = "customer.not_reopened" if told.takes_back_a_reopening else "customer.withdrawn"
        return said.say(key, **about)
    return said.say(_SAID[fact.fact], **about)
