"""What has gone because its account's retention ended: no fault to who checks seals, and nothing else is."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.domain.keeping import Hold, Keeping
from slaclock.store.keeping import hold_item, retention_item
from tests.functions.vault import Vault, opened

DAY = date(2026, 3, 2)
YEARS = timedelta(days=3653)
KEPT = Keeping(timedelta(days=400), YEARS)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def keep(vault: Vault, keeping: Keeping) -> None:
    for item in (retention_item("acme", keeping), *(hold_item("acme", hold) for hold in keeping.holds)):
        vault.memory.tables["agreements"][item["pk"], item["sk"]] = item


def gone(vault: Vault, at: str) -> str:
    """A row of that day that is not there any more, at an instant."""
    row = vault.breach("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    vault.remove(row)
    vault.time = parse_instant(at)

    return row


def test_a_row_whose_retention_is_over_is_not_missed(vault: Vault) -> None:
    """It is said how many went; by the end of the day of their recording, ten years on."""
    keep(vault, KEPT)
    gone(vault, "2036-03-04T00:00:00Z")
    assert vault.faults(DAY, DAY) == []
    told = [each.what for each in vault.check(DAY, DAY)]
    assert "ended: of 1 rows that were sealed the retention is over" in told


@pytest.mark.parametrize(
    ("keeping", "at"),
    [
        (KEPT, "2036-03-02T00:00:00Z"),
        (Keeping(timedelta(days=400)), "2036-03-04T00:00:00Z"),
        (Keeping(), "2036-03-04T00:00:00Z"),
        (
            Keeping(
                KEPT.logs, KEPT.ledger, (Hold("case", "suit", "ada", parse_instant("2036-03-01T00:00:00Z")),)
            ),
            "2036-03-04T00:00:00Z",
        ),
    ],
    ids=["too early", "kept for ever", "no retention", "held"],
)
def test_any_other_row_that_is_gone_is_a_fault(vault: Vault, keeping: Keeping, at: str) -> None:
    """By name, as ever."""
    keep(vault, keeping)
    row = gone(vault, at)
    assert vault.faults(DAY, DAY) == [f"2026-03-02: removed: a row that was sealed, {row}"]


def test_the_record_of_a_ticket_that_was_forgotten_is_not_missed(vault: Vault) -> None:
    """Its log is gone, and in its place stands that it was removed, and where its chain ended."""
    vault.touch("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    saved = vault.memory.load("ticket#acme#1").saved
    assert saved is not None
    vault.memory.forget("ticket#acme#1", saved, vault.now(), None)
    vault.memory.clear("ticket#acme#1", 100)
    assert vault.faults(DAY, DAY, heads=True) == []
    assert "ended: the record of ticket#acme#1 was kept no longer" in [
        each.what for each in vault.check(DAY, DAY, heads=True)
    ]
