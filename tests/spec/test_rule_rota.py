"""Rules 20 to 22: an audience may be another one by the hour, and who was told is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from slaclock.domain.explaining import explain
from tests.spec.story import TIME, Story, agreement, created, event, level, line, solved, status, target, when

ROTAS = {"support": [{"during": "office", "notify": "team"}, {"notify": "oncall-1"}]}
LINK = "https://wiki.example.com/late"


def story(*ladder: dict[str, object], budget: str = "4h wall", **members: Any) -> Story:
    """A resolution in elapsed time under an agreement with a rota."""
    return Story(agreement(target("resolution", budget, escalation=list(ladder), **members), audiences=ROTAS))


@pytest.mark.parametrize(
    ("at", "to"),
    [
        ("Wed 12:59", "team"),
        ("Wed 08:59:59", "oncall-1"),
        ("Wed 09:00", "team"),
        ("Wed 16:59:59", "team"),
        ("Wed 17:00", "oncall-1"),
        ("Sat 12:00", "oncall-1"),
    ],
)
def test_a_level_is_told_to_whom_the_rota_names_at_its_moment(at: str, to: str) -> None:
    """A window's first instant is in it, its end is not; the fact says whom, and by which rota."""
    told = story(level("0m", "support"), budget="0m")
    facts = told.give(told._given(created(), when(at)), when(at))  # noqa: SLF001
    facts += told.give(TIME, when(at))
    fact = next(each for each in facts if each.fact == "escalation_due")
    assert (fact.details["notify"], fact.details["rota"]) == (to, "support")


