"""What every store keeps to: the same tests, in memory and in DynamoDB."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.ending import Ending
from slaclock.domain.facts import recorded, subject_key
from slaclock.domain.inputs import Given
from slaclock.domain.logged import given_to_json
from slaclock.domain.remaining import Remaining
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.records.queue import next_up
from slaclock.records.queue_query import parse_queue_query
from slaclock.store.agreements import GENERATION, Version
from slaclock.store.commit import Loaded
from slaclock.store.contract import Place
from slaclock.store.dynamo_books import DynamoBooks
from slaclock.store.errors import StoreRefusedError, WriteConflictError
from slaclock.store.life import StoredLife
from slaclock.store.memory import MemoryStore
from slaclock.store.messages import Announcement, Delivery, Link, link_item
from slaclock.store.models import AgreementsItem, TicketsItem
from slaclock.store.tickets import wakes_from_text
from tests.spec.signing import CURSORS
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, clock, commit, event, exclusion, fact, frozen, publish, ticket

ONE = "ticket#acme#1"
SECOND = timedelta(seconds=1)


def forget_generation(store: Store) -> None:
    """As if the account's agreements had been published before there were generations."""
    if isinstance(store, MemoryStore):
        del store.tables["agreements"]["acme", GENERATION]
    else:
        AgreementsItem("acme", GENERATION).delete()


def stored_item(store: Store) -> Mapping[str, Any]:
    """The ticket's item as its stream shows it."""
    if isinstance(store, MemoryStore):
        return store.tables["tickets"][ONE, "TICKET"]
    return TicketsItem.get(ONE, "TICKET").attribute_values


def test_a_ticket_that_was_never_saved_is_not_found(store: Store) -> None:
    """Neither the ticket nor any of its inputs."""
    assert store.load(ONE) == Loaded(None)
    assert store.load(ONE, "e1") == Loaded(None, seen=False)


def test_a_key_longer_than_any_table_takes_is_not_found(store: Store) -> None:
    """Ids from a URL are looked up as they come: too long is unknown, not an outage."""
    subject = f"ticket#acme#{'x' * 3000}"
    assert store.load(subject, "e1") == Loaded(None)
    assert store.told(subject) == []
    assert store.connection("x" * 3000) is None


def test_what_was_saved_is_loaded(store: Store) -> None:
    """`commit` answers with what the next `load` finds."""
    saved = store.commit(commit(None, ticket(), fact(), given=event()))
    assert store.load(ONE).saved == saved
    assert (saved.version, saved.seq, saved.ticket) == (1, 2, ticket())


def test_an_input_that_was_folded_is_seen(store: Store) -> None:
    """One read tells a duplicate, and only its own ticket's."""
    store.commit(commit(given=event("e1")))
    assert store.load(ONE, "e1").seen
    assert not store.load(ONE, "e2").seen
    assert not store.load("ticket#acme#2", "e1").seen


def test_a_ticket_that_changed_meanwhile_is_a_conflict(store: Store) -> None:
    """The second of two that loaded the same version has to decide anew; nothing of it is kept."""
    first = store.commit(commit())
    second = store.commit(commit(first, ticket(gone="merged")))
    with pytest.raises(WriteConflictError):
        store.commit(commit(first, ticket(), fact(), given=event("late")))
    assert store.load(ONE, "late") == Loaded(second, seen=False)
    assert store.told(ONE) == []


def test_only_one_of_two_begins_a_ticket(store: Store) -> None:
    """Nothing stored is a version, too."""
    store.commit(commit())
    with pytest.raises(WriteConflictError):
        store.commit(commit())


def test_an_input_is_folded_once(store: Store) -> None:
    """A second put of an input's id is refused, whatever it says."""
    first = store.commit(commit(given=event("e1")))
    with pytest.raises(WriteConflictError):
        store.commit(commit(first, given=event("e1", MONDAY + HOUR)))


def test_several_inputs_are_put_into_the_log_at_once(store: Store) -> None:
    """Without any fact; each is seen from then on, and has its hash and its agreements' instant."""
    first = store.commit(commit(given=event("e1")))
    more = [event("e2"), event("e3", MONDAY + HOUR, agreements_at=MONDAY + HOUR)]
    saved = store.commit(commit(first, ticket(behind=True, quiet_before=MONDAY), more=more))
    assert store.load(ONE, "e3") == Loaded(saved, seen=True)
    history, hashes = store.history(ONE)
    assert sorted(each.id for each in history.given) == sorted(hashes) == ["e1", "e2", "e3"]
    assert more[1] in history.given
    assert (saved.seq, saved.wakes, list(store.told(ONE))) == (3, first.wakes, [])


