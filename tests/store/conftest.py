"""Both stores, so that every test of the contract runs against each."""

from collections.abc import Iterator

import pytest

from slaclock.store.dynamo import DynamoStore
from slaclock.store.memory import MemoryStore
from tests.store.tables import stored

Store = MemoryStore | DynamoStore


@pytest.fixture(params=["memory", "dynamo"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with stored(monkeypatch) as store:
        yield store


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoStore]:
    """An empty store in DynamoDB."""
    with stored(monkeypatch) as store:
        yield store
