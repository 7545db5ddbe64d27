"""What helpdesks' APIs export: read by a mapping, or put by jq into the shape of what webhooks deliver."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.cli.import_mappings import exported, exports
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, adapter
from slaclock.helpdesks.connection import Connection

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 29, 9, tzinfo=UTC)
AGENTS = {"jira": frozenset({"557058:agent"})}
# All of them tell of much the same: opened at eight, answered, asked again at ten, solved a day later.
MAPPED = ("freshdesk", "intercom", "jira")


def sample(kind: str) -> Any:
    return json.loads((ROOT / "tests" / "spec" / "exports" / f"{kind}.json").read_text(encoding="utf-8"))


def connection(kind: str, **members: Any) -> Connection:
    return Connection("own", kind, "example", "ref", **{"agents": AGENTS.get(kind, frozenset()), **members})


def read(kind: str, body: Any, mapping: str | None = None, **members: Any) -> Mapped:
    ours = connection(kind, **members)
    delivery = Delivery(json.dumps(body).encode(), {}, AT)
    return exports(mapping or f"{kind}_export", ours).read(delivery, ours)


def told(events: tuple[TicketEvent, ...]) -> list[tuple[Any, ...]]:
    """Each event in its order: the id after the account, the type, the time of March 2026, and the status."""
    return [
        (
            event.event_id.split(":", 2)[2],
            event.type,
            format_instant(event.occurred_at).removeprefix("2026-03-").removesuffix(":00Z"),
            event.attributes.get("status"),
        )
        for event in sorted(events, key=lambda each: each.position)
    ]


def test_an_export_of_each_of_these_has_a_mapping() -> None:
    """None of them is offered for a connection: webhooks deliver something else."""
    assert exported() == [f"{kind}_export" for kind in MAPPED]


def test_each_has_a_recipe() -> None:
    """Where to ask, and the command that takes the answer."""
    page = (ROOT / "docs" / "helpdesks-import.md").read_text(encoding="utf-8")
    for name in exported():
        assert f"slaclock import --connection ID --mapping {name} --dry-run export.ndjson" in page
    for program in (ROOT / "docs" / "helpdesks").glob("*.jq"):
        assert f"-f docs/helpdesks/{program.name}" in page


def test_freshdesks_ticket_with_its_conversations() -> None:
    """Opened, every reply and note by its own id, solved when it was resolved, and then as it stands."""
    *rest, (stands, *last) = told(read("freshdesk", sample("freshdesk")).events)
    assert rest == [
        ("3107:opened", "created", "02T08:00", "open"),
        ("3107:conversation:71001", "agent_replied", "02T08:40", None),
        ("3107:conversation:71002", "note_added", "02T08:45", None),
        ("3107:conversation:71003", "customer_replied", "02T10:00", None),
        ("3107:ended:2026-03-03T08:30:00Z", "solved", "03T08:30", "solved"),
    ]
    assert stands.startswith("3107:snapshot:")
    assert last == ["snapshot", "05T08:30", "closed"]


def test_intercoms_conversation_with_its_parts() -> None:
    """Parts are messages, notes, states and assignments, and some are two of these; a bot's is no reply."""
    *rest, (stands, *last) = told(read("intercom", sample("intercom")).events)
    assert [(each[0].removeprefix("7150026000999:"), *each[1:]) for each in rest] == [
        ("opened", "created", "02T08:00", "open"),
        ("part:9001", "note_added", "02T08:01", None),
        ("part:9002", "agent_replied", "02T08:45", None),
        ("assignment:9002", "assignee_changed", "02T08:45", None),
        ("part:9003", "note_added", "02T08:50", None),
        ("snoozed:9004", "status_changed", "02T08:51", "pending"),
        ("part:9005", "customer_replied", "02T10:00", None),
        ("open:9005", "reopened", "02T10:00", "open"),
        ("close:9006", "closed", "03T08:30", "closed"),
    ]
    assert stands.startswith("7150026000999:snapshot:")
    assert last == ["snapshot", "03T09:00", "closed"]


