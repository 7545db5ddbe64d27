"""Lines of many accounts, as they come, into one compressed file for each."""

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

MOST_OPEN = 200  # files; each holds a quarter of a megabyte while it is compressed


@dataclass(slots=True)
class Part:
    """A file that is being written, and how many lines it has; the same lines are the same bytes."""

    file: IO[bytes]
    rows: int = 0
    _lines: gzip.GzipFile = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Without a name and a time in it, the same lines are the same file.
        self._lines = gzip.GzipFile("", "wb", fileobj=self.file, mtime=0)

    def write(self, line: bytes) -> None:
        self._lines.write(line)
        self.rows += 1

    def close(self) -> None:
        """End the compression; the file stays open."""
        self._lines.close()


def split(lines: Iterable[tuple[str, bytes]], most: int = MOST_OPEN) -> Iterator[tuple[str, Part]]:
    """Yield each account with the file of its lines, in the order in which accounts turn up.

    No line is held. At most so many files are open, and two more: lines of further accounts are set apart in
    one, and gone through once more. A file is gone when the next one is asked for beyond its batch.
    """
    rest: Iterable[tuple[str, bytes]] | None = lines
    with ExitStack() as files:
        while rest is not None:
            apart = Part(files.enter_context(TemporaryFile()))
            yield from _batch(rest, apart, most)
            rest = _read(apart) if apart.rows else None


def _batch(lines: Iterable[tuple[str, bytes]], apart: Part, most: int) -> Iterator[tuple[str, Part]]:
    """Yield the first accounts with their files, which it closes; put the lines of the others apart."""
    with ExitStack() as files:
        parts = dict[str, Part]()
        for account, line in lines:
            if account not in parts and len(parts) < most:
                parts[account] = Part(files.enter_context(TemporaryFile()))
            if part := parts.get(account):
                part.write(line)
            else:
                apart.write(json.dumps(account).encode() + b"\n" + line)
        for part in (*parts.values(), apart):
            part.close()
        yield from parts.items()


def _read(apart: Part) -> Iterator[tuple[str, bytes]]:
    """Yield what was set apart, and close the file."""
    apart.file.seek(0)
    with apart.file, gzip.GzipFile(fileobj=apart.file) as lines:
        for account in lines:
            yield json.loads(account), lines.readline()
