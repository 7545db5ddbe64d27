"""Every scheme by which a helpdesk may sign, or say who it is: the rule, its bounds, and nonsense.

The signatures below were computed with `openssl dgst -hmac`, over the body at the top.
"""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.helpdesks import Delivery
from slaclock.helpdesks.signatures import SCHEMES, HubSpotV2, HubSpotV3, SharedSecret

FRIDAY = datetime(2026, 3, 27, 14, 5, tzinfo=UTC)
BODY = b'{"ticket":"4711"}'
URL = "https://hooks.example/webhooks/desk"
DESK = "a-desk-secret"
SECRETS = {
    **dict.fromkeys(SCHEMES, DESK),
    "zendesk": "local-zendesk-secret",
    "standard_webhooks": "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ=",
    "basic": "desk:a-desk-secret",
}
HEADERS: dict[str, dict[str, str]] = {
    "zendesk": {
        "x-zendesk-webhook-signature": "AbfXOE1ejmJBalrxk+pySXJpmI6LJ3btr3RFsNgmRUI=",
        "x-zendesk-webhook-signature-timestamp": "2026-03-27T14:05:00Z",
    },
    "standard_webhooks": {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1774620300",
        "webhook-signature": "v1,CWVcJSFVDO2ZiJJj6z5g0x8OmQnf/OxgSsh2nCV2Pk0=",
    },
    "github": {
        "x-hub-signature-256": "sha256=700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"
    },
    "jira": {"x-hub-signature": "sha256=700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"},
    "zammad": {"x-hub-signature": "sha1=ed6a4226f5de44a69b37a057d4bb0d9a717c83d1"},
    "intercom": {"x-hub-signature": "sha1=ed6a4226f5de44a69b37a057d4bb0d9a717c83d1"},
    "chatwoot": {
        "x-chatwoot-timestamp": "1774620300",
        "x-chatwoot-signature": "sha256=5a3aacdea6a5a5fc5b3fb77f7bd6fb30c7fd73f7e530ceb33df8c84b6b1e8842",
    },
    "frappe": {"x-frappe-webhook-signature": "cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="},
    "glpi": {
        "x-glpi-timestamp": "1774620300",
        "x-glpi-signature": "5293a0cb5fe1eb220aafc907933e804ff8f3bf2747a47205e9be6bd6a325dcfc",
    },
    "servicenow": {"x-servicenow-signature": "sha256=cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="},
    "hubspot_v1": {"x-hubspot-signature": "94e9e0479270ac275748fae6e998ae0cdbe4b75355813a0ee8e06576cf833d53"},
    "hubspot_v2": {"x-hubspot-signature": "00dcca07a60ee8ce7d9b7855c1e9836162f0d6fc49fda9bcdaff44200e246823"},
    "hubspot_v3": {
        "x-hubspot-request-timestamp": "1774620300000",
        "x-hubspot-signature-v3": "Rhkagvpf5aGDzg/s2pJ9n5sJhvT5sThS4xATbuL1YY0=",
    },
    "helpscout": {"x-helpscout-signature": "7WpCJvXeRKabN6BX1LsNmnF8g9E="},
    "header": {"x-slaclock-secret": "a-desk-secret"},
    "basic": {"authorization": "Basic ZGVzazphLWRlc2stc2VjcmV0"},
}
BEARING = ("header", "basic")  # they bear the secret, and sign nothing
SIGNING = [name for name in HEADERS if name not in BEARING]
TIMED = {
    "zendesk": "x-zendesk-webhook-signature-timestamp",
    "standard_webhooks": "webhook-timestamp",
    "chatwoot": "x-chatwoot-timestamp",
    "glpi": "x-glpi-timestamp",
    "hubspot_v3": "x-hubspot-request-timestamp",
}
every = pytest.mark.parametrize("name", HEADERS)
# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def verified(
    name: str,
    headers: dict[str, str] | None = None,
    *,
    body: bytes = BODY,
    secrets: list[str] | None = None,
    at: datetime = FRIDAY,
    url: str = URL,
    method: str = "POST",
) -> bool:
    delivery = Delivery(body, HEADERS[name] if headers is None else headers, at, method, url)
    return SCHEMES[name].verify(delivery, [SECRETS[name]] if secrets is None else secrets)


