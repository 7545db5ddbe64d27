"""GET tickets and breaches, POST acknowledgements: what people and their programs are answered."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import public_id, subject_key
from slaclock.domain.instants import parse_instant
from slaclock.records.breach_formats import COLUMNS
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.messages import Delivery
from tests.functions.conforming import conforms
from tests.functions.events import http_event
from tests.functions.world import World

OPENED, BREACHED, LATER = "2026-03-27T14:05:00Z", "2026-03-27T18:05:00Z", "2026-03-27T18:06:00Z"
ARN = "arn:aws:iam::123456789012:user/ada"
BREACH_KEY, LEVEL_KEY = "clock_breached:resolution:1.0", "escalation_due:resolution:1.0:1.0"
CSV_TYPE = "text/csv; charset=utf-8; header=present"


def ask(world: World, method: str, path: str, **request: Any) -> tuple[int, Any, Mapping[str, str]]:
    """Status, body (read, where it is JSON) and headers of an answer; its route foresees it."""
    event = http_event(method, path, **request)
    answer = world.function("records").handler(event, None)
    conforms(event, answer)
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    is_json = headers.get("content-type") in ("application/json", "application/problem+json")
    body = json.loads(answer["body"]) if is_json and method != "HEAD" else answer["body"]
    return answer["statusCode"], body, headers


def take(
    world: World, ticket_id: str, kind: str, at: str, account: str = "example", **attributes: Any
) -> None:
    world.at(at)
    event = TicketEvent(
        f"{ticket_id}:{at}:{kind}", account, ticket_id, kind, world.time, world.time, attributes
    )
    assert world.workflow.take(event)


def opened(world: World, ticket_id: str = "4711", account: str = "example", **attributes: Any) -> str:
    """An urgent ticket of Acme's, due for a first response at 14:35 and for a resolution at 18:05."""
    about = {
        "status": "new",
        "priority": "urgent",
        "customer": {"id": "acme", "name": "Acme A/S"},
        "team": {"id": "t-1", "name": "Tier 1"},
        **attributes,
    }
    take(world, ticket_id, "created", OPENED, account, **about)
    return subject_key("ticket", account, ticket_id)


def breached(world: World, ticket_id: str = "4711", **attributes: Any) -> str:
    """That ticket, a minute after its resolution fell due."""
    subject = opened(world, ticket_id, **attributes)
    world.at(LATER)
    world.workflow.wake(subject, "timer")
    return subject


def acknowledged(
    world: World, key: str = BREACH_KEY, subject: str = "ticket#example#4711", **request: Any
) -> Any:
    return ask(world, "POST", f"/v1/escalations/{public_id(subject, key)}/acknowledge", **request)


def found(world: World, **query: str) -> list[dict[str, Any]]:
    status, body, _ = ask(world, "GET", "/v1/breaches", query={"account": "example", **query})
    assert status == 200
    breaches: list[dict[str, Any]] = body["breaches"]
    return breaches


@pytest.fixture
def world() -> World:
    return World(OPENED)


# -- tickets ---------------------------------------------------------------------------------------------


def test_a_ticket_is_shown_with_its_clocks(world: World) -> None:
    """Each with its state, its deadline and the next moment at which something is told."""
    opened(world)
    status, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert status == 200
    assert {name: body[name] for name in ("account", "ticket_id", "status", "priority", "created_at")} == {
        "account": "example",
        "ticket_id": "4711",
        "status": "new",
        "priority": "urgent",
        "created_at": OPENED,
    }
    assert (body["agreement"], body["agreement_version"]) == ("acme-gold", 1)
    shown = [(each["target"], each["state"], each["due_at"], each["next_moment"]) for each in body["clocks"]]
    assert shown == [
        ("first_response", "running", "2026-03-27T14:35:00Z", "2026-03-27T14:20:00Z"),
        ("resolution", "running", BREACHED, "2026-03-27T16:05:00Z"),
    ]


def test_a_tickets_facts_are_in_the_order_of_telling(world: World) -> None:
    """Each with its number and its hash in the chain, the last of them the ticket's head."""
    subject = breached(world)
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    # The first link is the event that opened the ticket.
    assert [fact["seq"] for fact in body["facts"]] == list(range(2, len(body["facts"]) + 2))
    saved = world.memory.load(subject).saved
    assert saved is not None
    assert body["facts"][-1]["hash"] == saved.head
    assert {"clock_started", "clock_breached", "escalation_due"} <= {fact["fact"] for fact in body["facts"]}


