"""What the ledger's own stream tells of a row: whether anybody did what nobody may."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slaclock.domain.keeping import row_is_over
from slaclock.store.caching import CachedAgreements
from slaclock.store.rows import row_end_from_item
from slaclock.streaming import each, named

# Who removes an item whose time to live has passed, as a stream's record says it.
_TIME_TO_LIVE = {"type": "Service", "principalid": "dynamodb.amazonaws.com"}
_MAY_CHANGE = "expires_at"
_log = logging.getLogger(__name__)


def watch(event: Mapping[str, Any], agreements: CachedAgreements) -> tuple[dict[str, Any], int]:
    """Look at each record: the answer for Lambda, and how many rows were altered, each of which is logged."""
    found = []

    def look(record: Mapping[str, Any]) -> None:
        if altered(record, agreements):
            found.append(record)
            _log.error("a row of the ledger was altered", extra=named(record))

    return each(event, look, "a change of the ledger could not be looked at"), len(found)


def altered(record: Mapping[str, Any], agreements: CachedAgreements) -> bool:
    """Whether a record tells of a row changed, in more than when it goes, or removed before its time.

    That DynamoDB removed it by its time to live is not enough: that time could have been set back. It must
    have come by the account's own retention, too, and no hold may stop it.
    """
    change = record.get("dynamodb") or {}
    old, new = (_images(change, name) for name in ("OldImage", "NewImage"))
    if record.get("eventName") == "REMOVE":
        return not _ended(record, old, agreements)
    return record.get("eventName") != "INSERT" and _substance(old) != _substance(new)


def _ended(record: Mapping[str, Any], old: Mapping[str, Any], agreements: CachedAgreements) -> bool:
    by = {name.lower(): value for name, value in (record.get("userIdentity") or {}).items()}
    if by != _TIME_TO_LIVE or _MAY_CHANGE not in old:
        return False
    row, removed_at = row_end_from_item(old), _removed_at(record)
    over = row_is_over(
        row.subject, row.recorded_at, lambda account: agreements.agreements(account).keeping, removed_at
    )
    return over and row.ends_at is not None and row.ends_at <= removed_at


def _removed_at(record: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)


def _images(change: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An image's members, which are texts and numbers."""
    return {member: value for member, typed in (change.get(name) or {}).items() for value in typed.values()}


def _substance(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in image.items() if name != _MAY_CHANGE}
