"""The store in DynamoDB, through PynamoDB."""

from __future__ import annotations

import heapq
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from pynamodb.transactions import TransactWrite

from slaclock.store.agreements import (
    GENERATION,
    account_key,
    agreement_items,
    agreements_from_items,
    ending_item,
    exclusion_item,
    version_key,
)
from slaclock.store.commit import Loaded
from slaclock.store.dynamo_connections import DynamoConnections
from slaclock.store.dynamo_keeping import MODELS, DynamoKeeping
from slaclock.store.errors import WriteConflictError
from slaclock.store.keys import KEY, SHARDS, given_key, is_ticket_of, link_key, queue_key, sent_key, sortable
from slaclock.store.models import AgreementsItem, LedgerItem, TicketsItem, bind
from slaclock.store.tickets import ENDED, loaded_from_items, saved_from_item
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.models import Model

    from slaclock.domain.choosing import AgreementEnd, Agreements
    from slaclock.domain.decide import History
    from slaclock.domain.exclusion import Exclusion
    from slaclock.domain.ticket import Ticket
    from slaclock.store.agreements import (
        Version,
    )
    from slaclock.store.commit import Commit, Saved
    from slaclock.store.contract import Place
    from slaclock.store.life import StoredLife, Told
    from slaclock.store.messages import (
        Announcement,
        Delivery,
        Link,
    )
    from slaclock.store.rows import LedgerRow

_PAGE = 500  # entries of a shard that are read at once, where many may not be needed
_LONGEST_KEY = 2048  # bytes; DynamoDB refuses to look for a longer partition key


