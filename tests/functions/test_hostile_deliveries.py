"""Deliveries made to get in, to be taken for others, or to leave their marks: headers, paths, ids, logs."""

import base64
import io
import json
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

from slaclock.domain.facts import subject_key
from slaclock.store.commit import Commit, Saved
from slaclock.store.errors import StoreRefusedError
from tests.functions.test_webhook import canonical, sample
from tests.functions.world import SECRETS, World

NOW = "2026-03-27T14:06:00Z"
BODY = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
NAME, STAMP = "x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"


@pytest.fixture
def world() -> World:
    return World(NOW)


def posted(
    world: World, body: bytes, headers: dict[str, str], connection: str = "desk"
) -> tuple[int, dict[str, Any]]:
    """What the function answers to exactly these headers, which API Gateway would have in lower case."""
    event = {
        "headers": headers,
        "pathParameters": {"connection": connection},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    answer = world.function("webhook").handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def right(world: World, body: bytes = BODY, kind: str = "zendesk") -> dict[str, str]:
    return dict(world.signed(kind, body))


def joined(*values: str) -> str:
    """What API Gateway makes of a header that comes several times."""
    return ",".join(values)


@pytest.mark.parametrize(
    "change",
    [
        lambda good: {NAME: joined(good[NAME], good[NAME])},
        lambda good: {NAME: joined(good[NAME], "AAAA")},
        lambda good: {NAME: joined("AAAA", good[NAME])},
        lambda good: {NAME: f"{good[NAME]} AAAA"},
        lambda good: {STAMP: joined(good[STAMP], good[STAMP])},
        lambda good: {STAMP: joined("2026-03-27T14:05:59Z", good[STAMP])},
        lambda good: {STAMP: f"{good[STAMP][:-1]}+00:00"},
        lambda good: {STAMP: good[STAMP].lower()},
        lambda good: {NAME: good[NAME].rstrip("=")},
        lambda good: {NAME: good[NAME] + "="},
        lambda good: {NAME: good[NAME].swapcase()},
        lambda good: {NAME: "\x00" + good[NAME]},
        lambda good: {NAME: "é" + good[NAME]},
        lambda _: {NAME: "\ud800"},
        lambda _: {NAME: ""},
    ],
)
def test_a_signature_counts_as_one_whole_value_only(world: World, change: Any) -> None:
    """Twice, in part, written otherwise, or with the time written otherwise: 401, and nothing is kept."""
    good = right(world)
    assert posted(world, BODY, good | change(good))[0] == 401
    assert world.s3.objects == {}
    assert not [sk for _, sk in world.memory.tables["tickets"] if sk == "TICKET"]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ("{0}", 202),
        ("v1,AAAA {0}", 202),
        ("{0} v1,AAAA", 202),
        ("v1a,AAAA {0} v2,x", 202),
        ("{0},{0}", 401),
        ("v1,AAAA,{0}", 401),
        ("{0},v1,AAAA", 401),
        ("v2{1}", 401),
        ("{1}", 401),
        ("V1{1}", 401),
        ("v1{1}=", 401),
        ("v1,v1{1}", 401),
    ],
)
def test_standard_webhooks_signatures_stand_apart_by_spaces(world: World, values: str, status: int) -> None:
    """A list is the standard's way to rotate; one header twice is joined by a comma, and is none."""
    body = json.dumps(canonical()).encode()
    good = right(world, body, "generic")
    signature = good["webhook-signature"]
    tried = good | {"webhook-signature": values.format(signature, signature.removeprefix("v1"))}
    assert posted(world, body, tried, "hook")[0] == status


@pytest.mark.parametrize(
    "name",
    [
        f" {NAME}",
        f"{NAME} ",
        NAME.replace("-", "_"),
        NAME.replace("k", "\u212a\u200b"),
        f"{NAME}\x00",
        f"{NAME}:",
    ],
)
def test_a_header_of_nearly_the_name_is_another_header(world: World, name: str) -> None:
    """With a space, an underscore, a letter that looks alike: it is not looked at."""
    good = right(world)
    assert posted(world, BODY, {name: good[NAME], STAMP: good[STAMP]})[0] == 401


def test_the_name_of_a_header_is_read_in_any_case_and_its_value_without_spaces_around(world: World) -> None:
    """As HTTP has it (RFC 9110): the case of a name and the space around a value say nothing."""
    good = right(world)
    shouted = {name.upper(): f" \t{value} " for name, value in good.items()}
    assert posted(world, BODY, shouted)[0] == 202


@pytest.mark.parametrize(
    "extra",
    [
        {"transfer-encoding": "chunked"},
        {"content-length": "0"},
        {"content-encoding": "gzip"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"x-http-method-override": "DELETE"},
        {"x-forwarded-host": "evil.example", "host": "evil.example"},
        {"x-amz-security-token": "t", "authorization": "Basic x", "cookie": "a=b"},
    ],
)
def test_headers_beside_the_signature_change_nothing(world: World, extra: dict[str, str]) -> None:
    """What was signed is the body that API Gateway hands over, whatever else is said of it."""
    assert posted(world, BODY, right(world) | extra)[1]["accepted"] == 1


