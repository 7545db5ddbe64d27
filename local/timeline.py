"""A ticket's life as people read it, from stored facts and messages really published; nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from slaclock.domain.instants import parse_instant

Document = Mapping[str, Any]


def timeline(facts: Sequence[Document], messages: Sequence[Document], zone: tzinfo) -> Iterator[str]:
    """Yield a line for each fact, in order of its time, and below it the messages about it."""
    for fact in sorted(facts, key=lambda fact: parse_instant(fact["at"])):
        clock = fact["target"].replace("_", " ") + (f" {fact['cycle']}" if fact["cycle"] > 1 else "")
        yield f"{_shown(fact['at'], zone)}  {clock:<16} {_what(fact, zone)}"
        for message in messages:
            if message["notification_id"] == fact["id"]:
                yield f"{'':>24}→ {message['audience']}"


def _what(fact: Document, zone: tzinfo) -> str:
    due = _shown(fact["due_at"], zone) if fact["due_at"] else ""
    tell = _SENTENCES.get(fact["fact"])
    return tell(fact, due) if tell else f"{fact['fact'].replace('_', ' ')} ({fact.get('because')})"


def _runs(fact: Document, due: str) -> str:
    until = f"due {due}" if due else "paused"
    return f"{fact['fact'].removeprefix('clock_')}: {fact['budget']}, {until} ({fact['reason']})"


def _level(fact: Document, _due: str) -> str:
    again = f", message {fact['repeat'] + 1}" if fact["repeat"] else ""
    return f"escalation level {fact['level']}{again}, until {fact['until']}"


_SENTENCES: Mapping[str, Callable[[Document, str], str]] = {
    "clock_started": _runs,
    "clock_resumed": _runs,
    "clock_retargeted": _runs,
    "clock_paused": lambda fact, _: f"paused ({fact['reason']})",
    "clock_cancelled": lambda fact, _: f"cancelled ({fact['reason']})",
    "reminder_due": lambda fact, due: f"reminder at {fact['reminder']}, due {due}",
    "clock_met": lambda fact, _: f"MET after {_length(fact['worked_seconds'])} of {fact['budget']}",
    "clock_breached": lambda fact, _: (
        f"BREACHED: {fact['budget']} worked ({fact['reason']}, noticed by {fact['detected_by']})"
    ),
    "escalation_due": _level,
    "breach_acknowledged": lambda fact, _: f"acknowledged by {fact['by']}",
    "escalation_handed_over": lambda fact, _: f"handed over to {fact['to']} by {fact['by']}",
    "breach_ended": lambda fact, _: f"breach ended, {_length(fact['late_seconds'])} late ({fact['reason']})",
    "breach_reopened": lambda fact, _: f"breach open again ({fact['reason']})",
    "case_cause": lambda fact, _: f"put down to {fact['root_cause']} by {fact['by']}",
    "case_note": lambda fact, _: f"noted by {fact['by']}: {fact['note']}",
    "case_remedy": lambda fact, _: f"remedy by {fact['owner']} until {fact['due']}: {fact['remedy']}",
    "case_review": lambda fact, _: f"reviewed by {fact['by']}: {fact['note']}",
    "case_dispute": lambda fact, _: f"dispute {fact['decision']} by {fact['by']}: {fact['reason']}",
}


def _shown(text: str, zone: tzinfo) -> str:
    return clock_time(parse_instant(text).astimezone(zone))


def clock_time(local: datetime) -> str:
    """A local time with its day and zone: `Fri 27 Mar 15:05 CET`, with seconds where it has any."""
    return f"{local:%a %d %b %H:%M:%S %Z}" if local.second else f"{local:%a %d %b %H:%M %Z}"


def _length(seconds: int) -> str:
    minutes = timedelta(seconds=seconds) // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
