"""Rule 27: time that does not count, entered before or after the fact, and rule 26: ending an agreement."""

from __future__ import annotations

from slaclock.domain.choosing import AgreementEnd
from tests.spec.story import (
    TIME,
    Story,
    agreement,
    created,
    ended,
    event,
    excluded,
    exclusion,
    level,
    solved,
    status,
    target,
    when,
)

GOLD = agreement(target("resolution", "4h"))


def test_an_exclusion_entered_before_the_fact_moves_the_deadline_without_a_pause() -> None:
    """Rule 27: it excludes working time like a pause, without pause facts."""
    story = Story(GOLD)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 10:30", excluded("Wed 12:00", "Wed 13:00"))
    story.at("Wed 14:00", TIME)
    story.at("Wed 15:00", TIME, "breached resolution, due Wed 15:00")


def test_an_exclusion_entered_after_the_fact_withdraws_the_breach() -> None:
    """Rule 27: a correction says so, and names the exclusion."""
    story = Story(GOLD)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    breach, *_ = story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
    (withdrawn,) = story.at(
        "Wed 14:30", excluded("Wed 12:00", "Wed 13:00"), "outcome_corrected resolution, due Wed 14:00"
    )
    assert withdrawn.details["corrects"] == breach.id
    assert withdrawn.details["because"] == "exclusion:Wed 12:00-Wed 13:00"
    assert withdrawn.details["reason"] == "maintenance"
    story.at("Wed 15:00", TIME, "breached resolution (revision 1), due Wed 15:00")


def test_an_exclusion_entered_after_a_late_stop_makes_it_timely() -> None:
    """Rule 27: the breach falls away, and what stands is met, with the working time that counts."""
    story = Story(GOLD)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
    story.at("Wed 14:30", solved(), "breach_ended resolution, due Wed 14:00: the ticket was solved")
    _, met = story.at(
        "Thu 10:00",
        excluded("Wed 12:00", "Wed 13:00"),
        "outcome_corrected resolution, due Wed 14:00",
        "met resolution (revision 1) at Wed 14:30, due Wed 15:00",
    )
    assert met.details["worked_seconds"] == 3.5 * 3600


def test_an_exclusion_and_a_pause_that_overlap_count_once() -> None:
    """Rule 27: 12:00 to 13:30 is left out, not two hours."""
    story = Story(GOLD)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 10:30", excluded("Wed 12:00", "Wed 13:00"))
    story.at("Wed 12:30", status("pending"), "paused resolution")
    story.at("Wed 13:30", status("open"), "resumed resolution, due Wed 15:30")


def test_a_ticket_that_comes_later_hears_of_an_exclusion_that_was_entered_before() -> None:
    """Rule 27: later ones are kept once, beside the agreement."""
    maintenance = exclusion(when("Mon 09:00"), "Wed 12:00", "Wed 13:00", "maintenance", {})
    story = Story(GOLD, exclusions=(maintenance,))
    story.at("Wed 10:00", created(), "started resolution, due Wed 15:00")
    story.at("Wed 10:30", excluded("Wed 12:00", "Wed 13:00"))
    story.at("Wed 15:00", TIME, "breached resolution, due Wed 15:00")


def test_an_exclusion_that_was_entered_later_than_anybody_knew_is_not_counted() -> None:
    """Rule 27: what was decided before it was entered is corrected by the input, not by chance."""
    maintenance = exclusion(when("Wed 10:00:01"), "Wed 12:00", "Wed 13:00", "maintenance", {})
    story = Story(GOLD, exclusions=(maintenance,))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")


def test_an_exclusion_counts_for_the_clocks_in_its_scope_only() -> None:
    """Rule 27: by agreement, by target."""
    both = agreement(target("first_response", "4h"), target("resolution", "4h"))
    story = Story(both)
    started = ["started first_response, due Wed 14:00", "started resolution, due Wed 14:00"]
    story.at("Wed 10:00", created(), *started)
    story.at("Wed 10:30", excluded("Wed 12:00", "Wed 13:00", target="resolution"))
    story.at("Wed 10:31", excluded("Wed 11:00", "Wed 12:00", agreement="silver"))
    story.at("Wed 14:00", TIME, "breached first_response, due Wed 14:00")
    story.at("Wed 15:00", TIME, "breached resolution, due Wed 15:00")


