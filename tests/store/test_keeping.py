"""How long what is stored is kept: tickets that are over, their removal, people's keys, and acts."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.facts import Fact, subject_key
from slaclock.domain.keeping import Hold, Keeping
from slaclock.domain.ticket import Ticket
from slaclock.register import Act, Register
from slaclock.store.commit import Beside, Forgotten, Loaded, Saved
from slaclock.store.errors import WriteConflictError
from slaclock.store.keeping import hold_item, retention_item
from slaclock.store.memory import MemoryStore
from slaclock.store.models import LedgerItem, TicketsItem
from slaclock.store.rows import RowEnd
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, clock, commit, event, fact, ticket

ONE, DAY = "ticket#acme#1", timedelta(days=1)
LOGS, BOTH = Keeping(400 * DAY), Keeping(400 * DAY, 3653 * DAY)
ADA, BOB = ("PERSON#acme#" + digits * 32 for digits in ("a1", "b2"))
WRITTEN = MONDAY + HOUR  # when samples are committed
HOLD = Hold("case-1", "a lawsuit", "ada", MONDAY)


def over(ticket_id: str = "1", **members: Any) -> Ticket:
    """A ticket that was solved on Monday at nine, in time."""
    met = clock(outcome="met", stopped_at=MONDAY)
    said = {"attributes": {"status": "solved"}, "position": (MONDAY, "", 0, "e1")}
    return ticket(ticket_id, **{**said, "clocks": (met,), "next_moments": {}, **members})


def solved(store: Store, keeping: Keeping = LOGS, ticket_id: str = "1", *facts: Fact) -> Saved:
    """Such a ticket, stored with its log."""
    about = over(ticket_id)
    given = event(f"{ticket_id}:e1", ticket_id=ticket_id)
    return store.commit(commit(None, about, *facts, given=given, keeping=keeping))


def ended(store: Store, before: datetime = MONDAY + 400 * DAY + HOUR) -> list[str]:
    return list(store.ended(before))


def left(store: Store, subject: str = ONE) -> list[str]:
    """The sort keys of all that is stored of a ticket."""
    if isinstance(store, MemoryStore):
        return sorted(sk for pk, sk in store.tables["tickets"] if pk == subject)
    return sorted(item.sk for item in TicketsItem.query(subject, consistent_read=True))


def stored(store: Store) -> dict[str, Any]:
    """The ticket's item."""
    if isinstance(store, MemoryStore):
        return store.tables["tickets"][ONE, "TICKET"]
    found = TicketsItem.get(ONE, "TICKET", consistent_read=True).attribute_values
    return {name: value for name, value in found.items() if value is not None}


def test_a_ticket_that_is_over_ends_so_long_after_its_last_event(store: Store) -> None:
    """It stands among those that end, not among those that are due, and is loaded with that moment."""
    saved = solved(store)
    assert saved.log_until == MONDAY + 400 * DAY
    assert store.load(ONE).saved == saved
    assert ended(store, MONDAY + 400 * DAY) == []
    assert ended(store, MONDAY + 400 * DAY + timedelta(microseconds=1)) == [ONE]
    assert list(store.overdue(MONDAY + 10_000 * DAY)) == []


@pytest.mark.parametrize(
    ("about", "keeping"),
    [
        (over(), Keeping()),
        (over(attributes={"status": "open"}), LOGS),
        (over(attributes={"status": "pending"}), LOGS),
        (over(clocks=(clock(),), next_moments={"resolution": MONDAY + HOUR}), LOGS),
        (over(behind=True), LOGS),
        (over(), Keeping(400 * DAY, holds=(HOLD,))),
        (over(), Keeping(400 * DAY, holds=(HOLD._replace(ticket_id="1"),))),
    ],
    ids=["no retention", "open", "pending", "a clock runs", "behind", "account held", "ticket held"],
)
def test_a_ticket_without_an_end_is_not_among_them(store: Store, about: Ticket, keeping: Keeping) -> None:
    """One that is open, that owes something, or that somebody holds; and all where nobody said how long."""
    assert store.commit(commit(None, about, keeping=keeping)).log_until is None
    assert ended(store, MONDAY + 10_000 * DAY) == []


@pytest.mark.parametrize(
    "about",
    [
        over(),
        over(attributes={"status": "closed"}),
        over(attributes={"status": "deleted"}),
        over(attributes={"status": "open"}, gone="merged"),
    ],
    ids=["solved", "closed", "deleted", "merged"],
)
def test_a_ticket_is_over_however_it_ended(store: Store, about: Ticket) -> None:
    """Not every helpdesk closes what is solved."""
    assert store.commit(commit(None, about, keeping=LOGS)).log_until == MONDAY + 400 * DAY