class DynamoStore(DynamoConnections, DynamoKeeping):
    """Tickets, outbox, ledger, agreements and connections; calls may raise `StoreUnavailableError`."""

    def __init__(self, connection: Connection, tables: Mapping[str, str]) -> None:
        """`tables` names `tickets`, `ledger`, `agreements`, `reports`, `accesses`: those that one may use."""
        self._connection = connection
        for name, table in tables.items():
            bind(MODELS[name], table, connection)

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Loaded:
        if len(subject.encode()) > _LONGEST_KEY:
            return Loaded(None)
        given = [(subject, given_key(input_id))] if input_id else []
        keys = [(subject, "TICKET"), *given, *((person, KEY) for person in people)]
        with translated():
            found = list(map(plain, TicketsItem.batch_get(keys, consistent_read=True)))
        return loaded_from_items(found, input_id)

    def history(self, subject: str) -> tuple[History, Mapping[str, str]]:
        from slaclock.store.reading import history_from_items

        return history_from_items(self._query(lambda: TicketsItem.query(subject, consistent_read=True)))

    def told(self, subject: str) -> list[Told]:
        from slaclock.store.reading import told_from_item

        if len(subject.encode()) > _LONGEST_KEY:
            return []
        facts = TicketsItem.sk.startswith("FACT#")
        items = self._query(lambda: TicketsItem.query(subject, facts, consistent_read=True))
        return sorted(map(told_from_item, items), key=lambda told: told.seq)

    def life(self, subject: str) -> StoredLife:
        from slaclock.store.life import StoredLife
        from slaclock.store.reading import life_from_items

        if len(subject.encode()) > _LONGEST_KEY:
            return StoredLife([], [])
        return life_from_items(self._query(lambda: TicketsItem.query(subject, consistent_read=True)))

    def commit(self, commit: Commit) -> Saved:
        return self.enter(commit, ())

    def overdue(self, before: datetime, since: datetime | None = None) -> Iterator[str]:
        for item in self._oldest(TicketsItem.due, TicketsItem.due_at, before, since):
            yield item["pk"]

    def ended(self, before: datetime) -> Iterator[str]:
        for item in self._oldest(TicketsItem.due, TicketsItem.due_at, before, None, ENDED):
            yield item["pk"]

    def subjects(self, account: str) -> Iterator[str]:
        # A scan is paid for by what it reads, whatever it gives; the filter saves the rest of the way.
        wanted = (TicketsItem.sk == "TICKET") & TicketsItem.pk.contains(f"#{account_key(account)}#")
        wanted &= TicketsItem.forgotten_at.does_not_exist()
        found = self._query(lambda: TicketsItem.scan(wanted, attributes_to_get=["pk"], consistent_read=True))
        for item in found:
            if is_ticket_of(account, item["pk"]):
                yield item["pk"]

    def queue(self, account: str, team: str, limit: int, after: Place | None = None) -> list[Place]:
        from slaclock.store.contract import Place

        key = queue_key(account, team)
        if len(key.encode()) > _LONGEST_KEY:
            return []
        start = _started_at(key, after) if after else None
        found = self._query(
            lambda: TicketsItem.by_queue.query(key, limit=limit, page_size=limit, last_evaluated_key=start)
        )
        return [Place(item["queue_order"], item["pk"]) for item in found]

    def tickets(self, subjects: Sequence[str]) -> dict[str, Ticket]:
        keys = [(subject, "TICKET") for subject in subjects]
        with translated():
            items = list(map(plain, TicketsItem.batch_get(keys))) if keys else []
        return {item["pk"]: saved_from_item(item).ticket for item in items if "forgotten_at" not in item}

    def put_link(self, token: str, link: Link) -> None:
        from slaclock.store.messages import link_item

        with translated():
            TicketsItem(**link_item(token, link)).save()

    def link(self, token: str) -> Link | None:
        from slaclock.store.messages import link_from_item

        with translated():
            found = list(TicketsItem.batch_get([(link_key(token), "LINK")], consistent_read=True))
        return link_from_item(plain(found[0])) if found else None

    def waiting(self, before: datetime, since: datetime | None = None) -> Iterator[tuple[str, str]]:
        for item in self._oldest(TicketsItem.unannounced, TicketsItem.since, before, since):
            yield item["pk"], item["sk"].removeprefix("OUTBOX#")

    def announcement(self, subject: str, key: str) -> Announcement | None:
        from slaclock.store.messages import announcement_from_item

        with translated():
            found = list(TicketsItem.batch_get([(subject, f"OUTBOX#{key}")], consistent_read=True))
        return announcement_from_item(plain(found[0])) if found else None

    def sent(self, subject: str, key: str, audience: str) -> Delivery | None:
        from slaclock.store.messages import delivery_from_item

        with translated():
            found = list(TicketsItem.batch_get([(subject, sent_key(key, audience))], consistent_read=True))
        return delivery_from_item(plain(found[0])) if found else None

    def mark_sent(self, subject: str, key: str, audience: str, delivery: Delivery) -> None:
        from slaclock.store.messages import sent_item

        try:
            with translated():
                first = TicketsItem(**sent_item(subject, key, audience, delivery))
                first.save(condition=TicketsItem.pk.does_not_exist())
        except WriteConflictError:
            # It may be our own, of an attempt whose answer was lost.
            found = self.sent(subject, key, audience)
            if delivery.message_id and not (found and found.message_id == delivery.message_id):
                with translated():
                    TicketsItem(**sent_item(subject, key, audience, delivery, again=True)).save()

    def close(self, subject: str, key: str) -> None:
        with translated():
            TicketsItem(subject, f"OUTBOX#{key}").delete()

    def messages(self, subject: str) -> list[dict[str, Any]]:
        from slaclock.store.messages import message_from_item

        sent = TicketsItem.sk.startswith("SENT#")
        return [message_from_item(item) for item in self._query(lambda: TicketsItem.query(subject, sent))]

    def rows(
        self, partitions: Iterable[tuple[str, str]], start: str, end: str, at_once: int | None = None
    ) -> Iterator[LedgerRow]:
        yield from heapq.merge(
            *(self._part(*each, start, end, at_once) for each in partitions), key=lambda row: row.order
        )

    def agreements(self, account: str) -> Agreements:
        partition = account_key(account)
        return agreements_from_items(
            self._query(lambda: AgreementsItem.query(partition, consistent_read=True))
        )

    def document(self, account: str, agreement: str, version: int) -> Mapping[str, Any] | None:
        return _body(self._agreements_item(account_key(account), version_key(agreement, version)))

    def generation(self, account: str) -> int:
        return int(self._agreements_item(account_key(account), GENERATION).get("version", 0))

    def publish(self, account: str, versions: Sequence[Version], at: datetime, generation: int) -> None:
        self._put_next(account, agreement_items(account, versions, at), generation)

    def exclude(self, exclusion: Exclusion) -> bool:
        item = exclusion_item(exclusion)
        try:
            self._put_first(item)
        except WriteConflictError:
            if self._agreements_item(item["pk"], item["sk"]).get("hash") != item["hash"]:
                raise
            return False
        return True

    def end(self, account: str, ending: AgreementEnd) -> bool:
        item = ending_item(account, ending)
        try:
            self._put_next(account, [item])
        except WriteConflictError:
            if not self._agreements_item(item["pk"], item["sk"]):
                raise
            return False
        return True

    def _put_first(self, item: Mapping[str, Any]) -> None:
        """Put an item of the agreements table; `WriteConflictError` where there is one already."""
        with translated():
            AgreementsItem(**item).save(condition=AgreementsItem.pk.does_not_exist())

    def _put_next(
        self, account: str, items: Iterable[Mapping[str, Any]], generation: int | None = None
    ) -> None:
        """Put items that must not be there yet, and count the generation on, from this one if it is said."""
        kept, absent = AgreementsItem(account_key(account), GENERATION), AgreementsItem.pk.does_not_exist()
        found = absent if generation == 0 else AgreementsItem.version == generation
        with translated(), TransactWrite(connection=self._connection) as transaction:
            for item in items:
                transaction.save(AgreementsItem(**item), condition=absent)
            transaction.update(kept, [AgreementsItem.version.add(1)], None if generation is None else found)

    def _agreements_item(self, key: str, sort_key: str) -> dict[str, Any]:
        """An item of the agreements table; empty where there is none."""
        with translated():
            try:
                return plain(AgreementsItem.get(key, sort_key, consistent_read=True))
            except AgreementsItem.DoesNotExist:
                return {}

    def _part(self, index: str, key: str, start: str, end: str, at_once: int | None) -> Iterator[LedgerRow]:
        from slaclock.store.rows import row_from_item

        indexes = {
            "account_month": LedgerItem.by_account,
            "customer_month": LedgerItem.by_customer,
            "party_month": LedgerItem.by_party,
            "breach_month": LedgerItem.breaches,
        }
        # DynamoDB refuses a span the wrong way round, and a key that no item can have.
        if start >= end or len(key.encode()) > _LONGEST_KEY:
            return iter(())
        within = LedgerItem.due_order.between(start, end)
        rows = map(row_from_item, self._query(lambda: indexes[index].query(key, within, page_size=at_once)))
        return (row for row in rows if row.order < end)

    def _oldest(
        self, index: Any, placed_by: Any, before: datetime, since: datetime | None, among: str = ""
    ) -> Iterator[dict[str, Any]]:
        """The entries of all shards of one of the auditor's indexes, in its order, by small pages."""
        end, name = sortable(before), placed_by.attr_name
        within = placed_by.between(sortable(since), end) if since else placed_by < end
        shards = [
            partial(index.query, f"{among}{number}", within, page_size=_PAGE) for number in range(SHARDS)
        ]
        entries = heapq.merge(*map(self._query, shards), key=lambda item: str(item[name]))
        return (item for item in entries if item[name] < end)

    def _query(self, query: Callable[[], Iterable[Model]]) -> Iterator[dict[str, Any]]:
        with translated():
            yield from map(plain, query())


def _started_at(key: str, after: Place) -> dict[str, dict[str, Any]]:
    """A place in the index of queues, as a query is told to go on after it."""
    place = {"pk": after.subject, "sk": "TICKET", "queue": key, "queue_order": after.order}
    return {name: {"S": value} for name, value in place.items()}


def _body(item: Mapping[str, Any]) -> dict[str, Any] | None:
    return json.loads(item["body"]) if item else None
