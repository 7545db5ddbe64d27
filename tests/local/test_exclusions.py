"""`slaclock exclusion`: time that counts for no clock, entered before it or after (rule 27)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import inbox
from slaclock.store.dynamo import DynamoStore
from tests.local.desk import BASIC, GOLD, Desk, interrupted, open_desk

# A clock of four hours from nine o'clock is due at one; this shifts it to three, told or not.
SPAN = ("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T12:00:00Z")
SAID = ("--reason", "maintenance", "--by", "ada")
ADD = ("exclusion", "add", *SPAN, *SAID, "--settle", "0")
ENTERED = "maintenance (by ada at 2026-03-02T09:00:00Z"
LINE = f"m-1: 2026-03-02T10:00:00Z to 2026-03-02T12:00:00Z, {ENTERED}; every clock)"


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD, basic=BASIC) as desk:
        yield desk


def counts(looked_at: int, told: int, withdrawn: int) -> list[str]:
    return [
        f"tickets looked at: {looked_at}",
        f"tickets told: {told}",
        f"told breaches withdrawn: {withdrawn}",
    ]


def test_one_entered_before_its_time_moves_the_deadlines(desk: Desk) -> None:
    """Of tickets that are there, and of those that come later; no fact says anything of it."""
    desk.event("1")
    assert desk.run(*ADD, "--id", "m-1") == (0, [f"entered: {LINE}", *counts(1, 1, 0)], [])
    assert desk.clock("1") == ("gold", 1, "running", "2026-03-02T15:00:00Z")
    desk.advance(minutes=1)
    desk.event("2")
    assert desk.clock("2") == ("gold", 1, "running", "2026-03-02T15:01:00Z")
    desk.advance(hours=10)
    assert desk.facts("1") == [
        ("clock_started", "2026-03-02T09:00:00Z"),
        ("clock_breached", "2026-03-02T15:00:00Z"),
    ]


def test_one_entered_afterwards_withdraws_a_breach_that_was_told(desk: Desk) -> None:
    """`outcome_corrected` says so and why, whoever was told hears of it, and the clock runs on (rule 17)."""
    desk.event("1")
    desk.advance(hours=5)
    assert desk.run(*ADD)[1][1:] == counts(1, 1, 1)
    assert desk.facts("1") == [
        ("clock_started", "2026-03-02T09:00:00Z"),
        ("clock_breached", "2026-03-02T13:00:00Z"),
        ("outcome_corrected", "2026-03-02T14:00:00Z"),
    ]
    assert desk.clock("1") == ("gold", 1, "running", "2026-03-02T15:00:00Z")
    withdrawn = desk.ticket("1")["facts"][-1]
    assert (withdrawn["because"].partition(":")[0], withdrawn["reason"]) == ("exclusion", "maintenance")
    assert sorted((each["json"]["fact"], each["json"]["audience"]) for each in inbox(desk.stack)) == [
        ("clock_breached", "legal"),
        ("clock_breached", "team"),
        ("outcome_corrected", "legal"),
        ("outcome_corrected", "team"),
    ]
    desk.advance(hours=2)
    assert desk.facts("1")[3:] == [("clock_breached", "2026-03-02T15:00:00Z")]


def test_a_breach_that_is_one_all_the_same_is_told_anew(desk: Desk) -> None:
    """Two hours that do not count make three o'clock of one; solved at four it is late for that, too."""
    desk.event("1")
    desk.advance(hours=7)
    desk.event("1", "solved", status="solved")
    desk.advance(minutes=5)
    assert desk.run(*ADD)[1][1:] == counts(1, 1, 1)
    assert desk.facts("1")[1:] == [
        ("clock_breached", "2026-03-02T13:00:00Z"),
        ("breach_ended", "2026-03-02T16:00:00Z"),
        ("outcome_corrected", "2026-03-02T16:05:00Z"),
        ("clock_breached", "2026-03-02T15:00:00Z"),
        ("breach_ended", "2026-03-02T16:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ((), "123"),
        (("--ticket", "2"), "2"),
        (("--where", "plan=gold"), "12"),
        (("--where", "priority=urgent"), "2"),
        (("--where", "priority=urgent", "--where", "priority=high"), "123"),
        (("--where", "plan=gold", "--where", "priority=high"), "1"),
        (("--where", "custom.site=aarhus"), "3"),
        (("--agreement", "basic"), "3"),
        (("--target", "resolution", "--agreement", "gold"), "12"),
    ],
)
def test_only_clocks_in_its_scope_are_moved(desk: Desk, scope: tuple[str, ...], told: str) -> None:
    """A ticket, an agreement, a target, members of the ticket: all that is given must hold."""
    desk.event("1")
    desk.event("2", priority="urgent")
    desk.event("3", plan="silver", custom={"site": "aarhus"})
    desk.run(*ADD, *scope)
    due = {"1": "2026-03-02T13:00:00Z", "2": "2026-03-02T13:00:00Z", "3": "2026-03-02T17:00:00Z"}
    assert "".join(each for each in due if desk.clock(each)[3] != due[each]) == told


def test_a_ticket_that_came_after_its_end_is_not_told(desk: Desk) -> None:
    """Nothing of it can concern such a ticket."""
    desk.advance(hours=3)
    desk.event("1")
    assert desk.run(*ADD)[1][1:] == counts(1, 0, 0)


