"""Answers that routes share, by the names under which they are declared."""

from datetime import timedelta

from slaclock.links import LASTS
from slaclock.records.ack_page import HEADERS
from slaclock.records.declared import JSON, PROBLEM, Answer, problem, ref
from slaclock.records.openapi.shapes import TEXT

_HTML, _GATEWAYS = {"text/html": TEXT}, {JSON: ref("Gateways")}
_EITHER = {PROBLEM: ref("Problem"), JSON: ref("Gateways")}
_LATER = {"Retry-After": {"schema": TEXT}}
_POLICY = {"type": "string", "pattern": "^default-src 'none'; .*form-action 'self'"}

ANSWERS: dict[str, Answer] = {
    "Entered": Answer(
        "The row that was appended; of what that person posted a moment before, the row that there is.",
        {JSON: ref("CaseRow")},
    ),
    "WrongEntry": problem(
        "The body is no JSON object, a member is missing, unknown or wrong, or the agreement knows no such"
        " cause."
    ),
    "BadRequest": problem("The request can't be read; `parameter` names what is wrong, where one is."),
    "Unauthenticated": Answer(
        "API Gateway takes the token for none of its issuer's, or for one that is over; or nobody said who"
        " asks.",
        _EITHER,
    ),
    "Forbidden": Answer(
        "API Gateway does not let the caller in, the token lacks the scope, or what is asked for lies beyond"
        " the account or the customer that the caller is bound to; `parameter` then says which.",
        _EITHER,
    ),
    "UnknownCursor": problem("The cursor was given to somebody who may see something else."),
    "NotFound": Answer("There is nothing of that name.", _EITHER),
    "TooMany": Answer("API Gateway turned the call away.", _GATEWAYS),
    "Fault": Answer("A fault of ours, which was logged.", _EITHER),
    "Unavailable": Answer("Try again. A delivery was not kept.", _EITHER, _LATER),
    "Page": Answer(
        "A page for a person.",
        _HTML,
        {
            name: {
                "required": True,
                "schema": _POLICY if name == "Content-Security-Policy" else {"const": value},
            }
            for name, value in HEADERS.items()
        },
    ),
    "UnknownLink": Answer(
        "Nobody made this link, or it is long gone, or what it was for is not in the record.",
        {**_HTML, JSON: ref("Gateways")},
    ),
    "ExpiredLink": Answer(
        f"The link was good for {LASTS // timedelta(hours=1)} hours, and they are over.", _HTML
    ),
    "WrongForm": Answer("The form or the name can't be read, or is too long. Nothing was changed.", _HTML),
    "UnavailablePage": Answer("Try again.", {**_HTML, JSON: ref("Gateways")}, _LATER),
}
