"""A progress bar for what takes a while, on a terminal and nowhere else."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")

_WIDTH = 30
_PATIENCE = 2.0  # seconds before anything is shown
_PAUSE = 0.1  # and between two pictures


@dataclass(slots=True)
class Progress:
    """What is under way and how far it is, drawn on `stream` if it takes more than two seconds in all."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    drawn: float = field(init=False)
    width: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.began = self.drawn = self.clock()

    def through(self, items: Iterable[Item], label: str, count: int) -> Iterator[Item]:
        """The items as they come, `count` of them or so."""
        for done, item in enumerate(items):
            self._show(label, min(done / count, 1.0))
            yield item
        self._show(label, 1.0)

    def clear(self) -> None:
        """Leave the line as it was found."""
        if self.width:
            self._write("")

    def _show(self, label: str, share: float) -> None:
        now = self.clock()
        if self.stream.isatty() and now - self.began > _PATIENCE and now - self.drawn >= _PAUSE:
            self.drawn = now
            done = int(share * _WIDTH)
            self._write(f"{label} [{'#' * done}{'.' * (_WIDTH - done)}] {int(share * 100):3}%")

    def _write(self, text: str) -> None:
        """Write over what stands there."""
        self.stream.write(f"\r{text.ljust(self.width)}" + ("\r" if not text else ""))
        self.stream.flush()
        self.width = len(text)
