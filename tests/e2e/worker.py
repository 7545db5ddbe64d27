"""A function's execution environment: a process that gets events on stdin, all of a line at once.

The first line gives the function's folder, its variables, the time, and whether it ever gives up. The answers
to each that follows come back in a line, with how many of the writes came second.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib import import_module
from typing import Any

from local.functions import LocalWiring
from slaclock.domain.instants import parse_instant
from slaclock.patience import COMMANDS, Calls, Patience
from slaclock.store.commit import Commit, Saved
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import WriteConflictError

Handler = Callable[[Mapping[str, Any]], Any]
# As the desk's: nothing times out, and no call is made twice.
_UNHURRIED = Patience({service: Calls(connect=30.0, read=60.0, attempts=1) for service in COMMANDS.calls})
_LOCK = threading.Lock()


class _Conflicts:
    """How many writes came second."""

    met = 0


def main() -> None:
    """Until stdin ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what functions log is no answer
    told = json.loads(sys.stdin.readline())
    DynamoStore.commit = _counted(DynamoStore.commit)  # type: ignore[method-assign, assignment]
    handler = _loaded(told["folder"], told["environ"], parse_instant(told["now"]), hurried=told["hurried"])
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(_all_at_once(handler, json.loads(line))) + "\n")
        answers.flush()


def _loaded(folder: str, environ: Mapping[str, str], now: datetime, *, hurried: bool) -> Handler:
    """A function's handler, its clients made by one thread, as Lambda has one call at a time."""
    sys.path.insert(0, folder)
    module = import_module("app")
    elapsed = time.monotonic if hurried else lambda: 0.0
    wiring = module.WIRING = LocalWiring(environ, lambda: now, _UNHURRIED, elapsed)  # type: ignore[attr-defined]
    assert wiring.store
    assert wiring.connection.client
    if "QUARANTINE_BUCKET" in environ:
        assert wiring.intake
    return lambda event: module.handler(event, None)


def _counted(commit: Callable[[DynamoStore, Commit], Saved]) -> Callable[[DynamoStore, Commit], Saved]:
    def counted(store: DynamoStore, change: Commit) -> Saved:
        try:
            return commit(store, change)
        except WriteConflictError:
            with _LOCK:
                _Conflicts.met += 1
            raise

    return counted


def _all_at_once(handler: Handler, events: list[Mapping[str, Any]]) -> dict[str, Any]:
    _Conflicts.met = 0
    together = threading.Barrier(len(events), timeout=30)

    def call(event: Mapping[str, Any]) -> Any:
        together.wait()
        return handler(event)

    with ThreadPoolExecutor(len(events)) as pool:
        return {"answers": list(pool.map(call, events)), "conflicts": _Conflicts.met}


if __name__ == "__main__":
    main()
