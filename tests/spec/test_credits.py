"""Service credits: bands, single breaches, grace, causes, caps, rights, in exact decimal money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from slaclock.domain.errors import InvalidAgreement
from slaclock.evidence.credit_document import difference, statement_document
from slaclock.evidence.credit_periods import period_named
from slaclock.evidence.credit_schedule import in_force
from slaclock.evidence.credit_terms import credit_terms
from slaclock.evidence.credits import credits_of
from tests.spec.crediting import NOON, OCTOBER, breached, cycle, met, terms, version

BANDS = [{"below": "99%", "credit": "5%"}, {"below": "95%", "credit": "10%"}]
EACH = {"credit": {"amount": "500.00"}}


def total(said: dict[str, Any], *cycles: Any) -> str:
    return str(credits_of(terms(**said), [one for some in cycles for one in some], OCTOBER).total)


@pytest.mark.parametrize(
    ("kept", "late", "owed"),
    [
        (0, 0, "0.00"),  # nothing was counted: nothing was missed
        (99, 0, "0.00"),
        (99, 1, "0.00"),  # 99 % is not below 99 %
        (98, 1, "600.00"),
        (95, 5, "600.00"),
        (94, 5, "1200.00"),
        (0, 1, "1200.00"),
    ],
)
def test_the_band_that_the_attainment_fell_into_is_credited(kept: int, late: int, owed: str) -> None:
    """Below, exactly: no share is rounded before it is compared. Of several bands the lowest counts."""
    assert total({"bands": BANDS}, met(kept), breached(late)) == owed


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [("12000", "DKK", "12000.00"), ("12345.00", "JPY", "12345"), ("1000.5", "KWD", "1000.500")],
)
def test_the_fee_is_written_in_the_minor_unit_of_its_currency(amount: str, currency: str, fee: str) -> None:
    """However the agreement writes it; the statement's hash is over that."""
    written = [
        statement_document(
            credits_of(terms(fee={"amount": each, "currency": currency}, each=EACH), [], OCTOBER), "example"
        )
        for each in (amount, fee)
    ]
    assert [each["fee"] for each in written] == [fee, fee]
    assert written[0]["hash"] == written[1]["hash"]


@pytest.mark.parametrize(("grace", "owed"), [(0, "1000.00"), (1, "500.00"), (2, "0.00"), (3, "0.00")])
def test_the_first_breaches_of_a_period_are_forgiven(grace: int, owed: str) -> None:
    """By their deadlines."""
    assert total({"each": EACH, "grace": grace}, breached(2)) == owed


@pytest.mark.parametrize("names", [("b0", "b1"), ("b1", "b0")])
def test_of_breaches_of_one_moment_that_of_the_lowest_id_is_forgiven(names: tuple[str, str]) -> None:
    """Whichever was read first."""
    statement = credits_of(terms(each=EACH, grace=1), map(cycle, names), OCTOBER)
    assert [each.id for each in statement.counted.graced] == ["b0"]


def test_what_is_forgiven_counts_in_no_band() -> None:
    """Neither as kept nor as missed."""
    statement = credits_of(terms(bands=BANDS, grace=2), [*met(98), *breached(3)], OCTOBER)
    assert (statement.counted.attainment, statement.total) == ("0.9898", Decimal("600.00"))
    assert [each.id for each in statement.counted.graced] == ["b0", "b1"]


def test_breaches_put_down_to_excluded_causes_and_waived_ones_earn_nothing() -> None:
    """They stand beside, with the reason."""
    rows = [
        cycle("b0", cause="customer"),
        cycle("b1", "waived"),
        cycle("b2", cause="staffing"),
        cycle("b3", "cancelled"),
    ]
    statement = credits_of(terms(each=EACH, excluding=["customer"]), rows, OCTOBER)
    document = statement_document(statement, "acme")
    assert document["total"] == "500.00"
    assert document["excluded"] == [
        {"id": "b0", "because": "caused by customer"},
        {"id": "b1", "because": "waived"},
    ]
    assert (document["met"], document["breached"], document["attainment"]) == (0, 1, "0.0000")


@pytest.mark.parametrize(
    ("said", "owed"),
    [
        ({"each": EACH}, "1000.00"),
        ({"each": {**EACH, "targets": ["resolution"]}}, "500.00"),
        ({"each": EACH, "targets": ["first_response"]}, "500.00"),
        ({"each": {**EACH, "targets": ["other"]}}, "0.00"),
    ],
)
def test_only_the_promises_that_are_named_count(said: dict[str, Any], owed: str) -> None:
    """In `targets` for everything, in that of `each` for single breaches; another agreement's never do."""
    rows = [
        cycle("b0"),
        cycle("b1", target="first_response"),
        cycle("b2", agreement="acme-silver"),
    ]
    assert total(said, rows) == owed


