"""What every scheme needs: headers read, times judged, and signatures made and compared."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from slaclock.helpdesks import Delivery

# Before or after our own clock. Standard Webhooks and HubSpot ask for five minutes. Chatwoot names no limit,
# and sends once. Zendesk names none either, and does not say whether it signs a retry anew; five minutes hold
# both ways. It tries three times again at most, each after a timeout of 10 s or a Retry-After of up to 60 s:
# the last attempt comes 210 s after the first.
TOLERANCE = timedelta(minutes=5)


def header(delivery: Delivery, name: str) -> str:
    """A header's value without the space around it; empty where there is none."""
    return delivery.headers.get(name, "").strip()


def seconds(text: str) -> datetime | None:
    """The instant of plain decimal seconds since 1970; None for what is no such number."""
    return datetime.fromtimestamp(int(text), UTC) if re.fullmatch("[0-9]{1,11}", text) else None


def milliseconds(text: str) -> datetime | None:
    """The instant of plain decimal milliseconds since 1970, likewise."""
    return datetime.fromtimestamp(int(text) / 1000, UTC) if re.fullmatch("[0-9]{1,14}", text) else None


def is_fresh(stamp: datetime | None, received_at: datetime, late: timedelta = TOLERANCE) -> bool:
    """Whether a signed time is at most `late` before the arrival, and five minutes after it."""
    return stamp is not None and -TOLERANCE <= received_at - stamp <= late


def key_of(secret: str) -> bytes:
    """A secret as HMAC's key; `ValueError` for an empty one."""
    for key in keys([secret]):
        return key
    raise ValueError("an empty secret signs nothing")


def keys(secrets: Sequence[str]) -> Iterator[bytes]:
    """The secrets as HMAC's keys. An empty key would let everybody sign, so it is none."""
    return (secret.encode(errors="surrogatepass") for secret in secrets if secret)


def in_base64(key: bytes, message: bytes, algorithm: str = "sha256") -> str:
    """HMAC of a message, in base64."""
    return b64encode(hmac.digest(key, message, algorithm)).decode()


def in_hex(key: bytes, message: bytes, algorithm: str = "sha256") -> str:
    """HMAC of a message, in lower-case hexadecimal digits."""
    return hmac.digest(key, message, algorithm).hex()


def any_matches(given: Iterable[str], right: Iterable[str]) -> bool:
    """Whether one of the signatures given is one of the right ones, compared in constant time."""
    offered = [signature.encode(errors="replace") for signature in given]
    return any(hmac.compare_digest(one, other.encode()) for other in right for one in offered)


def any_equals(given: Iterable[bytes], secrets: Iterable[bytes]) -> bool:
    """Whether one of the secrets is among what was given; the time tells neither its text nor its length."""
    digests = [hashlib.sha256(each).hexdigest() for each in secrets]
    return any_matches((hashlib.sha256(each).hexdigest() for each in given), digests)