def test_clocks_are_shown_as_they_stand(world: World) -> None:
    """Paused without a deadline, met, breached and still waiting, and ended at last."""

    def states() -> dict[str, Any]:
        _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
        return {
            each["target"]: (each["state"], each["due_at"], each["worked_seconds"]) for each in body["clocks"]
        }

    opened(world)
    take(world, "4711", "agent_replied", "2026-03-27T14:15:00Z", status="pending")
    assert states() == {
        "first_response": ("met", "2026-03-27T14:35:00Z", 600),
        "resolution": ("paused", None, None),
    }
    take(world, "4711", "updated", "2026-03-27T14:25:00Z", status="open")
    world.at("2026-03-27T19:00:00Z")
    world.workflow.wake("ticket#example#4711", "timer")
    assert states()["resolution"] == ("breached", "2026-03-27T18:15:00Z", 14400)
    take(world, "4711", "solved", "2026-03-27T20:15:00Z", status="solved")
    assert states()["resolution"] == ("ended", "2026-03-27T18:15:00Z", 21600)


def test_a_ticket_without_an_agreement_says_so(world: World) -> None:
    """It is known, and nothing is measured."""
    opened(world, customer={"id": "somebody else", "name": None})
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert (body["agreement"], body["reason"], body["clocks"]) == (None, "no agreement applies", [])
    assert body["agreements"] == [
        {
            "agreement": "acme-gold",
            "version": 1,
            "kind": "customer",
            "applies": False,
            "reasons": ["customer is somebody else, not acme"],
        }
    ]


def test_every_agreement_says_why_it_applies(world: World) -> None:
    """The one that does, as well."""
    opened(world)
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert [(each["agreement"], each["applies"], each["reasons"]) for each in body["agreements"]] == [
        ("acme-gold", True, ["every condition holds: customer"])
    ]


def test_a_promise_that_has_no_clock_says_why(world: World) -> None:
    """Below the agreement that applies, target by target."""
    opened(world, priority="none")
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert [(each["target"], each["reason"]) for each in body["agreements"][0]["without_clock"]] == [
        ("first_response", "no budget for priority none"),
        ("next_response", "no budget for priority none"),
        ("resolution", "no budget for priority none"),
    ]


def test_each_clock_explains_itself(world: World) -> None:
    """Its terms, and its spans with what began them: whoever reads it can add up."""
    opened(world)
    take(world, "4711", "status_changed", "2026-03-27T14:15:00Z", status="pending")
    take(world, "4711", "status_changed", "2026-03-27T14:25:00Z", status="open")
    world.at("2026-03-27T15:05:00Z")
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    explained = next(each for each in body["clocks"] if each["target"] == "resolution")["explanation"]
    began = "4711:2026-03-27T14:05:00Z:created"
    assert explained == {
        "agreement": "acme-gold",
        "agreement_version": 1,
        "target": "resolution",
        "clause": "§4.2",
        "metric": "resolution",
        "budget": "4h",
        "budget_set_by": None,
        "counts": "working time",
        "calendar": {
            "name": "always",
            "timezone": "UTC",
            "hours": "24x7",
            "holidays": [],
            "exceptions": {},
        },
        "started_at": OPENED,
        "begun_by": {"reason": "created", "event": began, "type": "created"},
        "until": "2026-03-27T15:05:00Z",
        "ended": None,
        "spans": [
            {
                "from": OPENED,
                "to": "2026-03-27T14:15:00Z",
                "state": "running",
                "because": {"reason": "created", "event": began, "type": "created"},
                "seconds": 600,
            },
            {
                "from": "2026-03-27T14:15:00Z",
                "to": "2026-03-27T14:25:00Z",
                "state": "paused",
                "because": _changed("2026-03-27T14:15:00Z", "status is now pending"),
                "seconds": 600,
            },
            {
                "from": "2026-03-27T14:25:00Z",
                "to": "2026-03-27T15:05:00Z",
                "state": "running",
                "because": _changed("2026-03-27T14:25:00Z", "status is now open"),
                "seconds": 2400,
            },
        ],
        "target_seconds": 14400,
        "worked_seconds": 3000,
        "left_seconds": 11400,
        "due_at": "2026-03-27T18:15:00Z",
        "goal": None,
        "next": {"at": "2026-03-27T16:15:00Z", "what": "reminder 50%"},
    }