def test_jiras_issue_with_its_comments_and_changes() -> None:
    """Statuses and priorities as each change left them, the first ones as the oldest change found them."""
    events = read("jira", sample("jira")).events
    *rest, (stands, *last) = told(events)
    assert rest == [
        ("30411:created", "created", "02T08:00", "open"),
        ("change:60001", "priority_changed", "02T08:05", None),
        ("comment:50001", "agent_replied", "02T08:40", None),
        ("change:60002", "status_changed", "02T08:41", "pending"),
        ("comment:50002", "note_added", "02T08:45", None),
        ("comment:50003", "customer_replied", "02T10:00", None),
        ("change:60003", "status_changed", "03T08:30", "solved"),
    ]
    assert stands.startswith("30411:snapshot:")
    assert last == ["snapshot", "03T08:30", "solved"]
    priorities = [event.attributes["priority"] for event in events if "priority" in event.attributes]
    assert sorted(priorities) == ["normal", "urgent", "urgent"]


def test_a_comment_of_jira_by_somebody_unknown_is_not_guessed() -> None:
    """Neither the reporter nor the assignee, and the connection names no agents."""
    body = sample("jira")
    body["fields"]["assignee"] = None
    with pytest.raises(InvalidEvent, match="name the connection's agents"):
        read("jira", body, agents=frozenset())


@pytest.mark.parametrize(
    ("kind", "delivered", "place", "own"),
    [
        ("freshdesk", "app_reply_by_agent", ("conversations", 0), {"id": 48055001}),
        (
            "intercom",
            "conversation_admin_replied",
            ("conversation_parts", "conversation_parts", 1),
            {"id": "8004"},
        ),
    ],
)
def test_a_reply_is_one_event_whether_it_was_delivered_or_exported(
    kind: str, delivered: str, place: tuple[Any, ...], own: dict[str, Any]
) -> None:
    """By its id: what webhooks told is known to the import."""
    posted = json.loads((ROOT / "events" / kind / f"{delivered}.json").read_text(encoding="utf-8"))["body"]
    (live,) = adapter(kind).read(Delivery(json.dumps(posted).encode(), {}, AT), connection(kind)).events
    body = sample(kind)
    body["id"] = live.ticket_id
    part = body
    for step in place:
        part = part[step]
    part.update(own)
    assert live.event_id in {event.event_id for event in read(kind, body).events}


@pytest.mark.parametrize("kind", MAPPED)
def test_the_connections_words_come_first_and_its_paths_are_for_webhooks(kind: str) -> None:
    """A path of what is delivered finds nothing, or something else, in what is exported."""
    statuses = {"Resolved": "closed", "closed": "solved", "5": "solved"}
    events = read(kind, sample(kind), statuses=statuses, paths={"plan": "body.id"}).events
    stands = max(events, key=lambda event: event.position)
    assert stands.attributes["status"] == {"jira": "closed"}.get(kind, "solved")
    assert not any("plan" in event.attributes for event in events)
    assert {event.source for event in events} == {kind}


@pytest.mark.parametrize("kind", MAPPED)
def test_titles_texts_and_people_are_not_kept(kind: str) -> None:
    """Of people, an id at most."""
    kept = json.dumps([event_to_json(event) for event in read(kind, sample(kind)).events])
    for personal in ("Labels", "printer", "Mary", "mary@", "Grace", "grace@", "hall"):
        assert personal not in kept


@pytest.mark.parametrize("body", [{}, {"id": 1}, [], "text", {"error": "not found"}])
@pytest.mark.parametrize("kind", MAPPED)
def test_what_is_no_ticket_says_nothing(kind: str, body: Any) -> None:
    """Such as an API's refusal."""
    assert read(kind, body) == Mapped((), ignored=1)


def test_a_ticket_may_have_more_messages_than_a_delivery_has_items() -> None:
    """An export is bounded by its line alone."""
    body = sample("freshdesk")
    body["conversations"] = [{**body["conversations"][0], "id": number} for number in range(300)]
    assert len(read("freshdesk", body).events) == 303