def test_a_ticket_comes_into_the_scope_of_an_exclusion_by_what_it_says() -> None:
    """Rule 27: from the moment on at which the ticket says that it concerns the service."""
    maintenance = exclusion(when("Mon 09:00"), "Wed 12:00", "Wed 13:00", "maintenance", {"service": "db"})
    story = Story(GOLD, exclusions=(maintenance,))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:00", event("field_changed", service="db"))
    story.at("Wed 15:00", TIME, "breached resolution, due Wed 15:00")


def test_an_agreement_that_is_ended_cancels_what_runs_with_the_reason() -> None:
    """Rule 26: a breach still waiting ends, with the same reason."""
    ladder = [level("0m", "oncall")]
    story = Story(agreement(target("first_response", "1h", escalation=ladder), target("resolution", "8h")))
    story.at(
        "Wed 09:00", created(), "started first_response, due Wed 10:00", "started resolution, due Wed 17:00"
    )
    story.at(
        "Wed 10:00",
        TIME,
        "breached first_response, due Wed 10:00",
        "escalation_due first_response: level 1 to oncall",
    )
    story.at(
        "Wed 11:00",
        ended("gold", "contract terminated"),
        "breach_ended first_response, due Wed 10:00: the agreement was ended: contract terminated",
        "cancelled resolution, due Wed 17:00: the agreement was ended: contract terminated",
    )
    story.at("Wed 17:00", TIME)


def test_what_starts_after_the_end_starts_under_another_agreement() -> None:
    """Rule 26: what was cancelled is not begun again; a new wait is another promise's."""
    base = agreement(target("next_response", "6h"), target("resolution", "1h"), agreement="base", order=99)
    gold = agreement(target("next_response", "2h"), target("resolution", "8h"))
    end = AgreementEnd("gold", when("Wed 11:00"), "contract terminated", "ada")
    story = Story(gold, base, endings=(end,))
    story.at(
        "Wed 09:00", created(), "started next_response, due Wed 11:00", "started resolution, due Wed 17:00"
    )
    story.at(
        "Wed 11:00",
        ended("gold", "contract terminated"),
        "cancelled next_response, due Wed 11:00: the agreement was ended: contract terminated",
        "cancelled resolution, due Wed 17:00: the agreement was ended: contract terminated",
    )
    story.at("Wed 12:00", event("priority_changed", priority="high"))


def test_a_ticket_that_has_not_heard_of_the_end_yet_is_cancelled_with_its_reason() -> None:
    """Rule 26: whoever knows of the end puts nothing new under it; the rest is left to the ending itself."""
    gold = agreement(
        target("resolution", {"high": "4h", "low": "8h"}), applies_to={"plan": {"any": ["gold"]}}
    )
    base = agreement(target("resolution", "40h"), agreement="base", order=99)
    end = AgreementEnd("gold", when("Wed 11:00"), "contract terminated", "ada")
    story = Story(gold, base, endings=(end,))
    story.at("Wed 10:00", created(plan="gold", priority="low"), "started resolution, due Thu 10:00")
    story.at(
        "Wed 11:00:30", event("priority_changed", priority="high"), "retargeted resolution, due Wed 14:00"
    )
    story.at(
        "Wed 11:01",
        ended("gold", "contract terminated"),
        "cancelled resolution, due Wed 14:00: the agreement was ended: contract terminated",
    )
    other = Story(gold, base, endings=(end,))
    other.at("Wed 10:00", created(plan="basic", priority="low"), "started resolution, due Wed+1 10:00")
    other.at("Wed 12:00", event("customer_changed", plan="gold"))
