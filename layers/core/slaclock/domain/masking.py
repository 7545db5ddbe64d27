"""What is not shown of a ticket: what its own fields hold, and who works on it.

A helpdesk's own fields may hold anything, and an assignee is a person. Of these only the values that an
agreement names are shown; any other stands as `another value`. No agreement names that one, so a condition
judges the masked ticket as it judges the ticket.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.conditions import JOINS, Condition, text_of

OTHER = "another value"
_TESTS = ("any", "all", "not")


def masked(attributes: Mapping[str, Any], versions: Iterable[Agreement]) -> dict[str, Any]:
    """A ticket's members, with what is nobody else's business replaced."""
    named = _named(versions)
    custom = attributes.get("custom")
    shown = dict(attributes)
    if isinstance(custom, Mapping):
        shown["custom"] = {
            name: _of(value, named.get(f"custom.{name}", set())) for name, value in custom.items()
        }
    if shown.get("assignee") is not None:
        shown["assignee"] = _of(shown["assignee"], named.get("assignee", set()))
    return shown


def _of(value: Any, named: set[str]) -> Any:
    if value is None:
        return None
    if isinstance(value, Mapping):
        seen = {name: value.get(name) for name in ("id", "name") if text_of(value.get(name)) in named}
        return seen or (
            {"name": OTHER} if value.get("id") is not None or value.get("name") is not None else {}
        )
    if isinstance(value, (list, tuple)):
        return [each if text_of(each) in named else OTHER for each in value]
    return value if text_of(value) in named else OTHER


def _named(versions: Iterable[Agreement]) -> dict[str, set[str]]:
    """The values that agreements name, by the member that they are of."""
    named: dict[str, set[str]] = {}
    for each in versions:
        for key, values in values_in(each):
            named.setdefault(key, set()).update(values)
    return named


def values_in(version: Agreement) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each member that a version asks for, by `applies_to`, tables or metrics, with values it names."""
    yield from values_of_condition(version.applies_to)
    yield from _in_tables(version)
    yield from _in_metrics(version)


def values_of_condition(condition: Condition) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each member that a condition tests, at any depth, with the values that it names."""
    for key, part in condition.items():
        if key not in JOINS:
            yield key, [str(value) for test in _TESTS for value in part.get(test, ())]
            continue
        for each in [part] if isinstance(part, Mapping) else part:
            yield from values_of_condition(each)


def _in_metrics(agreement: Agreement) -> Iterator[tuple[str, Iterable[str]]]:
    """Those of its own metrics; the ones that all know name no value of a field."""
    for metric in agreement.custom_metrics.values():
        for part in (*metric.declared.values(), metric.declared.get("cancel", {}).get("when")):
            if isinstance(part, Mapping) and not part.keys() & {"at", "when"}:
                yield from values_of_condition(part)


def _in_tables(agreement: Agreement) -> Iterator[tuple[str, Iterable[str]]]:
    for target in agreement.targets.values():
        goal = (target.goal.budgets,) if target.goal else ()
        yield from ((table.by, table.texts) for table in (target.budgets, target.calendars, *goal))
