"""HEAD, OPTIONS and GET of a webhook's address, partners' events, and how API Gateway may wrap a request."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from slaclock.intake import UnknownConnection
from tests.functions.events import http_event
from tests.functions.world import ROOT, SECRETS, World

FRIDAY = "2026-03-27T14:06:00Z"
SUBJECT = "ticket#example#4716"
ORIGIN = "webhook-request-origin"
SECRET = SECRETS["slaclock/desk"]


def hexed(message: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@pytest.fixture
def world() -> World:
    made = World(FRIDAY)
    made.memory.connect(
        {
            "id": "glpi",
            "kind": "mapping",
            "mapping": "glpi",
            "account": "example",
            "secret": "slaclock/desk",
            "scheme": "glpi",
        }
    )
    return made


def asked(world: World, method: str, connection: str, **request: Any) -> dict[str, Any]:
    event = http_event(method, f"/webhooks/{connection}", **request)
    answer: dict[str, Any] = world.function("webhook").handler(event, None)
    return answer


def body_of(name: str) -> bytes:
    return json.dumps(json.loads((ROOT / "events" / f"{name}.json").read_text())["body"]).encode()


@pytest.mark.parametrize(
    ("headers", "granted"),
    [
        ({ORIGIN: "events.example.com"}, {"origin": "events.example.com", "rate": "6000"}),
        ({"WebHook-Request-Origin": "eu.example"}, {"origin": "eu.example", "rate": "6000"}),
        ({ORIGIN: "a", "webhook-request-rate": "120"}, {"origin": "a", "rate": "120"}),
        ({ORIGIN: "a", "webhook-request-rate": "6000"}, {"origin": "a", "rate": "6000"}),
        ({ORIGIN: "a", "webhook-request-rate": "6001"}, {"origin": "a", "rate": "6000"}),
        ({ORIGIN: "a", "webhook-request-rate": "0"}, {"origin": "a", "rate": "6000"}),
        ({ORIGIN: "a", "webhook-request-rate": "many"}, {"origin": "a", "rate": "6000"}),
        ({ORIGIN: "a", "webhook-request-callback": "https://b.example/"}, {"origin": "a", "rate": "6000"}),
        ({}, {}),
        ({ORIGIN: ""}, {}),
        ({ORIGIN: "a\r\nset-cookie: x"}, {}),
        ({ORIGIN: "<script>"}, {}),
        ({ORIGIN: "a" * 255}, {}),
    ],
)
def test_a_sender_of_cloudevents_may_post_at_up_to_so_many_a_minute(
    world: World, headers: dict[str, str], granted: dict[str, str]
) -> None:
    """200 either way: it is the headers that grant it, to one who names itself; no callback is called."""
    answer = asked(world, "OPTIONS", "hook", headers=headers)
    told = {f"webhook-allowed-{name}": value for name, value in granted.items()}
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert answer["headers"] == {"allow": "POST, OPTIONS, HEAD", **told}


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "HEAD"])
@pytest.mark.parametrize("connection", ["nobody", "glpi%2F", "a" * 129])
def test_nobody_is_told_anything_of_what_is_not_connected(world: World, method: str, connection: str) -> None:
    """404, without the headers that would grant anything."""
    answer = asked(world, method, connection, headers={ORIGIN: "a.example"}, query={"crc_token": hexed(b"x")})
    assert answer["statusCode"] == 404
    assert answer["headers"] == {"content-type": "application/problem+json"}


def test_who_asks_whether_anybody_is_there_hears_so(world: World) -> None:
    """Intercom takes no address that does not answer a HEAD with 200."""
    answer = asked(world, "HEAD", "hook")
    assert answer == {"statusCode": 200, "headers": {"allow": "POST, OPTIONS, HEAD"}, "body": ""}


def test_glpis_challenge_is_answered_with_its_token_signed(world: World) -> None:
    """200 and hexadecimal HMAC-SHA256 of the token, which GLPI compares before each delivery."""
    token = hexed(b"validate_cra_challenge")
    answer = asked(world, "GET", "glpi", query={"crc_token": token})
    assert (answer["statusCode"], answer["body"]) == (200, hexed(token.encode()))
    assert answer["headers"] == {"content-type": "text/plain"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "0" * 64,
        hexed(b"validate_cra_challenge").upper(),
        hexed(b"validate_cra_challenge") + " ",
        hexed(b"validate_cra_challenge", "another"),
        '{"item": {"id": 1}, "event": "new"}1774620360',
        "x" * 100_000,
        "\udcff",
    ],
)
def test_no_other_text_is_signed(world: World, token: str) -> None:
    """Who could have any text signed could forge a delivery: 401."""
    event = http_event("GET", "/webhooks/glpi") | {"queryStringParameters": {"crc_token": token}}
    answer = world.function("webhook").handler(event, None)
    assert answer["statusCode"] == 401
    assert hexed(token.encode(errors="replace")) not in answer["body"]


@pytest.mark.parametrize(
    ("connection", "query"), [("glpi", None), ("hook", {"crc_token": "a"}), ("desk", None)]
)
def test_others_are_told_to_post(world: World, connection: str, query: Any) -> None:
    """405: a GET is for GLPI's challenge, and of a connection that GLPI signs for."""
    answer = asked(world, "GET", connection, query=query)
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST, OPTIONS, HEAD")


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "HEAD"])
def test_with_the_table_failing_a_question_is_asked_again_later(world: World, method: str) -> None:
    """503, and nothing is kept: a question is no delivery."""
    world.memory.agreements_down = True
    assert asked(world, method, "glpi", headers={ORIGIN: "a"})["statusCode"] == 503
    assert world.s3.objects == {}


