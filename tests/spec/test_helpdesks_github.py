"""What a delivery of GitHub's `issues` and `issue_comment` means."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, generic, github
from slaclock.helpdesks.connection import Connection

SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
EVENTS = Path(__file__).parents[2] / "events/github"
PLAIN = Connection("github-local", "github", "example", "local/github")
CONNECTION = replace(
    PLAIN,
    statuses={"Waiting for customer": "pending", "blocked": "on_hold", "doing": "open", "answered": "solved"},
    priorities={"P1": "urgent", "P2": "high", "someday": "low"},
)
ALWAYS = {
    "key": "example-org/support#17",
    "ticket_type": None,
    "created_at": "2026-03-27T14:05:00Z",
    "url": "https://github.com/example-org/support/issues/17",
}
ASSIGNED = {"assignee": {"id": "support-agent"}, **ALWAYS}


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))["body"]


def changed(name: str, path: str, value: Any) -> Any:
    """A sample with one member set to something else; `...` takes it away."""
    body = sample(name)
    *steps, last = path.split(".")
    inner = body
    for step in steps:
        inner = inner[step]
    inner[last] = value
    if value is ...:
        del inner[last]
    return body


def read(body: Any, connection: Connection = CONNECTION) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return github.read(Delivery(raw, {}, SATURDAY), connection)


def one(body: Any, connection: Connection = CONNECTION) -> TicketEvent:
    (event,) = read(body, connection).events
    return event


def document(event: TicketEvent) -> dict[str, Any]:
    written = event_to_json(event)
    for constant in ("schema", "source", "connection", "account", "received_at", "known"):
        del written[constant]
    return written


def labels(*names: str) -> list[dict[str, Any]]:
    return [{"id": number, "name": name} for number, name in enumerate(names, 1)]


def test_an_opened_issue_carries_all_that_github_says() -> None:
    """A status by its state, a priority by its labels; team and customer only where the connection says."""
    assert event_to_json(one(sample("opened"))) == {
        "schema": "ticket-event/1",
        "event_id": "github:example:2910017:created",
        "source": "github",
        "connection": "github-local",
        "account": "example",
        "ticket_id": "2910017",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:00Z",
        "ticket": {"status": "open", "priority": "none", "tags": ["export"], "assignee": None, **ALWAYS},
        "known": [
            "assignee",
            "created_at",
            "key",
            "priority",
            "status",
            "tags",
            "ticket_type",
            "url",
        ],
    }


@pytest.mark.parametrize(
    ("name", "type_", "at", "position", "members"),
    [
        (
            "assigned",
            "assignee_changed",
            "2026-03-27T14:30:00Z",
            2,
            {"status": "open", "priority": "none", "tags": ["export"]},
        ),
        (
            "labeled",
            "status_changed",
            "2026-03-27T14:31:05Z",
            2,
            {"status": "pending", "priority": "none", "tags": ["export", "waiting for customer"]},
        ),
        (
            "unlabeled",
            "status_changed",
            "2026-03-27T15:10:00Z",
            2,
            {"status": "open", "priority": "none", "tags": ["export"]},
        ),
        (
            "prioritised",
            "priority_changed",
            "2026-03-27T15:12:00Z",
            2,
            {"status": "open", "priority": "urgent", "tags": ["export", "P1"]},
        ),
        (
            "reopened",
            "reopened",
            "2026-03-27T16:30:00Z",
            3,
            {"status": "open", "priority": "urgent", "tags": ["export", "P1"]},
        ),
    ],
)
def test_each_change_is_of_the_issues_last_one(
    name: str, type_: str, at: str, position: int, members: dict[str, Any]
) -> None:
    """GitHub tells no time of an event but the issue's `updated_at`; its id is made of the body."""
    told = document(one(sample(name)))
    assert told.pop("event_id").startswith(f"github:example:2910017:{type_}:")
    assert told == {
        "ticket_id": "2910017",
        "type": type_,
        "occurred_at": at,
        "time_quality": "ticket_updated_at",
        "order": {"group": "", "position": position},
        "ticket": {**members, **ASSIGNED},
    }


