"""Time that counts for nobody: between stop and reopening, while a ticket was gone, and dates that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.choosing import AgreementEnd
from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    customer_writes,
    ended,
    event,
    level,
    priority,
    solved,
    status,
    target,
    when,
)

if TYPE_CHECKING:
    from slaclock.domain.agreement import Agreement
    from tests.spec.story import Happening

TIER2: dict[str, Any] = {"team": {"id": "2", "name": "tier2"}}


def custom(declared: dict[str, Any], budget: str | dict[str, str] = "4h", **members: Any) -> Agreement:
    """Make an agreement with one promise, `own`, measured as declared."""
    return agreement(target("own", budget, **members), metrics={"own": declared})


def field(**fields: Any) -> Happening:
    """Tell of custom fields."""
    return event("field_changed", custom=fields)


@pytest.mark.parametrize("fate", ["deleted", "merged"])
def test_a_cycle_that_repeats_does_not_begin_while_the_ticket_is_gone(fate: str) -> None:
    """Rules 12 and 19: restoring is reopening, and the time in between counts for nobody."""
    story = Story(agreement(target("periodic_update", "4h")))
    story.at("Wed 09:00", created(), "started periodic_update, due Wed 13:00")
    story.at("Wed 10:00", event(fate), f"cancelled periodic_update, due Wed 13:00: {fate}")
    story.at("Wed 12:00", event("restored"), "started periodic_update 2, due Wed 16:00")


@pytest.mark.parametrize("fate", ["deleted", "merged"])
def test_a_promise_known_after_a_restoring_does_not_count_the_time_gone(fate: str) -> None:
    """Rule 15: it starts where it would have started, and would have waited."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    story.at("Wed 09:00", created(priority="low"))
    story.at("Wed 10:00", event(fate))
    story.at("Wed 15:00", event("restored"))
    story.at("Wed 15:30", priority("high"), "started resolution, due Thu 10:00")


def test_a_repeated_cycle_begins_where_its_stop_no_longer_holds() -> None:
    """The state that starts it held all along; that it was stopped meanwhile is a gap."""
    declared = {"start": {"team": {"any": ["2"]}}, "stop": {"tags": {"any": ["done"]}}, "repeat": True}
    story = Story(custom(declared))
    story.at("Wed 09:00", created(**TIER2), "started own, due Wed 13:00")
    story.at("Wed 10:00", event("tags_changed", tags=["done"]), "met own, due Wed 13:00")
    story.at("Wed 12:00", event("tags_changed", tags=[]), "started own 2, due Wed 16:00")


def test_a_creation_happens_once() -> None:
    """`repeat: true` with `start: created` begins no second cycle."""
    story = Story(custom({"start": "created", "stop": "solved", "repeat": True}))
    story.at("Wed 09:00", created(status="solved"), "started own, due Wed 13:00", "met own, due Wed 13:00")
    story.at("Wed 12:00", status("open"))


def test_a_date_begins_one_cycle_and_another_date_another() -> None:
    """`start: {at: …}` with `repeat: true`."""
    story = Story(custom({"start": {"at": "custom.visit"}, "stop": "agent_reply", "repeat": True}))
    story.at("Mon 09:00", created(custom={"visit": "2026-03-25"}), "started own, due Wed 13:00")
    story.at("Wed 10:00", agent_replies(), "met own, due Wed 13:00")
    story.at("Wed 11:00", agent_replies())
    story.at("Wed 12:00", field(visit="2026-03-27"), "started own 2, due Fri 13:00")


def test_a_restarted_cycle_is_not_thrown_back_to_the_date_of_the_first() -> None:
    """Rule 12: from zero means from the reopening."""
    declared = {"start": {"at": "custom.day"}, "stop": "solved", "repeat": "reopened"}
    story = Story(custom(declared, on_reopen="restart"))
    story.at("Mon 09:00", created(custom={"day": "2026-03-24"}), "started own, due Tue 13:00")
    story.at("Tue 10:00", solved(), "met own, due Tue 13:00")
    story.at("Wed 09:00", event("reopened"), "started own 2, due Wed 13:00")
    story.at("Wed 10:00", field(other="x"))


