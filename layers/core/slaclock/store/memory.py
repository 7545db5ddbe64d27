"""A store in memory, behind the same contract as DynamoDB: for tests and for what needs no cloud."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.decide import History
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.ticket import Ticket
from slaclock.store.agreements import (
    GENERATION,
    Version,
    account_key,
    agreement_items,
    agreements_from_items,
    ending_item,
    exclusion_item,
    version_key,
)
from slaclock.store.commit import Commit, Loaded, Saved
from slaclock.store.contract import Place
from slaclock.store.errors import WriteConflictError
from slaclock.store.keys import (
    KEY,
    day_shards,
    given_key,
    is_ticket_of,
    link_key,
    queue_key,
    sent_key,
    sortable,
)
from slaclock.store.life import StoredLife, Told
from slaclock.store.memory_accesses import MemoryAccesses
from slaclock.store.memory_connections import Item
from slaclock.store.memory_keeping import MemoryKeeping
from slaclock.store.memory_reports import MemoryReports
from slaclock.store.memory_statements import MemoryStatements
from slaclock.store.messages import (
    Announcement,
    Delivery,
    Link,
    announcement_from_item,
    delivery_from_item,
    link_from_item,
    link_item,
    message_from_item,
    sent_item,
)
from slaclock.store.reading import history_from_items, life_from_items, told_from_item
from slaclock.store.rows import LedgerRow, row_document_from_item, row_from_item
from slaclock.store.tickets import is_ended, loaded_from_items


class MemoryStore(MemoryAccesses, MemoryKeeping, MemoryReports, MemoryStatements):
    """Tickets, outbox, ledger, agreements and rollups, by key; a commit happens at once or not at all."""

    def __init__(self) -> None:
        names = ("tickets", "ledger", "agreements", "reports", "accesses")
        self.tables: dict[str, dict[tuple[str, str], Item]] = {name: {} for name in names}

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Loaded:
        given = [(subject, given_key(input_id))] if input_id else []
        keys = [(subject, "TICKET"), *given, *((person, KEY) for person in people)]
        found = [item for key in keys if (item := self.tables["tickets"].get(key))]
        return loaded_from_items(found, input_id)

    def history(self, subject: str) -> tuple[History, Mapping[str, str]]:
        return history_from_items(self._collection(subject))

    def told(self, subject: str) -> list[Told]:
        facts = (item for item in self._collection(subject) if item["sk"].startswith("FACT#"))
        return sorted(map(told_from_item, facts), key=lambda told: told.seq)

    def life(self, subject: str) -> StoredLife:
        return life_from_items(self._collection(subject))

    def commit(self, commit: Commit) -> Saved:
        return self.enter(commit, ())

    def overdue(self, before: datetime, since: datetime | None = None) -> Iterator[str]:
        yield from [item["pk"] for item in self._oldest("due_at", before, since) if not is_ended(item)]

    def ended(self, before: datetime) -> Iterator[str]:
        yield from [item["pk"] for item in self._oldest("due_at", before, None) if is_ended(item)]

    def subjects(self, account: str) -> Iterator[str]:
        found = [item for (_, sk), item in self.tables["tickets"].items() if sk == "TICKET"]
        there = [item["pk"] for item in found if "forgotten_at" not in item]
        yield from [subject for subject in there if is_ticket_of(account, subject)]

    def queue(self, account: str, team: str, limit: int, after: Place | None = None) -> list[Place]:
        key = queue_key(account, team)
        found = (item for item in self.tables["tickets"].values() if item.get("queue") == key)
        places = sorted((item["queue_order"], item["pk"]) for item in found)
        first = (after.order, after.subject) if after else ("", "")
        return [Place(*place) for place in places if place > first][:limit]

    def tickets(self, subjects: Sequence[str]) -> dict[str, Ticket]:
        found = {subject: self.load(subject).saved for subject in subjects}
        return {subject: saved.ticket for subject, saved in found.items() if saved}

    def put_link(self, token: str, link: Link) -> None:
        self._put("tickets", link_item(token, link))

    def link(self, token: str) -> Link | None:
        item = self.tables["tickets"].get((link_key(token), "LINK"))
        return link_from_item(item) if item else None

    def waiting(self, before: datetime, since: datetime | None = None) -> Iterator[tuple[str, str]]:
        found = self._oldest("since", before, since)
        yield from [(item["pk"], item["sk"].removeprefix("OUTBOX#")) for item in found]

    def announcement(self, subject: str, key: str) -> Announcement | None:
        item = self.tables["tickets"].get((subject, f"OUTBOX#{key}"))
        return announcement_from_item(item) if item else None

    def sent(self, subject: str, key: str, audience: str) -> Delivery | None:
        item = self.tables["tickets"].get((subject, sent_key(key, audience)))
        return delivery_from_item(item) if item else None

    def mark_sent(self, subject: str, key: str, audience: str, delivery: Delivery) -> None:
        first = self.sent(subject, key, audience)
        if first is None or (delivery.message_id and delivery.message_id != first.message_id):
            again = first is not None
            self._put("tickets", sent_item(subject, key, audience, delivery, again=again))

    def close(self, subject: str, key: str) -> None:
        self.tables["tickets"].pop((subject, f"OUTBOX#{key}"), None)

    def messages(self, subject: str) -> list[dict[str, Any]]:
        return [
            message_from_item(item) for item in self._collection(subject) if item["sk"].startswith("SENT#")
        ]

    def rows(
        self,
        partitions: Iterable[tuple[str, str]],
        start: str,
        end: str,
        at_once: int | None = None,  # noqa: ARG002  (all is here at once)
    ) -> Iterator[LedgerRow]:
        wanted = list(partitions)
        found = (item for item in self.tables["ledger"].values() if any(item.get(i) == k for i, k in wanted))
        for item in sorted(found, key=lambda item: item["due_order"]):
            if start <= item["due_order"] < end:
                yield row_from_item(item)

    def recorded(self, day: date) -> Iterator[Mapping[str, Any]]:
        found = [item for item in self.tables["ledger"].values() if item["recorded_day"] in day_shards(day)]
        found.sort(key=lambda item: (item["recorded_order"], item["pk"], item["sk"]))
        yield from map(row_document_from_item, found)

    def touched(self, day: date) -> Iterator[tuple[str, int, str]]:
        found = [item for item in self.tables["tickets"].values() if item.get("day") in day_shards(day)]
        yield from [(item["pk"], item["seq"], item["head"]) for item in found]

    def agreements(self, account: str) -> Agreements:
        return agreements_from_items(self._collection(account_key(account), "agreements"))

    def document(self, account: str, agreement: str, version: int) -> Mapping[str, Any] | None:
        item = self.tables["agreements"].get((account_key(account), version_key(agreement, version)))
        return json.loads(item["body"]) if item else None

    def generation(self, account: str) -> int:
        item = self.tables["agreements"].get((account_key(account), GENERATION), {"version": 0})
        return int(item["version"])

    def publish(self, account: str, versions: Sequence[Version], at: datetime, generation: int) -> None:
        items = agreement_items(account, versions, at)
        there = any((item["pk"], item["sk"]) in self.tables["agreements"] for item in items)
        if there or generation != self.generation(account):
            raise WriteConflictError
        for item in items:
            self._put("agreements", item)
        self._bump(account)

    def exclude(self, exclusion: Exclusion) -> bool:
        item = exclusion_item(exclusion)
        if (other := self._first(item)) and other["hash"] != item["hash"]:
            raise WriteConflictError
        return other is None

    def end(self, account: str, ending: AgreementEnd) -> bool:
        new = self._first(ending_item(account, ending)) is None
        if new:
            self._bump(account)
        return new

    def _bump(self, account: str) -> None:
        generation = {"pk": account_key(account), "sk": GENERATION, "version": self.generation(account) + 1}
        self._put("agreements", generation)

    def _first(self, item: Item) -> Item | None:
        """Put an item where there is none yet; else the one that is there."""
        other = self.tables["agreements"].get((item["pk"], item["sk"]))
        if other is None:
            self._put("agreements", item)
        return other

    def _oldest(self, name: str, before: datetime, since: datetime | None) -> list[Item]:
        """The tickets' items that have such a member between two instants, in its order."""
        first, end = sortable(since) if since else "", sortable(before)
        found = [item for item in self.tables["tickets"].values() if first <= item.get(name, "~") < end]
        return sorted(found, key=lambda item: str(item[name]))
