"""A history of any length, cut into parts of whole lines, which several processes may read.

Which line is in which part depends on the history alone.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.cli.replay import InvalidLine, read_inputs
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slaclock.domain.inputs import Given

PARTS = 64  # or so, but each of a size, in bytes, that is worth a journey to another process
SMALLEST, LARGEST = 1 << 18, 1 << 23


@dataclass(frozen=True, slots=True)
class History:
    """A file of inputs, one a line; `name` is what messages call it, `folder` is for what is read."""

    path: Path
    name: str
    folder: Path
    part_size: int
    parts: int  # or fewer


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a history, and how many come before them."""

    history: History
    number: int
    begin: int
    length: int
    lines_before: int

    @property
    def lines(self) -> BytesIO:
        with self.history.path.open("rb") as file:
            file.seek(self.begin)
            return BytesIO(file.read(self.length))


def opened(name: str, folder: Path) -> History:
    """The history of that name; `-` is stdin. What cannot be read twice is copied to the folder."""
    path = Path(name)
    try:
        if name == "-" or not path.is_file():
            path = folder / "history"
            _copy(name, path)
        with path.open("rb") as file:
            size = file.seek(0, SEEK_END)
    except OSError as error:
        raise SlaError(f"{name} cannot be read: {error.strerror}") from None
    part_size = min(max(size // PARTS, SMALLEST), LARGEST)
    return History(path, "stdin" if name == "-" else name, folder, part_size, size // part_size + 1)


def parts(history: History) -> Iterator[Part]:
    """Cut a history at line ends."""
    with history.path.open("rb") as file:
        number = begin = lines = 0
        while block := file.read(history.part_size):
            block += file.readline()
            yield Part(history, number, begin, len(block), lines)
            number, begin, lines = number + 1, begin + len(block), lines + block.count(b"\n")


def inputs(part: Part) -> Iterator[Given]:
    """Check and read a part; `InvalidLine` names a wrong line by its number in the whole history."""
    reading = _Counted(part.lines)
    try:
        yield from read_inputs(reading, part.history.name)
    except InvalidLine:
        # The same line once more, after as many blank ones as there are lines before it in the whole history.
        before = repeat(b"", part.lines_before + reading.number - 1)
        list(read_inputs(chain(before, (reading.line,)), part.history.name))
        raise


def _copy(name: str, path: Path) -> None:
    with path.open("wb") as file:
        if name == "-":
            shutil.copyfileobj(sys.stdin.buffer, file)
            return
        with Path(name).open("rb") as source:
            shutil.copyfileobj(source, file)


@dataclass(slots=True)
class _Counted:
    """Lines, and which of them was read last."""

    lines: Iterable[bytes]
    number: int = 0
    line: bytes = b""

    def __iter__(self) -> Iterator[bytes]:
        for number, line in enumerate(self.lines, 1):
            self.number, self.line = number, line
            yield line
