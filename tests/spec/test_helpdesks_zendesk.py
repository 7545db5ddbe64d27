"""What a delivery of a Zendesk event subscription means."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, generic, zendesk, zendesk_tickets
from slaclock.helpdesks.connection import Connection

FRIDAY = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
CONNECTION = Connection(
    id="zendesk-local",
    kind="zendesk",
    account="example",
    secret="local/zendesk",
    statuses={"Waiting for parts": "on_hold", "360009900077": "pending"},
    priorities={},
    customers={"360001234567": "acme"},
    plans={"360001234567": "gold"},
    ticket_url="https://example.zendesk.com/agent/tickets/{ticket_id}",
)
DETAIL = {
    "id": "4711",
    "status": "OPEN",
    "priority": "URGENT",
    "type": "INCIDENT",
    "group_id": "360004400101",
    "assignee_id": "360007700301",
    "organization_id": "360001234567",
    "requester_id": "360008800911",
    "actor_id": "360008800911",
    "tags": ["export"],
    "created_at": "2026-03-27T14:05:00Z",
    "subject": "Ada Lovelace cannot export",
    "description": "I am Ada Lovelace",
    "via": {"channel": "email"},
}
AUTHOR = {"id": "360007700301", "is_staff": True, "name": "Grace Hopper"}


def body_of(kind: str, event: Any = None, detail: Any = None, **changes: Any) -> dict[str, Any]:
    body = {
        "account_id": 21436587,
        "id": "0b1c",
        "time": "2026-03-27T14:05:00.412907531Z",
        "type": f"zen:event-type:{kind}",
        "detail": DETAIL if detail is None else detail,
        "event": event or {},
    }
    return {**body, **changes}


def read(body: Any, connection: Connection = CONNECTION) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return zendesk.read(Delivery(raw, {}, FRIDAY), connection)


def one(
    kind: str, event: Any = None, detail: Any = None, connection: Connection = CONNECTION, **changes: Any
) -> TicketEvent:
    (mapped,) = read(body_of(kind, event, detail, **changes), connection).events
    return mapped


def comment(author: dict[str, Any], *, detail: Any = None, **changes: Any) -> TicketEvent:
    written = {"id": "1", "is_public": True, "author": {**AUTHOR, **author}, **changes}
    return one("ticket.comment_added", {"comment": written}, detail, time="2026-03-27T14:05:30Z")


def test_a_created_ticket_carries_all_that_the_snapshot_says() -> None:
    """Members present in `detail` are known; enums become ours, the organisation our customer and plan."""
    event = one("ticket.created", {"meta": {"sequence": {"id": "5E1A", "position": 2}}})
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": "zendesk:example:0b1c",
        "source": "zendesk",
        "connection": "zendesk-local",
        "account": "example",
        "ticket_id": "4711",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00.412907Z",
        "time_quality": "event",
        "received_at": "2026-03-27T14:06:00Z",
        "order": {"group": "5E1A", "position": 2},
        "ticket": {
            "status": "open",
            "priority": "urgent",
            "ticket_type": "incident",
            "team": {"id": "360004400101"},
            "assignee": {"id": "360007700301"},
            "customer": {"id": "acme"},
            "plan": "gold",
            "tags": ["export"],
            "created_at": "2026-03-27T14:05:00Z",
            "channel": "email",
            "url": "https://example.zendesk.com/agent/tickets/4711",
        },
        "known": [
            "assignee",
            "channel",
            "created_at",
            "customer",
            "plan",
            "priority",
            "status",
            "tags",
            "team",
            "ticket_type",
            "url",
        ],
    }


def test_what_the_snapshot_leaves_out_stays_unknown() -> None:
    """Rule 29: an absent member is unknown, never cleared."""
    assert one("ticket.created", detail={"id": "4711"}).attributes == {
        "url": "https://example.zendesk.com/agent/tickets/4711"
    }


@pytest.mark.parametrize("nothing", [None, "", "0", 0])
def test_a_null_member_is_known_to_be_empty(nothing: object) -> None:
    """Null is knowledge: nobody is assigned. Zendesk also writes an absent id as "" or "0"."""
    detail = {
        "id": 4711,
        "group_id": nothing,
        "assignee_id": nothing,
        "organization_id": nothing,
        "priority": None,
    }
    attributes = one("ticket.created", detail=detail).attributes
    assert (
        attributes["team"] is attributes["assignee"] is attributes["customer"] is attributes["plan"] is None
    )
    assert attributes["priority"] == "none"


def test_an_organisation_that_the_connection_does_not_know_keeps_its_own_id() -> None:
    """Agreements may name it by that id; where the connection maps no plans, the plan is unknown."""
    plain = Connection("c", "zendesk", "example", "ref")
    attributes = one("ticket.created", connection=plain).attributes
    assert attributes["customer"] == {"id": "360001234567"}
    assert "plan" not in attributes
    assert "url" not in attributes


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("NEW", "new"),
        ("OPEN", "open"),
        ("PENDING", "pending"),
        ("HOLD", "on_hold"),
        ("SOLVED", "solved"),
        ("CLOSED", "closed"),
        ("ARCHIVED", "closed"),
        ("DELETED", "deleted"),
        ("SCRUBBED", "deleted"),
        ("waiting FOR parts", "on_hold"),
    ],
)
def test_statuses_become_ours(theirs: str, ours: str) -> None:
    """Zendesk's nine by themselves, an account's own by its connection."""
    assert one("ticket.tags_changed", detail={"id": "4711", "status": theirs}).attributes["status"] == ours


def test_a_custom_status_that_the_connection_maps_beats_its_category() -> None:
    """`custom_status` is the id of the account's own status, `status` only the category it is in."""
    detail = {"id": "4711", "status": "OPEN", "custom_status": "360009900077"}
    assert one("ticket.tags_changed", detail=detail).attributes["status"] == "pending"
    assert one("ticket.tags_changed", detail={**detail, "custom_status": "5"}).attributes["status"] == "open"


