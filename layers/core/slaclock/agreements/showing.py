"""A frozen agreement as pages that a lawyer can read: plain text, at most 100 columns, nothing left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.agreements.credit_wording import credit_lines
from slaclock.agreements.page import entry, wrapped
from slaclock.agreements.promises import promise
from slaclock.agreements.reports import report_lines
from slaclock.agreements.showing_calendars import calendar_lines
from slaclock.agreements.showing_exclusions import entered_later, exclusions_of
from slaclock.agreements.telling import rotas
from slaclock.agreements.wording import causes_words, condition_words, instant_words
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from slaclock.agreements.wording import Frozen
    from slaclock.domain.choosing import AgreementEnd
    from slaclock.domain.exclusion import Exclusion

KINDS = {
    "customer": "a promise to a customer (SLA)",
    "internal": "an agreement between teams (OLA)",
    "supplier": "a supplier's promise to us (UC)",
}
_LAST = 999_999  # the last order that a document can give


def shown(
    frozen: Frozen,
    today: date,
    ending: AgreementEnd | None = None,
    exclusions: Iterable[Exclusion] | None = None,
) -> Iterator[str]:
    """Write an agreement, line by line; `today` begins the year of which holidays are listed.

    What was decided later stands beside a published one: that it was ended, and exclusions; None where that
    is not known.
    """
    yield frozen["title"]
    yield f"{frozen['agreement']}: {KINDS[frozen['kind']]}"
    if ending:
        yield from wrapped(
            f"ENDED at {instant_words(format_instant(ending.at), frozen['timezone'])}: {ending.reason}, "
            f"by {ending.by}; nothing starts under it any more"
        )
    yield ""
    for label, words in _terms(frozen, ending):
        yield from entry(label, words)
    yield from ("", "CALENDARS")
    for name, spec in frozen["calendars"].items():
        yield from calendar_lines(name, spec, frozen, today)
    yield from ("", "PROMISES")
    for target in frozen["targets"]:
        yield from promise(frozen, target)
    for name in sorted(frozen.get("metrics", {}).keys() - {target["metric"] for target in frozen["targets"]}):
        yield from (f"  {name}: a metric of its own that no promise has", "")
    yield from rotas(frozen)
    yield "TIME THAT DOES NOT COUNT"
    yield from exclusions_of(frozen)
    yield from entered_later(frozen, exclusions)
    yield from ("", "CAUSES")
    default = "" if "causes" in frozen else " (the default)"
    yield from entry("Of a breach", f"{causes_words(frozen)}{default}")
    yield from ("", "REPORTS")
    yield from report_lines(frozen)
    yield from ("", "CREDITS")
    yield from credit_lines(frozen)


def _terms(frozen: Frozen, ending: AgreementEnd | None) -> Iterator[tuple[str, str]]:
    for party in ("provider", "customer", "supplier"):
        if party in frozen["parties"]:
            yield party.capitalize(), frozen["parties"][party]
    if not frozen["parties"]:
        yield "Parties", "not named"
    yield "Term", _term(frozen, ending)
    yield "Review", f"on {frozen['review']}" if "review" in frozen else "no date is set"
    yield "Applies to", _applies(frozen)
    yield "Asked", _asked(frozen)
    yield (
        "A new version",
        "counts for tickets that are open already"
        if frozen["applies_to_open"]
        else "counts for new tickets; open ones keep theirs (the default)",
    )
    if "extends" in frozen:
        yield "Extends", f"{frozen['extends']}; all that it takes over is written out here"
    yield (
        "Local time",
        f"{frozen['timezone']}, that of the default calendar; time zone rules {frozen['tzdata']}",
    )


def _asked(frozen: Frozen) -> str:
    if frozen["kind"] != "customer":
        return "beside the customer's agreement, whichever that is"
    order = frozen["order"]
    asked = (
        f"with order {order}, the lowest first"
        if order <= _LAST
        else "after every agreement with an order (the default)"
    )
    return f"{asked}; where equal, by level ({frozen['level']}) and number of conditions"


def _term(frozen: Frozen, ending: AgreementEnd | None) -> str:
    effective, timezone = frozen["effective"], frozen["timezone"]
    begun = (
        f"from {instant_words(effective['from'], timezone)}"
        if "from" in effective
        else "from its publication"
    )
    if "until" not in effective:
        return f"{begun}, until it {'was ended, see above' if ending else 'is ended'}"
    goes_on = "it was ended, see above" if ending else "what runs then goes on"
    return f"{begun}, before {instant_words(effective['until'], timezone)}; {goes_on}"


def _applies(frozen: Frozen) -> str:
    if not frozen["applies_to"]:
        return "every ticket (the default)"
    return f"tickets of which all of this holds, and is known: {condition_words(frozen['applies_to'])}"
