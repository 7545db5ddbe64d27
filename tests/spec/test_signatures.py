"""Zendesk's scheme and Standard Webhooks: over the raw bytes, fresh, under one of the connection's secrets.

The signatures below were computed with `openssl dgst -sha256 -hmac`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.helpdesks import Delivery, adapter
from slaclock.helpdesks.signatures import TOLERANCE, sign

FRIDAY = datetime(2026, 3, 27, 14, 5, tzinfo=UTC)
BODY = b'{"ticket":"4711"}'
ZENDESK = "local-zendesk-secret"
GENERIC = "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ="
SECRETS = {"zendesk": ZENDESK, "generic": GENERIC}

ZENDESK_HEADERS = {
    "x-zendesk-webhook-signature": "AbfXOE1ejmJBalrxk+pySXJpmI6LJ3btr3RFsNgmRUI=",
    "x-zendesk-webhook-signature-timestamp": "2026-03-27T14:05:00Z",
}
GENERIC_HEADERS = {
    "webhook-id": "msg_1",
    "webhook-timestamp": "1774620300",
    "webhook-signature": "v1,CWVcJSFVDO2ZiJJj6z5g0x8OmQnf/OxgSsh2nCV2Pk0=",
}
HEADERS = {"zendesk": ZENDESK_HEADERS, "generic": GENERIC_HEADERS}
# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
both = pytest.mark.parametrize("kind", ["zendesk", "generic"])


def verified(
    kind: str,
    headers: dict[str, str] | None = None,
    *,
    body: Any = BODY,
    secrets: list[str] | None = None,
    at: datetime = FRIDAY,
) -> bool:
    delivery = Delivery(body, HEADERS[kind] if headers is None else headers, at)
    return adapter(kind).SCHEME.verify(delivery, [SECRETS[kind]] if secrets is None else secrets)


@both
def test_a_signature_made_by_the_documented_rule_is_taken(kind: str) -> None:
    """Zendesk: HMAC(secret; timestamp + body). Standard Webhooks: HMAC(decoded secret; id.timestamp.body)."""
    assert verified(kind)


@both
def test_one_changed_byte_of_the_body_is_refused(kind: str) -> None:
    """The raw bytes are signed, so `{"a":1}` and `{"a": 1}` are two bodies."""
    assert not verified(kind, body=b'{"ticket": "4711"}')


@both
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_header_is_refused(kind: str, missing: int) -> None:
    """No signature, no time, or no id: there is nothing to check."""
    headers = dict(HEADERS[kind])
    headers.pop(list(headers)[min(missing, len(headers) - 1)])
    assert not verified(kind, headers)


@both
@pytest.mark.parametrize(
    ("seconds", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)]
)
def test_a_signature_is_good_for_five_minutes_either_way(kind: str, seconds: int, taken: object) -> None:
    """The signed time may be 300 s from the arrival: clocks differ, and a recorded delivery goes stale."""
    assert verified(kind, at=FRIDAY + timedelta(seconds=seconds)) is taken


@both
def test_two_secrets_are_good_while_they_rotate(kind: str) -> None:
    """Every secret of the connection is tried, in whichever order they stand."""
    other = "whsec_b3RoZXI="
    assert verified(kind, secrets=[other, SECRETS[kind]])
    assert verified(kind, secrets=[SECRETS[kind], other])
    assert not verified(kind, secrets=[other])
    assert not verified(kind, secrets=[])


@both
@pytest.mark.parametrize("empty", ["", "whsec_", "whsec_not base64!"])
def test_an_empty_or_unreadable_secret_lets_nobody_in(kind: str, empty: str) -> None:
    """HMAC takes an empty key without complaint, and everybody knows that one."""
    signed_with_nothing = {
        "zendesk": {"x-zendesk-webhook-signature": "KBUI7ZNqyN0MrPTEpbnHrE0P0DDiOzM9he1FX6cCwvk="},
        "generic": {"webhook-signature": "v1,YIlIblYBxHlAAu3j2/SZb3Kc3yQTPJXdWUPOmgJqZa4="},
    }
    assert not verified(kind, {**HEADERS[kind], **signed_with_nothing[kind]}, secrets=[empty])


def test_zendesks_order_of_2021_is_refused() -> None:
    """Its beta signed body + timestamp. Today it is timestamp + body, and nothing else."""
    old = "9UmodsDw4pvhAbul3Ql7CYWGYEBHOzrLoNqN7lh9Jpo="
    assert not verified("zendesk", {**ZENDESK_HEADERS, "x-zendesk-webhook-signature": old})


@pytest.mark.parametrize(
    "stamp",
    ["", "yesterday", "2026-03-27T14:05:00", "1774620300", "9999-12-31T23:59:59-23:59", "٢", "\ud800"],
)
def test_zendesks_time_is_an_instant_with_an_offset(stamp: str) -> None:
    """What is no RFC 3339 instant is neither fresh nor a crash."""
    assert not verified("zendesk", {**ZENDESK_HEADERS, "x-zendesk-webhook-signature-timestamp": stamp})


@pytest.mark.parametrize(
    "stamp", ["", "soon", "-1", "+1774620300", "1_774_620_300", "1774620300.0", "٣", "9" * 400, "\ud800"]
)
def test_the_time_of_standard_webhooks_is_plain_seconds(stamp: str) -> None:
    """What is not written in digits, or in too many of them, is neither fresh nor a crash."""
    assert not verified("generic", {**GENERIC_HEADERS, "webhook-timestamp": stamp})


def test_one_good_signature_among_several_is_enough() -> None:
    """A sender that rotates its secret signs with both; versions that are not ours are passed over."""
    good = GENERIC_HEADERS["webhook-signature"]
    bad = "v1,AAAAwTlEmcWn5YJ2hwpO8xIkqVZGP0nQnmxOEmbgAAA="
    for several in (f"{bad} {good}", f"v1a,AAAA {good} {bad}", f"  {good}  "):
        assert verified("generic", {**GENERIC_HEADERS, "webhook-signature": several})
    for none in (
        bad,
        good.replace("v1,", "v2,"),
        good.replace("v1,", "v1a,"),
        good.removeprefix("v1,"),
        "v1,",
    ):
        assert not verified("generic", {**GENERIC_HEADERS, "webhook-signature": none})


def test_the_id_is_signed_too() -> None:
    """Otherwise a recorded delivery could be sent again under another id."""
    assert not verified("generic", {**GENERIC_HEADERS, "webhook-id": "msg_2"})


@both
def test_what_we_sign_we_verify(kind: str) -> None:
    """`sign` makes the headers for tests, the demo and `curl` by the same rule."""
    headers = sign(kind, SECRETS[kind], BODY, FRIDAY)
    assert verified(kind, headers)
    assert verified(kind, headers, at=FRIDAY + TOLERANCE)
    assert not verified(kind, headers, secrets=["whsec_b3RoZXI="])


def test_signing_with_an_unreadable_secret_says_so() -> None:
    """A secret that is not base64 would otherwise sign with nothing."""
    with pytest.raises(ValueError, match="base64 after whsec_"):
        sign("generic", "whsec_!", BODY, FRIDAY)


@both
@FUZZ
@given(st.lists(st.text(max_size=40), min_size=3, max_size=3), st.binary(max_size=40))
def test_nonsense_in_headers_is_refused_and_never_a_crash(kind: str, values: list[str], body: Any) -> None:
    """Anybody can post anything: the answer is always yes or no."""
    assert not verified(kind, dict(zip(HEADERS[kind], values, strict=False)), body=body)