def test_of_several_inputs_all_are_put_or_none(store: Store) -> None:
    """One is in the log already, or the ticket changed meanwhile."""
    first = store.commit(commit(given=event("e1")))
    with pytest.raises(WriteConflictError):
        store.commit(commit(first, more=[event("e2"), event("e1")]))
    assert store.load(ONE, "e2") == Loaded(first, seen=False)
    second = store.commit(commit(first))
    with pytest.raises(WriteConflictError):
        store.commit(commit(first, more=[event("e2")]))
    assert store.load(ONE, "e2") == Loaded(second, seen=False)


def test_ninety_inputs_are_put_at_once(store: Store) -> None:
    """With the ticket, as many as an import puts into one transaction."""
    more = [event(f"e{number}") for number in range(90)]
    store.commit(commit(None, ticket(), more=more))
    assert len(store.history(ONE)[0].given) == 90


def test_a_quiet_fact_is_recorded_and_waits_for_nobody(store: Store) -> None:
    """A breach and its level that an import keeps from everybody: in the chain and the ledger, no message."""
    quiet = {"told": [], "quiet": True}
    breach = fact(details=quiet)
    level = fact("escalation_due", mark="1.0", details={**quiet, "notify": "one"})
    store.commit(commit(None, ticket(), breach, level))
    assert [told.fact for told in store.told(ONE)] == [breach, level]
    rows = store.rows([("account_month", "month#acme#2026-03")], "breach#", "breach#~")
    assert [row.fact for row in rows] == [breach]
    assert list(store.waiting(MONDAY + 2 * HOUR)) == []


def test_a_fact_is_told_once(store: Store) -> None:
    """Its key is its id: a breach can't be told twice."""
    first = store.commit(commit(None, ticket(), fact()))
    with pytest.raises(WriteConflictError):
        store.commit(commit(first, ticket(), fact(at=MONDAY)))
    assert [told.fact for told in store.told(ONE)] == [fact()]


def test_history_is_the_whole_log(store: Store) -> None:
    """Inputs as they came in, facts in the order of telling, and each input's hash."""
    first = store.commit(commit(None, ticket(), fact("clock_started"), given=event("z")))
    store.commit(commit(first, ticket(), fact("clock_breached"), given=event("a", MONDAY + HOUR)))
    history, hashes = store.history(ONE)
    assert sorted(history.given, key=lambda each: each.position) == [event("z"), event("a", MONDAY + HOUR)]
    assert [each.fact for each in history.facts] == ["clock_started", "clock_breached"]
    assert hashes.keys() == {"a", "z"}


def test_more_than_a_page_of_facts_stays_in_order(store: Store) -> None:
    """Facts come by their number, not by their key."""
    saved = None
    for number in range(12):
        saved = store.commit(commit(saved, ticket(), fact("clock_paused", mark=f"{11 - number:02}")))
    assert [told.seq for told in store.told(ONE)] == list(range(1, 13))
    assert [told.fact.key[-2:] for told in store.told(ONE)] == [f"{11 - n:02}" for n in range(12)]


def test_an_input_with_a_very_long_id_is_kept_and_seen(store: Store) -> None:
    """DynamoDB takes a sort key of 1024 bytes; a longer id is kept under its hash."""
    long_id, about = "🎫" * 256, ticket("🎫" * 100)
    store.commit(commit(None, about, fact(about=about), given=event(long_id)))
    subject = subject_key("ticket", "acme", "🎫" * 100)
    assert store.load(subject, long_id).seen
    assert store.history(subject)[1].keys() == {long_id}


def test_inputs_and_facts_are_links_of_one_chain(store: Store) -> None:
    """In the order of recording, of a commit first its inputs; each with when it was recorded."""
    first = store.commit(commit(None, ticket(), fact("clock_started", cause="e1"), given=event("e1")))
    later = event("e2", MONDAY + HOUR, agreements_at=MONDAY)
    second = commit(first, ticket(), fact(), more=[later, event("e0")], at=MONDAY + 2 * HOUR)
    saved = store.commit(second)
    life = store.life(ONE)
    assert [(each.given.id, each.seq) for each in life.log] == [("e1", 1), ("e2", 3), ("e0", 4)]
    assert [(each.fact.fact, each.seq) for each in life.told] == [("clock_started", 2), ("clock_breached", 5)]
    assert [each.recorded_at for each in life.log] == [MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + 2 * HOUR]
    assert life.log[1].given == later
    assert life.told[0].cause_hash == life.log[0].hash == store.history(ONE)[1]["e1"]
    assert life.told[1].cause_hash is None
    assert (saved.seq, saved.head) == (5, life.told[1].hash)
    assert store.told(ONE) == life.told
    assert store.life("ticket#acme#2") == StoredLife([], [])


