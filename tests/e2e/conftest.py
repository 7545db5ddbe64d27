"""Races of the real functions over a store with real optimistic concurrency."""

from collections.abc import Iterator

import pytest

from tests.e2e import ministack
from tests.e2e.desk import Desk, open_desk
from tests.e2e.racing import Race


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Without the emulator each test here fails, and says in a line what makes it."""
    if not ministack.PYTHON.exists():
        pytest.fail(f"{ministack.PYTHON} is missing: make .venv-emulator/.installed", pytrace=False)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk over an empty ministack of its own."""
    with open_desk() as desk:
        yield desk


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Race:
    """Things done at once, with their conflicts counted."""
    return Race(monkeypatch)
