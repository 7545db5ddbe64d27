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
from slaclock.notices.chat import LONGEST_DESCRIPTION, listing
from slaclock.notices.composing import MOST_BYTES, Notice
from slaclock.notices.document import VERSION
from slaclock.notices.email import subject
from slaclock.notices.sms import fitting
from slaclock.notices.telling import Telling, on_one_line
from slaclock.notices.times import briefly

GATHERED = "reminders_gathered"
_LONGEST_HEADLINE, _LONGEST_URL, _LONGEST_VALUE = 400, 500, 500  # characters; a longer address is left out
Reminder = tuple[Fact, Ticket | None]


class TooLongError(ValueError):
    """A list is longer than its message may be: halve it. Nothing is ever cut out of one."""


def gather(reminders: Sequence[Reminder], audience: str, now: datetime, channel: Channel = PLAIN) -> Notice:
    """One message for two reminders or more, the nearest deadline first, those of paused clocks last.

    `TooLongError` where SNS, or a chat, takes no list that long. `notification_id` is a function of the facts
    in it. Not for a channel that does not gather (`Channel.gathers`).
    """
    said = catalogue(channel.language)
    found = (
        Telling(fact, audience, ticket, now, said, for_customer=channel.customer)
        for fact, ticket in reminders
    )
    told = sorted(found, key=lambda each: _order(each, channel))
    headline = _headline(told, said, channel)
    says = customer.headline if channel.customer else wording.headline
    lines = [_line(each, says(each), channel) for each in told]
    name = _name(told)
    text = "\n".join([said.say("sentence", text=headline), "", *lines, "", said.say("notification", id=name)])
    chatting = channel.format == CHAT and not channel.customer
    body = (
        listing(name, GATHERED, headline, lines)
        if chatting
        else _document(told, name, headline, audience, channel)
    )
    short = fitting([_headline(told, each, channel) for each in (said, catalogue(ENGLISH))], None)
    # One copy of what may be long: programs get the default.
    texts = {"default": json.dumps(body), "email": text, "sms": short}
    notice = Notice(
        subject(headline), json.dumps(texts, ensure_ascii=False), _attributes(told, name, channel)
    )
    if notice.size > MOST_BYTES or (chatting and len(body["content"]["description"]) > LONGEST_DESCRIPTION):
        raise TooLongError(f"{len(told)} reminders")
    return notice


def _order(told: Telling, channel: Channel) -> tuple[bool, datetime, str]:
    due = _due(told, channel)
    return due is None, due or told.fact.at, told.fact.ticket_id


def _due(told: Telling, channel: Channel) -> datetime | None:
    """When what somebody is reminded of is due, for customers the promise; None while it is paused."""
    goal = None if channel.customer else told.goal_due
    return None if told.paused else goal or told.fact.due_at


def _headline(told: Sequence[Telling], said: Catalogue, channel: Channel) -> str:
    key, due = "customer.gathered" if channel.customer else "headline.gathered", _due(told[0], channel)
    if due is None:
        return said.say(f"{key}_paused", count=len(told))
    return said.say(key, count=len(told), due=briefly(due, told[0].zone_name, said))


def _line(told: Telling, headline: str, channel: Channel) -> str:
    line, due = on_one_line(headline, _LONGEST_HEADLINE), _due(told, channel)
    if due is not None:
        line = told.said.say("line", name=line, value=told.shown(due))
    url = None if channel.customer else told.ticket_url
    return f"{line} {on_one_line(url)}" if url and len(url) <= _LONGEST_URL else line


def _name(told: Sequence[Telling]) -> str:
    ids = "\n".join(sorted(each.fact.id for each in told))
    return f"gathered-{sha256(ids.encode()).hexdigest()[:32]}"


def _document(
    told: Sequence[Telling], name: str, headline: str, audience: str, channel: Channel
) -> dict[str, Any]:
    return {
        "version": VERSION,
        "notification_id": name,
        "audience": audience,
        "severity": told[0].severity,
        "language": told[0].said.language,
        "headline": headline,
        "fact": GATHERED,
        "reminders": [_reminder(each, channel) for each in told],
    }


def _reminder(told: Telling, channel: Channel) -> dict[str, Any]:
    fact = told.fact
    return {
        "id": told.notification_id,
        "incident": told.incident,
        "account": fact.account,
        "ticket_id": fact.ticket_id,
        "target": fact.target,
        "at": format_instant(fact.at),
        "due_at": format_instant(fact.due_at) if fact.due_at else None,
        **{name: fact.details[name] for name in ("paused", "left_seconds") if name in fact.details},
        "customer": fact.details.get("customer"),
        **({} if channel.customer else {"team": fact.details.get("team")}),
    }


def _attributes(told: Sequence[Telling], name: str, channel: Channel) -> dict[str, str]:
    """What filters read: of account, customer and team only what all have in common; no customer's team."""
    common: dict[str, set[str | None]] = {
        "account": {each.fact.account for each in told},
        "customer": {each.details.get("customer") for each in told},
        "team": set() if channel.customer else {each.details.get("team") for each in told},
    }
    same = {key: str(next(iter(found))) for key, found in common.items() if len(found) == 1 and all(found)}
    attributes = {"notification_id": name, "event": GATHERED, "severity": told[0].severity, **same}
    return {key: on_one_line(value, _LONGEST_VALUE) for key, value in attributes.items()}
