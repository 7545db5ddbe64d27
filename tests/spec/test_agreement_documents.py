"""Agreement documents: what may be written, what is said of mistakes, what a published version holds."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from slaclock.agreements import explicit
from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import freeze, load_together
from slaclock.cli import agreement as command
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.frozen import agreement_from
from slaclock.evidence.canonical import canonical, content_hash
from tests.examples import examples

SAMPLE = Path(__file__).parents[2] / "agreements" / "acme-gold.yaml"
PUBLISHED = date(2026, 3, 1)

# Seven lines; a test appends from line 8 on, or puts another line in the place of one of these.
BASE = """\
agreement: acme-gold
applies_to: {customer: acme}
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
calendar: office
targets:
  resolution: 8h
"""


def with_line(number: int, *lines: str) -> str:
    """The base document with these lines in the place of one, or at its end."""
    written = BASE.splitlines()
    return "\n".join([*written[: number - 1], *lines, *written[number:]]) + "\n"


def mistakes(text: str) -> list[str]:
    """What is said of a document's mistakes, without the file."""
    with pytest.raises(InvalidDocument) as raised:
        read_document(text, "sla.yaml")
    return [str(problem).removeprefix("sla.yaml:") for problem in raised.value.problems]


def frozen(text: str, published: date = PUBLISHED) -> dict[str, Any]:
    return freeze(read_document(text, "sla.yaml"), published=published)


# -- what may be written ---------------------------------------------------------------------------------


def test_the_shortest_document_has_an_id_a_calendar_and_a_budget() -> None:
    """What is left out has a default, and the frozen form writes every default out."""
    text = "agreement: a\ncalendars: {always: {timezone: UTC, hours: 24x7}}\ntargets: {resolution: 8h}\n"
    document = frozen(text)
    assert document.pop("tzdata")
    assert document.pop("timezone") == "UTC"
    assert document == {
        "agreement": "a",
        "title": "a",
        "kind": "customer",
        "level": "customer",
        "parties": {},
        "order": 1_000_000,
        "effective": {},
        "applies_to": {},
        "applies_to_open": False,
        "calendars": {"always": {"name": "always", "timezone": "UTC", "hours": "24x7"}},
        "calendar": "always",
        "metrics": {},
        "targets": [
            {
                "name": "resolution",
                "metric": "resolution",
                "budgets": {"default": "8h"},
                "budgets_by": "priority",
                "calendars": {"default": "always"},
                "calendars_by": "priority",
                "pause_on": ["on_hold", "pending"],
                "on_reopen": "resume",
                "reminders": [],
                "escalation": [],
            }
        ],
        "exclusions": [],
        "horizon": "2031-03-02T00:00:00Z",
    }


def test_a_short_target_and_a_long_one_freeze_into_the_same_form() -> None:
    """A target in long form may override every default of the document."""
    lines = (
        "  first_response: {urgent: 30m, low: 2d end of day}",
        "  solving:",
        "    metric: time_in_team",
        "    budget: {urgent: 4h, default: 3d}",
        "    calendar: {urgent: office}",
        "    pause_on: [pending, new]",
        "    on_reopen: restart",
        "    clause: §4.2",
        "    team: tier2",
        "    reminders: [15m before]",
        "    escalation: [{after: 0m, notify: oncall-1}]",
        "pause_on: [on_hold]",
        "reminders: [50%]",
    )
    short, long = frozen(with_line(7, *lines))["targets"]
    assert short["budgets"] == {"urgent": "30m", "low": "2d end of day"}
    assert (short["pause_on"], short["reminders"], short["escalation"]) == (["on_hold"], ["50%"], [])
    assert long == {
        "name": "solving",
        "metric": "time_in_team",
        "budgets": {"urgent": "4h", "default": "3d"},
        "budgets_by": "priority",
        "calendars": {"default": "office", "urgent": "office"},
        "calendars_by": "priority",
        "pause_on": ["new", "pending"],
        "on_reopen": "restart",
        "clause": "§4.2",
        "team": "tier2",
        "reminders": ["15m before"],
        "escalation": [{"until": "stopped", "after": "0m", "notify": "oncall-1"}],
    }


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("{plan: gold}", {"plan": {"any": ["gold"]}}),
        ("{customer: [acme, 123]}", {"customer": {"any": ["acme", "123"]}}),
        ("{tags: {all: [vip], not: [test]}}", {"tags": {"all": ["vip"], "not": ["test"]}}),
        (
            "{priority: urgent, custom.floor: 007}",
            {"priority": {"any": ["urgent"]}, "custom.floor": {"any": ["007"]}},
        ),
        ("{}", {}),
    ],
)
def test_a_value_or_a_list_in_applies_to_means_one_of_them(written: str, condition: dict[str, Any]) -> None:
    """Conditions hold text only: an id written as a number stays as it was written."""
    assert frozen(with_line(2, f"applies_to: {written}"))["applies_to"] == condition


