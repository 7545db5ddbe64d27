"""What an agreement says about reports: checked with its line, shown, compared, frozen."""

from __future__ import annotations

from datetime import date

import pytest

from slaclock.agreements.differences import differences
from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import build, freeze
from slaclock.agreements.showing import shown

BASE = """\
agreement: gold
level: corporate
calendars: {office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}}
targets: {resolution: 8h}
"""
MONTHLY = "reports: {monthly: {on: 2, notify: legal}}\n"
PUBLISHED = date(2026, 3, 1)


def frozen(said: str) -> dict[str, object]:
    return dict(freeze(read_document(BASE + said, "sla.yaml"), published=PUBLISHED))


def built(said: str) -> object:
    return build(read_document(BASE + said, "sla.yaml"), published=PUBLISHED).reports


def test_a_report_of_each_month_is_part_of_the_version() -> None:
    """As it is written; one that says nothing asks for none."""
    assert built(MONTHLY) == {"monthly": {"on": 2, "notify": "legal"}}
    assert built("") == {}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("reports: {monthly: {on: 29, notify: legal}}", "28"),
        ("reports: {monthly: {on: 0, notify: legal}}", "0"),
        ("reports: {monthly: {notify: legal}}", "on"),
        ("reports: {monthly: {on: 2}}", "notify"),
        ("reports: {monthly: {on: 2, notify: team}}", "'team' is of a ticket"),
        ("reports: {weekly: {on: 2, notify: legal}}", "weekly"),
    ],
)
def test_a_mistake_is_told_with_its_line(said: str, told: str) -> None:
    """A day that some months lack is none, and news about a month is for no ticket's team."""
    with pytest.raises(InvalidDocument) as refused:
        read_document(BASE + said, "sla.yaml")
    assert "sla.yaml:5" in str(refused.value)
    assert told in str(refused.value)


def test_a_report_is_shown_in_words() -> None:
    """On which day, by whose days, and who hears of it."""
    lines = list(shown(frozen(MONTHLY), PUBLISHED))
    (said,) = lines[lines.index("REPORTS") + 1 : lines.index("CREDITS") - 1]
    assert said == (
        "  Each month      made on day 2 of the next one, by the days of Europe/Copenhagen; legal is told"
    )


def test_what_changes_in_reports_is_told() -> None:
    """What came, what changed, and what went."""
    later = MONTHLY.replace("on: 2", "on: 5")
    words = "of the next one, by the days of Europe/Copenhagen; legal is told"
    assert [each.sentence for each in differences(frozen(MONTHLY), frozen(later))] == [
        f"reports: monthly made on day 2 {words} → made on day 5 {words}"
    ]
    assert len(differences(frozen(""), frozen(MONTHLY))) == 1
    assert len(differences(frozen(MONTHLY), frozen(""))) == 1
    assert differences(frozen(MONTHLY), frozen(MONTHLY)) == []
