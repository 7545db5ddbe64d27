"""What an agreement says about service credits: checked with its line, taken over, shown, compared, frozen."""

# ruff: noqa: E501  a sentence is one line

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from slaclock.agreements.differences import differences
from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import build, freeze
from slaclock.agreements.showing import shown
from slaclock.evidence.credit_terms import credit_terms

if TYPE_CHECKING:
    from slaclock.agreements.document import Document

BASE = """\
agreement: gold
level: corporate
calendars: {office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}}
targets: {resolution: 8h, first_response: 1h}
"""
FEE = 'fee: {amount: "12000.00", currency: DKK}'
WHOLE = f"""\
credits:
  period: quarter
  {FEE}
  bands: [{{below: 99%, credit: 5%, clause: "§9.1"}}, {{below: 95%, credit: {{amount: "1200.00"}}}}]
  each: {{credit: {{amount: "500.00"}}, targets: [resolution]}}
  grace: 2
  cap: 15%
  targets: [resolution, first_response]
  excluding: [customer, third party]
  termination: [{{breaches: 3, in: 6 months, right: to end it with a month's notice, clause: "§9.2"}}]
  warn: [{{breaches_left: 1, notify: legal}}, {{below: 99.5%, notify: management}}]
"""
PUBLISHED = date(2026, 3, 1)


def document(said: str) -> Document:
    return read_document(BASE + said, "sla.yaml")


def mistakes(said: str) -> list[str]:
    """What is told of credits on the fifth line."""
    with pytest.raises(InvalidDocument) as refused:
        document(f"credits: {said}")
    return [str(each).removeprefix("sla.yaml:5:") for each in refused.value.problems]


