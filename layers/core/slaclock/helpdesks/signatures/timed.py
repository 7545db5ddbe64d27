"""Schemes that sign a time with the body: what was recorded and is sent again later is refused."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks.signatures.checking import (
    any_matches,
    header,
    in_base64,
    in_hex,
    is_fresh,
    key_of,
    keys,
    seconds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.helpdesks import Delivery

# GLPI signs once, with the time at which it queued a delivery, and tries again with the same headers. Its
# queue is worked off once a minute, fifty at a time, three tries each, and is kept for 30 days; the entity's
# delay for notifications (up to an hour) comes on top. After a day the events would be corrections of a day
# that was told of already; before that, a receiver or a cron job that is down must cost no event. What is
# recorded and sent again within the day is a duplicate by its events' ids.
GLPI_TOLERANCE = timedelta(days=1)


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
        signature = in_base64(key, f"{identity}.{stamp}.".encode() + body)
        return {
            "webhook-id": identity,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        identity, stamp = header(delivery, "webhook-id"), header(delivery, "webhook-timestamp")
        if not identity or not is_fresh(seconds(stamp), delivery.received_at):
            return False
        message = f"{identity}.{stamp}.".encode(errors="replace") + delivery.body
        given = header(delivery, "webhook-signature").split()
        signatures = [word.removeprefix("v1,") for word in given if word.startswith("v1,")]
        usable = (key for key in map(self._key, secrets) if key)
        return any_matches(signatures, (in_base64(key, message) for key in usable))

    def _key(self, secret: str) -> bytes:
        try:
            return b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            return b""


class Zendesk:
    """Zendesk: base64 HMAC-SHA256 of timestamp + body, with the secret's own text as the key.

    The beta of 2021 signed body + timestamp; that is refused.
    https://developer.zendesk.com/documentation/webhooks/verifying/
    """

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        key, stamp = key_of(secret), format_instant(at.replace(microsecond=0))
        return {
            "x-zendesk-webhook-signature": in_base64(key, stamp.encode() + body),
            "x-zendesk-webhook-signature-timestamp": stamp,
        }

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        stamp = header(delivery, "x-zendesk-webhook-signature-timestamp")
        if not is_fresh(self._time(stamp), delivery.received_at):
            return False
        message = stamp.encode(errors="replace") + delivery.body
        right = (in_base64(key, message) for key in keys(secrets))
        return any_matches([header(delivery, "x-zendesk-webhook-signature")], right)

    def _time(self, stamp: str) -> datetime | None:
        try:
            return parse_instant(stamp)
        except (ValueError, OverflowError):
            return None


class Chatwoot:
    """Chatwoot: `sha256=` and hexadecimal HMAC-SHA256 of timestamp.body, the timestamp in seconds since 1970.

    By its source, lib/webhooks/trigger.rb.
    """

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        key, stamp = key_of(secret), str(int(at.timestamp()))
        return {"x-chatwoot-timestamp": stamp, "x-chatwoot-signature": self._signature(key, stamp, body)}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        stamp = header(delivery, "x-chatwoot-timestamp")
        if not is_fresh(seconds(stamp), delivery.received_at):
            return False
        right = (self._signature(key, stamp, delivery.body) for key in keys(secrets))
        return any_matches([header(delivery, "x-chatwoot-signature")], right)

    def _signature(self, key: bytes, stamp: str, body: bytes) -> str:
        return "sha256=" + in_hex(key, f"{stamp}.".encode() + body)


class Glpi:
    """GLPI 11: hexadecimal HMAC-SHA256 of body + timestamp, the timestamp in seconds since 1970.

    By its source, src/Webhook.php and src/QueuedWebhook.php; `GLPI_TOLERANCE` says how late one may come. No
    delimiter stands between: a body of JSON ends before its time's digits begin.
    """

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        key, stamp = key_of(secret), str(int(at.timestamp()))
        return {"x-glpi-signature": in_hex(key, body + stamp.encode()), "x-glpi-timestamp": stamp}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        stamp = header(delivery, "x-glpi-timestamp")
        if not is_fresh(seconds(stamp), delivery.received_at, late=GLPI_TOLERANCE):
            return False
        right = (in_hex(key, delivery.body + stamp.encode()) for key in keys(secrets))
        return any_matches([header(delivery, "x-glpi-signature")], right)
