"""The calendars of an agreement document, checked piece by piece so that each mistake has its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.checks import Check, Schema, items, mapping, matching, members
from slaclock.agreements.holidays import is_listed
from slaclock.agreements.nodes import Items, Members, Node, Scalar, plain
from slaclock.agreements.values import IDENTIFIER, text
from slaclock.domain.calendar import Calendar
from slaclock.domain.errors import InvalidCalendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.problems import Problems

Spec = dict[str, Any]

_ALWAYS: Spec = {"timezone": "UTC", "hours": "24x7"}
# for hours such as `sun: []`, which by themselves would never open
_ONE_DAY: Spec = {"timezone": "UTC", "exceptions": {"2000-01-01": ["00:00-24:00"]}}

_COUNTRY = members(
    {
        "country": matching("[A-Z]{2}", "a country's two capital letters, such as DK"),
        "subdivision": matching(
            "[A-Z0-9]{1,6}", "a subdivision of ISO 3166-2 without its country, such as BY"
        ),
    },
    required={"country": "a country's two capital letters, such as DK"},
)


# What `Calendar` says of windows and days, in the words of JSON Schema.
_TIME = "(?:[01][0-9]|2[0-4]):[0-5][0-9]"
_WINDOWS: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^ *{_TIME} *- *{_TIME} *$", "examples": ["08:00-17:00"]},
    "maxItems": 48,
}
_WEEKDAY = "(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un|MON|TUE|WED|THU|FRI|SAT|SUN)"
_HOURS: Schema = {
    "anyOf": [
        {"const": "24x7"},
        {
            "type": "object",
            "propertyNames": {"pattern": f"^ *{_WEEKDAY}(?:-{_WEEKDAY})? *$"},
            "additionalProperties": _WINDOWS,
        },
    ],
}
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _as_written(schema: Schema) -> Check:
    return Check(lambda node, _: plain(node), schema)


def _known(node: Node, country: Any, problems: Problems) -> Any:
    """A country of which nobody lists official days is told with the other mistakes, not at publication."""
    name, subdivision = country["country"], country.get("subdivision")
    if not is_listed(name, subdivision):
        name = f"{name}-{subdivision}" if subdivision else name
        problems.add(node.place, f"holidays: no official days are known for {name!r}")
    return country


def _holiday(node: Node, problems: Problems) -> Any:
    return _COUNTRY.then(_known)(node, problems) if isinstance(node, Members) else plain(node)


_HOLIDAY = Check(
    _holiday,
    {"anyOf": [{"type": "string", "pattern": f"^(?:{_DATE}|[0-9]{{2}}-[0-9]{{2}})$"}, _COUNTRY.schema]},
)
_SHAPE = members(
    {
        "timezone": text(64).said("The zone whose wall clock the hours are read on.", "Europe/Copenhagen"),
        "hours": _as_written(_HOURS).said("24x7, or windows by weekday.", {"mon-fri": ["09:00-17:00"]}),
        "holidays": items(_HOLIDAY, at_most=1000).said(
            "Days without hours: a date, a day of every year, or a country's official days.",
            ["2026-12-24", "12-25", {"country": "DK"}],
        ),
        "exceptions": mapping(
            _as_written({"pattern": f"^{_DATE}$"}), _as_written(_WINDOWS), at_most=1000
        ).said("Other hours for one date; they beat a holiday.", {"2026-12-23": ["08:00-12:00"]}),
    },
    required={"timezone": "a time zone such as Europe/Copenhagen", "hours": "24x7, or windows by weekday"},
)


def _calendar(node: Node, problems: Problems) -> Any:
    """Check a calendar's shape, then each piece of it alone by the rules of `Calendar`, then the whole."""
    before = len(problems.found)
    spec = _SHAPE(node, problems)
    for place, piece in _pieces(node):
        _try(piece, place, problems)
    if len(problems.found) == before:
        _try(_explicit(spec), node, problems)
    return spec


def _explicit(spec: Spec) -> Spec:
    """Give the spec as the domain takes it: without the countries, whose days are resolved when frozen."""
    days = [day for day in spec.get("holidays", ()) if not isinstance(day, dict)]
    return spec | ({"holidays": days} if "holidays" in spec else {})


def _pieces(node: Node) -> Iterator[tuple[Node, Spec]]:
    """Give every piece that can be judged alone, as the smallest calendar that has it."""
    for member, (_, value) in node.members.items() if isinstance(node, Members) else ():
        if member == "timezone" and isinstance(value, Scalar) and value.text:
            yield value, {"timezone": value.text, "hours": "24x7"}
        if member == "hours":
            yield from ((part, _ONE_DAY | {"hours": hours}) for part, hours in _parts(value))
        if member == "exceptions" and isinstance(value, Members):
            yield from ((part, _ALWAYS | {"exceptions": hours}) for part, hours in _parts(value))
        if member == "holidays" and isinstance(value, Items):
            days = (day for day in value.items if isinstance(day, Scalar))
            yield from ((day, _ALWAYS | {"holidays": [day.text]}) for day in days)


def _parts(node: Node) -> Iterator[tuple[Node, Any]]:
    """Give each entry of a mapping as a mapping of its own, and anything else whole."""
    if not isinstance(node, Members) or not node.members:
        yield node, plain(node)
        return
    for name, (_, value) in node.members.items():
        yield value, {name: plain(value)}


def _try(spec: Spec, node: Node, problems: Problems) -> None:
    try:
        Calendar.from_spec(spec)
    except InvalidCalendar as error:
        problems.add(node.place, str(error))


CALENDARS = mapping(IDENTIFIER, Check(_calendar, _SHAPE.schema), at_most=20, at_least=1)