@pytest.mark.parametrize(
    "said",
    [
        f"{{period: month, {FEE}, bands: [{{below: 99%, credit: 5%}}]}}",
        f"{{period: year, {FEE}, each: {{credit: 2%}}}}",
        "{period: month, currency: DKK, each: {credit: {amount: 500}}, cap: {amount: 1500}}",
        "{period: month, fee: {amount: 900.00, currency: JPY}, each: {credit: {amount: 5.0}}}",
        "{period: month, fee: {amount: 1, currency: KWD}, currency: KWD, each: {credit: {amount: 0.001}}}",
        f"{{period: month, {FEE}, bands: [{{below: 99%, credit: {{amount: 600}}}}, {{below: 95%, credit: 5%}}]}}",
        "{period: month, currency: DKK, each: {credit: {amount: 5}}, termination: [{breaches: 1, in: 1 month, right: end}]}",
        "{period: month, currency: DKK, each: {credit: {amount: 5}}, warn: [{below: 99%, notify: legal}]}",
        "{period: month, currency: DKK, grace: 3, each: {credit: {amount: 5}}, warn: [{breaches_left: 1, notify: a}]}",
    ],
)
def test_credits_may_be_written_so(said: str) -> None:
    """By bands, by the breach, or both; shares of a fee, or amounts of a currency."""
    assert document(f"credits: {said}")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{}", [
            "10: credits.bands: missing: write a list such as [{below: 99%, credit: 5%}], or each: {credit: 2%}",
            "10: credits.period: missing: write month, quarter or year",
        ]),
        ("{period: week}", ["19: credits.period: unknown period 'week': one of month, quarter, year"]),
        (f"{{period: month, {FEE}, bands: [{{below: 101%, credit: 5%}}]}}", ["84: credits.bands[0].below: '101%' is not a percentage such as 99.5%"]),
        (f"{{period: month, {FEE}, bands: [{{below: 0%, credit: 5%}}]}}", ["84: credits.bands[0].below: no attainment is below 0%"]),
        (f"{{period: month, {FEE}, bands: [{{below: 99%, credit: 5%}}, {{below: 99.0%, credit: 9%}}]}}", ["102: credits.bands[1]: a credit is given twice: below 99% it is 5%"]),
        (f"{{period: month, {FEE}, bands: [{{below: 99%, credit: 10%}}, {{below: 95%, credit: 5%}}]}}", ["103: credits.bands[1]: 5% below 95%, and below 99% it is 10%: a lower attainment cannot have a smaller credit"]),
        (f"{{period: month, {FEE}, bands: [{{below: 95%, credit: 5%}}, {{below: 99%, credit: 10%}}]}}", ["102: credits.bands[1]: 10% below 99%, and below 95% it is 5%: a lower attainment cannot have a smaller credit"]),
        (f"{{period: month, {FEE}, bands: [{{below: 99%, credit: {{amount: 601}}}}, {{below: 95%, credit: 5%}}]}}", ["113: credits.bands[1]: 5% below 95%, and below 99% it is 601: a lower attainment cannot have a smaller credit"]),
        ("{period: month, bands: [{below: 99%, credit: 5%}]}", ['55: credits.bands[0].credit: a share is of a fee: write fee: {amount: "12000.00", currency: DKK} beside it']),
        ("{period: month, currency: DKK, each: {credit: 2%}}", ['56: credits.each.credit: a share is of a fee: write fee: {amount: "12000.00", currency: DKK} beside it']),
        ("{period: month, currency: DKK, each: {credit: {amount: 2}}, cap: 9%}", ['75: credits.cap: a share is of a fee: write fee: {amount: "12000.00", currency: DKK} beside it']),
        ("{period: month, each: {credit: {amount: 5}}}", ["41: credits.each.credit: an amount is in a currency: write currency: DKK beside it"]),
        (f"{{period: month, {FEE}, currency: EUR, each: {{credit: 2%}}}}", ["78: credits.currency: the fee is in DKK: leave it out"]),
        ("{period: month, fee: {amount: 100, currency: JPY}, each: {credit: {amount: 5.5}}}", ["85: credits.each.credit.amount: '5.5': JPY has no decimals"]),
        ("{period: month, fee: {amount: 100.001, currency: DKK}, each: {credit: 2%}}", ["40: credits.fee.amount: '100.001': DKK has 2 decimals"]),
        ("{period: month, currency: dkk, each: {credit: {amount: 5}}}", ["36: credits.currency: 'dkk' is not a currency's three capital letters, such as DKK"]),
        ("{period: month, currency: DKK, each: {credit: {amount: -5}}}", ["65: credits.each.credit.amount: '-5' is not an amount such as \"12000.00\""]),
        ("{period: month, currency: DKK, each: {credit: {amount: 5}, targets: [resolutoin]}}", ["79: credits.each.targets[0]: unknown target 'resolutoin': did you mean 'resolution'?"]),
        ("{period: month, currency: DKK, targets: [first_response], each: {credit: {amount: 5}, targets: [resolution]}}", ["106: credits.each.targets[0]: unknown target 'resolution': one of first_response"]),
        ("{period: month, currency: DKK, targets: [a], each: {credit: {amount: 5}}}", ["51: credits.targets[0]: unknown target 'a': one of resolution, first_response"]),
        ("{period: month, currency: DKK, excluding: [custmer], each: {credit: {amount: 5}}}", ["53: credits.excluding[0]: unknown cause 'custmer': did you mean 'customer'?"]),
        ("{period: month, currency: DKK, grace: -1, each: {credit: {amount: 5}}}", ["48: credits.grace: '-1' is not a whole number from 0 to 1000"]),
        ("{period: month, currency: DKK, each: {credit: {amount: 5}}, termination: [{breaches: 3, in: 25 months}]}", [
            "84: credits.termination[0].right: missing: write what the customer may do then",
            "102: credits.termination[0].in: '25 months' is not a span such as 6 months, at most 24",
        ]),
        ("{period: month, currency: DKK, each: {credit: {amount: 5}}, warn: [{breaches_left: 1, notify: legal}]}", ["77: credits.warn[0]: each breach is credited: without bands and grace none is left"]),
        ("{period: month, currency: DKK, grace: 1, each: {credit: {amount: 5}}, warn: [{below: 9%, notify: a}, {below: 9%, notify: b}, {below: 9.0%, notify: a}]}", ["135: credits.warn[2]: the same warning is given twice"]),
        ("{period: month, currency: DKK, grace: 1, each: {credit: {amount: 5}}, warn: [{breaches_left: 1, notify: a}, {breaches_left: 1, notify: a}]}", ["118: credits.warn[1]: the same warning is given twice"]),
        ("{period: month, currency: DKK, each: {credit: {amount: 5}}, warn: [{notify: legal}]}", ["77: credits.warn[0]: write breaches_left or below, one of them"]),
        ("{period: month, currency: DKK, grace: 1, each: {credit: {amount: 5}}, warn: [{below: 9%, breaches_left: 1, notify: a}]}", ["87: credits.warn[0]: write breaches_left or below, one of them"]),
        ("{period: month, currency: DKK, each: {credit: {amount: 5}}, warn: [{below: 9%, notify: team}]}", ["97: credits.warn[0].notify: 'team' is of a ticket: name legal, or an audience of your own"]),
    ],
)  # fmt: skip
def test_a_mistake_in_credits_is_told_with_its_place(said: str, told: list[str]) -> None:
    """With the member, the value, and what would be right."""
    assert mistakes(said) == told


