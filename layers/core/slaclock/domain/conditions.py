"""Conditions on a ticket's members: what `applies_to`, metrics and the scopes of exclusions are written in.

A condition is a mapping whose entries must all hold. A member (`plan`, `custom.site`) is tested by `any`,
`all`, `not` (lists of values) and `known`; the keys `any`, `all` and `not` join further conditions. An
unknown member makes its test unknown, neither true nor false, so that `not` of it does not match either
(rule 24).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Condition = Mapping[str, Any]
Attributes = Mapping[str, Any]
Judge = Callable[[Attributes], bool | None]

JOINS = frozenset({"any", "all", "not"})
_UNKNOWN = "unknown"


def holds(condition: Condition, attributes: Attributes) -> bool | None:
    """Whether a condition holds for a ticket; None where what it asks for is unknown."""
    return compiled(condition)(attributes)


def compiled(condition: Condition) -> Judge:
    """Make a function of a condition that is asked often."""
    judges = [_joined(key, part) if key in JOINS else _member(key, part) for key, part in condition.items()]
    return judges[0] if len(judges) == 1 else lambda attributes: _every(judge(attributes) for judge in judges)


def members_read(condition: Condition) -> frozenset[str]:
    """The ticket's members that a condition reads; a custom field is read of `custom`."""
    return frozenset(key.split(".")[0] for key in keys_read(condition))


def keys_read(condition: Condition) -> frozenset[str]:
    """The members and custom fields that a condition reads, `custom.site` by its whole name."""
    keys: set[str] = set()
    for key, part in condition.items():
        keys.update(*map(keys_read, _parts(part))) if key in JOINS else keys.add(key)
    return frozenset(keys)


def size(condition: Condition) -> int:
    """How many tests a condition makes: what makes an agreement more specific than another."""
    return sum(sum(map(size, _parts(part))) if key in JOINS else 1 for key, part in condition.items())


def failing(condition: Condition, attributes: Attributes) -> list[str]:
    """Why a condition does not hold, for people: `plan is basic, not one of gold, silver`."""
    reasons = []
    for key, part in condition.items():
        if (_joined(key, part) if key in JOINS else _member(key, part))(attributes):
            continue
        if key == "all":
            reasons += [reason for each in part for reason in failing(each, attributes)]
        else:
            reasons.append(_excuse(key, part, attributes))
    return reasons


def value_of(key: str, attributes: Attributes) -> Any:
    """What a ticket says for a member, or for a custom field."""
    if key.startswith("custom."):
        custom = attributes.get("custom")
        return custom.get(key[7:]) if isinstance(custom, Mapping) else None
    return attributes.get(key)


def values_of(key: str, attributes: Attributes) -> set[str] | None:
    """The names by which a member can be matched: a reference's id and name, each tag; None: unknown."""
    value = value_of(key, attributes)
    if value is None:
        return None
    if isinstance(value, dict):
        return {text_of(part) for part in (value.get("id"), value.get("name")) if part is not None} or None
    return {text_of(item) for item in value} if isinstance(value, (list, tuple)) else {text_of(value)}


def text_of(value: Any) -> str:
    """A value as documents write it: `true`, `3` (also for 3.0), or its text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _every(judged: Iterable[bool | None]) -> bool | None:
    unknown = False
    for each in judged:
        if each is False:
            return False
        unknown = unknown or each is None
    return None if unknown else True


def _joined(key: str, part: Any) -> Judge:
    judges = [compiled(each) for each in _parts(part)]
    if key == "all":
        return lambda attributes: _every(judge(attributes) for judge in judges)
    if key == "any":
        return lambda attributes: _not(_every(_not(judge(attributes)) for judge in judges))
    return lambda attributes: _not(judges[0](attributes))


def _not(judged: bool | None) -> bool | None:  # noqa: FBT001  (it is what is turned round)
    return None if judged is None else not judged


def _member(key: str, test: Mapping[str, Any]) -> Judge:
    if test.keys() == {"any"} and not key.startswith("custom."):
        return _one_of(key, frozenset(map(str, test["any"])))
    one_of, every, none_of = (frozenset(map(str, test.get(word, ()))) for word in ("any", "all", "not"))
    known = test.get("known")

    def judge(attributes: Attributes) -> bool | None:
        values = values_of(key, attributes)
        if known is not None and known != (values is not None):
            return False
        if values is None:
            return True if test.keys() == {"known"} else None
        return (
            (not one_of or not values.isdisjoint(one_of))
            and values.issuperset(every)
            and values.isdisjoint(none_of)
        )

    return judge


def _one_of(key: str, names: frozenset[str]) -> Judge:
    """The commonest test, made fast: a plain member is one of a few."""

    def judge(attributes: Attributes) -> bool | None:
        value = attributes.get(key)
        if type(value) is str:
            return value in names
        values = values_of(key, attributes)
        return None if values is None else not values.isdisjoint(names)

    return judge


def _parts(part: Any) -> Sequence[Condition]:
    return [part] if isinstance(part, Mapping) else part


def _excuse(key: str, part: Any, attributes: Attributes) -> str:
    if key == "any":
        return "none of: " + "; or ".join(" and ".join(failing(each, attributes)) for each in part)
    if key == "not":
        judged = compiled(part)(attributes)
        named = ", ".join(sorted(keys_read(part)))
        return f"{named} is unknown" if judged is None else f"{named} is one that it leaves out"
    values = values_of(key, attributes)
    found = _UNKNOWN if values is None else ", ".join(sorted(values)) or "empty"
    return f"{key} is {found}, not {_wanted(part)}"


def _wanted(test: Mapping[str, Any]) -> str:
    said = []
    if test.get("any"):
        said.append(
            f"one of {', '.join(map(str, test['any']))}" if len(test["any"]) > 1 else str(test["any"][0])
        )
    if test.get("all"):
        said.append(f"all of {', '.join(map(str, test['all']))}")
    if test.get("not"):
        said.append(f"anything but {', '.join(map(str, test['not']))}")
    if "known" in test:
        said.append("known" if test["known"] else _UNKNOWN)
    return " and ".join(said)
