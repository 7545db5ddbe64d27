"""What an agreement document says about reports: which are made, on which day, and who hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.agreements.audiences import of_no_ticket
from slaclock.agreements.checks import members
from slaclock.agreements.comparing import Difference, of_members, or_else
from slaclock.agreements.page import entry
from slaclock.agreements.values import IDENTIFIER, whole
from slaclock.domain.rota import LEGAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.wording import Frozen

LAST_DAY = 28  # of a month, that each of them has
_MONTHLY = members(
    {
        "on": whole(1, LAST_DAY).said("The day of the next month on which it is made.", 2),
        "notify": IDENTIFIER.then(of_no_ticket).said("The audience that is told, or a rota.", LEGAL),
    },
    required={"on": "the day of the next month, such as 2", "notify": "an audience such as legal"},
)
REPORTS = members({"monthly": _MONTHLY.said("A report of each month.", {"on": 2, "notify": LEGAL})}).said(
    "Reports that are made without being asked for.", {"monthly": {"on": 2, "notify": LEGAL}}
)


def report_lines(frozen: Frozen) -> Iterator[str]:
    """Write which reports are made, line by line."""
    monthly = frozen.get("reports", {}).get("monthly")
    if monthly:
        yield from entry("Each month", _words(monthly, frozen))
    else:
        yield "  None are made without being asked for."


def report_differences(old: Frozen, new: Frozen) -> list[Difference]:
    """Give what changes in reports."""
    found = (Difference("everybody", f"reports: {each}") for each in of_members(_flat(old), _flat(new)))
    return or_else("reports", old, new, found)


def _flat(frozen: Frozen) -> dict[str, str] | None:
    said = frozen.get("reports")
    return None if said is None else {name: _words(each, frozen) for name, each in said.items()}


def _words(monthly: Frozen, frozen: Frozen) -> str:
    on = f"day {monthly['on']} of the next one, by the days of {frozen['timezone']}"
    return f"made on {on}; {monthly['notify']} is told"
