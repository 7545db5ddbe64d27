"""What a ticket's write makes of its schedules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.store.tickets import wakes_from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.schedules import Schedules

# A schedule is never made for a moment that may be past when it is made: it comes a little later instead. A
# call may take two attempts and the pause between, five seconds in all; clocks may be off by some.
MARGIN = timedelta(seconds=10)


def follow(
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    schedules: Schedules,
    now: Callable[[], datetime],
    wake: Callable[[str, str], object],
) -> list[str]:
    """Make the schedules of a ticket's item what its wakes say, from the item before and after a write.

    What comes late or twice does no harm: names are used once, and a schedule that is not current is ignored
    when it fires. A moment that has come already is decided at once, by `wake`. The lanes that it was about.
    """
    before = wakes_from_text(old["wakes"]) if old else {}
    after = wakes_from_text(new["wakes"])
    fresh = {lane: arming for lane, arming in after.items() if before.get(lane) != arming}
    began = now()
    coming = {lane: arming for lane, arming in fresh.items() if arming.at > began}
    for lane, arming in coming.items():
        schedules.create(new["pk"], lane, arming.number, max(arming.at, now() + MARGIN))
    for lane, arming in before.items():
        if after.get(lane) != arming:
            schedules.delete(new["pk"], lane, arming.number)
    if len(coming) < len(fresh):
        wake(new["pk"], "timer")
    return sorted({*fresh, *(lane for lane, arming in before.items() if after.get(lane) != arming)})
