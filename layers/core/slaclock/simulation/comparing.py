"""What changes between two agreements: which promise answers to which, and which cycles end otherwise."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slaclock.simulation.counting import Promise
from slaclock.simulation.cycles import Cycle, CycleKey, TicketKey

Kinds = Mapping[str, str]  # the kind of each agreement, by its id
Pair = tuple[Promise | None, Promise | None]

# Runs of at most 18 digits, so that no id makes a number too large to read.
_DIGITS = re.compile("([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Change:
    """One cycle of one ticket that ends otherwise; None where the clock does not run at all."""

    account: str
    ticket_id: str
    cycle: int
    old: Cycle | None
    new: Cycle | None

    @property
    def target(self) -> str:
        """The name of the target, the same on both sides."""
        return next(each.target for each in (self.new, self.old) if each)

    @property
    def order(self) -> tuple[object, ...]:
        """By account and ticket, ticket 9 before ticket 10, then by target and cycle."""
        numbered = tuple(
            int(part) if number % 2 else part for number, part in enumerate(_DIGITS.split(self.ticket_id))
        )
        sides = tuple(each.agreement if each else "" for each in (self.new, self.old))
        return (self.account, numbered, self.ticket_id, self.target, self.cycle, sides)


def changes(
    old: Mapping[TicketKey, Mapping[CycleKey, Cycle]], new: Mapping[TicketKey, Mapping[CycleKey, Cycle]]
) -> list[Change]:
    """The cycles of all tickets whose outcome differs; another deadline alone is no change."""
    return [each for ticket in old.keys() | new.keys() for each in _changes(ticket, old, new)]


def _changes(
    ticket: TicketKey,
    old: Mapping[TicketKey, Mapping[CycleKey, Cycle]],
    new: Mapping[TicketKey, Mapping[CycleKey, Cycle]],
) -> list[Change]:
    before, after = old.get(ticket, {}), new.get(ticket, {})
    account, ticket_id, _ = ticket
    return [
        Change(account, ticket_id, key[1], before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if _outcome(before.get(key)) != _outcome(after.get(key))
    ]


def paired(new: Iterable[Promise], old: Iterable[Promise], kinds: Kinds, old_kinds: Kinds) -> list[Pair]:
    """The promises of both sides, each beside the one that it would take the place of, in the order given.

    Those of one agreement id and target belong together. Where an agreement stands on each side alone of its
    kind, they belong together whatever their ids: `gold-2027` takes the place of `gold-2026`.
    """
    places = _places(kinds, old_kinds)
    before = {
        Promise(places.get(each.agreement, each.agreement), each.target, each.metric): each for each in old
    }
    after = list(new)
    pairs: list[Pair] = [(each, before.pop(each, None)) for each in after]
    return pairs + [(None, each) for each in before.values()]


def _places(kinds: Kinds, old_kinds: Kinds) -> dict[str, str]:
    """The new id for each old one that it answers to under another name."""
    places = {}
    for kind in {*kinds.values()}:
        ours = [name for name, its in kinds.items() if its == kind]
        theirs = [name for name, its in old_kinds.items() if its == kind]
        if len(ours) == len(theirs) == 1 and ours[0] not in old_kinds:
            places[theirs[0]] = ours[0]
    return places


def _outcome(cycle: Cycle | None) -> str | None:
    return cycle.outcome if cycle else None