def test_a_delivery_of_glpi_comes_in(world: World) -> None:
    """Signed with the time at which it was queued, an hour ago."""
    body, stamp = body_of("glpi/ticket_new"), "1774616760"
    headers = {"X-GLPI-signature": hexed(body + stamp.encode()), "X-GLPI-timestamp": stamp}
    answer = asked(world, "POST", "glpi", body=body, headers=headers)
    assert json.loads(answer["body"])["accepted"] == 1


def partner_event() -> dict[str, Any]:
    return {
        "pathParameters": {"connection": "desk"},
        "partner": json.loads(body_of("zendesk/partner_created")),
    }


def test_a_partners_event_needs_no_signature(world: World) -> None:
    """IAM lets only the rule of EventBridge invoke the function with it."""
    answer = world.function("webhook").handler(partner_event(), None)
    assert json.loads(answer["body"])["accepted"] == 1
    again = world.function("webhook").handler(partner_event(), None)
    assert json.loads(again["body"])["duplicates"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"partner": {}, "pathParameters": {"connection": "desk"}}},
        {"query": {"partner": "{}"}},
        {"headers": {"partner": "{}"}},
        {"path_parameters": {"connection": "desk", "partner": "{}"}},
    ],
)
def test_a_request_cant_pass_for_a_partners_event(world: World, change: dict[str, Any]) -> None:
    """API Gateway names an event's members itself, and a request can add none: 401 without a signature."""
    body = change.pop("body", partner_event()["partner"])
    assert asked(world, "POST", "desk", body=body, **change)["statusCode"] == 401


def test_a_member_beside_those_of_api_gateway_changes_nothing(world: World) -> None:
    """Even if one could be added, the event would still be a request's."""
    event = http_event("POST", "/webhooks/desk", body="{}") | partner_event()
    assert world.function("webhook").handler(event, None)["statusCode"] == 401


def test_a_partners_event_that_can_be_neither_applied_nor_kept_fails(world: World) -> None:
    """Lambda tries again twice, then puts it into a queue: an answer would be the end of it."""
    world.memory.down = world.s3.down = True
    with pytest.raises(Exception, match="SlowDown"):
        world.function("webhook").handler(partner_event(), None)


