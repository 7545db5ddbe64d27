"""Requests to the record made to see what is another's, or to make it fall: paths, queries, bodies."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import public_id, subject_key
from slaclock.records.breach_formats import COLUMNS
from slaclock.records.cells import cell_of
from tests.functions.world import World

OPENED, LATER = "2026-03-27T14:05:00Z", "2026-03-27T18:06:00Z"
TICKET, BREACHES = "GET /v1/tickets/{account}/{ticket_id}", "GET /v1/breaches"
ACKNOWLEDGE = "POST /v1/escalations/{fact_id}/acknowledge"
KEY = "clock_breached:resolution:1.0"


@pytest.fixture
def world() -> World:
    """Ticket 1 of two accounts whose names are nearly one: both breached."""
    world = World(OPENED)
    for account in ("example", "example#x"):
        about = {"status": "open", "priority": "urgent", "customer": {"id": "acme"}}
        world.memory.tables["agreements"] |= {
            (account.replace("#", "%23"), sk): {**item, "pk": account.replace("#", "%23")}
            for (pk, sk), item in list(world.memory.tables["agreements"].items())
            if pk == "example"
        }
        event = TicketEvent(f"e-{account}", account, "1", "created", world.time, world.time, about)
        assert world.workflow.take(event)
    world.at(LATER)
    for account in ("example", "example#x"):
        world.workflow.wake(subject_key("ticket", account, "1"), "timer")
    return world


def ask(
    world: World,
    route: str,
    parameters: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    raw: str = "",
) -> tuple[int, dict[str, Any]]:
    """Status and document of an answer; a 500 is none, and neither is a header of two lines."""
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/as/it/was/decoded",
        "rawQueryString": raw,
        "headers": {},
        "pathParameters": dict(parameters or {}),
        "queryStringParameters": dict(query or {}),
        "requestContext": {"http": {"method": route.partition(" ")[0], "path": "/"}, "stage": "$default"},
        "body": base64.b64encode(body or b"").decode(),
        "isBase64Encoded": True,
    }
    answer = world.function("records").handler(event, None)
    assert answer["statusCode"] < 500
    assert not any(set(f"{name}{value}") & set("\r\n") for name, value in answer["headers"].items())
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(
    ("account", "ticket_id"),
    [
        ("example", ".."), ("..", "1"), ("example/..", "1"), ("example%23x", "1"), ("example", "x#1"),
        ("", "1"), ("example", "1\x00"), ("example", "1%00"), ("EXAMPLE", "1"), ("\uff45xample", "1"),
        ("example", "\ud800"), ("exampl\u0435", "1"), ("example", "1" * 3000), ("example", "😀" * 700),
        ("example\n", "1"), ("*", "*"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_path_that_is_nearly_a_tickets_names_none(world: World, account: str, ticket_id: str) -> None:
    """404, whatever the id is made of: no part of a path reaches into another's key."""
    assert ask(world, TICKET, {"account": account, "ticket_id": ticket_id})[0] == 404


@pytest.mark.parametrize("account", ["example", "example#x"])
def test_an_account_sees_its_own_breaches(world: World, account: str) -> None:
    """`example` and `example#x` share a beginning, and no breach."""
    status, page = ask(world, BREACHES, query={"account": account})
    assert (status, [each["account"] for each in page["breaches"]]) == (200, [account, account])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"account": "x" * 257}, "account"),
        ({"customer": "%" * 3000}, "customer"),
        ({"account": "\ud800"}, "account"),
        ({"account": "example", "cursor": "A" * 8000}, "cursor"),
        ({"account": "example", "cursor": "\ud800"}, "cursor"),
        ({"account": "example", "cursor": "../.."}, "cursor"),
        ({"account": "example", "limit": "٣"}, "limit"),
        ({"account": "example", "limit": "1" * 5000}, "limit"),
        ({"account": "example", "from": "0001-01-01T00:00:00+23:59"}, "from"),
        ({"account": "example", "to": "9999-12-31T23:59:59-23:59"}, "to"),
        ({"account": "example", "from": "2026-03-01,2026-03-02"}, "from"),
        ({"account": "example", "priority": "urgent,high"}, "priority"),
        ({"account": "example", "a\r\nset-cookie": "b"}, "a\r\nset-cookie"),
        ({"account": "example", "__proto__": "b"}, "__proto__"),
    ],
    ids=ascii,
)
def test_a_query_that_cant_be_asked_is_refused_by_the_parameter(
    world: World, query: Mapping[str, str], parameter: str
) -> None:
    """400 that names it: nothing reaches the table that the table would refuse."""
    status, problem = ask(world, BREACHES, query=query)
    assert (status, problem["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("account=example&account=example%23x", "account"),
        ("account=example&limit=1&%6cimit=2", "limit"),
        ("account=example&cursor=&cursor=", "cursor"),
    ],
)
def test_a_parameter_given_twice_is_refused(world: World, asked: str, parameter: str) -> None:
    """API Gateway makes `example,example#x` of the first: an account that has no breaches."""
    found = parse_qs(asked, keep_blank_values=True)
    joined = {name: ",".join(values) for name, values in found.items()}
    status, problem = ask(world, BREACHES, query=joined, raw=asked)
    assert (status, problem["detail"], problem["parameter"]) == (400, "it is given twice", parameter)


