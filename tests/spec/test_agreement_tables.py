"""Budgets and calendars by any member of a ticket, goals and reminders."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import freeze
from slaclock.domain.frozen import agreement_from
from slaclock.evidence.canonical import canonical

if TYPE_CHECKING:
    from slaclock.domain.agreement import Target

BASE = """\
agreement: acme-gold
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
  always: {timezone: UTC, hours: 24x7}
calendar: office
targets:
"""


def mistakes(*lines: str) -> list[str]:
    """What is said of a document whose targets are these lines, from line 7 on."""
    with pytest.raises(InvalidDocument) as raised:
        read_document(BASE + "\n".join(lines), "sla.yaml")
    return [str(problem).removeprefix("sla.yaml:") for problem in raised.value.problems]


def frozen(*lines: str) -> dict[str, Any]:
    return freeze(read_document(BASE + "\n".join(lines), "sla.yaml"), published=date(2026, 3, 1))


def target(*lines: str) -> Target:
    """The first target, as the engine reads it."""
    agreement = agreement_from(frozen(*lines), version=1, content_hash="")
    return next(iter(agreement.targets.values()))


def test_a_table_in_short_form_goes_by_any_member() -> None:
    """Without `by` it goes by priority."""
    (resolution,) = frozen("  resolution: {by: custom.severity, sev1: 4h, default: 3d}")["targets"]
    assert (resolution["budgets"], resolution["budgets_by"]) == (
        {"sev1": "4h", "default": "3d"},
        "custom.severity",
    )
    chosen = target("  resolution: {by: custom.severity, sev1: 4h, default: 3d}")
    assert chosen.budget_for({"custom": {"severity": "sev1"}}) == "4h"
    assert chosen.budget_for({"priority": "urgent"}) == "3d"


def test_budget_and_calendar_go_by_members_of_their_own() -> None:
    """The document's calendar is the default where the table has none."""
    line = "  resolution: {budget: {by: region, emea: 4h}, calendar: {by: tags, night: always}}"
    (resolution,) = frozen(line)["targets"]
    assert (resolution["budgets"], resolution["budgets_by"]) == ({"emea": "4h"}, "region")
    assert (resolution["calendars"], resolution["calendars_by"]) == (
        {"default": "office", "night": "always"},
        "tags",
    )


@pytest.mark.parametrize("member", ["tags", "custom.site"])
def test_the_order_of_a_table_is_kept_where_the_first_of_several_values_counts(member: str) -> None:
    """Canonical JSON sorts its members: the order stands beside them, and survives being stored."""
    line = f"  resolution: {{budget: {{by: {member}, vip: 1h, gold: 4h, default: 9h}}, calendar: {{by: {member}, x: always, a: office}}, goal: {{by: {member}, vip: 30m, gold: 2h}}}}"
    (resolution,) = json.loads(canonical(frozen(line)))["targets"]
    assert (resolution["budgets_order"], resolution["calendars_order"]) == (["vip", "gold"], ["x", "a"])
    assert resolution["goal"]["budgets_order"] == ["vip", "gold"]


def test_the_order_of_a_table_is_not_kept_where_a_ticket_has_one_value() -> None:
    """It says nothing then, and two ways to write a table stay one document."""
    (resolution,) = frozen("  resolution: {low: 4h, high: 1h}")["targets"]
    assert "budgets_order" not in resolution
    assert "calendars_order" not in resolution


def test_none_keeps_its_place_in_a_table_by_tags() -> None:
    """A ticket that has both tags has no clock: the first listed counts."""
    line = "  resolution: {by: tags, spam: none, vip: 4h}"
    (resolution,) = frozen(line)["targets"]
    assert (resolution["budgets"], resolution["budgets_order"]) == (
        {"spam": "none", "vip": "4h"},
        ["spam", "vip"],
    )
    assert target(line).budget_for({"tags": ["vip", "spam"]}) is None
    assert target(line).budget_for({"tags": ["vip"]}) == "4h"


def test_a_value_without_a_budget_has_no_clock() -> None:
    """`none` keeps a value out of the default, and needs no saying where there is none."""
    assert frozen("  resolution: {urgent: 4h, low: none}")["targets"][0]["budgets"] == {"urgent": "4h"}
    assert frozen("  resolution: none")["targets"][0]["budgets"] == {}
    chosen = target("  resolution: {low: none, default: 4h}")
    assert chosen.budget_for({"priority": "low"}) is None
    assert chosen.budget_for({"priority": "high"}) == "4h"