def test_a_mapping_of_ones_own_reads_what_any_helpdesk_exports(tmp_path: Path) -> None:
    """With the source `generic`, its events are of the connection's helpdesk."""
    path = tmp_path / "own.json"
    path.write_text(
        '{"source": "generic", "ticket_id": "no", "type": {"path": "what"}, '
        '"event_id": "n", "occurred_at": "at"}'
    )
    (event,) = read(
        "zendesk", {"no": 7, "what": "solved", "n": "a:1", "at": "2026-03-02T08:00:00Z"}, str(path)
    ).events
    assert (event.source, event.event_id, event.type) == ("zendesk", "zendesk:example:7:a:1", "solved")
    assert event.received_at == AT


def test_events_of_a_connection_without_a_helpdesk_are_as_the_mapping_says() -> None:
    """A mapping for webhooks reads an export, too, where that is of the same shape."""
    posted = json.loads((ROOT / "events" / "glpi" / "ticket_new.json").read_text(encoding="utf-8"))["body"]
    (event,) = read("mapping", posted, "glpi").events
    assert (event.source, event.event_id.split(":")[0]) == ("glpi", "glpi")


def test_an_unknown_mapping_is_told_which_there_are() -> None:
    """As is a file that is none."""
    with pytest.raises(
        SlaError, match="shipped are only freshdesk_export, intercom_export, jira_export, glpi"
    ):
        exports("nope", connection("zendesk"))
    with pytest.raises(SlaError, match=r"none\.json can't be read"):
        exports("none.json", connection("zendesk"))


def test_a_mapping_that_is_wrong_names_the_member(tmp_path: Path) -> None:
    """Before a line is read."""
    path = tmp_path / "own.json"
    path.write_text('{"source": "generic", "type": "snapshot"}')
    with pytest.raises(SlaError, match=r"own\.json: the mapping has no ticket_id"):
        exports(str(path), connection("zendesk"))


@pytest.mark.skipif(shutil.which("jq") is None, reason="the recipes need jq")
@pytest.mark.parametrize(
    ("kind", "whole", "parts", "more", "events"),
    [
        (
            "github",
            "issue",
            "comments",
            ("--arg", "repo", "example/desk"),
            [
                ("9001:created", "created", "02T08:00", "open"),
                ("comment:1", "agent_replied", "02T08:40", None),
                ("comment:2", "customer_replied", "02T10:00", None),
                ("9001:solved", "solved", "03T08:30", "solved"),
            ],
        ),
        (
            "zammad",
            "ticket",
            "articles",
            (),
            [
                ("88:agent_replied", "agent_replied", "02T08:40", None),
                ("88:customer_replied", "customer_replied", "02T10:00", None),
                ("88:snapshot", "snapshot", "03T08:30", "closed"),
            ],
        ),
    ],
)
def test_jq_makes_what_webhooks_would_deliver(
    tmp_path: Path, kind: str, whole: str, parts: str, more: tuple[str, ...], events: list[tuple[Any, ...]]
) -> None:
    """As docs/helpdesks-import.md says; the adapter reads each line, and what is told twice is one event."""
    body = sample(kind)
    for name in (whole, parts):
        (tmp_path / f"{name}.json").write_text(json.dumps(body[name]))
    program = str(ROOT / "docs" / "helpdesks" / f"{kind}-export.jq")
    given = ("--slurpfile", whole, f"{whole}.json", *more, "-f", program, f"{parts}.json")
    made = subprocess.run(["jq", "-c", *given], cwd=tmp_path, capture_output=True, check=True)
    found: dict[str, TicketEvent] = {}
    for line in made.stdout.splitlines():
        for event in adapter(kind).read(Delivery(line, {}, AT), connection(kind)).events:
            found.setdefault(event.event_id, event)
    names = told(tuple(found.values()))
    assert [(":".join(name.split(":")[:2]), *rest) for name, *rest in names] == events
