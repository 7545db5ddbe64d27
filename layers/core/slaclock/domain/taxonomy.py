"""What breaches are called from the contract's view: their kinds, and the causes that people find."""

import re
import unicodedata
from collections.abc import Iterable

# The kinds of breach; each metric declares which one a breach of it is.
KINDS = ("response", "resolution", "availability", "performance", "quality", "obligation")
USUAL_KIND = "resolution"  # of a metric that declares none

# The causes of an agreement that names none.
CAUSES = (
    "staffing",
    "communication",
    "unforeseen-event",
    "monitoring",
    "unclear-terms",
    "third-party",
    "customer",
)
LONGEST_CAUSE = 64  # characters
_BETWEEN = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000_-]+")  # every space of Unicode, too
# What stands with a letter in many scripts: its marks, such as vowels in Hindi and Thai, and what joins it to
# the next one or keeps it apart.
_MARKS, _JOINERS = ("Mn", "Mc"), "\u200c\u200d"


def cause_named(text: str) -> str:
    """A cause as it is recorded, however people write it; `ValueError` where it is no name of one.

    A name is of letters with their marks, digits, spaces and `-`, 64 characters at most.

    >>> cause_named("Unforeseen event"), cause_named("third_party")
    ('unforeseen-event', 'third-party')
    """
    if len(text) > LONGEST_CAUSE:
        raise ValueError(f"it is longer than {LONGEST_CAUSE} characters")
    written = unicodedata.normalize("NFC", text).lower()
    parts = [part for part in _BETWEEN.split(written) if part]
    name = "-".join(parts)
    if not parts or len(name) > LONGEST_CAUSE or not all(map(_is_word, parts)):
        raise ValueError(f"{text!r} is no name of letters, digits, spaces and -")
    return name


def _is_word(part: str) -> bool:
    """Whether it is of letters and digits, and of what stands with the letter before it."""
    also = all(
        each.isalnum() or each in _JOINERS or unicodedata.category(each) in _MARKS for each in part[1:]
    )
    return part[0].isalnum() and also and part[-1] not in _JOINERS


def unknown_cause(agreement: str, known: Iterable[str]) -> str:
    """What is said where an agreement does not have a cause.

    >>> unknown_cause("acme-gold", ("staffing", "third-party"))
    'acme-gold knows no such cause: one of staffing, third party'
    """
    return f"{agreement} knows no such cause: one of {', '.join(map(cause_words, known))}"


def cause_words(cause: str) -> str:
    """A cause as people read it.

    >>> cause_words("unforeseen-event")
    'unforeseen event'
    """
    return cause.replace("-", " ")
