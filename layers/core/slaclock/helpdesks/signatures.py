"""How deliveries are signed, one class a scheme: signing and verifying stand beside each other.

Raw bytes, constant-time comparison, every secret tried so that a rotation needs no gap. A scheme that signs
the time refuses what is stale.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery, adapter

# Before or after our own clock. Standard Webhooks asks for five minutes. Zendesk names no limit, and does not
# say whether it signs a retry anew; five minutes hold either way. It tries three times again at most, each
# after a timeout of 10 s or a Retry-After of up to 60 s: the last attempt comes 210 s after the first.
TOLERANCE = timedelta(minutes=5)


def sign(kind: str, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that a helpdesk of this kind would send with the body: for tests, the demo and `curl`."""
    return adapter(kind).SCHEME.sign(secret, body, at)


class StandardWebhooks:
    """Standard Webhooks: `v1,` and base64 HMAC-SHA256 of id.timestamp.body.

    The key is what follows `whsec_`, base64-decoded; the timestamp is in seconds since 1970. A header may
    hold several signatures, apart by spaces, while the sender rotates; only `v1` ones count.
    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        key = self._key(secret)
        if not key:
            raise ValueError("a Standard Webhooks secret is base64 after whsec_")
        identity = f"msg_{hashlib.sha256(body).hexdigest()[:24]}"
        stamp = str(int(at.timestamp()))
        signature = _signature(key, f"{identity}.{stamp}.".encode() + body)
        return {
            "webhook-id": identity,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        identity, stamp = _header(delivery, "webhook-id"), _header(delivery, "webhook-timestamp")
        if not identity or not _is_fresh(self._time(stamp), delivery.received_at):
            return False
        message = f"{identity}.{stamp}.".encode(errors="replace") + delivery.body
        given = _header(delivery, "webhook-signature").split()
        signatures = [word.removeprefix("v1,") for word in given if word.startswith("v1,")]
        return _any_matches(signatures, message, (self._key(secret) for secret in secrets))

    def _key(self, secret: str) -> bytes:
        try:
            return b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            return b""

    def _time(self, stamp: str) -> datetime | None:
        return datetime.fromtimestamp(int(stamp), UTC) if re.fullmatch("[0-9]{1,11}", stamp) else None


class Zendesk:
    """Zendesk: base64 HMAC-SHA256 of timestamp + body, with the secret's own text as the key.

    The beta of 2021 signed body + timestamp; that is refused.
    https://developer.zendesk.com/documentation/webhooks/verifying/
    """

    # Zendesk signs tests of a webhook that is not saved yet with this one, which its documentation prints: it
    # proves nothing about who sent a delivery.
    PUBLIC_SECRET = b64encode(b"this_secret_is_for_testing_only").decode()

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        stamp = format_instant(at.replace(microsecond=0))
        return {
            "x-zendesk-webhook-signature": _signature(secret.encode(), stamp.encode() + body),
            "x-zendesk-webhook-signature-timestamp": stamp,
        }

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        stamp = _header(delivery, "x-zendesk-webhook-signature-timestamp")
        if not _is_fresh(self._time(stamp), delivery.received_at):
            return False
        message = stamp.encode(errors="replace") + delivery.body
        keys = (secret.encode() for secret in secrets if secret != self.PUBLIC_SECRET)
        return _any_matches([_header(delivery, "x-zendesk-webhook-signature")], message, keys)

    def _time(self, stamp: str) -> datetime | None:
        try:
            return parse_instant(stamp)
        except (ValueError, OverflowError):
            return None


def _header(delivery: Delivery, name: str) -> str:
    headers: Mapping[str, str] = delivery.headers
    return headers.get(name, "").strip()


def _is_fresh(stamp: datetime | None, received_at: datetime) -> bool:
    return stamp is not None and abs(received_at - stamp) <= TOLERANCE


def _signature(key: bytes, message: bytes) -> str:
    return b64encode(hmac.digest(key, message, "sha256")).decode()


def _any_matches(signatures: Sequence[str], message: bytes, keys: Iterator[bytes]) -> bool:
    # An empty key would let everybody sign, so it signs nothing.
    expected = [_signature(key, message).encode() for key in keys if key]
    given = [signature.encode(errors="replace") for signature in signatures]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)
