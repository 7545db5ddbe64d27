"""What is left of a clock's budget: counted once, for whoever says it (rules 9, 14 and 27)."""

from datetime import datetime, timedelta

from slaclock.domain.clock import Clock, Terms
from slaclock.domain.deadlines import budget_end, target_length, worked


def seconds_left(clock: Clock, terms: Terms, at: datetime) -> int:
    """The calendar's whole seconds that may still be worked at `at`, pauses and exclusions left out.

    Never less than nothing. While a clock is paused, it is what there would be if it went on at `at`.
    """
    return max(0, whole_seconds(to_work(clock, terms, at)) - whole_seconds(worked(clock, terms, at)))


def to_work(clock: Clock, terms: Terms, at: datetime) -> timedelta:
    """What may be worked from the start to the deadline; while a clock is paused, as if it went on at `at`.

    What moves `end of day` to a later close adds to it.
    """
    if not (terms.budget.unit == "days" and terms.budget.end_of_day):
        return target_length(clock, terms)
    going = clock.resume(at) if clock.paused else clock
    return worked(going, terms, budget_end(going, terms))


def whole_seconds(length: timedelta) -> int:
    """Whole seconds; a fraction of one is not counted as worked."""
    return length // timedelta(seconds=1)