def test_the_chain_can_be_followed_link_by_link(store: Store) -> None:
    """From the start to the head, by the hash of each input and by each fact with the hash of its cause."""
    first = store.commit(commit(None, ticket(), fact("clock_started", cause="e1"), given=event("e1")))
    later = event("e2", agreements_at=MONDAY)
    saved = store.commit(commit(first, ticket(), given=later, at=MONDAY + 2 * HOUR))
    life = store.life(ONE)
    one = link(START, input_entry(1, "2026-03-02T10:00:00Z", content_hash(given_to_json(event("e1")))))
    told = recorded(fact("clock_started", cause="e1"))
    two = link(one, fact_entry(2, "2026-03-02T10:00:00Z", told, life.log[0].hash))
    assert life.told[0].hash == two
    three = input_entry(3, "2026-03-02T11:00:00Z", life.log[1].hash, "2026-03-02T09:00:00Z")
    assert saved.head == link(two, three)


@pytest.mark.parametrize(
    "changed",
    [{"given": event("e1", MONDAY + HOUR)}, {"given": event("e1", agreements_at=MONDAY)}, {"at": MONDAY}],
    ids=["its document", "its agreements", "its time"],
)
def test_the_head_changes_with_whatever_is_recorded_of_an_input(
    store: Store, changed: dict[str, Any]
) -> None:
    """An input that caused no fact is covered, too."""
    before = store.commit(commit(given=event("e1"))).head
    assert store.commit(replace(commit(None, ticket("2"), given=event("e1")), **changed)).head != before
    assert store.commit(commit(None, ticket("3"), given=event("e1"))).head == before


def test_each_fact_is_chained_to_the_one_before(store: Store) -> None:
    """The ticket keeps the head; the first link hangs on the start of every chain."""
    saved = store.commit(commit(None, ticket(), fact("clock_started"), fact("clock_breached")))
    told = store.told(ONE)
    assert [each.seq for each in told] == [1, 2]
    assert told[1].hash == saved.head
    assert len({START, told[0].hash, told[1].hash}) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"at": MONDAY},
        {"due_at": None},
        {"agreement_version": 2},
        {"details": {"reason": "another"}},
        {"revision": 1},
    ],
)
def test_a_hash_changes_with_whatever_its_fact_says(store: Store, changed: dict[str, Any]) -> None:
    """Nothing of a fact can change and leave the chain as it was."""
    other = ticket("2")
    before = store.commit(commit(None, ticket(), fact())).head
    same = store.commit(commit(None, other, fact(about=other))).head
    assert before != same
    assert store.commit(commit(None, ticket("3"), fact(**changed))).head != before


def test_a_hash_changes_with_what_came_before_it(store: Store) -> None:
    """The same fact in another place has another hash."""
    first = store.commit(commit(None, ticket(), fact())).head
    later = store.commit(commit(None, ticket("2"), fact("clock_started"), fact())).head
    assert first != later


def test_a_hash_covers_the_input_that_caused_the_fact(store: Store) -> None:
    """So the log can't be changed either; an earlier input's hash is given with the commit."""
    heads = set()
    for number, (given, hashes) in enumerate(
        [
            (event("e1"), {}),
            (event("e1", type="solved"), {}),
            (None, {"e1": "sha256:1"}),
            (None, {"e1": "sha256:2"}),
        ]
    ):
        change = commit(None, ticket(str(number)), fact(cause="e1"), given=given, hashes=hashes)
        heads.add(store.commit(change).head)
    assert len(heads) == 4


def test_overdue_is_strictly_before(store: Store) -> None:
    """A clock that is due at ten is overdue after ten, not at ten."""
    store.commit(commit())
    assert list(store.overdue(MONDAY + HOUR)) == []
    assert list(store.overdue(MONDAY + HOUR + timedelta(microseconds=1))) == [ONE]


def test_the_earliest_clock_makes_a_ticket_overdue(store: Store) -> None:
    """One wake-up tells everything that is due, so one entry a ticket is enough."""
    moments = {"resolution": MONDAY + 2 * HOUR, "first_response": MONDAY + HOUR}
    store.commit(commit(None, ticket(next_moments=moments)))
    assert list(store.overdue(MONDAY + HOUR + SECOND)) == [ONE]


def test_every_shard_is_asked_for_what_is_overdue(store: Store) -> None:
    """Twenty tickets lie in all of the shards."""
    for number in range(20):
        store.commit(commit(None, ticket(str(number))))
    found = list(store.overdue(MONDAY + 2 * HOUR))
    assert sorted(found) == sorted(f"ticket#acme#{number}" for number in range(20))


