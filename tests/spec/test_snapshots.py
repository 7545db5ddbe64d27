"""A life told by snapshots ends in the same facts as the same life told by what changed."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.choosing import Agreements
from slaclock.domain.correction import NEVER
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.domain.facts import OUTCOMES, Fact
from slaclock.domain.instants import format_instant
from slaclock.domain.replay import live
from slaclock.helpdesks import Delivery
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.snapshots import Snapshot, events_of
from tests.spec.story import agreement, level, target, when

CONNECTION = Connection("desk", "zammad", "acme", "local/desk")
GOLD = agreement(
    target("first_response", {"high": "1h", "normal": "4h"}, escalation=[level("0m", "one")]),
    target("next_response", "2h"),
    target("resolution", {"high": "6h", "normal": "2d"}, reminders=["50%"]),
    target("periodic_update", "3h"),
    target("assignment", "1h"),
    target("requester_wait", "8h"),
    target("agent_work", "8h"),
    target("time_in_team", "2h", team="second-line"),
    applies_to={"customer": {"any": ["acme"]}},
)
NEW = {"status": "new", "priority": "normal", "customer": {"id": "acme"}, "team": None, "assignee": None}
CREATED = when("Mon 09:00")
END = when("Mon+2 09:00")
GRACE = {"assignee": {"id": "17"}}
GONE = {"deleted": "deleted", "merged": "closed"}

Step = tuple[str, str, dict[str, Any]]  # when; who replied, or what became of the ticket; what changed
LIVES: dict[str, list[Step]] = {
    "a long one": [
        ("Mon 09:00", "created", NEW),
        ("Mon 09:30", "agent", {"status": "open", **GRACE}),
        ("Mon 10:00", "customer", {}),
        ("Mon 11:00", "agent", {"status": "pending"}),
        ("Mon 12:00", "customer", {"status": "open"}),
        ("Mon 13:00", "", {"priority": "high"}),
        ("Mon 14:00", "", {"team": {"id": "second-line"}}),
        ("Tue 10:00", "agent", {"status": "solved"}),
        ("Tue 12:00", "customer", {"status": "open"}),
        ("Tue 14:00", "agent", {"status": "solved"}),
        ("Tue 16:00", "", {"status": "closed"}),
    ],
    "merged": [("Mon 09:00", "created", NEW), ("Mon 09:30", "merged", {})],
    "deleted and restored": [
        ("Mon 09:00", "created", NEW),
        ("Mon 09:30", "deleted", {}),
        ("Mon 10:00", "", {"status": "open"}),
        ("Mon 15:00", "agent", {}),
    ],
    "solved without a reply and reopened": [
        ("Mon 09:00", "created", NEW),
        ("Mon 09:30", "", {"status": "solved"}),
        ("Mon 10:00", "", {"status": "open"}),
        ("Mon 11:00", "agent", GRACE),
    ],
    "a message after the end": [
        ("Mon 09:00", "created", NEW),
        ("Mon 09:30", "agent", {"status": "solved"}),
        ("Mon 10:00", "customer", {}),
        ("Mon 11:00", "agent", {}),
    ],
    "answered after eight seconds": [
        ("Mon 09:00", "created", NEW),
        ("Mon 09:00:08", "agent", {"status": "pending"}),
        ("Mon 12:00", "customer", {"status": "open"}),
    ],
    "late with everything": [
        ("Mon 09:00", "created", {**NEW, "priority": "high"}),
        ("Mon 11:00", "agent", {"status": "pending"}),
        ("Mon 15:00", "customer", {"status": "open"}),
        ("Tue 15:00", "", {"status": "solved"}),
        ("Wed 09:00", "customer", {"status": "open"}),
    ],
}


def deltas(steps: Sequence[Step]) -> list[TicketEvent]:
    """Tell a life by what changed, as a helpdesk does that sends an event for each action."""
    return [_delta(number, *step) for number, step in enumerate(steps)]


def _delta(number: int, at: str, what: str, changes: dict[str, Any]) -> TicketEvent:
    replied = what in {"agent", "customer"}
    known = {"created_at": format_instant(CREATED)} if what == "created" else {}
    status = {"status": GONE[what]} if what in GONE else {}
    return TicketEvent(
        event_id=f"delta-{number}",
        account="acme",
        ticket_id="1",
        type=f"{what}_replied" if replied else what or "field_changed",
        occurred_at=when(at),
        received_at=when(at),
        attributes={**known, **changes, **status},
        author_role=what if replied else None,
        public=True if replied else None,
    )


def snapshots(steps: Sequence[Step], gap: timedelta = timedelta(0)) -> list[Snapshot]:
    """Tell it by the whole ticket each time, last changed a moment after the reply that changed it."""
    state: dict[str, Any] = {"created_at": format_instant(CREATED)}
    replied: dict[str, datetime] = {}
    told = []
    for at, what, changes in steps:
        state |= changes
        replied |= {what: when(at)} if what in {"agent", "customer"} else {}
        told.append(
            Snapshot(
                "zammad",
                "1",
                when(at) + (gap if what in {"agent", "customer"} else timedelta(0)),
                dict(state),
                agent_replied_at=replied.get("agent"),
                customer_replied_at=replied.get("customer"),
                gone=what if what in GONE else None,
            )
        )
    return told


def events(told: Iterable[Snapshot], received_at: datetime | None = None) -> list[TicketEvent]:
    """All events of several deliveries; each arrives at once, but where it is said when they did."""
    arrivals = ((each, received_at or each.at or END) for each in told)
    return [event for each, at in arrivals for event in events_of(each, CONNECTION, Delivery(b"", {}, at))]


def facts(given: Sequence[TicketEvent]) -> list[tuple[Any, ...]]:
    """The facts of a life, but for ids and causes."""
    return [_said(fact) for fact in live(_once(given), Agreements((GOLD,)), END).told]


def _said(fact: Fact) -> tuple[Any, ...]:
    details = {name: str(value) for name, value in fact.details.items() if name != "corrects"}
    return fact.fact, fact.lane, fact.cycle, fact.at, fact.due_at, sorted(details.items())


def _once(given: Iterable[TicketEvent]) -> list[TicketEvent]:
    first: dict[str, TicketEvent] = {}
    for event in given:
        first.setdefault(event.id, event)
    return list(first.values())


def outcomes(given: Sequence[TicketEvent], *, arrival: bool) -> dict[tuple[str, int], tuple[Any, ...]]:
    """How each cycle ended, net of corrections."""
    told = live(_once(given), Agreements((GOLD,)), END, arrival=arrival).told
    withdrawn = {fact.details["corrects"] for fact in told if fact.fact == "outcome_corrected"}
    standing = [fact for fact in told if fact.fact in OUTCOMES and fact.id not in withdrawn]
    return {
        (fact.lane, fact.cycle): (fact.fact, fact.at, fact.due_at, fact.details.get("worked_seconds"))
        for fact in standing
        if fact.details.get("reason") != NEVER
    }


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("gap", [0, 15, 1999])
def test_a_snapshot_and_a_delta_telling_of_one_life_end_equal(life: str, gap: int) -> None:
    """Each fact is told, and none besides, also where the ticket was saved a moment after a reply."""
    steps = LIVES[life]
    assert facts(events(snapshots(steps, timedelta(milliseconds=gap)))) == facts(deltas(steps))


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("seed", range(5))
def test_snapshots_in_any_order_end_as_in_order(life: str, seed: int) -> None:
    """Shuffled, each of them twice, all of them late: what stands at last is the same (rule 28)."""
    told = snapshots(LIVES[life], timedelta(milliseconds=15))
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)  # noqa: S311  (no secret)
    late = [
        event
        for minute, each in enumerate(shuffled)
        for event in events([each], when("Wed 12:00") + timedelta(minutes=minute))
    ]
    assert outcomes(late, arrival=True) == outcomes(events(told), arrival=False)


def test_a_ticket_first_seen_late_is_measured_from_its_creation() -> None:
    """Rule 16: a first snapshot says what a first delta says, where no reply was before."""
    seen = snapshots(LIVES["solved without a reply and reopened"])[1:]
    (first, *_), later = events(seen), deltas(LIVES["solved without a reply and reopened"])[2:]
    assert facts(events(seen)) == facts([replace(first, event_id="delta-1", source="zendesk"), *later])


def test_a_ticket_first_seen_with_an_older_reply_was_answered() -> None:
    """What the first snapshot says of an older reply keeps first_response from being asked for again.

    The other clocks begin as if no reply had been told: it is the first time that anything is said of the
    ticket itself.
    """
    told = live(events(snapshots(LIVES["a long one"])[5:6]), Agreements((GOLD,)), when("Mon 13:00")).told
    assert {fact.lane: fact.details["reason"] for fact in told if fact.fact == "clock_started"} == {
        "resolution": "first seen late",
        "periodic_update": "first seen late",
        "assignment": "first seen late",
        "agent_work": "first seen late",
        "next_response": "the customer waits for an answer",
    }


def test_a_solved_ticket_first_seen_with_an_older_reply_is_measured() -> None:
    """An export of what is long closed tells each ticket once: its resolution is recorded all the same."""
    told = outcomes(events(snapshots(LIVES["a long one"])[10:]), arrival=False)
    assert told["resolution", 1][0] == "clock_breached"
    assert ("first_response", 1) not in told


def test_a_reply_between_two_snapshots_counts_at_its_own_time() -> None:
    """Nothing was sent when the agent replied; the next snapshot tells of it, and the breach is withdrawn."""
    created, *_, later = snapshots(
        [("Mon 09:00", "created", NEW), ("Mon 12:30", "agent", {}), ("Mon 15:00", "", {"status": "pending"})]
    )
    given = events([created, later])
    assert outcomes(given, arrival=True)["first_response", 1] == (
        "clock_met",
        when("Mon 12:30"),
        when("Mon 13:00"),
        12600,
    )


def test_a_late_older_snapshot_does_not_reopen_a_solved_ticket() -> None:
    """Its state is compared with the ticket as it stood then, not as it stands."""
    told = snapshots(LIVES["a long one"])
    (late,) = [each for each in events(told[5:6], when("Wed 10:00")) if each.type == "snapshot"]
    life = live([*events(told), late], Agreements((GOLD,)), END, arrival=True)
    assert life.ticket is not None
    assert life.ticket.status == "closed"


def test_of_two_snapshots_of_one_instant_the_one_further_on_comes_last() -> None:
    """Whole seconds, and a rule of the helpdesk's own: in either order of arrival the ticket is routed."""
    at = when("Mon 12:00")
    bare = {"created_at": format_instant(CREATED), **NEW}
    stages = [bare, {**bare, "team": {"id": "second-line"}}, {**bare, "status": "open"}]
    stages.append({**bare, "status": "solved"})
    given = events([Snapshot("zammad", "1", at, each) for each in stages])
    assert [each.position for each in given] == sorted(each.position for each in given)
    assert [each.sequence for each in given] == [5, 6, 105, 405]


