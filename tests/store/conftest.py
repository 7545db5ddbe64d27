"""Every store, so that every test of the contract runs against each; the double is the simulation's."""

from collections.abc import Iterator

import pytest

from slaclock.store.dynamo_books import DynamoBooks
from slaclock.store.memory import MemoryStore
from tests.sim.dynamodb import DynamoDouble
from tests.store.samples import MONDAY
from tests.store.tables import doubled, stored

Store = MemoryStore | DynamoBooks


@pytest.fixture(params=["memory", "dynamo", "double"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "double":
        double = DynamoDouble(lambda: MONDAY)
        yield doubled(double)
        assert double.misuses == []
        return
    with stored(monkeypatch) as store:
        yield store


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoBooks]:
    """An empty store in DynamoDB."""
    with stored(monkeypatch) as store:
        yield store
