"""Conditions and metrics in agreement documents: what may be written, and what is said of mistakes."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import freeze
from slaclock.domain.metric import metric_from
from slaclock.domain.metrics import BUILT_IN

# Six lines; a test puts its own after them, from line 7 on.
BASE = """\
agreement: acme-gold
applies_to: {customer: acme}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets:
  resolution: 8h
  first_response: 1h
"""
WAIT = "  vendor-wait: {start: {tags: [vendor]}, stop: {tags: {not: [vendor]}}, repeat: true}"


def mistakes(*lines: str, base: str = BASE) -> list[str]:
    """What is said of a document with these lines at its end, without the file."""
    with pytest.raises(InvalidDocument) as raised:
        read_document(base + "\n".join(lines), "sla.yaml")
    return [str(problem).removeprefix("sla.yaml:") for problem in raised.value.problems]


def frozen(*lines: str, base: str = BASE) -> dict[str, Any]:
    return freeze(read_document(base + "\n".join(lines), "sla.yaml"), published=date(2026, 3, 1))


def applying(condition: str) -> str:
    return BASE.replace("applies_to: {customer: acme}", f"applies_to: {condition}")


# -- conditions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("{any: [{plan: gold}, {tags: vip}]}", {"any": [{"plan": {"any": ["gold"]}}, {"tags": {"any": ["vip"]}}]}),
        ("{not: {region: [us, ca]}}", {"not": {"region": {"any": ["us", "ca"]}}}),
        ("{all: [{tags: a}, {tags: b}], plan: gold}", {"all": [{"tags": {"any": ["a"]}}, {"tags": {"any": ["b"]}}], "plan": {"any": ["gold"]}}),
        ("{assignee: {known: true}, custom.site: {not: [hq]}}", {"assignee": {"known": True}, "custom.site": {"not": ["hq"]}}),
        ("{any: [{not: {all: [{not: {plan: gold}}]}}]}", {"any": [{"not": {"all": [{"not": {"plan": {"any": ["gold"]}}}]}}]}),
    ],
)  # fmt: skip
def test_conditions_are_joined_by_any_all_and_not(written: str, condition: dict[str, Any]) -> None:
    """All entries of a condition must hold; `any`, `all` and `not` hold further conditions."""
    assert frozen(base=applying(written))["applies_to"] == condition


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{type: incident}", "2:14: applies_to.type: unknown condition 'type': did you mean 'ticket_type'?"),
        ("{custom: {x: 1, y: 2}}", "2:14: applies_to.custom: a field is a key of its own: write custom.x and custom.y"),
        ("{custom: x}", "2:14: applies_to.custom: unknown condition 'custom': did you mean 'custom.<name>'?"),
        ("{group: tier2}", "2:14: applies_to.group: unknown condition 'group': did you mean 'team'?"),
        ("{organization: acme}", "2:14: applies_to.organization: unknown condition 'organization': did you mean 'customer'?"),
        ("{tag: vip}", "2:14: applies_to.tag: unknown condition 'tag': did you mean 'tags'?"),
        ("{agent: kim}", "2:14: applies_to.agent: unknown condition 'agent': did you mean 'assignee'?"),
        ("{any: {plan: gold}}", "2:19: applies_to.any: any takes a list of conditions: write [{…}, {…}]"),
        ("{any: []}", "2:19: applies_to.any: 0 entries: from 1 to 20 may be given"),
        ("{any: [{}]}", "2:20: applies_to.any[0]: no condition is given: write one such as plan: gold"),
        ("{any: [gold]}", "2:20: applies_to.any[0]: 'gold' is not a mapping"),
        ("{not: [{plan: gold}]}", "2:19: applies_to.not: a list is not a mapping"),
        ("{not: {paln: gold}}", "2:20: applies_to.not.paln: unknown condition 'paln': did you mean 'plan'?"),
        ("{assignee: {known: maybe}}", "2:32: applies_to.assignee.known: 'maybe' is not true or false"),
        ("{plan: {known: false, any: [gold]}}", "2:20: applies_to.plan: what is not known is neither among these nor not: write known: false alone"),
        ("{not: {not: {not: {not: {not: {plan: gold}}}}}}", "2:43: applies_to.not.not.not.not.not: conditions within each other are at most 4 deep"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_condition_is_told_where_it_stands(written: str, said: str) -> None:
    """Also one that is nested in others."""
    assert mistakes(base=applying(written)) == [said]


# -- metrics ---------------------------------------------------------------------------------------------


def test_every_built_in_metric_may_be_promised_and_a_team_metric_names_its_team() -> None:
    """Names and needs are those of the engine."""
    needs = {
        name: ", team: tier2" if metric_from(name, BUILT_IN[name]).needs_team else "" for name in BUILT_IN
    }
    lines = [f"  {name}-target: {{metric: {name}, budget: 6h{team}}}" for name, team in needs.items()]
    targets = {each["metric"]: each for each in frozen(*lines)["targets"]}
    assert targets.keys() == BUILT_IN.keys()
    assert targets["time_in_team"]["team"] == "tier2"


def test_a_custom_metric_is_declared_in_the_document_and_frozen_with_its_defaults() -> None:
    """Conditions come out in the engine's form; what is left out is written out."""
    document = frozen("  vendor-wait: 2d", "metrics:", WAIT)
    assert document["metrics"] == {
        "vendor-wait": {
            "start": {"tags": {"any": ["vendor"]}},
            "stop": {"tags": {"not": ["vendor"]}},
            "pause": "pausing",
            "repeat": True,
        }
    }
    assert document["targets"][-1]["metric"] == "vendor-wait"


