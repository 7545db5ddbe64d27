"""The table's troubles: told apart from a conflict, since a delivery that can't be stored must be kept."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from pynamodb.connection import Connection

from slaclock.domain.choosing import AgreementEnd
from slaclock.store.agreements import Version
from slaclock.store.changes import Change
from slaclock.store.dynamo_books import DynamoBooks
from slaclock.store.errors import StoreRefusedError, StoreUnavailableError, WriteConflictError
from slaclock.store.keys import MONTH_SHARDS
from slaclock.store.messages import Delivery
from slaclock.store.rows import due_order
from tests.store.samples import HOUR, MONDAY, commit, event, exclusion, fact, frozen, ticket
from tests.store.tables import ENVIRONMENT, REGION, TABLES

ONE = "ticket#acme#1"
MARCH = [("breach_month", f"2026-03#{number}") for number in range(MONTH_SHARDS)]
HOURS = due_order(breach=True, due=MONDAY), due_order(breach=True, due=MONDAY + HOUR)
CALLS: dict[str, Callable[[DynamoBooks], object]] = {
    "load": lambda store: store.load(ONE, "e1"),
    "told": lambda store: store.told(ONE),
    "history": lambda store: store.history(ONE),
    "life": lambda store: store.life(ONE),
    "commit": lambda store: store.commit(commit(None, ticket(), fact(), given=event())),
    "overdue": lambda store: list(store.overdue(MONDAY)),
    "waiting": lambda store: list(store.waiting(MONDAY)),
    "announcement": lambda store: store.announcement(ONE, "k"),
    "sent": lambda store: store.sent(ONE, "k", "team"),
    "mark_sent": lambda store: store.mark_sent(ONE, "k", "team", Delivery(MONDAY, "m")),
    "close": lambda store: store.close(ONE, "k"),
    "messages": lambda store: store.messages(ONE),
    "rows": lambda store: list(store.rows(MARCH, *HOURS)),
    "agreements": lambda store: store.agreements("acme"),
    "subjects": lambda store: list(store.subjects("acme")),
    "document": lambda store: store.document("acme", "gold", 1),
    "exclude": lambda store: store.exclude(exclusion()),
    "end": lambda store: store.end("acme", AgreementEnd("gold", MONDAY, "dissolved", "ada")),
    "connection": lambda store: store.connection("c-1"),
    "publish": lambda store: store.publish("acme", [Version(frozen(), 1, "sha256:1")], MONDAY, 0),
    "generation": lambda store: store.generation("acme"),
    "connect": lambda store: store.connect({"id": "c-1", "account": "acme"}),
    "disconnect": lambda store: store.disconnect({"id": "c-1", "account": "acme"}),
    "connections": lambda store: list(store.connections()),
    "note": lambda store: store.note("c-1", MONDAY),
    "heard": lambda store: store.heard("c-1", MONDAY),
    "unmapped": lambda store: store.unmapped("c-1"),
    "note_words": lambda store: store.note_words("c-1", MONDAY, {("status", "Waiting"): 1}),
    "forget_unmapped": lambda store: store.forget_unmapped("c-1"),
    "forget_words": lambda store: store.forget_unmapped("c-1", [("status", "Waiting")]),
    "append_change": lambda store: store.append_change("c-1", Change(MONDAY, "ada", "rotate")),
    "changes": lambda store: store.changes("c-1"),
}
OPERATIONS = {
    "load": "batch_get_item",
    "history": "query",
    "commit": "transact_write_items",
    "rows": "query",
    "close": "delete_item",
    "publish": "transact_write_items",
    "exclude": "put_item",
    "end": "transact_write_items",
    "subjects": "scan",
}


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DynamoBooks, Stubber]]:
    """A store whose every call is answered by the test."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    connection = Connection(region=REGION)
    with Stubber(connection.client) as stubber:
        yield DynamoBooks(connection, TABLES), stubber


def cancelled(*codes: str) -> dict[str, Any]:
    return {"CancellationReasons": [{"Code": code} for code in codes]}


@pytest.mark.parametrize("call", CALLS)
def test_an_endpoint_that_does_not_answer_is_unavailable(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was asked, and with no wait beyond the timeouts set."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{closed.getsockname()[1]}"
        connection = Connection(
            REGION, host, connect_timeout_seconds=0.1, read_timeout_seconds=0.1, max_retry_attempts=0
        )
        with pytest.raises(StoreUnavailableError):
            CALLS[call](DynamoBooks(connection, TABLES))


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError", "AccessDeniedException"])
@pytest.mark.parametrize("call", OPERATIONS)
def test_a_refusal_is_unavailable_and_never_a_conflict(
    stubbed: tuple[DynamoBooks, Stubber], call: str, code: str
) -> None:
    """A throttled write was not beaten by anybody: deciding anew would not help."""
    store, stubber = stubbed
    stubber.add_client_error(OPERATIONS[call], code, http_status_code=400)
    with pytest.raises(StoreUnavailableError, match=code):
        CALLS[call](store)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (("ConditionalCheckFailed", "None"), WriteConflictError),
        (("None", "TransactionConflict"), WriteConflictError),
        (("ConditionalCheckFailed", "TransactionConflict"), WriteConflictError),
        (("ThrottlingError", "None"), StoreUnavailableError),
        (("ConditionalCheckFailed", "ThrottlingError"), StoreUnavailableError),
        (("ProvisionedThroughputExceeded",), StoreUnavailableError),
        (("ValidationError",), StoreRefusedError),
    ],
)
def test_a_cancelled_transaction_is_a_conflict_only_where_somebody_was_first(
    stubbed: tuple[DynamoBooks, Stubber], codes: tuple[str, ...], error: type[Exception]
) -> None:
    """The reasons say why; one that is the table's own decides."""
    store, stubber = stubbed
    stubber.add_client_error(
        "transact_write_items", "TransactionCanceledException", modeled_fields=cancelled(*codes)
    )
    with pytest.raises(error):
        CALLS["commit"](store)


def test_a_published_version_is_a_conflict(stubbed: tuple[DynamoBooks, Stubber]) -> None:
    """Its condition failed: somebody published it before."""
    store, stubber = stubbed
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields=cancelled("ConditionalCheckFailed", "None"),
    )
    with pytest.raises(WriteConflictError):
        CALLS["publish"](store)


def test_an_end_that_meets_somebody_who_publishes_is_a_conflict(stubbed: tuple[DynamoBooks, Stubber]) -> None:
    """It was not ended before, so nobody may be told that it was."""
    store, stubber = stubbed
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields=cancelled("None", "TransactionConflict"),
    )
    stubber.add_response("get_item", {})
    with pytest.raises(WriteConflictError):
        CALLS["end"](store)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_never_comes_is_unavailable(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection stands, and nothing is read from it in time: whatever was asked, nobody knows."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connection = Connection(
            REGION, host, connect_timeout_seconds=0.1, read_timeout_seconds=0.1, max_retry_attempts=0
        )
        with pytest.raises(StoreUnavailableError, match="ReadTimeoutError"):
            CALLS[call](DynamoBooks(connection, TABLES))


@pytest.mark.usefixtures("dynamo")
def test_a_missing_table_is_unavailable() -> None:
    """A wrong name in the environment loses no delivery either."""
    store = DynamoBooks(Connection(region=REGION), {**TABLES, "tickets": "Elsewhere"})
    with pytest.raises(StoreUnavailableError):
        store.load(ONE)
    with pytest.raises(StoreUnavailableError):
        CALLS["commit"](store)
