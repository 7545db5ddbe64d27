"""GET /v1/queue: a team's open tickets, by the deadline that presses most."""

from typing import Any

import pytest

from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id
from slaclock.domain.instants import parse_instant
from slaclock.store.errors import StoreUnavailableError
from tests.functions.events import http_event
from tests.functions.test_records import acknowledged, ask, opened, take
from tests.functions.world import World

OPENED = "2026-03-27T14:05:00Z"
TEAM = {"account": "example", "team": "t-1"}


@pytest.fixture
def world() -> World:
    return World(OPENED)


def queue(world: World, **query: str) -> dict[str, Any]:
    status, body, _ = ask(world, "GET", "/v1/queue", query={**TEAM, **query})
    assert status == 200, body
    assert isinstance(body, dict)
    return body


def ids(world: World, **query: str) -> list[str]:
    return [each["ticket_id"] for each in queue(world, **query)["tickets"]]


def answered(world: World, ticket_id: str, at: str = "2026-03-27T14:06:00Z", status: str = "open") -> None:
    """The first response is given, so that the resolution is what presses."""
    take(world, ticket_id, "agent_replied", at, status=status)


def test_the_nearest_deadline_comes_first_and_paused_tickets_last(world: World) -> None:
    """Of each ticket the clock that presses most counts, whatever reminder or level comes sooner."""
    opened(
        world, "normal", priority="normal"
    )  # 8 h of office time: Monday, with a reminder on Monday morning
    opened(world, "urgent")  # 30 min
    opened(world, "high", priority="high")  # 1 h
    opened(world, "waits")
    answered(world, "waits", status="pending")
    world.at("2026-03-27T14:10:00Z")
    assert ids(world) == ["urgent", "high", "normal", "waits"]


def test_a_deadline_that_has_passed_presses_most(world: World) -> None:
    """The longest overdue first, until its stop comes; that a level is told meanwhile moves nothing."""
    opened(world, "breached")
    world.at("2026-03-27T14:06:00Z")
    opened(world, "later")
    world.at("2026-03-27T14:50:00Z")
    for each in ("breached", "later"):
        world.workflow.wake(f"ticket#example#{each}", "timer")
    opened(world, "new", priority="urgent")
    world.at("2026-03-27T15:10:00Z")  # level 2 of both, level 1 of none
    world.workflow.wake("ticket#example#breached", "timer")
    rows = queue(world)["tickets"]
    assert [(each["ticket_id"], each["state"]) for each in rows] == [
        ("breached", "breached"),
        ("later", "breached"),
        ("new", "running"),
    ]
    assert [(each["left_seconds"], each["late_seconds"]) for each in rows[:1]] == [(0, 25 * 60)]


def test_a_row_says_what_presses_and_how_much_working_time_is_left(world: World) -> None:
    """In the time of the clock's own calendar: over a weekend without hours there is no less of it."""
    opened(world, "1", priority="normal", url="https://desk.example/1")
    friday = queue(world)["tickets"][0]
    assert friday == {
        "account": "example",
        "subject": "ticket",
        "ticket_id": "1",
        "status": "new",
        "priority": "normal",
        "url": "https://desk.example/1",
        "team": {"id": "t-1", "name": "Tier 1"},
        "customer": {"id": "acme", "name": "Acme A/S"},
        "due_at": "2026-03-30T13:35:00Z",
        "state": "running",
        "left_seconds": 8 * 3600,
        "late_seconds": 0,
        "agreement": "acme-gold",
        "agreement_version": 1,
        "target": "first_response",
        "metric": "first_response",
        "calendar": "office",
        "acknowledged_at": None,
    }
    world.at("2026-03-28T09:00:00Z")
    assert queue(world)["tickets"][0]["left_seconds"] == 8 * 3600 - 55 * 60
    world.at("2026-03-30T07:00:00Z")  # Monday 09:00 in Copenhagen, an hour after opening
    assert queue(world)["tickets"][0]["left_seconds"] == 8 * 3600 - 55 * 60 - 3600


def test_a_paused_ticket_has_what_it_would_have_if_it_went_on_now(world: World) -> None:
    """No deadline, and the time that is left of its budget."""
    opened(world, "1")
    answered(world, "1", "2026-03-27T14:25:00Z", status="pending")
    world.at("2026-03-27T20:00:00Z")
    (row,) = queue(world)["tickets"]
    assert (row["due_at"], row["state"], row["target"]) == (None, "paused", "resolution")
    assert (row["left_seconds"], row["late_seconds"]) == (4 * 3600 - 20 * 60, 0)


def test_of_paused_clocks_the_one_with_the_least_left_is_shown(world: World) -> None:
    """An hour for the next response presses more than four for the resolution, which began before it."""
    opened(world, "1")
    answered(world, "1", status="pending")
    take(world, "1", "customer_replied", "2026-03-27T14:10:00Z")
    (row,) = queue(world)["tickets"]
    assert (row["target"], row["state"], row["left_seconds"]) == ("next_response", "paused", 3600)