@pytest.mark.parametrize(
    ("declared", "frozen_as"),
    [
        ("{start: created, stop: solved, repeat: reopened}", {"start": "created", "stop": "solved", "repeat": "reopened"}),
        ("{start: {at: custom.first_day}, stop: agent_reply}", {"start": {"at": "custom.first_day"}, "stop": "agent_reply"}),
        ("{start: {at: created_at}, stop: never, pause: never}", {"start": {"at": "created_at"}, "stop": "never", "pause": "never"}),
        ("{start: customer_waits, stop: agent_reply, unless: first_response}", {"start": "customer_waits", "stop": "agent_reply", "unless": "first_response"}),
        (
            "{start: created, while: {team: a}, stop: solved, cancel: {when: {tags: x}, reason: moved}, repeat: {plan: gold}}",
            {"start": "created", "while": {"team": {"any": ["a"]}}, "stop": "solved", "cancel": {"when": {"tags": {"any": ["x"]}}, "reason": "moved"}, "repeat": {"plan": {"any": ["gold"]}}},
        ),
    ],
)  # fmt: skip
def test_a_metric_is_declared_in_occurrences_states_and_conditions(
    declared: str, frozen_as: dict[str, Any]
) -> None:
    """The words of a declaration are those of the built-in metrics."""
    metrics = frozen("  own: 2d", "metrics:", f"  own: {declared}")["metrics"]
    assert metrics["own"] == {"pause": "pausing", "repeat": False, **frozen_as}
    assert metric_from("own", metrics["own"]).name == "own"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("own: {start: created}", "9:8: metrics.own.stop: missing: write what it waits for, such as solved"),
        ("own: {stop: solved}", "9:8: metrics.own.start: missing: write what begins it, such as created"),
        ("own: {start: craeted, stop: solved}", "9:16: metrics.own.start: unknown start 'craeted': did you mean 'created'?"),
        ("own: {start: [created], stop: solved}", "9:16: metrics.own.start: a list is not one of created, agent_reply, customer_reply, customer_waits, in_team, pausing, solved, never, or a condition"),
        ("own: {start: {at: first_day}, stop: solved}", "9:21: metrics.own.start.at: 'first_day' is not a ticket's field of dates: custom.<name> or created_at"),
        ("own: {start: {at: custom.day, plan: gold}, stop: solved}", "9:33: metrics.own.start.plan: unknown member 'plan': one of at"),
        ("own: {start: created, stop: created}", "9:31: metrics.own.stop: a ticket is created once, before its clocks start: nothing would stop"),
        ("own: {start: created, stop: {}}", "9:31: metrics.own.stop: no condition is given: write one such as plan: gold"),
        ("own: {start: created, stop: customer_waits}", "9:31: metrics.own.stop: unknown stop 'customer_waits': did you mean 'customer_reply'?"),
        ("own: {start: created, stop: solved, while: created}", "9:46: metrics.own.while: unknown state 'created': one of in_team, pausing, solved, never"),
        ("own: {start: created, stop: solved, pause: {statsu: pending}}", "9:47: metrics.own.pause.statsu: unknown condition 'statsu': did you mean 'status'?"),
        ("own: {start: created, stop: solved, cancel: {when: solved}}", "9:47: metrics.own.cancel.reason: missing: write what people are told"),
        ("own: {start: created, stop: solved, repeat: often}", "9:47: metrics.own.repeat: 'often' is not true, false, reopened or a condition"),
        ("own: {start: created, stop: solved, unless: first_response}", "9:39: metrics.own.unless: only a metric with start: customer_waits yields to another one"),
        ("own: {start: customer_waits, stop: agent_reply, unless: first_respose}", "9:59: metrics.own.unless: unknown metric 'first_respose': did you mean 'first_response'?"),
        ("resolution: {start: created, stop: solved}", "9:3: metrics.resolution: 'resolution' is a metric that slaclock has: give yours a name of its own"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_metric_is_told_where_it_stands(declared: str, said: str) -> None:
    """One mistake, one line; a target that has the metric says nothing more of it."""
    target = "own" if declared.startswith("own") else "agent_work"
    assert mistakes(f"  {target}: 2d", "metrics:", f"  {declared}") == [said]


def test_a_document_declares_at_most_twenty_metrics() -> None:
    """Documents are bounded in all they hold."""
    lines = [f"  own{number}: {{start: created, stop: solved}}" for number in range(21)]
    assert mistakes("metrics:", *lines) == ["8:3: metrics: 21 entries: from 0 to 20 may be given"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  vendor-wiat: 1h", "7:3: targets.vendor-wiat: unknown metric 'vendor-wiat': did you mean 'vendor-wait'?"),
        ("  own: {metric: vendor-wiat, budget: 1h}", "7:17: targets.own.metric: unknown metric 'vendor-wiat': did you mean 'vendor-wait'?"),
        ("  second-line: {metric: time_in_team, budget: 6h}", "7:16: targets.second-line.team: missing: time_in_team is measured for one team: write its id or name"),
        ("  time_in_team: 6h", "7:17: targets.time_in_team.team: missing: time_in_team is measured for one team: write its id or name"),
        ("  own: {metric: resolution, team: tier2, budget: 6h}", "7:35: targets.own.team: resolution is not measured for one team, as time_in_team is: leave it out"),
        ("  own: {metric: agent_work, budget: 6h, pause_on: [pending, solved]}", "7:61: targets.own.pause_on[1]: 'solved' ends the clock of agent_work: it cannot pause there"),
        ("  own: {metric: periodic_update, budget: 6h, pause_on: [closed]}", "7:57: targets.own.pause_on[0]: 'closed' ends the clock of periodic_update: it cannot pause there"),
    ],
)  # fmt: skip
def test_a_target_and_its_metric_must_fit(line: str, said: str) -> None:
    """A team exactly where the metric needs one, and no pause in a status that ends the clock."""
    assert mistakes(line, "metrics:", WAIT) == [said]


def test_a_default_pause_that_ends_every_clock_is_a_mistake() -> None:
    """Some target may pause there: then it is none."""
    said = "7:21: pause_on[1]: 'solved' ends the clock of resolution, first_response: it cannot pause there"
    assert mistakes("pause_on: [pending, solved]") == [said]
    assert frozen("  vendor-wait: 1h", "pause_on: [pending, solved]", "metrics:", WAIT)["targets"][-1][
        "pause_on"
    ] == ["pending", "solved"]