def _changed(at: str, what: str) -> dict[str, Any]:
    event = f"4711:{at}:status_changed"
    return {"reason": what, "event": event, "type": "status_changed", "changes": [what]}


def test_no_personal_data_is_shown(world: World) -> None:
    """Neither the assignee, nor the helpdesk's own fields, which may hold anything."""
    opened(world, assignee={"id": "agent-7", "name": "Ada"}, custom={"phone": "555"}, tags=["vip"])
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert body["tags"] == ["vip"]
    assert body["team"] == {"id": "t-1", "name": "Tier 1"}
    assert not {"assignee", "custom"} & body.keys()
    take(
        world, "4711", "updated", "2026-03-27T14:15:00Z", assignee={"id": "agent-8"}, custom={"phone": "556"}
    )
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    assert not [leak for leak in ("agent-7", "agent-8", "Ada", "555", "556") if leak in json.dumps(body)]


def test_messages_are_shown_with_the_fact_that_they_told(world: World) -> None:
    """Who was told what, and when."""
    subject = breached(world)
    world.memory.mark_sent(subject, BREACH_KEY, "legal", Delivery(world.time, "message-1"))
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    told = public_id(subject, BREACH_KEY)
    assert body["messages"] == [
        {
            "fact_id": told,
            "fact": "clock_breached",
            "level": None,
            "repeat": None,
            "audience": "legal",
            "at": LATER,
            "message_id": "message-1",
            "suppressed": False,
            "why": None,
            "acknowledged_at": None,
            "acknowledged_by": None,
            "acknowledged_claimed": None,
        }
    ]
    assert told in {fact["id"] for fact in body["facts"]}


def test_the_ledger_of_deliveries_says_what_became_of_each_level(world: World) -> None:
    """To whom, when, as which message, also where it was repeated; or why not; and who took it in hand."""
    subject = breached(world)
    world.memory.mark_sent(
        subject, "reminder_due:resolution:1.0:b0.0", "team", Delivery(world.time, why="met")
    )
    world.memory.mark_sent(subject, LEVEL_KEY, "oncall-1", Delivery(world.time, "message-1"))
    world.at("2026-03-27T18:10:00Z")
    acknowledged(world, LEVEL_KEY, caller=ARN)
    world.at("2026-03-27T18:35:00Z")
    world.memory.mark_sent(subject, LEVEL_KEY, "oncall-1", Delivery(world.time, "message-2"))
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    named = ("fact", "level", "repeat", "audience", "message_id", "suppressed", "why", "acknowledged_by")
    rows = [[each[name] for name in named] for each in body["messages"]]
    assert rows == [
        ["escalation_due", 1, 0, "oncall-1", "message-1", False, None, ARN],
        ["reminder_due", None, None, "team", None, True, "met", None],
        ["escalation_due", 1, 0, "oncall-1", "message-2", False, None, ARN],
    ]
    first = body["messages"][0]
    assert first["acknowledged_at"] == "2026-03-27T18:10:00Z"
    assert first["acknowledged_claimed"] is False


@pytest.mark.parametrize(
    "ticket_id", ["a/b", "a#b", "100%", "a%2Fb", "æ ø", "a+b", "?", "<x>", "..", "🎫", '"']
)
def test_any_id_is_found_under_its_encoded_path(world: World, ticket_id: str) -> None:
    """API Gateway decodes the path; the id is taken from the parameter, not from the path."""
    opened(world, ticket_id)
    status, body, _ = ask(world, "GET", f"/v1/tickets/example/{quote(ticket_id, safe='')}")
    assert (status, body["ticket_id"]) == (200, ticket_id)


def test_a_stage_that_has_a_name_stands_before_the_path(world: World) -> None:
    """As in a deployment whose stage is not the default one."""
    opened(world, "a/b")
    event = http_event("GET", "/v1/tickets/example/a%2Fb")
    event["requestContext"]["stage"] = "prod"
    event["rawPath"] = "/prod/v1/tickets/example/a/b"
    assert world.function("records").handler(event, None)["statusCode"] == 200


@pytest.mark.parametrize("ticket_id", ["4712", "x" * 3000])
def test_an_unknown_ticket_is_404(world: World, ticket_id: str) -> None:
    """As a problem, with the reason."""
    opened(world)
    status, body, headers = ask(world, "GET", f"/v1/tickets/example/{ticket_id}")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert body == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing of this name",
    }


