"""What a client asks of a team's queue, read from query parameters and bounded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from slaclock.records.cursor import Cursors, InvalidCursor, mark_of
from slaclock.records.parameters import InvalidQuery, checked, limit_of
from slaclock.store.contract import Place

LIMIT, MOST = 25, 100  # DynamoDB reads a hundred items in a batch
NO_TEAM = "-"
_NEEDED = {
    "account": "needed: whose tickets?",
    "team": f"needed: a team's id, or its name where it has none; {NO_TEAM} for tickets without a team",
}
_KNOWN = (*_NEEDED, "limit", "cursor")
_PLACE = re.compile(
    r"(~|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)#([a-z]{1,20}#[^#]{1,1200}#[^#]+)", re.ASCII | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """The first `limit` open tickets of a team's queue, or those after a place.

    `mark` tells this query from others, so that a cursor can't be taken from one to another.
    """

    account: str
    team: str
    limit: int
    mark: str
    cursors: Cursors
    after: Place | None = None

    def cursor(self, place: Place) -> str:
        """An opaque cursor that goes on after a place."""
        return self.cursors.make(self.mark, f"{place.order}#{place.subject}")


def parse_queue_query(parameters: Mapping[str, str], cursors: Cursors) -> QueueQuery:
    """Read query parameters; `InvalidQuery` names the one that is wrong.

    `account` and `team` are needed. `team` is the team's id, or its name where it has none; `-` stands for
    the tickets that no team has, so that nobody takes those for all of them.
    """
    checked(parameters, _KNOWN, _NEEDED)
    for name, needed in _NEEDED.items():
        if name not in parameters:
            raise InvalidQuery(name, needed)
    mark = mark_of(parameters)
    return QueueQuery(
        parameters["account"],
        parameters["team"],
        limit_of(parameters, LIMIT, MOST),
        mark,
        cursors,
        _after(parameters, mark, cursors),
    )


def _after(parameters: Mapping[str, str], mark: str, cursors: Cursors) -> Place | None:
    if not (text := parameters.get("cursor", "")):
        return None
    try:
        found = _PLACE.fullmatch(cursors.place(text, mark, _PLACE))
    except InvalidCursor as error:
        raise InvalidQuery("cursor", str(error)) from None
    return Place(found[1], found[2]) if found else None