def test_a_start_moved_to_an_earlier_date_keeps_what_was_paused_since() -> None:
    """Rule 14: pending all along, it has no deadline."""
    story = Story(custom({"start": {"at": "custom.day"}, "stop": "solved"}))
    story.at(
        "Mon 09:00", created(status="pending", custom={"day": "2026-03-26"}), "started own", "paused own"
    )
    story.at("Mon 10:00", field(day="2026-03-24"), "retargeted own")
    story.at("Wed 10:00", status("open"), "resumed own, due Wed 14:00")


def test_a_budget_that_follows_a_date_counts_the_pauses_before_it() -> None:
    """Rule 15: the clock keeps its pauses, though the date did not move with them."""
    story = Story(agreement(target("resolution", {"high": "custom.day", "low": "4h"})))
    story.at(
        "Wed 09:00",
        created(priority="low", custom={"day": "2026-03-27"}),
        "started resolution, due Wed 13:00",
    )
    story.at("Wed 10:00", status("pending"), "paused resolution")
    story.at("Wed 11:00", priority("high"), "retargeted resolution, due Fri 17:00")
    story.at("Wed 12:00", status("open"))
    story.at("Wed 12:10", priority("low"), "retargeted resolution, due Wed 15:00")


def test_a_stop_that_holds_already_under_a_new_version_is_seen() -> None:
    """Rule 15: nothing will change to say so."""
    tagged = {"start": "created", "stop": {"tags": {"any": ["a"]}}}
    otherwise = {"start": "created", "stop": {"tags": {"any": ["b"]}}}
    first = custom(tagged)
    second = agreement(
        target("own", "4h"),
        metrics={"own": otherwise},
        version=2,
        applies_to_open=True,
        published_at=when("Wed 10:00"),
    )
    story = Story(first, second)
    story.at("Wed 09:00", created(tags=["b"]), "started own, due Wed 13:00")
    story.at("Wed 11:00", event("note_added"), "retargeted own, due Wed 13:00", "met own, due Wed 13:00")


def test_a_target_that_measures_something_else_now_begins_anew() -> None:
    """Rule 15: the promise that was is cancelled, and the new one is a cycle of its own."""
    first = agreement(target("assignment", "4h", name="quick"))
    second = agreement(
        target("resolution", "4h", name="quick"),
        version=2,
        applies_to_open=True,
        published_at=when("Wed 10:00"),
    )
    story = Story(first, second)
    story.at("Wed 09:00", created(), "started quick, due Wed 13:00")
    story.at(
        "Wed 11:00",
        event("note_added"),
        "cancelled quick, due Wed 13:00: no target applies any more",
        "started quick 2, due Wed 13:00",
    )


def test_two_agreements_that_call_two_promises_alike_share_no_clock() -> None:
    """Rule 15: of two that could begin in one lane, one does."""
    team = {"team": {"any": ["2"]}}
    until = {"until": "2026-03-25T09:00:00Z"}
    gold = agreement(target("first_response", "4h", name="response"), applies_to=team, effective=until)
    plain = agreement(target("time_in_team", "4h", name="response", team="2"), agreement="plain", order=20)
    story = Story(gold, plain)
    story.at("Wed 09:00", created())
    story.at("Wed 12:00", event("team_changed", **TIER2), "started response, due Wed 13:00")


def test_time_in_team_goes_on_whenever_a_restored_ticket_is_back_in_the_team() -> None:
    """Rules 13 and 19: not only where the restoring itself brings it back."""
    story = Story(agreement(target("time_in_team", "4h", team="2")))
    story.at("Wed 09:00", created(**TIER2), "started time_in_team, due Wed 13:00")
    story.at("Wed 10:00", event("deleted"), "cancelled time_in_team, due Wed 13:00: deleted")
    story.at("Wed 11:00", event("restored", team={"id": "1"}))
    story.at("Wed 12:00", event("team_changed", **TIER2), "started time_in_team 2, due Wed 15:00")


