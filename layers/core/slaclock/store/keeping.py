"""Items of the agreements table that say how long an account's tickets are kept, and what stops that."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from slaclock.domain.instants import parse_instant
from slaclock.domain.keeping import SHORTEST, Hold, Keeping, hold_to_json

KEEPING = "KEEPING#"
_RETENTION, _HOLD = f"{KEEPING}RETENTION", f"{KEEPING}HOLD#"


def retention_item(partition: str, keeping: Keeping) -> dict[str, Any]:
    """The item of an account's retention, in days."""
    kept = {"logs": keeping.logs, "ledger": keeping.ledger}
    days = {name: each.days for name, each in kept.items() if each is not None}
    return {"pk": partition, "sk": _RETENTION, "body": json.dumps(days)}


def hold_item(partition: str, hold: Hold) -> dict[str, Any]:
    """The item of a hold, which is there until it is lifted; its rows in the ledger stay."""
    return {"pk": partition, "sk": f"{_HOLD}{hold.name}", "body": json.dumps(hold_to_json(hold))}


def keeping_from_items(items: Iterable[Mapping[str, Any]]) -> Keeping:
    """Read an account's retention and holds. A retention that no command would set is none: for ever."""
    days: dict[str, timedelta] = {}
    holds: list[Hold] = []
    for item in items:
        said = json.loads(item["body"])
        if item["sk"] == _RETENTION:
            kept = {name: timedelta(days=number) for name, number in said.items()}
            days = {name: each for name, each in kept.items() if each >= SHORTEST[name]}
        else:
            holds.append(_hold(item["sk"].removeprefix(_HOLD), said))
    return Keeping(days.get("logs"), days.get("ledger"), tuple(holds))


def _hold(name: str, said: Mapping[str, Any]) -> Hold:
    return Hold(name, said["reason"], said["by"], parse_instant(said["at"]), said.get("ticket_id"))
