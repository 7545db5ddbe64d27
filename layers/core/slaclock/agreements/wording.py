"""What a frozen agreement says, in words that people outside the trade read: conditions, budgets, rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slaclock.agreements.tables import DEFAULT, KNOWN, SEVERAL
from slaclock.agreements.values import NO_BUDGET
from slaclock.domain.durations import parse_duration
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.taxonomy import CAUSES, cause_words
from slaclock.domain.zones import zone

Frozen = Mapping[str, Any]

_NAMES = {"ticket_type": "type", "tags": "tags"}


def listed(values: Sequence[str], last: str = "or") -> str:
    """Write a list: `a`, `a or b`, `a, b or c`.

    >>> listed(["a", "b", "c"], "and")
    'a, b and c'
    """
    return f" {last} ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else values)


def causes_words(frozen: Frozen) -> str:
    """Say what a breach may be put down to.

    >>> causes_words({"causes": ["staffing", "unforeseen-event"]})
    'staffing or unforeseen event'
    """
    return listed([cause_words(each) for each in frozen.get("causes", CAUSES)])


def condition_words(condition: Frozen) -> str:
    """Say what a condition asks for; one that asks for nothing holds for every ticket.

    >>> condition_words({"customer": {"any": ["acme"]}, "tags": {"not": ["spam", "test"]}})
    'customer is acme and tags include neither spam nor test'
    """
    return " and ".join(_part(key, part) for key, part in condition.items()) or "every ticket"


def budget_words(text: str) -> str:
    """Say what a budget counts: `8h of working time`, `2 working days`, `2h of elapsed time`.

    >>> [budget_words(text) for text in ("8h", "1d", "2h wall")]
    ['8h of working time', '1 working day', '2h of elapsed time']
    >>> [budget_words(text) for text in ("2d end of day", "end of day of custom.due")]
    ['2 working days, to the end of that day', 'by the end of the day in custom.due; nothing pauses it']
    """
    if text == NO_BUDGET:
        return "no promise: no clock runs"
    budget = parse_duration(text)
    if budget.unit == "days":
        close = ", to the end of that day" if budget.end_of_day else ""
        return f"{budget.days} working day{'' if budget.days == 1 else 's'}{close}"
    if budget.unit == "date":
        return f"by {'the end of ' if budget.end_of_day else ''}{budget.text.removeprefix('end of day of ')}"
    if budget.unit == "field":
        due = "the end of the day" if budget.end_of_day else "the date or time"
        return f"by {due} in {budget.field}; nothing pauses it"
    return f"{text.removesuffix(' wall')} of {'elapsed' if budget.unit == 'wall' else 'working'} time"


def length_words(text: str) -> str:
    """Say what a delay counts: `30m of working time`, `2h of elapsed time`."""
    return f"{text.removesuffix(' wall')} of {'elapsed' if text.endswith(' wall') else 'working'} time"


def reminder_words(text: str, what: str = "deadline") -> str:
    """Say when a reminder is told.

    >>> reminder_words("75%"), reminder_words("0m before", "goal")
    ('when 75% of the budget is worked', 'at the goal itself')
    """
    if text.endswith("%"):
        return f"when {text} of the budget is worked"
    before = text.removesuffix(" before")
    return f"at the {what} itself" if before == "0m" else f"{length_words(before)} before the {what}"


def value_words(by: str, value: str, *, alone: bool = False) -> str:
    """Say which tickets a row of a table is for: `urgent tickets`, `tickets with region emea`.

    >>> value_words("priority", "urgent"), value_words("region", "default"), value_words("priority", "none")
    ('urgent tickets', 'all other tickets', 'tickets without a priority')
    """
    if value == DEFAULT:
        return "all tickets" if alone else "all other tickets"
    if value == "none":
        return f"tickets without a {member_words(by)}"
    return f"{value} tickets" if by == "priority" else f"tickets with {member_words(by)} {value}"


def covered_words(by: str, named: Collection[str]) -> str:
    """Say whom the default of a table is for, beside the values that are named.

    >>> covered_words("priority", ["urgent", "high"])
    'normal tickets, low tickets and tickets without a priority'
    >>> covered_words("plan", ["gold", "silver"])
    'all tickets but those with plan gold or silver'
    """
    named = [value for value in named if value != DEFAULT]
    if not named:
        return "all tickets"
    if by in KNOWN:
        return listed([value_words(by, value) for value in KNOWN[by] if value not in named], "and")
    return f"all tickets but those with {member_words(by)} {listed(named)}"


def order_words(by: str) -> str:
    """Say what the order of a table means, where a ticket may have several of its values.

    >>> order_words("tags"), order_words("custom.site")
    ('of several tags, the first listed counts', 'of several values of custom.site, the first listed counts')
    """
    what = member_words(by)
    return f"of several {what if by == SEVERAL else f'values of {what}'}, the first listed counts"


def country_words(country: Frozen) -> str:
    """Name a country, or a part of one.

    >>> country_words({"country": "DE", "subdivision": "BY"})
    'DE-BY'
    """
    return "-".join(country[part] for part in ("country", "subdivision") if part in country)


def member_words(member: str) -> str:
    """Name a ticket's member."""
    return _NAMES.get(member, member)


def instant_words(text: str, timezone: str) -> str:
    """Write an instant as the zone's clocks show it, and in UTC.

    >>> instant_words("2026-06-13T20:00:00Z", "Europe/Copenhagen")
    'Sat 2026-06-13 22:00 Europe/Copenhagen (2026-06-13T20:00:00Z)'
    """
    instant = parse_instant(text)
    return f"{instant.astimezone(zone(timezone)):%a %Y-%m-%d %H:%M} {timezone} ({format_instant(instant)})"


def _part(key: str, part: Any) -> str:
    if key == "not":
        return f"not ({condition_words(part)})"
    if key in ("any", "all"):
        joined = (" or " if key == "any" else " and ").join(f"({condition_words(each)})" for each in part)
        return joined if len(part) == 1 else f"({joined})"
    return " and ".join(_test(key, test, values) for test, values in part.items())


def _test(key: str, test: str, values: Any) -> str:
    name, several = member_words(key), key == "tags"
    if test == "known":
        return f"{name} {'are' if several else 'is'} {'known' if values else 'not known'}"
    texts = [str(value) for value in values]
    if test == "all":
        return f"{name} {'include' if several else 'has'} {listed(texts, 'and')}"
    if test == "not":
        if several:
            return f"{name} include {'neither ' if len(texts) > 1 else 'no '}{listed(texts, 'nor')}"
        return f"{name} is not {listed(texts)}"
    return f"{name} {'include' if several else 'is'} {listed(texts)}"
