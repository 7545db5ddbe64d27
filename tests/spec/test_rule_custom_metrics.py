"""Custom metrics: what starts, pauses, stops and repeats a clock, in the words that the built-in ones use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain import metrics
from slaclock.domain.metric import metric_from
from slaclock.domain.metrics import BUILT_IN
from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    priority,
    solved,
    status,
    target,
)

if TYPE_CHECKING:
    from slaclock.domain.agreement import Agreement


def custom(declared: dict[str, Any], budget: str = "4h", **members: Any) -> Agreement:
    """Make an agreement with one promise, `vendor`, measured as declared."""
    return agreement(target("vendor", budget, **members), metrics={"vendor": declared})


def tags(*names: str) -> Any:
    """Tell of the ticket's tags."""
    return event("tags_changed", tags=list(names))


def test_a_metric_starts_and_stops_with_conditions_on_the_ticket() -> None:
    """It starts when the condition comes to hold, and stops when the other one does."""
    story = Story(custom({"start": {"tags": {"any": ["vendor"]}}, "stop": {"tags": {"not": ["vendor"]}}}))
    story.at("Wed 09:00", created(tags=["vip"]))
    story.at("Wed 10:00", tags("vip", "vendor"), "started vendor, due Wed 14:00")
    story.at("Wed 12:00", tags("vip"), "met vendor, due Wed 14:00")
    story.at("Wed 13:00", tags("vip", "vendor"))


def test_a_metric_that_repeats_begins_again_when_its_start_holds_again() -> None:
    """`repeat: true`: each visit to the vendor is a cycle of its own, from zero."""
    declared = {
        "start": {"tags": {"any": ["vendor"]}},
        "stop": {"tags": {"not": ["vendor"]}},
        "repeat": True,
    }
    story = Story(custom(declared))
    story.at("Wed 09:00", created(tags=["vendor"]), "started vendor, due Wed 13:00")
    story.at("Wed 10:00", tags(), "met vendor, due Wed 13:00")
    story.at("Wed 13:00", tags("vendor"), "started vendor 2, due Wed 17:00")


def test_a_metric_may_repeat_on_a_condition_of_its_own() -> None:
    """`repeat: {…}`: the first cycle begins with the ticket, the next ones when it is escalated."""
    declared = {"start": "created", "stop": "agent_reply", "repeat": {"custom.escalated": {"any": ["yes"]}}}
    story = Story(custom(declared))
    story.at("Wed 09:00", created(), "started vendor, due Wed 13:00")
    story.at("Wed 10:00", agent_replies(), "met vendor, due Wed 13:00")
    story.at("Wed 11:00", customer_writes())
    story.at(
        "Wed 12:00", event("field_changed", custom={"escalated": "yes"}), "started vendor 2, due Wed 16:00"
    )


def test_a_metric_pauses_on_its_own_condition_in_place_of_the_targets_statuses() -> None:
    """`pause`: a pending ticket goes on, one that waits for approval does not."""
    declared = {"start": "created", "pause": {"custom.approval": {"any": ["open"]}}, "stop": "solved"}
    story = Story(custom(declared))
    story.at("Wed 09:00", created(), "started vendor, due Wed 13:00")
    story.at("Wed 10:00", status("pending"))
    (paused,) = story.at("Wed 11:00", event("field_changed", custom={"approval": "open"}), "paused vendor")
    assert paused.details["reason"] == "custom.approval changed"
    story.at(
        "Wed 12:00", event("field_changed", custom={"approval": "given"}), "resumed vendor, due Wed 14:00"
    )


def test_a_metric_runs_only_while_its_condition_holds() -> None:
    """`while`: the first start waits until it does; channel, type and assignee are members as others are."""
    declared = {
        "start": "created",
        "while": {"assignee": {"known": True}, "ticket_type": {"any": ["incident"]}},
        "stop": "solved",
    }
    story = Story(custom(declared))
    story.at("Wed 09:00", created(ticket_type="incident"))
    story.at("Wed 10:00", event("assignee_changed", assignee={"id": "7"}), "started vendor, due Wed 14:00")
    story.at("Wed 11:00", event("assignee_changed", assignee=None), "paused vendor")


def test_a_metric_may_measure_how_long_the_customer_takes() -> None:
    """Occurrences: started by each agent reply, stopped by the customer's."""
    story = Story(custom({"start": "agent_reply", "stop": "customer_reply", "repeat": True}))
    story.at("Wed 09:00", created())
    story.at("Wed 10:00", agent_replies(), "started vendor, due Wed 14:00")
    story.at("Wed 11:00", agent_replies())
    story.at("Wed 12:00", customer_writes(), "met vendor, due Wed 14:00")
    story.at("Wed 13:00", agent_replies(), "started vendor 2, due Wed 17:00")


def test_a_metric_is_cancelled_when_there_is_nothing_more_to_measure() -> None:
    """`cancel`: with the reason that the declaration gives."""
    cancel = {"when": {"ticket_type": {"any": ["spam"]}}, "reason": "it is spam"}
    story = Story(custom({"start": "created", "stop": "solved", "cancel": cancel}))
    story.at("Wed 09:00", created(), "started vendor, due Wed 13:00")
    story.at(
        "Wed 10:00", event("type_changed", ticket_type="spam"), "cancelled vendor, due Wed 13:00: it is spam"
    )


