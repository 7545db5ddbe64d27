"""The five tables as PynamoDB models. They never leave this folder."""

from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model


class DueIndex(GlobalSecondaryIndex["TicketsItem"]):  # type: ignore[no-untyped-call]
    """Tickets by shard and earliest wake, and those that are over by the end of their log."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class UnannouncedIndex(GlobalSecondaryIndex["TicketsItem"]):  # type: ignore[no-untyped-call]
    """Facts that wait to be announced, by shard and age."""

    class Meta:
        index_name = "unannounced"
        projection = KeysOnlyProjection()

    outbox_shard = UnicodeAttribute(hash_key=True)
    since = UnicodeAttribute(range_key=True)


class QueueIndex(GlobalSecondaryIndex["TicketsItem"]):  # type: ignore[no-untyped-call]
    """Open tickets, by account and team, and by deadline."""

    class Meta:
        index_name = "queue"
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    queue_order = UnicodeAttribute(range_key=True)


class TouchedIndex(GlobalSecondaryIndex["TicketsItem"]):  # type: ignore[no-untyped-call]
    """Tickets by the day and shard on which they were last saved."""

    class Meta:
        index_name = "touched"
        projection = KeysOnlyProjection()

    day = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class TicketsItem(Model):
    """Any item of the tickets table; which members it has depends on the kind that its sort key names."""

    class Meta:
        table_name = "unset"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    seq = NumberAttribute(null=True)
    arming = NumberAttribute(null=True)
    head = UnicodeAttribute(null=True)
    wakes = UnicodeAttribute(null=True)
    moved = BooleanAttribute(null=True)
    state = UnicodeAttribute(null=True)
    remaining = UnicodeAttribute(null=True)
    day = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    queue_order = UnicodeAttribute(null=True)
    occurred_at = UnicodeAttribute(null=True)
    recorded_at = UnicodeAttribute(null=True)
    agreements_at = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    hash = UnicodeAttribute(null=True)
    cause_hash = UnicodeAttribute(null=True)
    outbox_shard = UnicodeAttribute(null=True)
    since = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    row_at = NumberAttribute(null=True)
    forgotten_at = UnicodeAttribute(null=True)
    person_key = UnicodeAttribute(null=True)

    due = DueIndex()
    unannounced = UnannouncedIndex()
    by_queue = QueueIndex()
    by_touch = TouchedIndex()


class AccountIndex(GlobalSecondaryIndex["LedgerItem"]):  # type: ignore[no-untyped-call]
    """Rows by account and month."""

    class Meta:
        index_name = "by_account"
        projection = AllProjection()

    account_month = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class CustomerIndex(GlobalSecondaryIndex["LedgerItem"]):  # type: ignore[no-untyped-call]
    """Rows by account, customer and month."""

    class Meta:
        index_name = "by_customer"
        projection = AllProjection()

    customer_month = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class PartyIndex(GlobalSecondaryIndex["LedgerItem"]):  # type: ignore[no-untyped-call]
    """What concerns breaches, by customer of whatever account, and month."""

    class Meta:
        index_name = "by_party"
        projection = AllProjection()

    party_month = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class BreachIndex(GlobalSecondaryIndex["LedgerItem"]):  # type: ignore[no-untyped-call]
    """What concerns breaches, by month and shard."""

    class Meta:
        index_name = "breaches"
        projection = AllProjection()

    breach_month = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class RecordedIndex(GlobalSecondaryIndex["LedgerItem"]):  # type: ignore[no-untyped-call]
    """Rows by the day and shard of their recording."""

    class Meta:
        index_name = "recorded"
        projection = KeysOnlyProjection()

    recorded_day = UnicodeAttribute(hash_key=True)
    recorded_order = UnicodeAttribute(range_key=True)


class LedgerItem(Model):
    """A row of the ledger."""

    class Meta:
        table_name = "unset"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    seq = NumberAttribute()
    body = UnicodeAttribute()
    hash = UnicodeAttribute()
    cause_hash = UnicodeAttribute(null=True)
    due_order = UnicodeAttribute()
    recorded_day = UnicodeAttribute()
    recorded_order = UnicodeAttribute()
    account_month = UnicodeAttribute()
    customer_month = UnicodeAttribute(null=True)
    party_month = UnicodeAttribute(null=True)
    breach_month = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    by_account = AccountIndex()
    by_customer = CustomerIndex()
    by_party = PartyIndex()
    breaches = BreachIndex()
    by_recording = RecordedIndex()


class AgreementsItem(Model):
    """A published agreement, the end of one, an exclusion, a retention, a hold, or a connection."""

    class Meta:
        table_name = "unset"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    hash = UnicodeAttribute(null=True)
    published_at = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)


class ReportsItem(Model):
    """A part of a rollup or a statement, what was made or told, or how far the nightly run came."""

    class Meta:
        table_name = "unset"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    part = BinaryAttribute(null=True, legacy_encoding=False)
    hash = UnicodeAttribute(null=True)
    made_at = UnicodeAttribute(null=True)
    sealed_until = UnicodeAttribute(null=True)
    first = UnicodeAttribute(null=True)


class AccessesItem(Model):
    """A record of access."""

    class Meta:
        table_name = "unset"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


def bind(model: type[Model], table_name: str, connection: Connection) -> None:
    """Give a model its table, over a connection that all models share.

    Left alone each model makes a connection, and so a client, of its own: twice the start-up. There is no
    public way to share one, so this sets what `Model._get_connection` would have made; a test holds it.
    """
    model.Meta.table_name = table_name
    model._connection = None  # noqa: SLF001
    table: Any = model._get_connection()  # noqa: SLF001
    if table_name not in connection._tables:  # noqa: SLF001
        connection.add_meta_table(table.get_meta_table())
    table.connection = connection