def test_what_is_signed_can_be_cut_up_in_no_other_way(world: World) -> None:
    """`id.time.body`: moving a dot makes a body that is no event, and `time + body` a time that is none."""
    body = json.dumps(canonical()).encode()
    good = right(world, body, "generic")
    moved = good | {"webhook-id": f"{good['webhook-id']}.{good['webhook-timestamp']}"}
    assert posted(world, body, moved, "hook")[0] == 401
    longer = f"{good['webhook-timestamp']}.".encode() + body
    assert posted(world, longer, good | {"webhook-id": good["webhook-id"][:-1]}, "hook")[0] == 401
    desk = right(world)
    cut = desk | {STAMP: desk[STAMP][:-1]}
    assert posted(world, b"Z" + BODY, cut)[0] == 401


@pytest.mark.parametrize(
    "connection",
    [
        "..", "../desk", "..%2fdesk", "desk/..", "desk%00", "desk\x00", "desk\n", " desk", "DESK",
        "d\u0435sk", "\uff44esk", "desk#", "CONNECTION#desk", "desk%23", "desk?x", "de\u00adsk", "\ud800",
        "x" * 129, "x" * 100_000, "",
    ],
    ids=ascii,
)  # fmt: skip
def test_an_address_that_is_nearly_a_connections_is_nobodys(world: World, connection: str) -> None:
    """404 without a look at the table or the secret: an id has letters, digits, `_` and `-`, 128 at most."""
    status, problem = posted(world, BODY, right(world), connection)
    assert (status, problem["detail"]) == (404, "nothing is connected here")
    assert world.s3.objects == {}


TRICKS = [
    "..", ".", "a/b", "a%2fb", "..%2f..", "a%00", "a\x00", "a#b", "a%23b", "?x=1", "a b", "a+b", "\u0430",
    "a", "A", "\uff41", unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é"), "ß", "ss",
    "\u200b", "\ufeff", "x" * 256, "😀" * 256, "%" * 256, "a\r\nb", "1", "1.0", "01", "TICKET",
    "acknowledge",
]  # fmt: skip


def test_tickets_of_strange_names_are_found_by_their_own_name_and_no_other(world: World) -> None:
    """Each of them is a ticket of its own; asked for by its id, that very one is answered."""
    for number, ticket_id in enumerate(TRICKS):
        body = json.dumps(canonical(ticket_id=ticket_id, event_id=f"e{number}")).encode()
        assert posted(world, body, right(world, body, "generic"), "hook")[1] == {
            "accepted": 1, "duplicates": 0, "ignored": 0, "quarantined": 0,
        }  # fmt: skip
    assert len(list(world.memory.subjects("example"))) == len(TRICKS)
    for ticket_id in TRICKS:
        assert asked_for(world, ticket_id) == (200, ticket_id)


