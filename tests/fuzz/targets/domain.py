"""What the rules themselves are given as text: ids, instants, durations, calendars, lines of a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.cli.replay import InvalidLine, read_inputs
from slaclock.domain.calendar import Calendar
from slaclock.domain.durations import (
    Duration,
    parse_delay,
    parse_duration,
    parse_goal_reminder,
    parse_reminder,
)
from slaclock.domain.errors import InvalidAgreement, InvalidCalendar, InvalidEvent, OutOfWorkingTime
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id, split_id, split_subject, subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks.payload import load
from tests.fuzz.accepted import check_event, check_kept
from tests.fuzz.frame import target, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FRIDAY = datetime(2026, 3, 27, 15, tzinfo=UTC)


def _ids() -> Sequence[bytes]:
    keys = ("clock_breached:resolution:1.0", "escalation_due:ola-1/resolution:2.1:1.0")
    subjects = (("ticket", "acme", "1"), ("ticket", "a#b", "c%d"))
    return [public_id(subject_key(*each), key).encode() for each in subjects for key in keys]


@target("fact-ids", refuses=(InvalidEvent,), samples=_ids, tries=2000, share=0.5)
def fact_ids(data: bytes) -> None:
    """A public id that is taken is the one public id of its fact, and names one subject."""
    subject, key = split_id(text_of(data))
    assert public_id(subject, key) == text_of(data)
    assert subject_key(*split_subject(subject)) == subject


@target("subjects", tries=2000, share=0.2)
def subjects(data: bytes) -> None:
    """Any three texts make a key, which gives back these three."""
    subject, account, ticket_id = [*text_of(data).split("\x00"), "", ""][:3]
    assert split_subject(subject_key(subject, account, ticket_id)) == (subject, account, ticket_id)


@target("instants", refuses=(ValueError, OverflowError), tries=2000, share=0.3)
def instants(data: bytes) -> None:
    """An instant that can be read is written in UTC, and read again the same."""
    instant = parse_instant(text_of(data))
    assert parse_instant(format_instant(instant)) == instant
    assert format_instant(instant).endswith("Z")


@target("durations", refuses=(InvalidAgreement,), tries=2000, share=0.5)
def durations(data: bytes) -> None:
    """A duration that can be read says what was written, and is ten years at most."""
    text = text_of(data)
    for read in (parse_reminder, parse_goal_reminder, parse_delay):
        try:
            read(text)
        except InvalidAgreement as error:
            assert len(str(error)) < len(text) * 12 + 200  # noqa: PT017  (the message itself is looked at)
    duration = parse_duration(text)
    assert isinstance(duration, Duration)
    assert parse_duration(duration.text) == duration
    assert timedelta() <= duration.length + timedelta(days=duration.days) <= timedelta(days=3660)


_CALENDAR_WORDS = (
    "timezone", "hours", "holidays", "exceptions", "name", "24x7", "mon-sun", "sat", "22:00-06:00",
    "00:00-24:00", "2026-12-24", "02-29", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC",
    "Africa/Casablanca",
)  # fmt: skip


@target("calendars", refuses=(InvalidCalendar, InvalidEvent), words=_CALENDAR_WORDS, seconds=2)
def calendars(data: bytes) -> None:
    """A calendar that can be made counts as it says: what is due after a budget has that much worked."""
    spec = load(data)
    if not isinstance(spec, dict):
        return
    calendar = Calendar.from_spec(spec)
    for budget in (timedelta(minutes=30), timedelta(hours=50)):
        try:
            due = calendar.due_at(FRIDAY, budget)
        except OutOfWorkingTime:
            continue
        assert calendar.worked(FRIDAY, due) == budget
        assert calendar.worked(FRIDAY, due - timedelta(microseconds=1)) < budget


def _lines() -> Sequence[bytes]:
    from tests.fuzz.targets.helpdesks import bodies  # noqa: PLC0415  (targets know each other only here)

    return bodies("generic")


_LINE_WORDS = (
    "exclusion/1", "acknowledgement/1", "handover/1", "ticket-event/1", "scope", "any", "all", "not", "known",
    "agreement", "target", "ticket_id", "custom.a", "plan", "entered_at", "from", "to", "by", "reason",
    "fact_id", "metric", "account", "case/1", "entry", "cause", "note", "remedy", "owner", "due", "review",
    "outcome", "dispute", "decision", "raised", "upheld", "waived",
)  # fmt: skip


@target("replay-lines", refuses=(InvalidLine,), words=_LINE_WORDS, samples=_lines, share=2)
def replay_lines(data: bytes) -> None:
    """A line of a history is an input, or refused by its number; an exclusion can be asked of any ticket."""
    for given in read_inputs([data.replace(b"\n", b" ")], "history"):
        check_kept(given)
        if isinstance(given, TicketEvent):
            check_event(given)
        elif isinstance(given, Exclusion):
            given.matches({"plan": "gold", "tags": ["a"], "custom": {"a": 1}}, "1")
