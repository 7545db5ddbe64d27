"""Deliveries whose sender can't be found out just now: what is signed waits, what is not is sent again."""

import json
from typing import Any

import pytest

from slaclock.helpdesks.signatures import SCHEMES
from slaclock.sweeping import Auditor
from tests.functions.events import http_event
from tests.functions.test_webhook import SUBJECT, sample
from tests.functions.world import SECRETS, World

BODY = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
SECRET = SECRETS["slaclock/desk"]
BEARING = ("header", "basic")


@pytest.fixture
def world() -> World:
    return World("2026-03-27T14:06:00Z")


def headers_of(world: World, scheme: str) -> dict[str, str]:
    """What the desk sends when it signs so; the connection says that it does."""
    connection = {"id": "desk", "kind": "zendesk", "account": "example", "secret": "slaclock/desk"}
    world.memory.connect({**connection, "scheme": scheme})
    return SCHEMES[scheme].sign(SECRET, BODY, world.time)


def posted(world: World, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    event = http_event("POST", "/webhooks/desk", body=BODY, headers=headers, base64=True)
    answer = world.function("webhook").handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def sweep(world: World) -> Any:
    return Auditor(world.workflow, world.announcer, world.intake, world.forgetter).sweep()


# Version 2 and 3 of HubSpot sign an address; Standard Webhooks has keys in base64.
WITHOUT_ADDRESS = [name for name in SCHEMES if name not in ("standard_webhooks", "hubspot_v2", "hubspot_v3")]


@pytest.mark.parametrize("scheme", [name for name in WITHOUT_ADDRESS if name != "basic"])
def test_a_connection_may_sign_by_any_scheme(world: World, scheme: str) -> None:
    """Whatever its kind signs by."""
    headers = headers_of(world, scheme)
    assert posted(world, {})[0] == 401
    assert posted(world, headers)[1]["accepted"] == 1


@pytest.mark.parametrize("scheme", ["hubspot_v2", "hubspot_v3"])
def test_the_address_that_was_posted_to_is_signed(world: World, scheme: str) -> None:
    """As API Gateway tells it; kept with the delivery where the table is down."""
    headers_of(world, scheme)
    signer: Any = SCHEMES[scheme]
    headers = signer.sign(SECRET, BODY, world.time, url="https://records.example/webhooks/desk")
    world.memory.agreements_down = True
    assert posted(world, headers)[0] == 202
    world.memory.agreements_down = False
    world.at("2026-03-27T14:06:01Z")
    assert sweep(world).replayed == 1
    assert posted(world, signer.sign(SECRET, BODY, world.time, url="https://records.example/"))[0] == 401


@pytest.mark.parametrize("scheme", [name for name in WITHOUT_ADDRESS if name not in BEARING])
def test_what_is_signed_waits_until_its_connection_can_be_read(world: World, scheme: str) -> None:
    """202: it is kept with what its signature rests on, and verified by the sweep that applies it."""
    headers = headers_of(world, scheme)
    world.memory.agreements_down = True
    assert posted(world, headers) == (
        202,
        {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 1},
    )
    world.memory.agreements_down = False
    world.at("2026-03-27T14:11:00Z")
    assert sweep(world).replayed == 1
    assert world.memory.load(SUBJECT).saved is not None
    assert world.s3.objects == {}


@pytest.mark.parametrize(
    "headers",
    [{"x-slaclock-secret": SECRET}, {"authorization": f"Bearer {SECRET}"}],
    ids=["header", "bearer"],
)
def test_what_bears_a_secret_is_to_be_sent_again(world: World, headers: dict[str, str]) -> None:
    """503, since the secret is kept nowhere. The body is kept, for a person; sent again it is taken, once."""
    headers_of(world, "header")
    world.memory.agreements_down = True
    assert posted(world, headers)[0] == 503
    (kept,) = world.s3.objects.values()
    assert SECRET.encode() not in kept
    assert json.loads(kept)["verified"] is False
    world.memory.agreements_down = False
    assert sweep(world).refused == 1
    (key,) = world.s3.objects
    assert key.startswith("unmapped/")
    assert json.loads(world.s3.objects[key])["detail"] == "Unsigned"
    assert world.memory.load(SUBJECT).saved is None
    assert posted(world, headers)[1]["accepted"] == 1


def test_once_verified_a_secret_is_not_needed_again(world: World) -> None:
    """Where only the table fails after that, 202: the sweep takes it for verified."""
    headers_of(world, "header")
    world.memory.down = True
    assert posted(world, {"x-slaclock-secret": SECRET})[1]["quarantined"] == 1
    (kept,) = world.s3.objects.values()
    assert SECRET.encode() not in kept
    world.memory.down = False
    assert sweep(world).replayed == 1


def test_a_connection_that_is_wrong_loses_no_delivery(world: World) -> None:
    """A fault of ours in the table: set aside, and told to the sender where it bore a secret."""
    signed = headers_of(world, "jira")
    world.memory.connect({"id": "desk", "kind": "zendesk", "account": "example", "secret": "s", "tz": "UTC"})
    assert posted(world, signed)[1]["quarantined"] == 1
    world.at("2026-03-27T14:07:00Z")
    assert posted(world, {"x-slaclock-secret": SECRET})[0] == 503
    assert [key.partition("/")[0] for key in world.s3.objects] == ["unmapped"] * 2
