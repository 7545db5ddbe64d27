"""The end of a ticket's log: what removes it, what stops that, and what is refused afterwards."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.errors import TooOld
from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import format_instant
from slaclock.domain.keeping import FORGOTTEN, TOO_OLD, Hold, Keeping
from slaclock.forgetting import Forgetter
from slaclock.helpdesks import Delivery
from slaclock.importing import Importer
from slaclock.register import Act, Register
from slaclock.store.commit import Beside
from slaclock.store.errors import WriteConflictError
from slaclock.store.keeping import hold_item, retention_item
from tests.functions.past import SUBJECT, Past, event, when
from tests.functions.test_webhook import canonical, posted
from tests.functions.world import World

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KEPT = 400 * DAY
# Created and answered on Monday, solved within the hour: no promise was broken.
LIFE = (
    event("02 09:00", "created", "new"),
    event("02 09:30", "agent_replied", "open"),
    event("02 10:00", "solved", "solved"),
)
SOLVED = when("02 10:00")
HOLD = Hold("case-1", "a lawsuit", "ada", SOLVED)


class Kept(Past):
    """A stack whose account keeps logs for 400 days."""

    def __init__(self, keeping: Keeping = Keeping(KEPT)) -> None:  # noqa: B008
        super().__init__()
        self.keep(keeping)

    def keep(self, keeping: Keeping) -> None:
        """What the account's retention and holds are from now on, for all who read them."""
        for key in [key for key in self.store.tables["agreements"] if key[1].startswith("KEEPING#")]:
            del self.store.tables["agreements"][key]
        for item in (retention_item("acme", keeping), *(hold_item("acme", hold) for hold in keeping.holds)):
            self.store.tables["agreements"][item["pk"], item["sk"]] = item
        self.time += timedelta(minutes=2)

    @property
    def forgetter(self) -> Forgetter:
        return Forgetter(self.store, self.store, lambda: self.time)

    def sweep(self, at: datetime) -> list[bool]:
        """What the auditor does with all that have ended by then."""
        self.time = at
        return [self.forgetter.forget(subject) for subject in list(self.forgetter.ended())]

    def left(self) -> list[str]:
        """What is stored of the ticket."""
        return sorted(sk for pk, sk in self.store.tables["tickets"] if pk == SUBJECT)


@pytest.fixture
def past() -> Kept:
    """A ticket that is over without a breach."""
    past = Kept()
    past.live(*LIFE)
    return past


def test_a_log_is_removed_so_long_after_the_tickets_last_event(past: Kept) -> None:
    """The log, the facts and the messages, all at once; not a second sooner. Its rows stay."""
    before = past.left()
    assert past.sweep(SOLVED + KEPT) == []
    assert past.left() == before
    assert past.sweep(SOLVED + KEPT + SECOND) == [True]
    assert past.left() == ["TICKET"]
    assert past.store.load(SUBJECT).forgotten
    assert [key for _, key in past.store.tables["ledger"]] == [
        "clock_met:first_response:1.0",
        "clock_met:resolution:1.0",
    ]
    assert past.sweep(SOLVED + 2 * KEPT) == []


STATES: list[tuple[str, tuple[TicketEvent, ...], datetime | None]] = [
    ("solved", (), SOLVED + KEPT),
    ("closed later", (event("05 09:00", "closed", "closed"),), when("05 09:00") + KEPT),
    ("deleted", (event("05 09:00", "deleted", "deleted"),), when("05 09:00") + KEPT),
    ("merged", (event("05 09:00", "merged", "closed", merged_into="2"),), when("05 09:00") + KEPT),
    ("reopened", (event("05 09:00", "reopened", "open"),), None),
    (
        "solved again",
        (event("05 09:00", "reopened", "open"), event("05 09:10", "solved", "solved")),
        when("05 09:10") + KEPT,
    ),
    (
        "an old change that comes late",
        (event("02 09:00", "priority_changed", received_at=when("05 09:00")),),
        SOLVED + KEPT,
    ),
    ("a note afterwards", (event("09 09:00", "note_added"),), when("09 09:00") + KEPT),
]


@pytest.mark.parametrize(("more", "until"), [each[1:] for each in STATES], ids=[each[0] for each in STATES])
def test_what_moves_the_end_and_what_takes_it_off(
    past: Kept, more: tuple[TicketEvent, ...], until: datetime | None
) -> None:
    """Each decision places the ticket anew."""
    past.live(*more)
    saved = past.store.load(SUBJECT).saved
    assert saved is not None
    assert saved.log_until == until


