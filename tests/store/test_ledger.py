"""The ledger's rows: which facts have one, and in what order they come from the indexes."""

from itertools import islice
from typing import Any

import pytest

from slaclock.domain.facts import Fact, subject_key
from slaclock.store.keys import MONTH_SHARDS, aside
from slaclock.store.rows import LedgerRow, customer_month, due_order
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, commit, fact, ticket

MARCH = [("account_month", subject_key("month", "acme", "2026-03"))]
BREACHES = [("breach_month", f"2026-03#{number}") for number in range(MONTH_SHARDS)]
ALL = due_order(breach=True, due=""), due_order(breach=False, due="~")


def told(store: Store, *facts: Fact, ticket_id: str = "1") -> None:
    store.commit(commit(None, ticket(ticket_id), *facts))


def breach(ticket_id: str, hours: int = 1, **members: Any) -> Fact:
    at = MONDAY + hours * HOUR
    return fact(about=ticket(ticket_id), at=at, due_at=at, **members)


def all_rows(store: Store, partitions: list[tuple[str, str]]) -> list[LedgerRow]:
    first, last = sorted(ALL)
    return list(store.rows(partitions, first, last))


def breached(store: Store, partitions: list[tuple[str, str]]) -> list[str]:
    begin, end = due_order(breach=True, due=MONDAY), due_order(breach=True, due=MONDAY + 100 * HOUR)
    return [row.fact.ticket_id for row in store.rows(partitions, begin, end)]


def test_a_row_holds_the_fact_and_its_place_in_the_chain(store: Store) -> None:
    """And when it was recorded, which is not when it happened."""
    saved = store.commit(commit(None, ticket(), fact("clock_started"), fact(), at=MONDAY + 2 * HOUR))
    (row,) = all_rows(store, MARCH)
    assert (row.subject, row.fact, row.seq, row.hash) == ("ticket#acme#1", fact(), 2, saved.head)
    assert row.recorded_at == MONDAY + 2 * HOUR


def test_every_outcome_has_a_row_and_nothing_else_has(store: Store) -> None:
    """Attainment needs its denominator; a pause is in the ticket's own record."""
    names = [
        "clock_started",
        "clock_met",
        "clock_paused",
        "clock_cancelled",
        "reminder_due",
        "escalation_due",
    ]
    told(store, *(fact(name) for name in names))
    assert {row.fact.fact for row in all_rows(store, MARCH)} == {"clock_met", "clock_cancelled"}


def test_rows_come_by_deadline_and_those_of_one_breach_together(store: Store) -> None:
    """Whatever the order in which they were written, and whoever was told in between."""
    told(store, breach("2", 3), ticket_id="2")
    told(store, breach("1", 2), fact("breach_ended", mark="m", due_at=MONDAY + 2 * HOUR))
    told(store, breach("3", 2), ticket_id="3")
    found = [(row.fact.ticket_id, row.fact.fact) for row in all_rows(store, MARCH)]
    assert found == [
        ("1", "clock_breached"),
        ("1", "breach_ended"),
        ("3", "clock_breached"),
        ("2", "clock_breached"),
    ]


def test_the_end_is_excluded_and_the_start_is_not(store: Store) -> None:
    """A span's last instant belongs to the next span."""
    for hours in (1, 2, 3):
        told(store, breach(str(hours), hours), ticket_id=str(hours))
    begin, end = (due_order(breach=True, due=MONDAY + hours * HOUR) for hours in (1, 3))
    assert [row.fact.ticket_id for row in store.rows(MARCH, begin, end)] == ["1", "2"]
    last = all_rows(store, MARCH)[-1].order
    assert [row.fact.ticket_id for row in store.rows(MARCH, begin, last)] == ["1", "2"]
    assert list(store.rows(MARCH, end, begin)) == []
    assert list(store.rows(MARCH, begin, begin)) == []


