"""Races of the real functions over a store with real optimistic concurrency."""

from collections.abc import Iterator

import pytest

from tests.e2e.desk import Desk, open_desk
from tests.e2e.racing import Race


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk over an empty ministack of its own."""
    with open_desk() as desk:
        yield desk


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Race:
    """Things done at once, with their conflicts counted."""
    return Race(monkeypatch)
