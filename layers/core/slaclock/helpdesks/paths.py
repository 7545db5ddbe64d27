"""Members that a connection finds by a path (JMESPath) in the helpdesk's own payload.

Helpdesks keep the customer's plan, a service or a region in fields that each account names as it likes.
"""

from collections.abc import Callable
from typing import Any

from slaclock.helpdesks import words
from slaclock.helpdesks.connection import Connection

_LONGEST = 255


def members(body: Any, connection: Connection) -> dict[str, Any]:
    """What the connection's paths find; a path that leads nowhere says nothing (rule 29)."""
    if not connection.paths:
        return {}
    import jmespath  # noqa: PLC0415  (few connections have paths)

    found = {name: jmespath.search(path, body) for name, path in connection.paths.items()}
    said: dict[str, Any] = {}
    for name, value in found.items():
        if value is not None:
            said |= _READ.get(name, _text)(name, value, connection)
    return said


def _text(name: str, value: Any, _: Connection) -> dict[str, Any]:
    text = _plain(value)
    return {} if text is None else {name: text}


def _reference(name: str, value: Any, _: Connection) -> dict[str, Any]:
    identity, title = _named(value)
    return {} if identity is None and title is None else {name: words.reference(identity, title)}


def _customer(_: str, value: Any, connection: Connection) -> dict[str, Any]:
    identity, title = _named(value)
    return {} if identity is None and title is None else words.customer(identity, connection, title)


def _named(value: Any) -> tuple[str | None, str | None]:
    """An id and a name: of an object that has them, or of text, which is an id."""
    if isinstance(value, dict):
        return _plain(value.get("id")), _plain(value.get("name"))
    return _plain(value), None


def _plain(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:_LONGEST] or None


_READ: dict[str, Callable[[str, Any, Connection], dict[str, Any]]] = {
    "team": _reference,
    "customer": _customer,
}
