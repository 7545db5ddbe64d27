"""Connections, found by their ids and listed; and what is counted of their deliveries."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slaclock.store.activity import KEPT, Heard
from slaclock.store.changes import Change, changed_members
from slaclock.store.dynamo_books import DynamoBooks
from slaclock.store.errors import WriteConflictError
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, publish

DAY = timedelta(days=1)


def record(connection_id: str = "c-1", account: str = "acme", **members: Any) -> dict[str, Any]:
    return {"id": connection_id, "account": account, "kind": "zendesk", **members}


def test_a_connection_is_found_by_its_id_alone(store: Store) -> None:
    """It may be replaced; of another id there is none."""
    store.connect(record())
    store.connect(record(kind="generic"))
    assert store.connection("c-1") == record(kind="generic")
    assert store.connection("c-2") is None
    assert store.connection("c" * 2000) is None


def test_connections_are_listed_by_account(store: Store) -> None:
    """Each once, however often it was replaced; also those of an account whose name has a separator in it."""
    for each in (record("c-2"), record("c-1"), record("c-1", kind="generic"), record("c-0", "b#%23")):
        store.connect(each)
    assert list(store.connections()) == [("acme", "c-1"), ("acme", "c-2"), ("b#%23", "c-0")]


def test_a_connection_that_is_taken_out_is_neither_found_nor_listed(store: Store) -> None:
    """Taking it out again is no error."""
    store.connect(record())
    store.connect(record("c-2"))
    store.disconnect(record())
    store.disconnect(record())
    assert (store.connection("c-1"), list(store.connections())) == (None, [("acme", "c-2")])


@pytest.mark.parametrize("account", ["CONNECTION#c-1", "CONNECTIONS", "CONNECTIONS#", "ACTIVITY#c-1"])
def test_no_account_is_taken_for_a_connection(store: Store, account: str) -> None:
    """An account may be called as one of their keys is."""
    store.connect(record())
    store.note("c-1", MONDAY)
    publish(store, account)
    assert store.connection("c-1") == record()
    assert list(store.connections()) == [("acme", "c-1")]
    assert len(store.agreements(account).versions) == 1


def test_deliveries_are_counted_by_the_hour(store: Store) -> None:
    """In UTC, whatever zone an instant is in; the last one to the second."""
    for at in (MONDAY, MONDAY + HOUR - timedelta(microseconds=1), MONDAY + HOUR, MONDAY + DAY):
        store.note("c-1", at)
    store.note("c-1", datetime.fromisoformat("2026-03-03T00:30:00+02:00"))
    store.note("c-2", MONDAY)
    heard = store.heard("c-1", MONDAY)
    assert heard.hours == {
        MONDAY: 2,
        MONDAY + HOUR: 1,
        datetime(2026, 3, 2, 22, tzinfo=UTC): 1,
        MONDAY + DAY: 1,
    }
    assert heard.last == MONDAY + DAY


def test_what_was_heard_is_read_from_a_day_on(store: Store) -> None:
    """The whole day that an instant is in; of nobody nothing was heard."""
    for day in range(5):
        store.note("c-1", MONDAY + day * DAY)
    assert list(store.heard("c-1", MONDAY + 3 * DAY + 5 * HOUR).hours) == [MONDAY + 3 * DAY, MONDAY + 4 * DAY]
    assert store.heard("c-2", MONDAY) == Heard()


def test_a_day_is_counted_by_the_hours_that_reach_into_it(store: Store) -> None:
    """The last 24 hours at twenty past nine begin with the rest of the hour from nine on."""
    for hours in range(26):
        store.note("c-1", MONDAY - hours * HOUR)
    heard = store.heard("c-1", MONDAY - 3 * DAY)
    assert heard.since(MONDAY + timedelta(minutes=20) - DAY) == 25
    assert heard.since(MONDAY + HOUR - DAY) == 24


def test_words_that_no_map_knew_are_counted(store: Store) -> None:
    """By the member that they are of, the most frequent first; letter by letter as they are written."""
    words = [("status", "Waiting [x].y"), ("priority", "P#0: 100%"), ("status", "waiting [x].y")]
    for each in (words[:1], words[:2], words[2:], [*words[:1], *words[:1]]):
        store.note_words("c-1", MONDAY, Counter(each))
    assert list(store.unmapped("c-1").items()) == [
        (("status", "Waiting [x].y"), 4),
        (("priority", "P#0: 100%"), 1),
        (("status", "waiting [x].y"), 1),
    ]
    assert (store.unmapped("c-2"), store.heard("c-1", MONDAY)) == ({}, Heard())


def test_no_more_than_fifty_words_are_counted(store: Store) -> None:
    """Those that came first go on, whatever comes with them; of a long one 64 characters."""
    for number in range(49):
        store.note_words("c-1", MONDAY, {("status", f"s{number}"): 1})
    late = {("status", "x" * 65): 1, ("priority", "one too many"): 1, ("status", "x" * 66): 1}
    store.note_words("c-1", MONDAY, {**late, ("priority", "nor this"): 1, ("status", "s7"): 3})
    store.note_words("c-1", MONDAY, {("priority", "one too many"): 1})
    words = store.unmapped("c-1")
    assert (len(words), words["status", "s7"], words["status", "x" * 64]) == (50, 4, 2)
    assert ("priority", "one too many") not in words


def test_ten_words_are_counted_at_once(store: Store) -> None:
    """Of the others nothing: an expression has its length."""
    store.note_words("c-1", MONDAY, {("status", f"s{number}"): 1 for number in range(11)})
    assert list(store.unmapped("c-1")) == [("status", f"s{number}") for number in range(10)]


def test_a_new_word_that_somebody_else_counts_meanwhile_is_a_conflict(
    dynamo: DynamoBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is counted, not even of what comes with it; whoever holds it may come again."""
    waiting, parked = ("status", "Waiting"), ("status", "Parked")
    dynamo.note_words("c-1", MONDAY, {waiting: 1})
    looked = dynamo._words  # noqa: SLF001  (what is read between two writes)

    def overtaken(*asked: Any, **how: Any) -> dict[str, Any]:
        found = looked(*asked, **how)
        monkeypatch.setattr(dynamo, "_words", looked)
        dynamo.note_words("c-1", MONDAY, {parked: 1})
        return found

    monkeypatch.setattr(dynamo, "_words", overtaken)
    with pytest.raises(WriteConflictError):
        dynamo.note_words("c-1", MONDAY, {waiting: 1, parked: 2})
    assert dynamo.unmapped("c-1") == {waiting: 1, parked: 1}
    dynamo.note_words("c-1", MONDAY, {waiting: 1, parked: 2})
    assert dynamo.unmapped("c-1") == {parked: 3, waiting: 2}


