"""What an agreement calls its breaches: the causes that they may be put down to, and the kinds of its metrics."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

from datetime import date

import pytest

from slaclock.agreements.differences import differences
from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.agreements.showing import shown
from slaclock.domain.frozen import agreement_from
from slaclock.domain.taxonomy import CAUSES, KINDS
from tests.spec.test_agreement_documents import frozen, mistakes, with_line

PUBLISHED = date(2026, 3, 1)
VENDOR = "metrics: {vendor: {start: {tags: [vendor]}, stop: {tags: {not: [vendor]}}%s}}"


def metric(kind: str = "") -> str:
    """The sample document with a metric of its own, of that kind."""
    text = with_line(8, VENDOR % (f", kind: {kind}" if kind else ""))
    return text.replace("targets:", "targets:\n  vendor: 3d")


def test_causes_are_kept_by_their_names_however_they_are_written() -> None:
    """As entries name them."""
    document = frozen(with_line(8, "causes: [Staffing, spare parts, third_party]"))
    assert document["causes"] == ["staffing", "spare-parts", "third-party"]
    assert agreement_from(document, version=1, content_hash="").causes == tuple(document["causes"])


def test_an_agreement_that_names_no_causes_has_the_usual_ones() -> None:
    """And stays, to the byte, what it was."""
    document = frozen(with_line(8, "horizon: 2030-12-31"))
    assert "causes" not in document
    assert agreement_from(document, version=1, content_hash="").causes == CAUSES


@pytest.mark.parametrize("kind", KINDS)
def test_a_metric_says_of_what_kind_its_breaches_are(kind: str) -> None:
    """From the contract's view."""
    document = frozen(metric(kind))
    read = agreement_from(document, version=1, content_hash="")
    assert document["metrics"]["vendor"]["kind"] == kind
    assert read.named(read.targets["vendor"]) == {"kind": kind}


def test_a_metric_that_says_nothing_of_it_is_of_the_usual_kind() -> None:
    """And stays, to the byte, what it was."""
    document = frozen(metric())
    read = agreement_from(document, version=1, content_hash="")
    assert "kind" not in document["metrics"]["vendor"]
    assert read.named(read.targets["vendor"]) == {"kind": "resolution"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("causes: []", "8:9: causes: 0 entries: from 1 to 30 may be given"),
        ("causes: staffing", "8:9: causes: 'staffing' is not a list: write [staffing]"),
        ("causes: [a/b]", "8:10: causes[0]: 'a/b' is not a cause such as unforeseen event: letters, digits, spaces and -, at most 64 characters"),
        (f"causes: [{'x' * 65}]", f"8:10: causes[0]: '{'x' * 65}' is not a cause such as unforeseen event: letters, digits, spaces and -, at most 64 characters"),
        ("causes: [third party, Third-Party]", "8:23: causes[1]: 'third-party' is given twice"),
        (f"causes: [{', '.join(f'c{number}' for number in range(31))}]", "8:9: causes: 31 entries: from 1 to 30 may be given"),
        (VENDOR % ", kind: respnse", "8:82: metrics.vendor.kind: unknown kind of breach 'respnse': did you mean 'response'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(line: str, said: str) -> None:
    """With what would be right."""
    assert mistakes(with_line(8, line))[0] == said


def test_causes_are_taken_over_and_replaced_as_a_whole() -> None:
    """`extends`: as other lists are."""
    base = read_document(with_line(8, "level: corporate", "causes: [staffing, customer]"), "base.yaml")
    for own, found in (("", ["staffing", "customer"]), ("\ncauses: [weather]", ["weather"])):
        child = read_document(f"agreement: child\nextends: acme-gold{own}", "child.yaml", [base])
        assert freeze(child, published=PUBLISHED)["causes"] == found


def test_show_says_what_a_breach_may_be_put_down_to() -> None:
    """In words; and of each promise, as what a breach of it counts."""
    lines = list(shown(frozen(with_line(8, "causes: [staffing, spare parts]")), PUBLISHED))
    assert "  Of a breach     staffing or spare parts" in lines
    assert "    counts as       quality" in list(shown(frozen(metric("quality")), PUBLISHED))


def test_diff_says_what_changes_of_them() -> None:
    """In a sentence each."""
    plain, other = frozen(with_line(8)), frozen(with_line(8, "causes: [staffing]"))
    usual = "staffing, communication, unforeseen event, monitoring, unclear terms, third party or customer"
    assert [(each.whom, each.sentence) for each in differences(plain, other)] == [
        ("everybody", f"a breach may be put down to {usual} → staffing")
    ]
    assert [each.sentence for each in differences(frozen(metric()), frozen(metric("quality")))] == [
        "the clock counts as resolution → quality"
    ]
    assert [each.sentence for each in differences(frozen(metric()), frozen(metric("resolution")))] == [
        "vendor are written in another way, to the same effect"
    ]