@pytest.mark.parametrize(
    ("due", "owed"),
    [
        (datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC), "0.00"),
        (datetime(2026, 9, 30, 22, tzinfo=UTC), "500.00"),  # midnight in Copenhagen, summer time
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), "500.00"),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), "0.00"),  # midnight in Copenhagen, winter time
    ],
)
def test_a_breach_belongs_to_the_period_of_its_deadline(due: datetime, owed: str) -> None:
    """In days of the agreement's zone, half-open."""
    assert total({"each": EACH}, [cycle("b0", due=due)]) == owed


@pytest.mark.parametrize(
    ("fee", "share", "owed"),
    [
        ({"amount": "100.10", "currency": "DKK"}, "5%", "5.01"),  # 5.005
        ({"amount": "100.09", "currency": "DKK"}, "5%", "5.00"),  # 5.0045
        ({"amount": "1010", "currency": "JPY"}, "5%", "51"),  # 50.5
        ({"amount": "1009", "currency": "JPY"}, "5%", "50"),  # 50.45
        ({"amount": "10.010", "currency": "KWD"}, "5%", "0.501"),  # 0.5005
        ({"amount": "1", "currency": "CLF"}, "0.125%", "0.0013"),  # 0.00125
    ],
)
def test_each_line_is_rounded_once_to_the_minor_unit_a_half_upwards(
    fee: dict[str, str], share: str, owed: str
) -> None:
    """A minor unit is what ISO 4217 says of the currency."""
    assert total({"fee": fee, "each": {"credit": share}}, breached(1)) == owed


@pytest.mark.parametrize(
    ("cap", "owed", "lines"),
    [
        ({"amount": "1500.00"}, "1500.00", ["500.00"] * 3),
        ({"amount": "1499.99"}, "1499.99", ["500.00"] * 3 + ["-0.01"]),
        ("12.5%", "1500.00", ["500.00"] * 3),
        ("10%", "1200.00", ["500.00"] * 3 + ["-300.00"]),
        ("0%", "0.00", ["500.00"] * 3 + ["-1500.00"]),
        ("0.001%", "0.12", ["500.00"] * 3 + ["-1499.88"]),
    ],
)
def test_the_cap_comes_last_as_a_line_of_its_own(cap: Any, owed: str, lines: list[str]) -> None:
    """So that the lines still add up to the total."""
    statement = credits_of(terms(each=EACH, cap=cap), breached(3), OCTOBER)
    assert [str(line.credit) for line in statement.lines] == lines
    assert str(statement.total) == owed


def test_a_cap_is_rounded_downwards() -> None:
    """Or it would be exceeded: 15 % of 33.33 is 4.9995."""
    fee = {"amount": "33.33", "currency": "DKK"}
    assert total({"fee": fee, "each": {"credit": "100%"}, "cap": "15%"}, breached(1)) == "4.99"


def test_each_figure_names_the_clause_and_the_rows_that_it_rests_on() -> None:
    """A band has its breaches, beside a digest of all that counts; a breach the clause of its promise."""
    said = terms(bands=[{"below": "99%", "credit": "5%", "clause": "§9.1"}], each=EACH, cap="50%")
    document = statement_document(credits_of(said, [*met(2), *breached(1)], OCTOBER), "acme")
    assert document["lines"] == [
        {
            "why": "band", "of": "below 99%", "said": "5%", "clause": "§9.1", "credit": "600.00",
            "rows": ["b0"],
        },
        {
            "why": "breach", "of": "resolution", "said": "500.00", "clause": "§4.2", "credit": "500.00",
            "rows": ["b0"],
        },
    ]  # fmt: skip
    assert document["counted"] == "sha256:9cc653a602628905d61c5439bf0101caec38ed42522d163ac29ae44e3a4f7b88"
    assert document["cap"] == "6000.00"


SIX_MONTHS = {"breaches": 3, "in": "6 months", "right": "to end it with a month's notice", "clause": "§9.2"}


@pytest.mark.parametrize(
    ("first", "given"),
    [
        (datetime(2026, 4, 10, 10, 0, 0, tzinfo=UTC), False),  # six months before the third, to the second
        (datetime(2026, 4, 10, 10, 0, 1, tzinfo=UTC), True),
    ],
)
def test_a_right_to_terminate_is_given_by_so_many_breaches_in_so_many_months(
    first: datetime, *, given: bool
) -> None:
    """Months by the calendar, up to the breach that gives it; what is forgiven still counts here."""
    rows = [
        cycle("b0", due=first),
        cycle("b1", due=datetime(2026, 7, 1, tzinfo=UTC)),
        cycle("b2", due=datetime(2026, 10, 10, 10, 0, 0, tzinfo=UTC)),
    ]
    document = statement_document(
        credits_of(terms(each=EACH, grace=1, termination=[SIX_MONTHS]), rows, OCTOBER), "acme"
    )
    right = {**SIX_MONTHS, "at": "2026-10-10T10:00:00Z", "rows": ["b0", "b1", "b2"]}
    assert document["termination"] == ([right] if given else [])


