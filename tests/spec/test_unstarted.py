"""Why a promise of an agreement that applies has no clock: whoever asks is told for each target."""

from __future__ import annotations

from typing import Any

import pytest

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.explained import considered_to_json
from tests.spec.story import Story, agent_replies, agreement, created, ended, event, status, target, when

VENDOR = {"tags": {"any": ["vendor"]}}
NOT_COME = "its start has not come: "


def reasons(story: Story, now: str = "Fri 12:00") -> dict[str, str]:
    """Why each target of gold's that has no clock has none."""
    assert story.ticket is not None
    (gold, *_) = considered_to_json(story.ticket, story.agreements, when(now))
    assert gold["applies"]
    return {each["target"]: each["reason"] for each in gold["without_clock"]}


def told(promise: dict[str, Any], *happened: Any, **members: Any) -> str:
    """Why the one promise of an agreement has no clock after what happened from nine on, hour by hour."""
    story = Story(agreement(promise, **members))
    for hour, each in enumerate(happened, 9):
        story.give(story._given(each, when(f"Fri {hour:02}:00")), when(f"Fri {hour:02}:00"))  # noqa: SLF001
    return reasons(story).get(promise["name"], "")


def measured(budget: str = "4h", **declared: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A promise by a metric of the agreement's own, and the agreement's metrics."""
    return target("own", budget), {"metrics": {"own": declared}}


def test_a_target_that_has_a_clock_is_not_named() -> None:
    """Running, or met long ago."""
    story = Story(agreement(target("resolution", "8h"), target("first_response", "1h")))
    story.at(
        "Fri 09:00",
        created(),
        "started resolution, due Fri 17:00",
        "started first_response, due Fri 10:00",
    )
    story.at("Fri 09:30", agent_replies(), "met first_response, due Fri 10:00")
    assert reasons(story) == {}


@pytest.mark.parametrize(
    ("promise", "said", "why"),
    [
        (target("resolution", {"urgent": "1h"}), {"priority": "none"}, "no budget for priority none"),
        (target("resolution", {"urgent": "1h"}), {}, "no budget for priority none"),
        (target("resolution", {"urgent": "1h"}), {"priority": "low"}, "no budget for priority low"),
        (
            target("resolution", {"low": "none", "default": "1h"}),
            {"priority": "low"},
            "no budget for priority low",
        ),
        (
            target("resolution", {"emea": "1h"}, budgets_by="region"),
            {},
            "no budget for region unknown",
        ),
        (
            target("resolution", {"sev1": "1h"}, budgets_by="custom.severity"),
            {"custom": {"severity": "my phone is 555"}},
            "no budget for custom.severity another value",
        ),
        (target("resolution", "custom.last_day"), {}, "custom.last_day is unknown"),
        (
            target("resolution", "end of day of custom.last_day"),
            {"custom": {"last_day": "soon"}},
            "custom.last_day is no date",
        ),
    ],
)
def test_without_a_budget_there_is_no_clock(promise: dict[str, Any], said: dict[str, Any], why: str) -> None:
    """Its table says nothing for such a ticket, or the date that it goes by is not known."""
    assert told(promise, created(**said)) == why


@pytest.mark.parametrize(
    ("declared", "said", "why"),
    [
        ({"start": VENDOR, "stop": "solved"}, {"tags": ["vip"]}, "tags is vip, not vendor"),
        ({"start": "agent_reply", "stop": "solved"}, {}, "no agent has replied"),
        ({"start": "customer_reply", "stop": "agent_reply"}, {}, "the customer has not replied"),
        ({"start": "created", "while": VENDOR, "stop": "solved"}, {}, "tags is unknown, not vendor"),
        (
            {"start": "solved", "stop": "agent_reply"},
            {"status": "open"},
            "status is open, not one of closed, solved",
        ),
        ({"start": {"at": "custom.first_day"}, "stop": "solved"}, {}, "custom.first_day is unknown"),
        (
            {"start": {"at": "custom.first_day"}, "stop": "solved"},
            {"custom": {"first_day": "soon"}},
            "custom.first_day is no date",
        ),
    ],
)
def test_a_start_that_has_not_come_is_named(declared: dict[str, Any], said: dict[str, Any], why: str) -> None:
    """What it waits for: a reply, a date, a state of the ticket."""
    promise, members = measured(**declared)
    assert told(promise, created(**said), **members) == NOT_COME + why


@pytest.mark.parametrize(
    ("promise", "said", "why"),
    [
        (
            target("time_in_team", "4h", team="tier2"),
            {"team": {"id": "tier1", "name": None}},
            "team is tier1, not tier2",
        ),
        (target("requester_wait", "4h"), {"status": "open"}, "status is open, not one of on_hold, pending"),
        (target("requester_wait", "4h", pause_on=[]), {"status": "open"}, "nothing pauses it"),
    ],
)
def test_a_while_that_has_not_held_is_named(promise: dict[str, Any], said: dict[str, Any], why: str) -> None:
    """The clock begins when it first holds."""
    assert told(promise, created(**said)) == NOT_COME + why


def test_a_wait_that_another_clock_measures_is_said_to_be() -> None:
    """The first message is the first response's; one that was answered waits no more."""
    story = Story(agreement(target("first_response", "1h"), target("next_response", "1h")))
    story.at("Fri 09:00", created(), "started first_response, due Fri 10:00")
    assert reasons(story) == {"next_response": "first_response measures this wait already"}
    story.at("Fri 09:30", agent_replies(), "met first_response, due Fri 10:00")
    assert reasons(story) == {"next_response": NOT_COME + "no message of the customer waits for an answer"}


@pytest.mark.parametrize(
    ("declared", "happened", "why"),
    [
        (
            {"start": VENDOR, "stop": {"status": {"any": ["on_hold"]}}},
            (created(), status("on_hold", tags=["vendor"])),
            "what would stop it holds already: status is on_hold",
        ),
        (
            {"start": VENDOR, "stop": "agent_reply", "cancel": {"when": "solved", "reason": "all is done"}},
            (created(), status("solved", tags=["vendor"])),
            "what would cancel it holds already: all is done",
        ),
    ],
)
def test_what_would_stop_it_already_is_named(
    declared: dict[str, Any], happened: tuple[Any, ...], why: str
) -> None:
    """There is nothing left to measure."""
    promise, members = measured(**declared)
    assert told(promise, *happened, **members) == why


def test_an_agreement_published_after_the_choice_says_so() -> None:
    """A note makes no choice anew (rule 15)."""
    gold = agreement(target("resolution", "8h"), published_at=when("Fri 10:00"))
    story = Story(gold)
    story.at("Fri 09:00", created())
    story.at("Fri 11:00", event("note_added"))
    assert reasons(story) == {"resolution": "what the ticket is under was chosen before this could be"}


def test_a_promise_whose_start_came_before_its_agreement_stood_in_says_so() -> None:
    """What stands in for an ended agreement begins nothing that was older."""
    silver = agreement(target("first_response", "1h"), agreement="silver", order=20)
    story = Story(agreement(target("resolution", "8h")), silver)
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    end = AgreementEnd("gold", when("Fri 10:00"), "dissolved", "ada")
    story.agreements = Agreements(story.agreements.versions, endings=(end,))
    told_ = "cancelled resolution, due Fri 17:00: the agreement was ended: dissolved"
    story.at("Fri 10:00", ended("gold", "dissolved"), told_)
    assert story.ticket is not None
    asked = considered_to_json(story.ticket, story.agreements, when("Fri 12:00"))
    assert [each.get("without_clock") for each in asked] == [
        None,
        [
            {
                "target": "first_response",
                "reason": "its start came before the end of the agreement that this one stands in for",
            }
        ],
    ]


def test_the_clock_of_an_ended_agreement_is_none_of_the_one_that_stands_in_for_it() -> None:
    """It says why it has none of its own."""
    silver = agreement(target("resolution", "9h"), agreement="silver", order=20)
    story = Story(agreement(target("resolution", "8h")), silver)
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    end = AgreementEnd("gold", when("Fri 10:00"), "dissolved", "ada")
    story.agreements = Agreements(story.agreements.versions, endings=(end,))
    told_ = "cancelled resolution, due Fri 17:00: the agreement was ended: dissolved"
    story.at("Fri 10:00", ended("gold", "dissolved"), told_)
    assert story.ticket is not None
    asked = considered_to_json(story.ticket, story.agreements, when("Fri 12:00"))
    assert asked[1]["without_clock"] == [
        {
            "target": "resolution",
            "reason": "its start came before the end of the agreement that this one stands in for",
        }
    ]
