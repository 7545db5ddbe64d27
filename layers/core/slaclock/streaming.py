"""Records of a table's stream, one after the other, as Lambda hands them to a function.

Powertools has the same; it imports asyncio and every kind of event there is for it, a tenth of a start.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.shared.dynamodb_deserializer import TypeDeserializer

from slaclock.domain.facts import named_under
from slaclock.problems import fault

Image = Mapping[str, Any]
_plain = TypeDeserializer().deserialize
_log = logging.getLogger(__name__)


def image(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """`Keys`, `NewImage` or `OldImage` of a record, as plain values; empty where it has none."""
    change = record.get("dynamodb") or {}
    return {member: _plain(value) for member, value in (change.get(name) or {}).items()}


def each(event: Mapping[str, Any], act: Callable[[Mapping[str, Any]], None], what: str) -> dict[str, Any]:
    """Act on each record, and answer with those that failed, by their numbers: Lambda brings them again.

    What failed keeps none behind it from being acted on; these come again too, and know it. It is logged
    here, as `what` could not be done: also a record that could not be read, and so names nothing itself.
    """
    failed = []
    for record in event.get("Records", ()):
        try:
            act(record)
        except Exception as error:  # noqa: BLE001  (whatever it is, the others are acted on)
            _log.error("%s: %s", what, fault(error), extra=named(record))
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failed}


def named(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a log says of the item that a record is about: its keys, and the ids that these are made of."""
    keys = image(record, "Keys")
    subject, key = (str(keys.get(name, "")) for name in ("pk", "sk"))
    return {"keys": keys, **named_under(subject, key.removeprefix("OUTBOX#"))}