@pytest.mark.parametrize("budget", ["custom.last_day", "end of day of custom.last_day"])
def test_a_budget_may_be_the_date_of_a_field(budget: str) -> None:
    """What is due on a day that the ticket names."""
    assert frozen(f"  resolution: {{budget: {budget}}}")["targets"][0]["budgets"] == {"default": budget}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  resolution: {by: severity, sev1: 4h}", "7:20: targets.resolution.by: unknown member 'severity': one of customer, team, plan, priority, status, tags, ticket_type, channel, region, service, assignee, custom.<name>"),
        ("  resolution: {by: group, sev1: 4h}", "7:20: targets.resolution.by: unknown member 'group': did you mean 'team'?"),
        ("  resolution: {by: region}", "7:15: targets.resolution: 0 entries: from 1 to 50 may be given"),
        ("  resolution: {by: status, opne: 4h}", "7:28: targets.resolution.opne: unknown status 'opne': did you mean 'open'?"),
        ("  resolution: {by: region, emea: 4 h}", "7:34: targets.resolution.emea: '4 h' is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall"),
        ("  resolution: {by: region, budget: {emea: 4h}}", "7:36: targets.resolution.budget: a mapping is not a duration such as 8h"),
        ("  resolution: {budget: {urgnt: 4h}}", "7:25: targets.resolution.budget.urgnt: unknown priority 'urgnt': did you mean 'urgent'?"),
        ("  resolution: {budget: 4h, calendar: {by: region, us: nights}}", "7:55: targets.resolution.calendar.us: unknown calendar 'nights': one of office, always"),
        ("  resolution: 2026-04-03", "7:15: targets.resolution: '2026-04-03' is the same date for every ticket: name a field, custom.<name>"),
        ("  resolution: end of day of last_day", "7:15: targets.resolution: 'end of day of last_day' is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall"),
        (f"  resolution: {{by: region, {', '.join(f'r{n}: 1h' for n in range(51))}}}", "7:15: targets.resolution: 51 entries: from 1 to 50 may be given"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_where_it_stands(line: str, said: str) -> None:
    """One mistake, one line."""
    assert mistakes(line) == [said]


# -- goals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "goal"),
    [
        ("2h", {"budgets": {"default": "2h"}, "budgets_by": "priority", "reminders": ["0m before"]}),
        ("{urgent: 1h, default: 2h}", {"budgets": {"urgent": "1h", "default": "2h"}, "budgets_by": "priority", "reminders": ["0m before"]}),
        ("{by: region, us: 1h}", {"budgets": {"us": "1h"}, "budgets_by": "region", "reminders": ["0m before"]}),
        ("{budget: 2h, reminders: [75%, 0m before]}", {"budgets": {"default": "2h"}, "budgets_by": "priority", "reminders": ["75%", "0m before"]}),
        ("{budget: {urgent: 1h}}", {"budgets": {"urgent": "1h"}, "budgets_by": "priority", "reminders": ["0m before"]}),
    ],
)  # fmt: skip
def test_a_goal_is_a_stricter_budget_with_reminders(written: str, goal: dict[str, Any]) -> None:
    """Told at the goal itself unless it says otherwise."""
    assert frozen(f"  resolution: {{budget: 8h, goal: {written}}}")["targets"][0]["goal"] == goal


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("budget: 4h, goal: 4h", "7:34: targets.resolution.goal: '4h' is not stricter than the budget 4h"),
        ("budget: 4h, goal: 1d", None),
        ("budget: 2d end of day, goal: 2d", None),
        ("budget: 2d, goal: 2d end of day", "7:34: targets.resolution.goal: '2d end of day' is not stricter than the budget 2d"),
        ("budget: 2h wall, goal: {budget: 3h wall}", "7:39: targets.resolution.goal: '3h wall' is not stricter than the budget 2h wall"),
        ("budget: {urgent: 1h, default: 4h}, goal: 2h", "7:57: targets.resolution.goal: '2h' is not stricter than the budget 1h for urgent"),
        ("budget: {urgent: 1h, default: 4h}, goal: {urgent: 1h, default: 2h}", "7:66: targets.resolution.goal.urgent: '1h' is not stricter than the budget 1h"),
        ("budget: {urgent: 1h}, goal: {urgent: 30m, low: 2h}", "7:63: targets.resolution.goal.low: there is no budget for low, and so no clock for a goal"),
        ("budget: {urgent: 1h, high: 2h}, goal: {by: region, us: 2h}", "7:71: targets.resolution.goal.us: '2h' is not stricter than any budget"),
        ("budget: 1d, goal: 100h", "7:34: targets.resolution.goal: '100h' is not stricter than the budget 1d"),
        ("budget: 1d, goal: 20h", None),
        ("budget: 2h wall, goal: 2h", "7:39: targets.resolution.goal: '2h' is not stricter than the budget 2h wall"),
        ("budget: 24h wall, goal: 3d", "7:40: targets.resolution.goal: '3d' is not stricter than the budget 24h wall"),
        ("budget: 8h, goal: 100h wall", None),
        ("budget: none, goal: 2h", "7:36: targets.resolution.goal: there is no budget, and so no clock for a goal"),
        ("budget: {urgent: none}, goal: {urgent: 2h}", "7:46: targets.resolution.goal: there is no budget, and so no clock for a goal"),
        ("budget: custom.due, goal: 2h", "7:42: targets.resolution.goal: a goal stands beside a duration, and this budget is a date of the ticket's"),
        ("budget: 4h, goal: custom.due", "7:34: targets.resolution.goal: 'custom.due': a goal is a duration such as 2h, not a date of the ticket's"),
        ("budget: 4h, goal: {reminders: [50%]}", "7:34: targets.resolution.goal.budget: missing: write a duration such as 8h, or one by priority"),
        ("budget: 4h, goal: {budget: 2h, reminders: [3h before]}", "7:59: targets.resolution.goal.reminders[0]: '3h before' is before the clock starts: the longest budget is 2h"),
    ],
)  # fmt: skip
def test_a_goal_must_be_stricter_than_its_budget(written: str, said: str | None) -> None:
    """Compared for each value of the tables, in other units where it cannot be otherwise."""
    line = f"  resolution: {{{written}}}"
    if said is None:
        assert frozen(line)["targets"][0]["goal"]
    else:
        assert mistakes(line) == [said]


