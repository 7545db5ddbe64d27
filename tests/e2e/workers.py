"""Several execution environments at once: processes of their own, as Lambda has them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from local.template import ROOT
from slaclock.domain.instants import format_instant
from tests.e2e.desk import Desk, environ_of

_ENDING = 10.0  # seconds until a worker whose work is over must be gone


@dataclass(slots=True)
class Workers:
    """Processes that have loaded a function. `conflicts` counts the writes that came second."""

    processes: Sequence["subprocess.Popen[str]"]
    conflicts: int = 0

    def call(self, *batches: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Each process gets a batch of events, all of them at once; the answers of all, in their order."""
        for process, batch in zip(self.processes, batches, strict=True):
            self._tell(process, batch)
        done = [self._heard(process) for process in self.processes]
        self.conflicts += sum(each["conflicts"] for each in done)
        return [answer for each in done for answer in each["answers"]]

    @staticmethod
    def _tell(process: "subprocess.Popen[str]", message: Any) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()

    @staticmethod
    def _heard(process: "subprocess.Popen[str]") -> Any:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"a worker ended with {process.wait(_ENDING)}"
        return json.loads(line)


@contextmanager
def workers(desk: Desk, function: str, count: int, *, hurried: bool = False) -> Iterator[Workers]:
    """So many of a function, ready to work at the desk's time, which stands for them from now on.

    `hurried`, they give up on what others keep taking from them, when a helpdesk would be kept waiting.
    """
    told = {
        "folder": str(ROOT / "functions" / function.lower()),
        "environ": environ_of(desk, function),
        "hurried": hurried,
        "now": format_instant(desk.stack.clock.now()),
    }
    with ExitStack() as ending:
        processes = [ending.enter_context(_process(told)) for _ in range(count)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield Workers(processes)


@contextmanager
def _process(told: Mapping[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
