"""`slaclock agreement diff`: what changes for whom, in sentences, and nothing that changes left out."""

# ruff: noqa: E501  a sentence is one line

from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slaclock.agreements.differences import NEUTRAL, differences
from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.cli import main
from slaclock.domain.taxonomy import CAUSES
from slaclock.evidence.canonical import content_hash
from tests.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
agreement: gold
title: Gold support
parties: {provider: Example Support, customer: Acme}
applies_to: {customer: acme}
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}, holidays: [2026-12-24]}
  always: {timezone: UTC, hours: 24x7}
calendar: office
targets:
  resolution: {urgent: 4h, high: 8h, normal: 3d}
"""


def frozen(text: str, published: date = date(2026, 3, 1)) -> dict[str, Any]:
    return freeze(read_document(text, "sla.yaml"), published=published)


def changes(*edits: tuple[str, str], base: str = BASE) -> list[str]:
    """What is said of these edits of the base document: for whom, and what."""
    text = base
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return [f"{each.whom}: {each.sentence}" for each in differences(frozen(base), frozen(text))]


def with_target(*lines: str, base: str = BASE) -> str:
    """The base document with one target in long form."""
    budget = "  resolution: {urgent: 4h, high: 8h, normal: 3d}\n"
    return base.replace(
        budget,
        "  resolution:\n    budget: {urgent: 4h, high: 8h, normal: 3d}\n"
        + "".join(f"    {line}\n" for line in lines),
    )


# -- sentences -------------------------------------------------------------------------------------------


def test_a_budget_is_told_to_those_whose_it_is() -> None:
    """With its calendar, and whether it is tighter or looser where that can be said."""
    assert changes(("urgent: 4h", "urgent: 2h"), ("normal: 3d", "normal: 5d")) == [
        "urgent tickets: resolution 4h → 2h (office), tighter",
        "normal tickets: resolution 3d → 5d (office), looser",
    ]


def test_budgets_that_count_differently_are_not_compared() -> None:
    """A working day has as many hours as its calendar gives it."""
    assert changes(("high: 8h", "high: 1d"), ("urgent: 4h", "urgent: 4h wall")) == [
        "urgent tickets: resolution 4h → 4h wall (office)",
        "high tickets: resolution 8h → 1d (office)",
    ]


def test_a_calendar_that_changes_with_its_budget_is_told_beside_it() -> None:
    """Tighter or looser is for the reader to judge then."""
    long = with_target()
    edits = (
        ("urgent: 4h, high", "urgent: 2h, high"),
        ("normal: 3d}\n", "normal: 3d}\n    calendar: {urgent: always}\n"),
    )
    assert changes(*edits, base=long) == ["urgent tickets: resolution 4h → 2h (office → always)"]


def test_a_promise_that_comes_or_goes_is_told_row_by_row() -> None:
    """A row, or all of a target."""
    assert changes(("normal: 3d", "low: 3d")) == [
        "normal tickets: resolution no longer promised, was: 3d (office)",
        "low tickets: resolution promised now: 3d (office)",
    ]
    assert changes(("targets:\n", "targets:\n  first_response: 1h\n")) == [
        "all tickets: first_response is promised now, measured as first_response",
        "all tickets: first_response promised now: 1h (office)",
    ]
    assert changes(
        ("targets:\n", "targets:\n  resolution: 1h\n"),
        ("  resolution: {urgent: 4h, high: 8h, normal: 3d}\n", ""),
    ) == [
        "urgent tickets: resolution 4h → 1h (office), tighter",
        "high tickets: resolution 8h → 1h (office), tighter",
        "normal tickets: resolution 3d → 1h (office)",
        "low tickets and tickets without a priority: resolution promised now: 1h (office)",
    ]


def test_holidays_are_listed_by_date() -> None:
    """Those that come, and those that go; of hours each weekday that differs, whatever it was written as."""
    assert changes(
        ("[2026-12-24]", "[2026-12-31, 06-05]"),
        ('mon-fri: ["09:00-17:00"]', 'mon-thu: ["09:00-17:00"], fri: ["09:00-16:00"]'),
    ) == [
        "calendar office (it counts resolution): on fri 09:00-17:00 → 09:00-16:00",
        "calendar office (it counts resolution): no longer a holiday: 2026-12-24",
        "calendar office (it counts resolution): a holiday now: 06-05, 2026-12-31",
    ]


def test_dates_that_only_one_publication_reaches_to_are_counted_together() -> None:
    """A later publication reaches farther; that is no change of what was promised."""
    text = BASE.replace("[2026-12-24]", "[{country: DK}]")
    found = differences(frozen(text), frozen(text, date(2027, 3, 1)))
    assert [f"{each.whom}: {each.sentence}" for each in found] == [
        "everybody: holidays are written out before Sun 2031-03-02 00:00 Europe/Copenhagen (2031-03-01T23:00:00Z) → Tue 2032-03-02 00:00 Europe/Copenhagen (2032-03-01T23:00:00Z)",
        "calendar office (it counts resolution): no longer a holiday: 10 that the other one does not reach to, 2025-01-01 to 2025-12-26",
        "calendar office (it counts resolution): a holiday now: 10 that the other one does not reach to, 2032-01-01 to 2032-12-26",
    ]


def test_what_a_clock_does_is_told_in_words() -> None:
    """Pausing, reopening, reminders, the ladder, the goal, the clause."""
    base = with_target("reminders: [50%]", "escalation: [{after: 0m, notify: one}]")
    edits = (
        (
            "reminders: [50%]",
            'reminders: [75%]\n    goal: 2h\n    clause: "§4"\n    on_reopen: ignore\n    pause_on: [pending]',
        ),
        (
            "[{after: 0m, notify: one}]",
            "[{after: 0m, notify: one, until: acknowledged}, {after: 1h wall, notify: two}]",
        ),
    )
    assert changes(*edits, base=base) == [
        "all tickets: resolution: clause (nothing) → §4",
        "all tickets: resolution: on_reopen resume → ignore",
        "all tickets: resolution: pauses on on_hold, pending → pending, tighter",
        "all tickets: resolution: no longer reminds when 50% of the budget is worked",
        "all tickets: resolution: also reminds when 75% of the budget is worked",
        "all tickets: resolution: level 1 at the breach, to one, until the clock stops → at the breach, to one, until somebody takes it in hand",
        "all tickets: resolution: level 2 (nothing) → 1h of elapsed time after the breach, to two, until the clock stops",
        'all tickets: resolution: goal (nothing) → {"default": "2h"}',
    ]


def test_terms_parties_and_credits_are_told() -> None:
    """Whom it is for, when, and what is owed."""
    edits = (
        ("customer: Acme}", "customer: Acme A/S}"),
        (
            "{customer: acme}",
            "{customer: acme, plan: [gold, silver]}\norder: 5\neffective: {from: 2026-04-01}\nreview: 2027-01-01",
        ),
        (
            "targets:",
            "credits: {period: month, fee: {amount: 900, currency: DKK}, bands: [{below: 99%, credit: 5%}]}\nexclusions: [{from: 2026-06-01T00:00:00Z, to: 2026-06-02T00:00:00Z, reason: move}]\ntargets:",
        ),
    )
    assert changes(*edits) == [
        "which tickets it is for: it applies to customer is acme → customer is acme and plan is gold or silver",
        "which tickets it is for: order (nothing) → 5: it is asked earlier",
        "which tickets it is for: clocks start under it from (nothing) → Wed 2026-04-01 00:00 Europe/Copenhagen (2026-03-31T22:00:00Z)",
        "everybody: review (nothing) → 2027-01-01",
        "everybody: customer Acme → Acme A/S",
        "all tickets: excluded now: Mon 2026-06-01 02:00 Europe/Copenhagen (2026-06-01T00:00:00Z) to Tue 2026-06-02 02:00 Europe/Copenhagen (2026-06-02T00:00:00Z) (move)",
        "the customer: credits: period (nothing) → month",
        "the customer: credits: fee (nothing) → 900 DKK",
        "the customer: credits: below 99% (nothing) → 5% of the fee is credited",
    ]


def test_tables_by_another_member_are_told_whole() -> None:
    """Where rows cannot be set side by side."""
    assert changes(("{urgent: 4h, high: 8h, normal: 3d}", "{by: custom.severity, sev1: 4h}")) == [
        'all tickets: resolution budget by priority: {"high": "8h", "normal": "3d", "urgent": "4h"} → by custom.severity: {"sev1": "4h"}',
    ]


def test_of_a_default_it_is_told_whom_it_covers_on_both_sides() -> None:
    """A value that only one side names is told by itself; nobody is told of a change that is none for them."""
    base = BASE.replace("{urgent: 4h, high: 8h, normal: 3d}", "{urgent: 1h, default: 8h}")
    named = ("{urgent: 1h, default: 8h}", "{urgent: 1h, high: 8h, normal: 8h, low: 8h}")
    assert changes(named, base=base) == [
        "tickets without a priority: resolution no longer promised, was: 8h (office)"
    ]
    base = base.replace("{urgent: 1h, default: 8h}", "{by: plan, gold: 1h, silver: 2h, default: 8h}")
    assert changes(("default: 8h", "default: 9h"), base=base) == [
        "all tickets but those with plan gold or silver: resolution 8h → 9h (office), looser"
    ]


def test_an_order_that_is_removed_becomes_nothing() -> None:
    """An agreement without one is asked after all that have one."""
    assert changes(("calendar: office", "order: 5\ncalendar: office")) == [
        "which tickets it is for: order (nothing) → 5: it is asked earlier"
    ]
    base = BASE.replace("calendar: office", "order: 5\ncalendar: office")
    assert changes(("order: 5\n", ""), base=base) == [
        "which tickets it is for: order 5 → (nothing): it is asked later"
    ]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("resolution", "pauses on on_hold, pending → pending, tighter"),
        ("requester_wait", "runs on on_hold, pending → pending, looser"),
        ("own", "pause_on on_hold, pending → pending, of no effect: its clock does not read it"),
    ],
)
def test_the_statuses_of_pause_on_are_judged_by_what_the_metric_does_in_them(metric: str, said: str) -> None:
    """The one pauses in them, the other runs only in them, and one that never pauses does not read them."""
    base = with_target("pause_on: [pending, on_hold]", f"metric: {metric}")
    base += "metrics: {own: {start: created, stop: solved, pause: never}}\n"
    assert changes(("pause_on: [pending, on_hold]", "pause_on: [pending]"), base=base) == [
        f"all tickets: resolution: {said}"
    ]


def test_no_pause_moves_the_date_of_a_field() -> None:
    """So it is of no effect which statuses pause."""
    base = BASE.replace("{urgent: 4h, high: 8h, normal: 3d}", "{budget: custom.due, pause_on: [pending]}")
    assert changes(("[pending]", "[on_hold]"), base=base) == [
        "all tickets: resolution: pause_on pending → on_hold, of no effect: its clock does not read it"
    ]


def test_reminders_in_another_order_are_told_with_the_promise_s_name() -> None:
    """Of several promises one knows which it is."""
    assert changes(("[50%, 75%]", "[75%, 50%]"), base=with_target("reminders: [50%, 75%]")) == [
        "all tickets: resolution: reminders are written in another way, to the same effect"
    ]


@pytest.mark.parametrize("without", ["", "goal: none"])
def test_a_goal_that_is_gone_is_told(without: str) -> None:
    """Left out, or `none` for everybody."""
    assert changes(("goal: 2h", without), base=with_target("goal: 2h")) == [
        "all tickets: resolution: no longer has a goal"
    ]


def test_the_order_of_a_table_by_tags_is_told() -> None:
    """Of a ticket with both tags the first listed counts: a swap is another promise, and another hash."""
    tags = "{by: tags, vip: 1h, gold: 4h, default: 9h}"
    base = with_target("goal: {by: tags, vip: 30m, gold: 2h}").replace(
        "{urgent: 4h, high: 8h, normal: 3d}", tags
    )
    swapped = [("vip: 1h, gold: 4h", "gold: 4h, vip: 1h"), ("vip: 30m, gold: 2h", "gold: 2h, vip: 30m")]
    assert changes(*swapped, base=base) == [
        "all tickets: resolution: of several tags, the first listed counts for the budget: vip, gold → gold, vip",
        "all tickets: resolution: goal: of several tags, the first listed counts for the budget: vip, gold → gold, vip",
    ]
    other = base.replace(*swapped[0])
    assert content_hash(frozen(base)) != content_hash(frozen(other))


def test_the_order_of_a_table_by_priority_is_no_difference() -> None:
    """A ticket has one priority."""
    assert changes(("{urgent: 4h, high: 8h, normal: 3d}", "{normal: 3d, high: 8h, urgent: 4h}")) == []


def test_a_country_that_comes_or_goes_is_named_beside_its_days() -> None:
    """Also where its days were written out by hand before."""
    base = BASE.replace("holidays: [2026-12-24]", "holidays: [{country: DK}, {country: DE, subdivision: BY}]")
    told = changes(("{country: DK}, ", ""), base=base)
    assert told[0].startswith("calendar office (it counts resolution): no longer a holiday: 2025-04-17")
    assert told[1:] == [
        "calendar office (it counts resolution): the official days of DK are no longer among its holidays"
    ]


def test_a_condition_that_is_said_in_the_same_words_is_shown_as_it_is_written() -> None:
    """Never the same on both sides of an arrow."""
    base = BASE.replace("{customer: acme}", "{tags: [vip]}")
    assert changes(("{tags: [vip]}", "{tags: {all: [vip]}}"), base=base) == [
        'which tickets it is for: it applies to {"tags": {"any": ["vip"]}} → {"tags": {"all": ["vip"]}}'
    ]


def test_a_metric_of_its_own_is_told_in_words() -> None:
    """What starts it and what stops it."""
    base = (
        BASE
        + "  vendor: {metric: vendor-wait, budget: 3d}\nmetrics:\n  vendor-wait: {start: {tags: [vendor]}, stop: {tags: {not: [vendor]}}, repeat: true}\n"
    )
    assert changes(
        ("start: {tags: [vendor]}", "start: {tags: [vendor, partner]}"),
        ("repeat: true", "repeat: false"),
        base=base,
    ) == [
        "what is measured as vendor-wait: the clock starts when tags include vendor → when tags include vendor or partner",
        "what is measured as vendor-wait: the clock again whenever its start happens or holds again → never: once for a ticket",
    ]


def test_another_way_to_write_the_same_is_told_as_such() -> None:
    """It makes another document, and the reader is told that it changes nothing."""
    base = BASE.replace("normal: 3d}", "default: 4h}")
    assert changes(("urgent: 4h, high: 8h", "high: 8h"), base=base) == [
        "all tickets: resolution: its table is written in another way, to the same effect"
    ]
    assert changes(('mon-fri: ["09:00-17:00"]', 'mon: ["09:00-17:00"], tue-fri: ["09:00-17:00"]')) == [
        "calendar office (it counts resolution): hours are written in another way, to the same effect"
    ]


# -- the law ---------------------------------------------------------------------------------------------

BUDGETS = st.dictionaries(
    st.sampled_from(["urgent", "high", "default"]),
    st.sampled_from(["4h", "8h", "2d", "2d end of day", "4h wall"]),
    min_size=1,
)
CALENDAR_TABLES = st.fixed_dictionaries(
    {"default": st.sampled_from(["office", "always"])}, optional={"urgent": st.just("always")}
)
LEVELS = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.sampled_from(["0m", "1h"]),
            "notify": st.sampled_from("ab"),
            "until": st.sampled_from(["stopped", "acknowledged"]),
        },
        optional={"repeat": st.just({"times": 2, "every": "5m"}), "runbook": st.just("https://a.example")},
    ),
    max_size=2,
)
REMINDERS = st.lists(st.sampled_from(["50%", "75%", "15m before"]), max_size=3)
MEMBERS = st.sampled_from(["priority", "custom.severity"])
ORDERS = st.permutations(["urgent", "high"]).map(list)
GOALS = st.fixed_dictionaries(
    {"budgets": BUDGETS, "budgets_by": MEMBERS, "reminders": REMINDERS}, optional={"budgets_order": ORDERS}
)
COUNTRIES = st.lists(st.sampled_from([{"country": "DK"}, {"country": "DE", "subdivision": "BY"}]), max_size=2)


def targets(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "metric": st.sampled_from(["resolution", "first_response"]),
            "budgets": BUDGETS,
            "budgets_by": MEMBERS,
            "calendars": CALENDAR_TABLES,
            "calendars_by": MEMBERS,
            "pause_on": st.lists(st.sampled_from(["pending", "on_hold"]), unique=True),
            "on_reopen": st.sampled_from(["resume", "restart"]),
            "reminders": REMINDERS,
            "escalation": LEVELS,
        },
        optional={
            "clause": st.just("§1"),
            "team": st.just("t"),
            "remind": st.sampled_from([["team"], ["team", "assignee"]]),
            "remind_during": st.sampled_from(["office", "always"]),
            "runbook": st.just("https://a.example"),
            "goal": GOALS,
            "budgets_order": ORDERS,
            "calendars_order": ORDERS,
        },
    )


ROTAS = st.sampled_from(
    [[{"notify": "a"}], [{"during": "office", "notify": "a"}, {"notify": "b"}], [{"notify": "b"}]]
)
SPECS = st.fixed_dictionaries(
    {
        "name": st.just("office"),
        "timezone": st.sampled_from(["UTC", "Europe/Copenhagen"]),
        "hours": st.sampled_from(
            ["24x7", {"mon-fri": ["09:00-17:00"]}, {"mon": ["09:00-17:00"], "tue-fri": ["09:00-17:00"]}]
        ),
    },
    optional={
        "holidays": st.lists(st.sampled_from(["06-05", "2026-12-24", "2032-01-01"]), unique=True),
        "exceptions": st.just({"2026-12-23": []}),
    },
)
CREDITS = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["month", "year"]),
        "bands": st.lists(
            st.sampled_from([{"below": "99%", "credit": "5%"}, {"below": "95%", "credit": "5%"}]), max_size=2
        ),
    },
    optional={
        "fee": st.just({"amount": "1", "currency": "DKK"}),
        "cap": st.sampled_from(["15%", "15.0%"]),
        "each": st.sampled_from([{"credit": "1%"}, {"credit": "1%", "targets": ["one"]}]),
        "grace": st.integers(1, 2),
        "targets": st.just(["one"]),
        "excluding": st.sampled_from([["staffing"], ["third-party"]]),
        "termination": st.lists(
            st.sampled_from(
                [
                    {"breaches": 3, "in": "6 months", "right": "to end it"},
                    {"breaches": 3, "in": "6 months", "right": "to end it", "clause": "§9"},
                ]
            )
        ),
        "warn": st.lists(
            st.sampled_from([{"breaches_left": 1, "notify": "legal"}, {"below": "99%", "notify": "legal"}])
        ),
    },
)
AWAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
DOCUMENTS = st.fixed_dictionaries(
    {
        "agreement": st.sampled_from("ab"),
        "title": st.sampled_from("ab"),
        "kind": st.sampled_from(["customer", "internal"]),
        "level": st.sampled_from(["customer", "service"]),
        "parties": st.dictionaries(st.sampled_from(["customer", "provider"]), st.sampled_from("ab")),
        "order": st.integers(1, 2),
        "effective": st.dictionaries(
            st.sampled_from(["from", "until"]),
            st.sampled_from(["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
        ),
        "applies_to": st.sampled_from([{}, {"plan": {"any": ["a", "b"]}}, {"plan": {"any": ["b", "a"]}}]),
        "applies_to_open": st.booleans(),
        "calendars": st.fixed_dictionaries({"office": SPECS}, optional={"always": SPECS}),
        "calendar": st.sampled_from(["office", "always"]),
        "metrics": st.dictionaries(
            st.just("own"),
            st.sampled_from(
                [
                    {"start": "created", "stop": "solved", "pause": "pausing", "repeat": False},
                    {"start": "created", "stop": "solved", "pause": "never", "repeat": False},
                    {
                        "start": "created",
                        "stop": "solved",
                        "pause": "never",
                        "repeat": False,
                        "kind": "quality",
                    },
                ]
            ),
        ),
        "targets": st.permutations(["one", "two"]).flatmap(
            lambda names: st.tuples(*map(targets, names)).map(list)
        ),
        "exclusions": st.lists(
            st.sampled_from([{**AWAY, "reason": "a"}, {**AWAY, "reason": "b"}]), max_size=2
        ),
        "horizon": st.sampled_from(["2031-03-02T00:00:00Z", "2032-03-02T00:00:00Z"]),
        "tzdata": st.sampled_from(["2026a", "2026b"]),
        "timezone": st.sampled_from(["UTC", "Europe/Copenhagen"]),
    },
    optional={
        "extends": st.just("base"),
        "review": st.just("2027-01-01"),
        "credits": CREDITS,
        "causes": st.sampled_from([list(CAUSES), ["staffing"], ["staffing", "third-party"]]),
        "countries": st.fixed_dictionaries({"office": COUNTRIES}),
        "audiences": st.dictionaries(st.sampled_from(["day", "night"]), ROTAS),
    },
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two documents that differ in a few members, or in none."""
    old: dict[str, Any] = draw(DOCUMENTS)
    other: dict[str, Any] = draw(DOCUMENTS)
    new = copy.deepcopy(old)
    for name in draw(st.lists(st.sampled_from(sorted(old.keys() | other.keys())), max_size=2)):
        if name == "targets" and draw(st.booleans()):
            member = draw(st.sampled_from(sorted(other["targets"][0].keys() - {"name"})))
            new["targets"][0][member] = other["targets"][0][member]
        elif name in other:
            new[name] = other[name]
        else:
            new.pop(name, None)
    return old, new


