"""Rule 13: the metrics beside the response and the resolution, each declared as data."""

from __future__ import annotations

from tests.spec.story import TIME, Story, agent_replies, agreement, created, event, solved, status, target

TIER1, TIER2 = {"id": "1", "name": "tier1"}, {"id": "2", "name": "tier2"}


def test_periodic_update_is_met_by_each_reply_which_begins_the_next() -> None:
    """Rule 13: starts at creation; each public agent reply meets one cycle and begins the next."""
    story = Story(agreement(target("periodic_update", "4h")))
    story.at("Wed 10:00", created(), "started periodic_update, due Wed 14:00")
    story.at(
        "Wed 13:00",
        agent_replies(),
        "met periodic_update, due Wed 14:00",
        "started periodic_update 2, due Wed 17:00",
    )
    story.at("Wed 17:00", TIME, "breached periodic_update 2, due Wed 17:00")
    story.at(
        "Thu 10:00",
        agent_replies(),
        "breach_ended periodic_update 2, due Wed 17:00: an agent replied",
        "started periodic_update 3, due Thu 14:00",
    )


def test_periodic_update_ends_when_the_ticket_is_solved() -> None:
    """Rule 13: until solved; a reply that solves meets the cycle and begins none."""
    story = Story(agreement(target("periodic_update", "4h")))
    story.at("Wed 10:00", created(), "started periodic_update, due Wed 14:00")
    story.at("Wed 12:00", agent_replies(status="solved"), "met periodic_update, due Wed 14:00")
    story.at("Thu 10:00", event("reopened"), "started periodic_update 2, due Thu 14:00")
    story.at(
        "Thu 11:00",
        solved(),
        "cancelled periodic_update 2, due Thu 14:00: solved, no further update is due",
    )


def test_assignment_stops_at_the_first_assignee() -> None:
    """Rule 13: taking the assignee away again begins nothing."""
    story = Story(agreement(target("assignment", "30m")))
    story.at("Wed 10:00", created(), "started assignment, due Wed 10:30")
    story.at("Wed 10:20", event("assignee_changed", assignee={"id": "7"}), "met assignment, due Wed 10:30")
    story.at("Wed 10:25", event("assignee_changed", assignee=None))
    story.at("Wed 10:40", event("assignee_changed", assignee={"id": "8"}))


def test_a_ticket_that_is_created_with_an_assignee_is_assigned_at_once() -> None:
    """Rule 13: met at its start, with nothing worked."""
    story = Story(agreement(target("assignment", "30m")))
    _, met = story.at(
        "Wed 10:00",
        created(assignee={"id": "7"}),
        "started assignment, due Wed 10:30",
        "met assignment, due Wed 10:30",
    )
    assert met.details["worked_seconds"] == 0


def test_an_assignment_that_never_came_ends_at_solving() -> None:
    """Rule 13: all end at solving."""
    story = Story(agreement(target("assignment", "30m")))
    story.at("Wed 10:00", created(), "started assignment, due Wed 10:30")
    story.at("Wed 10:10", solved(), "cancelled assignment, due Wed 10:30: solved without an assignee")


def test_time_in_team_is_summed_over_visits() -> None:
    """Rule 13: it starts with the first visit, and runs only while the ticket is with its team."""
    story = Story(agreement(target("time_in_team", "3h", name="second-line", team="tier2")))
    story.at("Wed 09:00", created(team=TIER1))
    story.at("Wed 10:00", event("team_changed", team=TIER2), "started second-line, due Wed 13:00")
    story.at("Wed 11:00", event("team_changed", team=TIER1), "paused second-line")
    story.at("Wed 15:00", event("team_changed", team=TIER2), "resumed second-line, due Wed 17:00")
    (met,) = story.at("Wed 16:30", solved(), "met second-line, due Wed 17:00")
    assert met.details["worked_seconds"] == 9000


def test_time_in_team_pauses_where_its_target_says_so() -> None:
    """Rule 14: a pending ticket waits in the team's queue, and nobody's time is counted."""
    story = Story(agreement(target("time_in_team", "3h", team="2")))
    story.at("Wed 09:00", created(team=TIER2), "started time_in_team, due Wed 12:00")
    story.at("Wed 10:00", status("pending"), "paused time_in_team")
    story.at("Wed 12:00", event("team_changed", team=TIER1))
    story.at("Wed 13:00", status("open"))
    story.at("Wed 14:00", event("team_changed", team=TIER2), "resumed time_in_team, due Wed 16:00")
    story.at("Wed 16:00", TIME, "breached time_in_team, due Wed 16:00")


def test_a_ticket_that_leaves_for_no_team_is_in_none() -> None:
    """Rule 13: the team is taken away, which is known, and the clock waits."""
    story = Story(agreement(target("time_in_team", "3h", team="tier2")))
    story.at("Wed 09:00", created(team=TIER2), "started time_in_team, due Wed 12:00")
    story.at("Wed 10:00", event("team_changed", team=None), "paused time_in_team")


def test_a_team_promised_late_is_counted_from_its_first_visit() -> None:
    """Rule 15: the clock starts where it would have started, visits before the promise included."""
    ola = agreement(
        target("time_in_team", "3h", team="tier2"),
        agreement="ola",
        kind="internal",
        applies_to={"plan": {"any": ["gold"]}},
    )
    story = Story(ola)
    story.at("Wed 09:00", created(team=TIER2))
    story.at("Wed 10:00", event("team_changed", team=TIER1))
    story.at("Wed 11:00", event("team_changed", team=TIER2))
    (begun,) = story.at(
        "Wed 12:00", event("customer_changed", plan="gold"), "started ola/time_in_team, due Wed 13:00"
    )
    assert begun.details["started_at"] == "2026-03-25T08:00:00Z"


def test_requester_wait_runs_in_the_pausing_statuses() -> None:
    """Rule 13: it is their time that is counted, so it does not pause where the others do (rule 14)."""
    story = Story(agreement(target("requester_wait", "8h"), target("agent_work", "4h")))
    story.at("Wed 09:00", created(), "started agent_work, due Wed 13:00")
    story.at("Wed 10:00", status("pending"), "started requester_wait, due Thu 10:00", "paused agent_work")
    story.at("Wed 11:00", status("open"), "resumed agent_work, due Wed 14:00", "paused requester_wait")
    story.at("Wed 12:00", status("on_hold"), "paused agent_work", "resumed requester_wait, due Thu 11:00")
    worked, waited = story.at("Wed 13:00", solved(), "met agent_work", "met requester_wait, due Thu 11:00")
    assert (waited.details["worked_seconds"], worked.details["worked_seconds"]) == (7200, 7200)


def test_a_ticket_that_never_waits_has_no_requester_wait() -> None:
    """Rule 13: what never ran is neither met nor missed, and not counted."""
    story = Story(agreement(target("requester_wait", "8h")))
    story.at("Wed 09:00", created())
    story.at("Wed 10:00", solved())


def test_time_in_team_goes_on_after_reopening_once_the_ticket_is_back() -> None:
    """Rule 12: the next cycle carries the time worked; it begins with the next visit."""
    story = Story(agreement(target("time_in_team", "3h", team="tier2")))
    story.at("Wed 09:00", created(team=TIER2), "started time_in_team, due Wed 12:00")
    story.at("Wed 10:00", solved(), "met time_in_team, due Wed 12:00")
    story.at("Wed 11:00", event("reopened", team=TIER1))
    story.at("Wed 12:00", event("team_changed", team=TIER2), "started time_in_team 2, due Wed 14:00")