def test_yaml_does_not_turn_text_into_something_else() -> None:
    """`NO` is Norway, `10:00` no number of minutes, and a date needs no quotes."""
    document = with_line(
        4,
        "  office:",
        "    timezone: Europe/Oslo",
        "    hours: {mon-fri: [10:00-12:00, 12:30-17:00]}",
        "    holidays: [{country: NO}, 12-24, 2026-05-18]",
        "    exceptions: {2026-12-23: [], 2026-11-07: ['10:00-14:00']}",
    )
    office = frozen(document)["calendars"]["office"]
    assert office["hours"] == {"mon-fri": ["10:00-12:00", "12:30-17:00"]}
    assert office["exceptions"] == {"2026-12-23": [], "2026-11-07": ["10:00-14:00"]}
    assert {"2026-05-17", "2026-05-18", "12-24"} <= set(office["holidays"])


def test_members_that_no_rule_reads_yet_are_carried() -> None:
    """Credits and parties are part of what was published, and of its hash."""
    lines = (
        "credits: {period: month, fee: {amount: '12000.00', currency: DKK}, bands: [{below: 99%, credit: 5%}], cap: 15%}",
        "parties: {provider: Example Support, customer: acme}",
        "level: service",
        "kind: supplier",
        "applies_to_open: true",
    )
    document = frozen(with_line(8, *lines))
    assert document["credits"]["bands"] == [{"below": "99%", "credit": "5%"}]
    assert document["parties"] == {"provider": "Example Support", "customer": "acme"}
    assert (document["level"], document["kind"], document["applies_to_open"]) == ("service", "supplier", True)


