"""Whose secret counts, and by which scheme: the one place where a delivery is found to be its helpdesk's."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.functions import LocalWiring
from local.stack import CONNECTIONS
from slaclock.helpdesks import Adapter, Delivery
from slaclock.helpdesks.arrival import delivery as arrived
from slaclock.helpdesks.connection import Connection, InvalidConnection
from slaclock.helpdesks.headers import hold_a_signature, is_kept
from slaclock.helpdesks.signatures import (
    LOCAL,
    PUBLIC,
    SAMPLES,
    SCHEMES,
    SharedSecret,
    is_public,
    scheme_of,
    verified,
)
from slaclock.wiring import Wiring

FRIDAY = datetime(2026, 3, 27, 14, 5, tzinfo=UTC)
BODY = b'{"ticket":"4711"}'
# Printed by Zendesk, GitHub (and Jira), Standard Webhooks, HubSpot and Help Scout.
PRINTED = [
    "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    "It's a Secret to Everybody",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    "asdfasdf",
    "local-zendesk-secret",
    "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ=",
]


def helpdesk(scheme: str) -> Adapter:
    """An adapter whose kind signs so."""
    return cast("Adapter", SimpleNamespace(KIND="desk", SCHEME=SCHEMES[scheme]))


def connection(**members: Any) -> Connection:
    return Connection("desk", "desk", "example", "slaclock/desk", **members)


def test_a_connections_scheme_beats_its_kinds() -> None:
    """An account may sign otherwise than most of its kind do."""
    signed = Delivery(BODY, SCHEMES["github"].sign("s", BODY, FRIDAY), FRIDAY)
    assert not verified(helpdesk("jira"), connection(), signed, ["s"])
    assert verified(helpdesk("jira"), connection(scheme="github"), signed, ["s"])
    assert verified(helpdesk("github"), connection(), signed, ["s"])
    assert not verified(helpdesk("github"), connection(scheme="jira"), signed, ["s"])


@pytest.mark.parametrize("of_connection", [None, "header"])
def test_a_connections_header_is_where_its_secret_comes(of_connection: str | None) -> None:
    """Whether it is the kind's own scheme or the connection's."""
    ours = connection(scheme=of_connection, header="X-Desk-Token")
    kind = helpdesk("jira" if of_connection else "header")
    assert scheme_of(kind, ours) == SharedSecret("x-desk-token")
    assert verified(kind, ours, Delivery(BODY, {"x-desk-token": "s"}, FRIDAY), ["s"])
    assert not verified(kind, ours, Delivery(BODY, {"x-slaclock-secret": "s"}, FRIDAY), ["s"])


def test_a_scheme_that_nobody_knows_lets_nobody_in() -> None:
    """It can't be entered; if it stands in the table all the same, the kind's is not taken instead."""
    signed = Delivery(BODY, SCHEMES["jira"].sign("s", BODY, FRIDAY), FRIDAY)
    assert not verified(helpdesk("jira"), connection(scheme="none"), signed, ["s"])
    with pytest.raises(InvalidConnection, match="scheme"):
        scheme_of(helpdesk("jira"), connection(scheme="none"))


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("secret", PRINTED)
def test_a_secret_that_anybody_can_read_counts_for_nothing(name: str, secret: str) -> None:
    """Whatever the scheme: a signature by it is right, and proves nothing. Your own beside it counts."""
    scheme = SCHEMES[name]
    own = "whsec_b3VyIG93biBzZWNyZXQ="
    try:
        printed, ours = (Delivery(BODY, scheme.sign(each, BODY, FRIDAY), FRIDAY) for each in (secret, own))
    except ValueError:  # to Standard Webhooks some are no secret at all
        assert name == "standard_webhooks"
        return
    assert scheme.verify(printed, [secret])
    assert not verified(helpdesk(name), connection(), printed, [secret])
    assert not verified(helpdesk(name), connection(), printed, [secret, own])
    assert verified(helpdesk(name), connection(), ours, [secret, own])


def test_the_local_stacks_own_secrets_count_there_and_nowhere_else() -> None:
    """They are printed in its source; what is deployed takes none of them."""
    secrets = {str(each["secret"]) for each in CONNECTIONS.values()}
    deployed = Wiring({"AWS_REGION": "eu-north-1", "QUARANTINE_BUCKET": "x"}).intake.public
    assert all(is_public(secret, deployed) for secret in secrets)
    assert not any(is_public(secret, LocalWiring.public_secrets) for secret in secrets)
    assert secrets == LOCAL
    assert PUBLIC == SAMPLES | LOCAL
    assert (deployed, LocalWiring.public_secrets) == (PUBLIC, SAMPLES)


@given(st.text(max_size=30), st.text(max_size=30), st.dictionaries(st.text(max_size=9), st.text(max_size=9)))
def test_nothing_that_is_posted_or_configured_is_a_crash(
    scheme: str, header: str, headers: dict[str, str]
) -> None:
    """The answer is always yes or no, whatever stands in the table."""
    posted = Delivery(b"", headers, FRIDAY)
    assert not verified(
        helpdesk("header"), connection(scheme=scheme or "x", header=header), posted, ["", "s"]
    )
    assert isinstance(verified(helpdesk("header"), connection(header=header), posted, ["", "s"]), bool)


def test_a_delivery_is_what_api_gateway_was_handed() -> None:
    """Raw bytes, out of base64; headers under lower-case names; method and address as written."""
    event = {
        "headers": {"X-Hub-Signature": "sha256=x"},
        "body": "eyJhIjoi/yJ9",
        "isBase64Encoded": True,
        "rawPath": "/webhooks/desk",
        "rawQueryString": "a=b%2Fc",
        "requestContext": {"http": {"method": "PUT"}, "domainName": "hooks.example"},
    }
    assert arrived(event, FRIDAY) == Delivery(
        b'{"a":"\xff"}',
        {"x-hub-signature": "sha256=x"},
        FRIDAY,
        "PUT",
        "https://hooks.example/webhooks/desk?a=b%2Fc",
    )
    del event["rawQueryString"], event["isBase64Encoded"]
    plain = arrived(event | {"body": "é"}, FRIDAY)
    assert (plain.body, plain.url) == (b"\xc3\xa9", "https://hooks.example/webhooks/desk")


def test_what_a_scheme_signs_with_is_kept_and_what_bears_a_secret_is_not() -> None:
    """So a delivery that can't be taken on its arrival can be verified later, or never."""
    for name, scheme in SCHEMES.items():
        headers = scheme.sign("whsec_c2VjcmV0", BODY, FRIDAY)
        assert hold_a_signature(headers) == all(map(is_kept, headers)) == (name not in ("header", "basic"))
