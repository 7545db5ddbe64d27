"""`slaclock agreement end`: nothing starts under an agreement, and what runs is cancelled (rule 26)."""

import io
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from slaclock.cli import deployed
from slaclock.domain.ending import Ending
from slaclock.store.commit import Commit
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreUnavailableError, WriteConflictError
from tests.local.desk import BASIC, GOLD, Desk, interrupted, open_desk

END = ("agreement", "end", "gold", "--reason", "dissolved", "--by", "ada", "--yes")
WHY = "functions go by the agreements as they were for up to a minute"
NOW = (*END, "--settle", "0")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD, basic=BASIC) as desk:
        yield desk


def test_running_clocks_are_cancelled_with_the_reason(desk: Desk) -> None:
    """Each ticket under it is told, once; one under another agreement is not."""
    for ticket_id, plan in (("1", "gold"), ("2", "gold"), ("3", "silver")):
        desk.event(ticket_id, plan=plan)
    desk.advance(minutes=5)
    assert desk.run(*NOW) == (
        0,
        [
            "gold is ended, at 2026-03-02T09:05:00Z by ada: dissolved",
            "tickets looked at: 3",
            "tickets told: 2",
            "running clocks cancelled: 2",
        ],
        [],
    )
    assert desk.facts("1") == [
        ("clock_started", "2026-03-02T09:00:00Z"),
        ("clock_cancelled", "2026-03-02T09:05:00Z"),
    ]
    assert desk.ticket("1")["facts"][-1]["reason"] == "the agreement was ended: dissolved"
    assert desk.clock("3") == ("basic", 1, "running", "2026-03-02T17:00:00Z")
    assert [each.input["subject"] for each in desk.stack.schedules.all()] == ["ticket#example#3"]


def test_a_new_ticket_gets_the_next_agreement_that_fits(desk: Desk) -> None:
    """As soon as the function knows of the end, at the latest after a minute."""
    desk.run(*NOW)
    desk.advance(minutes=1)
    desk.event("1")
    assert desk.clock("1") == ("basic", 1, "running", "2026-03-02T17:01:00Z")


def test_a_ticket_that_comes_to_fit_does_not_start_under_it(desk: Desk) -> None:
    """It was there before the end, under another agreement; whoever knows of the end does not choose it."""
    desk.event("1", plan="silver")
    desk.advance(minutes=5)
    desk.run(*NOW)
    desk.advance(minutes=1)
    desk.event("1", "field_changed", plan="gold")
    assert desk.clock("1") == ("basic", 1, "running", "2026-03-02T17:00:00Z")


def test_what_a_function_started_without_knowing_is_cancelled_by_the_second_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Functions keep agreements for a minute, so the command looks again after 65 seconds, and says why."""
    desk.event("1")
    desk.advance(minutes=1)
    desk.event("1", "note_added")  # the function has read the agreements now, and keeps them

    def rest(seconds: float) -> None:
        desk.advance(seconds=seconds / 2)
        desk.event("2")
        assert desk.clock("2")[0] == "gold"
        desk.advance(seconds=seconds / 2)

    monkeypatch.setattr(deployed, "Sweeps", partial(deployed.Sweeps, rest=rest))
    assert desk.run(*END) == (
        0,
        [
            "gold is ended, at 2026-03-02T09:01:00Z by ada: dissolved",
            "tickets looked at: 2",
            "tickets told: 2",
            "running clocks cancelled: 2",
        ],
        [f"waiting for 65 s, then looking again: {WHY}"],
    )
    assert desk.facts("2") == [
        ("clock_started", "2026-03-02T09:01:32.5Z"),
        ("clock_cancelled", "2026-03-02T09:02:05Z"),
    ]


def test_a_breach_that_still_waits_is_closed(desk: Desk) -> None:
    """Nobody is told any more of what is no promise; the breach itself stays in the record (rule 18)."""
    desk.event("1")
    desk.advance(hours=5)
    assert desk.run(*NOW)[1][2:] == [
        "tickets told: 1",
        "running clocks cancelled: 0",
        "breaches that waited, closed: 1",
    ]
    assert desk.facts("1")[1:] == [
        ("clock_breached", "2026-03-02T13:00:00Z"),
        ("breach_ended", "2026-03-02T14:00:00Z"),
    ]


def test_ending_it_again_tells_nobody_twice(desk: Desk) -> None:
    """The first end stands: its time, its reason, and who."""
    desk.event("1")
    desk.run(*NOW)
    desk.advance(minutes=5)
    again = desk.run("agreement", "end", "gold", "--reason", "another", "--by", "bob", "--settle", "0")
    assert again == (
        0,
        [
            "gold was ended already, at 2026-03-02T09:00:00Z by ada: dissolved",
            "tickets looked at: 1",
            "tickets told: 0",
            "running clocks cancelled: 0",
        ],
        [],
    )
    assert [fact for fact, _ in desk.facts("1")] == ["clock_started", "clock_cancelled"]


def test_a_ticket_that_fails_is_named_and_the_others_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 1; the same command again finishes."""
    for ticket_id in "123":
        desk.event(ticket_id)
    save = DynamoStore.commit

    def commit(store: DynamoStore, change: Commit) -> Any:
        if change.ticket.ticket_id == "2" and isinstance(change.given, Ending):
            raise StoreUnavailableError("ThrottlingException")
        return save(store, change)

    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "commit", commit)
        code, out, err = desk.run(*NOW)
    assert (code, out[2:]) == (1, ["tickets told: 2", "running clocks cancelled: 2"])
    assert err == [
        "slaclock: ticket 2 was not told: StoreUnavailableError: ThrottlingException",
        "slaclock: run the same command again for those: who was told is not told twice",
    ]
    code, out, err = desk.run(*NOW)
    assert (code, out[2:], err) == (0, ["tickets told: 1", "running clocks cancelled: 1"], [])


