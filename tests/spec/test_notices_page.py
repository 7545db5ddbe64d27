"""docs/notifications.md: what it shows is what is sent, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slaclock.notices.catalogue import LANGUAGES
from slaclock.notices.channel import FORMATS
from tests.spec.notice_examples import PAGE, examples, shown

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", examples())
def test_an_example_is_what_is_sent(name: str) -> None:
    """To the letter; `notice_examples.py` says how they are written anew."""
    assert shown(TEXT)[name] == examples()[name]


def test_the_page_shows_no_other() -> None:
    """An example that nothing makes would say what it likes."""
    assert shown(TEXT).keys() == examples().keys()


@pytest.mark.parametrize("word", [*LANGUAGES, *FORMATS])
def test_every_language_and_format_is_on_the_page(word: str) -> None:
    """As one writes it in AUDIENCES."""
    assert f"`{word}`" in TEXT


def test_what_the_page_links_to_is_there() -> None:
    """Files of this repository."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXT)
    assert links
    assert [link for link in links if not (PAGE.parent / Path(link)).exists()] == []
