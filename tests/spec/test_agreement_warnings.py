"""What `slaclock agreement check` warns of: right as it is written, and perhaps not meant."""

# ruff: noqa: E501  warnings stand whole on their line

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from slaclock.agreements.aims import late_goals
from slaclock.agreements.concerns import concerns
from slaclock.agreements.document import read_document, read_together
from slaclock.agreements.freeze import freeze, load_together
from slaclock.agreements.looser import looser
from slaclock.cli import agreement as command

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "agreements"
TODAY = date(2026, 3, 2)  # a Monday
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
CALENDARS = """
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
  always: {timezone: UTC, hours: 24x7}
calendar: office
"""


def sla(*lines: str) -> str:
    return "agreement: gold" + CALENDARS + "\n".join(lines)


def ola(*lines: str) -> str:
    return "agreement: tier2\nkind: internal" + CALENDARS + "\n".join(lines)


def frozen(text: str) -> dict[str, Any]:
    return freeze(read_document(text, "sla.yaml"), published=TODAY)


def found(under: str, above: str) -> list[str]:
    """What is said of one agreement that underpins another."""
    return [str(each) for each in looser([frozen(under), frozen(above)], MONDAY)]


def warned(text: str) -> list[str]:
    return [str(each) for each in concerns(read_document(text, "sla.yaml"), TODAY)]


def check(*files: Path) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(["agreement", "check", *map(str, files)])
    code: int = args.run(args)
    return code


# -- one document ----------------------------------------------------------------------------------------


def test_a_review_that_is_past_is_told() -> None:
    """On the day itself it is not late yet."""
    text = sla("targets: {resolution: 8h}", "review: ")
    assert warned(f"{text}2026-03-01") == [
        "sla.yaml:7:9: warning: review: the review was due on 2026-03-01: look at it again, and write the next date"
    ]
    assert warned(f"{text}2026-03-02") == []


def test_a_metric_that_nothing_uses_is_told() -> None:
    """A target uses one, and so does a metric that yields to it."""
    metrics = (
        "metrics:",
        "  first: {start: customer_waits, stop: agent_reply}",
        "  next: {start: customer_waits, stop: agent_reply, unless: first}",
        "  spare: {start: created, stop: solved}",
    )
    assert warned(sla("targets: {reply: {metric: next, budget: 1h}}", *metrics)) == [
        "sla.yaml:10:10: warning: metrics.spare: no target has this metric"
    ]


def test_a_metric_that_another_document_takes_over_and_uses_is_not_told() -> None:
    """A base declares what those that extend it measure."""
    base = read_document(
        sla(
            "level: corporate", "targets: {resolution: 8h}", "metrics: {own: {start: created, stop: solved}}"
        ),
        "base.yaml",
    )
    child = read_document("agreement: acme\nextends: gold\ntargets: {own: 1h}", "acme.yaml", [base])
    assert [each.path for each in concerns(base, TODAY)] == ["metrics.own"]
    assert list(concerns(base, TODAY, [base, child])) == []
    assert list(concerns(child, TODAY, [base, child])) == []


def test_an_agreement_that_is_over_is_told() -> None:
    """`until` is its last day."""
    text = sla("targets: {resolution: 8h}", "effective: {until: ")
    assert warned(f"{text}2026-03-01}}") == [
        "sla.yaml:7:20: warning: effective.until: 2026-03-01 is past: no clock starts under it any more"
    ]
    assert warned(f"{text}2026-03-02}}") == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["targets: {resolution: {budget: 8h, pause_on: [new, open, pending, on_hold]}}"], ["6:46: warning: targets.resolution.pause_on: every status of an open ticket pauses the clock: it never runs"]),
        (["targets: {resolution: 8h, first_response: 1h}", "pause_on: [new, open, pending, on_hold]"], ["7:11: warning: pause_on: every status of an open ticket pauses the clock: it never runs"]),
        (["targets: {requester_wait: 8h}", "pause_on: [new, open, pending, on_hold]"], []),
        (["targets: {resolution: 8h}", "pause_on: [open, pending, on_hold]"], []),
    ],
)  # fmt: skip
def test_a_clock_that_every_open_status_pauses_is_told(lines: list[str], said: list[str]) -> None:
    """Once where the statuses are written; a metric that runs while others pause is none."""
    assert warned(sla(*lines)) == [f"sla.yaml:{each}" for each in said]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{start: never, stop: solved}", "7:24: warning: metrics.own.start: it never starts"),
        ("{start: {tags: a}, stop: {tags: [a]}}", "7:41: warning: metrics.own.stop: it stops by what starts it: nothing is measured"),
    ],
)  # fmt: skip
def test_a_metric_that_measures_nothing_is_told(declared: str, said: str) -> None:
    """It can be written, and has no effect."""
    assert warned(sla("targets: {own: 8h}", f"metrics: {{own: {declared}}}")) == [f"sla.yaml:{said}"]


