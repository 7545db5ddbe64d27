"""A fact as the messages that people and programs get of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slaclock.domain.facts import Fact, fact_to_json
from slaclock.domain.ticket import Ticket
from slaclock.domain.zones import zone

_SEVERITY = {"reminder_due": "warning", "clock_breached": "critical", "escalation_due": "critical"}
_LONGEST_SUBJECT = 99


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: its subject line, its text for each protocol as SNS wants it, and what filters read."""

    subject: str
    message: str
    attributes: Mapping[str, str]


def audiences_of(fact: Fact) -> tuple[str, ...]:
    """Who must hear of a fact: a level's own audience, else all whom the fact names."""
    return (fact.details["notify"],) if fact.fact == "escalation_due" else tuple(fact.details["told"])


def compose(fact: Fact, audience: str, ticket: Ticket | None) -> Notice:
    """The message about a fact for an audience.

    `notification_id` is the fact's id, in the body and in the attributes, so that a doubled delivery is
    recognised. Nothing that a customer wrote is in it.
    """
    headline = _HEADLINES[fact.fact](fact)
    text = "\n".join([f"{headline}.", "", *_lines(fact, ticket), "", f"Notification {fact.id}"])
    document = json.dumps(
        {"version": 1, "notification_id": fact.id, "audience": audience, **fact_to_json(fact)}
    )
    machine = dict.fromkeys(("sqs", "lambda", "http", "https"), document)
    texts = {"default": text, "email": text, "sms": _short(headline), **machine}
    return Notice(_subject(headline), json.dumps(texts), _attributes(fact))


def shown(instant: datetime, zone_name: str) -> str:
    """An instant as people read it, local and UTC: `Fri 27 Mar 2026 20:00 CET (19:00 UTC)`."""
    local, utc = instant.astimezone(zone(zone_name)), instant.astimezone(UTC)
    if zone_name == "UTC":
        return f"{utc:%a %d %b %Y %H:%M} UTC"
    there = f"{utc:%H:%M} UTC" if utc.date() == local.date() else f"{utc:%a %H:%M} UTC"
    return f"{local:%a %d %b %Y %H:%M %Z} ({there})"


def elapsed(length: timedelta) -> str:
    """A length of time as people read it: `1 h 30 min`."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _what(fact: Fact) -> str:
    about = ", ".join(str(fact.details[name]) for name in ("customer", "priority") if fact.details.get(name))
    named = f"{fact.target.replace('_', ' ')} of ticket {fact.ticket_id}"
    return f"{named} ({about})" if about else named


def _reminder(fact: Fact) -> str:
    left = elapsed(fact.due_at - fact.at) if fact.due_at else "no time"
    return f"Reminder ({fact.details['reminder']}): {_what(fact)} is due in {left}"


def _level(fact: Fact) -> str:
    again = f", message {fact.details['repeat'] + 1}" if fact.details["repeat"] else ""
    return f"BREACH, level {fact.details['level']}{again}: {_what(fact)} was missed"


_HEADLINES: Mapping[str, Callable[[Fact], str]] = {
    "reminder_due": _reminder,
    "clock_breached": lambda fact: f"BREACH: {_what(fact)} was missed",
    "escalation_due": _level,
    "breach_ended": lambda fact: f"All clear: {_what(fact)}, {fact.details['reason']}",
    "breach_reopened": lambda fact: f"BREACH open again: {_what(fact)}, {fact.details['reason']}",
    "outcome_corrected": lambda fact: f"Withdrawn: the breach of {_what(fact)} did not happen as told",
}


def _lines(fact: Fact, ticket: Ticket | None) -> list[str]:
    """Which promise, due when, how late, and where to look; what is not known is left out."""
    details = fact.details
    zone_name = str(details.get("timezone") or "UTC")
    clause = f", clause {details['clause']}" if details.get("clause") else ""
    late = fact.at - fact.due_at if fact.due_at and fact.at > fact.due_at else None
    lines = {
        "Promise": f"{fact.target} in {fact.agreement} version {fact.agreement_version}{clause}",
        "Due": shown(fact.due_at, zone_name) if fact.due_at else None,
        "Late by": elapsed(late) if late else None,
        "At": shown(fact.at, zone_name),
        "Because of": details.get("because"),
        "Ticket": ticket.attributes.get("url") if ticket else None,
        "Acknowledge": f"POST /v1/escalations/{fact.id}/acknowledge"
        if fact.fact == "escalation_due"
        else None,
    }
    return [f"{name}: {value}" for name, value in lines.items() if value]


def _subject(headline: str) -> str:
    """SNS takes fewer than 100 printable ASCII characters on one line."""
    plain = "".join(each if each.isascii() and each.isprintable() else "?" for each in headline)
    return plain if len(plain) <= _LONGEST_SUBJECT else plain[: _LONGEST_SUBJECT - 3] + "..."


def _short(headline: str) -> str:
    """One part of an SMS."""
    return headline if len(headline) <= 140 else headline[:137] + "..."


def _attributes(fact: Fact) -> dict[str, str]:
    """What filter policies read; a value that is not known is left out, for SNS takes no empty one."""
    details: Mapping[str, Any] = fact.details
    attributes = {
        "notification_id": fact.id,
        "account": fact.account,
        "event": fact.fact,
        "severity": _SEVERITY.get(fact.fact, "info"),
        "customer": details.get("customer"),
        "team": details.get("team"),
        "level": details.get("level"),
    }
    return {name: str(value) for name, value in attributes.items() if value not in (None, "")}
