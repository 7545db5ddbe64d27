"""`slaclock case`: a breach is worked from a terminal, over the tables of a running stack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.front import Request
from slaclock.cli import main
from slaclock.domain.facts import public_id, split_id
from slaclock.store.errors import WriteConflictError
from slaclock.workflow import Workflow
from tests.local.desk import GOLD, Desk, open_desk

CAUSES = "causes: [staffing, spare parts]\n"
BREACH = public_id("ticket#example#1", "clock_breached:resolution:1.0")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    """A ticket whose resolution was due at one o'clock, a minute ago."""
    gold = GOLD.replace("  resolution: 4h", '  resolution: {budget: 4h, clause: "§4.2"}')
    with open_desk(tmp_path, monkeypatch, capsys, gold=gold + CAUSES) as desk:
        desk.event("1", service="mail")
        desk.advance(hours=4, minutes=1)
        yield desk


def run(desk: Desk, *argv: str) -> tuple[int, list[str], list[str]]:
    """A command's exit status, and its lines on stdout and stderr; a second later."""
    desk.advance(seconds=1)
    desk.capsys.readouterr()
    code = main(["case", *argv])
    said = desk.capsys.readouterr()
    desk.stack.settle()
    return code, said.out.splitlines(), said.err.splitlines()


def asked(desk: Desk, path: str) -> Any:
    return json.loads(desk.stack.request(Request("GET", path)).body)


def test_a_breach_is_worked_from_its_cause_to_its_review(desk: Desk) -> None:
    """Each entry is a row, and the command says which; the page has all of them."""
    ada = ("--by", "ada")
    code, (said,), _ = run(desk, "cause", BREACH, "Spare parts", "--note", "none in stock", *ada)
    assert code == 0
    assert said.startswith("recorded: cause by ada at 2026-03-02T13:01:01Z, ")
    assert split_id(said.rpartition(" ")[2])[1].startswith("case_cause:resolution:1.0:")
    for argv in (
        ("note", BREACH, "the customer was called"),
        ("remedy", BREACH, "a larger stock", "--owner", "kim", "--due", "2026-04-30"),
        ("dispute", BREACH, "raised", "--reason", "we were away"),
        ("dispute", BREACH, "waived", "--reason", "goodwill"),
        ("review", BREACH, "the stock helps", "--outcome", "closed"),
    ):
        assert run(desk, *argv, *ada)[0] == 0
    code, page, _ = run(desk, "show", BREACH)
    assert (code, page[0]) == (0, f"Breach {BREACH}: waived")
    assert page[1:] == [
        "  Ticket        1 of example, priority high, service mail",
        "  Promise       resolution (resolution, §4.2) of gold version 1: 4h, cycle 1",
        "  Due           2026-03-02T13:00:00Z, noticed at 2026-03-02T13:00:00Z by timer",
        "Case",
        "  2026-03-02T13:01:01Z  cause: spare parts (none in stock), by ada",
        "  2026-03-02T13:01:02Z  note: the customer was called, by ada",
        "  2026-03-02T13:01:03Z  remedy: a larger stock, kim until 2026-04-30, by ada",
        "  2026-03-02T13:01:04Z  dispute raised: we were away, by ada",
        "  2026-03-02T13:01:05Z  dispute waived: goodwill, by ada",
        "  2026-03-02T13:01:06Z  review: the stock helps (closed), by ada",
        "Outcomes of this cycle",
        f"  2026-03-02T13:00:00Z  breached: {BREACH}",
    ]


def test_show_as_json_is_what_is_answered_over_http(desk: Desk) -> None:
    """To the letter."""
    run(desk, "note", BREACH, "so late", "--by", "ada")
    code, lines, _ = run(desk, "show", BREACH, "--json")
    assert code == 0
    assert json.loads("\n".join(lines)) == asked(desk, f"/v1/breaches/{BREACH}")


def test_an_exclusion_entered_afterwards_is_on_the_page(desk: Desk) -> None:
    """With what it withdrew."""
    span = ("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T10:00:30Z")
    desk.run(
        "exclusion", "add", *span, "--reason", "a storm", "--by", "ada", "--id", "storm", "--settle", "0"
    )
    code, page, _ = run(desk, "show", BREACH)
    assert (code, page[0]) == (0, f"Breach {BREACH}: corrected")
    text = " ".join(" ".join(page).split())
    assert "Exclusions entered since storm 2026-03-02T10:00:00Z to 2026-03-02T10:00:30Z, a storm" in text
    assert f"{BREACH} was withdrawn at 2026-03-02T13:01:00Z" in text
    assert f"breached, withdrawn: {BREACH}" in text
    code, _, errors = run(desk, "note", BREACH, "too late", "--by", "ada")
    again = public_id("ticket#example#1", "clock_breached:resolution:1.1")
    why = "the breach was withdrawn: it did not happen as it was told; it was told again as"
    assert (code, errors) == (1, [f"slaclock: {why} {again}"])


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("cause", BREACH, "weather"), "cause: gold knows no such cause: one of staffing, spare parts"),
        (("cause", BREACH, "a/b"), "cause: 'a/b' is no name of letters, digits, spaces and -"),
        (("note", BREACH, "a\nb"), "note: is no line of 1 to 500 characters"),
        (("remedy", BREACH, "more", "--owner", "kim", "--due", "soon"),
         "due: 'soon' is no date such as 2026-10-31"),
        (("dispute", BREACH, "upheld", "--reason", "so"), "no dispute is open: there is nothing to uphold"),
        (("note", "x", "a"), "this is no id of a fact"),
        (("note", public_id("ticket#example#1", "clock_started:resolution:1.0"), "a"),
         "no breach was told under this id"),
        (("show", public_id("ticket#example#2", "clock_breached:resolution:1.0")),
         "no breach was told under this id"),
    ],
)  # fmt: skip
def test_what_can_not_be_written_says_why(desk: Desk, argv: tuple[str, ...], said: str) -> None:
    """In a line, with status 1; nothing is recorded."""
    by = () if argv[0] == "show" else ("--by", "ada")
    assert run(desk, *argv, *by) == (1, [], [f"slaclock: {said}"])
    assert asked(desk, "/v1/breaches?account=example")["breaches"][0]["entries"] == 0


def test_an_entry_is_written_once_however_often_the_command_runs(desk: Desk) -> None:
    """Within a minute, by the same person: it names the row that there is."""
    first = run(desk, "note", BREACH, "so late", "--by", "ada")
    assert run(desk, "note", BREACH, "so late", "--by", "ada") == first
    assert asked(desk, "/v1/breaches?account=example")["breaches"][0]["entries"] == 1


def test_that_others_write_to_the_ticket_is_said_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was published, and nothing else is wrong: it is to be run again."""

    def conflict(*_: Any) -> None:
        raise WriteConflictError

    monkeypatch.setattr(Workflow, "take", conflict)
    said = ["slaclock: others write to the ticket just now: run it again"]
    assert run(desk, "note", BREACH, "so late", "--by", "ada") == (1, [], said)


def test_a_decision_that_there_is_not_is_wrong_usage(desk: Desk) -> None:
    """Status 2, naming those that there are."""
    with pytest.raises(SystemExit) as ended:
        main(["case", "dispute", BREACH, "won", "--reason", "so"])
    assert ended.value.code == 2
    assert "choose from" in desk.capsys.readouterr().err