def test_words_that_nobody_maps_are_unknown_and_kept_as_they_were() -> None:
    """An unknown status changes nothing, and its own name tells what to map."""
    attributes = one(
        "ticket.tags_changed", detail={"id": "4711", "status": "PARKED", "priority": "P0"}
    ).attributes
    assert (attributes["status"], attributes["status_raw"]) == ("unknown", "PARKED")
    assert (attributes["priority"], attributes["priority_raw"]) == ("unknown", "P0")


@pytest.mark.parametrize(
    ("before", "after", "type_"),
    [
        ("NEW", "OPEN", "status_changed"),
        ("OPEN", "PENDING", "status_changed"),
        ("PENDING", "SOLVED", "solved"),
        ("SOLVED", "CLOSED", "closed"),
        ("OPEN", "CLOSED", "closed"),
        ("SOLVED", "OPEN", "reopened"),
        ("CLOSED", "HOLD", "reopened"),
        ("CLOSED", "ARCHIVED", "status_changed"),
        ("OPEN", "DELETED", "deleted"),
        ("DELETED", "OPEN", "restored"),
        ("OPEN", "PARKED", "status_changed"),
        ("PARKED", "OPEN", "status_changed"),
        (None, "SOLVED", "solved"),
    ],
)
def test_a_change_of_status_is_named_by_what_it_leads_to(before: str | None, after: str, type_: str) -> None:
    """Solving, closing and reopening are types of their own; the status is that of `event.current`."""
    event = one("ticket.status_changed", {"previous": before, "current": after}, {**DETAIL, "status": "NEW"})
    assert event.type == type_
    assert event.attributes["status"] == zendesk_tickets.STATUSES.get(after.lower(), "unknown")


def test_a_change_of_custom_status_is_a_change_of_status() -> None:
    """By id or by name, as far as the connection knows it; else the category counts."""
    solved = {**DETAIL, "status": "SOLVED"}
    paused = one("ticket.custom_status_changed", {"previous": 1, "current": "360009900077"})
    ended = one("ticket.custom_status_changed", {"previous": "360009900077", "current": 2}, solved)
    assert (paused.type, paused.attributes["status"]) == ("status_changed", "pending")
    assert (ended.type, ended.attributes["status"]) == ("solved", "solved")


