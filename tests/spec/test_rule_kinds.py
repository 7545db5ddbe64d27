"""Agreements of other kinds beside the customer's, goals beside a promise, and which agreement is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.conditions import holds
from slaclock.domain.considering import Asked, considered
from slaclock.domain.ties import find_tie
from tests.spec.story import TIME, Story, agreement, created, event, solved, status, target, when

ANY_TIME = datetime(2026, 3, 25, tzinfo=UTC)


def test_the_stored_breach_names_the_underpinning_promise_that_broke_first() -> None:
    """The supplier breaks at 11:00, the second line at 12:00, and then the promise to the customer."""
    story = Story(
        agreement(target("resolution", "4h")),
        agreement(target("time_in_team", "3h", team="tier2"), agreement="ola", kind="internal"),
        agreement(target("resolution", "2h"), agreement="uc", kind="supplier"),
    )
    story.at(
        "Wed 09:00",
        created(team={"id": "2", "name": "tier2"}),
        "started resolution, due Wed 13:00",
        "started ola/time_in_team, due Wed 12:00",
        "started uc/resolution, due Wed 11:00",
    )
    (supplier,) = story.at("Wed 11:00", TIME, "breached uc/resolution, due Wed 11:00")
    story.at("Wed 12:00", TIME, "breached ola/time_in_team, due Wed 12:00")
    (breach,) = story.at("Wed 13:00", TIME, "breached resolution, due Wed 13:00")
    assert "broke_first" not in supplier.details
    assert breach.details["broke_first"] == {
        "agreement": "uc",
        "kind": "supplier",
        "target": "resolution",
        "at": "2026-03-25T10:00:00Z",
    }


def test_what_breaks_at_the_same_instant_breaks_before_what_it_underpins() -> None:
    """A promise to the customer that falls due with the internal one behind it names it."""
    story = Story(
        agreement(target("resolution", "4h")),
        agreement(target("resolution", "4h"), agreement="ola", kind="internal"),
    )
    story.at(
        "Wed 09:00", created(), "started resolution, due Wed 13:00", "started ola/resolution, due Wed 13:00"
    )
    _, breach = story.at(
        "Wed 13:00", TIME, "breached ola/resolution, due Wed 13:00", "breached resolution, due Wed 13:00"
    )
    assert breach.details["broke_first"]["agreement"] == "ola"


def test_a_breach_without_a_broken_promise_behind_it_names_none() -> None:
    """The supplier's came too late to be the cause."""
    story = Story(
        agreement(target("resolution", "2h")),
        agreement(target("resolution", "4h"), agreement="uc", kind="supplier"),
    )
    story.at(
        "Wed 09:00", created(), "started resolution, due Wed 11:00", "started uc/resolution, due Wed 13:00"
    )
    (breach,) = story.at("Wed 11:00", TIME, "breached resolution, due Wed 11:00")
    assert "broke_first" not in breach.details


def goal(**budgets: str) -> dict[str, Any]:
    """Make a goal with reminders at half of it, ten minutes before it and at it."""
    return {"budgets": budgets, "reminders": ["50%", "10m before", "0m before"]}


def test_a_goal_reminds_and_never_breaches() -> None:
    """Beside the promise, with reminders of its own."""
    story = Story(agreement(target("resolution", "4h", goal=goal(default="2h"), reminders=["75%"])))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at("Wed 10:00", TIME, "reminder_due resolution, due Wed 13:00: 50% of the goal of 2h")
    story.at("Wed 10:50", TIME, "reminder_due resolution, due Wed 13:00: 10m before the goal of 2h")
    (at_goal,) = story.at("Wed 11:00", TIME, "reminder_due resolution, due Wed 13:00: the goal of 2h")
    assert at_goal.details["goal_due_at"] == "2026-03-25T10:00:00Z"
    story.at("Wed 12:00", TIME, "reminder_due resolution, due Wed 13:00: 75%")
    (met,) = story.at("Wed 12:30", solved(), "met resolution, due Wed 13:00")
    assert (met.details["goal"], met.details["goal_met"]) == ("2h", False)


@pytest.mark.parametrize(
    ("at", "reached"), [("Wed 10:59:59", True), ("Wed 11:00", True), ("Wed 11:00:01", False)]
)
def test_a_goal_is_reached_up_to_its_own_deadline(at: str, *, reached: bool) -> None:
    """As a promise is kept: at the instant itself it still is."""
    story = Story(agreement(target("resolution", "4h", goal={**goal(default="2h"), "reminders": []})))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    (met,) = story.at(at, solved(), "met resolution, due Wed 13:00")
    assert met.details["goal_met"] is reached


def test_a_pause_moves_the_goal_as_it_moves_the_promise() -> None:
    """An hour pending is an hour later for both."""
    story = Story(agreement(target("resolution", "4h", goal=goal(default="2h"))))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at("Wed 09:30", status("pending"), "paused resolution")
    story.at("Wed 10:30", status("open"), "resumed resolution, due Wed 14:00")
    story.at("Wed 11:00", TIME, "reminder_due resolution, due Wed 14:00: 50% of the goal of 2h")


def test_a_new_goal_is_armed_anew() -> None:
    """Rule 20: of its reminders past, only the nearest to the deadline is told."""
    story = Story(agreement(target("resolution", "8h", goal=goal(high="2h"))))
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at(
        "Wed 12:00",
        event("priority_changed", priority="high"),
        "retargeted resolution, due Wed 17:00",
        "reminder_due resolution, due Wed 17:00: the goal of 2h",
    )