def test_breaches_are_read_without_the_cycles_that_were_met(store: Store) -> None:
    """They stand apart in the same index, so that few breaches cost little."""
    told(store, fact("clock_met"), ticket_id="1")
    told(store, breach("2"), ticket_id="2")
    assert breached(store, MARCH) == ["2"]


def test_a_customers_breaches_are_found_in_every_account_or_in_one(store: Store) -> None:
    """And nobody else's, nor another account's customer of that name; a ticket without one is in neither."""
    told(store, breach("1", details={"customer": "north#1"}), ticket_id="1")
    told(store, breach("2", details={"customer": None}), ticket_id="2")
    other = ticket("3", account="other")
    store.commit(commit(None, other, fact(about=other, details={"customer": "north#1"})))
    told(store, fact("clock_met", details={"customer": "north#1"}), ticket_id="4")
    assert sorted(breached(store, [("party_month", subject_key("month", "north#1", "2026-03"))])) == [
        "1",
        "3",
    ]
    ours, theirs = (
        [("customer_month", customer_month(each, "north#1", "2026-03"))] for each in ("acme", "other")
    )
    assert (breached(store, ours), breached(store, theirs)) == (["1"], ["3"])
    assert [row.fact.ticket_id for row in store.rows(ours, "cycle#", "cycle#~")] == ["4"]


def test_a_customer_of_whom_no_key_could_tell_has_no_rows(store: Store) -> None:
    """A key may have 2048 bytes; whoever asks by a longer one is not refused."""
    assert (
        breached(
            store, [("customer_month", customer_month("\U0001f600" * 256, "\U0001f600" * 256, "2026-03"))]
        )
        == []
    )


def test_a_month_of_breaches_is_merged_from_its_shards(store: Store) -> None:
    """Every shard is read, and the rows come by deadline across them."""
    for number in range(12):
        told(store, breach(str(number), 12 - number), ticket_id=str(number))
    assert breached(store, BREACHES) == [str(number) for number in reversed(range(12))]


def test_a_breach_belongs_to_the_month_of_its_deadline(store: Store) -> None:
    """Told in April, it is still March's."""
    told(store, fact("breach_ended", at=MONDAY + 24 * 40 * HOUR, mark="m"))
    assert breached(store, BREACHES) == ["1"]
    assert breached(store, [("breach_month", f"2026-04#{number}") for number in range(MONTH_SHARDS)]) == []


@pytest.mark.parametrize(("wrong", "found"), [("clock_breached", ["1"]), ("clock_met", [])])
def test_a_correction_stands_with_what_it_corrects(store: Store, wrong: str, found: list[str]) -> None:
    """Of a breach it belongs to the breaches, of a cycle that was met to the others."""
    told(store, fact("outcome_corrected", mark="m", details={"corrects": fact(wrong).id, "told": []}))
    assert breached(store, BREACHES) == found
    assert len(all_rows(store, MARCH)) == 1


def test_where_there_is_no_deadline_the_instant_gives_the_place(store: Store) -> None:
    """A clock cancelled while paused has none."""
    told(store, fact("clock_cancelled", due_at=None, at=MONDAY))
    (row,) = all_rows(store, MARCH)
    assert row.order.startswith("cycle#2026-03-02T09:00:00.000000Z#")


def test_rows_are_read_as_they_are_asked_for(store: Store) -> None:
    """Whoever wants two gets two."""
    for number in range(5):
        told(store, breach(str(number)), ticket_id=str(number))
    begin, end = due_order(breach=True, due=MONDAY), due_order(breach=True, due=MONDAY + 9 * HOUR)
    assert len(list(islice(store.rows(MARCH, begin, end), 2))) == 2


def test_a_long_subject_stands_in_an_indexs_sort_key_by_its_hash() -> None:
    """Of more than 32 bytes: the first 96 bits of SHA-256, in base64url."""
    assert aside("é" * 16) == "é" * 16
    assert aside("x" * 33) != aside("y" * 33)
    assert aside("ticket#example#3f9a7c22-52f1-4ce3-9d0a-7be3a52d0c11") == "~LjKjHM1_Uk8FkGOl"