def test_a_closed_issue_is_of_when_it_was_closed() -> None:
    """`closed_at`: a later change does not move it."""
    told = document(one(changed("closed", "issue.updated_at", "2026-03-27T16:02:09Z")))
    assert told.pop("event_id").startswith("github:example:2910017:solved:")
    assert told == {
        "ticket_id": "2910017",
        "type": "solved",
        "occurred_at": "2026-03-27T16:02:00Z",
        "time_quality": "event",
        "order": {"group": "", "position": 3},
        "ticket": {"status": "solved", "priority": "urgent", "tags": ["export", "P1"], **ASSIGNED},
    }


@pytest.mark.parametrize(
    ("name", "event_id", "type_", "status", "into"),
    [
        ("deleted", "2910017:deleted", "deleted", "deleted", None),
        ("transferred", "2910017:merged", "merged", "closed", "2910555"),
    ],
)
def test_what_ends_an_issue_is_of_its_arrival(
    name: str, event_id: str, type_: str, status: str, into: str | None
) -> None:
    """An earlier time, such as that of the last change, would take back a breach that came in between."""
    event = one(sample(name))
    assert event.event_id == f"github:example:{event_id}"
    assert (event.type, event.attributes["status"], event.merged_into) == (type_, status, into)
    assert (event.occurred_at, event.time_quality) == (SATURDAY, "received")


def test_a_transfer_that_does_not_say_where_to_still_ends_the_ticket() -> None:
    """The other repository may be hidden from whoever set the webhook up."""
    event = one(changed("transferred", "changes", ...))
    assert (event.type, event.merged_into) == ("merged", None)


@pytest.mark.parametrize(
    ("name", "comment_id", "at", "type_", "role", "assignee"),
    [
        ("comment_by_customer", 3302, "2026-03-27T14:20:00Z", "customer_replied", "customer", None),
        (
            "comment_by_agent",
            3303,
            "2026-03-27T14:31:00Z",
            "agent_replied",
            "agent",
            {"id": "support-agent"},
        ),
        ("comment_by_bot", 3301, "2026-03-27T14:05:02Z", "note_added", "bot", None),
    ],
)
def test_a_comment_is_an_event_under_its_own_id(
    name: str, comment_id: int, at: str, type_: str, role: str, assignee: dict[str, str] | None
) -> None:
    """A hook of the repository and one of the organisation tell of it twice, and it is one."""
    assert document(one(sample(name))) == {
        "event_id": f"github:example:comment:{comment_id}",
        "ticket_id": "2910017",
        "type": type_,
        "occurred_at": at,
        "time_quality": "event",
        "order": {"group": "", "position": 1},
        "comment": {"public": True, "author": {"role": role}},
        "ticket": {
            "status": "open",
            "priority": "none",
            "tags": ["export"],
            **ALWAYS,
            "assignee": assignee,
        },
    }


@pytest.mark.parametrize(
    ("login", "type_", "association", "agents", "role"),
    [
        ("ann", "User", "OWNER", [], "agent"),
        ("ann", "User", "MEMBER", [], "agent"),
        ("ann", "User", "COLLABORATOR", [], "agent"),
        ("ann", "User", "CONTRIBUTOR", [], "customer"),
        ("ann", "User", "FIRST_TIME_CONTRIBUTOR", [], "customer"),
        ("ann", "User", "NONE", [], "customer"),
        ("ann", "User", "NONE", ["ann"], "agent"),
        ("Ann", "User", "NONE", ["ann"], "agent"),
        ("ann", "User", "NONE", ["4711"], "agent"),
        ("ann", "User", "MEMBER", ["bob"], "agent"),
        ("some-customer", "User", "MEMBER", [], "customer"),
        ("some-customer", "User", "MEMBER", ["some-customer"], "agent"),
        ("triage[bot]", "Bot", "NONE", [], "bot"),
        ("triage[bot]", "Bot", "MEMBER", [], "bot"),
        ("triage[bot]", "Bot", "NONE", ["triage[bot]"], "agent"),
    ],
)
def test_whose_comment_it_is(login: str, type_: str, association: str, agents: list[str], role: str) -> None:
    """Rule 10: the agents listed, then bots, then whoever asked, then GitHub's word for the others."""
    body = changed("comment_by_agent", "comment.user", {"login": login, "id": 4711, "type": type_})
    body["comment"]["author_association"] = association
    assert one(body, replace(CONNECTION, agents=frozenset(agents))).author_role == role


