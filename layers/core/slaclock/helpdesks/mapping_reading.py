"""Reading a mapping as it is written: a JSON object of expressions (JMESPath) and word maps.

It is the administrator's own, so what is wrong with it is an `InvalidMapping` that names the member. Each
expression, each map and their number are bounded.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields
from typing import Any

from slaclock.domain.offsets import zone_names
from slaclock.helpdesks.connection import PRIORITIES, STATUSES
from slaclock.helpdesks.mapping_document import (
    FORMS,
    REFERENCES,
    ROLES,
    SOURCES,
    TEXTS,
    TYPES,
    InvalidMapping,
    MappingDocument,
    Moment,
    Reply,
    Worded,
)
from slaclock.helpdesks.mapping_expressions import Expression, compiled

_MOST_WORDS, _MOST_CUSTOM = 200, 50


def read_mapping(document: Any) -> MappingDocument:
    """Read a mapping; `InvalidMapping` names the member at fault."""
    members = _object("", document)
    given = {name: value for name, value in members.items() if name != "about"}
    _only("", given, {*_READ, *TEXTS, *REFERENCES, "source", "type", "custom"})
    if given.get("source") not in SOURCES:
        raise InvalidMapping(f"the mapping's source is one of {', '.join(sorted(SOURCES))}")
    if missing := {"ticket_id", "type"} - set(given):
        raise InvalidMapping(f"the mapping has no {min(missing)}")
    custom = _object("custom", given.get("custom", {}))
    if len(custom) > _MOST_CUSTOM:
        raise InvalidMapping(f"the mapping's custom has more than {_MOST_CUSTOM} members")
    return MappingDocument(
        source=given["source"],
        type=_type(given["type"]),
        found={name: _expression(name, given[name]) for name in (*TEXTS, *REFERENCES) if name in given},
        custom={name: _expression(f"custom.{name}", path) for name, path in custom.items()},
        **{name: read(name, given[name]) for name, read in _READ.items() if name in given},
    )


def _expression(name: str, text: Any) -> Expression:
    try:
        return compiled(name, text)
    except ValueError as wrong:
        raise InvalidMapping(f"the mapping's {name} {wrong}") from None


def _moment(name: str, given: Any) -> Moment:
    if isinstance(given, str):
        return Moment(_expression(name, given))
    members = _object(name, given)
    _only(name, members, {"path", "form", "zone"})
    if members.get("form", "iso") not in FORMS:
        raise InvalidMapping(f"the mapping's {name}.form is one of {', '.join(sorted(FORMS))}")
    zone = members.get("zone")
    if zone is not None and (not isinstance(zone, str) or zone not in zone_names()):
        raise InvalidMapping(f"the mapping's {name}.zone is no time zone")
    return Moment(_expression(f"{name}.path", members.get("path")), members.get("form", "iso"), zone)


def _worded(allowed: AbstractSet[Any]) -> Callable[[str, Any], Worded]:
    ours = {str(each).lower(): each for each in allowed}

    def read(name: str, given: Any) -> Worded:
        if isinstance(given, str):
            return Worded(_expression(name, given), ours)
        members = _object(name, given)
        _only(name, members, {"path", "words", "otherwise"})
        words = _object(f"{name}.words", members.get("words", ours))
        if len(words) > _MOST_WORDS:
            raise InvalidMapping(f"the mapping's {name}.words has more than {_MOST_WORDS} members")
        meanings = [*words.values(), *([members["otherwise"]] if "otherwise" in members else [])]
        if any(not isinstance(each, str | bool) or each not in allowed for each in meanings):
            raise InvalidMapping(
                f"the mapping's {name} leads to what is not one of {', '.join(sorted(ours))}"
            )
        folded = {word.casefold(): meaning for word, meaning in words.items()}
        return Worded(_expression(f"{name}.path", members.get("path")), folded, members.get("otherwise"))

    return read


def _type(given: Any) -> Worded | None:
    if isinstance(given, str):
        if given != "snapshot":
            raise InvalidMapping('the mapping\'s type is an object, or the word "snapshot"')
        return None
    return _worded(TYPES)("type", given)


def _reply(name: str, given: Any) -> Reply:
    members = _object(name, given)
    _only(name, members, {each.name for each in fields(Reply)})
    if "when" not in members:
        raise InvalidMapping(f"the mapping's {name} has no when")
    read = {each: _of_reply(each)(f"{name}.{each}", given) for each, given in members.items()}
    return Reply(**read)


def _when(name: str, given: Any) -> Expression | Worded:
    """An expression, or a path and words, which are compared in any case."""
    return _worded({True, False})(name, given) if isinstance(given, Mapping) else _expression(name, given)


def _of_reply(member: str) -> Callable[[str, Any], Any]:
    return _READ_OF_REPLY.get(member, _expression)


def _object(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidMapping(f"the mapping{name and chr(39) + 's '}{name} is an object")
    return value


def _only(name: str, members: Mapping[str, Any], known: AbstractSet[str]) -> None:
    if strange := [str(each) for each in members if each not in known]:
        raise InvalidMapping(f"the mapping knows no member {f'{name}.' if name else ''}{min(strange)}")


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(
        ("ticket_id", "items", "ignore", "event_id", "sequence", "tags", "merged_into"), _expression
    ),
    **dict.fromkeys(("occurred_at", "created_at", "agent_replied_at", "customer_replied_at"), _moment),
    "status": _worded(STATUSES),
    "priority": _worded(PRIORITIES),
    "gone": _worded({"deleted", "merged"}),
    "reply": _reply,
}
_READ_OF_REPLY: Mapping[str, Callable[[str, Any], Any]] = {
    "when": _when,
    "at": _moment,
    "role": _worded(ROLES),
    "public": _worded({True, False}),
}
