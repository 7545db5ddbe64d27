"""Members that a connection finds by a path (JMESPath) in the helpdesk's own payload.

Helpdesks keep the customer's plan, a service or a region in fields that each account names as it likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.helpdesks import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.helpdesks.connection import Connection

_LONGEST, _LONGEST_FIELD, _MOST_ITEMS = 255, 4096, 250
_LARGEST_NUMBER = 2**53 - 1
_CUSTOM = "custom."


def members(body: Any, connection: Connection, base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the connection's paths find; a path that leads nowhere says nothing (rule 29).

    Custom fields that the adapter found itself (those of `base`) stay, but for those that a path names.
    """
    said: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, path in connection.paths.items():
        value = _found(path, body)
        if value is None:
            continue
        if name.startswith(_CUSTOM):
            custom |= _field(name.removeprefix(_CUSTOM), value)
        else:
            said |= _READ.get(name, _text)(name, value, connection)
    if custom:
        said["custom"] = {**((base or {}).get("custom") or {}), **custom}
    return said


def _found(path: str, body: Any) -> Any:
    import jmespath  # noqa: PLC0415  (few connections have paths)
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415

    try:
        return jmespath.search(path, body)
    except JMESPathError:  # a function of it is given another type than it takes: not in this payload
        return None


def _field(name: str, value: Any) -> dict[str, Any]:
    """A custom field: a single value, or a list of them; what is neither says nothing."""
    if isinstance(value, list):
        items = [item for item in map(_single, value[:_MOST_ITEMS]) if item is not None]
        return {name: items}
    single = _single(value)
    return {} if single is None else {name: single}


def _single(value: Any) -> str | float | bool | None:
    if isinstance(value, str):
        return value[:_LONGEST_FIELD]
    if isinstance(value, int | float) and (isinstance(value, bool) or abs(value) <= _LARGEST_NUMBER):
        return value
    return None


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