# -- an OLA or UC looser than the SLA above it -----------------------------------------------------------


@pytest.mark.parametrize(
    ("under", "above", "said"),
    [
        ("resolution: 8h", "resolution: 8h", []),
        ("resolution: 6h", "resolution: 1d", []),
        (
            "resolution: 9h",
            "resolution: 8h",
            ["looser than resolution of 'gold': begun Mon 2026-03-02 01:00, it is due Tue 2026-03-03 10:00, and the other one already Mon 2026-03-02 17:00 (Europe/Copenhagen)"],
        ),
        (
            "resolution: {budget: 4h, calendar: office}",
            "resolution: {budget: 6h, calendar: always}",
            ["looser than resolution of 'gold': begun Mon 2026-03-02 01:00, it is due Mon 2026-03-02 13:00, and the other one already Mon 2026-03-02 07:00 (Europe/Copenhagen)"],
        ),
        (
            "resolution: {urgent: 2h, low: 3d}",
            "resolution: {urgent: 4h, low: 2d}",
            ["looser than resolution of 'gold' for priority low: begun Mon 2026-03-02 01:00, it is due Thu 2026-03-05 09:00, and the other one already Wed 2026-03-04 09:00 (Europe/Copenhagen)"],
        ),
        (
            "resolution: {by: custom.severity, sev1: 2h, default: 9h}",
            "resolution: {by: region, us: 1h, default: 8h}",
            ["looser than resolution of 'gold' for custom.severity sev1, region us: begun Mon 2026-03-02 01:00, it is due Mon 2026-03-02 11:00, and the other one already Mon 2026-03-02 10:00 (Europe/Copenhagen)"],
        ),
        (
            "resolution: {by: custom.severity, sev1: 2h, default: 9h}",
            "resolution: 8h",
            ["looser than resolution of 'gold' for any other custom.severity: begun Mon 2026-03-02 01:00, it is due Tue 2026-03-03 10:00, and the other one already Mon 2026-03-02 17:00 (Europe/Copenhagen)"],
        ),
        (
            "second-line: {metric: time_in_team, team: tier2, budget: 9h}",
            "resolution: 8h",
            ["looser than resolution of 'gold': begun Mon 2026-03-02 01:00, it is due Tue 2026-03-03 10:00, and the other one already Mon 2026-03-02 17:00 (Europe/Copenhagen)"],
        ),
        ("first_response: 9h", "resolution: 8h", []),
        ("resolution: custom.due", "resolution: 8h", []),
        ("resolution: {urgent: 9h}", "resolution: {low: 1h}", []),
    ],
)  # fmt: skip
def test_an_underpinning_target_that_is_due_later_is_told(under: str, above: str, said: list[str]) -> None:
    """Of one metric, or one start and stop, value by value, with the first start of the week at which it is so."""
    assert found(ola(f"targets: {{{under}}}"), sla(f"targets: {{{above}}}")) == said


@pytest.mark.parametrize(
    ("under", "above", "told"),
    [
        ("{team: tier2}", "{customer: acme}", True),
        ("{customer: other}", "{customer: acme}", False),
        ("{customer: acme, plan: gold}", "{customer: acme}", True),
        ("{priority: high}", "{priority: urgent}", False),
    ],
)
def test_only_agreements_that_could_fit_one_ticket_are_compared(under: str, above: str, told: bool) -> None:  # noqa: FBT001
    """Where a member keeps them apart, neither underpins the other."""
    one = ola(f"applies_to: {under}", "targets: {resolution: 9h}")
    assert bool(found(one, sla(f"applies_to: {above}", "targets: {resolution: 8h}"))) == told


