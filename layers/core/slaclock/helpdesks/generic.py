"""The generic way in: the body is one canonical event, under a Standard Webhooks signature.

What is wrong with it is an `InvalidEvent` that points at the member: its sender wrote it, and can mend it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import ATTRIBUTES, event_from_json, people_of
from slaclock.domain.people import People
from slaclock.helpdesks import Delivery, Mapped
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import check_instants, load
from slaclock.helpdesks.people import known, people
from slaclock.helpdesks.signatures import StandardWebhooks

KIND = "generic"
SCHEME = StandardWebhooks()

_OF_SERVICES = frozenset(
    {"outage_started", "outage_ended", "delivered", "measured", "offered", "answered", "abandoned", "rated"}
)
_REFERENCES = frozenset({"team", "assignee", "customer"})
# The log has inputs of our own under ids that begin so, and `~` stands for an id too long for a key: an event
# under such an id would be taken for one of those, or one of those for it.
_RESERVED = ("acknowledgement:", "handover:", "ending:", "exclusion:", "case:", "~")


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Read one canonical event, with our own `received_at`; `InvalidEvent` if it breaks the contract."""
    return read_document(load(delivery.body), delivery.received_at, connection)


def read_document(document: Any, received_at: datetime, connection: Connection) -> Mapped:
    """Read a canonical event that was parsed already."""
    _check(document, document)
    _check_change(document)
    _check_sender(document, connection)
    if document["event_id"].startswith(_RESERVED):
        raise InvalidEvent(f"begins with one of {', '.join(_RESERVED)}, which are ours", "/event_id")
    event = event_from_json(document)
    event = replace(
        event,
        received_at=received_at,
        sequence=int(event.sequence),  # 1.0 is an integer to JSON Schema
        attributes={name: _kept(name, value) for name, value in event.attributes.items()},
        people=_people(document),
    )
    check_instants(event)
    unmeasured = event.type in _OF_SERVICES and event.value is None
    if event.subject != "ticket" or unmeasured:
        return Mapped((), ignored=1)  # no clock measures services yet
    return Mapped((event,))


def _people(document: Mapping[str, Any]) -> People | None:
    said = people_of(document)
    return people(actor=known(said.actor), author=known(said.author), requester=known(said.requester))


def _check_change(document: Mapping[str, Any]) -> None:
    # A changed member counts as one that the ticket carries, so it has to fit there too.
    change = document.get("change") or {}
    if (field := change.get("field")) in ATTRIBUTES - set(document["known"]):
        as_ticket = {**document, "ticket": {**document["ticket"], field: change.get("to")}}
        try:
            _check(as_ticket, as_ticket)
        except InvalidEvent as wrong:
            raise InvalidEvent(wrong.detail, "/change/to") from None


def _check_sender(document: Mapping[str, Any], connection: Connection) -> None:
    # One account's key must not write another account's history.
    for member, ours in (("account", connection.account), ("connection", connection.id)):
        if document[member] != ours:
            raise InvalidEvent(f"is not the {member} that this address belongs to", f"/{member}")


def _kept(name: str, value: Any) -> Any:
    if name not in _REFERENCES or value is None:
        return value
    return {part: value[part] for part in ("id", "name") if part in value}


@cache
def _validator() -> Callable[[Any], Any]:
    import fastjsonschema  # noqa: PLC0415 - other helpdesks' deliveries need not pay for it

    schema = json.loads(Path(__file__).with_name("ticket_event.schema.json").read_text(encoding="utf-8"))
    # The contract's name is no address that references could be resolved against.
    del schema["$id"]
    compiled: Callable[[Any], Any] = fastjsonschema.compile(schema, use_formats=False, use_default=False)
    return compiled


def _check(value: Any, document: Any) -> None:
    from fastjsonschema import JsonSchemaValueException  # noqa: PLC0415 - likewise

    try:
        _validator()(value)
    except JsonSchemaValueException as wrong:
        detail, member = _explained(wrong)
        raise InvalidEvent(detail, _pointer(document, wrong.path[1:]) + member) from None


def _explained(wrong: Any) -> tuple[str, str]:
    if wrong.rule == "required":
        return "is missing", _step(next(name for name in wrong.rule_definition if name not in wrong.value))
    if wrong.rule == "additionalProperties":
        return "is no member here", _step(min(set(wrong.value) - set(wrong.definition["properties"])))
    return str(wrong.message).removeprefix(str(wrong.name)).strip(), ""


def _pointer(document: Any, path: Sequence[str]) -> str:
    # The validator cuts its path at dots and brackets, which a custom field's name may hold: follow it while
    # it leads somewhere.
    pointer = ""
    for step in path:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            break
        pointer += _step(step)
    return pointer


def _step(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")
