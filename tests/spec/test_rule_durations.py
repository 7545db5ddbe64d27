"""The durations that agreements are written in, and what they come to on a clock."""

from datetime import timedelta

import pytest

from slaclock.domain.durations import Share, parse_delay, parse_duration, parse_reminder
from slaclock.domain.errors import InvalidAgreement
from tests.spec.story import Story, agreement, created, target


@pytest.mark.parametrize(
    ("budget", "start", "due"),
    [
        ("8h", "Wed 12:00", "Thu 12:00"),
        ("90m", "Wed 16:00", "Thu 09:30"),
        ("1h30m", "Fri 16:00", "Mon+1 09:30"),
        ("1h", "Wed 16:00", "Wed 17:00"),  # due at closing, not at the next opening (rule 1)
        ("1h", "Sat 12:00", "Mon+1 10:00"),
        ("2d", "Wed 10:00", "Fri 10:00"),
        ("2d", "Thu 10:00", "Mon+1 10:00"),
        ("1d", "Sat 12:00", "Tue+1 09:00"),
        ("2d end of day", "Wed 10:00", "Fri 17:00"),
        ("2h wall", "Fri 16:30", "Fri 18:30"),
        ("1d wall", "Sat 12:00", "Sun 13:00"),  # the clocks go forward on that night
        ("0m", "Wed 10:00", "Wed 10:00"),
    ],
)
def test_a_budget_comes_to_a_deadline(budget: str, start: str, due: str) -> None:
    """Rules 1, 5 and 6, on the clock of a ticket."""
    story = Story(agreement(target("resolution", budget)))
    story.at(start, created(), f"started resolution, due {due}")


@pytest.mark.parametrize(
    "text",
    ["", "8", "h", "8 h", "1.5h", "-1h", "1h 30m", "30m1h", "1d2h", "2d end", "8h end of day", "8h wall x"],
)
def test_what_is_no_duration_is_refused_by_its_text(text: str) -> None:
    """`d` combines with nothing else, `end of day` follows days alone."""
    with pytest.raises(InvalidAgreement) as wrong:
        parse_duration(text)
    assert repr(text) in str(wrong.value)


@pytest.mark.parametrize("text", ["4000d", "4000d wall", "99999h"])
def test_a_duration_is_ten_years_at_most(text: str) -> None:
    """So that no answer takes for ever."""
    with pytest.raises(InvalidAgreement, match="longer than ten years"):
        parse_duration(text)


def test_a_reminder_is_a_share_or_a_time_before() -> None:
    """Rule 20."""
    assert parse_reminder("75%") == Share("75%", 0.75)
    before = parse_reminder("1h30m before")
    assert not isinstance(before, Share)
    assert before.length == timedelta(minutes=90)


@pytest.mark.parametrize("text", ["0%", "100%", "15m", "0m before", "2d before", "1h wall before", "before"])
def test_what_is_no_reminder_is_refused_by_its_text(text: str) -> None:
    """A share lies between nothing and all; what comes before is working time of the target."""
    with pytest.raises(InvalidAgreement):
        parse_reminder(text)


def test_a_delay_counts_hours_and_never_days() -> None:
    """Rule 21: at once, in working or in wall time."""
    assert (parse_delay("0m").length, parse_delay("1d wall").length) == (timedelta(), timedelta(days=1))
    with pytest.raises(InvalidAgreement):
        parse_delay("1d")