def test_a_breach_that_a_late_event_brings_takes_the_end_off(past: Kept) -> None:
    """It was opened again on Monday, as is heard on Thursday: the breach in between keeps the log."""
    past.live(event("02 10:30", "reopened", "open", received_at=when("05 09:00")))
    past.live(event("02 16:00", "solved", "solved", received_at=when("05 09:00")))
    saved = past.store.load(SUBJECT).saved
    assert saved is not None
    assert saved.ticket.solved
    assert (saved.log_until, saved.last_row_at) == (None, when("05 09:00"))
    assert "clock_breached" in {told.fact.fact for told in past.store.told(SUBJECT)}


@pytest.mark.parametrize(
    ("keeping", "until"),
    [
        (Keeping(KEPT), None),
        (Keeping(KEPT, 3653 * DAY), timedelta(days=3653)),
        (Keeping(KEPT, 400 * DAY), timedelta(days=400)),
    ],
    ids=["rows for ever", "rows for ten years", "as long as others"],
)
def test_a_log_with_a_breach_lives_as_long_as_its_rows(keeping: Keeping, until: timedelta | None) -> None:
    """And rows of a breach are recorded while it goes on: the last one counts."""
    past = Kept(keeping)
    past.live(event("02 09:00", "created", "new"), event("02 16:00", "solved", "solved"))
    saved = past.store.load(SUBJECT).saved
    assert saved is not None
    assert saved.last_row_at == when("02 16:00")
    assert saved.log_until == (when("02 16:00") + until if until else None)
    ends = {row.ends_at and row.ends_at - row.recorded_at for row in past.store.row_ends("acme")}
    assert ends == {until}


@pytest.mark.parametrize(
    "holds",
    [(HOLD,), (HOLD._replace(ticket_id="1"),), (HOLD._replace(ticket_id="2"), HOLD)],
    ids=["the account", "the ticket", "both"],
)
def test_a_hold_that_was_set_since_stops_the_removal(past: Kept, holds: tuple[Hold, ...]) -> None:
    """It counts from the moment that it is stored, whatever functions had read before."""
    before = past.left()
    past.keep(Keeping(KEPT, holds=holds))
    assert past.sweep(SOLVED + 2 * KEPT) == [False]
    assert (past.left(), past.sweep(SOLVED + 3 * KEPT)) == (before, [])
    past.keep(Keeping(KEPT))
    assert [past.forgetter.place(SUBJECT, Keeping(KEPT)) for _ in range(2)] == [True, False]
    assert past.sweep(SOLVED + 3 * KEPT) == [True]


def test_a_retention_that_was_lengthened_since_counts(past: Kept) -> None:
    """The ticket gets its new place when its old end comes, and goes when the new one does."""
    past.keep(Keeping(500 * DAY))
    assert past.sweep(SOLVED + KEPT + SECOND) == [False]
    assert past.sweep(SOLVED + 500 * DAY) == []
    assert past.sweep(SOLVED + 500 * DAY + SECOND) == [True]


