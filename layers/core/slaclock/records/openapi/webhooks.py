"""The routes of the `webhook` function: helpdesks deliver here, and ask first."""

from slaclock.records.declared import JSON, Answer, Body, Parameter, Route, in_path, problem, ref
from slaclock.records.openapi.shapes import TEXT

_WEBHOOK, _TAG, _FUNCTION = "/webhooks/{connection}", "webhooks", "webhook"
_CONNECTION = in_path(
    "connection",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
    "A connection's id, which nobody can guess.",
    "zendesk-local",
)
_ALLOWED = {"const": "POST, OPTIONS, HEAD"}

_DELIVERY = Route(
    "POST",
    _WEBHOOK,
    "deliver",
    "A helpdesk's delivery comes in",
    {
        202: Answer(
            "Taken in, known already, of no concern, or kept for a person to look at.", {JSON: ref("Receipt")}
        ),
        400: "BadRequest",
        401: problem("No secret of the connection signed these bytes, or not lately."),
        404: "NotFound",
        413: Answer(
            "API Gateway hands nothing on that is larger than Lambda takes, some 4.5 MB.",
            {JSON: ref("Gateways")},
        ),
        422: problem("A sender of canonical events made a mistake; `pointer` names the member."),
    },
    scope=None,
    description=(
        "The body is what the connection's kind of helpdesk sends, of any media type, signed as that"
        " helpdesk signs: see docs/helpdesks.md. A delivery that can't be mapped is kept, and answered with"
        " 202; so is one of more than 1 MiB."
    ),
    parameters=(_CONNECTION,),
    body=Body({"*/*": {}}),
    tag=_TAG,
    function=_FUNCTION,
)
_PERMISSION = Route(
    "OPTIONS",
    _WEBHOOK,
    "askToDeliver",
    "A sender of CloudEvents asks whether it may post, and how often",
    {
        200: Answer(
            "The connection exists.",
            headers={
                "Allow": {"schema": _ALLOWED},
                "WebHook-Allowed-Origin": {
                    "description": "Who may post, where somebody asked by name.",
                    "schema": TEXT,
                },
                "WebHook-Allowed-Rate": {
                    "description": "Deliveries a minute.",
                    "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"},
                },
            },
        ),
        404: "NotFound",
    },
    scope=None,
    description="The handshake of CloudEvents' webhooks. Who does not ask by name is permitted nothing.",
    parameters=(
        _CONNECTION,
        Parameter("WebHook-Request-Origin", TEXT, "Who asks.", "eventemitter.example.com", "header"),
        Parameter(
            "WebHook-Request-Rate", TEXT, "Deliveries a minute that it would like to post.", "120", "header"
        ),
    ),
    tag=_TAG,
    function=_FUNCTION,
)
_PRESENCE = Route(
    "HEAD",
    _WEBHOOK,
    "isAnybodyThere",
    "A helpdesk asks whether the address takes deliveries",
    {
        200: Answer("The connection exists.", headers={"Allow": {"schema": _ALLOWED}}),
        404: Answer("Nothing is connected under this id."),
        429: Answer("Too many requests."),
        500: Answer("A fault of ours."),
        503: Answer("Try again later."),
    },
    scope=None,
    description="Intercom does before it takes an address.",
    parameters=(_CONNECTION,),
    tag=_TAG,
    function=_FUNCTION,
)
_CHALLENGE = Route(
    "GET",
    _WEBHOOK,
    "challenge",
    "GLPI asks whether whoever is there knows its secret",
    {
        200: Answer(
            "The token, signed by the connection's secret in hexadecimal digits.",
            {"text/plain": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
        ),
        401: problem("The token is none of this connection's secret."),
        404: "NotFound",
        405: Answer(
            "Nobody asked anything, or not a connection of GLPI.",
            problem("").content,
            {"Allow": {"required": True, "schema": _ALLOWED}},
        ),
    },
    scope=None,
    parameters=(_CONNECTION, Parameter("crc_token", TEXT, "GLPI's signature of a known word.")),
    tag=_TAG,
    function=_FUNCTION,
)

WEBHOOK_ROUTES = (_DELIVERY, _PERMISSION, _PRESENCE, _CHALLENGE)
