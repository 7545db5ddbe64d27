"""docs/helpdesks.md: what an administrator is told there is what the command says, and leads somewhere."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slaclock.cli.connection_kinds import Helpdesk, helpdesks
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.signatures import scheme_of

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "helpdesks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^###|\Z)", TEXT, re.MULTILINE | re.DOTALL))
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ALL = list(helpdesks().values())


def named(helpdesk: Helpdesk) -> str:
    return helpdesk.name


def test_every_helpdesk_has_its_section_and_its_line() -> None:
    """Fourteen by name, in the order of the command; each in the table of what is signed and lost."""
    assert list(SECTIONS) == [each.title for each in ALL]
    table = TEXT.split("## What each of them signs")[1].split("\n## ")[0]
    assert [each.title for each in ALL if each.title not in table] == []
    assert len(ALL) == 14


@pytest.mark.parametrize("helpdesk", ALL, ids=named)
def test_a_section_says_what_the_command_says(helpdesk: Helpdesk) -> None:
    """Word by word, step by step."""
    section = " ".join(SECTIONS[helpdesk.title].split())
    assert f"`slaclock connection add {helpdesk.name}`" in section
    for number, step in enumerate(helpdesk.steps, 1):
        assert f"{number}. {' '.join(step.split())}" in section


@pytest.mark.parametrize("helpdesk", ALL, ids=named)
def test_a_step_names_files_and_options_that_are_there(helpdesk: Helpdesk) -> None:
    """Whoever is told to paste a file finds it."""
    for step in helpdesk.steps:
        for file in re.findall(r"\b((?:docs|layers)/[\w./-]+\w)", step):
            assert (ROOT / file).exists(), file
        for action, option in re.findall(r"slaclock connection (\w+) ID (--[a-z-]+)", step):
            source = (ROOT / f"layers/core/slaclock/cli/connection_{action}.py").read_text()
            shared = (ROOT / "layers/core/slaclock/cli/connection_options.py").read_text()
            assert f'"{option}"' in source + shared


@pytest.mark.parametrize("helpdesk", ALL, ids=named)
def test_a_helpdesk_is_read_and_verified_by_what_is_there(helpdesk: Helpdesk) -> None:
    """Its kind has an adapter, its mapping is shipped, and its scheme is known."""
    record = {"id": "x", "kind": helpdesk.kind, "account": "a", "secret": "slaclock/x"}
    said = {"mapping": helpdesk.mapping, "scheme": helpdesk.scheme}
    connection = connection_from_json({**record, **said})
    assert scheme_of(adapter(helpdesk.kind), connection).sign("whsec_" + "c2VjcmV0", b"", MONDAY)
