"""Rules 21 and 22: whom a breach is told to, when, and until what."""

from slaclock.domain.altered import altered
from tests.spec.story import (
    TIME,
    Story,
    acknowledged,
    agreement,
    created,
    level,
    priority,
    solved,
    status,
    target,
    when,
)


def broken(*ladder: dict[str, object]) -> Story:
    """Tell of a resolution that breaks on Wednesday at 16:00."""
    story = Story(agreement(target("resolution", "4h", escalation=list(ladder))))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    return story


BREACHED = "breached resolution, due Wed 16:00"


def test_levels_count_from_the_breach_in_working_or_in_wall_time() -> None:
    """Rule 21: two working hours after Wednesday 16:00 are Thursday 10:00, two wall hours 18:00."""
    story = broken(level("0m", "one"), level("2h", "two"), level("2h wall", "three"))
    story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
    story.at("Wed 17:59:59", TIME)
    story.at("Wed 18:00", TIME, "escalation_due resolution: level 3 to three")
    story.at("Thu 10:00", TIME, "escalation_due resolution: level 2 to two")
    story.at("Fri 17:00", TIME)


def test_a_level_repeats_as_often_as_it_says_after_its_first_message() -> None:
    """Rule 21: `times` counts the messages after the first."""
    story = broken(level("0m", "one", times=2, every="10m"))
    story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
    story.at("Wed 16:10", TIME, "escalation_due resolution: level 1 to one, again 1")
    story.at("Wed 16:20", TIME, "escalation_due resolution: level 1 to one, again 2")
    story.at("Wed 17:00", TIME)


def test_an_acknowledgement_stops_the_levels_that_wait_for_one_and_no_others() -> None:
    """Rules 21 and 22: it is itself a fact, with who and when."""
    story = broken(
        level("0m", "one", "acknowledged", times=9, every="10m"),
        level("30m", "two", "acknowledged"),
        level("40m", "three"),
    )
    story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
    (told,) = story.at(
        "Wed 16:05", acknowledged("ada", metric="resolution"), "breach_acknowledged resolution, due Wed 16:00"
    )
    assert told.details["by"] == "ada"
    story.at("Wed 16:30", TIME)
    story.at("Wed 16:40", TIME, "escalation_due resolution: level 3 to three")
    story.at("Wed 16:45", acknowledged("bob", metric="resolution"))


def test_an_acknowledgement_may_name_the_fact_that_was_told() -> None:
    """Rule 22: the breach's id, or that of one of its levels, names the breach."""
    for number in (1, 2):
        story = broken(level("0m", "one", "acknowledged"))
        story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
        names = {"fact_id": story.facts[number].id, "agreement": None}
        story.at("Wed 16:01", acknowledged("ada", **names), "breach_acknowledged resolution, due Wed 16:00")


def test_no_later_level_is_told_for_a_breach_that_has_ended() -> None:
    """Rule 22: everybody who was told gets the all-clear, and nobody else."""
    story = broken(level("0m", "one", "acknowledged", times=2, every="10m"), level("30m", "two"))
    story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
    (ended,) = story.at(
        "Wed 16:05", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved"
    )
    assert ended.details["told"] == ["legal", "one"]
    story.at("Thu 17:00", TIME)


def test_a_level_that_comes_due_before_the_stop_is_told_though_noticed_with_it() -> None:
    """Rule 22: its moment came while the breach was open; the stop at the very moment comes first."""
    for stop, lines in (
        ("Wed 16:30", []),
        ("Wed 16:30:01", ["escalation_due resolution at Wed 16:30: level 2 to two"]),
    ):
        story = broken(level("0m", "one"), level("30m", "two"))
        story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
        story.at(stop, solved(), *lines, "breach_ended resolution, due Wed 16:00: the ticket was solved")


def test_the_breach_and_its_first_level_are_always_told() -> None:
    """Rule 22: however late they are noticed, and though the ticket was solved before the level's moment."""
    story = broken(level("30m", "one"), level("45m", "two"))
    story.at(
        "Wed 16:10",
        solved(),
        "breached resolution at Wed 16:00, due Wed 16:00",
        "escalation_due resolution: level 1 to one",
        "breach_ended resolution, due Wed 16:00: the ticket was solved",
    )


def test_a_level_that_falls_into_a_pause_is_told_at_the_resume_once() -> None:
    """Rule 22: its first message, for the two repeats that fell into it too; the third comes when due."""
    story = broken(level("10m", "one", times=3, every="10m"))
    story.at("Wed 16:00", TIME, BREACHED)
    story.at("Wed 16:05", status("pending"), "paused resolution, due Wed 16:00")
    story.at("Wed 16:35", TIME)
    story.at("Wed 16:35", status("open"), "resumed resolution, due Wed 16:00")
    story.at("Wed 16:35", TIME, "escalation_due resolution: level 1 to one")
    story.at("Wed 16:40", TIME, "escalation_due resolution: level 1 to one, again 3")


def test_a_repeat_whose_moment_is_the_resume_is_told_with_those_before_it() -> None:
    """Rule 22: once, and not twice in one minute."""
    story = broken(level("10m", "one", times=3, every="10m"))
    story.at("Wed 16:00", TIME, BREACHED)
    story.at("Wed 16:05", status("pending"), "paused resolution, due Wed 16:00")
    story.at("Wed 16:30", status("open"), "resumed resolution, due Wed 16:00")
    story.at("Wed 16:30", TIME, "escalation_due resolution: level 1 to one")
    story.at("Wed 16:40", TIME, "escalation_due resolution: level 1 to one, again 3")


def test_whoever_hears_a_repeat_of_a_level_that_was_kept_from_them_hears_the_end() -> None:
    """Rule 22: an import tells what is long past to nobody; whom a repeat tells is told, others are not."""
    story = broken(level("0m", "one", times=1, every="30m"), level("0m", "two"))
    assert story.ticket
    story.ticket = altered(story.ticket, behind=True, quiet_before=when("Wed 16:10"))
    quiet = story.at(
        "Wed 16:10",
        TIME,
        "breached resolution at Wed 16:00, due Wed 16:00",
        "escalation_due resolution at Wed 16:00: level 1 to one",
        "escalation_due resolution at Wed 16:00: level 2 to two",
    )
    assert [fact.details["told"] for fact in quiet] == [[], [], []]
    story.at("Wed 16:30", TIME, "escalation_due resolution: level 1 to one, again 1")
    (end,) = story.at("Wed 16:40", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    assert end.details["told"] == ["one"]


def test_a_breach_is_told_to_legal_and_without_a_ladder_to_the_team() -> None:
    """Rule 22: the all-clear goes to the same."""
    story = broken()
    (breach,) = story.at("Wed 16:00", TIME, BREACHED)
    (ended,) = story.at(
        "Wed 16:05", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved"
    )
    assert breach.details["told"] == ended.details["told"] == ["legal", "team"]


def test_levels_of_a_breach_by_a_change_count_from_the_change() -> None:
    """Rules 16 and 21: the breach happened at the change."""
    ladder = [level("0m", "one"), level("30m", "two")]
    story = Story(agreement(target("resolution", {"low": "8h", "urgent": "1h"}, escalation=ladder)))
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at(
        "Wed 12:00",
        priority("urgent"),
        "retargeted resolution, due Wed 10:00",
        "breached resolution, due Wed 10:00",
    )
    story.at("Wed 12:00", TIME, "escalation_due resolution: level 1 to one")
    story.at("Wed 12:30", TIME, "escalation_due resolution: level 2 to two")