# -- breaches --------------------------------------------------------------------------------------------


def test_a_breach_explains_itself(world: World) -> None:
    """What was promised, when it fell due, when that was noticed and by whom, and under which words."""
    subject = breached(world)
    resolution = next(each for each in found(world) if each["target"] == "resolution")
    published = world.memory.agreements("example").versions[0]
    row = next(told for told in world.memory.told(subject) if told.fact.key == BREACH_KEY)
    assert resolution == {
        "id": public_id(subject, BREACH_KEY),
        "status": "open",
        "account": "example",
        "subject": "ticket",
        "ticket_id": "4711",
        "customer": "acme",
        "team": "t-1",
        "priority": "urgent",
        "service": None,
        "agreement": "acme-gold",
        "agreement_version": 1,
        "kind": "resolution",
        "clause": "§4.2",
        "target": "resolution",
        "metric": "resolution",
        "cycle": 1,
        "revision": 0,
        "budget": "4h",
        "due_at": BREACHED,
        "at": BREACHED,
        "reason": "the deadline passed",
        "detected_at": LATER,
        "detected_by": "timer",
        "broke_first": None,
        "target_seconds": 14400,
        "worked_seconds": 14400,
        "late_seconds": None,
        "late_wall_seconds": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "acknowledged_level": None,
        "acknowledged_claimed": None,
        "ended_at": None,
        "corrected_at": None,
        "corrected_because": None,
        "cause": None,
        "remedy": None,
        "remedy_owner": None,
        "remedy_due": None,
        "reviewed_at": None,
        "review_outcome": None,
        "dispute": None,
        "dispute_at": None,
        "dispute_by": None,
        "entries": 0,
        "timezone": published.timezone,
        "recorded_at": LATER,
        "agreement_hash": published.content_hash,
        "hash": row.hash,
    }
    assert tuple(resolution) == COLUMNS


def test_an_ended_breach_says_how_late_it_was(world: World) -> None:
    """In working time of its calendar, and by the clock on the wall."""
    breached(world)
    take(world, "4711", "solved", "2026-03-27T20:05:00Z", status="solved")
    (resolution,) = found(world, metric="resolution")
    assert (resolution["status"], resolution["ended_at"]) == ("ended", "2026-03-27T20:05:00Z")
    assert (resolution["worked_seconds"], resolution["late_seconds"]) == (21600, 7200)


def test_breaches_come_as_csv(world: World) -> None:
    """RFC 4180: a header, CRLF, and every cell in quotes."""
    breached(world, 'a,"b"')
    status, body, headers = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": "text/csv"}
    )
    assert (status, headers["content-type"]) == (200, CSV_TYPE)
    assert body.count("\r\n") == body.count("\n") == 3
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert [row["target"] for row in rows] == ["first_response", "resolution"]
    assert {row["ticket_id"] for row in rows} == {'a,"b"'}
    assert (rows[1]["due_at"], rows[1]["acknowledged_by"]) == (BREACHED, "")
    assert body.startswith('"id","status","account",')
    assert f'","{BREACHED}","' in body
    assert ',"",' in body


@pytest.mark.parametrize(
    "begin",
    [
        "=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\x85", "\x0b=",
        " =", "  +", "\u00a0=", "\u3000@", "\u200b=", "\ufeff-", "\u2028=",  # behind what is not seen
        "\uff1d", "\uff0b", "\uff0d", "\uff20",  # in full width
        "\ufe62", "\ufe63", "\ufe66", "\ufe6b",  # in small forms
        "\u2212", "\u2010", "\u2013", "\u2014", "\u207a", "\u207b", "\u207c", "\u208c", "|",
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(world: World, begin: str) -> None:
    """A ticket's id is somebody else's words: a spreadsheet must not run them."""
    breached(world, f"{begin}cmd|' /C calc'!A0")
    _, body, _ = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": "text/csv"}
    )
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert {row["ticket_id"] for row in rows} == {f"'{begin}cmd|' /C calc'!A0"}


@pytest.mark.parametrize("plain", ["a=b", " a", "'=1", "\u0915", "\U0001f600", "1-2", "\u200b", "#1"])
def test_a_cell_that_is_no_formula_is_as_it_is(world: World, plain: str) -> None:
    """A sign within a text does nothing, and neither does a space before a word."""
    breached(world, "1", service={"id": plain})
    _, body, _ = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": "text/csv"}
    )
    assert {row["service"] for row in csv.DictReader(io.StringIO(body, newline=""))} == {plain}


