"""Forged signatures: compared in constant time, and none is right in another place than its own."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.helpdesks import Delivery, adapter
from slaclock.helpdesks.signatures import sign

NOW = datetime(2026, 3, 27, 14, 5, tzinfo=UTC)
SECRETS = {"zendesk": "a-desk-secret", "generic": "whsec_c2xhY2xvY2stdGVzdHM="}
BODY = b'{"ticket":"4711"}'
both = pytest.mark.parametrize("kind", SECRETS)


def verified(kind: str, headers: dict[str, str], body: bytes = BODY, *secrets: str) -> bool:
    return adapter(kind).SCHEME.verify(Delivery(body, headers, NOW), secrets or [SECRETS[kind]])


@both
def test_signatures_are_compared_in_constant_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `hmac.compare_digest`, of bytes, once for every secret: what it says is the answer."""
    compared: list[tuple[Any, Any]] = []

    def never(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", never)
    assert not verified(kind, sign(kind, SECRETS[kind], BODY, NOW), BODY, "whsec_b3RoZXI=", SECRETS[kind])
    assert len(compared) == 2
    assert {type(each) for pair in compared for each in pair} == {bytes}
    assert any(one == other for one, other in compared)


@both
@given(data=st.data())
def test_a_changed_character_of_a_header_is_refused(kind: str, data: st.DataObject) -> None:
    """Whichever header, wherever: the signature, the time and the id are all held by the signature."""
    good = sign(kind, SECRETS[kind], BODY, NOW)
    name = data.draw(st.sampled_from(sorted(good)))
    place = data.draw(st.integers(0, len(good[name]) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda each: each != good[name][place]))
    changed = (good[name][:place] + letter + good[name][place + 1 :]).strip()
    assert verified(kind, good)
    if changed.split() != good[name].split():
        assert not verified(kind, {**good, name: changed})


@both
@given(secret=st.text(min_size=1, max_size=30), body=st.binary(max_size=50))
def test_no_secret_signs_for_another(kind: str, secret: str, body: bytes) -> None:
    """Also not one that differs by a letter, or that is the other's text in base64."""
    other = f"whsec_{b64encode(secret.encode(errors='replace')).decode()}"
    if other != SECRETS[kind]:
        assert not verified(kind, sign(kind, other, body, NOW), body)


@given(st.binary(max_size=40), st.integers(0, 12))
def test_where_the_time_ends_and_the_body_begins_is_signed_too(body: bytes, moved: int) -> None:
    """Zendesk signs time + body with nothing between: cut elsewhere, the time is no instant any more."""
    good = sign("zendesk", SECRETS["zendesk"], body, NOW)
    name = "x-zendesk-webhook-signature-timestamp"
    stamp = good[name]
    shorter = {**good, name: stamp[: len(stamp) - moved]}
    longer = stamp[len(stamp) - moved :].encode() + body
    assert verified("zendesk", shorter, longer) == (moved == 0)


@given(
    st.text(st.sampled_from("ab.01"), min_size=1, max_size=12), st.text(st.sampled_from("ab.01"), max_size=12)
)
def test_where_an_id_ends_is_signed_too(identity: str, rest: str) -> None:
    """Standard Webhooks puts dots between: an id may hold some, but no body of JSON begins with a time."""
    good = sign("generic", SECRETS["generic"], BODY, NOW)
    for name in (f"{identity}.{good['webhook-id']}", f"{good['webhook-id']}.{rest}"):
        assert not verified("generic", {**good, "webhook-id": name})