def test_every_scheme_is_held_to_what_openssl_says() -> None:
    """None is verified only against what it signed itself."""
    assert set(HEADERS) == set(SCHEMES)


@every
def test_a_signature_made_by_the_documented_rule_is_taken(name: str) -> None:
    """By the secret's own text as the key, but for Standard Webhooks, which decodes it."""
    assert verified(name)


@pytest.mark.parametrize("name", SIGNING)
def test_one_changed_byte_of_the_body_is_refused(name: str) -> None:
    """The raw bytes are signed: a space more is another body, and so is one cut short."""
    assert not verified(name, body=b'{"ticket": "4711"}')
    assert not verified(name, body=BODY[:-1])
    assert not verified(name, body=b"")


@every
def test_each_header_is_needed(name: str) -> None:
    """No signature, no time, no id, no secret: there is nothing to check."""
    for missing in HEADERS[name]:
        assert not verified(name, {key: value for key, value in HEADERS[name].items() if key != missing})
        assert not verified(name, {**HEADERS[name], missing: ""})
    assert not verified(name, {})


@every
def test_two_secrets_are_good_while_they_rotate(name: str) -> None:
    """Every secret is tried, in whichever order they stand; without any, nobody is let in."""
    other, own = "whsec_b3RoZXI=:x", SECRETS[name]
    assert verified(name, secrets=[other, own])
    assert verified(name, secrets=[own, other])
    assert not verified(name, secrets=[other])
    assert not verified(name, secrets=[])


@every
@pytest.mark.parametrize("near", ["{}x", "x{}", "{} "])
def test_a_secret_that_is_nearly_right_is_wrong(name: str, near: str) -> None:
    """Longer by a letter: its text counts, whole."""
    assert not verified(name, secrets=[near.format(SECRETS[name])])


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("github", {"x-hub-signature-256": "sha256=" + hmac.digest(b"", BODY, "sha256").hex()}),
        ("zammad", {"x-hub-signature": "sha1=" + hmac.digest(b"", BODY, "sha1").hex()}),
        ("header", {"x-slaclock-secret": ""}),
        ("header", {"authorization": "Bearer "}),
        ("basic", {"authorization": "Basic "}),
        ("basic", {"authorization": "Basic Og=="}),
    ],
)
@pytest.mark.parametrize("empty", ["", ":"])
def test_an_empty_secret_lets_nobody_in(name: str, headers: dict[str, str], empty: str) -> None:
    """HMAC takes an empty key without complaint, and everybody knows that one, and `:` of HTTP Basic."""
    assert not verified(name, headers, secrets=[empty])


@pytest.mark.parametrize("name", SIGNING)
def test_nothing_is_signed_with_an_empty_secret(name: str) -> None:
    """Whoever asks for it is told."""
    with pytest.raises(ValueError, match="secret"):
        SCHEMES[name].sign("", BODY, FRIDAY)


@pytest.mark.parametrize("name", [name for name in TIMED if name != "glpi"])
@pytest.mark.parametrize(
    ("seconds", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)]
)
def test_a_signed_time_is_good_for_five_minutes_either_way(name: str, seconds: int, *, taken: bool) -> None:
    """From its arrival: clocks differ, also forwards, and a recorded delivery goes stale."""
    assert verified(name, at=FRIDAY + timedelta(seconds=seconds)) is taken


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(-301, False), (-300, True), (301, True), (86_400, True), (86_401, False)],
)
def test_glpis_time_is_good_for_a_day(seconds: int, *, taken: bool) -> None:
    """It says when the delivery was queued; from the future it comes no further than another one's."""
    assert verified("glpi", at=FRIDAY + timedelta(seconds=seconds)) is taken


