"""Rule 17: what was told stays told; late evidence is set beside it. And what one transaction holds."""

from datetime import timedelta

import pytest

from slaclock.domain.agreement import Agreement
from slaclock.domain.decide import MOST_FACTS, Decision, History, NeedsHistory, decide
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import RECORDED, period_of
from slaclock.domain.inputs import Given, Wake
from tests.spec.story import (
    TIME,
    Story,
    acknowledged,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    level,
    priority,
    solved,
    status,
    target,
    when,
)

LADDER = [level("0m", "one"), level("2h", "two")]
FIRST = agreement(target("first_response", "1h"))
RESOLUTION = agreement(target("resolution", "4h", escalation=LADDER))


def test_a_told_breach_that_did_not_happen_is_withdrawn_and_the_right_outcome_told() -> None:
    """Rule 17: the reply of 10:58 reached us at 11:20. The correction goes to everybody who was told."""
    story = Story(agreement(target("first_response", "1h", escalation=LADDER)))
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at(
        "Wed 11:00",
        TIME,
        "breached first_response, due Wed 11:00",
        "escalation_due first_response: level 1 to one",
    )
    corrected, met = story.at(
        "Wed 11:20",
        agent_replies(at="Wed 10:58"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 10:58, due Wed 11:00",
    )
    assert corrected.details["corrects"] == story.facts[1].id
    assert corrected.details["because"] == met.cause == "02"
    assert corrected.details["told"] == ["legal", "one"]
    story.at("Wed 14:00", TIME)


def test_what_was_met_out_of_a_pause_is_withdrawn_on_its_own_day() -> None:
    """Rule 17: it had no deadline; the correction of Thursday says of when it was: `of_at`."""
    story = Story(agreement(target("resolution", "4h")))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 10:05", status("pending"), "paused resolution")
    (met,) = story.at("Wed 15:00", solved(), "met resolution")
    corrected, _, breached, _ = story.at(
        "Thu 11:00",
        status("open", at="Wed 10:06"),
        "outcome_corrected resolution",
        "resumed resolution (revision 1) at Wed 10:06, due Wed 14:01",
        "breached resolution (revision 1) at Wed 14:01, due Wed 14:01",
        "breach_ended resolution (revision 1) at Wed 15:00, due Wed 14:01: the ticket was solved",
    )
    assert corrected.details["of_at"] == "2026-03-25T14:00:00Z"
    assert period_of(corrected) == met.at
    assert "of_at" not in breached.details


def test_a_breach_that_late_evidence_reveals_is_told() -> None:
    """Rule 17: the priority had been raised at 10:30, so that the reply at 11:30 was too late."""
    story = Story(agreement(target("first_response", {"low": "2h", "high": "1h"})))
    story.at("Wed 10:00", created(priority="low"), "started first_response, due Wed 12:00")
    story.at("Wed 11:30", agent_replies(), "met first_response, due Wed 12:00")
    *_, breach, ended = story.at(
        "Wed 13:00",
        priority("high", at="Wed 10:30"),
        "outcome_corrected first_response, due Wed 12:00",
        "retargeted first_response (revision 1) at Wed 10:30, due Wed 11:00",
        "breached first_response (revision 1) at Wed 11:00, due Wed 11:00",
        "breach_ended first_response (revision 1) at Wed 11:30, due Wed 11:00: an agent replied",
    )
    assert breach.details["detected_by"] == "late event"
    assert ended.cause == "02"


def test_a_correction_keeps_what_was_told() -> None:
    """Rule 17: the facts told before are all still there, unchanged and in their order."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    before = list(story.facts)
    story.at(
        "Wed 11:20",
        agent_replies(at="Wed 11:00"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 11:00, due Wed 11:00",
    )
    assert story.facts[:2] == before


def test_a_breach_whose_deadline_moved_is_told_again_at_the_right_time() -> None:
    """Rule 17: a pause of half an hour became known late; the clock runs on, and breaches under a new key."""
    story = Story(RESOLUTION)
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at(
        "Wed 13:00", TIME, "breached resolution, due Wed 13:00", "escalation_due resolution: level 1 to one"
    )
    story.at("Wed 13:10", status("open", at="Wed 12:30"))
    corrected, *_ = story.at(
        "Wed 13:15",
        status("pending", at="Wed 12:00"),
        "outcome_corrected resolution, due Wed 13:00",
        "paused resolution (revision 1) at Wed 12:00",
        "resumed resolution (revision 1) at Wed 12:30, due Wed 13:30",
    )
    assert corrected.details["because"] == "03"
    assert "reason" not in corrected.details, "a person gives one, with an exclusion"
    story.at("Wed 13:20", customer_writes(at="Wed 12:45"))
    story.at(
        "Wed 13:30",
        TIME,
        "breached resolution (revision 1), due Wed 13:30",
        "escalation_due resolution (revision 1): level 1 to one",
    )


def test_a_late_event_that_changes_nothing_tells_nothing() -> None:
    """Rule 17: a note, a message of the same wait; and what was left untold stays so."""
    story = Story(agreement(target("resolution", {"low": "8h", "high": "4h"}, reminders=["25%", "50%"])))
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at("Wed 10:30", TIME)
    story.at("Wed 10:40", event("note_added", at="Wed 09:40"))
    story.at("Wed 10:50", customer_writes(at="Wed 10:10"))


def test_of_reminders_found_late_only_the_last_is_told_and_the_others_never() -> None:
    """Rules 17 and 20: a late change of priority moves two reminders into the past."""
    story = Story(agreement(target("resolution", {"low": "8h", "high": "4h"}, reminders=["25%", "50%"])))
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at("Wed 10:59", customer_writes())
    story.at(
        "Wed 11:30",
        priority("high", at="Wed 09:30"),
        "retargeted resolution at Wed 09:30, due Wed 13:00",
        "reminder_due resolution at Wed 11:00, due Wed 13:00: 50%",
    )
    story.at("Wed 11:40", customer_writes(at="Wed 09:45"))
    story.at("Wed 11:50", customer_writes(at="Wed 09:50"))


def test_an_outcome_may_be_corrected_more_than_once() -> None:
    """Rule 17: breached, then met, then cancelled, each as the next revision."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at(
        "Wed 11:20",
        agent_replies(at="Wed 10:58"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 10:58, due Wed 11:00",
    )
    story.at(
        "Wed 11:30",
        event("merged", at="Wed 10:40"),
        "outcome_corrected first_response (revision 1), due Wed 11:00",
        "cancelled first_response (revision 2) at Wed 10:40, due Wed 11:00: merged",
    )
    story.at("Wed 11:40", event("note_added", at="Wed 10:10"))


def test_a_cycle_that_never_began_is_cancelled_once() -> None:
    """Rule 17: the ticket had been merged before the message that began the wait; and was restored later."""
    story = Story(agreement(target("next_response", "1h")))
    story.at("Wed 09:00", created(), "started next_response, due Wed 10:00")
    story.at("Wed 09:30", agent_replies(), "met next_response, due Wed 10:00")
    story.at("Wed 11:00", customer_writes(), "started next_response 2, due Wed 12:00")
    story.at("Wed 12:00", TIME, "breached next_response 2, due Wed 12:00")
    story.at(
        "Wed 12:30",
        event("merged", at="Wed 10:00"),
        "outcome_corrected next_response 2, due Wed 12:00",
        "cancelled next_response 2 (revision 1): as is now known, it never started",
    )
    story.at("Wed 12:40", event("note_added", at="Wed 10:10"))
    story.at("Wed 13:00", event("restored"))
    story.at("Wed 14:00", customer_writes(), "outcome_corrected next_response 2 (revision 1)")
    story.at("Wed 15:00", TIME, "breached next_response 2 (revision 2), due Wed 15:00")
    story.at(
        "Wed 15:10",
        agent_replies(at="Wed 14:30"),
        "outcome_corrected next_response 2 (revision 2), due Wed 15:00",
        "met next_response 2 (revision 3) at Wed 14:30, due Wed 15:00",
    )


def test_an_acknowledgement_survives_a_correction_elsewhere() -> None:
    """Rule 17: it lives in the same log."""
    story = Story(
        agreement(
            target("first_response", "1h"),
            target("resolution", "2h", escalation=[level("0m", "one", "acknowledged", times=3, every="1h")]),
        )
    )
    story.at(
        "Wed 10:00", created(), "started first_response, due Wed 11:00", "started resolution, due Wed 12:00"
    )
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at(
        "Wed 12:00", TIME, "breached resolution, due Wed 12:00", "escalation_due resolution: level 1 to one"
    )
    story.at(
        "Wed 12:10", acknowledged("ada", metric="resolution"), "breach_acknowledged resolution, due Wed 12:00"
    )
    story.at(
        "Wed 12:20",
        agent_replies(at="Wed 10:30"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 10:30, due Wed 11:00",
    )
    story.at("Wed 15:00", TIME)


def test_an_event_that_arrives_out_of_order_before_anything_was_told_of_it_just_folds() -> None:
    """Rule 28: the same facts as in order, told when they are known."""
    story = Story(RESOLUTION)
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at("Wed 11:00", status("open"))
    story.at(
        "Wed 11:01",
        status("pending", at="Wed 10:00"),
        "paused resolution at Wed 10:00",
        "resumed resolution at Wed 11:00, due Wed 14:00",
    )


def test_a_decision_that_tells_more_than_a_transaction_holds_is_told_in_parts() -> None:
    """Every part is full but the last, and all of them together are what an undisturbed fold tells."""
    ladder = [level("0m", "one", times=9, every="5m"), level("30m", "two", times=9, every="10m")]
    targets = [
        target("resolution", "2h", name=name, escalation=ladder, reminders=["50%", "75%"])
        for name in ("one", "two", "three", "four")
    ]
    promise = agreement(*targets)
    first = TicketEvent("1", "acme", "1", "created", when("Wed 10:00"), when("Wed 10:00"))
    last = TicketEvent("2", "acme", "1", "solved", when("Fri 10:00"), when("Fri 10:00"))
    undisturbed = Story(promise)
    undisturbed.give(first, first.occurred_at)
    moment = first.occurred_at
    while moment < last.occurred_at:
        moment += timedelta(minutes=5)
        undisturbed.give(Wake("timer"), min(moment, last.occurred_at - timedelta(seconds=1)))
    undisturbed.give(last, last.occurred_at)
    story = Story(promise)
    story.give(first, first.occurred_at)
    told = [len(story.give(last, last.occurred_at))]
    while story.ticket is not None and story.ticket.behind:
        assert story.ticket.next_moments[""] <= when("Fri 11:00")
        told.append(len(story.give(Wake("auditor"), when("Fri 11:00"))))
    assert told == [MOST_FACTS, MOST_FACTS, MOST_FACTS, 6]
    assert [(fact.key, fact.at) for fact in story.facts] == [
        (fact.key, fact.at) for fact in undisturbed.facts
    ]
    assert story.ticket == undisturbed.ticket


def clocks(number: int) -> Agreement:
    """An agreement with so many promises of a first response within an hour."""
    return agreement(*(target("first_response", "1h", name=f"promise-{each:02}") for each in range(number)))


def whole(story: Story, given: Given | Wake, now: str) -> None:
    """Decide, and go on until all of it is told."""
    story.give(given, when(now))
    while story.ticket is not None and story.ticket.behind:
        story.give(Wake("timer"), when(now))


@pytest.mark.parametrize(("number", "told", "behind"), [(29, 29, False), (30, 30, False), (31, 30, True)])
def test_one_transaction_holds_thirty_facts(number: int, told: int, *, behind: bool) -> None:
    """Of more the rest waits, and is due at once."""
    story, at = Story(clocks(number)), when("Wed 10:00")
    assert len(story.give(TicketEvent("1", "acme", "1", "created", at, at), at)) == told
    assert story.ticket is not None
    assert story.ticket.behind is behind
    assert story.ticket.next_moments.get("") == (at if behind else None)


def test_a_ticket_that_is_behind_tells_the_rest_of_a_breach_of_the_customer_of_whom_it_was() -> None:
    """As we hear late, the ticket was another customer's by then: the breach stays told as it was."""
    ladder = [level(f"{number}m", f"team{number}") for number in range(40)]
    story = Story(agreement(target("resolution", "1h", escalation=ladder)))
    story.happens("Wed 12:00", created(customer="acme"))
    story.happens("Wed 13:00", TIME)
    story.happens("Wed 13:00:01", event("updated", at="Wed 12:30", customer="beta"))
    story.happens("Wed 14:00", solved())
    while story.ticket is not None and story.ticket.behind:
        story.happens("Wed 14:00", TIME)
    of_the_breach = [fact for fact in story.facts if fact.due_at and fact.fact != "clock_started"]
    assert [fact.fact for fact in of_the_breach if fact.fact in RECORDED] == [
        "clock_breached",
        "breach_ended",
    ]
    assert {fact.details["customer"] for fact in of_the_breach} == {"acme"}


def test_a_ticket_that_is_behind_is_told_up_to_the_very_moment_of_its_waking() -> None:
    """Rule 28: moments at that instant, too; and it was the auditor who noticed."""
    story, at = Story(clocks(31)), when("Wed 10:00")
    story.give(TicketEvent("1", "acme", "1", "created", at, at), at)
    started, *breaches = story.give(Wake("auditor"), when("Wed 11:00"))
    assert (started.fact, started.at) == ("clock_started", at)
    assert {each.fact for each in breaches} == {"clock_breached"}
    assert {(each.at, each.details["detected_by"]) for each in breaches} == {(when("Wed 11:00"), "auditor")}


def test_a_ticket_that_is_behind_is_told_what_it_would_have_been() -> None:
    """Both reminders of each clock, though nobody woke it for the first one."""
    promise = agreement(
        *(
            target("first_response", "1h", name=f"promise-{each:02}", reminders=["50%", "75%"])
            for each in range(31)
        )
    )
    created_at = TicketEvent("1", "acme", "1", "created", when("Wed 10:00"), when("Wed 10:00"))
    undisturbed, behind = Story(promise), Story(promise)
    whole(undisturbed, created_at, "Wed 10:00")
    for moment in ("Wed 10:30", "Wed 10:45", "Wed 10:50"):
        whole(undisturbed, Wake("timer"), moment)
    behind.give(created_at, when("Wed 10:00"))
    whole(behind, Wake("timer"), "Wed 10:50")
    assert [fact.key for fact in behind.facts] == [fact.key for fact in undisturbed.facts]
    assert len(behind.facts) == 31 * 3


@pytest.mark.parametrize("noted", ["Wed 10:30", "Wed 11:10"])
def test_a_correction_that_does_not_fit_is_gone_on_with_by_the_next_wake(noted: str) -> None:
    """Rule 17: of 31 breaches the last is withdrawn in the next part, for the input that reached us last."""
    story = Story(clocks(31))
    whole(story, TicketEvent("1", "acme", "1", "created", when("Wed 10:00"), when("Wed 10:00")), "Wed 10:00")
    note = TicketEvent("2", "acme", "1", "noted", when(noted), when(noted))
    if noted < "Wed 11:00":
        whole(story, note, noted)
    whole(story, Wake("timer"), "Wed 11:00")
    if noted > "Wed 11:00":
        whole(story, note, noted)
    late = TicketEvent("3", "acme", "1", "agent_replied", when("Wed 10:58"), when("Wed 11:20"))
    whole(story, late, "Wed 11:20")
    corrections = [fact for fact in story.facts if fact.fact == "outcome_corrected"]
    assert [fact.details["because"] for fact in corrections] == ["3"] * 31
    assert [fact.at for fact in story.facts if fact.fact == "clock_met"] == [when("Wed 10:58")] * 31


def test_a_correction_names_the_input_that_made_it_though_another_came_after_that() -> None:
    """A delivery that was kept for later reached us before the note, and is folded after it."""
    story = Story(clocks(1))
    whole(story, TicketEvent("1", "acme", "1", "created", when("Wed 10:00"), when("Wed 10:00")), "Wed 10:00")
    whole(story, Wake("timer"), "Wed 11:00")
    whole(story, TicketEvent("2", "acme", "1", "noted", when("Wed 11:10"), when("Wed 11:10")), "Wed 11:10")
    kept = TicketEvent("3", "acme", "1", "agent_replied", when("Wed 10:58"), when("Wed 10:59"))
    whole(story, kept, "Wed 11:20")
    (correction,) = [fact for fact in story.facts if fact.fact == "outcome_corrected"]
    assert correction.details["because"] == "3"


def test_a_reminder_that_was_told_is_not_what_its_clock_waits_for_after_a_correction() -> None:
    """Rule 20: half of the budget was worked at 11:30, as is now known; that was told at 11:00."""
    story = Story(agreement(target("resolution", "4h", reminders=["50%"])))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at("Wed 11:00", TIME, "reminder_due resolution, due Wed 13:00: 50%")
    story.at("Wed 11:04", status("open", at="Wed 10:30"))
    story.at(
        "Wed 11:05",
        status("pending", at="Wed 10:00"),
        "paused resolution at Wed 10:00",
        "resumed resolution at Wed 10:30, due Wed 13:30",
    )
    assert story.ticket is not None
    assert story.ticket.next_moments == {"resolution": when("Wed 13:30")}


def test_a_ticket_behind_asks_for_its_log_whatever_wakes_it() -> None:
    """What was told so far has to be known before more is."""
    story = Story(RESOLUTION)
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    late = TicketEvent("9", "acme", "1", "note_added", when("Wed 08:00"), when("Wed 09:10"))
    now = when("Wed 09:10")
    assert decide(story.ticket, late, story.agreements, now) == NeedsHistory()
    assert isinstance(
        decide(story.ticket, late, story.agreements, now, History(story.log, story.facts)), Decision
    )


def test_a_log_says_what_its_ticket_does() -> None:
    """Whoever has the log needs no ticket: the decision is the same without it."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    late = TicketEvent("9", "acme", "1", "agent_replied", when("Wed 10:58"), when("Wed 11:20"))
    rest = (late, story.agreements, when("Wed 11:20"), History(story.log, story.facts))
    assert decide(None, *rest) == decide(story.ticket, *rest)


def test_a_level_told_before_a_pause_became_known_is_not_told_again_after_it() -> None:
    """Rules 17 and 22: the second message had gone out at 13:20, in what proves to have been a pause."""
    ladder = [level("0m", "one", times=1, every="20m")]
    story = Story(agreement(target("resolution", "4h", escalation=ladder)))
    story.at("Wed 09:00", created(), "started resolution, due Wed 13:00")
    story.at(
        "Wed 13:00", TIME, "breached resolution, due Wed 13:00", "escalation_due resolution: level 1 to one"
    )
    story.at("Wed 13:20", TIME, "escalation_due resolution: level 1 to one, again 1")
    story.at(
        "Wed 13:30",
        status("pending", at="Wed 13:10"),
        "paused resolution at Wed 13:10, due Wed 13:00",
    )
    story.at("Wed 14:00", status("open"), "resumed resolution, due Wed 13:00")
    story.at("Wed 15:00", TIME)


def test_a_promise_lost_and_regained_before_anybody_heard_of_it_starts_once() -> None:
    """Rules 15 and 17: the creation is the last to arrive."""
    story = Story(
        agreement(target("resolution", {"high": "4h"}), applies_to={"plan": {"any": ["gold"]}}),
        agreement(target("first_response", "1h"), agreement="plain", order=20),
    )
    story.at("Wed 10:00", priority("low"), "started first_response, due Wed 11:00")
    story.at("Wed 10:10", priority("high"))
    story.at(
        "Wed 10:20",
        created(at="Wed 09:50", plan="gold", priority="high"),
        "cancelled first_response: as is now known, it never started",
        "started resolution at Wed 09:50, due Wed 13:50",
    )


def test_of_two_events_at_once_the_later_to_arrive_tells_nothing_that_was_told() -> None:
    """Rule 28: a message that opens the ticket, and its change of status, reach us in the wrong order."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:00", status("pending"), "paused resolution")
    story.at(
        "Wed 12:00",
        event("status_changed", status="open", members={"group": "action", "sequence": 2}),
        "resumed resolution, due Wed 15:00",
    )
    message = {"author_role": "customer", "public": True, "group": "action", "sequence": 1}
    story.at("Wed 12:00", event("customer_replied", status="open", members=message))


def test_levels_and_reminders_are_told_once_when_a_change_between_turns_up_late() -> None:
    """Rules 20 and 21: the helpdesk retries a change of 10:05, long after the change of 10:10 was told."""
    by_priority = {"low": "8h", "normal": "6h", "high": "4h"}
    story = Story(agreement(target("resolution", by_priority, reminders=["50%"], escalation=LADDER)))
    story.at("Wed 10:00", created(priority="low"), "started resolution, due Thu 10:00")
    story.at("Wed 10:10", priority("high"), "retargeted resolution, due Wed 14:00")
    story.at("Wed 12:00", TIME, "reminder_due resolution, due Wed 14:00: 50%")
    story.at(
        "Wed 14:00",
        TIME,
        "breached resolution, due Wed 14:00",
        "escalation_due resolution: level 1 to one",
    )
    story.at(
        "Wed 14:30",
        priority("normal", at="Wed 10:05"),
        "retargeted resolution at Wed 10:05, due Wed 16:00",
    )
    story.at("Wed 16:00", TIME, "escalation_due resolution: level 2 to two")


def test_the_all_clear_goes_to_whoever_was_really_told() -> None:
    """Rule 22: level 2 was told at 16:00; that the ticket was solved at 15:30 reached us later."""
    story = Story(agreement(target("resolution", "4h", escalation=LADDER)))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at(
        "Wed 14:00",
        TIME,
        "breached resolution, due Wed 14:00",
        "escalation_due resolution: level 1 to one",
    )
    story.at("Wed 16:00", TIME, "escalation_due resolution: level 2 to two")
    (ended,) = story.at(
        "Wed 16:10",
        solved(at="Wed 15:30"),
        "breach_ended resolution at Wed 15:30, due Wed 14:00: the ticket was solved",
    )
    assert ended.details["told"] == ["legal", "one", "two"]


def test_a_breach_that_ended_earlier_than_was_told_is_told_so_without_another_all_clear() -> None:
    """Rule 17: the first of two replies turns up last. The ending told is withdrawn, the right one told."""
    story = Story(agreement(target("first_response", "1h", escalation=LADDER)))
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at(
        "Wed 11:00",
        TIME,
        "breached first_response, due Wed 11:00",
        "escalation_due first_response: level 1 to one",
    )
    (wrong,) = story.at(
        "Wed 12:00",
        agent_replies(),
        "breach_ended first_response, due Wed 11:00: an agent replied",
    )
    withdrawn, right = story.at(
        "Wed 12:10",
        agent_replies(at="Wed 11:30"),
        "outcome_corrected first_response, due Wed 11:00",
        "breach_ended first_response at Wed 11:30, due Wed 11:00: an agent replied",
    )
    assert withdrawn.details["corrects"] == wrong.id
    assert (wrong.details["told"], right.details["told"]) == (["legal", "one"], [])
    assert right.details["late_seconds"] == 1800
