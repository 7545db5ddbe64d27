"""Why an agreement applies to a ticket, and why the others do not (rule 24), in sentences for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.conditions import Attributes, failing, keys_read
from slaclock.domain.instants import format_instant


@dataclass(frozen=True, slots=True)
class Considered:
    """An agreement that was asked, whether it applies, and why (or why not)."""

    agreement: Agreement
    applies: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket as the choice sees it: its members and start, which agreements it is under, and which ended.

    `known_at` is when it is asked: what was published or ended later is not known.
    """

    attributes: Attributes
    start: datetime
    known_at: datetime
    under: frozenset[str] = frozenset()
    ended: tuple[str, ...] = ()


def considered(agreements: Agreements, asked: Asked) -> list[Considered]:
    """Every agreement in the order of asking, with the reason why it applies to such a ticket or not."""
    chosen = agreements.choose(asked.attributes, asked.start, asked.known_at, asked.ended, asked.under)
    applies = {each.id for each in chosen}
    first = next((each.id for each in chosen if not each.slot), "")
    return [
        Considered(
            each,
            each.id in applies,
            tuple(_for(each) if each.id in applies else _against(each, agreements, asked, first)),
        )
        for each in agreements.newest(asked.known_at)
    ]


def _for(each: Agreement) -> Iterable[str]:
    conditions = ", ".join(sorted(keys_read(each.applies_to)))
    yield f"every condition holds: {conditions}" if conditions else "it applies to every ticket"


def _against(each: Agreement, agreements: Agreements, asked: Asked, first: str) -> list[str]:
    reasons = [*failing(each.applies_to, asked.attributes), *_outside(each, asked.start)]
    reasons += [
        f"ended at {format_instant(end.at)}: {end.reason}"
        for end in agreements.endings
        if end.agreement == each.id and end.at <= asked.known_at
    ]
    return reasons or [f"{first} is asked first" if first else "it was ended for this ticket"]


def _outside(each: Agreement, start: datetime) -> Iterable[str]:
    if each.effective_from and start < each.effective_from:
        yield f"in effect only from {format_instant(each.effective_from)}"
    if each.effective_until and start >= each.effective_until:
        yield f"in effect only until {format_instant(each.effective_until)}"
