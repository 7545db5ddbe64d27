"""The demo, as a person runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_demo_plays_the_whole_story() -> None:
    """Exit status 0 only if every fact and every message is there; nothing on stderr."""
    played = demo()
    assert (played.returncode, played.stderr) == (0, "")
    assert played.stdout.endswith("\nEvery step happened.\n")
    assert (
        "Sat 28 Mar 13:50 CET  resolution       BREACHED: 4h worked (the deadline passed, noticed by timer)"
        in (played.stdout)
    )


@pytest.mark.parametrize(
    ("function", "missed"),
    [
        ("Timer", "a fact is missing: 13:50 clock_breached resolution timer"),
        ("Notify", "a message is missing: 15:20 breach_ended oncall-1"),
        ("Arm", "a fact is missing: 13:50 clock_breached resolution timer"),
    ],
)
def test_the_demo_fails_without_a_part_of_the_stack(function: str, missed: str) -> None:
    """The timeline comes from stored facts and messages really published: what is switched off is missed."""
    played = demo("--without", function)
    assert played.returncode == 1
    assert missed in played.stdout.splitlines()
