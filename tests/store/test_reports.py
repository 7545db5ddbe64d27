"""Rollups as they are kept, in every store: versions that never change, of which the latest counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from slaclock.store.due import rows_due
from slaclock.store.errors import StoreUnavailableError, WriteConflictError
from slaclock.store.reports import ALL, UNKNOWN, Made, sealed_until, whose_of
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, commit, fact, ticket

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)
MADE = Made(TODAY, 1, "sha256:1", MONDAY, TODAY)


def kept(store: Store, *made: Made, account: str = "acme") -> None:
    for each in made:
        store.keep_rollup(account, each, {ALL: [f"{each.day} {each.version}".encode()]})


def test_what_was_made_of_days_is_found_by_day(store: Store) -> None:
    """Both bounds included; another account's is another's."""
    days = [replace(MADE, day=TODAY + n * DAY) for n in range(4)]
    kept(store, *days)
    kept(store, replace(MADE, hash="other"), account="acme#1")
    assert store.made("acme", TODAY + DAY, TODAY + 2 * DAY) == {each.day: each for each in days[1:3]}
    assert store.made("nobody", TODAY, TODAY) == {}


def test_the_latest_version_counts_and_no_part_of_an_earlier_one(store: Store) -> None:
    """The tenth comes after the ninth."""
    versions = [replace(MADE, version=n, hash=str(n)) for n in (1, 9, 10)]
    kept(store, *versions)
    made = store.made("acme", TODAY, TODAY)
    assert made == {TODAY: versions[2]}
    assert list(store.rollups("acme", ALL, made)) == [b"2026-03-02 10"]
    for each in versions:
        assert list(store.version("acme", ALL, each)) == [f"2026-03-02 {each.version}".encode()]


def test_a_report_reads_no_more_than_two_versions_of_a_day(store: Store) -> None:
    """The latest, and the one before, for whoever began to read when it was the latest."""
    versions = [replace(MADE, version=n) for n in range(1, 8)]
    kept(store, replace(MADE, day=TODAY - DAY), *versions, replace(MADE, day=TODAY + DAY))

    for each in versions[5:]:
        assert list(store.rollups("acme", ALL, {TODAY: each})) == [f"2026-03-02 {each.version}".encode()]
    for each in versions[:5]:
        with pytest.raises(StoreUnavailableError, match="2026-03-02 was made anew while it was read"):
            list(store.rollups("acme", ALL, {TODAY: each}))
    assert [len(list(store.version("acme", ALL, each))) for each in versions] == [1] * 7
    days = store.made("acme", TODAY - DAY, TODAY + DAY)
    assert list(store.rollups("acme", ALL, days)) == [b"2026-03-01 1", b"2026-03-02 7", b"2026-03-03 1"]


def test_parts_come_by_day_in_their_order_each_to_whose_they_are(store: Store) -> None:
    """No customer is taken for all of them, or for those that are not known."""
    names = ["*", "-", "", "=*", "a#b"]
    whose = [ALL, UNKNOWN, *map(whose_of, names)]
    store.keep_rollup("acme", MADE, {each: [each.encode(), bytes([0, 255])] for each in whose})
    made = store.made("acme", TODAY, TODAY)
    for each in whose:
        assert list(store.rollups("acme", each, made)) == [each.encode(), bytes([0, 255])]
    assert list(store.rollups("acme", whose_of("other"), made)) == []
    assert list(store.rollups("acme", ALL, {})) == []


def test_a_version_is_written_once(store: Store) -> None:
    """A number that is taken is a conflict, though nothing says that the other was ever finished."""
    kept(store, MADE)
    with pytest.raises(WriteConflictError):
        kept(store, replace(MADE, hash="sha256:2"))
    assert store.made("acme", TODAY, TODAY) == {TODAY: MADE}
    store.keep_rollup("acme", replace(MADE, day=TODAY + DAY), {})
    assert list(store.rollups("acme", ALL, store.made("acme", TODAY, TODAY + DAY))) == [b"2026-03-02 1"]


def test_accounts_that_have_rollups_are_listed_once(store: Store) -> None:
    """In their order."""
    assert store.accounts() == []
    kept(store, MADE, replace(MADE, version=2))
    kept(store, MADE, account="Å#1")
    assert store.accounts() == ["acme", "Å#1"]


def test_how_far_the_nights_came_is_the_last_day(store: Store) -> None:
    """Whatever the order in which days are noted."""
    assert store.rolled_until() is None
    for day in (TODAY, TODAY + DAY, TODAY - DAY):
        store.note_rolled(day)
    assert store.rolled_until() == TODAY + DAY


def test_an_account_may_be_behind_the_nights(store: Store) -> None:
    """From the day that was noted last, until that is taken back; other accounts are not."""
    store.note_rolled(TODAY)
    assert (store.behind(), sealed_until(store, "acme")) == ({}, TODAY)
    store.note_behind("acme", TODAY)
    store.note_behind("acme", TODAY - DAY)
    assert store.behind() == {"acme": TODAY - DAY}
    assert [sealed_until(store, each) for each in ("acme", "b")] == [TODAY - 2 * DAY, TODAY]
    store.note_behind("acme", None)
    assert (store.behind(), sealed_until(store, "acme")) == ({}, TODAY)


def test_rows_are_found_by_the_days_of_their_deadlines(store: Store) -> None:
    """Of UTC, across months, breaches and others; an account's, a customer's, or those of nobody known."""
    told = [
        ("1", "clock_met", MONDAY, "acme"),
        ("2", "clock_breached", MONDAY + 14 * HOUR, "acme"),
        ("3", "clock_met", MONDAY + 15 * HOUR, "b"),
        ("4", "clock_breached", MONDAY + 30 * DAY, None),
    ]
    for ticket_id, name, due, customer in told:
        about = ticket(ticket_id)
        details = {"customer": customer} if customer else {}
        row = replace(fact(name, about=about), due_at=due, details=details)
        store.commit(commit(None, about, row))

    def found(whose: str, first: date, last: date, account: str = "acme") -> list[str]:
        return [row.fact.ticket_id for row in rows_due(store, account, whose, first, last)]

    month = (TODAY, TODAY + 31 * DAY)
    assert found(ALL, TODAY, TODAY) == ["2", "1"]
    assert sorted(found(ALL, *month)) == ["1", "2", "3", "4"]
    assert found(whose_of("b"), *month) == ["3"]
    assert found(UNKNOWN, *month) == ["4"]
    assert found(whose_of("b"), *month, account="other") == []