def test_breaches_come_as_ndjson(world: World) -> None:
    """One a line."""
    breached(world)
    _, body, headers = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": "application/x-ndjson"}
    )
    assert headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["target"] for line in body.splitlines()] == ["first_response", "resolution"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_a_line_of_ndjson_is_one_to_every_reader(world: World, end: str) -> None:
    """Whatever some of them take for an end of line is escaped within a value."""
    breached(world, "1", service={"id": f"a{end}b"})
    _, body, _ = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": "application/x-ndjson"}
    )
    assert [json.loads(line)["service"] for line in body.splitlines()] == [f"a{end}b"] * 2


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/*", CSV_TYPE),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("text/csv, application/json", "application/json"),
        ("text/csv, application/json;q=0.9", CSV_TYPE),
        ("*/*;q=0.1, application/x-ndjson; q=0.5", "application/x-ndjson"),
        ("application/ndjson", "application/x-ndjson"),
        ("application/json;q=0, */*", CSV_TYPE),
        ("TEXT/CSV;Q=1.0", CSV_TYPE),
        ("text/csv;q=much", CSV_TYPE),
        ("text/csv;bom=true", CSV_TYPE),
        ("text/csv;bom=true;q=0.1, application/json;q=0.2", "application/json"),
    ],
)
def test_the_client_gets_what_it_would_rather_have(world: World, accept: str | None, kind: str) -> None:
    """The most specific range gives a format's quality, JSON wins where two are equal."""
    headers = {"Accept": accept} if accept is not None else {}
    status, _, answered = ask(world, "GET", "/v1/breaches", query={"account": "example"}, headers=headers)
    assert (status, answered["content-type"]) == (200, kind)


@pytest.mark.parametrize(
    ("accept", "marked"),
    [
        ("text/csv", False),
        ("text/csv; bom=true", True),
        ("text/csv; header=present; BOM=True; q=0.5", True),
        ("text/csv; bom=false", False),
        ('text/csv; bom="true"', True),
        ('text/csv; bom="FALSE"', False),
        ("application/json;bom=no;q=0.1, text/csv", False),
        ("text/*; bom=true", True),
        ("*/*; bom=true; q=0.1, text/csv", False),
    ],
)
def test_csv_has_a_byte_order_mark_on_request(world: World, accept: str, marked: bool) -> None:  # noqa: FBT001
    """By which spreadsheets know UTF-8; what was asked of another range is not meant."""
    breached(world)
    query = {"account": "example"}
    _, body, headers = ask(world, "GET", "/v1/breaches", query=query, headers={"Accept": accept})
    assert (headers["content-type"], body.startswith("\ufeff")) == (CSV_TYPE, marked)
    rows = list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))
    assert [row["status"] for row in rows] == ["open", "open"]