@pytest.mark.parametrize(
    ("author", "public", "type_", "role"),
    [
        ({"is_staff": True}, True, "agent_replied", "agent"),
        ({"is_staff": True}, False, "note_added", "agent"),
        ({"is_staff": False, "id": 360008800911}, True, "customer_replied", "customer"),
        ({"is_staff": False, "id": "9"}, True, "customer_replied", "customer"),
        ({"is_staff": False, "id": "9"}, False, "customer_replied", "customer"),
        ({"is_staff": True, "id": "360008800911"}, True, "customer_replied", "customer"),
        ({"is_staff": True, "id": "360008800911"}, False, "note_added", "customer"),
        ({"is_staff": None, "id": "360008800911"}, True, "customer_replied", "customer"),
        ({"is_staff": True, "id": -1}, True, "note_added", "system"),
    ],
)
def test_a_comment_is_a_reply_a_message_or_a_note_by_its_author(
    author: dict[str, Any], public: object, type_: str, role: str
) -> None:
    """Rule 10: the author decides. Whoever asked is the customer, colleague or not; -1 is Zendesk itself."""
    event = comment(author, is_public=public)
    assert (event.type, event.author_role, event.public) == (type_, role, public)


@pytest.mark.parametrize(
    ("author", "role"),
    [
        ({"id": "9", "is_staff": False}, "agent"),
        ({"id": 9, "is_staff": None}, "agent"),
        ({"id": "360008800911", "is_staff": False}, "customer"),
        ({"id": "8", "is_staff": False}, "customer"),
        ({"id": "-1"}, "system"),
    ],
)
def test_whom_the_connection_lists_is_an_agent_but_where_they_ask(author: dict[str, Any], role: str) -> None:
    """A partner's people are end users to Zendesk; whoever asked is still the customer."""
    listed = replace(CONNECTION, agents=frozenset({"9", "360008800911", "-1"}))
    written = {"id": "1", "is_public": True, "author": author}
    assert one("ticket.comment_added", {"comment": written}, connection=listed).author_role == role


@pytest.mark.parametrize(
    ("second", "group", "public", "type_"),
    [
        ("01.999", None, True, "created"),
        ("02", None, True, "agent_replied"),
        ("01.999", None, False, "note_added"),
        ("01.999", "5E1A", True, "agent_replied"),
    ],
)
def test_the_opening_comment_comes_with_the_creation(
    second: str,
    group: str | None,
    public: bool,  # noqa: FBT001
    type_: str,
) -> None:
    """Within two seconds of it, whoever wrote it; in a group of events the fold knows it by the group."""
    written = {"id": "1", "is_public": public, "author": AUTHOR}
    meta = {"sequence": {"id": group, "position": 2}} if group else {}
    event = {"comment": written, "meta": meta}
    assert one("ticket.comment_added", event, time=f"2026-03-27T14:05:{second}Z").type == type_


def test_a_comment_is_one_event_by_its_own_id_however_it_is_told() -> None:
    """By subscription, again, and by EventBridge: the second is a duplicate."""
    told = comment({}, id="360055500009"), comment({}, id=360055500009)
    assert {event.event_id for event in told} == {"zendesk:example:comment:360055500009"}
    assert comment({}, id=None).event_id == "zendesk:example:0b1c"


def test_the_connections_paths_look_into_the_whole_payload_and_win() -> None:
    """`detail` has no custom fields, so a plan may have to come from the form or the brand."""
    found = replace(CONNECTION, paths={"plan": "detail.form_id", "region": "detail.brand.id"})
    attributes = one("ticket.created", detail={**DETAIL, "form_id": "77"}, connection=found).attributes
    assert (attributes["plan"], "region" in attributes) == ("77", False)


