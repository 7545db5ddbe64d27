"""Work done by several processes, and answered in the order in which it was given."""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# How many items each process may be ahead of the one that is waited for: enough to be busy, few to be kept.
_AHEAD = 3


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Workers:
    """So many processes; one means none but this. `prepare` is called with `given` once in each."""

    jobs: int
    prepare: Callable[..., None] | None = None
    given: tuple[Any, ...] = ()

    def each(self, work: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
        """The answers, in the order of the items, which are asked for as they are needed.

        The first item that is wrong raises its `SlaError` here, whichever process found it, and whenever.
        """
        if self.jobs == 1:
            _begin(self.prepare, self.given)
            yield from map(work, items)
            return
        ready = (self.prepare, self.given)
        with ProcessPoolExecutor(self.jobs, initializer=_begin_apart, initargs=ready) as pool:
            try:
                yield from _in_order(pool, partial(_told, work), items, _AHEAD * self.jobs)
            except BrokenProcessPool:
                raise SlaError("a process came to its end before its work: try --jobs 1") from None
            finally:
                pool.shutdown(cancel_futures=True)  # what is under way is waited for: it writes files


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[Item], Answer | _Wrong], items: Iterable[Item], most: int
) -> Iterator[Answer]:
    asked: deque[Any] = deque()
    for item in items:
        asked.append(pool.submit(work, item))
        if len(asked) >= most:
            yield _answer(asked.popleft().result())
    while asked:
        yield _answer(asked.popleft().result())


@dataclass(frozen=True, slots=True)
class _Wrong:
    """An error, as the text that a person is shown: not every error can be sent from process to process."""

    message: str


def _told(work: Callable[[Item], Answer], item: Item) -> Answer | _Wrong:
    try:
        return work(item)
    except SlaError as wrong:
        return _Wrong(str(wrong))


def _answer(answer: Answer | _Wrong) -> Answer:
    if isinstance(answer, _Wrong):
        raise SlaError(answer.message)
    return answer


def _begin_apart(prepare: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    # Ctrl-C reaches every process of the terminal: the first one decides, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _begin(prepare, given)


def _begin(prepare: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    if prepare:
        prepare(*given)
