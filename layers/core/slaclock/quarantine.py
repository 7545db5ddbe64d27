"""Deliveries that could not be taken, kept raw for 14 days in a bucket of their own."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from botocore.exceptions import ClientError

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery
from slaclock.helpdesks.headers import is_kept

Reason = Literal["unmapped", "table"]


class Kept(NamedTuple):
    """A delivery, the connection it came to, and whether its signature was found to hold when it came."""

    connection: str
    delivery: Delivery
    verified: bool = False
    detail: str = ""  # why it is kept


class Quarantine(NamedTuple):
    """The bucket. `table` holds what the table could not take, `unmapped` what no adapter could read.

    `client` gives S3's when it is needed: few deliveries end here.
    """

    client: Callable[[], Any]
    bucket: str

    def keep(self, reason: Reason, kept: Kept, detail: str) -> str:
        """Keep a delivery, and answer its key; the same delivery at the same time is kept once.

        Of its headers those that `is_kept` names, so that a signature can be checked again. A secret that
        came in a header itself is not kept, so whoever sent it can't be verified any more.
        """
        connection_id, delivery = kept.connection, kept.delivery
        received = format_instant(delivery.received_at)
        digest = hashlib.sha256(connection_id.encode() + b"\n" + delivery.body).hexdigest()[:32]
        key = f"{reason}/{received}-{digest}.json"
        headers = {name: value for name, value in delivery.headers.items() if is_kept(name)}
        document = {
            "connection": connection_id,
            "received_at": received,
            "verified": kept.verified,
            "detail": detail,
            "method": delivery.method,
            "url": delivery.url,
            "headers": headers,
            "body": base64.b64encode(delivery.body).decode(),
        }
        self.client().put_object(Bucket=self.bucket, Key=key, Body=json.dumps(document).encode())
        return key

    def waiting(self, reason: Reason, since: datetime | None = None) -> Iterator[str]:
        """Yield the keys of what is kept for a reason, oldest first; with `since`, what came from then on.

        It is listed as it is asked for, a thousand at a time.
        """
        where = {"StartAfter": f"{reason}/{format_instant(since)}"} if since else {}
        while True:
            page = self.client().list_objects_v2(
                Bucket=self.bucket, Prefix=f"{reason}/", MaxKeys=1000, **where
            )
            yield from (each["Key"] for each in page.get("Contents", ()))
            if not page.get("NextContinuationToken"):
                return
            where = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, key: str) -> Kept | None:
        """A kept delivery; None where it was released meanwhile, `ValueError` where it can't be read."""
        try:
            found = self.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()
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
        found = self.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()
        apart = f"unmapped/{key.partition('/')[2]}"
        self.client().put_object(Bucket=self.bucket, Key=apart, Body=found)
        self.release(key)

    def release(self, key: str) -> None:
        """Take a delivery out: it was applied, or is kept elsewhere."""
        self.client().delete_object(Bucket=self.bucket, Key=key)


def _read(document: Mapping[str, Any]) -> Kept:
    body, received = base64.b64decode(document["body"]), parse_instant(document["received_at"])
    asked = {name: document[name] for name in ("method", "url") if name in document}
    delivery = Delivery(body, document["headers"], received, **asked)
    detail = str(document.get("detail", ""))
    return Kept(document["connection"], delivery, verified=document["verified"], detail=detail)