def test_a_hold_on_another_ticket_stops_nothing(store: Store) -> None:
    """It covers the ticket that it names."""
    other = LOGS._replace(holds=(HOLD._replace(ticket_id="2"),))
    assert solved(store, other).log_until == MONDAY + 400 * DAY


def test_reopening_takes_the_end_off(store: Store) -> None:
    """And the next solve sets another one, later."""
    first = solved(store)
    second = store.commit(commit(first, ticket(), keeping=LOGS))
    assert (second.log_until, ended(store)) == (None, [])
    again = over(position=(MONDAY + 5 * DAY, "", 0, "e9"))
    assert store.commit(commit(second, again, keeping=LOGS)).log_until == MONDAY + 405 * DAY


def test_a_ticket_with_a_breach_is_kept_as_long_as_its_rows(store: Store) -> None:
    """For ever where these are; else from the latest row on, and never shorter than others."""
    first = solved(store, LOGS, "1", fact())
    assert (first.log_until, first.last_row_at) == (None, WRITTEN)
    second = store.commit(commit(first, over(), at=MONDAY + 9 * DAY, keeping=BOTH))
    assert second.log_until == WRITTEN + 3653 * DAY
    third = store.commit(commit(second, over(), fact("breach_ended"), at=MONDAY + 9 * DAY, keeping=BOTH))
    assert third.log_until == MONDAY + 9 * DAY + 3653 * DAY
    assert store.load(ONE).saved == third
    late = over(position=(MONDAY + 4000 * DAY, "", 0, "e9"))
    assert store.commit(commit(third, late, keeping=BOTH)).log_until == MONDAY + 4400 * DAY


def test_a_late_breach_takes_the_end_off(store: Store) -> None:
    """A late event tells of a breach on a ticket that was over without one."""
    first = solved(store)
    second = store.commit(commit(first, over(), fact(), keeping=LOGS))
    assert (second.log_until, ended(store)) == (None, [])


def test_other_outcomes_are_no_breach(store: Store) -> None:
    """Cycles that were met have rows, which need no log."""
    assert solved(store, LOGS, "1", fact("clock_met")).log_until == MONDAY + 400 * DAY


def test_the_oldest_end_first_and_of_every_account(store: Store) -> None:
    """By the moment, whatever the shard."""
    for number in range(1, 20):
        about = over(str(number), position=(MONDAY + (20 - number) * DAY, "", 0, "e"))
        store.commit(commit(None, about, keeping=LOGS))
    assert ended(store, MONDAY + 500 * DAY) == [f"ticket#acme#{number}" for number in range(19, 0, -1)]


def test_a_forgotten_ticket_is_not_there_and_cannot_begin_anew(store: Store) -> None:
    """Its number, and where its chain ended, are all that stays; no commit of anybody takes its place."""
    saved = solved(store, LOGS, "1", fact("clock_met"))
    store.forget(ONE, saved, MONDAY + 401 * DAY, None)
    assert store.load(ONE, "1:e1") == Loaded(
        None, seen=True, forgotten=Forgotten(MONDAY + 401 * DAY, saved.seq, saved.head)
    )
    assert store.tickets([ONE]) == {}
    assert list(store.subjects("acme")) == []
    with pytest.raises(WriteConflictError):
        store.commit(commit(None, ticket()))
    kept = stored(store)
    assert (kept["seq"], kept["head"], kept["version"]) == (saved.seq, saved.head, saved.version + 1)
    assert kept.keys() == {"pk", "sk", "version", "seq", "head", "forgotten_at", "due_shard", "due_at"}


def test_a_ticket_that_changed_meanwhile_is_not_forgotten(store: Store) -> None:
    """It came back between the look and the removal: nothing of it is touched."""
    first = solved(store)
    second = store.commit(commit(first, ticket()))
    with pytest.raises(WriteConflictError):
        store.forget(ONE, first, MONDAY + 401 * DAY, None)
    assert store.load(ONE).saved == second


def test_a_log_is_removed_bit_by_bit_and_found_until_all_is_gone(store: Store) -> None:
    """At most so many items at a time; broken off, the next one goes on; done twice, nothing happens."""
    more = [event(f"e{number}") for number in range(7)]
    saved = store.commit(commit(None, over(), fact("clock_met"), more=more, keeping=LOGS))
    store.forget(ONE, saved, MONDAY + 401 * DAY, None)
    assert [store.clear(ONE, 3), len(left(store)) - 1, ended(store, MONDAY + 402 * DAY)] == [False, 5, [ONE]]
    assert [store.clear(ONE, 3), store.clear(ONE, 3), left(store)] == [False, True, ["TICKET"]]
    store.cleared(ONE)
    assert (store.clear(ONE, 3), ended(store, MONDAY + 9999 * DAY)) == (True, [])
    assert store.load(ONE).forgotten
    assert list(store.history(ONE)[0].given) == []