def test_a_wait_for_a_reply_that_is_promised_late_starts_at_the_oldest_without_an_answer() -> None:
    """Rule 15: the first of the agent's replies that the customer has not answered."""
    declared = {"start": "agent_reply", "stop": "customer_reply", "repeat": True}
    story = Story(custom(declared, {"high": "4h"}))
    story.at("Wed 09:00", created())
    story.at("Wed 09:30", agent_replies())
    story.at("Wed 10:30", agent_replies())
    story.at("Wed 11:00", priority("high"), "started own, due Wed 13:30")


def test_a_wait_that_was_over_before_it_was_promised_is_not_begun() -> None:
    """Rule 15: its one cycle would have been met."""
    story = Story(custom({"start": "customer_reply", "stop": "agent_reply"}, {"high": "4h"}))
    story.at("Wed 09:00", created())
    story.at("Wed 09:30", customer_writes())
    story.at("Wed 10:00", agent_replies())
    story.at("Wed 10:30", customer_writes())
    story.at("Wed 11:00", priority("high"))


def test_a_breach_under_an_ended_agreement_is_not_opened_again() -> None:
    """Rule 26: it ended with the agreement."""
    ladder = [level("0m", "one"), level("4h", "two")]
    story = Story(agreement(target("resolution", "1h", escalation=ladder)))
    story.at("Wed 09:00", created(), "started resolution, due Wed 10:00")
    story.at(
        "Wed 10:00", TIME, "breached resolution, due Wed 10:00", "escalation_due resolution: level 1 to one"
    )
    why = "the agreement was ended: bye"
    story.at("Wed 11:00", ended("gold", "bye"), f"breach_ended resolution, due Wed 10:00: {why}")
    story.at("Wed 12:00", solved())
    story.at("Wed 12:30", status("open"))
    story.at("Wed 15:00", TIME)


def test_a_promise_that_is_no_longer_made_does_not_go_on_with_a_reopening() -> None:
    """Rule 15: it goes on once it is made again."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    story.at("Wed 09:00", created(priority="high"), "started resolution, due Wed 13:00")
    story.at("Wed 10:00", solved(), "met resolution, due Wed 13:00")
    story.at("Wed 11:00", event("reopened", priority="low"))
    story.at("Wed 12:00", priority("high"), "started resolution 2, due Wed 15:00")


def test_ending_an_internal_agreement_leaves_the_others_as_they_are() -> None:
    """Rule 25: the ticket keeps its version of the customer's."""
    first = agreement(target("periodic_update", "4h"))
    second = agreement(target("periodic_update", "1h"), version=2, published_at=when("Wed 10:00"))
    story = Story(first, second, agreement(target("resolution", "40h"), agreement="ola", kind="internal"))
    story.at(
        "Wed 09:00",
        created(),
        "started periodic_update, due Wed 13:00",
        "started ola/resolution, due Tue+1 17:00",
    )
    story.at(
        "Wed 11:00",
        ended("ola", "bye"),
        "cancelled ola/resolution, due Tue+1 17:00: the agreement was ended: bye",
    )
    story.at(
        "Wed 12:00",
        agent_replies(),
        "met periodic_update, due Wed 13:00",
        "started periodic_update 2, due Wed 16:00",
    )


def test_what_stands_in_for_an_ended_agreement_begins_with_the_end() -> None:
    """Rule 26: its promise is told at once, and starts then; none starts before it."""
    base = agreement(target("periodic_update", "2h"), target("assignment", "1h"), agreement="base", order=99)
    end = AgreementEnd("gold", when("Wed 12:00"), "bye", "ada")
    story = Story(agreement(target("periodic_update", "4h")), base, endings=(end,))
    story.at("Wed 09:00", created(), "started periodic_update, due Wed 13:00")
    story.at(
        "Wed 12:00",
        ended("gold", "bye"),
        "cancelled periodic_update, due Wed 13:00: the agreement was ended: bye",
        "started periodic_update 2, due Wed 14:00",
    )
    story.at("Wed 12:30", priority("high"))