@pytest.mark.parametrize(
    ("condition", "attributes", "judged"),
    [
        ({"plan": {"any": ["gold"]}}, {"plan": "gold"}, True),
        ({"plan": {"any": ["gold"]}}, {"plan": "basic"}, False),
        ({"plan": {"any": ["gold"]}}, {}, None),
        ({"plan": {"not": ["gold"]}}, {}, None),
        ({"not": {"plan": {"any": ["gold"]}}}, {}, None),
        ({"not": {"plan": {"any": ["gold"]}}}, {"plan": "basic"}, True),
        ({"any": [{"plan": {"any": ["gold"]}}, {"region": {"any": ["dk"]}}]}, {"plan": "gold"}, True),
        ({"any": [{"plan": {"any": ["gold"]}}, {"region": {"any": ["dk"]}}]}, {"plan": "basic"}, None),
        ({"all": [{"plan": {"any": ["gold"]}}, {"region": {"any": ["dk"]}}]}, {"plan": "basic"}, False),
        ({"tags": {"any": ["a", "b"], "all": ["c"], "not": ["d"]}}, {"tags": ["a", "c"]}, True),
        ({"tags": {"any": ["a", "b"], "all": ["c"], "not": ["d"]}}, {"tags": ["a", "c", "d"]}, False),
        ({"tags": {"not": ["d"]}}, {"tags": []}, True),
        ({"customer": {"any": ["Acme A/S"]}}, {"customer": {"id": "7", "name": "Acme A/S"}}, True),
        ({"custom.site": {"any": ["3"]}}, {"custom": {"site": 3}}, True),
        ({"custom.site": {"any": ["3"]}}, {"custom": {}}, None),
        ({"assignee": {"known": True}}, {"assignee": None}, False),
        ({"assignee": {"known": False}}, {}, True),
        ({"plan": {"known": True, "not": ["gold"]}}, {"plan": "gold"}, False),
    ],
)
def test_a_condition_is_true_false_or_unknown(
    condition: dict[str, Any], attributes: dict[str, Any], *, judged: bool | None
) -> None:
    """Rule 24: an unknown member never matches, nor does `not` of it."""
    assert holds(condition, attributes) is judged


CORPORATE = agreement(target("resolution", "8h"), agreement="corporate", level="corporate")
ACME = agreement(
    target("resolution", "4h"), agreement="acme", level="customer", applies_to={"customer": {"any": ["acme"]}}
)
DATABASE = agreement(
    target("resolution", "2h"), agreement="database", level="service", applies_to={"service": {"any": ["db"]}}
)


@pytest.mark.parametrize(
    ("attributes", "chosen"),
    [
        ({}, "corporate"),
        ({"customer": "acme"}, "acme"),
        ({"customer": "acme", "service": "db"}, "database"),
        ({"customer": "globex", "service": "mail"}, "corporate"),
    ],
)
def test_the_more_specific_level_is_asked_first(attributes: dict[str, Any], chosen: str) -> None:
    """Rule 24: by explicit order, then service before customer before corporate."""
    all_three = Agreements((CORPORATE, ACME, DATABASE))
    assert [each.id for each in all_three.choose(attributes, ANY_TIME, ANY_TIME)] == [chosen]


def test_why_an_agreement_applies_and_the_others_do_not_is_said() -> None:
    """Each is considered in the order of asking."""
    old = agreement(
        target("resolution", "1h"), agreement="old", order=1, effective={"until": "2026-03-01T00:00:00Z"}
    )
    gone = agreement(target("resolution", "1h"), agreement="gone", order=2)
    end = AgreementEnd("gone", when("Mon 09:00"), "terminated", "ada")
    agreements = Agreements((CORPORATE, ACME, DATABASE, old, gone), endings=(end,))
    said = considered(agreements, Asked({"customer": "acme", "service": "mail"}, ANY_TIME, ANY_TIME))
    assert [(each.agreement.id, each.applies, *each.reasons) for each in said] == [
        ("old", False, "in effect only until 2026-03-01T00:00:00Z"),
        ("gone", False, "ended at 2026-03-23T08:00:00Z: terminated"),
        ("database", False, "service is mail, not db"),
        ("acme", True, "every condition holds: customer"),
        ("corporate", False, "acme is asked first"),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "tied"),
    [
        ({"customer": {"any": ["a"]}}, {"customer": {"any": ["b"]}}, False),
        ({"customer": {"any": ["a"]}}, {"customer": {"any": ["a", "b"]}}, True),
        ({"customer": {"any": ["a"]}}, {"plan": {"any": ["gold"]}}, True),
        ({"tags": {"any": ["a"]}}, {"tags": {"any": ["b"]}}, True),
        ({"customer": {"any": ["a"]}}, {"customer": {"any": ["a"]}, "plan": {"any": ["x"]}}, False),
        ({"all": [{"plan": {"any": ["a"]}}]}, {"all": [{"plan": {"any": ["b"]}}]}, False),
        ({"any": [{"plan": {"any": ["a"]}}]}, {"any": [{"plan": {"any": ["b"]}}]}, True),
    ],
)
def test_a_tie_is_found_before_it_matters(
    ours: dict[str, Any], theirs: dict[str, Any], *, tied: bool
) -> None:
    """Rule 24: two of one order and specificity that one ticket could fit."""
    pair = [
        agreement(target("resolution", "1h"), agreement=name, applies_to=condition)
        for name, condition in (("one", ours), ("two", theirs))
    ]
    assert (find_tie(pair) is not None) is tied
