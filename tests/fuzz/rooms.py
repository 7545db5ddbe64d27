"""Whole functions over a world in memory, for targets: what they answer, print and log."""

from __future__ import annotations

import io
import json
import logging
import os
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.functions.world import World
from tests.fuzz.frame import LoggedFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW = "2026-03-27T14:06:00Z"


class _Faults(logging.Handler):
    """What the package logs while this listens: faults of ours, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[logging.LogRecord] = []
        self._heard = logging.getLogger("slaclock")

    def __enter__(self) -> None:
        self._heard.addHandler(self)
        self._heard.propagate = False

    def __exit__(self, *_: object) -> None:
        self._heard.removeHandler(self)
        self._heard.propagate = True

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record)


class Room:
    """A world that each input finds as the first did, with what its functions print and log."""

    def __init__(self, name: str, furnish: Callable[[World], None] = lambda _: None, now: str = NOW) -> None:
        os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "fuzz")
        os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "slaclock")
        self.world, self.printed, self.faults = World(NOW), io.StringIO(), _Faults()
        furnish(self.world)
        self.now = now
        # Powertools keeps one logger a service, and writes where it was first asked to.
        with redirect_stdout(self.printed), patch.dict(os.environ, POWERTOOLS_SERVICE_NAME=f"fuzz-{name}"):
            self.handlers = {name: self.world.function(name).handler for name in ("webhook", "records")}
        self._before = {name: dict(items) for name, items in self.world.memory.tables.items()}

    def begin(self) -> World:
        self.world.memory.tables = {name: dict(items) for name, items in self._before.items()}
        self.world.s3.objects.clear()
        self.world.at(self.now)
        self.printed.seek(0)
        self.printed.truncate()
        self.faults.found.clear()
        return self.world

    def call(self, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """A function's answer; what it logs as a fault is raised, and what it prints is a record a line."""
        with redirect_stdout(self.printed), self.faults:
            answer: dict[str, Any] = self.handlers[name](event, None)
        for record in self.faults.found:
            raise LoggedFault(record.getMessage())
        for line in self.printed.getvalue().splitlines():
            assert isinstance(json.loads(line), dict), "a record of the log is one line"
        assert json.loads(json.dumps(answer)) == answer
        assert not any(
            set(text) & set("\r\n\x00") for each in answer["headers"].items() for text in map(str, each)
        )
        return answer