@pytest.mark.parametrize(
    ("author", "changes", "member"),
    [
        ({"is_staff": None}, {}, "/event/comment/author/is_staff"),
        ({}, {"is_public": None}, "/event/comment/is_public"),
    ],
)
def test_a_comment_that_may_or_may_not_be_a_reply_is_quarantined(
    author: dict[str, Any], changes: Any, member: str
) -> None:
    """Guessing would meet a promise, or break one, that nobody kept or broke."""
    with pytest.raises(Unmappable, match=f"^{member}: is missing$"):
        comment(author, **changes)


@pytest.mark.parametrize(
    ("kind", "event", "type_", "member", "value"),
    [
        ("priority_changed", {"current": "LOW", "previous": "URGENT"}, "priority_changed", "priority", "low"),
        ("priority_changed", {"current": None, "previous": "LOW"}, "priority_changed", "priority", "none"),
        ("group_assignment_changed", {"current": "77"}, "team_changed", "team", {"id": "77"}),
        ("group_assignment_changed", {"current": 77}, "team_changed", "team", {"id": "77"}),
        ("agent_assignment_changed", {"current": None}, "assignee_changed", "assignee", None),
        ("organization_changed", {"current": "9"}, "customer_changed", "customer", {"id": "9"}),
        ("type_changed", {"current": "TASK"}, "type_changed", "ticket_type", "task"),
        ("type_changed", {"current": ""}, "type_changed", "ticket_type", None),
        ("tags_changed", {"tags_added": ["vip"]}, "tags_changed", "tags", ["export"]),
        ("merged", {"target_ticket_id": 4710}, "merged", "status", "closed"),
        ("merged", {}, "merged", "status", "closed"),
        ("soft_deleted", {}, "deleted", "status", "deleted"),
        ("permanently_deleted", {}, "deleted", "status", "deleted"),
        ("marked_as_spam", {}, "deleted", "status", "deleted"),
        ("undeleted", {}, "restored", "status", "open"),
    ],
)
def test_each_kind_of_event_has_its_type_and_its_member(
    kind: str, event: Any, type_: str, member: str, value: object
) -> None:
    """`event.current` beats the snapshot beside it, and a deletion or merger beats the status in it."""
    mapped = one(f"ticket.{kind}", event)
    assert (mapped.type, mapped.attributes[member]) == (type_, value)


def test_a_merger_names_the_ticket_that_took_it_in_where_it_is_told() -> None:
    """`target_ticket_id`, as text like every id."""
    assert one("ticket.merged", {"target_ticket_id": 4710}).merged_into == "4710"
    assert one("ticket.merged").merged_into is None


def test_a_restored_ticket_is_not_deleted_whatever_the_snapshot_says() -> None:
    """A status beats a type, so a snapshot from before the undoing would delete the ticket again."""
    assert "status" not in one("ticket.undeleted", detail={**DETAIL, "status": "DELETED"}).attributes


@pytest.mark.parametrize(
    "kind",
    [
        "attachment_linked_to_comment",
        "attachment_redacted_from_comment",
        "brand_changed",
        "comment_made_private",
        "comment_redacted",
        "csat_received",
        "csat_requested",
        "custom_field_changed",
        "description_changed",
        "email_ccs_changed",
        "external_id_changed",
        "followers_changed",
        "form_changed",
        "next_sla_breach_changed",
        "ola_policy_changed",
        "problem_link_changed",
        "requester_changed",
        "schedule_changed",
        "sla_policy_changed",
        "subject_changed",
        "submitter_changed",
        "task_due_at_changed",
        "something_that_zendesk_adds_one_day",
    ],
)
def test_an_event_that_no_clock_hears_still_brings_its_snapshot(kind: str) -> None:
    """A lost delivery is mended by the next snapshot, whatever brought it."""
    mapped = one(f"ticket.{kind}", {"current": {"value": 7}, "previous": None})
    assert (mapped.type, mapped.attributes["status"]) == ("field_changed", "open")