def test_a_level_does_not_fall_into_the_time_solved_where_the_deadline_was_a_date() -> None:
    """Rule 22: it is told at the reopening."""
    ladder = [level("0m", "one"), level("1h", "two")]
    story = Story(
        custom({"start": "created", "stop": "solved", "repeat": "reopened"}, "custom.at", escalation=ladder)
    )
    story.at("Wed 09:00", created(custom={"at": "2026-03-25T10:00:00+01:00"}), "started own, due Wed 10:00")
    story.at("Wed 10:00", TIME, "breached own, due Wed 10:00", "escalation_due own: level 1 to one")
    story.at("Wed 10:30", solved(), "breach_ended own, due Wed 10:00: the ticket was solved")
    story.at("Wed 16:00", status("open"), "breach_reopened own, due Wed 10:00")
    story.at("Wed 16:00", TIME, "escalation_due own: level 2 to two")


def test_a_budget_regained_is_reminded_of_anew() -> None:
    """Rule 20: a new budget arms its reminders, also where there was none in between."""
    story = Story(agreement(target("resolution", {"high": "2h", "low": "6h"}, reminders=["50%"])))
    story.at("Wed 09:00", created(priority="high"), "started resolution, due Wed 11:00")
    story.at("Wed 10:00", TIME, "reminder_due resolution, due Wed 11:00: 50%")
    story.at(
        "Wed 10:10", priority("normal"), "cancelled resolution, due Wed 11:00: no target applies any more"
    )
    story.at(
        "Wed 10:20",
        priority("low"),
        "outcome_corrected resolution, due Wed 11:00",
        "started resolution (revision 1), due Wed 15:00",
    )
    story.at("Wed 12:00", TIME, "reminder_due resolution (revision 1), due Wed 15:00: 50%")


def test_a_breach_remembers_the_promise_behind_it_whose_next_cycle_has_begun() -> None:
    """The internal wait was missed at 10:00, and answered; the customer's promise breaks later."""
    story = Story(
        agreement(target("resolution", "4h")),
        agreement(target("next_response", "1h"), agreement="ola", kind="internal"),
    )
    story.at(
        "Wed 09:00",
        created(),
        "started resolution, due Wed 13:00",
        "started ola/next_response, due Wed 10:00",
    )
    story.at("Wed 10:00", TIME, "breached ola/next_response, due Wed 10:00")
    story.at("Wed 10:30", agent_replies(), "breach_ended ola/next_response, due Wed 10:00: an agent replied")
    story.at("Wed 11:00", customer_writes(), "started ola/next_response 2, due Wed 12:00")
    story.at("Wed 11:10", agent_replies(), "met ola/next_response 2, due Wed 12:00")
    (breach,) = story.at("Wed 13:00", TIME, "breached resolution, due Wed 13:00")
    assert breach.details["broke_first"]["at"] == "2026-03-25T09:00:00Z"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2026-03-27 15:00:00+01:00", "Fri 15:00"),
        ("20260327T140000Z", "Fri 15:00"),
        ("2026-W13-5", "Fri 17:00"),
        ("2026-03-27T14:00:00.123456789Z", "Fri 15:00:00.123456"),
    ],
)
def test_a_date_may_be_written_in_any_form_of_its_standard(said: str, due: str) -> None:
    """ISO 8601, as helpdesks write it."""
    story = Story(custom({"start": "created", "stop": "solved"}, "custom.at"))
    story.at("Mon 09:00", created(custom={"at": said}), f"started own, due {due}")


@pytest.mark.parametrize(
    ("said", "due"), [(True, "Wed 10:00"), (False, "Thu 10:00"), (3.0, "Wed 12:00"), (3, "Wed 12:00")]
)
def test_a_boolean_or_a_number_is_what_documents_write(said: Any, due: str) -> None:
    """`true`, and `3` for 3.0."""
    table = {"true": "1h", "3": "3h", "default": "9h"}
    story = Story(agreement(target("resolution", table, budgets_by="custom.vip")))
    story.at("Wed 09:00", created(custom={"vip": said}), f"started resolution, due {due}")


LADDER = [level("0m", "one"), level("2h", "two")]
LATE_TURNS = agreement(target("resolution", "4h", escalation=LADDER))