@pytest.mark.parametrize(
    "accept",
    ["*/*;q=nan", "*/*;q=1e999", "," * 8000, ";" * 8000, "text/csv;q=" + "9" * 5000, "\x00", "é", "*" * 8000],
)
def test_any_accept_header_is_answered(world: World, accept: str) -> None:
    """200 in a form that it takes, or 406."""
    event = {
        "version": "2.0",
        "routeKey": BREACHES,
        "rawPath": "/v1/breaches",
        "rawQueryString": "",
        "headers": {"accept": accept},
        "queryStringParameters": {"account": "example"},
        "requestContext": {"http": {"method": "GET", "path": "/v1/breaches"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    assert world.function("records").handler(event, None)["statusCode"] in (200, 406)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"[" * 250_000, "the body has more than 16384 bytes"),
        (b"[" * 16_000, "the body is not JSON"),
        (b'{"by":' * 2_000, "the body is not JSON"),
        (b'{"by":"\\ud800"}', "the body is not text in UTF-8"),
        (b"\xff", "the body is not text in UTF-8"),
        (b'{"by":"a","by":"b"}', "an object in the body has a member twice"),
        (b'{"by":NaN}', "the body is not JSON"),
        (b'{"by":1e999999}', "the body is not JSON"),
        (b'{"by":"ada\\nAll clear: nothing was missed"}', "it is no name of 1 to 128 characters"),
        (b'{"by":"\\u001b[2J"}', "it is no name of 1 to 128 characters"),
        (b'{"by":"\\u202eada"}', "it is no name of 1 to 128 characters"),
        (b'{"by":"' + b"x" * 129 + b'"}', "it is no name of 1 to 128 characters"),
        (b'{"by":["ada"]}', "it is no name of 1 to 128 characters"),
        (b'["ada"]', "the body is no JSON object"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_acknowledgement_that_cant_be_read_acknowledges_nothing(
    world: World, body: bytes, detail: str
) -> None:
    """422, and the breach stays open: a name goes into messages and the record, on one line."""
    breach = public_id("ticket#example#1", KEY)
    status, problem = ask(world, ACKNOWLEDGE, {"fact_id": breach}, body=body)
    assert (status, problem["detail"]) == (422, detail)
    assert ask(world, BREACHES, query={"account": "example"})[1]["breaches"][0]["status"] == "open"


@pytest.mark.parametrize(
    "spoilt", ["{}=", "{}%3D", "{}==", " {}", "{}\n", "{}\x00", "%20{}", "{}/..", "{}."], ids=ascii
)
def test_a_breach_is_acknowledged_by_its_one_id(world: World, spoilt: str) -> None:
    """Padded, spaced or followed by something it is no id: 404. As it was given out it is one."""
    breach = public_id("ticket#example#1", KEY)
    assert ask(world, ACKNOWLEDGE, {"fact_id": spoilt.format(breach)}, body=b'{"by":"ada"}')[0] == 404
    assert ask(world, ACKNOWLEDGE, {"fact_id": breach}, body=b'{"by":"ada"}')[1]["by"] == "ada"


@pytest.mark.parametrize("first", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_cell_is_taken_for_a_formula(first: str) -> None:
    """A customer's name is text to a spreadsheet, also in the wide letters that it reads alike."""
    assert cell_of(f"{first}cmd|' /C calc'!A0").startswith("'")
    assert len(COLUMNS) == len(set(COLUMNS))