@pytest.mark.parametrize(("second", "rights"), [(0, 0), (1, 1)])
def test_the_months_of_a_right_are_those_of_the_agreements_zone(second: int, rights: int) -> None:
    """13:00 in winter is 12:00 in UTC, and in summer, six months before, 11:00."""
    rows = [
        cycle("b0", due=datetime(2026, 4, 30, 11, 0, second, tzinfo=UTC)),
        cycle("b1", due=datetime(2026, 10, 30, 12, tzinfo=UTC)),
    ]
    said = terms(each=EACH, termination=[{**SIX_MONTHS, "breaches": 2}])
    assert len(credits_of(said, rows, OCTOBER).rights) == rights


def test_a_right_is_told_in_the_period_of_the_breach_that_gives_it() -> None:
    """And not again while no further breach comes."""
    rows = breached(3, due=datetime(2026, 9, 1, tzinfo=UTC))
    said = terms(each=EACH, termination=[SIX_MONTHS])
    assert credits_of(said, rows, OCTOBER).rights == ()
    assert len(credits_of(said, rows, period_named("2026-09", OCTOBER.timezone)).rights) == 1


def test_a_correction_is_told_as_a_difference_with_its_lines() -> None:
    """What was issued stays; the difference says what is owed now."""
    said = terms(each=EACH)
    earlier, later = (statement_document(credits_of(said, breached(n), OCTOBER), "acme") for n in (2, 1))
    assert difference(earlier, later) == {
        "total": "-500.00",
        "added": [],
        "removed": [
            {
                "why": "breach", "of": "resolution", "said": "500.00", "clause": "§4.2", "credit": "500.00",
                "rows": ["b1"],
            }
        ],
    }  # fmt: skip
    assert difference(earlier, earlier) == {"total": "0.00", "added": [], "removed": []}


def test_of_two_like_lines_a_difference_names_the_one_that_came() -> None:
    """The other one was there before."""
    line = {"why": "breach", "credit": "500.00", "rows": ["b0"]}
    one, two = ({"total": f"{500 * n}.00", "lines": [line] * n} for n in (1, 2))
    assert difference(one, two) == {"total": "500.00", "added": [line], "removed": []}
    assert difference(two, one) == {"total": "-500.00", "added": [], "removed": [line]}


def test_a_share_of_a_fee_that_is_not_named_is_told() -> None:
    """Versions published before fees were asked for may have it so."""
    with pytest.raises(InvalidAgreement, match="version 1 of acme-gold credits 5% of a fee, and names none"):
        credit_terms(version({"period": "month", "bands": BANDS}))


def test_amounts_need_no_fee() -> None:
    """Only a currency."""
    found = credit_terms(version({"period": "month", "currency": "DKK", "each": EACH}))
    assert found
    assert str(credits_of(found, breached(1), OCTOBER).total) == "500.00"


def test_an_agreement_without_credits_has_no_terms() -> None:
    """Nothing is owed then."""
    assert credit_terms(version({})) is None


BEFORE, LATER = OCTOBER.start - timedelta(days=3), OCTOBER.start + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("versions", "counts"),
    [
        ([{"published_at": OCTOBER.start}], 1),
        ([{"published_at": BEFORE}, {"published_at": OCTOBER.start}], 2),
        ([{"published_at": BEFORE}, {"published_at": LATER}], 1),
        ([{"published_at": LATER}, {"published_at": NOON}], 1),
        ([{"published_at": BEFORE}, {"published_at": BEFORE, "effective_from": LATER}], 1),
        ([{"published_at": BEFORE}, {"published_at": BEFORE, "effective_from": OCTOBER.start}], 2),
        ([{"published_at": BEFORE, "effective_from": LATER}], 1),
        ([{"published_at": BEFORE, "effective_from": OCTOBER.end}], None),
        ([{"published_at": OCTOBER.end + timedelta(days=9), "effective_from": LATER}], 1),
        ([{"published_at": None}], 1),
        ([{"published_at": BEFORE, "effective_from": NOON}, {"published_at": LATER}], 2),
        (
            [
                {"published_at": BEFORE, "effective_from": NOON},
                {"published_at": LATER, "effective_from": NOON},
            ],
            2,
        ),
        ([{"published_at": BEFORE, "effective_until": OCTOBER.start}], None),
        ([{"published_at": BEFORE, "effective_until": LATER}], 1),
        ([{"published_at": BEFORE}, {"published_at": BEFORE, "effective_until": OCTOBER.start}], None),
        ([{"published_at": BEFORE, "effective_until": OCTOBER.start}, {"published_at": LATER}], 2),
        ([{"published_at": LATER, "effective_until": OCTOBER.start}], None),
        ([], None),
    ],
)
def test_a_period_has_the_terms_in_force_when_it_begins(
    versions: list[dict[str, Any]], counts: int | None
) -> None:
    """A version that is published later changes nothing about it; one that is over counts no more."""
    published = tuple(version({}, number, **each) for number, each in enumerate(versions, 1))
    found = in_force(published, OCTOBER)
    assert (found and found.version) == counts
