"""The page and the table of a report: what is from outside is no markup and no formula."""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from slaclock.reporting import tables
from slaclock.reporting.page import page
from slaclock.reporting.plot_attainment import attainment_plot
from slaclock.reporting.plot_week import week_plot
from slaclock.reporting.table import ABOUT, COLUMNS, table
from slaclock.reporting.writing import FORMATS, written
from tests.spec.reporting import GOLD, NOON, SILVER, TERMS, autumn, cycle, report_of

HOSTILE = '<script>alert("1")</script>&"\'\u202e'
VOID = {"meta", "circle", "line", "path", "polyline", "rect"}


class Read(HTMLParser):
    """What a page has: its elements in balance, their ids, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(**how: Any) -> Read:
    return Read(page(report_of(*autumn(), **how)))


def test_a_page_is_well_formed_and_each_id_is_one() -> None:
    """Each element that is opened is closed."""
    found = read()
    assert found.open == []
    assert sorted(set(found.ids)) == sorted(found.ids)


def test_a_page_points_to_nothing_outside_itself() -> None:
    """No script, no picture, no font, no link; styles are those of its own block, by their hash."""
    text = page(report_of(*autumn()))
    found = Read(text)
    assert {"script", "img", "link", "iframe", "object", "a", "base", "form"} & set(found.seen) == set()
    assert {"src", "href", "style", "onload", "onclick"} & {name for name, _ in found.attributes} == set()
    assert "url(" not in text.replace("url(#hatch)", "")
    assert "http" not in text.replace("http-equiv", "")
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(style[0].encode()).digest()).decode()
    assert len(style) == 1
    assert f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;" in text


@pytest.mark.parametrize("member", ["customer", "team", "agreement", "target", "cause", "clause", "priority"])
def test_nothing_from_outside_is_markup(member: str) -> None:
    """Neither what helpdesks call customers and teams, nor what people write; nor does it turn text."""
    named = {member: HOSTILE}
    cycles = [
        cycle(1),
        cycle(2, "breached", **named),
        *(cycle(n, **{**named, "due": NOON}) for n in range(3, 20)),
    ]
    text = page(report_of(cycles))
    assert "<script" not in text
    assert "\u202e" not in text
    assert Read(text).open == []


HEBREW = "\u05d0\u05d1 2"


def test_a_name_that_is_written_from_right_to_left_turns_nothing_beside_it() -> None:
    """In elements it is a `bdi`; in titles and texts of pictures it stands between U+2068 and U+2069."""
    rows = [cycle(n, "breached", cause=HEBREW, team=HEBREW, agreement=HEBREW) for n in range(40)]
    rows += [cycle(100 + n, team="B") for n in range(20)]
    gold = replace(GOLD, id=HEBREW)
    text = page(report_of(rows, versions=(gold,), agreement=HEBREW) | {"customer": HEBREW})
    bare = re.sub(f"<bdi>{HEBREW}</bdi>|\u2068{HEBREW}\u2069", "", text)
    bare = re.sub("<desc .*?</desc>", "", bare)  # which is heard, and not seen
    assert HEBREW not in bare
    assert f"The most frequent cause is <bdi>{HEBREW}</bdi>: 40 of 40 breaches." in text
    assert f'aria-label="Credits of \u2068{HEBREW}\u2069"' in text


def test_a_name_can_not_close_what_keeps_it_apart() -> None:
    """Marks that turn text are not let through; what is between its own two is one name."""
    closing = "\u05d0\u2069 80.00% \u2068"
    rows = [cycle(n, "breached", cause=closing) for n in range(3)]
    (said,) = [each for each in report_of(rows)["stands_out"] if "cause" in each]
    assert said == "The most frequent cause is \u2068\u05d0? 80.00% ?\u2069: 3 of 3 breaches."
    assert "<bdi>\u05d0? 80.00% ?</bdi>: 3 of 3" in page(report_of(rows))


@pytest.mark.parametrize("low", range(0, 100, 5))
def test_the_labels_of_the_axis_have_room(low: int) -> None:
    """By the widest of usual fonts at 11 units: 7 for a digit, 3.5 for a point, 10.5 for the sign."""
    rows = [cycle(n, "met" if n < low else "breached") for n in range(100)]
    plot = attainment_plot(report_of(rows))
    labels = re.findall(r'<text x="([\d.]+)" [^>]*class="label end">([\d.]+)%</text>', plot)
    assert len(labels) == 3
    for x, said in labels:
        assert sum(3.5 if each == "." else 7 for each in said) + 10.5 <= float(x)


def test_whose_report_it_is_stands_at_its_head() -> None:
    """With the month, its zone, and whether it may still change."""
    text = " ".join(read(customer="ACME").texts)
    assert "Service levels, October 2026" in text
    assert "ACME  ( example )" in text
    assert "1–31 October 2026, Europe/Copenhagen" in text  # noqa: RUF001
    assert "Sealed" in text
    assert "Provisional" in " ".join(read(until=None).texts)


def test_a_month_of_nothing_is_a_page_too() -> None:
    """Without plots, which would be of nothing."""
    found = Read(page(report_of([], versions=(SILVER,))))
    assert "Nothing was due in this period." in found.texts
    assert "table" not in found.seen


def test_what_is_owed_is_told_where_nothing_counts() -> None:
    """Without plots all the same; that everything was waived is not that nothing was due."""
    found = Read(page(report_of([cycle(1, "waived")])))
    assert "All" not in " ".join(found.texts)
    assert {"The only promise was waived.", "nothing counts", "Service credits"} < set(found.texts)
    assert "month-part" not in found.ids


def test_a_month_without_a_breach_has_no_plot_of_breaches() -> None:
    """Its attainment is drawn all the same."""
    found = Read(page(report_of([cycle(1)])))
    assert {"attainment-title", "waits-title"} < set(found.ids)
    assert {"week-title", "causes-title"} & set(found.ids) == set()


def test_each_hour_has_the_shade_of_its_share_of_the_most() -> None:
    """Four shades, each begun by the first breach above the one before; the palest is for none at all."""
    numbers = (0, 1, 2, 3, 5, 6, 8)
    cycles = [
        cycle(100 * day + n, "breached", due=NOON + timedelta(days=day))
        for day, number in enumerate(numbers)
        for n in range(number)
    ]
    plot = week_plot(report_of([cycle(9000), *cycles]))
    found = re.findall(r'<g class="h(\d)"><rect[^>]*/><text[^>]*>(\d+)</text></g>', plot)
    assert [(int(number), int(shade)) for shade, number in found] == [
        *((0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (6, 3), (8, 4))
    ]


def test_the_plot_of_a_month_names_the_first_day_and_each_seventh_after_it() -> None:
    """The last one of October is the 29th."""
    found = re.findall(r'<text [^>]*class="label mid">(\d+)</text>', attainment_plot(report_of([cycle(1)])))
    assert found == ["1", "8", "15", "22", "29"]


@pytest.mark.parametrize(("teams", "caption"), [(15, "By team"), (16, "By team, the lowest 15 of 16")])
def test_of_teams_the_fifteen_with_the_lowest_attainment_are_told(teams: int, caption: str) -> None:
    """The lowest first, and of how many; team 1 kept one of two, the next one two of three."""
    cycles = [
        cycle(100 * team + n, "met" if n else "breached", team=f"Team {team}")
        for team in range(1, teams + 1)
        for n in range(team + 1)
    ]
    (found,) = [each for each in tables.who(report_of(cycles)) if "By team" in each]
    assert f"<caption>{caption}</caption>" in found
    assert re.findall(r'<th scope="row"><bdi>(.*?)</bdi></th>', found) == [
        f"Team {team}" for team in range(1, 16)
    ]


def test_paper_says_where_the_roots_of_seals_are() -> None:
    """On a screen they unfold; paper has no room for one each day, and nothing that unfolds."""
    roots = [{"day": f"2026-10-{day:02}", "root": "sha256:ab"} for day in range(1, 32)]
    text = page({**report_of([cycle(1)]), "seals": roots})
    said = re.findall(r'<p class="paper">(.*?)</p>', text)
    assert said == ["Seals: 31 days of the ledger, each under one signed root; the roots unfold on a screen."]
    assert "@media screen{.paper{display:none}}" in text
    assert 'class="paper"' not in page(report_of([cycle(1)]))


def test_credits_of_single_breaches_are_added_up_by_promise() -> None:
    """And the cap takes off what is above it."""
    terms = {
        "period": "month",
        "currency": "DKK",
        "each": {"credit": {"amount": "500.00"}},
        "cap": {"amount": "700.00"},
    }
    cycles = [cycle(n, "breached", target="resolution") for n in range(2)]
    text = " ".join(Read(page(report_of(cycles, versions=(_with(terms), SILVER)))).texts)
    assert re.search(r"Each breach:\s+resolution\s+§4.2\s+500.00\s+2\s+1,000.00", text)
    assert "−300.00" in text  # noqa: RUF001
    assert "700.00 DKK" in text


def _with(terms: dict[str, Any]) -> Any:
    return replace(GOLD, credits=terms)


@pytest.mark.parametrize(
    ("said", "excluded", "beside"),
    [
        ({}, 0, "3 kept, 3 missed."),
        ({"grace": 2}, 0, "3 kept, 1 missed. Not counted: 2 forgiven."),
        ({}, 1, "3 kept, 3 missed. Not counted: 1 excluded."),
        ({"grace": 1}, 2, "3 kept, 2 missed. Not counted: 1 forgiven, 2 excluded."),
    ],
)
def test_a_statement_says_how_many_breaches_were_forgiven_and_excluded(
    said: dict[str, Any], excluded: int, beside: str
) -> None:
    """Waived ones are excluded, and those of causes that earn nothing."""
    rows = [*(cycle(n) for n in range(3)), *(cycle(10 + n, "breached") for n in range(3))]
    waived = [cycle(20 + n, "waived") for n in range(excluded)]
    text = page(report_of([*rows, *waived], versions=(_with({**TERMS, **said}),)))
    assert f"version 3: October 2026, final. Counted: {beside}</caption>" in text


def test_the_table_has_a_line_for_the_whole_and_for_each_group() -> None:
    """Under one head, so that a program reads it; the figures are the document's."""
    report = report_of(*autumn())
    rows = list(csv.DictReader(io.StringIO(table(report))))
    assert list(rows[0]) == list(COLUMNS)
    assert {row["of"] for row in rows} == {
        "total",
        "promise",
        "behind",
        "customer",
        "team",
        "day",
        "time",
        "cause",
        "before",
        "late",
        "statement",
        "credit",
        "stands_out",
    }
    assert (rows[0]["attainment"], rows[0]["ratings_mean"]) == ("0.9533", "4.70")
    times = [row for row in rows if row["of"] == "time"]
    assert sum(int(row["breached"]) for row in times) == report["total"]["breached"]
    assert sum(int(row["breached"]) for row in rows if row["of"] == "cause") == report["total"]["breached"]