def test_the_longest_overdue_come_first_whatever_their_shard(store: Store) -> None:
    """The auditor may not come to the end: those with the oldest moments are not to wait for the others."""
    for number in (3, 9, 1, 7, 0, 5):
        moments = {"resolution": MONDAY + number * SECOND}
        store.commit(commit(None, ticket(str(number), next_moments=moments)))
    found = [subject.rpartition("#")[2] for subject in store.overdue(MONDAY + HOUR)]
    assert found == ["0", "1", "3", "5", "7", "9"]


def test_more_than_a_page_of_what_is_overdue_comes_in_the_same_order(
    dynamo: DynamoBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each shard is read on where its page ends."""
    monkeypatch.setattr("slaclock.store.dynamo._PAGE", 1)
    for number in range(20):
        moments = {"resolution": MONDAY + number * SECOND}
        dynamo.commit(commit(None, ticket(str(number), next_moments=moments)))
    found = [subject.rpartition("#")[2] for subject in dynamo.overdue(MONDAY + HOUR)]
    assert found == [str(number) for number in range(20)]


def test_what_is_overdue_since_an_instant_leaves_out_what_is_so_longer(store: Store) -> None:
    """From the instant on, to before the other."""
    for number in range(6):
        moments = {"resolution": MONDAY + number * SECOND}
        store.commit(commit(None, ticket(str(number), next_moments=moments)))
    found = [
        subject.rpartition("#")[2] for subject in store.overdue(MONDAY + 4 * SECOND, MONDAY + 2 * SECOND)
    ]
    assert found == ["2", "3"]


def test_a_paused_clock_is_never_overdue(store: Store) -> None:
    """While paused there is no deadline, and no entry in the index."""
    first = store.commit(commit())
    paused = ticket(clocks=(clock(pauses=((MONDAY, None),)),), next_moments={})
    assert store.commit(commit(first, paused)).wakes == {}
    assert list(store.overdue(MONDAY + 1000 * HOUR)) == []


def test_a_running_clock_without_a_moment_is_due_now(store: Store) -> None:
    """It can't hide: the auditor finds it."""
    saved = store.commit(commit(None, ticket(next_moments={})))
    assert saved.wakes["resolution"].at == MONDAY + HOUR
    assert list(store.overdue(MONDAY + HOUR + SECOND)) == [ONE]


def test_an_arming_grows_and_stays_with_its_instant(store: Store) -> None:
    """A schedule whose moment did not move is the same schedule; a number is never used again."""
    first = store.commit(commit())
    same = store.commit(commit(first))
    moved = store.commit(commit(same, ticket(next_moments={"resolution": MONDAY + 2 * HOUR})))
    gone = store.commit(commit(moved, ticket(clocks=(), next_moments={})))
    back = store.commit(commit(gone))
    numbers = [saved.wakes["resolution"].number for saved in (first, same, moved, back)]
    assert numbers == [1, 1, 2, 3]
    assert (gone.wakes, gone.arming) == ({}, 2)
    assert store.load(ONE).saved == back


def test_a_stored_ticket_says_whether_this_write_moved_a_wake(store: Store) -> None:
    """A stream filter can't compare images: without it every reply would wake `arm` for nothing."""
    two = {"resolution": MONDAY + HOUR, "first_response": MONDAY + HOUR}
    saved, moved = None, []
    for moments in ({"resolution": MONDAY + HOUR}, {"resolution": MONDAY + HOUR}, two, two, {}, {}):
        clocks = (clock(),) if moments else ()
        saved = store.commit(commit(saved, ticket(clocks=clocks, next_moments=moments)))
        item = stored_item(store)
        moved.append(item["moved"])
        assert wakes_from_text(item["wakes"]) == saved.wakes
    assert moved == [True, False, True, False, True, False]


def test_each_clock_has_its_own_arming(store: Store) -> None:
    """Two clocks that move at once get two numbers."""
    moments = {"resolution": MONDAY + 2 * HOUR, "first_response": MONDAY + HOUR}
    saved = store.commit(commit(None, ticket(next_moments=moments)))
    assert {wake.number for wake in saved.wakes.values()} == {1, 2}


def test_a_link_is_found_by_its_token_alone(store: Store) -> None:
    """With all that it is for; its token is nowhere in the table, and it goes by itself after it expired."""
    link = Link(ONE, "escalation_due:resolution:1.0:1.0", "on-call æ", MONDAY + 72 * HOUR)
    store.put_link("a-token", link)
    store.put_link("another", link._replace(language="da"))
    assert store.link("a-token") == link
    assert store.link("another") == link._replace(language="da")
    assert store.link("a-toke") is store.link("") is store.link("x" * 5000) is None
    item = link_item("a-token", link)
    assert "a-token" not in str(item)
    assert item["expires_at"] == int((MONDAY + 72 * HOUR + timedelta(days=14)).timestamp())


def test_a_link_that_is_made_again_is_the_same(store: Store) -> None:
    """A message that is published again has one that works."""
    link = Link(ONE, "escalation_due:resolution:1.0:1.0", "oncall-1", MONDAY)
    for _ in range(2):
        store.put_link("a-token", link)
    assert store.link("a-token") == link


def queued(store: Store, *, team: str = "t-1", after: Place | None = None, limit: int = 100) -> list[str]:
    return [place.subject.rpartition("#")[2] for place in store.queue("acme", team, limit, after)]


def test_open_tickets_are_listed_by_the_deadline_that_presses_most(store: Store) -> None:
    """Whatever moment comes sooner; those without one, which are paused, last; closed ones not at all."""
    deadlines = {"b": HOUR, "c": 2 * HOUR, "a": 3 * HOUR}
    about: dict[str, Any] = {"attributes": {"team": {"id": "t-1"}}}
    for name, later in deadlines.items():
        moments = {"resolution": MONDAY + 10 * HOUR - later}
        store.commit(commit(None, ticket(name, next_moments=moments, **about), deadline=MONDAY + later))
    store.commit(commit(None, ticket("paused", **about)))
    store.commit(commit(None, ticket("closed", clocks=(clock(stopped_at=MONDAY),), **about), deadline=MONDAY))
    store.commit(commit(None, ticket("nobody's", attributes={}), deadline=MONDAY))
    store.commit(commit(None, ticket("theirs", account="acme#t-1", **about), deadline=MONDAY))
    assert queued(store) == ["b", "c", "a", "paused"]
    assert queued(store, team="-") == ["nobody's"]
    assert queued(store, team="t-2") == queued(store, team="x" * 3000) == []
    first = store.queue("acme", "t-1", 2)
    assert queued(store, after=first[-1]) == ["a", "paused"]
    assert queued(store, after=first[-1], limit=1) == ["a"]


def test_tickets_are_read_many_at_once(store: Store) -> None:
    """Those that are there."""
    for name in "12":
        store.commit(commit(None, ticket(name)))
    found = store.tickets([ONE, "ticket#acme#2", "ticket#acme#3"])
    assert found == {ONE: ticket("1"), "ticket#acme#2": ticket("2")}
    assert store.tickets([]) == {}


def test_a_queue_costs_what_it_shows(dynamo: DynamoBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three hundred tickets five are shown: six entries of the index are read, and five tickets."""
    about: dict[str, Any] = {"attributes": {"team": "t-1"}}
    for number in range(300):
        saved = ticket(str(number), **about)
        dynamo.commit(commit(None, saved, deadline=MONDAY + number * SECOND))
    called: list[tuple[str, int]] = []
    call = vars(BaseClient)["_make_api_call"]

    def counted(client: Any, operation: str, given: Mapping[str, Any]) -> Any:
        answer = call(client, operation, given)
        tables: dict[str, list[Any]] = answer.get("Responses", {})
        called.append((operation, answer.get("ScannedCount", 0) + sum(map(len, tables.values()))))
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    query = parse_queue_query({"account": "acme", "team": "t-1", "limit": "5"}, CURSORS)
    page = next_up(dynamo, Published(), query, MONDAY)
    assert [each["ticket_id"] for each in page["tickets"]] == list("01234")
    assert called == [("Query", 6), ("BatchGetItem", 5)]
    called.clear()
    query = parse_queue_query(
        {"account": "acme", "team": "t-1", "limit": "5", "cursor": str(page["next"])}, CURSORS
    )
    assert [each["ticket_id"] for each in next_up(dynamo, Published(), query, MONDAY)["tickets"]] == [
        *"56789"
    ]
    assert called == [("Query", 6), ("BatchGetItem", 5)]


class Published:
    """The agreement of the samples, known without asking."""

    def agreements(self, account: str, needed: object = ()) -> Agreements:
        del needed
        store = MemoryStore()
        publish(store, account)
        return store.agreements(account)


def test_an_announcement_waits_until_it_is_closed(store: Store) -> None:
    """It comes with its fact, and is found once it has waited since before an instant."""
    store.commit(commit(None, ticket(), fact()))
    assert list(store.waiting(MONDAY + HOUR)) == []
    assert list(store.waiting(MONDAY + HOUR + SECOND)) == [(ONE, fact().key)]
    waiting = store.announcement(ONE, fact().key)
    assert waiting == Announcement(ONE, fact().key, fact(), since=MONDAY + HOUR)
    store.close(ONE, fact().key)
    store.close(ONE, fact().key)
    assert list(store.waiting(MONDAY + 2 * HOUR)) == []
    assert store.announcement(ONE, fact().key) is None


def test_the_longest_waiting_announcements_come_first_and_since_an_instant_only_later_ones(
    store: Store,
) -> None:
    """As with what is overdue."""
    for number in (3, 9, 1, 7, 0, 5):
        about = ticket(str(number))
        store.commit(commit(None, about, fact(about=about), at=MONDAY + number * SECOND))
    found = [subject.rpartition("#")[2] for subject, _ in store.waiting(MONDAY + 8 * SECOND)]
    assert found == ["0", "1", "3", "5", "7"]
    late = [subject.rpartition("#")[2] for subject, _ in store.waiting(MONDAY + HOUR, MONDAY + 5 * SECOND)]
    assert late == ["5", "7", "9"]


@pytest.mark.parametrize(
    "silent",
    [
        fact("clock_started"),
        fact("clock_met"),
        fact("outcome_corrected", details={"told": [], "corrects": fact("clock_met").id}),
    ],
)
def test_what_nobody_must_hear_of_is_not_announced(store: Store, silent: object) -> None:
    """A start is in the record; a correction that nobody was told of needs no all-clear."""
    store.commit(commit(None, ticket(), silent))  # type: ignore[arg-type]
    assert list(store.waiting(MONDAY + 2 * HOUR)) == []


def test_what_was_sent_is_remembered_by_audience(store: Store) -> None:
    """One audience's message says nothing of another's; marking the same one twice keeps one."""
    for _ in range(2):
        store.mark_sent(ONE, fact().key, "legal", Delivery(MONDAY, "m1"))
    assert store.sent(ONE, fact().key, "legal") == Delivery(MONDAY, "m1")
    assert store.sent(ONE, fact().key, "team") is None
    assert store.sent("ticket#acme#2", fact().key, "legal") is None
    about = {"fact_key": fact().key, "audience": "legal", "why": None}
    assert store.messages(ONE) == [{**about, "at": "2026-03-02T09:00:00Z", "message_id": "m1"}]


def test_a_message_that_is_sent_again_is_recorded_beside_the_first_one(store: Store) -> None:
    """What was recorded first stays, also why nothing was sent; what is held back after it is not kept."""
    store.mark_sent(ONE, fact().key, "legal", Delivery(MONDAY, "m1"))
    store.mark_sent(ONE, fact().key, "legal", Delivery(MONDAY + HOUR, "m2"))
    store.mark_sent(ONE, fact().key, "legal", Delivery(MONDAY + HOUR, why="met"))
    store.mark_sent(ONE, fact().key, "team", Delivery(MONDAY, why="met"))
    assert store.sent(ONE, fact().key, "legal") == Delivery(MONDAY, "m1")
    assert store.sent(ONE, fact().key, "team") == Delivery(MONDAY, why="met")
    named = ("audience", "at", "message_id", "why")
    assert [[each[name] for name in named] for each in store.messages(ONE)] == [
        ["legal", "2026-03-02T09:00:00Z", "m1", None],
        ["legal", "2026-03-02T10:00:00Z", "m2", None],
        ["team", "2026-03-02T09:00:00Z", None, "met"],
    ]


def test_announcements_that_began_to_wait_together_come_in_the_order_of_their_telling(store: Store) -> None:
    """A breach, its level and its end of one decision: whatever their names, and the clocks' order."""
    names = ("escalation_due", "clock_breached", "breach_ended", "breach_reopened")
    facts = [fact(name, details={"told": ["legal"]}) for name in names]
    store.commit(commit(None, ticket(), *facts))
    assert [key.partition(":")[0] for _, key in store.waiting(MONDAY + 2 * HOUR)] == [*names]
    waiting = store.announcement(ONE, facts[0].key)
    assert waiting is not None
    assert waiting.since == MONDAY + HOUR


def test_what_remains_of_its_clocks_is_kept_beside_a_ticket(store: Store) -> None:
    """A deadline, or what is left while there is none; the goal's as well."""
    remains = {
        "resolution": Remaining(MONDAY + HOUR, goal_due_at=MONDAY),
        "ola/resolution": Remaining(left=HOUR, goal_left=0 * HOUR),
    }
    saved = store.commit(replace(commit(None, ticket()), remaining=remains))
    assert saved.remaining == remains
    assert store.load(ONE).saved == saved
    store.commit(commit(saved, ticket()))
    found = store.load(ONE).saved
    assert found is not None
    assert found.remaining == {}


def test_a_version_is_published_once(store: Store) -> None:
    """A published version never changes; the next one stands beside it."""
    publish(store)
    publish(store, number=2, content_hash="sha256:2", at=MONDAY + HOUR)
    with pytest.raises(WriteConflictError):
        publish(store, content_hash="sha256:3")
    versions = store.agreements("acme").versions
    assert [(each.id, each.version, each.content_hash) for each in versions] == [
        ("gold", 1, "sha256:1"),
        ("gold", 2, "sha256:2"),
    ]
    assert versions[1].published_at == MONDAY + HOUR


def test_versions_are_published_together_or_not_at_all(store: Store) -> None:
    """One of them is there already: none of the others is."""
    publish(store)
    together = [Version(frozen(name), 1, "sha256:1") for name in ("basic", "gold", "silver")]
    with pytest.raises(WriteConflictError):
        store.publish("acme", together, MONDAY, store.generation("acme"))
    assert [each.id for each in store.agreements("acme").versions] == ["gold"]
    store.publish("acme", [together[0], together[2]], MONDAY, store.generation("acme"))
    assert [each.id for each in store.agreements("acme").versions] == ["basic", "gold", "silver"]


def test_of_two_who_publish_at_once_the_second_is_told(store: Store) -> None:
    """Though their documents differ: either was checked without the other. Another account is no matter."""
    read = store.generation("acme")
    publish(store, "other")
    publish(store, frozen=frozen("basic"), generation=read)
    with pytest.raises(WriteConflictError):
        publish(store, frozen=frozen("gold"), generation=read)
    assert [each.id for each in store.agreements("acme").versions] == ["basic"]
    publish(store, frozen=frozen("gold"))
    assert [each.id for each in store.agreements("acme").versions] == ["basic", "gold"]


def test_whoever_publishes_what_was_ended_meanwhile_is_told(store: Store) -> None:
    """An end counts as publishing does; one that changes nothing does not."""
    publish(store)
    read = store.generation("acme")
    assert store.end("acme", AgreementEnd("gold", MONDAY, "dissolved", "ada"))
    with pytest.raises(WriteConflictError):
        publish(store, number=2, generation=read)
    read = store.generation("acme")
    assert not store.end("acme", AgreementEnd("gold", MONDAY, "dissolved", "ada"))
    publish(store, frozen=frozen("basic"), generation=read)


def test_an_account_from_before_generations_is_at_the_first(store: Store) -> None:
    """Its versions are there, and nothing beside them: it can go on publishing."""
    publish(store)
    forget_generation(store)
    assert store.generation("acme") == 0
    publish(store, number=2)
    assert store.generation("acme") == 1


def test_so_many_versions_are_published_at_once_and_no_more(store: Store) -> None:
    """Ninety; of more nothing is written, and the error says why."""
    many = [Version(frozen(f"a{number}"), 1, "sha256:1") for number in range(91)]
    with pytest.raises(StoreRefusedError, match="91 versions at once, where 90 is the most"):
        store.publish("acme", many, MONDAY, 0)
    assert store.agreements("acme") == Agreements()
    store.publish("acme", many[:90], MONDAY, 0)
    assert len(store.agreements("acme").versions) == 90


def test_an_account_has_its_own_agreements_only(store: Store) -> None:
    """Not those of an account whose name begins alike, nor of one that reads alike once encoded."""
    for account in ("a", "a#", "a%23", "ab"):
        publish(store, account, frozen=frozen(account.replace("#", "hash").replace("%", "per")))
    assert [each.id for each in store.agreements("a#").versions] == ["ahash"]
    assert [each.id for each in store.agreements("a%23").versions] == ["aper23"]
    assert store.agreements("nobody").versions == ()


def test_a_published_document_is_given_as_it_was_published(store: Store) -> None:
    """By agreement and version; None where there is none."""
    publish(store, number=2)
    assert store.document("acme", "gold", 2) == frozen()
    assert store.document("acme", "gold", 1) is None
    assert store.document("acme", "silver", 2) is None
    assert store.document("other", "gold", 2) is None


def test_exclusions_and_ends_are_read_with_the_versions(store: Store) -> None:
    """One read of an account's partition gives all that its tickets are judged by."""
    publish(store)
    narrow = exclusion(
        scope={"agreement": "gold", "priority": {"any": ["high"]}}, ends=MONDAY + timedelta(seconds=1.5)
    )
    dissolved = AgreementEnd("gold", MONDAY + HOUR, "dissolved", "user/ada")
    assert store.exclude(narrow)
    assert store.end("acme", dissolved)
    known = store.agreements("acme")
    assert [each.id for each in known.versions] == ["gold"]
    assert known.exclusions == (narrow,)
    assert known.endings == (dissolved,)
    assert store.agreements("other") == Agreements()


def test_an_exclusion_is_entered_once(store: Store) -> None:
    """The same again, later or by somebody else, says that it was there; the first stands."""
    assert store.exclude(exclusion())
    assert not store.exclude(exclusion(entered_at=MONDAY + HOUR, by="bob"))
    assert store.agreements("acme").exclusions == (exclusion(),)


@pytest.mark.parametrize(
    "changed",
    [
        {"begins": MONDAY - HOUR},
        {"ends": MONDAY + 2 * HOUR},
        {"reason": "x"},
        {"scope": {"team": "x"}},
    ],
)
def test_an_exclusion_never_changes(store: Store, changed: dict[str, Any]) -> None:
    """Another one under its id is a conflict, and the first stands."""
    store.exclude(exclusion())
    with pytest.raises(WriteConflictError):
        store.exclude(exclusion(**changed))
    assert store.agreements("acme").exclusions == (exclusion(),)


def test_exclusions_of_two_accounts_may_have_one_id(store: Store) -> None:
    """Each account names its own."""
    assert store.exclude(exclusion())
    assert store.exclude(exclusion(account="other", reason="theirs"))
    assert store.agreements("acme").exclusions == (exclusion(),)


def test_an_agreement_ends_once(store: Store) -> None:
    """Whoever ends it again is told so; when, why and by whom stay those of the first."""
    first = AgreementEnd("gold", MONDAY, "dissolved", "ada")
    assert store.end("acme", first)
    assert not store.end("acme", AgreementEnd("gold", MONDAY + HOUR, "another reason", "bob"))
    assert store.end("acme", AgreementEnd("silver", MONDAY, "dissolved", "ada"))
    assert store.end("other", AgreementEnd("gold", MONDAY, "dissolved", "ada"))
    assert store.agreements("acme").endings[0] == first


def test_the_tickets_of_an_account_are_listed(store: Store) -> None:
    """Whatever they are called and whatever else is kept of them; no other account's."""
    about = {"acme": ["1", "a#b", "100%"], "acm": ["2"], "acme#1": ["3"], "1": ["acme"]}
    for account, ids in about.items():
        for each in ids:
            known = ticket(each, account=account)
            store.commit(commit(None, known, fact(about=known), given=event(account=account, ticket_id=each)))
    service = ticket("mail", subject="service")
    store.commit(commit(None, service))
    assert sorted(store.subjects("acme")) == [
        "service#acme#mail",
        "ticket#acme#1",
        "ticket#acme#100%25",
        "ticket#acme#a%23b",
    ]
    assert list(store.subjects("acme#1")) == ["ticket#acme%231#3"]
    assert list(store.subjects("nobody")) == []


def test_many_tickets_are_listed_page_by_page(store: Store) -> None:
    """A page of a scan has a megabyte: more than that of tickets is still listed whole, each once."""
    bulky = {"custom": {"notes": "x" * 20_000}}
    for number in range(60):
        store.commit(commit(None, ticket(str(number), attributes=bulky)))
    assert sorted(store.subjects("acme")) == sorted(f"ticket#acme#{number}" for number in range(60))


@pytest.mark.parametrize(
    "given",
    [exclusion().on("1"), Ending("acme", "1", "gold", "dissolved", "ada", MONDAY)],
    ids=["exclusion", "ending"],
)
def test_exclusions_and_endings_are_in_a_tickets_log(store: Store, given: Given) -> None:
    """Folded once like any event, and read with the history."""
    saved = store.commit(commit(None, ticket(), given=event()))
    store.commit(commit(saved, ticket(), fact(cause=given.id), given=given))
    assert store.load(ONE, given.id).seen
    history, hashes = store.history(ONE)
    assert given in history.given
    assert given.id in hashes


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a#b", "c"), ("a", "b#c")), (("a%23b", "c"), ("a#b", "c")), (("a%", "23b"), ("a", "%23b"))],
)
def test_no_two_tickets_share_a_key(store: Store, one: tuple[str, str], other: tuple[str, str]) -> None:
    """`#` and `%` may be in an account and in an id."""
    for account, ticket_id in (one, other):
        about = ticket(ticket_id, account=account)
        store.commit(commit(None, about, fact(about=about)))
    for account, ticket_id in (one, other):
        saved = store.load(subject_key("ticket", account, ticket_id)).saved
        assert saved is not None
        assert (saved.ticket.account, saved.ticket.ticket_id) == (account, ticket_id)
