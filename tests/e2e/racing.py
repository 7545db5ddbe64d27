"""Doing things at once: each in a thread of its own, and nobody writes before everybody has read."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import WriteConflictError

PATIENCE = 30.0  # seconds that one waits for the others; longer is a fault
_READS, _WRITES = ("load", "generation"), ("commit", "publish")


class Race:
    """The store's reads and writes, watched: `conflicts` counts the writes that came second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.conflicts = 0
        self._lock, self._mine = threading.Lock(), threading.local()
        for names, around in ((_READS, self._read), (_WRITES, self._write)):
            for name in names:
                monkeypatch.setattr(DynamoStore, name, _around(getattr(DynamoStore, name), around))

    def run(self, *steps: Callable[[], Any]) -> list[Any]:
        """The steps at once: all have read before the first writes, and they first write in their order.

        So every one but the first meets a conflict. The answers come in the order of the steps.
        """
        barrier = threading.Barrier(len(steps), timeout=PATIENCE)
        turns = [threading.Event() for _ in steps]
        with ThreadPoolExecutor(len(steps)) as pool:
            running = [
                pool.submit(self._take_part, step, barrier, turns[:place], turns[place])
                for place, step in enumerate(steps)
            ]
            return [each.result(timeout=2 * PATIENCE) for each in running]

    def _take_part(
        self,
        step: Callable[[], Any],
        barrier: threading.Barrier,
        before: Sequence[threading.Event],
        done: threading.Event,
    ) -> Any:
        self._mine.barrier, self._mine.before, self._mine.done = barrier, before, done
        try:
            return step()
        finally:
            done.set()

    def _read(self, read: Callable[[], Any]) -> Any:
        found, barrier = read(), self._taken("barrier")
        if barrier:
            barrier.wait()
        return found

    def _write(self, write: Callable[[], Any]) -> Any:
        for other in self._taken("before") or ():
            assert other.wait(PATIENCE), "whoever was to write before did not"
        try:
            return write()
        except WriteConflictError:
            with self._lock:
                self.conflicts += 1
            raise
        finally:
            if done := self._taken("done"):
                done.set()

    def _taken(self, name: str) -> Any:
        """What this thread waits for the first time that it comes here, and never again."""
        found = getattr(self._mine, name, None)
        setattr(self._mine, name, None)
        return found


def _around(method: Callable[..., Any], around: Callable[[Callable[[], Any]], Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: around(lambda: method(*args, **kwargs))