def test_a_value_that_an_agreement_does_not_apply_to_is_not_compared() -> None:
    """An OLA for urgent tickets says nothing of low ones."""
    one = ola("applies_to: {priority: urgent}", "targets: {resolution: {urgent: 1h, low: 9d}}")
    assert found(one, sla("targets: {resolution: {urgent: 4h, low: 1d}}")) == []


def test_custom_metrics_are_compared_by_what_starts_and_what_stops_them() -> None:
    """Two agreements may call one wait by two names; what begins at another time is another wait."""
    stop = "stop: {tags: {not: [vendor]}}"
    one = ola("targets: {desk: 3d}", f"metrics: {{desk: {{start: {{tags: [vendor]}}, {stop}}}}}")
    same = sla("targets: {vendor: 2d}", f"metrics: {{vendor: {{start: {{tags: vendor}}, {stop}}}}}")
    assert [each.split(":")[0] for each in found(one, same)] == ["looser than vendor of 'gold'"]
    assert found(one, same.replace("start: {tags: vendor}", "start: created")) == []


@pytest.mark.parametrize(
    ("under", "above"),
    [
        ("requester_wait: 9h", "resolution: 4h"),
        ("next_response: 9h", "first_response: 4h"),
        ("first_response: 9h", "next_response: 4h"),
    ],
)
def test_metrics_that_never_run_together_are_not_compared(under: str, above: str) -> None:
    """One waits for the requester while the other is paused; one measures the waits after the other's."""
    assert found(ola(f"targets: {{{under}}}"), sla(f"targets: {{{above}}}")) == []


def test_an_underpinning_target_that_pauses_more_is_told_though_its_budget_is_the_same() -> None:
    """While it is paused the other clock runs on."""
    same = "resolution: {{budget: 8h, pause_on: [{}]}}"
    under, above = (
        ola(f"targets: {{{same.format('pending, on_hold')}}}"),
        sla(f"targets: {{{same.format('pending')}}}"),
    )
    assert found(under, above) == [
        "looser than resolution of 'gold': begun Mon 2026-03-02 01:00, both are due Mon 2026-03-02 17:00, and it pauses while the status is on_hold, as the other one does not (Europe/Copenhagen)"
    ]
    assert found(under.replace("8h", "9h"), above) == [
        "looser than resolution of 'gold': begun Mon 2026-03-02 01:00, it is due Tue 2026-03-03 10:00, and the other one already Mon 2026-03-02 17:00, and it pauses while the status is on_hold, as the other one does not (Europe/Copenhagen)"
    ]
    assert found(under.replace("8h", "7h"), above) == []
    assert found(above.replace("gold", "tier2\nkind: internal"), sla("targets: {resolution: 8h}")) == []


def test_internal_agreements_are_not_held_against_each_other() -> None:
    """Only a promise to a customer stands above another."""
    assert (
        found(ola("targets: {resolution: 9h}"), ola("targets: {resolution: 8h}").replace("tier2", "tier3"))
        == []
    )


def test_starts_are_tried_from_when_both_are_in_effect() -> None:
    """A week after publication, or after the later of the two begins."""
    one = ola("effective: {from: 2026-06-01}", "targets: {resolution: 9h}")
    (said,) = found(one, sla("targets: {resolution: 8h}"))
    assert "begun Mon 2026-06-01 00:00" in said


def test_tables_of_any_size_are_compared() -> None:
    """By what they say, not value by value: the one combination of 1681 that is looser is found."""
    under, above = (", ".join(f"v{number}: {{}}" for number in range(41)) for _ in range(2))
    one = ola(f"targets: {{resolution: {{by: custom.b, {under.format(*['30m'] * 40, '8h')}}}}}")
    other = sla(f"targets: {{resolution: {{by: custom.a, {above.format(*['9h'] * 40, '1h')}}}}}")
    (said,) = found(one, other)
    assert said.startswith("looser than resolution of 'gold' for custom.b v40, custom.a v40: begun Mon")


