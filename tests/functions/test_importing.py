"""The past put into logs: one fold a ticket, the record as if it had been lived, and nobody woken."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from slaclock.domain.correction import NEVER
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import OUTCOMES
from slaclock.importing import MOST_FAILURES
from slaclock.store.commit import Commit, Saved
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.memory import MemoryStore
from tests.functions.past import LIFE, SUBJECT, Past, event, net, when

LATER = "24 09:00"
KINDS = {
    "breach_ended": 2,
    "breach_reopened": 1,
    "clock_breached": 1,
    "clock_met": 1,
    "clock_paused": 1,
    "clock_resumed": 1,
    "clock_started": 2,
    "escalation_due": 3,
    "reminder_due": 1,
}


def lived() -> Past:
    """The life as webhooks and timers told it."""
    past = Past()
    past.live(*LIFE, until=LATER)
    return past


def spoilt(past: Past, spoil: Callable[[int, Commit], None]) -> MemoryStore:
    """The store, whose commits are spoilt, by their number, before they are made."""

    class Spoilt(MemoryStore):
        commits = 0

        def commit(self, commit: Commit) -> Saved:
            self.commits += 1
            spoil(self.commits, commit)
            return past.store.commit(commit)

    store = Spoilt()
    store.tables = past.store.tables
    return store


def test_a_life_imported_is_the_life_lived() -> None:
    """The same facts, the same ticket, the same rows of the ledger; and nobody hears anything."""
    past, there = Past(), lived()
    done = past.imports(*LIFE, at=LATER)
    assert net(past.facts) == net(there.facts)
    assert past.ticket == there.ticket
    assert past.store.tables["ledger"].keys() == there.store.tables["ledger"].keys()
    assert past.heard() == []
    assert (done.tickets, done.events, done.duplicates, done.failed) == (1, 7, 0, {})
    assert (done.facts, done.quietly) == (KINDS, 8)


def test_every_breach_says_honestly_when_it_was_noticed_and_that_nobody_heard() -> None:
    """Noticed at the import, by events that came late; `told` is empty, in the fact and in the ledger."""
    past = Past()
    past.imports(*LIFE, at=LATER)
    (breach,) = [fact for fact in past.facts if fact.fact == "clock_breached"]
    assert (breach.at, breach.due_at) == (when("02 14:00"), when("02 14:00"))
    assert breach.details["detected_at"] == "2026-03-24T09:00:00Z"
    assert breach.details["detected_by"] == "late event"
    assert (breach.details["told"], breach.details["quiet"]) == ([], True)


def test_importing_again_does_nothing() -> None:
    """Not one item changes."""
    past = Past()
    past.imports(*LIFE, at=LATER)
    before = {name: dict(table) for name, table in past.store.tables.items()}
    done = past.imports(*LIFE, at="25 09:00")
    assert past.store.tables == before
    assert (done.events, done.duplicates, done.facts) == (0, 7, {})


@pytest.mark.parametrize("order", [LIFE, LIFE[::-1], (*LIFE[1::2], *LIFE[::2], *LIFE)])
def test_the_order_of_the_lines_is_no_matter(order: Sequence[TicketEvent]) -> None:
    """Nor are lines that are there twice."""
    past = Past()
    done = past.imports(*order, at=LATER)
    assert net(past.facts) == net(lived().facts)
    assert (done.events, done.duplicates) == (7, len(order) - 7)


@pytest.mark.parametrize("number", [1, 2])
def test_an_import_that_was_broken_off_is_finished_by_the_same_again(number: int) -> None:
    """Before the log is written, or between the log and what follows from it."""

    def pull_the_plug(made: int, _: Commit) -> None:
        if made == number:
            raise KeyboardInterrupt

    past = Past(LATER)
    with pytest.raises(KeyboardInterrupt):
        past.importer(store=spoilt(past, pull_the_plug)).run([LIFE])
    assert past.facts == []
    done = past.imports(*LIFE, at="24 12:00")
    assert net(past.facts) == net(lived().facts)
    assert past.heard() == []
    assert done.events + done.duplicates == 7


def test_a_webhook_in_between_folds_the_whole_log_and_as_quietly() -> None:
    """The log is written, its folding is not; the next delivery does it, and is itself told as ever."""

    def pull_the_plug(made: int, _: Commit) -> None:
        if made == 2:
            raise KeyboardInterrupt

    past, there = Past(LATER), lived()
    with pytest.raises(KeyboardInterrupt):
        past.importer(store=spoilt(past, pull_the_plug)).run([LIFE])
    reopened = event("24 10:00", "reopened", "open")
    for each in (past, there):
        each.live(reopened)
    assert [fact.key for fact in past.facts if fact.fact != "reminder_due"] == [
        fact.key for fact in there.facts if fact.fact != "reminder_due"
    ]
    assert past.heard() == [("breach_reopened", each) for each in ("legal", "one", "three", "two")]
    assert past.imports(*LIFE).facts == {}


def test_a_half_and_then_the_other_half_end_as_the_whole() -> None:
    """Whichever half comes first: what was told too early is withdrawn, and of that, too, nobody hears."""
    for half in (LIFE[:4], LIFE[4:], LIFE[::2], LIFE[1::2]):
        past = Past()
        past.imports(*half, at="23 09:00")
        past.imports(*LIFE, at=LATER)
        assert standing(past) == standing(lived())
        assert past.heard() == []


@pytest.mark.parametrize("number", range(len(LIFE)))
def test_the_end_of_a_life_may_be_imported_and_then_go_on_by_webhooks(number: int) -> None:
    """What webhooks told until they fell silent stays; what was wrong of it is withdrawn."""
    past, there = Past(), lived()
    past.live(*LIFE[:number], until="05 09:00")
    past.imports(*LIFE, at=LATER)
    assert standing(past) == standing(there)
    for each in (past, there):
        each.live(event("24 10:00", "reopened", "open"), event("24 11:00", "solved", "solved"))
    assert standing(past) == standing(there)


def standing(past: Past) -> list[tuple[Any, ...]]:
    """The outcomes that stand, and the turns of those breaches: what was told and not withdrawn."""
    withdrawn = {fact.details["corrects"] for fact in past.facts if fact.fact == "outcome_corrected"}
    stands = [fact for fact in past.facts if fact.id not in withdrawn and fact.details.get("reason") != NEVER]
    outcomes = {(fact.lane, fact.cycle, fact.revision) for fact in stands if fact.fact in OUTCOMES}
    return sorted(
        (fact.lane, fact.cycle, fact.fact, fact.at, fact.due_at)
        for fact in stands
        if fact.fact in (*OUTCOMES, "breach_ended", "breach_reopened")
        and (fact.lane, fact.cycle, fact.revision) in outcomes
    )


def test_a_reply_that_was_never_delivered_takes_back_what_was_told() -> None:
    """Who was told of the breach hears that it did not happen, and which line of the import says so."""
    past = Past()
    past.live(LIFE[0], until="02 10:10")
    assert past.heard()[1:] == [("clock_breached", "legal"), ("escalation_due 1", "one")]
    told = len(past.facts)
    past.imports(LIFE[1], at="02 10:20", quiet="02 10:20")
    assert past.heard(told) == [("outcome_corrected", "legal"), ("outcome_corrected", "one")]
    (corrected,) = [fact for fact in past.facts if fact.fact == "outcome_corrected"]
    assert corrected.details["because"] == LIFE[1].id
    assert past.facts[-1].fact == "clock_met"


@pytest.mark.parametrize(
    ("quiet", "heard"),
    [("02 09:59", ["legal", "one"]), ("02 10:00", ["legal", "one"]), ("02 10:01", [])],
)
def test_what_lies_before_the_quiet_instant_is_recorded_and_not_told(quiet: str, heard: list[str]) -> None:
    """The first response was due at ten; what lies at that instant is told."""
    past = Past()
    past.imports(LIFE[0], at="02 10:20", quiet=quiet)
    assert [audience for _, audience in past.heard()] == heard
    assert [fact.fact for fact in past.facts][2:] == ["reminder_due", "clock_breached", "escalation_due"]


def test_a_level_still_ahead_is_told_when_it_is_due() -> None:
    """Also of a breach that was told quietly; only who hears a level hears that it is over."""
    past = Past()
    past.imports(LIFE[0], at="02 10:20", quiet="02 10:20")
    assert past.heard() == []
    past.pass_time(when("02 10:31"))
    assert past.heard() == [("escalation_due 2", "two")]
    past.live(event("02 10:40", "agent_replied", "open"))
    assert past.heard() == [("escalation_due 2", "two"), ("breach_ended", "two")]


def test_nobody_gets_an_all_clear_of_what_they_were_not_told() -> None:
    """Whether the end comes in its order, or late."""
    for received in ("02 10:25", "02 10:29"):
        past = Past()
        past.imports(LIFE[0], at="02 10:20", quiet="02 10:20")
        late = event("02 10:24", "agent_replied", "open", received_at=when(received))
        past.live(event("02 10:25", "customer_replied"), late)
        assert past.facts[-1].fact == "breach_ended"
        assert past.heard() == []


def test_whoever_was_told_of_a_breach_hears_of_its_end_though_that_is_long_past() -> None:
    """They would wait for it for ever; whoever heard nothing still hears nothing."""
    past = Past()
    past.live(LIFE[0], until="02 10:10")
    told = len(past.facts)
    past.imports(event("02 10:15", "agent_replied", "open"), at=LATER)
    ended = [(fact, audience) for fact, audience in past.heard(told) if fact == "breach_ended"]
    assert ended == [("breach_ended", each) for each in ("legal", "one", "three", "two")]
    assert past.heard()[-4:] == ended


def test_an_end_that_did_not_last_is_not_told() -> None:
    """Ended and opened again, all long ago: whoever was told that it is open is right."""
    past = Past()
    past.live(*LIFE[:4], until="23 09:00")
    told = len(past.facts)
    past.imports(*LIFE[4:6], at=LATER)
    assert {"breach_ended", "breach_reopened"} <= {fact.fact for fact in past.facts[told:]}
    assert past.heard(told) == []
    past.live(event("24 10:00", "solved", "solved"))
    assert [audience for _, audience in past.heard(told)] == ["legal", "one", "three", "two"]


def test_a_reopening_is_told_to_everybody_it_concerns_and_so_is_its_end() -> None:
    """Though the breach was told quietly: it is open now."""
    past = Past()
    past.imports(*LIFE, at=LATER)
    past.live(event("24 10:00", "reopened", "open"), event("24 11:00", "solved", "solved"))
    whom = ("legal", "one", "three", "two")
    assert past.heard() == [(fact, each) for fact in ("breach_reopened", "breach_ended") for each in whom]


def test_a_reopening_that_was_not_told_ends_as_quietly() -> None:
    """Everybody last heard that it is over: whether its end comes in its order, or late."""
    for late in (False, True):
        past = Past()
        past.live(*LIFE[:5], until="23 09:00")
        told = len(past.facts)
        past.imports(LIFE[5], at=LATER)
        if late:
            past.live(event("24 10:30", "note_added"))
        past.live(event("24 10:00", "solved", "solved", received_at=when("24 11:00")))
        assert [fact.fact for fact in past.facts[told:]] == [
            "breach_reopened",
            "escalation_due",
            "breach_ended",
        ]
        assert past.heard(told) == []


def test_a_quiet_breach_that_falls_away_is_withdrawn_quietly() -> None:
    """Nobody has anything to unlearn."""
    past = Past()
    past.imports(LIFE[0], at="23 09:00")
    past.imports(LIFE[1], at=LATER)
    assert [fact.fact for fact in past.facts].count("outcome_corrected") == 1
    assert past.heard() == []


@pytest.mark.parametrize(("reply", "told"), [("02 09:30", "outcome_corrected"), ("02 10:15", "breach_ended")])
def test_with_a_quiet_instant_ahead_nobody_hears_anything(reply: str, told: str) -> None:
    """Not even what is news to them: whoever gives such an instant has other ways of telling."""
    past = Past()
    past.live(LIFE[0], until="02 10:10")
    before = len(past.facts)
    past.imports(event(reply, "agent_replied", "open"), at="02 10:20", quiet="02 20:00")
    assert past.heard(before) == []
    assert told in [fact.fact for fact in past.facts[before:]]


def test_what_was_overdue_before_the_import_is_told_as_ever() -> None:
    """A timer that failed for hours is no reason to keep a breach quiet."""
    past = Past()
    past.live(LIFE[0])
    past.time = when("02 20:00")
    past.imports(event("02 09:10", "customer_replied"), quiet="02 20:00")
    assert ("clock_breached", "legal") in past.heard()


def test_so_many_facts_that_they_need_several_transactions_are_all_quiet() -> None:
    """Also where the import ends after the first of them, and a timer does the rest."""

    def pull_the_plug(made: int, _: Commit) -> None:
        if made == 3:
            raise KeyboardInterrupt

    busy = [LIFE[0], LIFE[1]]
    for day in range(3, 20):
        busy += [event(f"{day:02} 09:00", "solved", "solved"), event(f"{day:02} 10:00", "reopened", "open")]
    whole, broken = Past(), Past(LATER)
    whole.imports(*busy, at=LATER)
    assert len(whole.facts) > 30
    with pytest.raises(KeyboardInterrupt):
        broken.importer(store=spoilt(broken, pull_the_plug)).run([busy])
    assert len(broken.facts) == 30
    broken.pass_time(when("24 09:01"))
    assert net(broken.facts) == net(whole.facts)
    assert broken.heard() == whole.heard() == []
    assert whole.ticket.quiet_before is None


def test_more_events_than_one_transaction_takes_are_all_folded_together() -> None:
    """The reply is among the last that are put into the log, and the first response was met."""
    past = Past()
    chatter = [
        event(f"03 {hour:02}:{minute:02}", "note_added") for hour in range(5) for minute in range(0, 60, 2)
    ]
    done = past.imports(*LIFE, *chatter, at=LATER)
    assert done.events == 157
    assert net(past.facts) == net(lived().facts)


def test_large_events_go_into_several_transactions() -> None:
    """DynamoDB takes four megabytes at once."""
    sizes: list[int] = []
    past = Past(LATER)
    large = [
        event(f"03 0{hour}:00", "field_changed", received_at=when("03 12:00"), group="x" * 400_000)
        for hour in range(5)
    ]
    store = spoilt(past, lambda _, commit: sizes.append(len(commit.more)))
    assert past.importer(store=store).run([[LIFE[0], *large]]).events == 6
    assert sizes == [3, 2, 1, 0]


def test_a_rehearsal_says_what_would_follow_and_writes_nothing() -> None:
    """The same counts as the import that follows."""
    past = Past()
    past.live(*LIFE[:2], until=LATER)
    before = {name: dict(table) for name, table in past.store.tables.items()}
    said = past.imports(*LIFE, at=LATER, write=False)
    assert past.store.tables == before
    assert said == past.imports(*LIFE, at=LATER)
    assert said.facts["clock_breached"] == 1


def test_who_decides_at_the_same_time_is_not_overwritten() -> None:
    """A webhook comes between the reading and the writing: the import reads again."""
    past = Past(LATER)
    writes = {1: event("24 08:30", "customer_replied"), 3: event("24 08:40", "customer_replied")}

    def interfere(made: int, _: Commit) -> None:
        if made in writes:
            past.workflow.take(writes[made])

    done = past.importer(store=spoilt(past, interfere)).run([LIFE])
    assert (done.failed, past.ticket.behind) == ({}, False)
    assert len(past.store.history(SUBJECT)[0].given) == 9
    assert "clock_met" in [fact.fact for fact in past.facts]


def test_a_ticket_that_fails_is_named_and_the_others_are_imported() -> None:
    """Running it again is all that is left to do."""

    def fail(_: int, commit: Commit) -> None:
        if commit.ticket.ticket_id == "2":
            raise StoreUnavailableError("ThrottlingException")

    past = Past(LATER)
    tickets = [[event("02 09:00", "created", "new", ticket_id)] for ticket_id in "123"]
    done = past.importer(store=spoilt(past, fail)).run(tickets)
    assert (done.tickets, done.failed) == (2, {"ticket#acme#2": "StoreUnavailableError: ThrottlingException"})


def test_a_hundred_failures_end_an_import() -> None:
    """Nobody waits for the other hundred thousand."""

    def fail(_: int, __: Commit) -> None:
        raise StoreUnavailableError("down")

    past = Past(LATER)
    tickets = [[event("02 09:00", "created", "new", str(number))] for number in range(300)]
    done = past.importer(store=spoilt(past, fail)).run(tickets)
    assert (len(done.failed), done.tickets) == (MOST_FAILURES, 0)


def test_of_two_lines_with_one_id_the_first_to_arrive_counts() -> None:
    """As of two deliveries (rule 28)."""
    past = Past()
    first = event("02 09:30", "agent_replied", "open")
    other = event("02 09:30", "agent_replied", "closed", received_at=when("02 09:31"))
    done = past.imports(LIFE[0], other, first, at="02 09:40")
    assert (past.ticket.status, done.events, done.duplicates) == ("open", 2, 1)


def test_a_line_that_claims_to_come_from_the_future_happened_when_it_was_received() -> None:
    """As a delivery that does."""
    past = Past()
    past.imports(event("02 09:00", "created", "new", received_at=when("02 08:00")), at="02 08:30")
    assert past.facts[0].at == when("02 08:00")
