"""Records of a table's stream, one after the other, as Lambda hands them to a function.

Powertools has the same; it imports asyncio and every kind of event there is for it, a tenth of a start.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.shared.dynamodb_deserializer import TypeDeserializer

Image = Mapping[str, Any]
_plain = TypeDeserializer().deserialize


def image(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """`Keys`, `NewImage` or `OldImage` of a record, as plain values; empty where it has none."""
    change = record.get("dynamodb") or {}
    return {member: _plain(value) for member, value in (change.get(name) or {}).items()}


def each(event: Mapping[str, Any], act: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Act on each record, and answer with those that failed, by their numbers: Lambda brings them again.

    What failed keeps none behind it from being acted on; these come again too, and know it.
    """
    failed = []
    for record in event.get("Records", ()):
        try:
            act(record)
        except Exception:  # noqa: BLE001  (whoever acts has logged it)
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failed}