def test_tables_of_equal_terms_are_compared_in_bounded_time() -> None:
    """Fifty values in each of four tables are one outcome."""
    entries = ", ".join(f"v{number}: {{0}}" for number in range(50))
    budgets, calendars = (entries.replace("{0}", each) for each in ("8h", "office"))
    line = "targets: {{resolution: {{budget: {{by: {}, {}}}, calendar: {{by: {}, {}}}}}}}"
    one = ola(line.format("region", budgets, "channel", calendars))
    other = sla(line.format("plan", budgets, "service", calendars))
    assert found(one, other) == []


# -- a goal counted in other units than its promise ------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("{budget: 8h, goal: 6h}", []),
        ("{budget: 1d, goal: 6h}", []),
        ("{budget: 8h, goal: 2h wall}", []),
        (
            "{budget: 8h, goal: 100h wall}",
            ["the goal 100h wall is due no sooner than the budget 8h: so it is for a clock begun Mon 2026-03-02 01:00 Europe/Copenhagen"],
        ),
        (
            "{budget: {urgent: 4h, default: 3d}, goal: {urgent: 1d, default: 2d}}",
            ["the goal 1d is due no sooner than the budget 4h for priority urgent: so it is for a clock begun Mon 2026-03-02 01:00 Europe/Copenhagen"],
        ),
    ],
)  # fmt: skip
def test_a_goal_in_other_units_that_is_no_stricter_is_told(target: str, said: list[str]) -> None:
    """Worked out for every hour of a week, since only the calendar can tell."""
    document = frozen(sla(f"targets: {{resolution: {target}}}"))
    assert [str(each) for each in late_goals(document, MONDAY)] == said


# -- the command -----------------------------------------------------------------------------------------


@time_machine.travel("2026-03-02T12:00:00Z", tick=False)
def test_agreement_check_warns_on_stderr_and_still_says_ok(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A warning is no mistake: exit status 0."""
    one, other = tmp_path / "tier2.yaml", tmp_path / "gold.yaml"
    one.write_text(ola("targets: {resolution: 9h}", "review: 2026-03-01"))
    other.write_text(sla("targets: {resolution: 8h}"))
    assert check(one, other) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{one}: ok tier2 (internal): resolution on office, always",
        f"{other}: ok gold (customer): resolution on office, always",
    ]
    assert err.splitlines() == [
        f"{one}:7:23: warning: targets.resolution: looser than resolution of 'gold': begun Mon 2026-03-02 01:00, it is due Tue 2026-03-03 10:00, and the other one already Mon 2026-03-02 17:00 (Europe/Copenhagen)",
        f"{one}:8:9: warning: review: the review was due on 2026-03-01: look at it again, and write the next date",
    ]


@time_machine.travel("2026-03-02T12:00:00Z", tick=False)
def test_the_examples_are_right_together_and_nothing_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    """A corporate base, a service agreement that extends it, an OLA and a UC."""
    assert check(*sorted(EXAMPLES.glob("*.yaml"))) == 0
    out, err = capsys.readouterr()
    assert (len(out.splitlines()), err) == (4, "")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_example_loads(path: Path) -> None:
    """Each alone, too: what it extends is found beside it."""
    (document,) = read_together([path])
    (agreement,) = load_together([path], published=TODAY).versions
    assert agreement.id == document.values["agreement"] == path.stem
    assert agreement.calendars
    assert agreement.targets


def test_the_example_that_extends_says_only_what_is_different() -> None:
    """Its severity has budgets of its own, and the base's promises stay."""
    (agreement,) = load_together([EXAMPLES / "globex-payroll.yaml"], published=TODAY).versions
    resolution, first = agreement.targets["resolution"], agreement.targets["first_response"]
    assert resolution.budget_for({"custom": {"severity": "sev1"}}) == "4h"
    assert resolution.calendar_for({"region": "us"}) == "plant"
    assert resolution.goal_for({"custom": {"severity": "sev2"}}) == "6h"
    assert [first.budget_for({"priority": each}) for each in ("urgent", "high", "low")] == ["30m", "4h", "1d"]
    assert agreement.targets["pay-day"].budget_for({"custom": {"pay_day": "2026-03-31"}}) == (
        "end of day of 2026-03-31"
    )
    assert agreement.judge({"customer": "globex", "service": "payroll", "tags": []})
    assert agreement.judge({"customer": "globex", "tags": ["payroll"]})
    assert not agreement.judge({"customer": "globex", "service": "payroll", "tags": ["training"]})
