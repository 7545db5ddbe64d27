"""HubSpot's three schemes; a connection says which one its app uses.

https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests. The address is that
which HubSpot was given, which API Gateway hands on as it came. Version 3 decodes a dozen of its characters
before it signs; addresses of ours hold none of them encoded.

The first two hash secret + message, which can be lengthened without the secret. What is lengthened so holds
a byte 0x80 after the body: it is neither UTF-8 nor JSON, so no event comes of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from slaclock.helpdesks.signatures.checking import (
    any_matches,
    header,
    in_base64,
    is_fresh,
    key_of,
    keys,
    milliseconds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.helpdesks import Delivery


class HubSpotV1:
    """SHA-256 of secret + body in hexadecimal digits, as the webhooks of objects are signed."""

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG002  (no time is signed)
        return {"x-hubspot-signature": hashlib.sha256(key_of(secret) + body).hexdigest()}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        right = (hashlib.sha256(key + delivery.body).hexdigest() for key in keys(secrets))
        return any_matches([header(delivery, "x-hubspot-signature")], right)


class HubSpotV2:
    """SHA-256 of secret + method + address + body in hexadecimal digits."""

    def sign(
        self, secret: str, body: bytes, at: datetime, url: str = "", method: str = "POST"
    ) -> dict[str, str]:
        del at  # no time is signed
        return {"x-hubspot-signature": self._signature(key_of(secret), method + url, body)}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        asked = delivery.method + delivery.url
        right = (self._signature(key, asked, delivery.body) for key in keys(secrets))
        return any_matches([header(delivery, "x-hubspot-signature")], right)

    def _signature(self, key: bytes, asked: str, body: bytes) -> str:
        return hashlib.sha256(key + asked.encode(errors="replace") + body).hexdigest()


class HubSpotV3:
    """Base64 HMAC-SHA256 of method + address + body + timestamp, that in milliseconds since 1970."""

    def sign(
        self, secret: str, body: bytes, at: datetime, url: str = "", method: str = "POST"
    ) -> dict[str, str]:
        key, stamp = key_of(secret), str(int(at.timestamp() * 1000))
        signature = in_base64(key, self._message(method + url, body, stamp))
        return {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        stamp = header(delivery, "x-hubspot-request-timestamp")
        if not is_fresh(milliseconds(stamp), delivery.received_at):
            return False
        message = self._message(delivery.method + delivery.url, delivery.body, stamp)
        right = (in_base64(key, message) for key in keys(secrets))
        return any_matches([header(delivery, "x-hubspot-signature-v3")], right)

    def _message(self, asked: str, body: bytes, stamp: str) -> bytes:
        return asked.encode(errors="replace") + body + stamp.encode()