def test_a_comment_of_a_deleted_account_is_by_its_association() -> None:
    """GitHub shows such an account as nobody, who then is not whoever asked either."""
    body = changed("comment_by_agent", "comment.user", None)
    body["issue"]["user"] = None
    assert one(body).author_role == "agent"


@pytest.mark.parametrize("action", ["edited", "deleted", "pinned", "something_new"])
def test_a_comment_that_was_there_before_is_no_reply(action: str) -> None:
    """It only brings the issue as it stands."""
    event = one(changed("comment_by_agent", "action", action))
    assert (event.type, event.author_role, event.public) == ("field_changed", None, None)
    assert event.occurred_at == datetime(2026, 3, 27, 14, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "type_"),
    [
        ("unassigned", "assignee_changed"),
        ("labeled", "tags_changed"),
        ("unlabeled", "tags_changed"),
        ("typed", "type_changed"),
        ("untyped", "type_changed"),
        ("edited", "field_changed"),
        ("milestoned", "field_changed"),
        ("demilestoned", "field_changed"),
        ("locked", "field_changed"),
        ("unlocked", "field_changed"),
        ("pinned", "field_changed"),
        ("unpinned", "field_changed"),
        ("something_new", "field_changed"),
    ],
)
def test_each_action_has_its_type(action: str, type_: str) -> None:
    """One that no clock hears still brings the issue: GitHub never sends a lost delivery again by itself."""
    event = one(changed("assigned", "action", action))
    assert (event.type, event.attributes["status"]) == (type_, "open")


@pytest.mark.parametrize(
    ("state", "reason", "names", "status"),
    [
        ("open", None, [], "open"),
        ("open", "reopened", ["export"], "open"),
        ("open", None, ["waiting FOR customer"], "pending"),
        ("open", None, ["blocked"], "on_hold"),
        ("open", None, ["doing"], "open"),
        ("open", None, ["blocked", "doing", "waiting for customer"], "on_hold"),
        ("open", None, ["answered", "blocked"], "solved"),
        ("closed", "completed", [], "solved"),
        ("closed", "not_planned", [], "closed"),
        ("closed", "duplicate", [], "closed"),
        ("closed", None, [], "closed"),
        ("closed", "something_new", [], "closed"),
        ("closed", "completed", ["blocked"], "solved"),
        ("draft", None, [], "unknown"),
    ],
)
def test_a_status_is_the_issues_state_and_what_its_labels_add(
    state: str, reason: str | None, names: list[str], status: str
) -> None:
    """Labels count while the issue is open, where the connection's map has them: the furthest along wins."""
    body = sample("assigned")
    body["issue"] |= {"state": state, "state_reason": reason, "labels": labels(*names)}
    said = one(body).attributes
    assert (said["status"], said.get("status_raw")) == (status, "draft" if status == "unknown" else None)


def test_the_connection_may_say_what_closing_means() -> None:
    """By GitHub's own words for states and their reasons."""
    connection = replace(CONNECTION, statuses={"not_planned": "solved", "closed": "solved"})
    for reason, type_ in (("not_planned", "solved"), ("duplicate", "closed"), (None, "solved")):
        event = one(changed("closed", "issue.state_reason", reason), connection)
        assert (event.type, event.attributes["status"]) == (type_, type_)


@pytest.mark.parametrize(
    ("names", "priority"),
    [
        ([], "none"),
        (["export"], "none"),
        (["p1"], "urgent"),
        (["someday", "P2"], "high"),
        (["P2", "someday"], "high"),
        (["someday"], "low"),
    ],
)
def test_a_priority_is_the_most_pressing_label_that_the_connection_maps(
    names: list[str], priority: str
) -> None:
    """Without such a map nothing is known of a priority (rule 29)."""
    body = changed("assigned", "issue.labels", labels(*names))
    assert one(body).attributes["priority"] == priority
    assert "priority" not in one(body, PLAIN).attributes


def test_what_is_left_out_stays_unknown() -> None:
    """Rule 29; what is null is known to be empty."""
    body = {"action": "edited", "issue": {"id": 7}}
    event = one(body)
    assert event.attributes == {}
    assert (event.ticket_id, event.occurred_at, event.time_quality) == ("7", SATURDAY, "received")
    said = one(
        {"action": "edited", "issue": {"id": 7, "assignee": None, "type": None, "labels": []}}
    ).attributes
    assert said == {"assignee": None, "ticket_type": None, "tags": [], "priority": "none"}


