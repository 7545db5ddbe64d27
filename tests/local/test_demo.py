"""The demo, as a person runs it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local import demo as played_here
from local.story import OUTAGE, STORM

ROOT = Path(__file__).parents[2]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)


def test_the_demo_plays_the_whole_story() -> None:
    """Exit status 0 only if every fact and every message is there; nothing on stderr."""
    played = demo()
    assert (played.returncode, played.stderr) == (0, "")
    assert played.stdout.endswith("\nEvery step happened.\n")
    assert (
        "Sat 28 Mar 13:50 CET  resolution       BREACHED: 4h worked (the deadline passed, noticed by timer)"
        in (played.stdout)
    )


def test_a_storm_of_reminders_is_one_message_that_lists_every_one() -> None:
    """Four tickets' reminders in one minute: the team gets one message, with a line for each."""
    storm = demo().stdout.partition("What the team received of 4 reminders in one minute\n")[2]
    message = storm.partition("\nThe breach, as JSON")[0]
    assert message.count("--- to team: ") == 1
    lines = [line for line in message.splitlines() if line.startswith("Reminder (50%): ")]
    assert [line.split(" (acme")[0].rpartition(" ")[2] for line in lines] == ["4801", "4802", "4803", "4804"]


@pytest.mark.parametrize(
    ("function", "missed"),
    [
        ("Timer", "a fact of 4711 is missing: 13:50 clock_breached resolution timer"),
        ("Notify", "a message is missing: 18:00 reminders_gathered team: 4801, 4802, 4803, 4804"),
        ("Arm", "a fact of 4711 is missing: 13:50 clock_breached resolution timer"),
    ],
)
def test_the_demo_fails_without_a_part_of_the_stack(function: str, missed: str) -> None:
    """The timeline comes from stored facts and messages really published: what is switched off is missed.

    Without notify the auditor tells everything, but each reminder alone.
    """
    played = demo("--without", function)
    assert played.returncode == 1
    assert missed in played.stdout.splitlines()


def test_the_tickets_of_the_outage_are_judged_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four that were answered and not solved: each message is there, but their facts are others."""
    outage, solved = STORM
    answered = replace(solved, sample="comment_by_agent")
    monkeypatch.setattr(played_here, "STORM", (outage, answered))
    assert played_here.main([]) == 1
    said = capsys.readouterr().out.partition("The story did not happen as it must:\n")[2].splitlines()
    assert said == [
        f"a fact of {ticket} is {what}"
        for ticket in OUTAGE
        for what in (
            "missing: 18:30 clock_cancelled first_response",
            "too much: 18:30 clock_met first_response",
            "missing: 18:30 clock_met resolution",
        )
    ]