def lines(report: Any, of: str) -> list[dict[str, str]]:
    """The lines of the table that are of that, without their empty cells."""
    rows = csv.DictReader(io.StringIO(table(report)))
    return [
        {name: value for name, value in row.items() if value and name != "of"}
        for row in rows
        if row["of"] == of
    ]


def test_the_table_says_whose_it_is_of_when_and_whether_it_is_sealed() -> None:
    """In the line of the whole; the month before has its own."""
    (total,) = lines(report_of([cycle(1)], customer="ACME", until=None), "total")
    assert {name: total[name] for name in ("account", "customer", *ABOUT)} == {
        "account": "example",
        "customer": "ACME",
        "period": "2026-10",
        "zone": "Europe/Copenhagen",
        "sealed": "false",
        "as_of": "2026-11-02T06:00:00Z",
    }
    september = cycle(2, due=NOON - timedelta(days=20))
    report = report_of([cycle(1), september], agreement=GOLD.id)
    (before,) = lines(report, "before")
    assert (before["period"], before["agreement"], before["met"]) == ("2026-09", "acme-gold", "1")
    assert lines(report, "total")[0]["sealed"] == "true"


def test_the_table_has_what_the_page_says() -> None:
    """What was overdue the longest, what is owed and for what, rights, and the sentences."""
    right = {"breaches": 2, "in": "6 months", "right": "to end it", "clause": "§12"}
    gold = _with({**TERMS, "cap": "3%", "grace": 1, "termination": [right]})
    rows = [cycle(1, "breached", cause="staffing"), cycle(2, "breached", open=True), cycle(3, "waived")]
    report = report_of(rows, versions=(gold,))
    assert lines(report, "late")[0] == {
        "agreement": "acme-gold",
        "target": "first_response",
        "customer": "ACME",
        "team": "Service desk",
        "ticket_id": "2",
        "priority": "high",
        "clause": "§4.2",
        "cycle": "1",
        "due_at": "2026-10-05T10:00:00Z",
        "open": "true",
        "late_wall_seconds": "2404800",
    }
    assert (lines(report, "late")[1]["cause"], lines(report, "late")[1]["open"]) == ("staffing", "false")
    of = {"agreement": "acme-gold", "period": "2026-10", "zone": "Europe/Copenhagen"}
    counted = {"met": "0", "breached": "1", "attainment": "0.0000", "forgiven": "1", "excluded": "1"}
    owed = {"credit": "360.00", "currency": "DKK", "sealed": "true"}
    assert lines(report, "statement") == [{**of, **counted, **owed}]
    assert lines(report, "credit") == [
        {**of, "why": "band", "said": "10%", "text": "below 95%", "rows": "1", "credit": "1200.00",
         "currency": "DKK"},
        {**of, "why": "cap", "said": "3%", "text": "the whole", "rows": "0", "credit": "-840.00",
         "currency": "DKK"},
    ]  # fmt: skip
    assert lines(report, "right") == [
        {**of, "said": "2 in 6 months", "clause": "§12", "rows": "2", "text": "to end it"}
    ]
    assert [each["text"] for each in lines(report, "stands_out")] == report["stands_out"]


def test_no_cell_of_the_table_is_a_formula() -> None:
    """Whatever a customer is called."""
    rows = list(csv.DictReader(io.StringIO(table(report_of([cycle(1, customer="=1+1")])))))
    assert [row["customer"] for row in rows if row["of"] == "customer"] == ["'=1+1"]


def test_the_document_is_json() -> None:
    """As it was made."""
    report = report_of(*autumn())
    assert json.loads(written(report, "json")) == report
    assert FORMATS == ("html", "csv", "json")
