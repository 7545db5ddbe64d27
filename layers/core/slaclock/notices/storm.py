"""Reminders to one audience that came at once, as one message that lists every one of them (rule 23)."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from slaclock.domain.facts import Fact
from slaclock.domain.instants import format_instant
from slaclock.domain.ticket import Ticket
from slaclock.notices import customer, wording
from slaclock.notices.catalogue import ENGLISH, Catalogue, catalogue
from slaclock.notices.channel import CHAT, PLAIN, Channel
from slaclock.notices.chat import listing
from slaclock.notices.composing import Notice
from slaclock.notices.document import VERSION
from slaclock.notices.email import subject
from slaclock.notices.sms import fitting
from slaclock.notices.telling import Telling, on_one_line
from slaclock.notices.times import briefly

GATHERED = "reminders_gathered"
_LONGEST_LINE = 500  # characters
Reminder = tuple[Fact, Ticket | None]


def gather(reminders: Sequence[Reminder], audience: str, now: datetime, channel: Channel = PLAIN) -> Notice:
    """One message for two reminders or more, the nearest deadline first.

    It can be longer than SNS takes (`Notice.size`): then halve the list. `notification_id` is a function of
    the facts in it. Not for a channel that does not gather (`Channel.gathers`).
    """
    said = catalogue(channel.language)
    told = sorted((Telling(fact, audience, ticket, now, said) for fact, ticket in reminders), key=_order)
    headline = _headline(told, said)
    says = customer.headline if channel.customer else wording.headline
    lines = [on_one_line(_line(each, says(each), channel), _LONGEST_LINE) for each in told]
    name = _name(told)
    text = "\n".join([said.say("sentence", text=headline), "", *lines, "", said.say("notification", id=name)])
    chatting = channel.format == CHAT and not channel.customer
    body = listing(name, GATHERED, headline, lines) if chatting else _document(told, name, headline, audience)
    short = fitting([_headline(told, each) for each in (said, catalogue(ENGLISH))], None)
    # One copy of what may be long: programs get the default.
    texts = {"default": json.dumps(body), "email": text, "sms": short}
    return Notice(subject(headline), json.dumps(texts, ensure_ascii=False), _attributes(told, name))


def _order(told: Telling) -> tuple[datetime, str]:
    return _due(told), told.fact.ticket_id


def _due(told: Telling) -> datetime:
    return told.goal_due or told.fact.due_at or told.fact.at


def _headline(told: Sequence[Telling], said: Catalogue) -> str:
    due = briefly(_due(told[0]), told[0].zone_name, said)
    return said.say("headline.gathered", count=len(told), due=due)


def _line(told: Telling, headline: str, channel: Channel) -> str:
    due = told.said.say("line", name=headline, value=told.shown(_due(told)))
    return due if channel.customer or not told.ticket_url else f"{due} {told.ticket_url}"


def _name(told: Sequence[Telling]) -> str:
    ids = "\n".join(sorted(each.fact.id for each in told))
    return f"gathered-{sha256(ids.encode()).hexdigest()[:32]}"


def _document(told: Sequence[Telling], name: str, headline: str, audience: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "notification_id": name,
        "audience": audience,
        "severity": told[0].severity,
        "language": told[0].said.language,
        "headline": headline,
        "fact": GATHERED,
        "reminders": [_reminder(each) for each in told],
    }


def _reminder(told: Telling) -> dict[str, Any]:
    fact = told.fact
    return {
        "id": fact.id,
        "incident": told.incident,
        "account": fact.account,
        "ticket_id": fact.ticket_id,
        "target": fact.target,
        "at": format_instant(fact.at),
        "due_at": format_instant(fact.due_at) if fact.due_at else None,
        "customer": fact.details.get("customer"),
        "team": fact.details.get("team"),
    }


def _attributes(told: Sequence[Telling], name: str) -> dict[str, str]:
    """What filters read: of account, customer and team only what all have in common."""
    common: dict[str, set[str | None]] = {
        "account": {each.fact.account for each in told},
        "customer": {each.details.get("customer") for each in told},
        "team": {each.details.get("team") for each in told},
    }
    same = {key: str(next(iter(found))) for key, found in common.items() if len(found) == 1 and all(found)}
    attributes = {"notification_id": name, "event": GATHERED, "severity": told[0].severity, **same}
    return {key: on_one_line(value, _LONGEST_LINE) for key, value in attributes.items()}
