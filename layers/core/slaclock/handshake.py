"""What a sender asks before it delivers: whether anybody is there, CloudEvents' permission, GLPI's challenge.

All are answered for connections that exist, by their unguessable ids; never by a redirect.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from slaclock.helpdesks.signatures import Glpi, is_public, scheme_of
from slaclock.helpdesks.signatures.checking import any_matches, header, in_hex, keys
from slaclock.problems import problem

if TYPE_CHECKING:
    from slaclock.helpdesks import Delivery
    from slaclock.intake import Intake
    from slaclock.problems import Answer

# A hundred a second, of the five hundred that the stage lets in by default, for all connections together.
MOST_A_MINUTE = 6000
# What GLPI signs to ask; by its source, src/Webhook.php and src/QueuedWebhook.php.
CHALLENGE = b"validate_cra_challenge"

_ORIGIN = re.compile(r"[A-Za-z0-9*]([A-Za-z0-9.*:_-]{0,252}[A-Za-z0-9*])?")
_RATE = re.compile(r"[1-9][0-9]{0,8}")
_ALLOWED = {"allow": "POST, OPTIONS, HEAD"}


def answered(intake: Intake, connection_id: str, delivery: Delivery, token: str | None) -> Answer:
    """Answer a HEAD, OPTIONS or GET of a webhook's address; `UnknownConnection` where nothing is connected.

    Intercom takes no address that does not answer a HEAD:
    https://developers.intercom.com/docs/webhooks/setting-up-webhooks
    """
    if delivery.method == "HEAD":
        intake.connected(connection_id)
        return {"statusCode": HTTPStatus.OK.value, "headers": _ALLOWED, "body": ""}
    if delivery.method == "OPTIONS":
        intake.connected(connection_id)
        return {"statusCode": HTTPStatus.OK.value, "headers": _ALLOWED | _permission(delivery), "body": ""}
    return _challenged(intake, connection_id, token)


def _permission(delivery: Delivery) -> dict[str, str]:
    """Who may post, and how often a minute, to one who asks by name; to others nothing that means consent.

    https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md. The callback that a sender may
    offer is not called: it would let anybody have us call any address.
    """
    origin, asked = (header(delivery, f"webhook-request-{what}") for what in ("origin", "rate"))
    if not _ORIGIN.fullmatch(origin):
        return {}
    rate = min(int(asked), MOST_A_MINUTE) if _RATE.fullmatch(asked) else MOST_A_MINUTE
    return {"webhook-allowed-origin": origin, "webhook-allowed-rate": str(rate)}


def _challenged(intake: Intake, connection_id: str, token: str | None) -> Answer:
    """GLPI asks with a token, before each delivery if it is told to, and wants it back signed.

    Its token is itself the signature of a known word. No other is signed: who could have any text signed
    could forge a delivery.
    """
    connection, helpdesk = intake.connected(connection_id)
    if token is None or not isinstance(scheme_of(helpdesk, connection), Glpi):
        refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "deliveries are posted here")
        return {**refused, "headers": refused["headers"] | _ALLOWED}
    own = [each for each in intake.secrets(connection.secret) if not is_public(each, intake.public)]
    for key in keys(own):
        if any_matches([token], [in_hex(key, CHALLENGE)]):
            answer = in_hex(key, token.encode())
            return {
                "statusCode": HTTPStatus.OK.value,
                "headers": {"content-type": "text/plain"},
                "body": answer,
            }
    return problem(HTTPStatus.UNAUTHORIZED, "the challenge is none of this connection's secret")
