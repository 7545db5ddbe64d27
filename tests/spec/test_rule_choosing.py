"""Rules 24 to 27: which agreement applies, and which version of it."""

from typing import Any

import pytest

from slaclock.domain.choosing import Agreements
from slaclock.domain.ties import find_tie
from tests.spec.story import (
    TIME,
    Story,
    agreement,
    created,
    customer_writes,
    event,
    priority,
    solved,
    target,
    when,
)

FOUR, EIGHT = target("resolution", "4h"), target("resolution", "8h")


def chosen(
    *agreements: Any, start: str = "Wed 10:00", known: str = "Wed 10:00", **attributes: Any
) -> list[str]:
    found = Agreements(agreements).choose(attributes, when(start), when(known))
    return [f"{each.id} {each.version}" for each in found]


def test_the_first_by_order_applies_then_the_more_specific() -> None:
    """Rule 24: exactly one customer agreement."""
    general = agreement(FOUR, agreement="general", order=20)
    gold = agreement(FOUR, agreement="gold", order=20, applies_to={"plan": {"any": ["gold"]}})
    first = agreement(FOUR, agreement="first", order=10, applies_to={"tags": {"any": ["vip"]}})
    assert chosen(general, gold, first, plan="gold", tags=["vip", "x"]) == ["first 1"]
    assert chosen(general, gold, first, plan="gold", tags=["x"]) == ["gold 1"]
    assert chosen(general, gold, first, plan="basic") == ["general 1"]


@pytest.mark.parametrize(
    ("test", "attributes", "holds"),
    [
        ({"plan": {"any": ["gold"]}}, {"plan": "gold"}, True),
        ({"plan": {"any": ["gold"]}}, {}, False),
        ({"plan": {"any": ["gold"]}}, {"plan": None}, False),
        ({"plan": {"not": ["gold"]}}, {}, False),
        ({"plan": {"not": ["gold"]}}, {"plan": "basic"}, True),
        ({"tags": {"all": ["a", "b"]}}, {"tags": ["b", "c", "a"]}, True),
        ({"tags": {"all": ["a", "b"]}}, {"tags": ["a"]}, False),
        ({"tags": {"any": ["a"], "not": ["b"]}}, {"tags": ["a", "b"]}, False),
        ({"tags": {"not": ["b"]}}, {"tags": []}, True),
        ({"customer": {"any": ["acme"]}}, {"customer": {"id": "7", "name": "acme"}}, True),
        ({"customer": {"any": ["7"]}}, {"customer": {"id": "7", "name": "acme"}}, True),
        ({"custom.tier": {"any": ["3"]}}, {"custom": {"tier": 3}}, True),
        ({"custom.tier": {"any": ["3"]}}, {"custom": {}}, False),
    ],
)
def test_every_condition_has_to_hold_and_an_unknown_member_never_matches(
    test: Any,
    attributes: dict[str, Any],
    holds: bool,  # noqa: FBT001
) -> None:
    """Rule 24: not even a negative condition."""
    assert chosen(agreement(FOUR, applies_to=test), **attributes) == (["gold 1"] if holds else [])


def test_a_tie_is_found_at_publication() -> None:
    """Rule 24: two that one ticket could fit, with equal order and specificity."""
    gold = agreement(FOUR, agreement="gold", applies_to={"plan": {"any": ["gold"]}})
    vip = agreement(FOUR, agreement="vip", applies_to={"tags": {"any": ["vip"]}})
    basic = agreement(FOUR, agreement="basic", applies_to={"plan": {"any": ["basic"]}})
    team = agreement(FOUR, agreement="team", kind="internal", applies_to={"plan": {"any": ["gold"]}})
    assert find_tie([gold, vip]) == (gold, vip)
    assert find_tie([gold, basic, team]) is None


def test_internal_agreements_apply_beside_the_customers() -> None:
    """Rule 24: each with a clock of its own."""
    inner = agreement(target("resolution", "3h"), agreement="second-line", kind="internal")
    story = Story(agreement(FOUR), inner)
    story.at(
        "Wed 10:00",
        created(),
        "started resolution, due Wed 14:00",
        "started second-line/resolution, due Wed 13:00",
    )
    story.at("Wed 13:00", TIME, "breached second-line/resolution, due Wed 13:00")
    story.at(
        "Wed 13:30",
        solved(),
        "met resolution, due Wed 14:00",
        "breach_ended second-line/resolution, due Wed 13:00: the ticket was solved",
    )


