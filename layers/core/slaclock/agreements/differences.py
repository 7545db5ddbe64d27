"""What changes for whom between two frozen agreements, in sentences.

Every member is compared: there is no difference only where two documents are equal, but for `NEUTRAL`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.calendar_differences import calendar_differences
from slaclock.agreements.comparing import Difference, arrow, of_members, or_else, unequal
from slaclock.agreements.credit_wording import credit_differences
from slaclock.agreements.grammar import LAST_ORDER
from slaclock.agreements.reports import report_differences
from slaclock.agreements.target_differences import metric_differences, target_differences
from slaclock.agreements.telling import rota_differences
from slaclock.agreements.wording import causes_words, condition_words, instant_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.wording import Frozen

NEUTRAL = frozenset({"tzdata"})
"""Written by whoever freezes a document, and no part of what it says: the edition of the time zone rules."""

EVERYBODY, CHOICE = "everybody", "which tickets it is for"
_CHOICE = {"applies_to", "effective", "order", "level", "kind", "applies_to_open"}
_NAMES = {
    "applies_to": "it applies to",
    "calendar": "default calendar",
    "applies_to_open": "counts for open tickets",
    "causes": "a breach may be put down to",
}
_APART = {
    "audiences",
    "calendars",
    "countries",
    "metrics",
    "targets",
    "exclusions",
    "parties",
    "credits",
    "reports",
    "horizon",
    "effective",
}


def differences(old: Frozen, new: Frozen) -> list[Difference]:
    """Give every difference, those of one group of tickets one after the other."""
    found = [
        *_plain(old, new),
        *_parties(old, new),
        *_effective(old, new),
        *calendar_differences(old, new),
        *metric_differences(old, new),
        *target_differences(old, new),
        *rota_differences(old, new),
        *_exclusions(old, new),
        *credit_differences(old, new),
        *report_differences(old, new),
    ]
    order = {whom: number for number, whom in reversed(list(enumerate(each.whom for each in found)))}
    return sorted(found, key=lambda each: order[each.whom])


def _plain(old: Frozen, new: Frozen) -> Iterator[Difference]:
    for name in sorted((old.keys() | new.keys()) - _APART - NEUTRAL):
        if unequal(name, old, new):
            whom = CHOICE if name in _CHOICE else EVERYBODY
            was, now = (_written(name, each) for each in (old, new))
            said = arrow(was, now) if was != now else arrow(old.get(name), new.get(name))
            yield Difference(whom, f"{_NAMES.get(name, name)} {said}{_order(name, old, new)}")
    if unequal("horizon", old, new):
        yield Difference(EVERYBODY, f"holidays are written out before {arrow(_instant(old), _instant(new))}")


def _written(name: str, frozen: Frozen) -> Any:
    if name == "applies_to" and name in frozen:
        return condition_words(frozen[name])
    if name == "causes":
        return causes_words(frozen)
    if name == "order" and frozen.get(name, 0) > LAST_ORDER:
        return None
    return frozen.get(name)


def _order(name: str, old: Frozen, new: Frozen) -> str:
    if name != "order" or "order" not in old or "order" not in new:
        return ""
    return f": it is asked {'earlier' if new['order'] < old['order'] else 'later'}"


def _instant(frozen: Frozen) -> str | None:
    return instant_words(frozen["horizon"], frozen["timezone"]) if "horizon" in frozen else None


def _parties(old: Frozen, new: Frozen) -> Iterator[Difference]:
    sentences = of_members(old.get("parties"), new.get("parties"))
    yield from or_else("parties", old, new, (Difference(EVERYBODY, each) for each in sentences))


def _effective(old: Frozen, new: Frozen) -> Iterator[Difference]:
    sides = [
        {edge: instant_words(at, each["timezone"]) for edge, at in each.get("effective", {}).items()}
        for each in (old, new)
    ]
    sentences = of_members(*sides) if unequal("effective", old, new) else ()
    found = (Difference(CHOICE, f"clocks start under it {each}") for each in sentences)
    yield from or_else("effective", old, new, found)


def _exclusions(old: Frozen, new: Frozen) -> Iterator[Difference]:
    before, after = old.get("exclusions", []), new.get("exclusions", [])
    gone = (("no longer excluded", each, old) for each in before if each not in after)
    come = (("excluded now", each, new) for each in after if each not in before)
    found = (
        Difference("all tickets", f"{what}: {_from_to(each, frozen)} ({each['reason']})")
        for what, each, frozen in (*gone, *come)
    )
    yield from or_else("exclusions", old, new, found)


def _from_to(each: Frozen, frozen: Frozen) -> str:
    return " to ".join(instant_words(each[edge], frozen["timezone"]) for edge in ("from", "to"))
