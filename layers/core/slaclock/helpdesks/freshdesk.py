"""Freshdesk, in each of the two ways in which it tells of its tickets.

| Way | Shape | Read by |
|---|---|---|
| an automation rule's webhook | `freshdesk_webhook`, or what an admin wrote like it | `freshdesk_rules` |
| an event that an app of Freshworks forwards | `event` is `onTicketCreate` and its like | `freshdesk_apps` |

An account should use one of them. Freshdesk signs neither: a rule and an app alike send a secret header.
"""

from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, freshdesk_apps, freshdesk_rules
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import check_instants, load
from slaclock.helpdesks.signatures import SharedSecret

KIND = "freshdesk"
SCHEME = SharedSecret()


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is no ticket's event is ignored. `Unmappable` names what can't be read."""
    try:
        mapped = _mapped(load(delivery.body), delivery, connection)
        for event in mapped.events:
            check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return mapped


def _mapped(body: Any, delivery: Delivery, connection: Connection) -> Mapped:
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    if freshdesk_rules.made(body):
        return freshdesk_rules.read(body, delivery, connection)
    if freshdesk_apps.made(body):
        return freshdesk_apps.read(body, delivery, connection)
    raise InvalidEvent("neither a rule's webhook nor an app's event made this")