# -- reminders -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["  resolution: {budget: 30m, reminders: [9h before]}"], "7:41: targets.resolution.reminders[0]: '9h before' is before the clock starts: the longest budget is 30m"),
        (["  resolution: {urgent: 30m, low: 8h}", "reminders: [50%, 9h before]"], "8:18: reminders[1]: '9h before' is before the clock starts: the longest budget is 8h"),
        (["  resolution: {budget: 8h, reminders: [50%, 15m before, 50%]}"], "7:57: targets.resolution.reminders[2]: '50%' is given twice"),
        (["  resolution: {budget: 8h, reminders: [50%, 50.0%]}"], "7:45: targets.resolution.reminders[1]: '50.0%' is given twice, first as '50%'"),
        (["  resolution: {budget: 8h, reminders: [60m before, 1h before]}"], "7:52: targets.resolution.reminders[1]: '1h before' is given twice, first as '60m before'"),
        (["  resolution: {budget: 8h, reminders: none}"], "7:39: targets.resolution.reminders: 'none' is not a list: write []"),
        (["  resolution: {budget: 8h, urgent: 4h}"], "7:28: targets.resolution.urgent: put priorities under budget: {urgent: 4h}"),
        (["  resolution: {budget: 8h, reminders: [0m before]}"], "7:40: targets.resolution.reminders[0]: '0m before' is no reminder: write 75% or 15m before"),
    ],
)  # fmt: skip
def test_a_reminder_that_cannot_be_meant_is_a_mistake(lines: list[str], said: str) -> None:
    """Twice the same, or before every start."""
    assert mistakes(*lines) == [said]


@pytest.mark.parametrize("budget", ["9h", "2d", "{urgent: 30m, low: 10h}", "custom.due"])
def test_a_reminder_may_be_early_for_some_budgets(budget: str) -> None:
    """It is a mistake only where it is longer than all of them, and working days are not counted in hours."""
    assert frozen(f"  resolution: {{budget: {budget}, reminders: [9h before]}}")


def test_the_sample_of_every_member_is_accepted() -> None:
    """A second line's target names its metric and its team."""
    lines = (
        "  first_response: {urgent: 30m, high: 1h, normal: 8h, low: 2d}",
        "  second-line: {metric: time_in_team, team: tier2, budget: 6h}",
        "review: 2027-01-01",
    )
    document = frozen(*lines)
    assert document["review"] == "2027-01-01"
    assert [each["name"] for each in document["targets"]] == ["first_response", "second-line"]
