"""How deliveries are signed, one class a scheme: signing and verifying stand beside each other.

Raw bytes, constant-time comparison, every secret tried so that a rotation needs no gap. A scheme that signs
the time refuses what is stale; of one that does not, a delivery sent again is a duplicate by its events' ids.
A scheme itself takes any secret but an empty one: which secrets count is `verified`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import InvalidConnection
from slaclock.helpdesks.signatures.checking import TOLERANCE
from slaclock.helpdesks.signatures.hubspot import HubSpotV1, HubSpotV2, HubSpotV3
from slaclock.helpdesks.signatures.of_body import (
    FRAPPE,
    GITHUB,
    HELP_SCOUT,
    INTERCOM,
    JIRA,
    SERVICENOW,
    ZAMMAD,
    OfBody,
)
from slaclock.helpdesks.signatures.public import LOCAL, PUBLIC, SAMPLES, is_public
from slaclock.helpdesks.signatures.shared import Basic, SharedSecret
from slaclock.helpdesks.signatures.timed import GLPI_TOLERANCE, Chatwoot, Glpi, StandardWebhooks, Zendesk

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from slaclock.helpdesks import Adapter, Delivery, Scheme
    from slaclock.helpdesks.connection import Connection

__all__ = [
    "FRAPPE",
    "GITHUB",
    "GLPI_TOLERANCE",
    "HELP_SCOUT",
    "INTERCOM",
    "JIRA",
    "LOCAL",
    "PUBLIC",
    "SAMPLES",
    "SCHEMES",
    "SERVICENOW",
    "TOLERANCE",
    "ZAMMAD",
    "Basic",
    "Chatwoot",
    "Glpi",
    "HubSpotV1",
    "HubSpotV2",
    "HubSpotV3",
    "OfBody",
    "SharedSecret",
    "StandardWebhooks",
    "Zendesk",
    "is_public",
    "scheme_of",
    "sign",
    "verified",
]

# What a connection's `scheme` may be.
SCHEMES: Mapping[str, Scheme] = {
    "standard_webhooks": StandardWebhooks(),
    "zendesk": Zendesk(),
    "github": GITHUB,
    "jira": JIRA,
    "zammad": ZAMMAD,
    "intercom": INTERCOM,
    "chatwoot": Chatwoot(),
    "frappe": FRAPPE,
    "glpi": Glpi(),
    "servicenow": SERVICENOW,
    "hubspot_v1": HubSpotV1(),
    "hubspot_v2": HubSpotV2(),
    "hubspot_v3": HubSpotV3(),
    "helpscout": HELP_SCOUT,
    "header": SharedSecret(),
    "basic": Basic(),
}


def verified(
    helpdesk: Adapter,
    connection: Connection,
    delivery: Delivery,
    secrets: Sequence[str],
    public: Collection[str] = PUBLIC,
) -> bool:
    """Whether one of the connection's secrets signed exactly these bytes, lately. Never raises.

    A secret that anybody can read somewhere (`public`) proves nothing about who sent a delivery, whatever the
    scheme: it is passed over.
    """
    own = [secret for secret in secrets if not is_public(secret, public)]
    try:
        return scheme_of(helpdesk, connection).verify(delivery, own)
    except InvalidConnection:
        return False


def scheme_of(helpdesk: Adapter, connection: Connection) -> Scheme:
    """How a connection's deliveries are signed: as it says, else as its kind does.

    `InvalidConnection` where it names no scheme of ours.
    """
    scheme = helpdesk.SCHEME
    if connection.scheme:
        if connection.scheme not in SCHEMES:
            raise InvalidConnection("a connection's scheme is none of ours")
        scheme = SCHEMES[connection.scheme]
    if isinstance(scheme, SharedSecret) and connection.header:
        return scheme._replace(header=connection.header.lower())
    return scheme


def sign(kind: str, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that a helpdesk of this kind would send with the body: for tests, the demo and `curl`."""
    return adapter(kind).SCHEME.sign(secret, body, at)