@pytest.mark.parametrize("error", [StoreUnavailableError("ReadTimeoutError"), WriteConflictError()])
def test_a_ticket_whose_log_has_the_input_was_told_whatever_was_heard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The table's answer was lost, or the same write, sent again, found itself in its way."""
    desk.event("1")
    save = DynamoStore.commit

    def commit(store: DynamoStore, change: Commit) -> Any:
        saved = save(store, change)
        if isinstance(change.given, Ending):
            raise error
        return saved

    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "commit", commit)
        code, out, err = desk.run(*NOW)
    assert (code, out[1:], err) == (
        0,
        ["tickets looked at: 1", "tickets told: 1", "running clocks cancelled: 1"],
        [],
    )
    assert [fact for fact, _ in desk.facts("1")] == ["clock_started", "clock_cancelled"]


def test_an_interrupted_end_is_finished_by_the_same_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after two tickets: exit status 130; who was told is not told twice."""
    for ticket_id in "12345":
        desk.event(ticket_id)
    desk.advance(minutes=5)
    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "commit", interrupted(DynamoStore.commit, after=2))
        assert desk.run(*NOW) == (130, ["gold is ended, at 2026-03-02T09:05:00Z by ada: dissolved"], [])
    desk.advance(minutes=5)
    assert desk.run(*NOW)[:2] == (
        0,
        [
            "gold was ended already, at 2026-03-02T09:05:00Z by ada: dissolved",
            "tickets looked at: 5",
            "tickets told: 3",
            "running clocks cancelled: 3",
        ],
    )
    assert [desk.facts(ticket_id)[1:] for ticket_id in "12345"] == [
        [("clock_cancelled", "2026-03-02T09:05:00Z")]
    ] * 5


def test_an_end_that_meets_somebody_who_publishes_is_to_be_run_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ended, and it does not say that it was."""

    def refuse(*_: object) -> None:
        raise WriteConflictError

    monkeypatch.setattr(DynamoStore, "end", refuse)
    said = ["slaclock: somebody else published just now: run it again"]
    assert desk.run(*NOW) == (1, [], said)


def test_a_long_sweep_says_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ten seconds; here each look at the time takes four."""
    for ticket_id in "1234567":
        desk.event(ticket_id)
    seconds = count(step=4)
    monkeypatch.setattr(deployed, "Sweeps", partial(deployed.Sweeps, elapsed=lambda: next(seconds)))
    assert desk.run(*NOW)[2] == ["2 tickets looked at so far", "5 tickets looked at so far"]


def test_an_agreement_that_there_is_not_is_refused(desk: Desk) -> None:
    """With those that there are; another account has none of them."""
    assert desk.run("agreement", "end", "golden", "--reason", "x", "--yes") == (
        1,
        [],
        ["slaclock: account 'example' has no agreement 'golden': there are basic, gold"],
    )
    assert desk.run("agreement", "end", "gold", "--reason", "x", "--account", "other") == (
        1,
        [],
        ["slaclock: account 'other' has no agreement 'gold': it has none"],
    )


def test_it_asks_before_it_cancels(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal; anything but yes leaves all as it is. Where nobody can answer, `--yes` is needed."""
    desk.event("1")
    asking = NOW[:-3]  # without --yes and what follows

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert desk.run(*asking) == (
        1,
        [],
        ["slaclock: this cancels every clock that runs under 'gold', for good: add --yes"],
    )
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    assert desk.run(*asking)[:2] == (1, [])
    assert desk.clock("1")[2] == "running"
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert desk.run(*asking, "--settle", "0")[0] == 0
    assert desk.clock("1")[2] == "cancelled"


def test_who_ended_it_is_whoever_aws_says_the_command_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where AWS does not say, the system's user."""
    first = desk.run("agreement", "end", "gold", "--reason", "x", "--yes", "--settle", "0")[1][0]
    assert first == "gold is ended, at 2026-03-02T09:00:00Z by user/moto: x"
    monkeypatch.setattr("slaclock.wiring.Wiring.client", lambda *_: None)
    monkeypatch.setattr("getpass.getuser", lambda: "kim")
    second = desk.run("agreement", "end", "basic", "--reason", "x", "--yes", "--settle", "0")[1][0]
    assert second == "basic is ended, at 2026-03-02T09:00:00Z by kim: x"