# -- what is said of mistakes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "line", "said"),
    [
        (1, "agreement: acme gold", "1:12: agreement: 'acme gold' is not an id: letters, digits and . _ - (not first), at most 64 characters"),
        (1, "# no id", "2:1: agreement: missing: write an id such as acme-gold"),
        (2, "applies_to: {custmer: acme}", "2:14: applies_to.custmer: unknown condition 'custmer': did you mean 'customer'?"),
        (2, "applies_to: {custom.: a}", "2:14: applies_to.custom.: unknown condition 'custom.': did you mean 'custom.<name>'?"),
        (2, "applies_to: {priority: [urgnt]}", "2:25: applies_to.priority[0]: unknown priority 'urgnt': did you mean 'urgent'?"),
        (2, "applies_to: {tags: {any: []}}", "2:26: applies_to.tags.any: 0 entries: from 1 to 500 may be given"),
        (2, "applies_to: {tags: {some: [a]}}", "2:21: applies_to.tags.some: unknown member 'some': one of any, all, not, known"),
        (2, "applies_to: {tags: {}}", "2:20: applies_to.tags: no condition is given: write any, all, not or known"),
        (2, "applies_to: acme", "2:13: applies_to: 'acme' is not a mapping"),
        (5, "calendar: offce", "5:11: calendar: unknown calendar 'offce': did you mean 'office'?"),
        (7, "  resolution: 8 hours", "7:15: targets.resolution: '8 hours' is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall"),
        (7, "  resolution: {urgent: 4h, low: soon}", "7:33: targets.resolution.low: 'soon' is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall"),
        (7, "  resolution: {urgnt: 4h}", "7:16: targets.resolution.urgnt: unknown priority 'urgnt': did you mean 'urgent'?"),
        (7, "  resolution: {bugdet: 4h}", "7:16: targets.resolution.bugdet: unknown priority 'bugdet': did you mean 'budget'?"),
        (7, "  resolution: {}", "7:15: targets.resolution: 0 entries: from 1 to 50 may be given"),
        (7, "  resolution: [4h]", "7:15: targets.resolution: a list is not a duration such as 8h, or one by priority"),
        (7, "  resolution:", "7:3: targets.resolution: nothing is given: write a duration such as 8h"),
        (7, "  resolution: {clause: §1}", "7:15: targets.resolution.budget: missing: write a duration such as 8h, or one by priority"),
        (7, "  resolution: {budget: 4h, calendar: {urgent: nights}}", "7:47: targets.resolution.calendar.urgent: unknown calendar 'nights': one of office"),
        (7, "  resolution: {budget: 4h, on_reopen: later}", "7:39: targets.resolution.on_reopen: unknown way to reopen 'later': one of resume, restart, ignore"),
        (7, "  resolution: {budget: 4h, bonus: 1}", "7:28: targets.resolution.bonus: unknown member 'bonus': one of budget, calendar, goal, metric, team, pause_on, on_reopen, clause, reminders, remind, remind_during, escalation, runbook"),
        (7, "  resolutoin: 4h", "7:3: targets.resolutoin: unknown metric 'resolutoin': did you mean 'resolution'?"),
        (7, "  second line: {metric: resolution, budget: 4h}", "7:3: targets.second line: 'second line' is not an id: letters, digits and . _ - (not first), at most 64 characters"),
        (8, "tittle: Gold", "8:1: tittle: unknown member 'tittle': did you mean 'title'?"),
        (8, "title: [Gold]", "8:8: title: a list is not one line of at most 200 characters"),
        (8, "title:", "8:1: title: nothing is given: write one line of at most 200 characters"),
        (8, "kind: custmer", "8:7: kind: unknown kind 'custmer': did you mean 'customer'?"),
        (8, "order: first", "8:8: order: 'first' is not a whole number from 0 to 999999"),
        (8, "order: -1", "8:8: order: '-1' is not a whole number from 0 to 999999"),
        (8, "applies_to_open: yes", "8:18: applies_to_open: 'yes' is not true or false"),
        (8, "horizon: 2026-02-29", "8:10: horizon: '2026-02-29' is not a date such as 2026-12-31"),
        (8, "effective: {from: 1 May}", "8:19: effective.from: '1 May' is not a date such as 2026-12-31"),
        (8, "effective: {from: 2026-05-02, until: 2026-05-01}", "8:12: effective: until 2026-05-01 comes before from 2026-05-02"),
        (8, "pause_on: pending", "8:11: pause_on: 'pending' is not a list: write [pending]"),
        (8, "pause_on: [pendin]", "8:12: pause_on[0]: unknown status 'pendin': did you mean 'pending'?"),
        (8, "reminders: [50%, 15m after]", "8:18: reminders[1]: '15m after' is no reminder: write 75% or 15m before"),
        (8, "reminders: [100%]", "8:13: reminders[0]: '100%': a reminder comes after 0% and before 100% of the budget"),
        (8, f"reminders: [{', '.join(['50%'] * 11)}]", "8:12: reminders: 11 entries: from 0 to 10 may be given"),
        (8, "escalation: [{after: 30m}]", "8:14: escalation[0].notify: missing: write an audience such as oncall-1"),
        (8, "escalation: [{after: 1d, notify: a}]", "8:22: escalation[0].after: '1d': a delay is written in hours and minutes, 30m or 1h wall"),
        (8, "escalation: [{after: 1h, notify: a, until: acked}]", "8:44: escalation[0].until: unknown ending 'acked': one of stopped, acknowledged"),
        (8, "escalation: [{after: 1h, notify: a, repeat: {times: 10, every: 5m}}]", "8:53: escalation[0].repeat.times: '10' is not a whole number from 1 to 9"),
        (8, "escalation: [{after: 1h, notify: a, repeat: {times: 1, every: 0m}}]", "8:63: escalation[0].repeat.every: '0m': a message is repeated after some time, such as 15m wall"),
        (8, "exclusions: [{from: 2026-06-01T00:00:00, to: 2026-06-02T00:00:00Z, reason: a}]", "8:21: exclusions[0].from: '2026-06-01T00:00:00' is not an instant with its offset, such as 2026-06-01T00:00:00+02:00"),
        (8, "exclusions: [{from: 1969-12-31T23:59:59Z, to: 2026-06-02T00:00:00Z, reason: a}]", "8:21: exclusions[0].from: '1969-12-31T23:59:59Z' is not an instant with its offset, such as 2026-06-01T00:00:00+02:00"),
        (8, "exclusions: [{from: 2026-06-01T00:00:00Z, to: 2201-01-01T00:00:00Z, reason: a}]", "8:47: exclusions[0].to: '2201-01-01T00:00:00Z' is not an instant with its offset, such as 2026-06-01T00:00:00+02:00"),
        (8, "exclusions: [{from: 2026-06-02T00:00:00+02:00, to: 2026-06-01T22:00:00Z, reason: a}]", "8:14: exclusions[0]: to 2026-06-01T22:00:00Z does not come after from 2026-06-01T22:00:00Z"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_its_member_and_what_would_be_right(
    number: int, line: str, said: str
) -> None:
    """A problem names line, column, path and the value; a close match is suggested for a mistyped name."""
    assert mistakes(with_line(number, line)) == [said]


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ("{timezone: Europe/Copenhagn, hours: 24x7}", "4:22: calendars.office.timezone: unknown time zone 'Europe/Copenhagn'"),
        ("{timezone: UTC}", "4:11: calendars.office.hours: missing: write 24x7, or windows by weekday"),
        ("{timezone: UTC, hours: {mon: [], sun: []}}", "4:11: calendars.office: no working time at all: neither hours nor exceptions open a window"),
        ("{timezone: UTC, hours: {fri: [08:00-12:00, 11:00-13:00]}}", "4:40: calendars.office.hours.fri: fri: window 11:00-13:00 overlaps 08:00-12:00"),
        ("{timezone: UTC, hours: {fryday: [08:00-12:00]}}", "4:43: calendars.office.hours.fryday: hours: 'fryday' is no weekday: write mon, or mon-fri"),
        ("{timezone: UTC, hours: {mon-fri: [08:00-12:00], fri: []}}", "4:11: calendars.office: hours give fri twice, the second time as 'fri'"),
        ("{timezone: UTC, hours: 24x7, holidays: [12-25, 2026-02-30]}", "4:58: calendars.office.holidays[1]: holidays: '2026-02-30' is no date"),
        ("{timezone: UTC, hours: 24x7, holidays: [{country: no}]}", "4:61: calendars.office.holidays[0].country: 'no' is not a country's two capital letters, such as DK"),
        ("{timezone: UTC, hours: 24x7, exceptions: {tomorrow: []}}", "4:63: calendars.office.exceptions.tomorrow: exceptions: 'tomorrow' is no date"),
        ("{timezone: UTC, hours: 24x7, hollidays: []}", "4:40: calendars.office.hollidays: unknown member 'hollidays': did you mean 'holidays'?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_calendar_is_told_where_it_stands(calendar: str, said: str) -> None:
    """What the calendar's own rules say of a value is told at that value's line."""
    assert mistakes(with_line(4, f"  office: {calendar}")) == [said]


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    """One run shows all there is to correct."""
    assert mistakes(with_line(7, "  resolution: never", "  first_response: 1d soon", "ordr: 1")) == [
        "7:15: targets.resolution: 'never' is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall",
        "8:19: targets.first_response: '1d soon': after working days only 'end of day' or 'wall' may follow",
        "9:1: ordr: unknown member 'ordr': did you mean 'order'?",
    ]


def test_a_mistake_is_told_on_one_line_whatever_the_member_is_called() -> None:
    """A name can neither break the line nor paint the terminal."""
    (problem,) = mistakes(with_line(8, '"a\\n\\e[31m": 1'))
    assert problem.startswith(r"8:1: 'a\n\x1b[31m': unknown member 'a\n\x1b[31m': one of agreement, title")


def test_of_several_calendars_the_default_must_be_named() -> None:
    """The dates of `effective` are in the zone of `calendar`: with several it cannot be guessed."""
    text = with_line(5, "  always: {timezone: UTC, hours: 24x7}")
    assert mistakes(text) == [
        "1:1: calendar: missing: write which calendar is the default, one of office, always"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: the document is empty"),
        (
            "- a\n",
            "1:1: a list is not a mapping of agreement, title, kind, level, extends, parties, effective, review,",
        ),
        ("a: [1\n", "2:1: not readable as YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: \0\n", "1:4: the character 0x0000 cannot stand in text: take it out"),
        ("a: 1\nb: Kø\x07b\n", "2:6: the character 0x0007 cannot stand in text: take it out"),
        (
            "a: 1\ntitle: Gold: support\n",
            '2:12: not readable as YAML: mapping values are not allowed here: put the text in quotes: "…", or give it the indent of its neighbours',
        ),
        (
            "a: @b\n",
            "1:4: not readable as YAML: found character '@' that cannot start any token: put the text in quotes: \"…\"",
        ),
        (
            "a:\n\tb: 1\n",
            "2:1: not readable as YAML: found character '\\t' that cannot start any token: indent by spaces, not by tabs",
        ),
        ("a: 1\nb: &x 2\n", "2:4: b: anchors and aliases are not read here ('x'): write it out"),
        ("a: *x\n", "1:4: a: anchors and aliases are not read here ('x'): write it out"),
        ("a: !!python/object:os.system x\n", "1:4: a: tags are not read here ('tag:yaml.org,2002:python/"),
        ("a: 1\n---\nb: 2\n", "3:1: a file holds one document, and here a second one begins"),
        ("[a]: 1\n", "1:1: a member's name is text, not a list or a mapping"),
        (
            "[" * 100_000,
            "1:17: [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: nested deeper than 16 lists and mappings",
        ),
        ("a: [" + "1," * 100_000, "1:9999: a[4997]: a document has at most 5000 values"),
        ("a: " + "x" * 1001, "1:4: a: a value has at most 1000 characters, not 1001"),
        ("#" * (256 * 1024 + 1), "1:1: an agreement document is at most 256 KiB"),
    ],
    ids=range(17),
)
def test_what_is_no_document_is_refused_before_it_can_do_harm(text: str, said: str) -> None:
    """Size, depth and number of values are bounded; anchors, tags and second documents are not read."""
    (problem,) = mistakes(text)
    assert problem.startswith(said)


def test_countries_and_horizons_are_told_with_all_other_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody lists, and a horizon that cannot be: nobody has to mend one to see the next."""
    path = tmp_path / "sla.yaml"
    holidays = "holidays: [{country: XX}, {country: DE, subdivision: ZZ}]"
    lines = ("horizon: 2099-01-01", "ordr: 1")
    path.write_text(with_line(4, f"  office: {{timezone: UTC, hours: 24x7, {holidays}}}") + "\n".join(lines))
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        assert check(path) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{path}:4:51: calendars.office.holidays[0]: holidays: no official days are known for 'XX'",
        f"{path}:4:66: calendars.office.holidays[1]: holidays: no official days are known for 'DE-ZZ'",
        f"{path}:8:10: horizon: 2099-01-01 is more than 20 years ahead: 2046-03-01 at most",
        f"{path}:9:1: ordr: unknown member 'ordr': did you mean 'order'?",
    ]


def test_every_country_that_does_not_reach_the_horizon_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the first one only."""

    def unknown(country: str, _subdivision: str | None, _years: range) -> list[date]:
        raise InvalidCalendar(f"holidays: {country} has no official days for 2031")

    monkeypatch.setattr(explicit, "official_days", unknown)
    text = with_line(4, "  office: {timezone: UTC, hours: 24x7, holidays: [{country: SE}, {country: DK}]}")
    with pytest.raises(InvalidDocument) as raised:
        frozen(text)
    assert [str(each).split(" (")[0] for each in raised.value.problems] == [
        "sla.yaml:4:51: calendars.office.holidays[0]: holidays: SE has no official days for 2031",
        "sla.yaml:4:66: calendars.office.holidays[1]: holidays: DK has no official days for 2031",
    ]


def test_the_countries_of_a_calendar_are_named_beside_their_days() -> None:
    """For people to read: the calendar itself has dates only."""
    assert "countries" not in frozen(BASE)
    holidays = "holidays: [{country: DK}, 12-24, {country: DE, subdivision: BY}]"
    document = frozen(with_line(4, f"  office: {{timezone: UTC, hours: 24x7, {holidays}}}"))
    assert document["countries"] == {"office": [{"country": "DK"}, {"country": "DE", "subdivision": "BY"}]}


def test_a_member_given_twice_is_a_mistake() -> None:
    """YAML would keep one of the two, and nobody could tell which."""
    assert mistakes(with_line(8, "calendar: office")) == ["8:1: calendar: given twice, first in line 5"]


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_whatever_is_written_is_read_or_refused_with_a_line(data: st.DataObject) -> None:
    """No text makes the reader fail in any other way, and what it reads can be frozen and hashed."""
    lines = BASE.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(0, len(lines[number])))
    inserted = data.draw(st.text(alphabet="ab:{}[],&*!|>'\"%#?- \n\t0\\\x00é", max_size=6))
    lines[number] = lines[number][:cut] + inserted + lines[number][cut:]
    with suppress(InvalidDocument):
        document = freeze(read_document("\n".join(lines), "sla.yaml"), published=PUBLISHED)
        assert agreement_from(document, version=1, content_hash=content_hash(document)).calendars


# -- what a published version holds ----------------------------------------------------------------------


def test_effective_covers_its_first_and_its_last_day_whole_in_the_zone_of_the_default_calendar() -> None:
    """`until` is the last day: the first instant not covered is the midnight after it."""
    text = with_line(8, "effective: {from: 2026-01-01, until: 2026-06-30}")
    assert frozen(text)["effective"] == {"from": "2025-12-31T23:00:00Z", "until": "2026-06-30T22:00:00Z"}


def test_the_horizon_is_five_years_after_publication_or_what_the_document_says() -> None:
    """Rule 25: frozen to explicit dates up to `horizon`; 29 February has its fifth year on the 28th."""
    assert frozen(BASE, date(2028, 2, 29))["horizon"] == "2033-02-28T23:00:00Z"
    assert frozen(with_line(8, "horizon: 2027-12-31"))["horizon"] == "2027-12-31T23:00:00Z"


def test_a_horizon_too_far_ahead_is_refused() -> None:
    """A frozen document is one stored item: twenty years of dates are the most."""
    with pytest.raises(InvalidDocument) as raised:
        frozen(with_line(8, "horizon: 2099-12-31"))
    assert str(raised.value) == (
        "sla.yaml:8:10: horizon: 2099-12-31 is more than 20 years ahead: 2046-03-01 at most"
    )


def test_a_country_is_frozen_to_explicit_dates() -> None:
    """From the year before the first clock can start, to the year of the horizon (rule 25)."""
    holidays = "[{country: DK}, 12-24, 2026-06-05]"
    office = f"  office: {{timezone: Europe/Copenhagen, hours: 24x7, holidays: {holidays}}}"
    days = frozen(with_line(4, office, "effective: {from: 2025-07-01}"))["calendars"]["office"]["holidays"]
    assert {"2024-12-25", "2026-04-03", "2026-06-05", "2031-12-25", "12-24"} <= set(days)
    assert {day[:4] for day in days if len(day) == 10} == {str(year) for year in range(2024, 2032)}
    assert days == sorted(days)


def test_a_country_list_that_does_not_reach_the_horizon_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 25: a list that ends early would make every later day a working day, silently."""

    def known_until_2030(_country: str, _subdivision: str | None, years: range) -> list[date]:
        if years[-1] > 2030:
            raise InvalidCalendar("holidays: DK has no official days for 2031")
        return [date(year, 1, 1) for year in years]

    monkeypatch.setattr(explicit, "official_days", known_until_2030)
    text = with_line(4, "  office: {timezone: UTC, hours: 24x7, holidays: [12-24, {country: DK}]}")
    with pytest.raises(InvalidDocument) as raised:
        frozen(text)
    assert str(raised.value) == (
        "sla.yaml:4:58: calendars.office.holidays[1]: holidays: DK has no official days for 2031 "
        "(written out from 2025 to the horizon in 2031)"
    )
    assert frozen(f"{text}horizon: 2030-12-31\n")["calendars"]["office"]["holidays"][-1] == "2030-01-01"


def test_a_country_that_nobody_lists_is_refused_where_it_is_written() -> None:
    """A country or a subdivision without a list of official days is no holiday at all."""
    text = with_line(4, "  office: {timezone: UTC, hours: 24x7, holidays: [{country: DE, subdivision: XX}]}")
    with pytest.raises(InvalidDocument, match=r"4:51: .* no official days are known for 'DE-XX'"):
        frozen(text)


def test_exclusions_are_frozen_as_instants_in_utc() -> None:
    """Rule 30: every stored instant is UTC with `Z`."""
    line = "exclusions: [{from: 2026-06-01T00:00:00+02:00, to: 2026-06-01T06:00:00+02:00, reason: upgrade}]"
    assert frozen(with_line(8, line))["exclusions"] == [
        {"from": "2026-05-31T22:00:00Z", "to": "2026-06-01T04:00:00Z", "reason": "upgrade"}
    ]


def test_the_content_hash_is_of_what_is_said_not_of_how_it_is_written() -> None:
    """Layout, comments and the order of members change nothing; a budget does."""
    lines = BASE.splitlines()
    other = "\n".join(["# Gold", *lines[2:], "", *lines[:2]])
    assert content_hash(frozen(other)) == content_hash(frozen(BASE))
    assert content_hash(frozen(with_line(7, "  resolution: 9h"))) != content_hash(frozen(BASE))


def test_canonical_json_sorts_members_and_writes_utf_8() -> None:
    """RFC 8785, and SHA-256 over it."""
    assert canonical({"b": 1.0, "a": "é"}) == b'{"a":"\xc3\xa9","b":1}'
    assert content_hash({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


# -- the sample ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("published", [date(2026, 1, 1), date(2027, 12, 31)])
def test_the_sample_holds_in_2026_and_2027(published: date) -> None:
    """The sample document is what the demo plays: an office with a lunch break, and urgent work at any hour."""
    gold = load_together([SAMPLE], published=published).versions[0]
    resolution = gold.targets["resolution"]
    assert gold.covers(datetime(2026, 1, 1, tzinfo=UTC))
    assert gold.covers(datetime(2027, 12, 31, 23, tzinfo=UTC))
    assert not gold.covers(datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    assert gold.judge({"customer": {"id": "acme", "name": "Acme A/S"}})
    assert not gold.judge({"customer": {"id": "other", "name": None}})
    assert [resolution.calendar_for({"priority": each}) for each in ("urgent", "high", None)] == [
        "always",
        "office",
        "office",
    ]
    assert [reminder.text for reminder in resolution.reminders] == ["50%", "75%"]
    assert [(level.notify, level.after.text, level.times) for level in resolution.escalation] == [
        ("oncall-1", "0m", 2),
        ("oncall-2", "30m wall", 0),
        ("in-charge", "2h wall", 0),
    ]
    saturday, monday = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (28, 30))
    assert [gold.audience_at("in-charge", at) for at in (saturday, monday)] == ["duty-manager", "management"]


def test_the_sample_s_office_keeps_its_lunch_and_its_country_s_days() -> None:
    """From 11:30 on Maundy Thursday eve an hour lasts over lunch, and the next day over Easter."""
    office = load_together([SAMPLE], published=PUBLISHED).versions[0].calendars["office"]
    wednesday = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)  # 11:30 in Copenhagen
    assert office.due_at(wednesday, timedelta(hours=1)) == datetime(2026, 4, 1, 11, 0, tzinfo=UTC)
    assert office.due_at(wednesday, timedelta(hours=6)) == datetime(2026, 4, 7, 7, 0, tzinfo=UTC)


# -- slaclock agreement check ----------------------------------------------------------------------------


def check(*files: Path) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(["agreement", "check", *map(str, files)])
    code: int = args.run(args)
    return code


def test_agreement_check_says_ok_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A right document gives exit status 0 and what it promises."""
    assert check(SAMPLE) == 0
    said = "ok acme-gold (customer): first_response, next_response, resolution on office, always"
    assert capsys.readouterr().out == f"{SAMPLE}: {said}\n"


def test_agreement_check_tells_mistakes_on_stderr_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mistakes go to stderr, one a line, and a right document among them is still said to be right."""
    wrong, missing, latin = tmp_path / "wrong.yaml", tmp_path / "missing.yaml", tmp_path / "latin.yaml"
    wrong.write_text(with_line(5, "calendar: offce"))
    latin.write_bytes("title: Køb".encode("latin-1"))
    assert check(wrong, missing, latin, SAMPLE) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{SAMPLE}: ok ")
    assert err.splitlines() == [
        f"{wrong}:5:11: calendar: unknown calendar 'offce': did you mean 'office'?",
        f"{missing}:1:1: cannot be read: No such file or directory",
        f"{latin}:1:9: the byte 0xf8 is not UTF-8: save the file as UTF-8",
    ]


def test_agreement_check_says_that_a_file_was_given_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whatever path; that is no second agreement of one id."""
    path, other = tmp_path / "sla.yaml", tmp_path / "." / "other.yaml"
    path.write_text(BASE)
    other.symlink_to(path)
    assert check(path, path, other) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{path}:1:1: the same file is given twice",
        f"{other}:1:1: the same file is given twice, first as {path}",
    ]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe that nobody writes to would be read for ever."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert check(pipe, tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{pipe}:1:1: cannot be read: it is not a file",
        f"{tmp_path}:1:1: cannot be read: Is a directory",
    ]


