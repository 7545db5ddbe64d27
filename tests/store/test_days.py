"""What was recorded on a day: every row of the ledger once, in order, and the tickets that were saved."""

from datetime import UTC, date, datetime, timedelta

from slaclock.domain.facts import split_id
from slaclock.evidence.seal import row_document
from slaclock.store.items import recorded
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, commit, event, fact, ticket

DAY, DAYS = MONDAY.date(), timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)


def breach(store: Store, ticket_id: str, at: datetime = MONDAY + HOUR) -> None:
    about = ticket(ticket_id)
    store.commit(commit(None, about, fact(about=about), at=at))


def tickets_recorded(store: Store, day: date) -> list[str]:
    return [split_id(row["id"])[0].rpartition("#")[2] for row in store.recorded(day)]


def test_a_row_is_read_as_it_was_hashed_into_its_chain(store: Store) -> None:
    """The fact as recorded, its cause, its place and when that was: whoever has it can check its hash."""
    saved = store.commit(commit(None, ticket(), fact(cause="e1"), given=event(), at=MIDNIGHT - HOUR / 60))
    (row,) = store.recorded(DAY)
    (told,) = store.told("ticket#acme#1")
    assert row == row_document(
        recorded(told.fact), seq=2, at="2026-03-02T23:59:00Z", cause_hash=told.cause_hash, head=saved.head
    )
    assert row["cause_hash"] == store.life("ticket#acme#1").log[0].hash
    assert "subject" not in row["fact"]


def test_rows_come_in_the_order_of_recording_whatever_their_shard(store: Store) -> None:
    """Of one instant by ticket, then by their number in its chain."""
    for number in (7, 1, 5, 3):
        breach(store, str(number), MONDAY + number * HOUR)
    about = ticket("9")
    both = (fact("clock_met", about=about), fact(about=about))
    store.commit(commit(None, about, *both, at=MONDAY + 5 * HOUR))
    rows = [(split_id(row["id"])[0][-1], row["seq"], row["at"][11:13]) for row in store.recorded(DAY)]
    assert rows == [
        ("1", 1, "10"),
        ("3", 1, "12"),
        ("5", 1, "14"),
        ("9", 1, "14"),
        ("9", 2, "14"),
        ("7", 1, "16"),
    ]


def test_a_day_begins_at_midnight_and_ends_before_the_next(store: Store) -> None:
    """Of UTC, and of when it was recorded: when it was due is another matter."""
    breach(store, "1", MIDNIGHT - timedelta(microseconds=1))
    breach(store, "2", MIDNIGHT)
    assert tickets_recorded(store, DAY) == ["1"]
    assert tickets_recorded(store, DAY + DAYS) == ["2"]
    assert tickets_recorded(store, DAY - DAYS) == []


def test_more_rows_than_are_read_at_once_come_each_once(store: Store) -> None:
    """A hundred items are read by their keys in a call."""
    about = ticket()
    saved = None
    for first in range(0, 230, 46):
        facts = [fact("clock_met", cycle=first + n) for n in range(46)]
        saved = store.commit(commit(saved, about, *facts, at=MONDAY + first * HOUR / 60))
    assert [row["seq"] for row in store.recorded(DAY)] == list(range(1, 231))


def test_more_tickets_than_are_read_at_once_come_each_once(store: Store) -> None:
    """A hundred items are read by their keys in a call."""
    for number in range(130):
        store.commit(commit(None, ticket(str(number))))
    assert sorted(each[0] for each in store.touched(DAY)) == sorted(f"ticket#acme#{n}" for n in range(130))


def test_a_ticket_with_the_longest_key_is_listed_too(store: Store) -> None:
    """A table's key may have twice as many bytes as one that orders an index."""
    long_id = "🎫" * 256
    store.commit(commit(None, ticket(long_id)))
    ((subject, seq, _),) = store.touched(DAY)
    assert (len(subject.encode()) > 1024, seq) == (True, 0)


def test_facts_without_a_row_are_not_recorded(store: Store) -> None:
    """They are in the chain, whose head the day's seal has."""
    store.commit(commit(None, ticket(), fact("clock_paused", mark="x")))
    assert list(store.recorded(DAY)) == []
    assert [each[0] for each in store.touched(DAY)] == ["ticket#acme#1"]


def test_a_ticket_is_listed_on_the_day_it_was_last_saved_with_its_head(store: Store) -> None:
    """Once; a ticket that was saved again since is listed then."""
    first = {name: store.commit(commit(None, ticket(name), given=event())) for name in ("2", "10", "3")}
    later = store.commit(commit(first["3"], ticket("3"), given=event("e2"), at=MIDNIGHT))
    assert sorted(store.touched(DAY)) == [
        ("ticket#acme#10", 1, first["10"].head),
        ("ticket#acme#2", 1, first["2"].head),
    ]
    assert list(store.touched(DAY + DAYS)) == [("ticket#acme#3", 2, later.head)]
    assert first["2"].head == first["10"].head != later.head