def test_words_are_counted_anew_once_they_are_forgotten(store: Store) -> None:
    """For the maps have changed; deliveries stay counted."""
    store.note("c-1", MONDAY)
    store.note_words("c-1", MONDAY, {("status", "Waiting"): 1})
    store.forget_unmapped("c-1")
    store.forget_unmapped("c-1")
    assert store.unmapped("c-1") == {}
    store.note_words("c-1", MONDAY, {("status", "Waiting"): 1})
    assert store.unmapped("c-1") == {("status", "Waiting"): 1}
    assert store.heard("c-1", MONDAY).hours == {MONDAY: 1}


def test_some_words_are_forgotten_and_the_others_stay(store: Store) -> None:
    """Those that were mapped; of those that were not there, nothing. There is room for as many again."""
    words = [("status", "Waiting"), ("priority", "P0")]
    store.note_words("c-1", MONDAY, Counter(words))
    store.forget_unmapped("c-1", [("status", "Waiting"), ("status", "nobody said that")])
    store.forget_unmapped("c-1", [])
    store.forget_unmapped("c-2", words)
    assert store.unmapped("c-1") == {("priority", "P0"): 1}
    for number in range(60):
        store.note_words("c-1", MONDAY, {("status", f"s{number}"): 1})
    assert len(store.unmapped("c-1")) == 50


def test_words_are_counted_without_a_delivery(store: Store) -> None:
    """Of one that came before, and is no sign of life now."""
    store.note_words("c-1", MONDAY, {("status", "Waiting"): 1})
    assert store.unmapped("c-1") == {("status", "Waiting"): 1}
    assert store.heard("c-1", MONDAY) == Heard()


def test_changes_are_listed_in_order_and_outlive_their_connection(store: Store) -> None:
    """Each says who, when and what; the connection is found, listed and replaced as without them."""
    added = Change(MONDAY, "ada", "add", {"title": [None, "Desk"]})
    done = [
        Change(MONDAY + HOUR, "ada", "rotate: a new secret alone"),
        Change(MONDAY + HOUR + timedelta(microseconds=1), "kim", "remove"),
    ]
    store.connect(record(), added)
    store.append_change("c-1", done[0])
    store.append_change("c-1", done[0])
    store.disconnect(record(), done[1])
    assert store.changes("c-1") == [added, *done]
    assert (store.changes("c-2"), store.connection("c-1"), list(store.connections())) == ([], None, [])


def test_a_change_that_is_too_large_keeps_its_members_names(store: Store) -> None:
    """A map has a thousand words at most; an item has 400 kB."""
    words = {str(number): [None, "x" * 255] for number in range(1000)}
    store.append_change("c-1", Change(MONDAY, "ada", "set", {"customers": words}))
    assert store.changes("c-1")[0].members == {"customers": "too large to be kept"}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {"title": "a"}, {"title": [None, "a"]}),
        ({"title": "a"}, {}, {"title": ["a", None]}),
        ({"agents": ["a"]}, {"agents": ["a", "b"]}, {"agents": [["a"], ["a", "b"]]}),
        ({"statuses": {"a": "new"}}, {"statuses": {"b": "open"}},
         {"statuses": {"a": ["new", None], "b": [None, "open"]}}),
        ({"mapping": "glpi"}, {"mapping": {"a": "b"}}, {"mapping": ["glpi", {"a": "b"}]}),
        ({"title": "a"}, {"title": "a"}, {}),
    ],
)  # fmt: skip
def test_a_change_names_what_differs(
    before: dict[str, Any], after: dict[str, Any], changed: dict[str, Any]
) -> None:
    """What it was and what it is; of a map, word by word."""
    assert changed_members(before, after) == changed


def test_what_was_counted_is_forgotten_after_91_days() -> None:
    """Thirteen weeks: three for a habit, and ten in which a silence is remembered."""
    assert timedelta(days=91) == KEPT
