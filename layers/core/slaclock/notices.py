"""A fact as the messages that people and programs get of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.correction import NEVER
from slaclock.domain.facts import Fact, fact_to_json, split_id
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.domain.zones import zone

_SEVERITY = {
    "reminder_due": "warning",
    "clock_breached": "critical",
    "escalation_due": "critical",
    "escalation_handed_over": "critical",
}
_LONGEST_SUBJECT = 99
# Control characters, ends of lines and paragraphs, and what turns the direction of writing.
_UNPRINTABLE = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "?"
)
# EventBridge is precise to a minute; what comes later than this says so.
_PROMPT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: its subject line, its text for each protocol as SNS wants it, and what filters read."""

    subject: str
    message: str
    attributes: Mapping[str, str]


def audiences_of(fact: Fact) -> tuple[str, ...]:
    """Who must hear of a fact: all whom it names; a level that names nobody, its own audience."""
    return tuple(fact.details["told"]) if "told" in fact.details else (fact.details["notify"],)


def compose(fact: Fact, audience: str, ticket: Ticket | None, now: datetime) -> Notice:
    """The message about a fact for an audience, as it reads at `now`.

    `notification_id` is the fact's id, in the body and in the attributes, so that a doubled delivery is
    recognised. Nothing that a customer wrote is in it.
    """
    headline = _on_one_line(_HEADLINES[fact.fact](fact, now))
    lines = map(_on_one_line, _lines(fact, ticket, now))
    text = "\n".join([f"{headline}.", "", *lines, "", f"Notification {fact.id}"])
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


def _reminder(fact: Fact, now: datetime) -> str:
    if goal := _goal_due(fact):
        of_goal = f"Reminder ({fact.details['reminder']}): the goal for {_what(fact)} is due"
        return (
            f"{of_goal} in {elapsed(goal - max(fact.at, now))}"
            if goal > max(fact.at, now)
            else f"{of_goal} now"
        )
    left = elapsed(fact.due_at - max(fact.at, now)) if fact.due_at else "no time"
    return f"Reminder ({fact.details['reminder']}): {_what(fact)} is due in {left}"


def _goal_due(fact: Fact) -> datetime | None:
    """When the goal is due, where a reminder is of the goal."""
    due = fact.details.get("goal_due_at")
    return parse_instant(due) if due else None


def _level(fact: Fact, _now: datetime) -> str:
    again = f", message {fact.details['repeat'] + 1}" if fact.details["repeat"] else ""
    return f"BREACH, level {fact.details['level']}{again}: {_what(fact)} was missed"


def _withdrawn(fact: Fact) -> str:
    if _takes_back_a_reopening(fact):
        return f"Withdrawn: {_what(fact)} is not open again"
    return f"Withdrawn: the breach of {_what(fact)} did not happen as told"


def _takes_back_a_reopening(fact: Fact) -> bool:
    return split_id(fact.details["corrects"])[1].startswith("breach_reopened:")


_HEADLINES: Mapping[str, Callable[[Fact, datetime], str]] = {
    "reminder_due": _reminder,
    "clock_breached": lambda fact, _: f"BREACH: {_what(fact)} was missed",
    "escalation_due": _level,
    "escalation_handed_over": lambda fact, _: (
        f"BREACH handed over to you by {fact.details['by']}: {_what(fact)}"
    ),
    "breach_ended": lambda fact, _: f"All clear: {_what(fact)}, {fact.details['reason']}",
    "breach_reopened": lambda fact, _: f"BREACH open again: {_what(fact)}, {fact.details['reason']}",
    "outcome_corrected": lambda fact, _: _withdrawn(fact),
}


def _lines(fact: Fact, ticket: Ticket | None, now: datetime) -> list[str]:
    """Which promise, due when, how late, and where to look; what does not apply is left out."""
    details = fact.details
    zone_name = str(details.get("timezone") or "UTC")
    clause = f", clause {details['clause']}" if details.get("clause") else ""
    budget = f" ({details['budget']})" if details.get("budget") else ""
    lines = {
        "Promise": f"{fact.target}{budget} in {fact.agreement} version {fact.agreement_version}{clause}",
        "Due": shown(fact.due_at, zone_name) if fact.due_at else None,
        "Goal due": shown(goal, zone_name) if (goal := _goal_due(fact)) else None,
        "Note": details.get("note"),
        "Runbook": details.get("runbook"),
        "Late by": _late(fact, now),
        "Told late": _told_late(fact, now, zone_name),
        "Because": _because(details),
        "Broke first": _broke_first(details, zone_name),
        "In truth": _in_truth(fact, ticket, zone_name),
        "Meanwhile": _meanwhile(fact, ticket, zone_name),
        "Ticket": ticket.attributes.get("url") if ticket else None,
        "Acknowledge": f"POST /v1/escalations/{fact.id}/acknowledge"
        if fact.fact in ("escalation_due", "escalation_handed_over")
        else None,
    }
    return [f"{name}: {value}" for name, value in lines.items() if value]


