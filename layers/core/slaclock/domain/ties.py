"""Ties: agreements between which a ticket could not choose (rule 24)."""

from collections.abc import Iterable, Mapping
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.conditions import JOINS


def find_tie(agreements: Iterable[Agreement]) -> tuple[Agreement, Agreement] | None:
    """Two customer agreements that one ticket could fit with equal order and specificity, or None."""
    seen: dict[tuple[int, int, int], list[Agreement]] = {}
    for each in (one for one in agreements if one.kind == "customer"):
        for other in seen.setdefault(each.rank, []):
            if other.id != each.id and not exclude_each_other(each, other):
                return other, each
        seen[each.rank].append(each)
    return None


def exclude_each_other(one: Agreement, other: Agreement) -> bool:
    """Whether the two never hold at once, or a single-valued member keeps them from fitting one ticket."""
    for first, second in ((one, other), (other, one)):
        if first.effective_until and second.effective_from and first.effective_until <= second.effective_from:
            return True
    ours, theirs = demands(one.applies_to), demands(other.applies_to)
    return any(ours[key].isdisjoint(theirs[key]) for key in ours.keys() & theirs.keys())


def demands(condition: Mapping[str, Any]) -> dict[str, set[str]]:
    """Of each single-valued member that a condition demands, the values of which a ticket must have one."""
    found = {
        key: set(map(str, test["any"]))
        for key, test in condition.items()
        if key not in JOINS and key != "tags" and not key.startswith("custom.") and test.get("any")
    }
    for part in condition.get("all", ()):
        found = {**demands(part), **found}
    return found