def test_a_metric_does_not_begin_where_its_stop_holds_already() -> None:
    """There would be nothing to keep."""
    story = Story(custom({"start": {"tags": {"any": ["vendor"]}}, "stop": {"team": {"any": ["1"]}}}))
    story.at("Wed 09:00", created(team={"id": "1"}, tags=["vendor"]))


def test_a_clock_may_start_at_a_date_that_the_ticket_gives() -> None:
    """`start: {at: …}`: told at once, with the start to come; a change of the date moves it."""
    story = Story(custom({"start": {"at": "custom.first_day"}, "stop": "solved"}))
    story.at("Mon 09:00", created())
    (begun,) = story.at(
        "Mon 10:00",
        event("field_changed", custom={"first_day": "2026-03-25"}),
        "started vendor, due Wed 13:00",
    )
    assert begun.details["started_at"] == "2026-03-24T23:00:00Z"
    story.at(
        "Mon 11:00",
        event("field_changed", custom={"first_day": "2026-03-26"}),
        "retargeted vendor, due Thu 13:00",
    )
    story.at("Thu 13:00", TIME, "breached vendor, due Thu 13:00")


def test_a_clock_may_fall_due_at_the_end_of_a_date_that_the_ticket_gives() -> None:
    """`end of day of custom.last_day`: that day's close; such a deadline does not move with a pause."""
    story = Story(custom({"start": "created", "stop": "solved"}, "end of day of custom.last_day"))
    story.at("Mon 09:00", created())
    story.at(
        "Mon 10:00",
        event("field_changed", custom={"last_day": "2026-03-27"}),
        "started vendor, due Fri 17:00",
    )
    story.at("Tue 10:00", status("pending"))
    story.at(
        "Wed 10:00",
        event("field_changed", custom={"last_day": "2026-03-26"}),
        "retargeted vendor, due Thu 17:00",
    )
    (breach,) = story.at("Thu 17:00", TIME, "breached vendor, due Thu 17:00")
    assert breach.details["budget"] == "end of day of 2026-03-26"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2026-03-28", "Sun 00:00"),  # a Saturday has no close: the end of the date itself
        ("2026-03-29", "Mon+1 00:00"),  # on this Sunday the clocks go forward
        ("2026-03-27T14:30:00+01:00", "Fri 17:00"),
    ],
)
def test_the_end_of_a_day_without_hours_is_the_end_of_the_date(said: str, due: str) -> None:
    """An instant counts as its day."""
    story = Story(custom({"start": "created", "stop": "solved"}, "end of day of custom.last_day"))
    story.at("Mon 09:00", created(custom={"last_day": said}), f"started vendor, due {due}")


@pytest.mark.parametrize("said", ["soon", "2026-02-30", "", 7, None, "1969-01-01", "2026-03-27T14:30:00"])
def test_a_field_that_gives_no_date_gives_no_clock(said: Any) -> None:
    """Neither a crash nor a deadline that nobody promised."""
    story = Story(custom({"start": "created", "stop": "solved"}, "custom.last_day"))
    story.at("Mon 09:00", created(custom={"last_day": said}))


def test_editing_a_built_in_declaration_changes_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine knows no metric by name: a first response declared to pause on nothing does not pause."""
    edited = metric_from("first_response", {**BUILT_IN["first_response"], "pause": "never"})
    monkeypatch.setattr(metrics, "METRICS", {**metrics.METRICS, "first_response": edited})
    monkeypatch.setattr("slaclock.domain.agreement.METRICS", {**metrics.METRICS, "first_response": edited})
    story = Story(agreement(target("first_response", "4h")))
    story.at("Wed 09:00", created(), "started first_response, due Wed 13:00")
    story.at("Wed 10:00", status("pending"))
    story.at("Wed 13:00", TIME, "breached first_response, due Wed 13:00")


def test_what_solving_means_is_said_in_the_declaration_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolution declared to stop at closing goes on when the ticket is solved."""
    declared = {"start": "created", "stop": {"status": {"any": ["closed"]}}}
    edited = {**metrics.METRICS, "resolution": metric_from("resolution", declared)}
    monkeypatch.setattr("slaclock.domain.agreement.METRICS", edited)
    story = Story(agreement(target("resolution", "4h")))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at("Wed 10:00", solved())
    story.at("Wed 11:00", status("closed"), "met resolution, due Wed 13:00")


def test_budgets_and_calendars_are_chosen_by_any_member() -> None:
    """A table names the member that it is read by; what it does not name has the default, or no clock."""
    by_severity = target(
        "resolution",
        {"sev1": "2h", "sev2": "4h"},
        budgets_by="custom.severity",
        calendars={"emea": "office", "default": "always"},
        calendars_by="region",
    )
    story = Story(agreement(by_severity))
    story.at("Wed 16:00", created(region="emea"))
    story.at(
        "Wed 16:10", event("field_changed", custom={"severity": "sev1"}), "started resolution, due Thu 10:00"
    )
    story.at("Wed 16:20", event("field_changed", region="apac"), "retargeted resolution, due Wed 18:00")
    story.at(
        "Wed 16:30",
        event("field_changed", custom={"severity": "sev2"}),
        "retargeted resolution, due Wed 20:00",
    )
    story.at("Wed 16:40", priority("urgent"))
