"""The models against the template, and the seam by which they share one client."""

from typing import Any

import pytest
from botocore.session import Session
from pynamodb.connection import Connection
from pynamodb.models import Model

from slaclock.store.dynamo_books import DynamoBooks
from slaclock.store.items import puts
from slaclock.store.models import AgreementsItem, LedgerItem, TicketsItem
from tests.store.samples import commit, event, fact, publish, ticket
from tests.store.tables import REGION, TABLES, definitions

MODELS: dict[str, type[Model]] = {"Tickets": TicketsItem, "Ledger": LedgerItem, "Agreements": AgreementsItem}
# What `bind` reaches for; a new PynamoDB that moves it fails here and not in production.
CONNECTION, TABLE_CONNECTION = "_connection", "connection"


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {
        key.get("KeyType", key.get("key_type", "")): key.get("AttributeName", key.get("attribute_name", ""))
        for key in schema
    }


def indexes(found: list[dict[str, Any]]) -> dict[str, tuple[dict[str, str], str]]:
    return {
        index.get("IndexName", index.get("index_name", "")): (
            keys(index.get("KeySchema") or index["key_schema"]),
            index.get("Projection", index.get("projection", {}))["ProjectionType"],
        )
        for index in found
    }


@pytest.mark.parametrize("table", MODELS)
def test_a_models_keys_are_those_of_the_template(table: str) -> None:
    """Left apart they would drift, and every write would fail."""
    schema: Any = MODELS[table]._get_schema()  # noqa: SLF001  (the only way to ask)
    assert keys(schema["key_schema"]) == keys(definitions()[table]["KeySchema"])


@pytest.mark.parametrize("table", MODELS)
def test_a_models_indexes_are_indexes_of_the_template(table: str) -> None:
    """By the same name, with the same keys and the same projection."""
    schema: Any = MODELS[table]._get_schema()  # noqa: SLF001  (the only way to ask)
    built = indexes(definitions()[table].get("GlobalSecondaryIndexes", []))
    used = indexes(schema["global_secondary_indexes"])
    assert used.items() <= built.items()


@pytest.mark.parametrize("table", MODELS)
def test_every_key_of_the_template_is_an_attribute_of_its_model(table: str) -> None:
    """An index whose key no item can have would stay empty."""
    defined = {each["AttributeName"] for each in definitions()[table]["AttributeDefinitions"]}
    assert defined <= MODELS[table].get_attributes().keys()


def test_a_commit_fills_every_index() -> None:
    """One breach that somebody must hear of, on a ticket that waits: its items have a key of each index."""
    _, items = puts(commit(None, ticket(), fact(), given=event()))
    for table in ("Tickets", "Ledger"):
        written = {name for put in items if put.table == table.lower() for name in put.item}
        assert {each["AttributeName"] for each in definitions()[table]["AttributeDefinitions"]} <= written


@pytest.mark.usefixtures("dynamo")
def test_all_models_share_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client costs a fifth of a second to make; left alone, each model makes its own."""
    made: list[Any] = []
    create = Session.create_client

    def counted(*args: Any, **named: Any) -> Any:
        made.append(args)
        return create(*args, **named)

    monkeypatch.setattr(Session, "create_client", counted)
    connection = Connection(region=REGION)
    store = DynamoBooks(connection, TABLES)
    store.commit(commit(None, ticket(), fact(), given=event()))
    publish(store)
    assert store.load("ticket#acme#1").saved
    assert len(made) == 1
    tables = [getattr(model, CONNECTION) for model in MODELS.values()]
    assert {id(getattr(table, TABLE_CONNECTION)) for table in tables} == {id(connection)}


def test_a_store_makes_no_call_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a client nor a look at the tables, so that a cold start pays for what it uses."""
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: pytest.fail("a client was made"))
    DynamoBooks(Connection(region=REGION), TABLES)


@pytest.mark.usefixtures("dynamo")
def test_a_function_may_have_some_of_the_tables_only() -> None:
    """`notify` reads tickets and knows of no other table."""
    store = DynamoBooks(Connection(region=REGION), {"tickets": "Tickets"})
    assert store.load("ticket#acme#1").saved is None