def test_a_ticket_that_comes_back_while_it_is_being_removed_is_not_damaged(
    past: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its event is first: the removal finds another version, and leaves everything."""
    past.time = SOLVED + KEPT + SECOND
    forget = past.store.forget
    again = replace(event("05 09:00", "reopened", "open"), occurred_at=past.time, received_at=past.time)

    def late(*given: Any) -> None:
        past.workflow.take(again)
        forget(*given)

    monkeypatch.setattr(past.store, "forget", late)
    with pytest.raises(WriteConflictError):
        past.forgetter.forget(SUBJECT)
    assert past.store.load(SUBJECT, again.id).seen
    assert past.sweep(past.time + SECOND) == []
    assert len(past.store.life(SUBJECT).log) == 4


def held(past: Kept) -> None:
    """Set a hold as the command does."""
    act = Act("hold_set", "ada", "suit", {"hold": "case"}, [Beside("agreements", hold_item("acme", HOLD))])
    Register(past.store, past.store, lambda: past.time).enter("acme", lambda _: act)


def test_a_hold_that_is_set_during_the_look_stops_the_removal(
    past: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention and holds were read before it: the register has another version by then."""
    past.time = SOLVED + KEPT + SECOND
    before, keeping = past.left(), past.store.keeping

    def read(account: str) -> Keeping:
        found = keeping(account)
        monkeypatch.setattr(past.store, "keeping", keeping)
        held(past)
        return found

    monkeypatch.setattr(past.store, "keeping", read)
    with pytest.raises(WriteConflictError):
        past.forgetter.forget(SUBJECT)
    assert past.left() == before


def test_a_hold_keeps_what_is_left_of_a_log_half_removed(past: Kept) -> None:
    """It is asked for again before more is removed."""
    past.time = SOLVED + KEPT + SECOND
    saved = past.store.load(SUBJECT).saved
    assert saved is not None
    past.store.forget(SUBJECT, saved, past.time, None)
    past.store.clear(SUBJECT, 1)
    before = past.left()
    held(past)
    assert (past.sweep(past.time + SECOND), past.left()) == ([False], before)


@pytest.mark.parametrize("crash", ["clear", "cleared"])
def test_a_removal_that_is_broken_off_is_gone_on_with(
    past: Kept, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    """The ticket is forgotten first, so nothing can begin among what is left; the next sweep removes that."""
    with monkeypatch.context() as patch:
        patch.setattr(past.store, crash, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            past.sweep(SOLVED + KEPT + SECOND)
    with pytest.raises(TooOld, match=FORGOTTEN):
        past.workflow.take(replace(event("05 09:00", "reopened", "open"), occurred_at=past.time))
    assert past.sweep(past.time + SECOND) == [True]
    assert (past.left(), past.sweep(past.time + DAY)) == (["TICKET"], [])


def test_a_large_log_is_removed_in_several_sweeps(past: Kept) -> None:
    """Five hundred items at a time."""
    for number in range(600):
        item = {"pk": SUBJECT, "sk": f"SENT#{number}"}
        past.store.tables["tickets"][SUBJECT, item["sk"]] = item
    assert past.sweep(SOLVED + KEPT + SECOND) == [True]
    assert 1 < len(past.left()) < 200
    assert past.sweep(past.time + SECOND) == [True]
    assert past.left() == ["TICKET"]


AGES = [(KEPT - SECOND, None), (KEPT, TOO_OLD), (KEPT + SECOND, TOO_OLD)]


@pytest.mark.parametrize(("age", "refused"), AGES, ids=["just before", "at", "just after"])
def test_an_event_older_than_the_retention_begins_no_ticket(age: timedelta, refused: str | None) -> None:
    """It could be of a log that was removed. One of a ticket that is there is folded in, however late."""
    past = Kept()
    past.time = SOLVED + age
    if refused is None:
        assert past.workflow.take(LIFE[2])
        assert past.workflow.take(LIFE[0])
        return
    with pytest.raises(TooOld, match=refused):
        past.workflow.take(LIFE[2])
    assert past.left() == []


@pytest.mark.parametrize("age", [KEPT - SECOND, KEPT, KEPT + SECOND, KEPT + 2 * SECOND, 2 * KEPT])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_old_duplicate_is_never_new(past: Kept, age: timedelta, number: int) -> None:
    """Before the log goes it is known, and after that it is refused, at whatever moment it comes."""
    past.sweep(SOLVED + age)
    try:
        assert past.workflow.take(LIFE[number]) is False
    except TooOld:
        assert past.store.load(SUBJECT).forgotten
    rows = len(past.store.tables["ledger"])
    assert rows == 2


def test_it_is_not_new_either_once_even_the_number_is_gone() -> None:
    """With an end of ledger rows, DynamoDB removes what was left of the ticket after them."""
    past = Kept(Keeping(KEPT, 3653 * DAY))
    past.live(*LIFE)
    past.sweep(SOLVED + KEPT + SECOND)
    stub = past.store.tables["tickets"].pop((SUBJECT, "TICKET"))
    assert stub["expires_at"] == int((past.time + 3653 * DAY).timestamp())
    past.time += 3653 * DAY
    with pytest.raises(TooOld, match=TOO_OLD):
        past.workflow.take(LIFE[0])


def test_a_forgotten_ticket_takes_no_new_event(past: Kept) -> None:
    """Its cycles are in the ledger under their keys, and its promises can't be judged without its log."""
    past.sweep(SOLVED + KEPT + SECOND)
    with pytest.raises(TooOld, match=FORGOTTEN):
        past.workflow.take(replace(event("05 09:00", "customer_replied"), occurred_at=past.time))
    with pytest.raises(LookupError):
        past.workflow.take(Acknowledgement("acme", "1", "ada", past.time, None, "gold", "resolution"))
    assert past.left() == ["TICKET"]


def world(keeping: Keeping | None = None) -> World:
    world = World("2026-03-28T12:00:00Z")
    item = retention_item("example", keeping or Keeping(KEPT))
    world.memory.tables["agreements"][item["pk"], item["sk"]] = item
    return world


def test_a_sender_of_canonical_events_is_told() -> None:
    """422, and which member is why; nothing is kept."""
    made = world()
    old = format_instant(made.time - KEPT)
    body = canonical(occurred_at=old)
    body["ticket"] |= {"created_at": old}
    status, problem = posted(made, json.dumps(body).encode(), "hook")
    assert (status, problem["pointer"], problem["detail"]) == (422, "/occurred_at", TOO_OLD)
    assert made.s3.objects == {}


def snapshot(at: datetime) -> bytes:
    """A ticket as Zendesk tells it by a trigger."""
    return json.dumps({"ticket_id": "77", "status": "Open", "updated_at": format_instant(at)}).encode()


def test_a_helpdesks_old_delivery_is_kept_with_the_reason() -> None:
    """It would never be sent again, so a person may look at it; it is counted like all that are."""
    made = world()
    assert posted(made, snapshot(made.time - KEPT))[1]["quarantined"] == 1
    (kept,) = made.s3.objects.items()
    assert kept[0].startswith("unmapped/")
    assert TOO_OLD in kept[1].decode()
    assert [pk for pk, sk in made.memory.tables["tickets"] if sk == "TICKET"] == []


def test_old_replies_that_come_with_a_ticket_of_today_are_taken() -> None:
    """What counts is the newest of what came together: without them the ticket would seem never answered."""
    made = world()
    created, now = format_instant(made.time - 2 * KEPT), format_instant(made.time)
    ticket = {"id": 81, "state": "open", "created_at": created, "updated_at": now}
    ticket |= {"first_response_at": created, "last_contact_agent_at": created}
    made.memory.connect({"id": "z", "kind": "zammad", "account": "example", "secret": "slaclock/hook"})
    body = json.dumps({"ticket": ticket, "article": {}}).encode()
    receipt = made.intake.receive("z", Delivery(body, {}, made.time), trusted=True)
    assert (receipt.accepted, receipt.quarantined) == (len(made.memory.life("ticket#example#81").log), 0)


def test_history_is_imported_as_far_as_it_would_be_kept() -> None:
    """A ticket whose newest event is too old is left out and counted; of another, all events are taken."""
    past = Kept()
    past.time = SOLVED + KEPT
    young = tuple(replace(each, ticket_id="2", event_id=f"2{each.id}") for each in LIFE)
    later = replace(
        young[2], event_id="2:late", type="note_added", occurred_at=SOLVED + SECOND, received_at=past.time
    )
    importer = Importer(past.store, past.agreements, lambda: past.time, past.time)
    done = importer.run([LIFE, [*young, later]])
    assert (done.tickets, done.too_old, done.events, done.failed) == (1, 1, 4, {})
    assert list(past.store.subjects("acme")) == ["ticket#acme#2"]


def test_what_is_imported_ends_like_what_was_delivered() -> None:
    """From the ticket's last event on, not from the import."""
    past = Kept()
    past.time = SOLVED + 300 * DAY
    Importer(past.store, past.agreements, lambda: past.time, past.time).run([LIFE])
    saved = past.store.load(SUBJECT).saved
    assert saved is not None
    assert saved.log_until == SOLVED + KEPT
    past.sweep(SOLVED + KEPT + SECOND)
    done = Importer(past.store, past.agreements, lambda: past.time, past.time).run([LIFE])
    assert (done.tickets, done.too_old) == (0, 1)


def test_the_auditor_removes_what_ended_after_all_else_and_says_how_much() -> None:
    """Nobody waits for it: what it leaves to the next sweep is nothing left behind."""
    made = world()
    body = canonical(type="closed", occurred_at=format_instant(made.time))
    ticket = {**body["ticket"], "status": "closed", "created_at": format_instant(made.time)}
    assert posted(made, json.dumps({**body, "ticket": ticket}).encode(), "hook")[1]["accepted"] == 1
    made.time += 401 * DAY
    swept = made.function("audit").handler({}, None)
    assert (swept["forgotten"], swept["woken"], swept["failed"], swept["left"]) == (1, 0, 0, 0)
    assert made.function("audit").handler({}, None)["forgotten"] == 0
