"""The words of messages, by language: `languages/<tag>.json`, flat, each text with its `{placeholders}`.

The page behind a link is read by the same people: its words, in `records/ack_languages`, are in the same
languages.

A language is read when somebody is first told something in it: most stacks speak one.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ENGLISH = "en"
LANGUAGES = (ENGLISH, "da", "zh-Hant")  # BCP 47


class Catalogue(NamedTuple):
    """One language's texts, by key."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The text of a key, with its placeholders filled in; what is filled in is taken as it is."""
        return self.texts[key].format(**values)

    def name(self, kind: str, word: str) -> str:
        """What a word of ours is called, such as a metric or a priority; somebody else's word stays."""
        return self.texts.get(f"{kind}.{word}", word)


@cache
def texts_in(folder: Path, language: str) -> Mapping[str, str]:
    """The texts of a language of `LANGUAGES` that a folder holds, by their keys."""
    found: dict[str, str] = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    return found


@cache
def catalogue(language: str) -> Catalogue:
    """What messages say in a language of `LANGUAGES`."""
    return Catalogue(language, texts_in(Path(__file__).with_name("languages"), language))


@cache
def english_keys(kind: str) -> Mapping[str, str]:
    """The keys of a kind by what they say in English: how the engine's own English is recognised."""
    texts = catalogue(ENGLISH).texts
    return {text: key for key, text in texts.items() if key.startswith(f"{kind}.")}
