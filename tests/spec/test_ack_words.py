"""The words of the page behind a link: every language says everything, with the same placeholders."""

import json
from pathlib import Path
from string import Formatter

import pytest

from slaclock.notices.catalogue import LANGUAGES
from slaclock.records import ack_words
from slaclock.records.ack_words import words

FOLDER = Path(ack_words.__file__).parent / "ack_languages"
OTHERS = LANGUAGES[1:]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_that_is_written_is_offered() -> None:
    """A file that is put into the folder is listed, too."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_untranslated(language: str) -> None:
    """The keys of English, none empty, and no text that is English still."""
    english, other = words("en"), words(language)
    assert other.keys() == english.keys()
    assert [key for key in english if not other[key].strip() or other[key] == english[key]] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_placeholder_is_lost_or_foreign(language: str) -> None:
    """What is filled in is the same in every language."""
    english, other = words("en"), words(language)
    assert {key: placeholders(other[key]) for key in english} == {
        key: placeholders(english[key]) for key in english
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain(language: str) -> None:
    """Without markup, which would be shown as it is; and without a key said twice."""
    text = (FOLDER / f"{language}.json").read_text(encoding="utf-8")
    pairs = json.loads(text, object_pairs_hook=list)
    assert len({key for key, _ in pairs}) == len(pairs)
    assert not any(set(said) & set("<>&") for _, said in pairs)