def _broke_first(details: Mapping[str, Any], zone_name: str) -> str | None:
    """The promise behind this one that was missed before it."""
    if not (first := details.get("broke_first")):
        return None
    at = shown(parse_instant(first["at"]), zone_name)
    return f"{first['target']} of {first['agreement']} ({first['kind']}), {at}"


def _because(details: Mapping[str, Any]) -> str | None:
    """Why a breach told is withdrawn: somebody excluded the time, or an event came late."""
    if not details.get("because"):
        return None
    excluded = details.get("reason")
    return f"time was excluded: {excluded}" if excluded else f"an event came late, {details['because']}"


def _late(fact: Fact, now: datetime) -> str | None:
    """How late it is by now; how late it was in the end, once it has ended, by its calendar, too."""
    if fact.fact == "breach_ended" and "late_seconds" in fact.details:
        counted, wall = (fact.details[each] for each in ("late_seconds", "late_wall_seconds"))
        if counted != wall:
            counted, wall = (elapsed(timedelta(seconds=each)) for each in (counted, wall))
            return f"{counted} of counted time ({wall} by the clock)"
    until = {"breach_ended": fact.at, "outcome_corrected": None, "reminder_due": None}.get(fact.fact, now)
    return elapsed(until - fact.due_at) if until and fact.due_at and until > fact.due_at else None


def _told_late(fact: Fact, now: datetime, zone_name: str) -> str | None:
    """When a message ought to have gone out, where it did not: slaclock itself was late."""
    ought = fact.at if fact.fact in ("clock_breached", "escalation_due", "reminder_due") else now
    return f"this was to be told at {shown(ought, zone_name)}" if now - ought > _PROMPT else None


def _meanwhile(fact: Fact, ticket: Ticket | None, zone_name: str) -> str | None:
    """What has become of a clock by the time that its breach is told."""
    clock = ticket.clock(fact.lane) if ticket else None
    if clock is None or clock.cycle != fact.cycle or fact.fact not in ("clock_breached", "escalation_due"):
        return None
    if clock.stopped_at:
        return f"it ended at {shown(clock.stopped_at, zone_name)}"
    return f"acknowledged at {shown(clock.acknowledged_at, zone_name)}" if clock.acknowledged_at else None


def _in_truth(fact: Fact, ticket: Ticket | None, zone_name: str) -> str | None:
    """How a clock stands of which a breach is withdrawn; of an earlier cycle nothing is kept."""
    if ticket is None or fact.fact != "outcome_corrected":
        return None
    clock = ticket.clock(fact.lane)
    if clock is None or clock.cycle < fact.cycle:
        return NEVER
    return None if clock.cycle > fact.cycle else _as_it_is(clock, fact, zone_name)


def _as_it_is(clock: Clock, fact: Fact, zone_name: str) -> str:
    if clock.stopped_at and _takes_back_a_reopening(fact):
        return f"it ended at {shown(clock.stopped_at, zone_name)}"
    if clock.due_at:
        return f"it was missed, but was due at {shown(clock.due_at, zone_name)}"
    if clock.stopped_at:
        return f"it was {clock.outcome} at {shown(clock.stopped_at, zone_name)}"
    return "its clock is paused" if clock.paused else "its clock still runs"


def _on_one_line(text: str) -> str:
    """Text without what ends a line, turns it round or moves a cursor: names come from outside."""
    return text.translate(_UNPRINTABLE)


def _subject(headline: str) -> str:
    """SNS takes fewer than 100 printable ASCII characters on one line."""
    plain = "".join(each if each.isascii() and each.isprintable() else "?" for each in headline)
    return plain if len(plain) <= _LONGEST_SUBJECT else plain[: _LONGEST_SUBJECT - 3] + "..."


def _short(headline: str) -> str:
    """One part of an SMS."""
    return headline if len(headline) <= 140 else headline[:137] + "..."


def _attributes(fact: Fact) -> dict[str, str]:
    """What filter policies read; a value that is not known is left out, for SNS takes no empty one.

    One with a control character it takes, and then keeps the message from whoever filters: there is none.
    """
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
    return {name: _on_one_line(str(value)) for name, value in attributes.items() if value not in (None, "")}