def test_states_set_with_one_reply_follow_each_other_as_they_were_stated() -> None:
    """All lie at the instant of the reply, and before the reply that later snapshots tell alone."""
    at = when("Mon 12:00")
    moments = [0, 15, 900]
    given = events(
        [
            Snapshot("zammad", "1", at + timedelta(milliseconds=each), {"status": word}, agent_replied_at=at)
            for each, word in zip(moments, ["closed", "open", "new"], strict=True)
        ]
    )
    ordered = sorted(_once(given), key=lambda each: each.position)
    assert [each.attributes.get("status") for each in ordered] == ["closed", "open", "new", None]
    assert {each.occurred_at for each in ordered} == {at}


def test_a_snapshot_gives_its_replies_and_the_ticket() -> None:
    """The events in full: one for each reply that is not the opening message, and the state."""
    told = Snapshot(
        "zammad",
        "1",
        when("Mon 12:00"),
        {"created_at": "2026-03-23T08:00:00Z", "status": "open"},
        agent_replied_at=when("Mon 11:00"),
        customer_replied_at=when("Mon 09:00:01"),
        replies=[("agent", when("Mon 11:00")), ("agent", when("Mon 10:00"))],
    )
    common = {
        "schema": "ticket-event/1",
        "source": "zammad",
        "connection": "desk",
        "account": "acme",
        "ticket_id": "1",
        "received_at": "2026-03-23T11:00:05Z",
    }
    reply = {
        **common,
        "type": "agent_replied",
        "time_quality": "event",
        "comment": {"public": True, "author": {"role": "agent"}},
        "ticket": {"created_at": "2026-03-23T08:00:00Z"},
        "known": ["created_at"],
    }
    given = events_of(told, CONNECTION, Delivery(b"", {}, when("Mon 12:00:05")))
    assert [event_to_json(each) for each in given] == [
        {
            **reply,
            "event_id": "zammad:acme:1:agent_replied:2026-03-23T09:00:00Z",
            "occurred_at": "2026-03-23T09:00:00Z",
        },
        {
            **reply,
            "event_id": "zammad:acme:1:agent_replied:2026-03-23T10:00:00Z",
            "occurred_at": "2026-03-23T10:00:00Z",
        },
        {
            **common,
            "event_id": "zammad:acme:1:snapshot:d6a5f5992ccda854",
            "type": "snapshot",
            "occurred_at": "2026-03-23T11:00:00Z",
            "time_quality": "ticket_updated_at",
            "order": {"group": "", "position": 103},
            "ticket": {"created_at": "2026-03-23T08:00:00Z", "status": "open"},
            "known": ["created_at", "status"],
        },
    ]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"attributes": {"status": "pending"}}, False),
        ({"at": when("Mon 12:00:01")}, False),
        ({"gone": "deleted"}, False),
        ({"customer_replied_at": when("Mon 11:00")}, True),
    ],
)
def test_a_state_is_named_by_what_it_says_and_when(change: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    """A retry is the same event; so is a state told again beside a reply that was missing."""
    told = Snapshot("zammad", "1", when("Mon 12:00"), {"status": "open"})
    (once,), (*_, again) = events([told]), events([replace(told, **change)], when("Mon 13:00"))
    assert (once.event_id == again.event_id) is same


@pytest.mark.parametrize(
    ("milliseconds", "types"),
    [
        (0, ["created"]),
        (1999, ["created"]),
        (2000, ["agent_replied", "agent_replied"]),
        (8000, ["agent_replied", "agent_replied"]),
    ],
)
def test_a_reply_is_one_from_two_seconds_after_the_creation(milliseconds: int, types: list[str]) -> None:
    """What was written before came with the ticket, whoever wrote it."""
    at = CREATED + timedelta(milliseconds=milliseconds)
    told = Snapshot("zammad", "1", at, {"created_at": format_instant(CREATED)}, agent_replied_at=at)
    assert [each.type for each in events([told])] == types


def test_without_a_time_a_snapshot_is_of_its_arrival() -> None:
    """And each arrival is an event: open to pending and back to open may come with the very same bytes."""
    told = Snapshot("zammad", "1", None, {"status": "open"})
    (first,), (second,) = events([told], when("Mon 12:00")), events([told], when("Mon 12:01"))
    assert (first.occurred_at, first.time_quality) == (when("Mon 12:00"), "received")
    assert first.event_id != second.event_id


def test_a_deletion_that_nobody_dates_is_one_event_however_often_it_is_told() -> None:
    """It happened when it arrived; what it is named by is the last change that the ticket tells."""
    told = Snapshot("frappe", "1", when("Mon 12:00"), {"status": "open"}, gone="deleted")
    told = replace(told, time_quality="received")
    (first,), (again,) = events([told], when("Mon 15:00")), events([told], when("Mon 16:00"))
    assert first.event_id == again.event_id
    assert (first.occurred_at, first.type, first.attributes["status"]) == (
        when("Mon 15:00"),
        "deleted",
        "deleted",
    )


@pytest.mark.parametrize(
    ("seconds", "type_"), [(0, "created"), (9, "created"), (10, "snapshot"), (3600, "snapshot")]
)
def test_a_snapshot_of_the_creation_is_called_so(seconds: int, type_: str) -> None:
    """A helpdesk saves a new ticket more than once in its first ten seconds."""
    told = Snapshot(
        "zammad", "1", CREATED + timedelta(seconds=seconds), {"created_at": format_instant(CREATED)}
    )
    assert [each.type for each in events([told])] == [type_]


@pytest.mark.parametrize(("gone", "status"), [("deleted", "deleted"), ("merged", "closed")])
def test_what_is_gone_is_told_by_type_and_status(gone: str, status: str) -> None:
    """Whatever the status beside it says; the ticket that took it in is told where it is known."""
    told = Snapshot("zammad", "1", END, {"status": "unknown", "status_raw": "x"}, gone=gone, merged_into="2")
    (event,) = events([told])
    assert (event.type, event.attributes, event.merged_into) == (gone, {"status": status}, "2")


@pytest.mark.parametrize(
    "told",
    [
        Snapshot("zammad", "1", END, {}),
        Snapshot("zammad", "1", CREATED, {}, agent_replied_at=END),
        Snapshot("zammad", "1", CREATED, {}, customer_replied_at=END),
        Snapshot("zammad", "1", CREATED, {"created_at": format_instant(END)}),
    ],
)
def test_a_time_that_no_ticket_has_is_refused(told: Snapshot) -> None:
    """Two weeks ahead of its delivery: nobody knows what else is wrong then."""
    with pytest.raises(InvalidEvent, match="more than a day ahead"):
        events([told], CREATED)
