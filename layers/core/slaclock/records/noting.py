"""What is recorded of requests: evidence that was shown, lists that were taken away, and refusals.

It is written before the answer is given; where it can't be, the answer is 503 and shows nothing.
"""

from aws_lambda_powertools.event_handler import Response

from slaclock.access.boundary import NotTheirs, OutOfBounds
from slaclock.access.principals import NoPrincipal, NotAdmitted
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.records.declared import Route
from slaclock.records.http import problem_of
from slaclock.records.parts import Asked, Parts
from slaclock.store.accesses import NO_ACCOUNT, Access

REFUSALS = (NoPrincipal, NotAdmitted, OutOfBounds, NotTheirs)
_TAKEN_AWAY = ("text/csv", "application/x-ndjson")
_MOST, _LONGEST, _LONGEST_ACCOUNT = 20, 256, 128  # parameters, and characters of each; of an account
_NOT_KEPT = "cursor"  # it says nothing to a person


def note_answer(parts: Parts, route: Route, asked: Asked, answer: Response[str]) -> None:
    """Record an answer that shows evidence, or a list as a file."""
    kind = str(answer.content_type or "").partition(";")[0]
    if answer.status_code == 200 and route.method == "GET" and (route.noted or kind in _TAKEN_AWAY):
        _note(parts, route, asked, answer.status_code, asked.principal.name, taken=kind)


def note_refusal(parts: Parts, route: Route, asked: Asked, error: Exception) -> None:
    """Record that somebody was refused."""
    who = error.who if isinstance(error, NotAdmitted) else asked.principal.name
    _note(parts, route, asked, problem_of(error).status_code, who, why=str(error))


def _note(
    parts: Parts,
    route: Route,
    asked: Asked,
    status: int,
    who: str | None,
    *,
    taken: str | None = None,
    why: str | None = None,
) -> None:
    account, now = _account(asked), parts.now()
    keeping = parts.store.keeping(account)
    held = any(hold.ticket_id is None for hold in keeping.holds)
    ends_at = now + keeping.ledger if keeping.ledger and not held else None
    access = Access(now, account, who, route.key, _said(asked), status, taken, why)
    parts.store.note_access(access, ends_at)


def _account(asked: Asked) -> str:
    """Whose records were asked for, as far as the request or the boundary says so."""
    named = asked.path.get("account") or _of_id(asked.path.get("id", ""))
    named = named or asked.event.query_string_parameters.get("account") or asked.boundary.account
    return named if named and len(named) <= _LONGEST_ACCOUNT and named.isprintable() else NO_ACCOUNT


def _of_id(fact_id: str) -> str | None:
    try:
        return split_subject(split_id(fact_id)[0])[1]
    except InvalidEvent:
        return None


def _said(asked: Asked) -> dict[str, str]:
    """The parameters of path and query, bounded, for whoever asks writes them."""
    given = {**asked.event.query_string_parameters, **asked.path}
    kept = [(name, value) for name, value in given.items() if name != _NOT_KEPT][:_MOST]
    return {name[:_LONGEST]: value[:_LONGEST] for name, value in kept}