def test_time_that_is_excluded_is_neither_left_nor_late(world: World) -> None:
    """Rule 27: of four hours none passes from 15:00 to 17:00, nor from 21:00 to 22:00, when it is late."""
    opened(world, "1")
    answered(world, "1")
    excluded(world, "15:00", "17:00")
    excluded(world, "21:00", "22:00")
    seen = []
    for time in ("14:10", "15:00", "16:00", "17:00", "20:05", "20:06", "21:30", "23:00"):
        world.at(f"2026-03-27T{time}:00Z")
        seen.append(counted(world))
    assert seen == [
        (235 * 60, 0),
        (185 * 60, 0),
        (185 * 60, 0),
        (185 * 60, 0),
        (0, 0),
        (0, 60),
        (0, 55 * 60),
        (0, 115 * 60),
    ]


def test_a_pause_after_a_breach_is_not_late_as_its_end_will_say(world: World) -> None:
    """Due at 18:05 and paused from 18:15 to 20:05: at 20:10 it is a quarter of an hour late."""
    subject = opened(world, "1")
    answered(world, "1")
    world.at("2026-03-27T18:05:00Z")
    world.workflow.wake(subject, "timer")
    take(world, "1", "status_changed", "2026-03-27T18:15:00Z", status="pending")
    world.at("2026-03-27T20:00:00Z")
    (row,) = queue(world)["tickets"]
    assert (row["state"], row["due_at"]) == ("breached", "2026-03-27T18:05:00Z")
    assert counted(world) == (0, 10 * 60)
    take(world, "1", "status_changed", "2026-03-27T20:05:00Z", status="open")
    world.at("2026-03-27T20:10:00Z")
    assert counted(world) == (0, 15 * 60)
    take(world, "1", "solved", "2026-03-27T20:10:00Z", status="solved")
    _, ticket, _ = ask(world, "GET", "/v1/tickets/example/1")
    (ended,) = [each for each in ticket["facts"] if each["fact"] == "breach_ended"]
    assert ended["late_seconds"] == 15 * 60


def test_what_lies_ahead_by_the_helpdesks_clock_takes_nothing_yet(world: World) -> None:
    """A start or a pause a few minutes from now: no more is left than was promised, and no less."""
    opened(world, "1")
    answered(world, "1", "2026-03-27T14:25:00Z", status="pending")
    world.at("2026-03-27T14:00:00Z")
    assert counted(world) == (4 * 3600, 0)
    world.at("2026-03-27T14:20:00Z")
    assert counted(world) == (4 * 3600 - 15 * 60, 0)


def counted(world: World) -> tuple[int, int]:
    """The seconds left and late of the only ticket, which its own explanation counts alike."""
    world.workflow.wake("ticket#example#1", "timer")
    (row,) = queue(world)["tickets"]
    _, ticket, _ = ask(world, "GET", "/v1/tickets/example/1")
    (explained,) = [each["explanation"] for each in ticket["clocks"] if each["target"] == row["target"]]
    seconds = (row["left_seconds"], row["late_seconds"])
    assert seconds == (explained["left_seconds"], explained.get("late_seconds", 0))
    return seconds


def excluded(world: World, begins: str, ends: str) -> None:
    day = "2026-03-27T{}:00Z"
    begin, end = (parse_instant(day.format(each)) for each in (begins, ends))
    maintenance = Exclusion(begins, "example", begin, end, "maintenance", "ada", world.time, {}, "1")
    assert world.workflow.take(maintenance)


def test_a_breach_that_is_in_hand_says_since_when(world: World) -> None:
    """So that nobody takes it twice."""
    subject = opened(world, "1")
    world.at("2026-03-27T14:40:00Z")
    world.workflow.wake(subject, "timer")
    acknowledged(world, "clock_breached:first_response:1.0", subject)
    assert queue(world)["tickets"][0]["acknowledged_at"] == "2026-03-27T14:40:00Z"


def test_solved_tickets_and_those_without_a_promise_are_in_no_queue(world: World) -> None:
    """There is nothing that they could miss."""
    opened(world, "solved")
    take(world, "solved", "solved", "2026-03-27T14:10:00Z", status="solved")
    opened(world, "free", customer={"id": "somebody else", "name": None})
    assert queue(world) == {**TEAM, "tickets": [], "next": None}


def test_each_team_has_its_queue_and_a_ticket_that_moves_changes_it(world: World) -> None:
    """By the team's id, or its name where it has none; without a team there is a queue, too."""
    opened(world, "1")
    opened(world, "2", team={"id": None, "name": "Tier 2"})
    opened(world, "3", team=None)
    opened(world, "4", account="example#t-1")
    assert [ids(world), ids(world, team="Tier 2"), ids(world, team="-")] == [["1"], ["2"], ["3"]]
    take(world, "1", "updated", "2026-03-27T14:10:00Z", team={"id": None, "name": "Tier 2"})
    assert [ids(world), ids(world, team="Tier 2")] == [[], ["1", "2"]]
    assert ids(world, team="nobody") == ids(world, account="nobody") == []