def test_a_rota_that_names_its_own_audience_is_a_rota_all_the_same() -> None:
    """The support desk by day, somebody on call by night: the fact says by which rota, both times."""
    rotas = {"desk": [{"during": "office", "notify": "desk"}, {"notify": "oncall-1"}]}
    ladder = [level("0m", "desk", times=1, every="2h wall")]
    told = Story(agreement(target("resolution", "4h wall", escalation=ladder), audiences=rotas))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    facts = [*told.give(TIME, when("Wed 16:00")), *told.give(TIME, when("Wed 18:00"))]
    levels = [(each.details["notify"], each.details["rota"]) for each in facts if "level" in each.details]
    assert levels == [("desk", "desk"), ("oncall-1", "desk")]
    (end,) = told.at("Wed 18:10", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["desk", "legal", "oncall-1"]


def test_a_repeat_is_told_to_whom_the_rota_names_at_its_own_moment() -> None:
    """And everybody who was told gets the all-clear."""
    told = story(level("30m wall", "support", times=2, every="30m wall"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")
    told.at("Wed 16:30", TIME, "escalation_due resolution: level 1 to team")
    told.at("Wed 17:00", TIME, "escalation_due resolution: level 1 to oncall-1, again 1")
    (end,) = told.at("Wed 17:10", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["legal", "oncall-1", "team"]


def test_whoever_was_not_on_duty_hears_nothing() -> None:
    """The all-clear goes to those told, and not to all whom the rota names."""
    told = story(level("0m", "support"), level("10m", "boss"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at(
        "Wed 16:00",
        TIME,
        "breached resolution, due Wed 16:00",
        "escalation_due resolution: level 1 to team",
    )
    (end,) = told.at("Wed 16:05", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["legal", "team"]


def test_a_level_held_by_a_pause_goes_to_whoever_is_on_duty_when_it_ends() -> None:
    """Rule 22: its moment is the resume."""
    told = story(level("30m wall", "support"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")
    told.at("Wed 16:10", status("pending"), "paused resolution, due Wed 16:00")
    told.at("Wed 18:00", status("open"), "resumed resolution, due Wed 16:00")
    told.at("Wed 18:00", TIME, "escalation_due resolution: level 1 to oncall-1")


def test_noticed_late_a_level_is_still_told_to_whom_its_moment_names() -> None:
    """Whoever is on duty when we wake does not matter: folding again gives the same."""
    told = story(level("0m", "support"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at(
        "Wed 20:00",
        TIME,
        "breached resolution at Wed 16:00, due Wed 16:00",
        "escalation_due resolution at Wed 16:00: level 1 to team",
    )


def test_what_was_told_to_whom_stays_so_when_late_evidence_moves_a_level() -> None:
    """Rule 17: a pause of which we hear late moves the level; the all-clear goes where it went."""
    told = story(level("30m wall", "support"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")
    told.at("Wed 16:30", TIME, "escalation_due resolution: level 1 to team")
    told.at("Wed 18:00", TIME)
    told.at(
        "Wed 18:00",
        status("pending", at="Wed 16:10"),
        "paused resolution at Wed 16:10, due Wed 16:00",
    )
    told.at("Wed 18:10", status("open"), "resumed resolution, due Wed 16:00")
    told.at("Wed 18:20", TIME)
    (end,) = told.at("Wed 18:30", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["legal", "team"]


def test_the_level_to_come_says_who_will_be_on_duty() -> None:
    """In a ticket's explanation."""
    told = story(level("2h wall", "support"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")
    assert told.ticket
    (explained,) = explain(told.ticket, told.log, told.agreements, when("Wed 16:00"))
    assert explained.coming
    assert explained.coming.what == "level 1 to oncall-1 (support)"


def test_reminders_go_to_the_audiences_that_the_target_names() -> None:
    """By the rota of their moment; each audience once."""
    told = story(reminders=["50%"], remind=["support", "assignee", "team"])
    told.at("Wed 12:00", created(assignee={"id": "7"}), "started resolution, due Wed 16:00")
    (fact,) = told.at("Wed 14:00", TIME, "reminder_due resolution, due Wed 16:00: 50%")
    assert fact.details["told"] == ["team", "assignee"]


def test_what_is_for_the_assignee_of_a_ticket_that_nobody_has_goes_to_its_team() -> None:
    """Else nobody would hear of it; the all-clear goes to those who did."""
    told = story(level("0m", "assignee", times=1, every="30m wall"), reminders=["50%"], remind=["assignee"])
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    (fact,) = told.at("Wed 14:00", TIME, "reminder_due resolution, due Wed 16:00: 50%")
    assert fact.details["told"] == ["team"]
    told.at(
        "Wed 16:00",
        TIME,
        "breached resolution, due Wed 16:00",
        "escalation_due resolution: level 1 to team",
    )
    told.at("Wed 16:10", event("assignee_changed", assignee={"id": "7"}))
    told.at("Wed 16:30", TIME, "escalation_due resolution: level 1 to assignee, again 1")
    (end,) = told.at("Wed 16:40", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["assignee", "legal", "team"]


def test_a_level_may_tell_the_customer_who_gets_the_all_clear_too() -> None:
    """Rule 22, like any other audience."""
    told = story(level("0m", "customer"))
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told.at(
        "Wed 16:00",
        TIME,
        "breached resolution, due Wed 16:00",
        "escalation_due resolution: level 1 to customer",
    )
    (end,) = told.at("Wed 16:05", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["customer", "legal"]


def test_a_runbook_is_told_with_what_it_is_for() -> None:
    """A level's own, else its target's."""
    other = "https://wiki.example.com/night"
    told = story(
        {**level("0m", "one"), "runbook": other}, level("0m", "two"), reminders=["50%"], runbook=LINK
    )
    told.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    facts = [*told.give(TIME, when("Wed 14:00")), *told.give(TIME, when("Wed 16:00"))]
    assert [(line(each, each.at).partition(",")[0], each.details["runbook"]) for each in facts] == [
        ("reminder_due resolution", LINK),
        ("breached resolution", LINK),
        ("escalation_due resolution: level 1 to one", other),
        ("escalation_due resolution: level 2 to two", LINK),
    ]