def test_the_issues_type_is_the_tickets() -> None:
    """As the organisation names it."""
    body = changed("assigned", "issue.type", {"id": 1, "name": "Bug", "description": "It is broken"})
    assert one(body).attributes["ticket_type"] == "Bug"


def test_a_customer_is_found_where_the_connection_says() -> None:
    """A repository for each customer, or an organisation."""
    connection = replace(
        CONNECTION,
        paths={
            "customer": "repository.full_name",
            "service": "repository.name",
            "team": "organization.login",
        },
        customers={"example-org/support": "acme"},
        plans={"example-org/support": "gold"},
    )
    said = one(sample("opened"), connection).attributes
    assert (said["customer"], said["plan"]) == ({"id": "acme"}, "gold")
    assert (said["service"], said["team"]) == ("support", {"id": "example-org"})


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://github.example.com/a/b/issues/1", "https://github.example.com/a/b/issues/1"),
        ("javascript:alert(1)", None),
        ("http://github.example.com/a/b/issues/1", None),
        (None, None),
    ],
)
def test_a_ticket_is_found_at_the_address_that_github_gives(page: str | None, url: str | None) -> None:
    """It is shown to people, so it has to be one of the web; the connection's own beats it."""
    body = changed("assigned", "issue.html_url", page)
    assert one(body).attributes.get("url") == url
    own = replace(CONNECTION, ticket_url="https://help.example.com/{ticket_id}")
    assert one(body, own).attributes["url"] == "https://help.example.com/2910017"


def test_of_one_second_creation_comes_first_and_closing_last() -> None:
    """GitHub's times are whole seconds: a bot that labels and closes at once leaves no open ticket."""
    second = "2026-03-27T14:05:00Z"
    bodies = [changed(name, "issue.updated_at", second) for name in ("closed", "labeled", "opened")]
    bodies[0]["issue"]["closed_at"] = second
    bodies.append(changed("comment_by_agent", "comment.created_at", second))
    events = sorted((one(body) for body in bodies), key=lambda event: event.position)
    assert [event.type for event in events] == ["created", "agent_replied", "status_changed", "solved"]


