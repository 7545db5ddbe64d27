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
_BETWEEN = re.compile(r"[ _-]+")


def cause_named(text: str) -> str:
    """A cause as it is recorded, however people write it; `ValueError` where it is no name of one.

    A name is of letters, digits, spaces and `-`, 64 characters at most.

    >>> cause_named("Unforeseen event"), cause_named("third_party")
    ('unforeseen-event', 'third-party')
    """
    if len(text) > LONGEST_CAUSE:
        raise ValueError(f"it is longer than {LONGEST_CAUSE} characters")
    written = unicodedata.normalize("NFC", text).lower()
    name = "-".join(part for part in _BETWEEN.split(written) if part)
    if not name or len(name) > LONGEST_CAUSE or not name.replace("-", "").isalnum():
        raise ValueError(f"{text!r} is no name of letters, digits, spaces and -")
    return name


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
