"""The real functions, in containers that are kept warm, skewed in time, and lost when their worker dies."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from greenlet import getcurrent

from local.template import ROOT, resources
from tests.sim.streams import Crashed
from tests.sim.wire import Died, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.wiring import Wiring
    from tests.sim.hub import Hub


@dataclass(frozen=True)
class Context:
    """What Lambda passes beside the event."""

    function_name: str
    remaining: Callable[[], int]
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:sim"
    aws_request_id: str = "sim"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining()


class _Here:
    """The wiring of the container that the asking worker runs in."""

    def __getattr__(self, name: str) -> Any:
        return getattr(working().container, name)


def working() -> Work:
    """What the asking worker works at."""
    work: Work = getcurrent().work
    return work


class Uncounted:
    """In the place of Metrics, which would print, and mix what interleaved workers count."""

    def log_metrics(self, handler: Any) -> Any:
        return handler

    def add_metric(self, **_: Any) -> None:
        """Count nothing."""


class Lambdas:
    """Calls functions in the worker that asks; `make` makes a container's wiring."""

    def __init__(self, hub: Hub, make: Callable[[str, int], Wiring]) -> None:
        self._hub, self._make = hub, make
        self._warm: defaultdict[str, list[Wiring]] = defaultdict(list)
        self._made = 0

    def invoke(self, function: str, event: Any, name: str) -> Any:
        """The function's answer; `Crashed` where there is none."""
        handler, timeout = _functions()[function]
        container = self._warm[function].pop() if self._warm[function] else self._cold(function)
        ends = self._hub.seconds + timeout
        before = getattr(getcurrent(), "work", None)
        getcurrent().work = Work(name, function, ends, event, self._hub.seconds, container=container)
        try:
            answer = handler(event, Context(function, lambda: int(1000 * (ends - self._hub.seconds))))
        except Died as died:
            raise Crashed(str(died)) from None
        except Exception as error:
            self._warm[function].append(container)
            raise Crashed(f"{type(error).__name__}: {error}") from error
        finally:
            getcurrent().work = before
        self._warm[function].append(container)
        return answer

    def redeploy(self) -> None:
        """All containers are made anew."""
        self._warm.clear()

    def _cold(self, function: str) -> Wiring:
        self._made += 1
        return self._make(function, self._made)


@cache
def _functions() -> Mapping[str, tuple[Callable[[Any, Context], Any], float]]:
    """Each function's handler and its timeout, by the template's logical name."""
    return {
        name: (_loaded(name, ROOT / properties["CodeUri"] / "app.py"), float(properties["Timeout"]))
        for name, properties in resources("AWS::Serverless::Function")
    }


def _loaded(name: str, path: Any) -> Callable[[Any, Context], Any]:
    spec = spec_from_file_location(f"simulated_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with patch("aws_lambda_powertools.Metrics", Uncounted):
        spec.loader.exec_module(module)
    module.WIRING = _Here()  # type: ignore[attr-defined]
    handler: Callable[[Any, Context], Any] = module.handler
    return handler
