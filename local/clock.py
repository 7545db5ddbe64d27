"""The stack's time: it runs, at a speed, and can be set forward."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class VirtualClock:
    """Starts at an instant and runs `speed` times as fast as real time; at speed 0 it stands until moved."""

    def __init__(
        self, start: datetime, speed: float = 1.0, real: Callable[[], float] = time.monotonic
    ) -> None:
        self._start, self._speed, self._real, self._began = start, speed, real, real()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._real() - self._began) * self._speed)

    def move_to(self, instant: datetime) -> None:
        """Set the clock forward; it never goes back."""
        self._start += max(timedelta(), instant - self.now())
