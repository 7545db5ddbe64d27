"""Zendesk, in each of the three ways in which it tells of its tickets.

| Way | Shape | Read by |
|---|---|---|
| event subscription | `type` is `zen:event-type:…` | `zendesk_subscriptions` |
| EventBridge partner event | `source` is `aws.partner/zendesk.com/…` | `zendesk_partner` |
| a trigger's webhook | whatever an admin wrote | `zendesk_triggers` |

An account should use one of them. Where two tell of one action no harm is done: a state is the same however
often it is told, and a comment of the first two is one event, by its own id. A trigger knows no such id, so a
reply that it tells of as well is there twice, moments apart: the second answers nobody, and begins nothing
but another wait of `periodic_update`.
"""

from collections.abc import Callable
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, zendesk_partner, zendesk_subscriptions
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import check_instants, load
from slaclock.helpdesks.signatures import Zendesk

KIND = "zendesk"
SCHEME = Zendesk()

Way = Callable[[dict[str, Any], Delivery, Connection], Mapped]


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is no ticket's event is ignored. `Unmappable` names what can't be read."""
    try:
        body = load(delivery.body)
        mapped = _way(body)(body, delivery, connection)
        for event in mapped.events:
            check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return mapped


def _way(body: Any) -> Way:
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    if zendesk_subscriptions.made(body):
        return zendesk_subscriptions.read
    if zendesk_partner.made(body):
        return zendesk_partner.read
    # Most accounts have no such trigger, and pay nothing for it.
    from slaclock.helpdesks import zendesk_triggers  # noqa: PLC0415

    return zendesk_triggers.read
