"""Virtual time: what happens next, and workers that are suspended at each of their calls to AWS.

Everything runs in one thread. A worker is a greenlet: it runs until it sleeps, and goes on at its time, so
two workers interleave at their calls and nowhere else, the same way each time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Hub:
    """The loop: actions in the order of their times, and of their making where those are the same."""

    def __init__(self, start: datetime) -> None:
        self.seconds = (start - _EPOCH).total_seconds()
        self._queue: list[tuple[float, int, Callable[..., Any]]] = []
        self._number = 0
        self._loop = getcurrent()

    @property
    def now(self) -> datetime:
        return _EPOCH + timedelta(seconds=self.seconds)

    def at(self, when: datetime, action: Callable[..., Any]) -> None:
        """Do something then, or now if that is past."""
        self.later((when - _EPOCH).total_seconds() - self.seconds, action)

    def later(self, seconds: float, action: Callable[..., Any]) -> None:
        """Do something after so many seconds."""
        self._number += 1
        heappush(self._queue, (self.seconds + max(0.0, seconds), self._number, action))

    def spawn(self, work: Callable[[], Any], after: float = 0.0) -> None:
        """Start a worker; what it raises ends the run."""
        self.later(after, greenlet(work, self._loop).switch)

    def sleep(self, seconds: float) -> None:
        """Suspend the worker that asks; others go on meanwhile."""
        me = getcurrent()
        if me is self._loop:
            raise RuntimeError("only a worker may sleep")
        self.later(seconds, me.switch)
        self._loop.switch()

    def run(self, until: datetime) -> None:
        """Let everything happen that does up to then."""
        end = (until - _EPOCH).total_seconds()
        while self._queue and self._queue[0][0] <= end:
            self.seconds, _, action = heappop(self._queue)
            action()
        self.seconds = max(self.seconds, end)