@pytest.mark.parametrize("bom", ["", "=", "=1", "=yes", '="', "='true'", '="true', "=true true"])
@pytest.mark.parametrize("kind", ["text/csv", "text/*", "*/*", "application/json, text/csv"])
def test_a_mark_that_is_neither_wanted_nor_not_is_406(world: World, kind: str, bom: str) -> None:
    """Nobody is left to wonder why there is none."""
    query = {"account": "example"}
    status, body, _ = ask(world, "GET", "/v1/breaches", query=query, headers={"Accept": f"{kind}; bom{bom}"})
    assert (status, body["detail"]) == (406, "bom is true or false, as in Accept: text/csv;bom=true")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/v1/breaches", {"account": "example", "limit": "1"}, 200),
        ("/v1/breaches", {}, 400),
        (f"/v1/breaches/{public_id('ticket#example#4711', BREACH_KEY)}", {}, 200),
        ("/v1/breaches/x", {}, 404),
        ("/v1/queue", {}, 405),
        ("/v1/breaches/x/note", {}, 405),
    ],
)
def test_head_has_what_get_has_without_the_body(
    world: World, path: str, query: dict[str, str], status: int
) -> None:
    """Status and headers, such as the way to the next page; `Allow` where there is no HEAD."""
    breached(world)
    head = world.function("records").handler(http_event("HEAD", path, query=query), None)
    assert (head["statusCode"], head["body"]) == (status, "")
    if status != 405:
        conforms(http_event("HEAD", path, query=query), head)
        got = world.function("records").handler(http_event("GET", path, query=query), None)
        assert {**head, "body": ""} == {**got, "body": ""}
    assert ("allow" in {name.lower() for name in head["headers"]}) == (status == 405)


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*", "*/*;q=0"])
def test_what_nothing_fits_is_406(world: World, accept: str) -> None:
    """The answer names what there is."""
    status, body, headers = ask(
        world, "GET", "/v1/breaches", query={"account": "example"}, headers={"Accept": accept}
    )
    assert (status, headers["content-type"]) == (406, "application/problem+json")
    assert body["detail"] == "breaches come as application/json, text/csv, application/x-ndjson"


def test_pages_are_linked(world: World) -> None:
    """By the cursor in JSON, and by a Link header that CSV and NDJSON have as well."""
    breached(world)
    query = {"account": "example", "limit": "1"}
    _, first, headers = ask(world, "GET", "/v1/breaches", query=query)
    assert [each["target"] for each in first["breaches"]] == ["first_response"]
    target, _, relation = headers["link"].partition("; ")
    link = urlsplit(target.strip("<>"))
    assert (link.path, relation) == ("/v1/breaches", 'rel="next"')
    following = {name: value for name, (value,) in parse_qs(link.query).items()}
    assert following == {**query, "cursor": first["next"]}
    _, second, headers = ask(world, "GET", "/v1/breaches", query=following)
    assert [each["target"] for each in second["breaches"]] == ["resolution"]
    assert second["next"] is None
    assert "link" not in headers


@pytest.mark.parametrize(
    ("query", "parameter"),
    [({}, "from"), ({"acount": "example"}, "acount"), ({"account": "example", "limit": "many"}, "limit")],
)
def test_a_wrong_question_is_400_and_names_the_parameter(
    world: World, query: dict[str, str], parameter: str
) -> None:
    """As a problem."""
    status, body, headers = ask(world, "GET", "/v1/breaches", query=query)
    assert (status, headers["content-type"], body["parameter"]) == (
        400,
        "application/problem+json",
        parameter,
    )
    assert body["detail"]


# -- acknowledgements ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [BREACH_KEY, LEVEL_KEY])
def test_a_breach_is_taken_in_hand_by_whoever_signed(world: World, key: str) -> None:
    """By the id of the breach or of any message about it; IAM's word counts, not the body's."""
    subject = breached(world)
    status, body, _ = acknowledged(world, key, body={"by": "somebody else"}, caller=ARN)
    assert (status, body["by"], body["at"]) == (200, ARN, LATER)
    assert (body["id"], body["breach"]) == (public_id(subject, key), public_id(subject, BREACH_KEY))
    (resolution,) = found(world, metric="resolution")
    assert (resolution["status"], resolution["acknowledged_by"]) == ("acknowledged", ARN)


@pytest.mark.parametrize(
    ("request_", "by"),
    [({}, "local"), ({"body": ""}, "local"), ({"body": {}}, "local"), ({"body": {"by": " ada "}}, "ada")],
)
def test_where_nobody_signs_the_body_says_who(world: World, request_: dict[str, Any], by: str) -> None:
    """Locally; the body may be left out, and may come in base64."""
    breached(world)
    status, body, _ = acknowledged(world, base64=True, **request_)
    assert (status, body["by"]) == (200, by)


def test_the_second_to_acknowledge_hears_of_the_first(world: World) -> None:
    """Who and when; nothing is written."""
    subject = breached(world)
    acknowledged(world, body={"by": "ada"})
    before = world.memory.load(subject).saved
    world.at("2026-03-27T18:20:00Z")
    status, body, _ = acknowledged(world, LEVEL_KEY, body={"by": "grace"})
    assert (status, body["by"], body["at"]) == (200, "ada", LATER)
    assert world.memory.load(subject).saved == before


def test_a_breach_that_ended_can_no_longer_be_acknowledged(world: World) -> None:
    """409, with when it ended; reopened, it can."""
    breached(world)
    take(world, "4711", "solved", "2026-03-27T19:00:00Z", status="solved")
    status, body, headers = acknowledged(world)
    assert (status, headers["content-type"]) == (409, "application/problem+json")
    assert body["detail"] == "the breach ended at 2026-03-27T19:00:00Z"
    take(world, "4711", "reopened", "2026-03-27T20:00:00Z", status="open")
    assert acknowledged(world)[0] == 200


def test_a_breach_that_was_withdrawn_can_not_be_acknowledged(world: World) -> None:
    """The solving had only reached us late."""
    subject = breached(world)
    solved = parse_instant("2026-03-27T17:00:00Z")
    event = TicketEvent("late", "example", "4711", "solved", solved, world.time, {"status": "solved"})
    assert world.workflow.take(event)
    status, body, _ = acknowledged(world)
    assert (status, body["detail"]) == (409, "the breach was withdrawn: it did not happen")
    saved = world.memory.load(subject).saved
    assert saved is not None
    assert [each["status"] for each in found(world, metric="resolution")] == ["corrected"]


def test_there_is_nothing_to_acknowledge_before_a_breach(world: World) -> None:
    """A reminder names a clock that still runs."""
    subject = opened(world)
    world.time += timedelta(hours=3)
    world.workflow.wake(subject, "timer")
    status, body, _ = acknowledged(world, "reminder_due:resolution:1.0:b0.0")
    assert (status, body["detail"]) == (409, "there is no breach here to acknowledge")


@pytest.mark.parametrize("key", ["clock_breached:resolution:7.0", "clock_breached:other:1.0"])
def test_what_was_never_told_is_404(world: World, key: str) -> None:
    """And so is what was told of no ticket that we know."""
    breached(world)
    assert acknowledged(world, key)[0] == 404
    assert acknowledged(world, key, "ticket#example#9")[0] == 404


@pytest.mark.parametrize("fact_id", ["x", "%F0%9F%8E%AB", "a%2Fb", "AAAA", "x" * 5000, "YSNiI2MjZA"])
def test_what_is_no_id_is_404(world: World, fact_id: str) -> None:
    """Whatever stands in its place."""
    status, body, _ = ask(world, "POST", f"/v1/escalations/{fact_id}/acknowledge")
    assert (status, body["title"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("{", ""),
        ("[]", ""),
        ({"by": 7}, "/by"),
        ({"by": " "}, "/by"),
        ({"by": "x" * 129}, "/by"),
        (b"\xff", ""),
    ],
)
def test_a_wrong_body_is_422_and_names_the_member(world: World, body: Any, pointer: str) -> None:
    """As a problem; nothing is acknowledged."""
    breached(world)
    status, answer, headers = acknowledged(world, body=body, base64=True)
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert answer["pointer"] == pointer
    assert found(world, metric="resolution")[0]["status"] == "open"


# -- everything else -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/tickets/example", "/v1/breaches/x/y/z"])
def test_a_path_that_is_not_there_is_404(world: World, path: str) -> None:
    """As a problem like every other."""
    status, body, headers = ask(world, "GET", path)
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert body["detail"] == "there is nothing at this path"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v1/breaches", "GET, HEAD"),
        ("PUT", "/v1/breaches/x", "GET, HEAD"),
        ("DELETE", "/v1/tickets/example/4711", "GET"),
        ("PATCH", "/v1/breaches", "GET, HEAD"),
        ("GET", "/v1/escalations/x/acknowledge", "POST"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_405(
    world: World, method: str, path: str, allowed: str
) -> None:
    """The answer says which it has."""
    status, body, headers = ask(world, method, path)
    assert (status, headers["allow"], headers["content-type"]) == (405, allowed, "application/problem+json")
    assert body["title"] == "Method Not Allowed"


def test_a_table_that_can_not_be_had_is_503(world: World) -> None:
    """Ask again: nothing is wrong with the question."""
    world.memory.down = True
    status, body, headers = ask(world, "GET", "/v1/tickets/example/4711")
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "1", "application/problem+json")
    assert "Throughput" not in body["detail"]


def test_a_fault_of_ours_says_nothing_of_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 as a problem; the reason is in the log."""
    monkeypatch.setattr(world.memory, "load", lambda *_: 1 / 0)
    status, body, headers = ask(world, "GET", "/v1/tickets/example/4711")
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in json.dumps(body)


def test_a_failure_while_rows_are_read_is_503(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are read while the answer is made: none is sent that is cut short."""

    def rows(*_: Any) -> Any:
        raise StoreUnavailableError("ThrottlingException")
        yield

    monkeypatch.setattr(world.memory, "rows", rows)
    assert ask(world, "GET", "/v1/breaches", query={"account": "example"})[0] == 503