def broken_and_reopened() -> Story:
    """A breach that ended at 13:10 and is open again since 14:00, with level 2 told at 15:00."""
    story = Story(LATE_TURNS)
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at(
        "Wed 13:00", TIME, "breached resolution, due Wed 13:00", "escalation_due resolution: level 1 to one"
    )
    story.at("Wed 13:10", solved(), "breach_ended resolution, due Wed 13:00: the ticket was solved")
    story.at("Wed 14:00", status("open"), "breach_reopened resolution, due Wed 13:00")
    return story


def test_the_all_clear_after_a_reopening_reaches_everybody_though_it_comes_late() -> None:
    """Rule 22: level 2 was called meanwhile."""
    story = broken_and_reopened()
    story.at("Wed 15:50", TIME, "escalation_due resolution at Wed 15:00: level 2 to two")
    (end,) = story.at(
        "Wed 15:51",
        solved(at="Wed 15:30"),
        "breach_ended resolution at Wed 15:30, due Wed 13:00: the ticket was solved",
    )
    assert end.details["told"] == ["legal", "one", "two"]


def test_a_reopening_that_did_not_happen_is_taken_back() -> None:
    """Rules 17 and 22: whoever heard that it is open again hears that it is not."""
    story = broken_and_reopened()
    (taken_back,) = story.at(
        "Wed 14:30",
        event("merged", at="Wed 13:30"),
        "outcome_corrected resolution, due Wed 13:00",
    )
    assert taken_back.details["told"] == ["legal", "one"]


def test_a_second_reopening_that_comes_late_is_not_told_again() -> None:
    """Rule 22: it is known that it is open."""
    story = broken_and_reopened()
    told = story.give(story._given(status("open", at="Wed 13:30"), when("Wed 14:30")), when("Wed 14:30"))  # noqa: SLF001
    assert [fact.details["told"] for fact in told] == [[], []]


def test_a_promise_known_after_a_reopening_begins_from_zero_where_it_would_have() -> None:
    """Rules 12 and 15: `restart` counts from the reopening, and `ignore` begins nothing."""
    restarted, ignored = (
        Story(agreement(target("resolution", {"high": "4h"}, on_reopen=way))) for way in ("restart", "ignore")
    )
    for story in (restarted, ignored):
        story.at("Wed 09:00", created(priority="low"))
        story.at("Wed 12:00", solved())
        story.at("Wed 13:00", event("reopened"))
    restarted.at("Wed 14:30", priority("high"), "started resolution, due Wed 17:00")
    ignored.at("Wed 14:30", priority("high"))


def test_a_promise_first_seen_overdue_names_what_broke_behind_it() -> None:
    """Both are found at once; the one that underpins is told first."""
    ola = agreement(target("resolution", "2h"), agreement="ola", kind="internal")
    story = Story(agreement(target("resolution", "4h")), ola)
    *_, breach = story.at(
        "Wed 16:00",
        status("open", created_at="2026-03-25T08:00:00Z"),
        "started resolution, due Wed 13:00",
        "started ola/resolution, due Wed 11:00",
        "breached ola/resolution, due Wed 11:00",
        "breached resolution, due Wed 13:00",
    )
    assert breach.details["broke_first"]["agreement"] == "ola"


def test_what_stands_in_for_an_ended_agreement_takes_over_no_old_work() -> None:
    """Rule 26: at a reopening it begins from zero."""
    base = agreement(target("resolution", "4h"), agreement="base", order=99)
    end = AgreementEnd("gold", when("Wed 12:00"), "bye", "ada")
    story = Story(agreement(target("resolution", "8h")), base, endings=(end,))
    story.at("Wed 09:00", created(), "started resolution, due Wed 17:00")
    why = "the agreement was ended: bye"
    story.at("Wed 12:00", ended("gold", "bye"), f"cancelled resolution, due Wed 17:00: {why}")
    story.at("Wed 12:30", solved())
    story.at("Wed 13:00", event("reopened"), "started resolution 2, due Wed 17:00")