def test_credits_are_taken_over_member_by_member() -> None:
    """A base says the bands, and a customer's agreement its own fee."""
    base = document(WHOLE)
    own = read_document(
        'agreement: acme\nextends: gold\ncredits: {period: month, fee: {amount: "900.00", currency: DKK}}\n',
        "acme.yaml",
        [base],
    )
    assert own.values["credits"] == base.values["credits"] | {
        "period": "month",
        "fee": {"amount": "900.00", "currency": "DKK"},
    }


def test_what_is_taken_over_is_checked_together_with_what_is_said() -> None:
    """The base's amounts have to fit the fee's currency."""
    with pytest.raises(InvalidDocument) as refused:
        read_document(
            "agreement: acme\nextends: gold\ncredits: {fee: {amount: 900, currency: JPY}, cap: {amount: 0.5}}\n",
            "acme.yaml",
            [document(WHOLE)],
        )
    assert [str(each) for each in refused.value.problems] == [
        "acme.yaml:3:60: credits.cap.amount: '0.5': JPY has no decimals"
    ]


def test_credits_are_shown_in_words() -> None:
    """Nothing is left out."""
    lines = list(shown(freeze(document(WHOLE), published=PUBLISHED), PUBLISHED))
    assert lines[lines.index("CREDITS") + 1 :] == [
        "  Period          each quarter, by the days of Europe/Copenhagen",
        "  Fee             12000.00 DKK",
        "  Attainment      below 99%: 5% of the fee is credited (§9.1)",
        "  Attainment      below 95%: 1200.00 DKK is credited",
        "  Each breach     500.00 DKK is credited, of resolution",
        "  At most         15% of the fee",
        "  Counted         resolution and first_response alone",
        "  Forgiven        the first 2 breaches of a period, by the deadline",
        "  Earns nothing   a breach put down to customer or third party",
        "  Termination     3 breaches in 6 months give the right to end it with a month's notice (§9.2)",
        "  Warning         to legal, when 1 breach or none is left",
        "  Warning         to management, when the attainment is below 99.5%",
    ]


def test_what_changes_in_credits_is_told() -> None:
    """Each band, right and warning by itself."""
    new = (
        WHOLE.replace("credit: 5%", "credit: 6%")
        .replace("breaches: 3", "breaches: 4")
        .replace("breaches_left: 1", "breaches_left: 2")
        .replace("grace: 2", "grace: 1")
    )
    old, later = (freeze(document(each), published=PUBLISHED) for each in (WHOLE, new))
    assert [each.sentence for each in differences(old, later)] == [
        "credits: grace 2 → 1",
        "credits: below 99% 5% of the fee is credited (§9.1) → 6% of the fee is credited (§9.1)",
        "credits: 3 breaches in 6 months give the right to end it with a month's notice (§9.2) agreed → (nothing)",
        "credits: a warning to legal, when 1 breach or none is left told → (nothing)",
        "credits: 4 breaches in 6 months give the right to end it with a month's notice (§9.2) (nothing) → agreed",
        "credits: a warning to legal, when 2 breaches or fewer are left (nothing) → told",
    ]


def test_frozen_credits_are_read_as_terms() -> None:
    """What was published is what credits are worked out by."""
    terms = credit_terms(build(document(WHOLE), published=PUBLISHED))
    assert terms
    assert (terms.period, terms.timezone, terms.currency, str(terms.fee)) == (
        "quarter",
        "Europe/Copenhagen",
        "DKK",
        "12000.00",
    )
    assert [(each.below, str(each.credit.exact)) for each in terms.bands] == [
        (99_000, "600.00"),
        (95_000, "1200.00"),
    ]
    assert terms.excluding == {"customer", "third-party"}
    assert [each.threshold for each in terms.warns] == ["breaches_left 1 legal", "below 99.5% management"]
    assert terms.months_back == 6