def test_the_same_delivery_sent_again_is_the_same_event() -> None:
    """Whoever presses `Redeliver` sends the same bytes; the header with a delivery's id is not signed."""
    first, again = json.dumps(sample("labeled")).encode(), json.dumps(sample("unlabeled")).encode()
    ids = [
        github.read(Delivery(body, {"x-github-delivery": header}, SATURDAY), CONNECTION).events[0].event_id
        for body, header in ((first, "a"), (first, "b"), (again, "a"))
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_form_is_read_like_json() -> None:
    """A webhook that is set up without choosing JSON posts `payload=` and the same document."""
    event = one(b"payload=" + quote_plus(json.dumps(sample("opened"))).encode())
    assert event.event_id == "github:example:2910017:created"
    with pytest.raises(Unmappable, match="the body is not JSON"):
        read(b"payload=%7B&other=1")


@pytest.mark.parametrize(
    "body",
    [
        sample("ping"),
        {},
        {"action": "opened", "pull_request": {"id": 1}},
        {"action": "created", "comment": {"id": 1}, "pull_request": {"id": 1}},
        {"action": "created", "comment": {"id": 1}, "discussion": {"id": 1}},
        {"ref": "refs/heads/main"},
        changed(
            "comment_by_agent", "issue.pull_request", {"url": "https://api.github.com/repos/a/b/pulls/1"}
        ),
        changed("assigned", "issue.pull_request", {"url": "https://api.github.com/repos/a/b/pulls/1"}),
    ],
)
def test_what_is_about_no_issue_is_ignored(body: Any) -> None:
    """Pings, pull requests and whatever else a webhook sends are answered with 2xx and counted."""
    mapped = read(body)
    assert (mapped.events, mapped.ignored) == ((), 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not text in UTF-8"),
        (b"payload=", "the body is not JSON"),
        ([], "the body is no object"),
        (None, "the body is no object"),
        ({"action": "opened", "issue": None}, "/issue/id: is missing"),
        ({"action": "opened", "issue": {}}, "/issue/id: is missing"),
        ({"action": "opened", "issue": []}, "/issue: is of another type"),
        ({"issue": {"id": 1}}, "/action: is missing"),
        ({"action": 1, "issue": {"id": 1}}, "/action: is of another type"),
        (changed("assigned", "issue.id", 0), "/issue/id: is missing"),
        (changed("assigned", "issue.id", 1.5), "/issue/id: is of another type"),
        (changed("assigned", "issue.number", "17"), "/issue/number: is of another type"),
        (changed("assigned", "issue.state", 1), "/issue/state: is of another type"),
        (changed("assigned", "issue.labels", {}), "/issue/labels: is of another type"),
        (changed("assigned", "issue.labels", labels(*"a" * 251)), "/issue/labels: has more than 250"),
        (changed("assigned", "issue.labels", [{}]), "/issue/labels/0/name: is missing"),
        (changed("assigned", "issue.labels", ["bug"]), "/issue/labels/0: is of another type"),
        (changed("assigned", "issue.assignee", "ann"), "/issue/assignee: is of another type"),
        (changed("assigned", "issue.updated_at", "soon"), "/issue/updated_at: is no instant"),
        (changed("assigned", "issue.updated_at", "2026-03-27T14:05:00"), "/issue/updated_at: is no instant"),
        (changed("assigned", "issue.updated_at", "2026-03-29T12:00:01Z"), "/occurred_at: is more than a day"),
        (changed("assigned", "issue.created_at", "1969-12-31T23:59:59Z"), "/ticket/created_at: is no time"),
        (changed("assigned", "repository", []), "/repository: is of another type"),
        (changed("assigned", "repository.full_name", "a" * 201), "/repository/full_name: is longer than 200"),
        (changed("comment_by_agent", "comment", None), "/comment/author_association: is missing"),
        (changed("comment_by_agent", "comment.id", ...), "/comment/id: is missing"),
        (changed("comment_by_agent", "comment.created_at", ...), "/comment/created_at: is missing"),
        (changed("comment_by_agent", "comment.author_association", ...), "/comment/author_association"),
        (changed("comment_by_agent", "comment.user", "ann"), "/comment/user: is of another type"),
        (changed("transferred", "changes", []), "/changes: is of another type"),
        (changed("labeled", "label", "bug"), "/label: is of another type"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on."""
    with pytest.raises(Unmappable, match=f"^{reason}"):
        read(body)


def test_neither_events_nor_reasons_hold_personal_data() -> None:
    """Whoever asked, titles and texts stay out of the log; a reason quotes no value at all."""
    kept = "".join(
        json.dumps(event_to_json(one(sample(name)))) for name in ("opened", "comment_by_customer", "closed")
    )
    assert not [word for word in ("some-customer", "nightly export", "70020202", "stopped") if word in kept]
    with pytest.raises(Unmappable) as refused:
        read(changed("assigned", "issue.created_at", "some-customer"))
    assert str(refused.value) == "/issue/created_at: is no instant"


# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = [
    "action",
    "issue",
    "issue.id",
    "issue.number",
    "issue.state",
    "issue.state_reason",
    "issue.labels",
    "issue.assignee",
    "issue.type",
    "issue.html_url",
    "issue.user",
    "issue.created_at",
    "issue.updated_at",
    "issue.closed_at",
    "issue.pull_request",
    "repository",
    "repository.full_name",
    "comment",
    "changes",
    "label",
]


@FUZZ
@given(
    st.sampled_from(["opened", "closed", "labeled", "transferred", "comment_by_agent"]),
    st.sampled_from(MEMBERS),
    JSON,
)
def test_a_member_of_any_shape_is_mapped_or_quarantined(name: str, path: str, value: Any) -> None:
    """Whatever stands in a member, an event fits the contract or the delivery is quarantined."""
    try:
        mapped = read(changed(name, path, value))
    except Unmappable:
        return
    for found in mapped.events:
        again = generic.read(Delivery(json.dumps(event_to_json(found)).encode(), {}, SATURDAY), CONNECTION)
        assert again.events[0].position == found.position


@FUZZ
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_mapped_or_quarantined(body: Any) -> None:
    """Nothing that is posted can crash the way in."""
    with suppress(Unmappable):
        read(body)