def test_the_same_again_tells_nobody_twice(desk: Desk) -> None:
    """Its id is made of what it says; another under an id that is taken is refused."""
    desk.event("1")
    desk.run(*ADD, "--id", "m-1")
    desk.advance(minutes=5)
    assert desk.run(*ADD, "--id", "m-1") == (0, [f"entered before: {LINE}", *counts(1, 0, 0)], [])
    assert desk.run(*ADD, "--id", "m-1", "--target", "resolution") == (
        1,
        [],
        ["slaclock: another exclusion has the id 'm-1': see slaclock exclusion list"],
    )
    first, second = desk.run(*ADD)[1][0], desk.run(*ADD)[1][0]
    assert second == first.replace("entered:", "entered before:")


def test_an_interrupted_one_is_finished_by_the_same_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after two tickets, and somebody else runs it again: one exclusion, and nobody is told twice."""
    for ticket_id in "12345":
        desk.event(ticket_id)
    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "commit", interrupted(DynamoStore.commit, after=2))
        assert desk.run(*ADD)[0] == 130
    code, out, _ = desk.run(*ADD, "--by", "bob")
    assert (code, out[0].partition(":")[0], out[1:]) == (0, "entered before", counts(5, 3, 0))
    assert {desk.clock(ticket_id)[3] for ticket_id in "12345"} == {"2026-03-02T15:00:00Z"}
    assert len(desk.run("exclusion", "list")[1]) == 1


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--reason", ""), "argument --reason: '' is not one line of at most 200 characters"),
        (("--reason", "two\nlines"), "argument --reason: 'two\\nlines' is not one line of at most 200"),
        (("--reason", "x" * 201), f"argument --reason: '{'x' * 200}' is not one line of at most 200"),
        (("--by", "\x1b[2J"), "argument --by: '\\x1b[2J' is not one line of at most 200 characters"),
        (("--account", " "), "argument --account: ' ' is not one line of at most 128 characters"),
    ],
)
def test_text_that_no_document_may_have_is_refused_by_its_option(
    desk: Desk, option: tuple[str, str], said: str
) -> None:
    """One printable line, as in documents; wrong usage, before anything is read."""
    with pytest.raises(SystemExit, match="2"):
        desk.run(*ADD, *option)
    assert desk.capsys.readouterr().err.splitlines()[-1].startswith(f"slaclock exclusion add: error: {said}")


def test_a_dry_run_changes_nothing_and_says_what_would_follow(desk: Desk) -> None:
    """How many breaches would be withdrawn, above all."""
    desk.event("1")
    desk.advance(hours=5)
    code, out, err = desk.run(*ADD, "--dry-run")
    assert (code, out[0].partition(":")[0], out[1:], err) == (
        0,
        "would be entered",
        ["tickets looked at: 1", "tickets that would be told: 1", "told breaches that would be withdrawn: 1"],
        [],
    )
    assert [fact for fact, _ in desk.facts("1")] == ["clock_started", "clock_breached"]
    assert desk.run("exclusion", "list") == (0, [], ["account 'example' has no exclusions"])


def test_exclusions_are_listed_by_their_time(desk: Desk) -> None:
    """Each with what it is for, who entered it, and when."""
    desk.run(*ADD, "--id", "m-1")
    earlier = ("--from", "2026-03-01T00:00:00+01:00", "--to", "2026-03-01T06:00:00+01:00")
    scope = ("--agreement", "gold", "--where", "priority=urgent", "--where", "priority=high")
    named = "agreement gold; priority high or urgent)"
    desk.run("exclusion", "add", *earlier, *SAID, *scope, "--settle", "0", "--id", "m-0")
    assert desk.run("exclusion", "list") == (
        0,
        [
            f"m-0: 2026-02-28T23:00:00Z to 2026-03-01T05:00:00Z, {ENTERED}; {named}",
            LINE,
        ],
        [],
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ("--from", "2026-03-02T10:00:00"),
            "--from '2026-03-02T10:00:00' is no instant with an offset, such as",
        ),
        (("--to", "noon"), "--to 'noon' is no instant with an offset, such as 2026-06-01T00:00:00+02:00"),
        (
            ("--to", "2026-03-02T10:00:00Z"),
            "--to 2026-03-02T10:00:00Z does not come after --from 2026-03-02T10",
        ),
        (("--agreement", "golden"), "there is no agreement 'golden': there are basic, gold"),
        (("--target", "first_response"), "there is no target 'first_response': there are resolution"),
        (("--ticket", "4711"), "account 'example' has no ticket '4711'"),
        (
            ("--where", "priority"),
            "--where 'priority' is not MEMBER=VALUE, with a member of customer, team, plan,",
        ),
        (
            ("--where", "colour=red"),
            "--where 'colour=red' is not MEMBER=VALUE, with a member of customer, team",
        ),
        (("--where", "priority=P1"), "there is no priority 'P1': there are urgent, high, normal, low, none"),
        (("--id", "m 1"), "--id 'm 1' is no id: 64 letters, digits, '.', '_' and '-' at most"),
        (("--account", "other"), "account 'other' has no agreements"),
    ],
)
def test_what_is_mistyped_is_told_in_a_line(desk: Desk, wrong: tuple[str, str], said: str) -> None:
    """Exit status 1, and nothing is entered."""
    code, out, err = desk.run(*ADD, *wrong)
    assert (code, out, len(err)) == (1, [], 1)
    assert err[0].startswith(f"slaclock: {said}")
    assert desk.run("exclusion", "list")[1] == []
