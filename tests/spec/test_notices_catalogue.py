"""The catalogue of words: every text in every language, with all its placeholders and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from slaclock.domain import correction, metrics, passing, retargeting, stopping
from slaclock.domain.facts import ANNOUNCED
from slaclock.notices import catalogue as words
from slaclock.notices.catalogue import ENGLISH, LANGUAGES, catalogue
from tests.spec.notice_samples import SAMPLES

FOLDER = Path(words.__file__).with_name("languages")
TEXTS = catalogue(ENGLISH).texts
TRANSLATED = [each for each in LANGUAGES if each != ENGLISH]
# What is the same word in both languages; anything else that equals the English was not translated.
SAME = {"da": {"line.team", "priority.normal", "member.status", "member.team"}, "zh-Hant": set[str]()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_has_its_file_and_no_file_is_without_a_language() -> None:
    """A file that nobody lists would be translated for nothing."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_there_twice(language: str) -> None:
    """JSON readers take the last one in silence."""
    seen: list[str] = []

    def keep(members: list[tuple[str, str]]) -> dict[str, str]:
        seen.extend(name for name, _ in members)
        return dict(members)

    json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"), object_pairs_hook=keep)
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_says_all_that_english_says(language: str) -> None:
    """Neither less, nor more that nobody would ever read."""
    assert catalogue(language).texts.keys() == TEXTS.keys()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_entry_is_left_untranslated(language: str) -> None:
    """An entry that has words of its own and equals the English one; `SAME` lists those that are right so."""
    same = {key for key, text in catalogue(language).texts.items() if text == TEXTS[key]}
    worded = {key for key in same if re.search(r"[^\W\d_]", re.sub(r"\{.*?\}", "", TEXTS[key]))}
    assert worded == SAME[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty(language: str) -> None:
    """What is left out for want of a word leaves a hole in a message at night."""
    assert all(text.strip() for text in catalogue(language).texts.values())


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("key", TEXTS)
def test_no_placeholder_is_lost_and_none_is_foreign(language: str, key: str) -> None:
    """A lost one drops a ticket's number from a message, a foreign one the message."""
    ours, theirs = placeholders(catalogue(language).texts[key]), placeholders(TEXTS[key])
    assert theirs == ours


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_plain_names(language: str) -> None:
    """A translator's text reads no attribute of anything, and no index."""
    for text in catalogue(language).texts.values():
        assert all(re.fullmatch(r"[a-z]+", name) for name in placeholders(text)), text


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("counted", ["hours", "minutes", "count", "number", "level"])
def test_wording_needs_no_plural(language: str, counted: str) -> None:
    """After a number comes an abbreviation, or nothing: `1 hours` can't happen."""
    after = [
        found
        for text in catalogue(language).texts.values()
        for found in re.findall(rf"\{{{counted}\}} ([^\W\d_]+)", text)
    ]
    assert set(after) <= {"h", "min", "t", "til", "to"}


def test_every_fact_that_somebody_hears_of_has_its_words() -> None:
    """A headline, a text message, what a customer reads: a new kind of fact fails here, not at night."""
    assert SAMPLES.keys() >= ANNOUNCED


def test_reasons_are_known_by_the_words_of_the_engine() -> None:
    """They are recognised by their English, so the catalogue says them to the letter."""
    said = set(TEXTS.values())
    cancelled = {each["cancel"]["reason"] for each in metrics.BUILT_IN.values() if "cancel" in each}
    own = {stopping.FIRST_SEEN, retargeting.UNPROMISED, correction.NEVER, passing.PASSED}
    assert own | cancelled <= said


def test_every_metric_has_a_name_in_the_catalogue() -> None:
    """A promise is named for what it measures unless the agreement says otherwise."""
    named = {key.removeprefix("target.") for key in TEXTS if key.startswith("target.")}
    assert named == set(metrics.BUILT_IN)