@pytest.mark.parametrize("kind", ["user.created", "organization.name_changed", "article.published", ""])
def test_events_about_other_things_are_ignored(kind: str) -> None:
    """A subscription may hold more than tickets: it is answered with 2xx and counted."""
    mapped = read(body_of(kind))
    assert (mapped.events, mapped.ignored) == ((), 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not text in UTF-8"),
        ([], "the body is no object"),
        ({"type": "incident"}, "/ticket_id: is missing"),
        (body_of("ticket.created", detail={}), "/detail/id: is missing"),
        (body_of("ticket.created", detail={"id": "0"}), "/detail/id: is missing"),
        (body_of("ticket.created", detail=[]), "/detail: is of another type"),
        (body_of("ticket.created", detail=None, id=""), "/id: is missing"),
        (body_of("ticket.created", time=None), "/time: is missing"),
        (body_of("ticket.created", time="yesterday"), "/time: is no instant"),
        (
            body_of("ticket.created", time="1969-12-31T23:59:59Z"),
            "/occurred_at: is no time between 1970 and 2199",
        ),
        (body_of("ticket.created", time="2026-03-28T14:06:01Z"), "/occurred_at: is more than a day ahead"),
        (
            body_of("ticket.created", detail={"id": "1", "created_at": "2201-01-01T00:00:00Z"}),
            "/ticket/created_at",
        ),
        (body_of("ticket.created", detail={"id": True}), "/detail/id: is of another type"),
        (body_of("ticket.created", detail={"id": "1" * 129}), "/detail/id: is longer than 128"),
        (
            body_of("ticket.created", detail={"id": "1", "tags": ["a"] * 251}),
            "/detail/tags: has more than 250",
        ),
        (body_of("ticket.created", detail={"id": "1", "tags": [1]}), "/detail/tags: is of another type"),
        (
            body_of("ticket.created", {"meta": {"sequence": {"position": 1.5}}}),
            "/event/meta/sequence/position",
        ),
        (body_of("ticket.status_changed", {"current": {"a": 1}}), "/detail/status: is of another type"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on."""
    with pytest.raises(Unmappable, match=reason):
        read(body)


def test_neither_events_nor_reasons_hold_personal_data() -> None:
    """Requester, actor, names, titles and texts stay out of the log; a reason quotes no value at all."""
    private = {"360008800911", "Ada Lovelace", "Grace Hopper", "I am Ada"}
    kept = json.dumps(event_to_json(comment({"is_staff": False, "id": "360008800911"})))
    assert not [word for word in private if word in kept]
    with pytest.raises(Unmappable) as refused:
        one("ticket.created", detail={**DETAIL, "created_at": "Ada Lovelace"})
    assert str(refused.value) == "/detail/created_at: is no instant"


# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KINDS = [
    "created",
    "comment_added",
    "status_changed",
    "custom_status_changed",
    "merged",
    "priority_changed",
    "x",
]


@FUZZ
@given(st.sampled_from(KINDS), st.data())
def test_malformed_events_are_mapped_or_quarantined_and_nothing_else(kind: str, data: st.DataObject) -> None:
    """Any member may be missing, null, or of any type and size: what comes out fits the canonical schema."""
    strange = data.draw(st.dictionaries(st.sampled_from([*DETAIL, "custom_status"]), JSON, max_size=4))
    event = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "current": JSON,
                "previous": JSON,
                "meta": JSON
                | st.fixed_dictionaries({"sequence": st.fixed_dictionaries({"id": JSON, "position": JSON})}),
                "comment": JSON | st.fixed_dictionaries({"is_public": JSON, "author": JSON}),
                "target_ticket_id": JSON,
            },
        )
    )
    top = data.draw(st.dictionaries(st.sampled_from(["id", "time", "event", "detail"]), JSON, max_size=1))
    try:
        mapped = read({**body_of(f"ticket.{kind}", event, {**DETAIL, **strange}), **top})
    except Unmappable:
        return
    for found in mapped.events:
        document = event_to_json(found)
        again = generic.read(Delivery(json.dumps(document).encode(), {}, FRIDAY), CONNECTION)
        assert again.events[0].position == found.position


@FUZZ
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_mapped_or_quarantined(body: Any) -> None:
    """Nothing that is posted can crash the way in."""
    with suppress(Unmappable):
        read(body)
