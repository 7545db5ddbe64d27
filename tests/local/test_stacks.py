"""`--stack NAME`: every command that works with a stack finds its tables by its name."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import TABLES
from slaclock.cli import _parser, main, stacks
from tests.local.desk import BASIC, GOLD, Desk, open_desk

# What these work with is in files alone.
OFFLINE = [
    "agreement check",
    "agreement schema",
    "evidence verify",
    "replay",
    "simulate",
    "worktime conform",
    "worktime due",
    "worktime show",
]
LADDER = "escalation:\n  - {after: 0m, notify: oncall-1}\n"
AUDIENCES = '{"default": "arn:aws:sns:eu-north-1:123456789012:desk"}'
HOUR = ("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T11:00:00Z")
WHY = ("--reason", "outage", "--by", "ada", "--settle", "0")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        yield desk


def commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command with its parser, but for those that only lead to others."""
    actions = parser._actions  # noqa: SLF001  (argparse tells nobody else)
    further = [each.choices for each in actions if isinstance(each.choices, dict)]
    for word, below in further[0].items() if further else ():
        yield from commands(below, f"{name} {word}".strip())
    if not further:
        yield name, parser


def test_whatever_works_with_tables_takes_the_name_of_a_stack() -> None:
    """Nobody has to look up a stack's tables to use a command."""
    without = [name for name, parser in commands(_parser()) if "--stack" not in parser.format_usage()]
    assert sorted(without) == OFFLINE


def test_a_stack_that_is_named_needs_no_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its auditor's says which tables."""
    tables = {variable: desk.stack.cloud.names[table] for variable, table in TABLES.items()}
    asked: list[tuple[str, str]] = []

    def environment(stack: str, function: str) -> dict[str, str]:
        asked.append((stack, function))
        return {**tables, "AUDIENCES": AUDIENCES}

    for variable in tables:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(stacks, "environment", environment)
    desk.event("4711")
    done = [
        ("agreement", "publish", "--settle", "0", desk.document("basic", BASIC + LADDER)),
        ("agreement", "show"),
        ("agreement", "explain", "--ticket", "4711"),
        ("exclusion", "add", *HOUR, *WHY),
        ("exclusion", "list"),
        ("escalation", "test", "--agreement", "basic", "--target", "resolution", "--dry-run"),
        ("agreement", "end", "gold", *WHY, "--yes"),
    ]
    for words in done:
        code, _, err = desk.run(*words, "--stack", "prod")
        assert code == 0, (words, err)
    assert set(asked) == {("prod", "Audit")}
    assert desk.facts("4711")[-1] == ("clock_cancelled", "2026-03-02T09:00:00.000001Z")
    assert desk.run("exclusion", "list")[2] == ["slaclock: the environment variable TICKETS_TABLE is missing"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("show", "gold.yaml"),
            "say what to show: FILE..., or --account ID, perhaps with an agreement and --version",
        ),
        (
            ("diff", "a.yaml", "b.yaml"),
            "say what to compare: OLD and NEW files, or --account ID and an agreement",
        ),
        (
            ("explain", "a.ndjson", "--agreement", "a.yaml", "--ticket", "1"),
            "--stack NAME is for a ticket in its tables: leave out --agreement",
        ),
    ],
)
def test_files_are_in_no_stack(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that would be passed over is refused."""
    assert main(["agreement", *words, "--stack", "prod"]) == 1
    assert capsys.readouterr().err == f"slaclock: {said}\n"
