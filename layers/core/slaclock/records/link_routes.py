"""The page behind a link, for people who were told of a breach: open to whoever has the link."""

from datetime import timedelta

from slaclock.links import LASTS, LENGTH
from slaclock.records.ack_form import LARGEST
from slaclock.records.ack_http import followed
from slaclock.records.ack_page import LONGEST_NAME
from slaclock.records.declared import Answer, Body, Route, in_path

_LINK = "/ack/{token}"
_TOKEN = in_path(
    "token",
    {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{{LENGTH}}}$"},
    f"{LENGTH} characters, as a message has them. They are good for {LASTS // timedelta(hours=1)} hours.",
)
_FORM = {
    "type": "object",
    "properties": {
        "name": {
            "type": "string",
            "maxLength": LONGEST_NAME,
            "description": "A name on one line, or nothing.",
        }
    },
}
_LOOKED_AT: dict[int, Answer | str] = {
    200: "Page",
    404: "UnknownLink",
    410: "ExpiredLink",
    503: "UnavailablePage",
}

LINK_ROUTES = (
    Route(
        "GET",
        _LINK,
        "openLink",
        "What a link leads to",
        _LOOKED_AT,
        handler=followed,
        scope=None,
        description=(
            "A page with a button while the breach waits for somebody; else one that says what became of it."
            " It changes nothing, whoever opens it: mail scanners follow links."
        ),
        parameters=(_TOKEN,),
        tag="links",
    ),
    Route(
        "HEAD",
        _LINK,
        "lookAtLink",
        "The same without the page",
        _LOOKED_AT,
        handler=followed,
        scope=None,
        parameters=(_TOKEN,),
        tag="links",
    ),
    Route(
        "POST",
        _LINK,
        "useLink",
        "Take in hand what a link is for",
        {
            **_LOOKED_AT,
            400: "WrongForm",
            409: Answer("The breach has ended, or was withdrawn.", {"text/html": {"type": "string"}}),
            413: "WrongForm",
            415: "WrongForm",
            422: "WrongForm",
        },
        handler=followed,
        scope=None,
        description=(
            "What the page's button sends. Who was first has the breach; pressing it again says who that is,"
            " and changes nothing. The record says that the name is claimed: a link proves that somebody has"
            " it, not who that is."
        ),
        parameters=(_TOKEN,),
        body=Body({"application/x-www-form-urlencoded": _FORM}, f"At most {LARGEST >> 10} KiB."),
        tag="links",
    ),
)