@settings(max_examples=examples(400), deadline=None)
@given(pairs())
def test_there_is_no_difference_only_between_equal_documents(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """But for the edition of the time zone rules, which whoever freezes a document writes."""
    old, new = ({name: value for name, value in each.items() if name not in NEUTRAL} for each in pair)
    assert (differences(*pair) == []) == (old == new)


def test_the_edition_of_the_time_zone_rules_alone_is_no_difference() -> None:
    """It is no part of what a document says."""
    assert set(NEUTRAL) == {"tzdata"}
    assert differences(frozen(BASE), {**frozen(BASE), "tzdata": "1999a"}) == []


# -- the command -----------------------------------------------------------------------------------------


def written(folder: Path, *edits: tuple[str, str]) -> str:
    text = BASE
    for old, new in edits:
        text = text.replace(old, new)
    path = folder / f"{len(list(folder.iterdir()))}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_no_difference_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is exit 0, with --exit-code, too."""
    old, new = written(tmp_path), written(tmp_path)
    assert main(["agreement", "diff", old, new, "--exit-code"]) == 0
    assert capsys.readouterr().out == "no difference\n"


def test_differences_are_exit_0_unless_the_exit_code_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference is nothing wrong."""
    old, new = written(tmp_path), written(tmp_path, ("urgent: 4h", "urgent: 2h"))
    assert main(["agreement", "diff", old, new]) == 0
    assert capsys.readouterr().out == "urgent tickets: resolution 4h → 2h (office), tighter\n"
    assert main(["agreement", "diff", old, new, "--exit-code"]) == 1


def test_one_file_is_nothing_to_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One clear line says what is missing."""
    assert main(["agreement", "diff", written(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "slaclock: say what to compare: OLD and NEW files, or --account ID and an agreement\n"
    )
