"""Laws of credits over any cycles and any terms that an agreement may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from slaclock.evidence.at_risk import at_risk
from slaclock.evidence.credit_document import difference, statement_document
from slaclock.evidence.credit_terms import CreditTerms, credit_terms
from slaclock.evidence.credits import credits_of
from tests.spec.crediting import OCTOBER, cycle, version

if TYPE_CHECKING:
    from slaclock.evidence.cycles import Cycle

SHARES = st.integers(0, 100_000).map(lambda thousandths: f"{thousandths // 1000}.{thousandths % 1000:03}%")
CREDITS = st.one_of(SHARES, st.integers(0, 10**6).map(lambda cents: {"amount": str(cents)}))
BAND = st.fixed_dictionaries({"below": SHARES, "credit": CREDITS})
TARGETS = st.lists(st.sampled_from(["first_response", "resolution"]), min_size=1, max_size=2, unique=True)
TERMS = st.fixed_dictionaries(
    {
        "period": st.just("month"),
        "fee": st.fixed_dictionaries(
            {
                "amount": st.integers(0, 10**12 - 1).map(str),
                "currency": st.sampled_from(["DKK", "JPY", "KWD", "CLF"]),
            }
        ),
        "bands": st.lists(BAND, max_size=3),
        "grace": st.integers(0, 3),
    },
    optional={
        "each": st.fixed_dictionaries({"credit": CREDITS}, optional={"targets": TARGETS}),
        "cap": CREDITS,
        "targets": TARGETS,
        "excluding": st.just(["customer"]),
        "termination": st.just([{"breaches": 2, "in": "1 month", "right": "to end it"}]),
    },
).map(lambda said: credit_terms(version(said)))
LIVES = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["met", "met", "breached", "breached", "cancelled", "waived"]),
        "due": st.integers(-2000, 800).map(lambda hours: OCTOBER.start + timedelta(hours=hours)),
        "target": st.sampled_from(["first_response", "resolution"]),
        "cause": st.sampled_from([None, "customer", "staffing"]),
    }
)
CYCLES = st.lists(LIVES, max_size=25).map(
    lambda lives: [cycle(f"c{number}", **each) for number, each in enumerate(lives)]
)


def total(terms: CreditTerms, cycles: list[Cycle]) -> Decimal:
    return credits_of(terms, cycles, OCTOBER).total


@settings(deadline=None)
@given(TERMS, CYCLES)
def test_credits_never_exceed_the_cap(terms: CreditTerms, cycles: list[Cycle]) -> None:
    """The exact one, before it is rounded; and nothing is ever owed by the customer."""
    owed = total(terms, cycles)
    assert owed >= 0
    assert terms.cap is None or owed <= terms.cap.exact


@settings(deadline=None)
@given(TERMS, CYCLES, LIVES)
def test_credits_never_fall_when_a_breach_is_added(
    terms: CreditTerms, cycles: list[Cycle], life: dict[str, Any]
) -> None:
    """Whenever it was due, and whatever it is put down to; nor is a right taken away."""
    before = credits_of(terms, cycles, OCTOBER)
    after = credits_of(terms, [*cycles, cycle("new", **{**life, "state": "breached"})], OCTOBER)
    assert after.total >= before.total
    assert len(after.rights) >= len(before.rights)


@settings(deadline=None)
@given(TERMS, CYCLES.flatmap(lambda cycles: st.tuples(st.just(cycles), st.permutations(cycles))))
def test_a_statement_is_the_same_in_any_order_of_rows(
    terms: CreditTerms, orders: tuple[list[Cycle], list[Cycle]]
) -> None:
    """To the last byte of its document."""
    one, other = (statement_document(credits_of(terms, each, OCTOBER), "acme") for each in orders)
    assert one == other


@settings(deadline=None)
@given(TERMS, CYCLES)
def test_the_lines_add_up_to_the_total(terms: CreditTerms, cycles: list[Cycle]) -> None:
    """Each in whole minor units."""
    document = statement_document(credits_of(terms, cycles, OCTOBER), "acme")
    assert sum(Decimal(line["credit"]) for line in document["lines"]) == Decimal(document["total"])
    places = {Decimal(line["credit"]).as_tuple().exponent for line in document["lines"]}
    assert places <= {Decimal(document["total"]).as_tuple().exponent}


@settings(deadline=None)
@given(TERMS, CYCLES, CYCLES)
def test_an_earlier_statement_and_the_difference_are_the_later_one(
    terms: CreditTerms, before: list[Cycle], after: list[Cycle]
) -> None:
    """In money, and line by line."""
    earlier, later = (
        statement_document(credits_of(terms, each, OCTOBER), "acme") for each in (before, after)
    )
    changed = difference(earlier, later)
    assert Decimal(earlier["total"]) + Decimal(changed["total"]) == Decimal(later["total"])
    lines = list(earlier["lines"])
    for line in changed["removed"]:
        lines.remove(line)
    lines += changed["added"]
    assert sorted(map(repr, lines)) == sorted(map(repr, later["lines"]))


@settings(deadline=None)
@given(TERMS, CYCLES)
def test_what_is_left_is_the_most_that_a_band_bears(terms: CreditTerms, cycles: list[Cycle]) -> None:
    """With so many breaches more it is kept, and with one more than that it is lost."""
    terms = replace(terms, targets=None, excluding=frozenset())  # so that what is added counts
    for number, each in enumerate(at_risk(terms, cycles, OCTOBER, OCTOBER.start).bands):
        more = [cycle(f"x{n}", due=OCTOBER.start) for n in range(min(each.left, 50) + 1)]
        kept, lost = (
            at_risk(terms, [*cycles, *some], OCTOBER, OCTOBER.start).bands[number].lost
            for some in (more[:-1], more)
        )
        assert kept == each.lost
        assert lost == (each.left <= 50 or each.lost)