def test_what_is_left_of_a_forgotten_ticket_goes_once_its_rows_have(store: Store) -> None:
    """By DynamoDB's time to live; without such an end its number stays, as its rows do."""
    store.forget(ONE, solved(store), MONDAY, MONDAY + 3653 * DAY)
    assert stored(store)["expires_at"] == int((MONDAY + 3653 * DAY).timestamp())


def test_rows_go_as_long_after_they_were_recorded_as_their_account_says(store: Store) -> None:
    """In seconds since 1970, as DynamoDB's time to live has it; without a word of it they stay."""
    solved(store, BOTH, "1", fact("clock_met"))
    solved(store, LOGS, "2", fact("clock_met", about=over("2")))
    rows = sorted(store.row_ends("acme"), key=lambda row: row.subject)
    assert rows == [
        RowEnd(ONE, "clock_met:resolution:1.0", WRITTEN, WRITTEN + 3653 * DAY),
        RowEnd("ticket#acme#2", "clock_met:resolution:1.0", WRITTEN, None),
    ]
    assert list(store.row_ends("acme", "2")) == rows[1:]
    assert list(store.row_ends("other")) == list(store.row_ends("acme", "3")) == []


def test_a_held_row_has_no_end_and_gets_or_loses_one_alone(store: Store) -> None:
    """Nothing else of a row changes with it."""
    solved(store, BOTH._replace(holds=(HOLD,)), "1", fact("clock_met"))
    (row,) = store.row_ends("acme")
    assert row.ends_at is None
    before = store.rows([("account_month", subject_key("month", "acme", "2026-03"))], "a", "~")
    store.set_row_end(row, MONDAY + 9 * DAY)
    assert [each.ends_at for each in store.row_ends("acme")] == [MONDAY + 9 * DAY]
    assert list(before) == list(
        store.rows([("account_month", subject_key("month", "acme", "2026-03"))], "a", "~")
    )
    store.set_row_end(row, None)
    assert [each.ends_at for each in store.row_ends("acme")] == [None]


def test_a_persons_key_is_put_with_the_commit_and_read_with_the_ticket(store: Store) -> None:
    """One read finds the ticket, its input, and the keys of those that are asked for."""
    store.commit(commit(given=event("e1"), people={ADA: "ada's"}))
    assert store.load(ONE, "e1", [ADA, BOB]).keys == {ADA: "ada's"}
    assert store.load("ticket#acme#2", "e2", [ADA]).keys == {ADA: "ada's"}
    assert not store.load(ONE, None, [ADA]).seen


def test_whoever_names_somebody_second_is_told_to_look_again(store: Store) -> None:
    """Two deliveries meet a person first: of the second nothing is kept, and its next look finds the key."""
    store.commit(commit(None, ticket("1"), people={ADA: "first"}))
    with pytest.raises(WriteConflictError):
        store.commit(commit(None, ticket("2"), given=event("e2"), people={ADA: "second"}))
    assert store.load("ticket#acme#2", "e2", [ADA]) == Loaded(None, keys={ADA: "first"})


def test_keys_are_listed_by_account_and_struck(store: Store) -> None:
    """What is gone already is no error; another account's are not touched."""
    other = "PERSON#other#" + "c3" * 32
    store.commit(commit(people={ADA: "a", BOB: "b", other: "c"}))
    assert sorted(store.people("acme")) == [ADA, BOB]
    store.strike([ADA])
    store.strike([ADA, BOB])
    assert (list(store.people("acme")), list(store.people("other"))) == ([], [other])


def test_an_account_without_a_word_of_it_keeps_everything(store: Store) -> None:
    """Neither a retention nor a hold."""
    assert store.keeping("acme") == store.agreements("acme").keeping == Keeping()


def registered(store: Store, act: Act, at: datetime = MONDAY) -> Fact:
    return Register(store, store, lambda: at, lambda _: None).enter("acme", lambda _: act)


