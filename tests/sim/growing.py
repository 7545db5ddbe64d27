"""Tables with as many tickets as one wants, and what each thing that is asked of them reads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent

from slaclock.domain.facts import subject_key
from slaclock.records.breach_query import parse_query
from slaclock.records.breaches import find_breaches
from slaclock.store.keys import MONTH_SHARDS, SHARDS, shard
from tests.sim.lived import LADDER, START
from tests.sim.metered import ACCOUNT, metered_desk
from tests.sim.wire import Work
from tests.spec.story import document, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.sim.dynamo.values import Item
    from tests.sim.metered import MeteredDesk
    from tests.sim.metering import Spent

_FIRST = "t-0000000"
_AHEAD = "2027-01-01T00:00:00.000000Z"
BREACHED = 10  # one of so many has a breach, with two rows
MINE = 20  # tickets with a breach, of a customer whose number does not grow
QUERIES: Mapping[str, Mapping[str, str]] = {
    "one customer's breaches": {"customer": "mine"},
    "an account's, ten of them": {"account": ACCOUNT, "limit": "10"},
    "a month's, ten of them": {"from": "2026-03-01", "to": "2026-03-31", "limit": "10"},
}


@dataclass(slots=True)
class Grown:
    """A desk with copies of two tickets that it served: one that is open, one whose breach has ended."""

    desk: MeteredDesk
    open: Mapping[str, list[Item]]
    over: Mapping[str, list[Item]]
    tickets: int = 0

    def grow(self, tickets: int, customer: str | None = None) -> None:
        """Store tickets until there are so many; those of a customer are all over, each with its breach."""
        for number in range(self.tickets, tickets):
            of = self.over if customer or number % BREACHED == 0 else self.open
            for name, items in of.items():
                for item in items:
                    self._put(name, _copy(item, f"t-{number + 1:07}", customer))
        self.tickets = max(self.tickets, tickets)
        for name in self.open:
            table = self.desk.meter.double.tables[name]
            for index in (table.primary, *table.indexes.values()):
                for entries in index.entries.values():
                    entries.sort()

    def _put(self, name: str, item: Item) -> None:
        """Put an item at its places, but for their order; nobody hears of it."""
        table = self.desk.meter.double.tables[name]
        key = table.key_of(item)
        table.items[key] = item
        for index in (table.primary, *table.indexes.values()):
            if place := index.place(key, item):
                index.entries.setdefault(place[0], []).append(place[1])

    def asked(self) -> dict[str, Spent]:
        """What everything reads that is asked when tickets come and go, and people look."""
        about = f"x-{self.tickets}"
        desk = self.desk
        desk.busy()
        spent = {
            "a first delivery": desk.tell("created", about, status="new"),
            "a further one": desk.tell("customer_replied", about, status="open"),
            "one that comes late": desk.deliver(
                {**desk.event("note_added", about, status="open"), "occurred_at": desk.opened[about]}
            ),
        }
        desk.advance(4 * 3600 - 180)
        spent["a timer, and all that follows"] = desk.advance(120)
        spent["a sweep"] = desk.audit()
        return spent | {name: self._queried(parameters) for name, parameters in QUERIES.items()}

    def _queried(self, parameters: Mapping[str, str]) -> Spent:
        before = self.desk.meter.spent.copy()
        self.desk.hub.spawn(partial(self._query, parameters))
        self.desk.advance(10)
        return self.desk.meter.spent - before

    def _query(self, parameters: Mapping[str, str]) -> None:
        hub, region = self.desk.hub, self.desk.region
        container = region.container("Records")
        getcurrent().work = Work("query", "Records", hub.seconds + 60, container=container)
        found = find_breaches(container.store, parse_query(parameters, hub.now, container.cursors))
        assert found.breaches


def _copy(item: Item, ticket_id: str, customer: str | None) -> Item:
    """An item of another ticket: with its own keys and places, the rest is shared."""
    subject = subject_key("ticket", ACCOUNT, ticket_id)
    moved: dict[str, str] = {"pk": subject}
    for name in ("due_order", "recorded_order"):
        if name in item:
            moved[name] = item[name]["S"].replace(_FIRST, ticket_id)
    if "due_shard" in item:
        moved |= {"due_shard": shard(subject, SHARDS), "due_at": _AHEAD}
    for name in ("day", "recorded_day"):
        if name in item:
            moved[name] = _sharded(item[name]["S"], subject)
    if "breach_month" in item:
        month = item["breach_month"]["S"].partition("#")[0]
        moved["breach_month"] = f"{month}#{shard(subject, MONTH_SHARDS)}"
    if customer and "customer_month" in item:
        for name in {"customer_month", "party_month", "body"} & item.keys():
            moved[name] = item[name]["S"].replace("acme", customer)
    return {**item, **{name: {"S": value} for name, value in moved.items()}}


def _sharded(day: str, subject: str) -> str:
    return f"{day.partition('#')[0]}#{shard(subject, MONTH_SHARDS)}"


@contextmanager
def growing() -> Iterator[Grown]:
    """A desk whose tickets can be copied: under one target of four hours, with a ladder."""
    always = target("resolution", "4h", escalation=LADDER, calendars={"default": "always"})
    with metered_desk(START, document(always)) as desk:
        desk.tell("created", _FIRST, status="new")
        opened = _taken(desk)
        desk.tell("created", _FIRST, status="new")
        desk.advance(5 * 3600)
        desk.tell("solved", _FIRST, status="solved")
        over = _taken(desk)
        desk.advance((START + timedelta(days=1) - desk.hub.now).total_seconds())
        grown = Grown(desk, opened, over)
        grown.grow(MINE, "mine")
        yield grown


def _taken(desk: MeteredDesk) -> dict[str, list[Item]]:
    """The items of the first ticket that one finds elsewhere than in its log; it is taken away."""
    found: dict[str, list[Item]] = {}
    for name in ("Tickets", "Ledger"):
        table = desk.meter.double.tables[name]
        items: list[Any] = [each for each in table.items.values() if each["pk"]["S"].endswith(_FIRST)]
        found[name] = [each for each in items if name == "Ledger" or each["sk"]["S"] == "TICKET"]
        for item in items:
            table.put(table.key_of(item), None, 0, 0)
    return found