@pytest.mark.parametrize("name", [name for name in SIGNING if name not in TIMED])
def test_without_a_signed_time_a_signature_is_good_for_ever(name: str) -> None:
    """Against what was recorded, such a scheme needs ids that are made of what was signed."""
    assert verified(name, at=FRIDAY + timedelta(days=3650))


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(
    "stamp", ["", "soon", "-1", "+1774620300", "1_774_620_300", "1774620300.0", "٣", "9" * 400, "\ud800", "0"]
)
def test_a_time_is_written_as_the_scheme_writes_it(name: str, stamp: str) -> None:
    """What is not, or in too many digits, is neither fresh nor a crash."""
    assert not verified(name, {**HEADERS[name], TIMED[name]: stamp})


@pytest.mark.parametrize("name", TIMED)
def test_the_time_is_signed_too(name: str) -> None:
    """A recorded delivery can't be sent again under a newer time."""
    newer = SCHEMES[name].sign(SECRETS[name], BODY, FRIDAY + timedelta(seconds=60))[TIMED[name]]
    assert not verified(name, {**HEADERS[name], TIMED[name]: newer})


@pytest.mark.parametrize("name", ["hubspot_v2", "hubspot_v3"])
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", URL),
        ("post", URL),
        ("POST", f"{URL}?x=1"),
        ("POST", URL.replace("https", "http")),
        ("POST", ""),
    ],
)
def test_hubspot_signs_the_method_and_the_address(name: str, method: str, url: str) -> None:
    """As it wrote them, the query included."""
    assert not verified(name, method=method, url=url)


@pytest.mark.parametrize("scheme", [HubSpotV2(), HubSpotV3()], ids=["v2", "v3"])
def test_what_is_signed_for_an_address_is_verified_there(scheme: Any) -> None:
    """Any method and any address, one in letters beyond ASCII as well."""
    for method, url in (("PUT", URL), ("POST", "https://höoks.example/é?ü=%2F")):
        headers = scheme.sign(DESK, BODY, FRIDAY, url=url, method=method)
        assert scheme.verify(Delivery(BODY, headers, FRIDAY, method, url), [DESK])
        assert not scheme.verify(Delivery(BODY, headers, FRIDAY, method, url + "x"), [DESK])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("github", "700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"),
        ("github", "sha1=700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"),
        ("github", "sha256=700EB61B86C364F38369A1898F22FE5FA58FF542216FB8928DCCD89E60C043FA"),
        ("github", "sha256=cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="),
        ("github", "sha256="),
        ("jira", "sha1=ed6a4226f5de44a69b37a057d4bb0d9a717c83d1"),
        ("zammad", "sha256=700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"),
        ("servicenow", "cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="),
        ("servicenow", "sha256=cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o"),
        ("frappe", "sha256=cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="),
        ("frappe", "700eb61b86c364f38369a1898f22fe5fa58ff542216fb8928dccd89e60c043fa"),
        ("helpscout", "cA62G4bDZPODaaGJjyL+X6WP9UIhb7iSjczYnmDAQ/o="),
        ("hubspot_v1", "00dcca07a60ee8ce7d9b7855c1e9836162f0d6fc49fda9bcdaff44200e246823"),
        ("hubspot_v2", "94e9e0479270ac275748fae6e998ae0cdbe4b75355813a0ee8e06576cf833d53"),
    ],
)
def test_a_signature_written_as_by_another_scheme_is_refused(name: str, value: str) -> None:
    """Another prefix, another hash, digits for base64, capitals for small letters."""
    (header,) = HEADERS[name]
    assert not verified(name, {header: value})


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"x-slaclock-secret": DESK}, True),
        ({"x-slaclock-secret": f"  {DESK} "}, True),
        ({"x-slaclock-secret": DESK.upper()}, False),
        ({"x-slaclock-secret": f"Bearer {DESK}"}, False),
        ({"x-slaclock-token": DESK}, False),
        ({"authorization": f"Bearer {DESK}"}, True),
        ({"authorization": f"bearer   {DESK}"}, True),
        ({"authorization": f"Basic {DESK}"}, False),
        ({"authorization": DESK}, False),
        ({"x-slaclock-secret": "wrong", "authorization": f"Bearer {DESK}"}, True),
    ],
)
def test_a_shared_secret_comes_in_a_header_or_as_a_bearer(headers: dict[str, str], *, taken: bool) -> None:
    """The header whole; the word Bearer in any case (RFC 6750)."""
    assert verified("header", headers) is taken