def test_an_act_and_what_it_does_are_one_write(store: Store) -> None:
    """A retention and holds, as both ways of reading find them; a lifted hold is taken out."""
    kept = Keeping(400 * DAY, 3653 * DAY, (HOLD,))
    retention = Beside("agreements", retention_item("acme", kept))
    hold = Beside("agreements", hold_item("acme", HOLD))
    registered(store, Act("retention_set", "ada", "law", {}, [retention]))
    registered(store, Act("hold_set", "ada", "suit", {"hold": "case-1"}, [hold]))
    assert store.keeping("acme") == store.agreements("acme").keeping == kept
    gone = Beside("agreements", hold_item("acme", HOLD), gone=True)
    registered(store, Act("hold_lifted", "bob", "won", {"hold": "case-1"}, [gone]))
    assert store.keeping("acme").holds == ()


def test_acts_are_rows_of_the_ledger_in_a_chain_of_their_own(store: Store) -> None:
    """With who, when and why; found by the day of their recording as all others are, and no ticket's."""
    register = Register(store, store, lambda: MONDAY, lambda _: None)
    for name in ("case-1", "case-2"):
        act = Act("hold_set", "ada", "suit", {"hold": name})
        registered(store, act)
    told = store.told("account#acme#register")
    assert [each.fact for each in told] == register.acts("acme")
    assert [(each.seq, each.fact.details["hold"], each.fact.details["by"]) for each in told] == [
        (1, "case-1", "ada"),
        (2, "case-2", "ada"),
    ]
    saved = store.load("account#acme#register").saved
    assert saved is not None
    assert (saved.head, saved.log_until) == (told[-1].hash, None)
    rows = list(store.rows([("account_month", subject_key("month", "acme", "2026-03"))], "a", "~"))
    assert [(row.fact, row.hash) for row in rows] == [(each.fact, each.hash) for each in told]
    assert all(row.order.startswith("account#") for row in rows)
    assert {day for row in rows for day in recorded_days(store, row.fact.key)} == {"2026-03-02"}
    assert (list(store.subjects("acme")), list(store.row_ends("acme"))) == ([], [])


def recorded_days(store: Store, key: str) -> set[str]:
    subject = "account#acme#register"
    if isinstance(store, MemoryStore):
        return {store.tables["ledger"][subject, key]["recorded_day"].partition("#")[0]}
    return {LedgerItem.get(subject, key).recorded_day.partition("#")[0]}


def test_whoever_enters_second_decides_anew_on_what_holds_then(store: Store) -> None:
    """Somebody sets a hold while another one erases: the second look sees it, and refuses."""
    seen: list[Keeping] = []

    def erase(keeping: Keeping) -> Act:
        seen.append(keeping)
        if keeping.holds:
            raise PermissionError
        if len(seen) == 1:
            item = Beside("agreements", hold_item("acme", HOLD))
            registered(store, Act("hold_set", "bob", "suit", {"hold": "case-1"}, [item]))
        gone = Beside("tickets", {"pk": ADA, "sk": "KEY"}, gone=True)
        return Act("identities_erased", "ada", "asked", {}, [gone])

    store.commit(commit(people={ADA: "a"}))
    with pytest.raises(PermissionError):
        Register(store, store, lambda: MONDAY, lambda _: None).enter("acme", erase)
    assert [len(keeping.holds) for keeping in seen] == [0, 1]
    assert [told.fact.fact for told in store.told("account#acme#register")] == ["hold_set"]
    assert list(store.people("acme")) == [ADA]


def test_a_row_of_an_act_never_ends(store: Store) -> None:
    """Who held, erased or changed what outlives the rows that it was about."""
    item = Beside("agreements", retention_item("acme", BOTH))
    registered(store, Act("retention_set", "ada", "law", {}, [item]))
    registered(store, Act("retention_set", "ada", "law", {}, [item]), MONDAY + HOUR)
    if isinstance(store, MemoryStore):
        found = list(store.tables["ledger"].values())
    else:
        found = [row.attribute_values for row in LedgerItem.scan()]
    assert [row.get("expires_at") for row in found] == [None, None]


@pytest.mark.parametrize(
    ("logs", "ledger", "read"),
    [(30, 366, (30, 366)), (29, 366, (None, 366)), (30, 365, (30, None)), (1, 1, (None, None))],
)
def test_a_retention_that_no_command_would_set_is_none(
    store: Store, logs: int, ledger: int, read: tuple[int | None, int | None]
) -> None:
    """Whoever wrote it there: what is stored is kept for ever then."""
    kept = Keeping(timedelta(days=logs), timedelta(days=ledger))
    store.enter(commit(None, ticket()), [Beside("agreements", retention_item("acme", kept))])
    found = store.keeping("acme")
    assert (found.logs and found.logs.days, found.ledger and found.ledger.days) == read