def test_a_partners_event_for_nobody_fails(world: World) -> None:
    """The stack names a connection that is not there: that is to be seen."""
    event = partner_event() | {"pathParameters": {"connection": "nobody"}}
    with pytest.raises(UnknownConnection):
        world.function("webhook").handler(event, None)


def test_a_partners_event_is_kept_as_verified_while_the_table_is_down(world: World) -> None:
    """And applied once it is back, though it bears no signature."""
    world.memory.down = True
    assert json.loads(world.function("webhook").handler(partner_event(), None)["body"])["quarantined"] == 1
    world.memory.down = False
    world.at("2026-03-27T15:00:00Z")
    assert world.function("audit").handler({}, None)["replayed"] == 1
    assert world.memory.load(SUBJECT).saved is not None


@pytest.mark.parametrize("text", ["###", "e30", "ZZZ=Z", "e30=\n", "é"])
def test_what_is_said_to_be_base64_and_is_none_is_refused(world: World, text: str) -> None:
    """400: nobody knows what was posted, and it is no fault of ours."""
    event = http_event("POST", "/webhooks/desk", body="{}") | {"body": text, "isBase64Encoded": True}
    answer = world.function("webhook").handler(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["title"]) == (400, "Bad Request")
    assert world.s3.objects == {}


def rest_event(world: World, body: bytes, **members: Any) -> dict[str, Any]:
    """The event of payload format 1.0, as a REST API or an older HTTP API sends it."""
    signed = {f"X-{name[2:].title()}": value for name, value in world.signed("zendesk", body).items()}
    event = {
        "version": "1.0",
        "resource": "/webhooks/{connection}",
        "path": "/webhooks/desk",
        "httpMethod": "POST",
        "headers": signed,
        "multiValueHeaders": {name: [value] for name, value in signed.items()},
        "queryStringParameters": None,
        "pathParameters": {"connection": "desk"},
        "requestContext": {"httpMethod": "POST", "domainName": "hooks.example"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    return event | members


@pytest.mark.parametrize("without", ["headers", "multiValueHeaders", None])
def test_both_payload_formats_are_read(world: World, without: str | None) -> None:
    """Headers in any case, once or several times; the body as it came."""
    event = rest_event(world, body_of("zendesk/ticket_created_urgent"))
    answer = world.function("webhook").handler(event | ({without: None} if without else {}), None)
    assert json.loads(answer["body"])["accepted"] == 1


def test_the_older_format_asks_too(world: World) -> None:
    event = rest_event(world, b"", httpMethod="OPTIONS", multiValueHeaders={ORIGIN.title(): ["a.example"]})
    assert world.function("webhook").handler(event, None)["headers"]["webhook-allowed-origin"] == "a.example"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "?"])
def test_no_content_type_is_asked_for(world: World, content_type: str | None) -> None:
    """Helpdesks that let an administrator write the request send any, or none."""
    body = body_of("zendesk/ticket_created_urgent")
    headers = {**world.signed("zendesk", body), **({"content-type": content_type} if content_type else {})}
    answer = asked(world, "POST", "desk", body=body, headers=headers, base64=True)
    assert json.loads(answer["body"])["accepted"] == 1


def test_no_answer_is_a_redirect(world: World) -> None:
    """Of any method, for what is connected and what is not."""
    for method in ("POST", "OPTIONS", "GET", "HEAD"):
        for connection in ("desk", "hook", "glpi", "nobody"):
            status = asked(world, method, connection, body=b"{}", headers={ORIGIN: "a"})["statusCode"]
            assert status in {200, 401, 404, 405}


def test_a_question_is_not_counted_as_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The gauge of refusals is about deliveries that were turned away."""
    asked(world, "OPTIONS", "hook", headers={ORIGIN: "a"})
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["Refused"] == [0.0]
