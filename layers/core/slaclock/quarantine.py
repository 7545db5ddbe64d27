"""Deliveries that could not be taken, kept raw for 14 days in a bucket of their own."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery

Reason = Literal["unmapped", "table"]
# What is kept of the headers: what a signature may rest on, and no cookies or credentials.
_KEPT = ("x-", "webhook-", "ce-", "content-type")
_DROPPED = frozenset({"x-amz-security-token", "x-forwarded-for"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery, the connection it came to, and whether its signature was found to hold when it came."""

    connection: str
    delivery: Delivery
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The bucket. `table` holds what the table could not take, `unmapped` what no adapter could read."""

    client: Any
    bucket: str

    def keep(self, reason: Reason, kept: Kept, detail: str) -> str:
        """Keep a delivery, and answer its key; the same delivery at the same time is kept once."""
        connection_id, delivery = kept.connection, kept.delivery
        received = format_instant(delivery.received_at)
        digest = hashlib.sha256(connection_id.encode() + b"\n" + delivery.body).hexdigest()[:32]
        key = f"{reason}/{received}-{digest}.json"
        headers = {name: value for name, value in delivery.headers.items() if _kept(name)}
        document = {
            "connection": connection_id,
            "received_at": received,
            "verified": kept.verified,
            "detail": detail,
            "headers": headers,
            "body": base64.b64encode(delivery.body).decode(),
        }
        self.client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(document).encode())
        return key

    def waiting(self, reason: Reason, since: datetime | None = None) -> Iterator[str]:
        """Yield the keys of what is kept for a reason, oldest first; with `since`, what came from then on.

        It is listed as it is asked for, a thousand at a time.
        """
        where = {"StartAfter": f"{reason}/{format_instant(since)}"} if since else {}
        while True:
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{reason}/", MaxKeys=1000, **where)
            yield from (each["Key"] for each in page.get("Contents", ()))
            if not page.get("NextContinuationToken"):
                return
            where = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, key: str) -> Kept:
        """A kept delivery."""
        document = json.loads(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        body, received = base64.b64decode(document["body"]), parse_instant(document["received_at"])
        delivery = Delivery(body, document["headers"], received)
        return Kept(document["connection"], delivery, verified=document["verified"])

    def release(self, key: str) -> None:
        """Take a delivery out: it was applied, or is kept elsewhere."""
        self.client.delete_object(Bucket=self.bucket, Key=key)


def _kept(name: str) -> bool:
    return name.startswith(_KEPT) and name not in _DROPPED
