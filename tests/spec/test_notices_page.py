"""docs/notifications.md: what it shows is what is sent, and what it names is there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from slaclock.notices import Channel, compose
from slaclock.notices.catalogue import LANGUAGES, catalogue
from slaclock.notices.channel import FORMATS
from tests.spec.notice_examples import PAGE, examples, shown
from tests.spec.notice_samples import NOW, SAMPLES, TICKET

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


@pytest.mark.parametrize("folder", ["notices/languages", "records/ack_languages"])
def test_a_translator_is_told_of_all_that_is_read(folder: str) -> None:
    """Messages and the page behind their links are for the same people."""
    assert f"/layers/core/slaclock/{folder}/en.json)" in TEXT.partition("## Another language")[2]


@pytest.mark.parametrize(
    "said",
    [
        "aws sns confirm-subscription --topic-arn",
        "--token … --authenticate-on-unsubscribe true",
        "aws sns set-sms-attributes --attributes DefaultSMSType=Transactional",
        "Give these topics no display name",
        "SMS sandbox",
        "MonthlySpendLimit",
        "origination identity",
    ],
)
def test_what_would_keep_messages_from_people_is_on_the_page(said: str) -> None:
    """A scanner that unsubscribes them, an account that sends no text messages yet, two parts for one."""
    assert said in TEXT


@pytest.mark.parametrize(
    ("language", "name"), [("en", "English"), ("da", "Danish"), ("zh-Hant", "Traditional Chinese")]
)
@pytest.mark.parametrize("fact", ["clock_breached", "escalation_due", "breach_reopened"])
def test_the_page_says_which_link_each_language_takes(language: str, name: str, fact: str) -> None:
    """Beside the longest name of a promise that every agreement knows; it is in the language either way."""
    (found,) = re.findall(rf"^\| {name} \| ([0-9]+) \| ([0-9]+) \|$", TEXT, re.MULTILINE)
    channel, whole, brief = Channel("", language), *(f"https://{'x' * (int(each) - 8)}" for each in found)
    for target in (each for each in catalogue("en").texts if each.startswith("target.")):
        told = replace(SAMPLES[fact], target=target.removeprefix("target."), ticket_id="4711000")
        plain, long, longer = (
            json.loads(compose(told, "x", TICKET, NOW, channel=channel, link=link).message)["sms"]
            for link in (None, whole, brief)
        )
        assert long == f"{plain} {whole}"
        assert longer.endswith(f"4711000 {brief}" if language != "zh-Hant" else f" {brief}")
        assert longer[:2] == {"en": "BR", "da": "BR", "zh-Hant": "違約"}[language]
        assert ("BRUD" in longer) is (language == "da")
