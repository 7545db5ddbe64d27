"""Deliveries that could not be taken, kept raw for 14 days in a bucket of their own."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery

Reason = Literal["unmapped", "table"]
# What is kept of the headers: what a signature may rest on. Any other may hold a credential, or say who sent
# it: a key, a token, a cookie, a user or an address.
_KEPT = ("webhook-", "ce-", "x-hub-", "x-github-", "x-frappe-")
_SIGNING = ("signature", "timestamp")


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

    def read(self, key: str) -> Kept | None:
        """A kept delivery; None where it was released meanwhile, `ValueError` where it can't be read."""
        try:
            found = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        try:
            return _read(json.loads(found))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{key} is no kept delivery") from error

    def set_apart(self, key: str) -> None:
        """Keep what can't be read for a person, as it is."""
        found = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        apart = f"unmapped/{key.partition('/')[2]}"
        self.client.put_object(Bucket=self.bucket, Key=apart, Body=found)
        self.release(key)

    def release(self, key: str) -> None:
        """Take a delivery out: it was applied, or is kept elsewhere."""
        self.client.delete_object(Bucket=self.bucket, Key=key)


def _kept(name: str) -> bool:
    """Whether a header, named in lower case, is the body's type or of a scheme that signs a delivery."""
    signs = name.startswith("x-") and any(word in name for word in _SIGNING)
    return name == "content-type" or name.startswith(_KEPT) or signs


def _read(document: Mapping[str, Any]) -> Kept:
    body, received = base64.b64decode(document["body"]), parse_instant(document["received_at"])
    delivery = Delivery(body, document["headers"], received)
    return Kept(document["connection"], delivery, verified=document["verified"])