def test_beside_a_ticket_nothing_is_kept_for_its_queue_but_its_place(world: World) -> None:
    """What is shown comes from the ticket itself: a copy in the index would be paid for, and never read."""
    item = world.memory.tables["tickets"][opened(world, "1"), "TICKET"]
    assert {"queue", "queue_order"} <= item.keys()
    assert not {"ticket_id", "priority", "team", "customer", "nearest"} & item.keys()


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_follow_one_another_without_a_gap(world: World, limit: int) -> None:
    """Paused tickets, which share their place, included; after the last there is no cursor."""
    for number in range(7):
        take(
            world, str(number), "created", f"2026-03-27T14:1{number}:00Z", status="new", priority="urgent",
            customer={"id": "acme"}, team={"id": "t-1"},
        )  # fmt: skip
    for number in (1, 3, 5):
        answered(world, str(number), "2026-03-27T14:18:00Z", status="pending")
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(7):
        page = queue(world, limit=str(limit), **cursor)
        found += [each["ticket_id"] for each in page["tickets"]]
        if page["next"] is None:
            break
        assert len(page["tickets"]) == limit
        cursor = {"cursor": page["next"]}
    assert found == ["0", "2", "4", "6", "1", "3", "5"]


def test_a_ticket_that_was_closed_a_moment_ago_is_left_out(world: World) -> None:
    """The index may lag behind; what is shown is the ticket as it is."""
    subject = opened(world, "1")
    before = dict(world.memory.tables["tickets"][subject, "TICKET"])
    take(world, "1", "solved", "2026-03-27T14:10:00Z", status="solved")
    kept = {name: before[name] for name in ("queue", "queue_order")}
    world.memory.tables["tickets"][subject, "TICKET"] |= kept
    assert ids(world) == []


def test_without_a_team_it_says_which_there_are_to_ask_for(world: World) -> None:
    """Nobody takes the tickets that no team has for those of every team."""
    opened(world, "1")
    opened(world, "2", team=None)
    status, body, _ = ask(world, "GET", "/v1/queue", query={"account": "example"})
    needed = "needed: a team's id, or its name where it has none; - for tickets without a team"
    assert (status, body["parameter"], body["detail"]) == (400, "team", needed)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"team": "t-1"}, "account"),
        ({"account": "example"}, "team"),
        ({}, "account"),
        ({"account": "", "team": "t-1"}, "account"),
        ({**TEAM, "team": ""}, "team"),
        ({**TEAM, "team": "x" * 257}, "team"),
        ({**TEAM, "account": "x" * 257}, "account"),
        ({**TEAM, "team": "\ud800"}, "team"),
        ({**TEAM, "limit": "0"}, "limit"),
        ({**TEAM, "limit": "101"}, "limit"),
        ({**TEAM, "limit": "-1"}, "limit"),
        ({**TEAM, "limit": "٣"}, "limit"),
        ({**TEAM, "cursor": "x"}, "cursor"),
        ({**TEAM, "cursor": "x" * 2000}, "cursor"),
        ({**TEAM, "teams": "t-1"}, "teams"),
        ({**TEAM, "priority": "urgent"}, "priority"),
    ],
)
def test_a_parameter_that_is_wrong_is_refused_by_name(
    world: World, query: dict[str, str], parameter: str
) -> None:
    """An empty queue must not come of a mistyped word."""
    event_query = {name: value for name, value in query.items() if "\ud800" not in value}
    event = http_event("GET", "/v1/queue", query=event_query)
    event["queryStringParameters"] = query
    answer = world.function("records").handler(event, None)
    assert answer["statusCode"] == 400
    assert f'"parameter": "{parameter}"' in answer["body"]


def test_a_cursor_belongs_to_its_queue(world: World) -> None:
    """Not to another team's, nor to the record of breaches."""
    for number in "12":
        opened(world, number)
    cursor = queue(world, limit="1")["next"]
    for path, query in (
        ("/v1/queue", {"account": "example", "team": "other", "cursor": cursor}),
        ("/v1/queue", {"account": "other", "team": "t-1", "cursor": cursor}),
        ("/v1/breaches", {**TEAM, "cursor": cursor}),
    ):
        status, body, _ = ask(world, "GET", path, query=query)
        assert (status, body["parameter"]) == (400, "cursor")
    assert ids(world, limit="2", cursor=cursor) == ["2"]


def test_where_the_table_can_not_be_had_it_is_to_be_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As everywhere: 503 as a problem."""

    def down(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(world.memory, "queue", down)
    assert ask(world, "GET", "/v1/queue", query=TEAM)[0] == 503


def test_nothing_personal_is_in_a_queue(world: World) -> None:
    """Neither the assignee nor the helpdesk's own fields."""
    opened(world, "1", assignee={"id": "agent-7", "name": "Ada"}, custom={"phone": "555"})
    assert not {"assignee", "custom"} & queue(world)["tickets"][0].keys()


def test_the_id_of_a_fact_is_no_place_in_a_queue(world: World) -> None:
    """Whatever else is opaque and given out."""
    subject = opened(world, "1")
    asked = {**TEAM, "cursor": public_id(subject, "clock_started:resolution:1.0")}
    assert ask(world, "GET", "/v1/queue", query=asked)[0] == 400
    assert parse_instant(OPENED) == world.time
