"""The words of the page behind a link, in each language that they are written in."""

from collections.abc import Mapping
from pathlib import Path

from slaclock.notices.catalogue import ENGLISH, LANGUAGES, texts_in

_FOLDER = Path(__file__).parent / "ack_languages"
# Who reads Chinese in these places reads the traditional script.
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def words(language: str) -> Mapping[str, str]:
    """The texts of a language by their keys, with placeholders in braces."""
    return texts_in(_FOLDER, language)


def language_for(audience: str | None, accepted: str | None) -> str:
    """The audience's own language, where it has one; else what `Accept-Language` asks for, or English."""
    if audience in LANGUAGES:
        return str(audience)
    ranges = [_range(part) for part in (accepted or "").split(",")[:20]]
    wanted = sorted((each for each in ranges if each[1] > 0), key=lambda each: -each[1])
    found = (_language(tag) for tag, _ in wanted)
    return next((language for language in found if language), ENGLISH)


def _language(tag: str) -> str | None:
    """The language of a tag such as `da-DK`; None for one that nothing is written in."""
    tag = tag.lower()
    if any(tag == each or tag.startswith(f"{each}-") for each in _TRADITIONAL):
        return "zh-Hant"
    primary = tag.partition("-")[0]
    return primary if primary in LANGUAGES else None


def _range(part: str) -> tuple[str, float]:
    tag, _, rest = part.partition(";")
    try:
        quality = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
    except ValueError:
        quality = 1.0
    return tag.strip(), quality
