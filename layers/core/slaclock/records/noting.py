"""What is recorded of requests: evidence that was shown, lists that were taken away, and refusals.

It is written before the answer is given; where it can't be, the answer is 503 and shows nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from aws_lambda_powertools.event_handler import Response

from slaclock.access.principals import NOBODY, NotAdmitted, caller_of
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.records.declared import Route
from slaclock.records.http import status_of
from slaclock.records.parameters import InvalidQuery
from slaclock.records.parts import Asked, Parts
from slaclock.store.accesses import NO_ACCOUNT, Access

KEPT_OF_NOBODY = timedelta(days=400)  # records that are no account's: anybody who may call can write them
_REFUSED = (401, 403, 404)
_TRIED = ("account", "customer", "cursor")  # parameters that a boundary is tried by: their 400s, too
_TAKEN_AWAY = ("text/csv", "application/x-ndjson")
_MOST, _LONGEST, _LONGEST_IN_PATH = 20, 256, 1024  # parameters, and characters of each
_LONGEST_ACCOUNT = 128  # characters
_NOT_KEPT = "cursor"  # it says nothing to a person


def note_answer(parts: Parts, route: Route, asked: Asked, answer: Response[str]) -> None:
    """Record an answer that shows evidence, or a list as a file."""
    kind = str(answer.content_type or "").partition(";")[0]
    if answer.status_code == 200 and route.method == "GET" and (route.noted or kind in _TAKEN_AWAY):
        _note(parts, route, asked, answer.status_code, taken=kind)


def note_refusal(parts: Parts, route: Route, asked: Asked, error: Exception) -> None:
    """Record that somebody was refused: 401, 403 and 404, and 400 for what a boundary is tried by."""
    status = status_of(error)
    if status in _REFUSED or (isinstance(error, InvalidQuery) and error.parameter in _TRIED):
        _note(parts, route, asked, status or 0, why=str(error), error=error)


def note_unknown(parts: Parts, route: Route, asked: Asked) -> None:
    """Record that what somebody may see could not be had, which is answered by 503."""
    _note(parts, route, asked, 503, why="the caller's tags can't be had")


def _note(
    parts: Parts,
    route: Route,
    asked: Asked,
    status: int,
    *,
    taken: str | None = None,
    why: str | None = None,
    error: Exception | None = None,
) -> None:
    known, now = asked.principal is not NOBODY, parts.now()
    name, by = caller_of(parts.settings.authorization, asked.event.raw_event["requestContext"])
    who = error.who if isinstance(error, NotAdmitted) else asked.principal.name if known else name
    account, bound = _account(parts, asked), asked.boundary.said if known else None
    access = Access(now, account, who, route.key, _said(route, asked), status, taken, why, by, bound)
    parts.books.note_access(access, _ends_at(parts, account, now))


def _ends_at(parts: Parts, account: str, now: datetime) -> datetime | None:
    if account == NO_ACCOUNT:
        return now + KEPT_OF_NOBODY
    keeping = parts.books.keeping(account)
    held = any(hold.ticket_id is None for hold in keeping.holds)
    return now + keeping.ledger if keeping.ledger and not held else None


def _account(parts: Parts, asked: Asked) -> str:
    """Under which account a record is filed: that of whoever is bound to one, so that it is found there.

    Of others that which was asked for, where the stack has it: nobody writes among another's by naming one.
    """
    if asked.boundary.account:
        return asked.boundary.account
    named = asked.path.get("account") or _of_id(asked.path.get("id", ""))
    named = named or asked.event.query_string_parameters.get("account")
    fits = named and len(named) <= _LONGEST_ACCOUNT
    return named if named and fits and _has(parts, named) else NO_ACCOUNT


def _has(parts: Parts, account: str) -> bool:
    """Whether the stack has an agreement or a connection of an account."""
    agreed = parts.agreements.agreements(account).versions
    return bool(agreed) or any(account == each for each, _ in parts.books.connections())


def _of_id(fact_id: str) -> str | None:
    try:
        return split_subject(split_id(fact_id)[0])[1]
    except InvalidEvent:
        return None


def _said(route: Route, asked: Asked) -> Mapping[str, str]:
    """What was asked for, as the boundary filled it in: the path first, and then the query, in bounds."""
    known = {each.name for each in route.parameters if each.where == "query"}
    filled = {name: value for name, value in asked.boundary.said.items() if value and name in known}
    query = {**filled, **asked.event.query_string_parameters}
    path = {name: _bounded(value, _LONGEST_IN_PATH) for name, value in asked.path.items()}
    kept = [(name, value) for name, value in query.items() if name not in (*path, _NOT_KEPT)]
    rest = {name[:_LONGEST]: _bounded(value, _LONGEST) for name, value in kept[: _MOST - len(path)]}
    return {**path, **rest}


def _bounded(value: str, longest: int) -> str:
    """A value whole; of a long one its beginning, and by what the whole is known."""
    digest = hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()
    return value if len(value) <= longest else f"{value[:_LONGEST]}… sha256:{digest}"