@pytest.mark.parametrize("header", ["x-desk-token", "authorization"])
def test_a_connection_may_choose_the_header(header: str) -> None:
    """Where the helpdesk sends it in another; in Authorization it stands as a bearer, or alone."""
    scheme = SharedSecret(header)
    assert scheme.verify(Delivery(BODY, scheme.sign(DESK, BODY, FRIDAY), FRIDAY), [DESK])
    assert scheme.verify(Delivery(BODY, {header: DESK}, FRIDAY), [DESK])
    assert not scheme.verify(Delivery(BODY, {"x-slaclock-secret": DESK}, FRIDAY), [DESK])


@pytest.mark.parametrize(
    ("value", "secret", "taken"),
    [
        ("Basic ZGVzazphLWRlc2stc2VjcmV0", "desk:a-desk-secret", True),
        ("basic  ZGVzazphLWRlc2stc2VjcmV0", "desk:a-desk-secret", True),
        ("Basic ZMOrc2s6cMOkc3N3w7ZyZDp4", "dësk:pässwörd:x", True),
        ("Basic ZGVzazphLWRlc2stc2VjcmV0", "desk:a-desk-secret ", False),
        ("Basic ZGVzazphLWRlc2stc2VjcmV0", "a-desk-secret", False),
        ("Basic ZGVzazphLWRlc2stc2VjcmV", "desk:a-desk-secret", False),
        ("Basic desk:a-desk-secret", "desk:a-desk-secret", False),
        ("Bearer ZGVzazphLWRlc2stc2VjcmV0", "desk:a-desk-secret", False),
        ("ZGVzazphLWRlc2stc2VjcmV0", "desk:a-desk-secret", False),
    ],
)
def test_http_basic_is_user_and_password_in_base64(value: str, secret: str, *, taken: bool) -> None:
    """In UTF-8; a password may hold colons (RFC 7617)."""
    assert verified("basic", {"authorization": value}, secrets=[secret]) is taken


@every
def test_what_we_sign_we_verify(name: str) -> None:
    """`sign` makes the headers for tests, the demo and `curl` by the same rule; a secret in any letters."""
    for secret in (
        SECRETS[name],
        *([] if name == "standard_webhooks" else ["pässwörd:x", "{}", "\U0001f511"]),
    ):
        headers = SCHEMES[name].sign(secret, BODY, FRIDAY)
        assert verified(name, headers, secrets=[secret], url="")


@every
def test_signatures_are_compared_in_constant_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `hmac.compare_digest`, of bytes of one length, for every secret: what it says is the answer."""
    compared: list[tuple[Any, Any]] = []

    def never(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", never)
    assert not verified(
        name, secrets=["whsec_b3RoZXI=" if name == "standard_webhooks" else "b:c", SECRETS[name]]
    )
    assert len(compared) == 2
    assert {type(each) for pair in compared for each in pair} == {bytes}
    assert all(len(one) == len(other) for one, other in compared)
    assert any(one == other for one, other in compared)


TEXT = st.text(max_size=40) | st.text(st.characters(), max_size=40)
WORDS = st.sampled_from(
    ["", " ", "sha256=", "v1,", "Basic ", "Basic Og==", "Bearer \ud800", "1774620300", "=", "\0"]
)


@every
@FUZZ
@given(data=st.data(), body=st.binary(max_size=40))
def test_nonsense_in_headers_and_secrets_is_refused_and_never_a_crash(
    name: str, data: st.DataObject, body: bytes
) -> None:
    """Anybody can post anything, and configure anything: the answer is always yes or no."""
    values = data.draw(st.lists(TEXT | WORDS, min_size=len(HEADERS[name]), max_size=len(HEADERS[name])))
    headers = dict(zip(HEADERS[name], values, strict=True))
    secret, url = data.draw(TEXT | WORDS), data.draw(TEXT)
    assert not verified(name, headers, body=body)
    answer = verified(name, headers, body=body, secrets=[secret, ""], url=url, method=url)
    assert answer is False or name in BEARING
