"""Text messages: one part, the link in it, nobody's customer named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from slaclock.notices import Channel, compose
from slaclock.notices.catalogue import ENGLISH, LANGUAGES, catalogue
from slaclock.notices.sms import fits, fitting, septets
from tests.spec.notice_samples import ABOUT, LINK, NOW, SAMPLES, TICKET

LEVEL = SAMPLES["escalation_due"]
TEXTS = catalogue(ENGLISH).texts


def sms(language: str = "en", link: str | None = None, **told: object) -> str:
    """The text about level 2, in a language."""
    said = replace(LEVEL, **told)  # type: ignore[arg-type]
    texts = json.loads(compose(said, "x", TICKET, NOW, channel=Channel("arn:x", language), link=link).message)
    return str(texts["sms"])


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("A", 1),
        ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", 42),
        ("€", 2),
        ("^{}\\[~]|", 16),
        ("[4711]", 8),
        ("`", None),
        ("ç", None),
        ("工", None),
        ("‘", None),
        ("\u00a0", None),
        ("😀", None),
    ],
)
def test_septets_are_those_of_the_gsm_alphabet(text: str, length: int | None) -> None:
    """The extension table takes two each; what is in neither table has none (`Ç` is there, `ç` is not)."""
    assert septets(text) == length


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("a" * 158 + "€", True),
        ("a" * 159 + "€", False),
        ("[" * 80, True),
        ("[" * 80 + "a", False),
        ("工" * 70, True),
        ("工" * 71, False),
        ("a" * 69 + "工", True),
        ("a" * 70 + "工", False),
        ("😀" * 35, True),
        ("😀" * 35 + "a", False),
        ("a" * 68 + "😀", True),
        ("a" * 69 + "😀", False),
    ],
)
def test_one_part_is_140_bytes(text: str, *, one: bool) -> None:
    """160 septets, or 70 units of UTF-16, of which a picture takes two: just within, and just beyond."""
    assert fits(text) is one


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "BREACH level 2: resolution of ticket 4711, due 28 Mar 13:50 CET"),
        ("da", "BRUD niveau 2: løsning på sag 4711, frist 28. mar. kl. 13.50 CET"),
        ("zh-Hant", "【違約】第2級 工單 4711 問題解決，期限 3月28日 13:50 CET"),
    ],
)
def test_it_says_what_is_late_in_the_audiences_language(language: str, text: str) -> None:
    """Which promise, of which ticket, due when."""
    assert sms(language) == text


def link(length: int) -> str:
    return f"https://{'x' * (length - 35)}/ack/{'A' * 22}"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (30, "【違約】第2級 工單 4711 問題解決，期限 3月28日 13:50 CET"),
        (31, "違約第2級 工單4711 問題解決"),
        (52, "違約第2級 工單4711 問題解決"),
        (53, "BREACH level 2: resolution of ticket 4711, due 28 Mar 13:50 CET"),
    ],
)
def test_where_a_language_has_no_room_beside_the_link_it_says_less_and_then_it_is_english(
    length: int, text: str
) -> None:
    """Chinese has 70 characters: first it leaves out when it was due."""
    link = "https://" + "x" * (length - 8)
    assert sms("zh-Hant", link) == f"{text} {link}"


@pytest.mark.parametrize(
    "name", ["clock_breached", "escalation_due", "escalation_handed_over", "breach_reopened"]
)
@pytest.mark.parametrize("target", [each for each in TEXTS if each.startswith("target.")])
def test_chinese_has_room_for_a_link_of_45_characters(name: str, target: str) -> None:
    """Beside whichever promise, of a ticket whose number has seven digits."""
    said = replace(SAMPLES[name], ticket_id="4711000", target=target.removeprefix("target."))
    channel = Channel("arn:x", "zh-Hant")
    text = json.loads(compose(said, "x", TICKET, NOW, channel=channel, link=link(45)).message)["sms"]
    assert text.startswith("違約")
    assert text.endswith(link(45))


def test_a_reminder_of_a_goal_says_so() -> None:
    """Its instant is the goal's: nobody may take it for the deadline."""
    details = {**SAMPLES["reminder_due"].details, "goal_due_at": "2026-03-28T12:00:00Z"}
    said = replace(SAMPLES["reminder_due"], details=details)
    texts = [
        json.loads(compose(said, "x", TICKET, NOW, channel=Channel("arn:x", each)).message)["sms"]
        for each in LANGUAGES
    ]
    assert texts == [
        "Reminder: the goal for resolution of ticket 4711 is due 28 Mar 13:00 CET",
        "Påmindelse: det interne mål for løsning på sag 4711 udløber 28. mar. kl. 13.00 CET",
        "提醒：工單 4711 問題解決內部目標期限 3月28日 13:00 CET",
    ]


def test_danish_fits_beside_the_link() -> None:
    """Its letters are in the GSM alphabet."""
    assert sms("da", LINK) == f"BRUD niveau 2: løsning på sag 4711, frist 28. mar. kl. 13.50 CET {LINK}"


def test_a_text_that_is_too_long_is_cut_and_the_link_is_not() -> None:
    """A part of a link is none; what was cut ends in dots, and the whole is 160 septets."""
    text = sms(link=LINK, ticket_id="T-" + "9" * 200)
    assert text.endswith(f"999... {LINK}")
    assert septets(text) == 160


def test_what_no_phone_of_that_alphabet_shows_is_replaced() -> None:
    """A promise called `Reparação 工` in a long text: accents left off, a mark for the rest."""
    text = sms(link=LINK, target="Reparação_工" * 4)
    assert text == f"BREACH level 2: {'Reparacao ?' * 4} of ticket 4711, due 28 Mar 13:50 CET {LINK}"
    assert fits(text)


@pytest.mark.parametrize(("length", "kept"), [(120, True), (121, False)])
def test_a_link_that_leaves_no_room_is_left_out(length: int, *, kept: bool) -> None:
    """The text matters more; the mail has the link."""
    link = "https://x/" + "a" * (length - 10)
    assert fitting(["BREACH"], link) == (f"BREACH {link}" if kept else "BREACH")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", ["en", "da", "zh-Hant"])
@pytest.mark.parametrize("customer", [False, True])
def test_every_fact_is_told_in_one_part_and_names_no_customer(
    name: str, language: str, *, customer: bool
) -> None:
    """Phones lie on tables: whose ticket it is, and who called it what, is in the mail."""
    hostile = {**SAMPLES[name].details, **ABOUT, "customer": "Sørensen & Søn", "team": "Natholdet"}
    said = replace(SAMPLES[name], details=hostile)
    channel = Channel("arn:x", language, customer=customer)
    text = json.loads(compose(said, "x", TICKET, NOW, channel=channel, link=LINK).message)["sms"]
    assert fits(text)
    assert "Sørensen" not in text
    assert "Natholdet" not in text
    assert (LINK in text) is not customer