def test_a_document_may_come_from_standard_input() -> None:
    """As another command writes it."""
    code = "import sys; from slaclock.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "agreement", "check", "/dev/stdin"]
    run = subprocess.run(command, input=BASE, capture_output=True, text=True, check=False)
    said = "/dev/stdin: ok acme-gold (customer): resolution on office\n"
    assert (run.returncode, run.stdout, run.stderr) == (0, said, "")


def test_agreement_check_finds_one_id_in_two_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An id names one agreement."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(BASE)
    two.write_text(f"# the same\n{BASE}")
    assert check(one, two) == 1
    out, err = capsys.readouterr()
    assert err == f"{two}:2:12: agreement: 'acme-gold' is the id in {one}, too\n"
    assert out == f"{one}: ok acme-gold (customer): resolution on office\n"


@pytest.mark.parametrize(
    ("third", "status"),
    [("customer: acme", 1), ("customer: other", 0), ("plan: gold", 1), ("customer: acme, plan: gold", 0)],
)
def test_agreement_check_finds_two_agreements_that_one_ticket_could_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], third: str, status: int
) -> None:
    """Rule 24: a tie of order and specificity is an error at publication, not a coin toss."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(f"{BASE}order: 10\n")
    two.write_text(with_line(2, f"applies_to: {{{third}}}", "order: 10").replace("acme-gold", "silver"))
    assert check(one, two) == status
    tie = f"{two}:3:8: order: a ticket could fit 'silver' as well as 'acme-gold' in {one}: give one of them a lower order"
    assert capsys.readouterr().err.splitlines() == [tie] * status


def test_an_order_decides_between_agreements_that_fit_alike(tmp_path: Path) -> None:
    """The lower order is asked first, so there is no tie; an agreement without an order comes last."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(BASE)
    two.write_text(f"{BASE}order: 10\n".replace("acme-gold", "silver"))
    assert check(one, two) == 0
