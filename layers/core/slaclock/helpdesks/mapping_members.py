"""Members of a ticket as a mapping finds them: instants, ids, words and texts.

What an expression does not find is unknown (rule 29). It says that there is none by finding "", 0, [] or {}:
`assigned_to || ''`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import paths, times, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.mapping_document import REFERENCES, TEXTS, MappingDocument, Moment, Worded
from slaclock.helpdesks.mapping_expressions import Expression
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.times import Choice

_LONGEST, _MOST_NAMES = 255, 20
_NONE: tuple[Any, ...] = ("", "0", [], {})


def attributes(body: Any, ticket_id: str, mapping: MappingDocument, connection: Connection) -> dict[str, Any]:
    """What a body tells of its ticket but when it was created; what the connection's own paths find wins."""
    members: dict[str, Any] = dict(words.url(ticket_id, connection))
    for name, path in (("status", mapping.status), ("priority", mapping.priority)):
        members |= _worded(name, path, body, connection)
    for name in TEXTS:
        if value := text(mapping.found.get(name), body):
            members[name] = value
    for name in REFERENCES:
        members |= _reference(name, mapping.found.get(name), body, connection)
    members |= _tags(mapping.tags, body)
    if custom := {
        name: value for name, path in mapping.custom.items() if (value := _custom(path, body)) is not None
    }:
        members["custom"] = custom
    return members | paths.members(body, connection)


def instant(
    name: str, moment: Moment | None, body: Any, connection: Connection, choice: Choice
) -> datetime | None:
    """An instant, in the form that the mapping names; empty text is none.

    The choice is between the two that a local time may be when clocks go back.
    """
    found = moment.path.of(body) if moment else None
    if moment is None or found is None or found == "":
        return None
    if moment.form == "iso":
        return times.local(Members({name: found}), name, moment.zone or connection.timezone, choice)
    if isinstance(found, str) and re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", found):
        found = float(found)  # templates write numbers as text
    read = times.seconds if moment.form == "seconds" else times.milliseconds
    return read(Members({name: found}), name)


def meaning(worded: Worded, body: Any) -> Any:
    """What a word of theirs means to us; None where nothing says."""
    found = worded.path.of(body, said=True)
    return (
        worded.otherwise
        if found is None
        else worded.words.get(_word(found, worded.path).casefold(), worded.otherwise)
    )


def text(expression: Expression | None, body: Any, limit: int = _LONGEST) -> str | None:
    """A text or a number as text, cut at a limit."""
    found = expression.of(body) if expression else None
    return None if expression is None or found is None else _word(found, expression)[:limit]


def names(expression: Expression | None, body: Any) -> list[str]:
    """Somebody's names: an id, a login, a mail address, or a list of those."""
    found = expression.of(body) if expression else None
    given = found if isinstance(found, list) else [found]
    return [str(each) for each in given[:_MOST_NAMES] if isinstance(each, str | int) and each]


def _worded(name: str, worded: Worded | None, body: Any, connection: Connection) -> dict[str, Any]:
    word = text(worded.path if worded else None, body)
    if worded is None or word is None:
        return {}
    ask = words.status if name == "status" else words.priority
    return ask(word, connection, worded.words)


def _reference(name: str, expression: Expression | None, body: Any, connection: Connection) -> dict[str, Any]:
    found = expression.of(body) if expression else None
    if expression is None or found is None:
        return {}
    if found in _NONE or (isinstance(found, int) and found == 0):
        return {name: None}
    members = Members(found if isinstance(found, Mapping) else {"id": found}, expression.pointer)
    identity, title = members.identity("id"), members.text("name")
    return (
        words.customer(identity, connection, title)
        if name == "customer"
        else {name: words.reference(identity, title)}
    )


def _tags(expression: Expression | None, body: Any) -> dict[str, Any]:
    found = expression.of(body) if expression else None
    if expression is None or found is None:
        return {}
    if isinstance(found, str):
        found = [tag.strip() for tag in found.split(",") if tag.strip()]
    return {"tags": Members({"tags": found}).texts("tags") or []}


def _custom(expression: Expression, body: Any) -> Any:
    found = expression.of(body, said=True)
    if isinstance(found, list):
        return [_single(each, expression) for each in found[:_MOST_NAMES]]
    return _single(found, expression)


def _single(value: Any, expression: Expression) -> Any:
    if isinstance(value, list | dict):
        raise InvalidEvent("is no single value", expression.pointer)
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, int | float) and abs(value) >= 2**53:
        return str(value)[:_LONGEST]
    return value


def _word(found: Any, expression: Expression) -> str:
    """A word: text, true or false, or a whole number, whose codes helpdesks use as words."""
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not isinstance(found, str | int):
        raise InvalidEvent("is of another type than it should be", expression.pointer)
    return str(found).strip()