def test_a_ticket_that_fits_no_agreement_has_no_clock() -> None:
    """Rule 24: until a change makes it fit; then it starts where it would have started (15)."""
    story = Story(agreement(FOUR, applies_to={"plan": {"any": ["gold"]}}))
    story.at("Wed 10:00", created())
    story.at("Wed 11:00", event("field_changed", plan="gold"), "started resolution, due Wed 14:00")


def test_a_ticket_keeps_its_version_unless_it_is_chosen_anew() -> None:
    """Rule 25: a version published later is not asked for until a member that the choice reads changes."""
    old = agreement(FOUR, published_at=when("Mon 09:00"))
    new = agreement(EIGHT, version=2, published_at=when("Wed 11:00"))
    story = Story(old, new)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:30", customer_writes())
    (moved,) = story.at("Wed 12:00", priority("high"), "retargeted resolution, due Thu 10:00")
    assert moved.agreement_version == 2


def test_a_version_that_applies_to_open_tickets_is_taken_up_with_the_next_event() -> None:
    """Rule 25: `applies_to_open: true`; the start is kept."""
    old = agreement(FOUR, published_at=when("Mon 09:00"))
    new = agreement(EIGHT, version=2, published_at=when("Wed 11:00"), applies_to_open=True)
    story = Story(old, new)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    (moved,) = story.at("Wed 11:30", customer_writes(), "retargeted resolution, due Thu 10:00")
    assert moved.details["reason"] == "a new version applies"


def test_a_deadline_beyond_the_horizon_is_flagged() -> None:
    """Rule 25: its calendar was not written out that far."""
    story = Story(agreement(target("resolution", "4h"), horizon="2026-03-25T12:00:00Z"))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    (breach,) = story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
    assert breach.details["beyond_horizon"] is True


@pytest.mark.parametrize(
    ("start", "found"),
    [("Tue 23:59:59", []), ("Wed 00:00", ["gold 1"]), ("Thu 23:59:59", ["gold 1"]), ("Fri 00:00", [])],
)
def test_effective_bounds_when_a_clock_can_start(start: str, found: list[str]) -> None:
    """Rule 26: the first instant is covered, that after the last is not."""
    effective = {"from": "2026-03-24T23:00:00Z", "until": "2026-03-26T23:00:00Z"}
    assert chosen(agreement(FOUR, effective=effective), start=start) == found


def test_a_running_clock_finishes_under_its_version() -> None:
    """Rule 26: the agreement ended on Wednesday."""
    story = Story(agreement(FOUR, effective={"until": "2026-03-25T23:00:00Z"}))
    story.at("Wed 16:00", created(), "started resolution, due Thu 12:00")
    story.at("Thu 09:00", priority("high"))
    story.at("Thu 12:00", TIME, "breached resolution, due Thu 12:00")


def test_an_exclusion_in_the_document_is_left_out_like_a_pause_and_tells_none() -> None:
    """Rule 27: half an hour of announced maintenance."""
    maintenance = {"from": "2026-03-25T11:00:00Z", "to": "2026-03-25T11:30:00Z", "reason": "announced"}
    story = Story(agreement(FOUR, exclusions=[maintenance]))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:30")
    (met,) = story.at("Wed 14:30", solved(), "met resolution, due Wed 14:30")
    assert met.details["worked_seconds"] == 4 * 3600


def test_a_table_by_a_reference_asks_for_the_id_before_the_name() -> None:
    """Whatever the order in which they are written."""
    table = {"Acme A/S": "1h", "acme": "2h"}
    story = Story(agreement(target("resolution", table, budgets_by="customer")))
    story.at(
        "Wed 09:00", created(customer={"id": "acme", "name": "Acme A/S"}), "started resolution, due Wed 11:00"
    )


def test_of_several_values_the_first_listed_counts() -> None:
    """The written order is said beside a table of tags: canonical JSON forgets it."""
    for order, due in ((["vip", "gold"], "Wed 10:00"), (["gold", "vip"], "Wed 13:00")):
        promise = target("resolution", {"gold": "4h", "vip": "1h"}, budgets_by="tags", budgets_order=order)
        story = Story(agreement(promise))
        story.at("Wed 09:00", created(tags=["gold", "vip"]), f"started resolution, due {due}")
