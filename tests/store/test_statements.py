"""Statements of credits and warnings, as every store keeps them: once, in order, and never changed."""

from datetime import timedelta
from random import Random

import pytest

from slaclock.store.errors import StoreRefusedError, WriteConflictError
from slaclock.store.statements import LARGEST_PART, MOST_PARTS, Issued, statement_items
from tests.store.conftest import Store
from tests.store.samples import MONDAY

LATER = MONDAY + timedelta(days=9)
FIRST = Issued(1, MONDAY, {"total": "500.00", "hash": "sha256:aa", "lines": [{"of": "løsning"}]})
SECOND = Issued(2, LATER, {"total": "0.00", "hash": "sha256:bb", "lines": []})


def of_size(size: int, number: int = 1) -> Issued:
    """A statement that takes so many bytes once it is compressed, or a few more."""
    return Issued(number, MONDAY, {"hash": "sha256:cc", "rows": Random(7).randbytes(size).hex()})  # noqa: S311


def test_statements_are_listed_in_their_order(store: Store) -> None:
    """Those of the period alone, as they were issued."""
    for issued in (SECOND, FIRST):
        store.keep_statement("acme", "gold", "2026-10", issued)
    store.keep_statement("acme", "gold", "2026-1", FIRST)
    store.keep_statement("acme", "gold", "2026-Q4", FIRST)
    store.keep_statement("acme", "silver", "2026-10", FIRST)
    store.keep_statement("other", "gold", "2026-10", FIRST)
    assert store.statements("acme", "gold", "2026-10") == [FIRST, SECOND]
    assert store.statements("acme", "gold", "2026") == []


def test_a_statement_is_kept_once(store: Store) -> None:
    """Whoever is second has to look again."""
    store.keep_statement("acme", "gold", "2026-10", FIRST)
    with pytest.raises(WriteConflictError):
        store.keep_statement("acme", "gold", "2026-10", Issued(1, LATER, SECOND.document))
    assert store.statements("acme", "gold", "2026-10") == [FIRST]


def test_a_long_statement_is_kept_in_parts(store: Store) -> None:
    """An item holds no more than 400 KB."""
    long = of_size(900_000)
    assert len(statement_items("acme", "gold", "2026-10", long)) > 2
    store.keep_statement("acme", "gold", "2026-10", long)
    store.keep_statement("acme", "gold", "2026-10", SECOND)
    assert store.statements("acme", "gold", "2026-10") == [long, SECOND]


def test_one_that_no_transaction_takes_is_refused(store: Store) -> None:
    """Nothing of it is kept."""
    with pytest.raises(StoreRefusedError):
        store.keep_statement("acme", "gold", "2026-10", of_size(LARGEST_PART * MOST_PARTS + 1))
    assert store.statements("acme", "gold", "2026-10") == []


def test_a_warning_is_kept_once_for_a_period_and_a_threshold(store: Store) -> None:
    """To keep it again changes nothing."""
    for period, threshold in (("2026-10", "below 99% legal"), ("2026-10", "breaches_left 1 legal")):
        store.keep_warning("acme", "gold", period, threshold, MONDAY)
        store.keep_warning("acme", "gold", period, threshold, LATER)
    store.keep_warning("acme", "gold", "2026-11", "below 95% a#b", MONDAY)
    assert set(store.warned("acme", "gold", "2026-10")) == {"below 99% legal", "breaches_left 1 legal"}
    assert set(store.warned("acme", "gold", "2026-11")) == {"below 95% a#b"}
    assert set(store.warned("acme", "silver", "2026-10")) == set()
