"""A row that no query finds where it belongs is not what was sealed."""

from collections.abc import Iterator

import pytest

from slaclock.domain.facts import split_id
from tests.functions.vault import MONDAY, TUESDAY, Vault, opened


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_month", None),
        ("customer_month", None),
        ("party_month", None),
        ("breach_month", None),
        ("account_month", "month#acme#2020-01"),
        ("customer_month", "acme#other#2026-03"),
        ("party_month", "month#other#2026-03"),
        ("breach_month", "2020-01#0"),
        ("due_order", "breach#2020-01-01T00:00:00.000000Z#x"),
        ("recorded_order", "2026-03-02T10:00:00.000000Z#elsewhere"),
    ],
)
def test_a_row_that_was_taken_out_of_its_place_is_a_changed_one(
    vault: Vault, name: str, value: str | None
) -> None:
    """To `check`, and to the night after; by each index by which rows are asked for."""
    row = vault.breach("1", "2026-03-02T10:00:00Z")
    vault.seal(MONDAY)
    item = vault.memory.tables["ledger"][split_id(row)]
    del item[name]
    item.update({name: value} if value else {})
    assert vault.faults(MONDAY, MONDAY) == [f"2026-03-02: changed: a row that was sealed, {row}"]
    vault.night_of(TUESDAY)
    assert vault.run()["mismatches"] == 1


def test_the_end_of_a_row_is_no_place(vault: Vault) -> None:
    """Retention sets it; nothing else of a row ever changes."""
    row = vault.breach("1", "2026-03-02T10:00:00Z")
    vault.seal(MONDAY)
    vault.memory.tables["ledger"][split_id(row)]["expires_at"] = 4102444800
    assert vault.faults(MONDAY, MONDAY) == []


def test_a_row_that_was_out_of_its_place_when_it_was_sealed_is_told_by_check(vault: Vault) -> None:
    """Its leaf agrees with it: it is not changed, and is not found by whoever asks for the month."""
    row = vault.breach("1", "2026-03-02T10:00:00Z")
    item = vault.memory.tables["ledger"][split_id(row)]
    item.update(breach_month="2020-01#0", due_order="breach#2020-01-01T00:00:00.000000Z#x")
    vault.seal(MONDAY)
    assert vault.faults(MONDAY, MONDAY) == [
        f"2026-03-02: misplaced: a row that queries don't find by breach_month, due_order, {row}"
    ]