def asked_for(world: World, ticket_id: str) -> tuple[int, Any]:
    """The status of a ticket's page, and the id that is on it."""
    event = {
        "version": "2.0",
        "routeKey": "GET /v1/tickets/{account}/{ticket_id}",
        "rawPath": f"/v1/tickets/example/{ticket_id}",
        "rawQueryString": "",
        "headers": {},
        "pathParameters": {"account": "example", "ticket_id": ticket_id},
        "requestContext": {"http": {"method": "GET", "path": "/"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = world.function("records").handler(event, None)
    return answer["statusCode"], json.loads(answer["body"]).get("ticket_id")


PERSONAL = "Grace Hopper <grace@navy.example>"
MARKS = (
    "\n",
    "\r\n",
    "\x1b[2J\x1b[31m",
    '"}\n{"level":"CRITICAL","message":"forged',
    "\u2028",
    "\x00",
    "%0d%0a",
    "\x9b31m",
)


class Logged(logging.Handler):
    """What the package's own loggers say, as Lambda would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[Logged]:
    handler = Logged()
    logging.getLogger("slaclock").addHandler(handler)
    yield handler
    logging.getLogger("slaclock").removeHandler(handler)


def hostile_deliveries(mark: str) -> Iterator[tuple[str, bytes]]:
    """Deliveries with the mark, and something personal, wherever text may stand."""
    text = f"{PERSONAL}{mark}"
    named = {"id": text[:200], "name": text}
    about = {
        "status_raw": text,
        "team": named,
        "customer": named,
        "tags": [text],
        "custom": {text: text},
        "subject": text,
    }
    event = canonical(ticket_id=f"1{mark}", event_id=f"e{mark}", merged_into=text)
    event["ticket"] |= about
    yield "hook", json.dumps(event | {"known": list(event["ticket"])}).encode()
    yield "hook", json.dumps(event | {text: text}).encode()
    yield "hook", json.dumps(event | {"type": text}).encode()
    yield "hook", text.encode()
    told = sample("zendesk/ticket_created_urgent")
    told["detail"] |= {"subject": text, "description": text, "tags": [text], "group_id": text}
    yield "desk", json.dumps(told).encode()
    yield "desk", json.dumps(told | {"time": text}).encode()
    yield (
        "desk",
        json.dumps(told | {"detail": {**told["detail"], "custom_status": text, "status": text}}).encode(),
    )
    yield "desk", json.dumps({text: text}).encode()


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_a_log_has_a_record_a_line_and_nothing_of_what_was_sent(
    world: World, logged: Logged, mark: str
) -> None:
    """No mark gets out of its record, and no body, name, secret or signature gets in, refused or taken."""
    printed, signatures = io.StringIO(), []
    with redirect_stdout(printed):
        for connection, body in hostile_deliveries(mark):
            kind = "zendesk" if connection == "desk" else "generic"
            signatures += [value for name, value in right(world, body, kind).items() if "stamp" not in name]
            posted(world, body, right(world, body, kind), connection)
            posted(world, body, right(world, b"another", kind), connection)
            posted(world, body, right(world, body, kind), f"{connection}{mark}")
    lines = printed.getvalue().split("\n")
    assert len(lines) > 24
    assert all(isinstance(json.loads(line), dict) for line in lines if line)
    assert not any(set(line) & set("\r\n\x00\x1b\x9b\u2028") for line in (*lines, *logged.lines))
    everything = printed.getvalue() + "\n".join(logged.lines)
    for secret in (*SECRETS.values(), *signatures, "Grace", "grace@navy", "forged"):
        assert secret not in everything


def test_a_fault_of_ours_is_logged_by_its_way_and_not_in_its_own_words(
    world: World, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an unforeseen error says may quote what it fell over: the delivery is kept, its words are not."""

    def fall(*_: object) -> None:
        raise ValueError(f"invalid literal for int(): {PERSONAL!r}\n{SECRETS['slaclock/desk']}")

    monkeypatch.setattr("slaclock.helpdesks.zendesk.check_instants", fall)
    assert posted(world, BODY, right(world))[1]["quarantined"] == 1
    (line,) = logged.lines
    assert line.startswith("a delivery met a fault: ValueError at test_hostile_deliveries.py:")
    assert " fall < zendesk.py:" in line
    assert "\n" not in line
    assert "Grace" not in line
    assert SECRETS["slaclock/desk"] not in line
    ((_, kept),) = world.s3.objects.items()
    assert json.loads(kept)["detail"] == "ValueError"


def test_no_answer_says_which_secret_or_body_was_meant(world: World) -> None:
    """A refusal is the same whatever was wrong, so that nobody learns from it."""
    good = right(world)
    answers = [
        posted(world, BODY, good | {NAME: "AAAA"}),
        posted(world, BODY, {STAMP: good[STAMP]}),
        posted(world, BODY + b" ", good),
        posted(world, b"\xff" * 100, good),
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401


def test_what_the_table_refuses_for_its_size_is_set_aside_and_not_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket that grew too large takes nothing more in: its deliveries wait for a person, not a sweep."""

    def refuse(_: Commit) -> Saved:
        raise StoreRefusedError("ValidationError")

    monkeypatch.setattr(world.memory, "commit", refuse)
    assert posted(world, BODY, right(world))[1]["quarantined"] == 1
    ((key, kept),) = world.s3.objects.items()
    assert (key.split("/")[0], json.loads(kept)["detail"]) == ("unmapped", "StoreRefusedError")
    world.at("2026-03-27T14:11:00Z")
    swept = world.function("audit").handler({}, None)
    assert (swept["replayed"], swept["refused"], swept["failed"]) == (0, 0, 0)
    assert list(world.s3.objects) == [key]


def test_the_same_delivery_kept_for_the_table_is_set_aside_at_its_replay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept while the table was down, refused when it is back: once, and then it waits for a person."""
    world.memory.down = True
    posted(world, BODY, right(world))
    world.memory.down = False

    def refuse(_: Commit) -> Saved:
        raise StoreRefusedError("ValidationError")

    monkeypatch.setattr(world.memory, "commit", refuse)
    world.at("2026-03-27T14:11:00Z")
    assert world.function("audit").handler({}, None)["refused"] == 1
    assert [key.split("/")[0] for key in world.s3.objects] == ["unmapped"]
    assert world.function("audit").handler({}, None)["refused"] == 0


def test_an_end_of_an_agreement_cant_be_forestalled_by_an_event(world: World) -> None:
    """An event called `ending:acme-gold` is refused: the end would have been taken for its duplicate."""
    body = json.dumps(canonical(event_id="ending:acme-gold")).encode()
    status, problem = posted(world, body, right(world, body, "generic"), "hook")
    assert (status, problem["pointer"]) == (422, "/event_id")
    assert (subject_key("ticket", "example", "4711"), "GIVEN#ending:acme-gold") not in world.memory.tables[
        "tickets"
    ]
