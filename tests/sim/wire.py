"""The way from a worker to AWS and back: it takes time, and may fail before or after the call took effect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from tests.sim import faults as kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tests.sim.faults import Faults
    from tests.sim.hub import Hub

_T = TypeVar("_T")
_TRIES = 2
_TIMEOUT = 1.0  # seconds that a client waits for a reply
_REFUSAL = 0.05  # until it tries again what was refused


class Died(BaseException):
    """The worker is gone, in the middle of what it did. No handler of an exception sees it."""


@dataclass(frozen=True)
class Outage:
    """A service can't be had in the region: `dynamodb`, `scheduler`, `sns`, `s3`, `lambda`, or `all`."""

    service: str
    begins: datetime
    ends: datetime


@dataclass
class Work:
    """One attempt of a function at one thing: its name, when Lambda would kill it, and the calls it made."""

    name: str
    function: str
    ends: float
    event: Any = None
    began: float = 0.0
    calls: int = 0
    container: Any = None


class _Answer:
    """What a call came to, in AWS: an answer, or an error that is one."""

    def __init__(self, effect: Callable[[], Any]) -> None:
        self._value, self._error = None, None
        try:
            self._value = effect()
        except Exception as error:  # noqa: BLE001  (it travels back)
            self._error = error

    def given(self) -> Any:
        """The answer; an error is raised."""
        if self._error:
            raise self._error
        return self._value


@dataclass
class Wire:
    """Calls to AWS. `pace` is how many seconds a leg of the way takes at most, where nothing is wrong."""

    hub: Hub
    faults: Faults
    outages: Sequence[Outage]
    pace: float
    trace: list[tuple[float, str, str]] = field(default_factory=list)

    def down(self, service: str) -> bool:
        """Whether a service is in an outage now."""
        now = self.hub.now
        return any(
            each.service in (service, "all") and each.begins <= now < each.ends for each in self.outages
        )

    def call(
        self,
        work: Work,
        service: str,
        operation: str,
        effect: Callable[[], _T],
        trouble: Callable[[str], Exception],
    ) -> _T:
        """Have a call take effect, and answer it; `trouble` makes the client's error of a fault."""
        work.calls += 1
        place = f"{work.name}, {work.calls}:{operation}"
        possible = kinds.AT_TRANSACTIONS if operation == "TransactWriteItems" else kinds.AT_CALLS
        fault = self.faults.at(place, f"{work.function} {operation}", possible)
        if fault == kinds.DIES_BEFORE:
            raise Died(place)
        try:
            return self._tried(work, place, service, fault, effect, trouble)
        finally:
            if fault == kinds.DIES_AFTER:
                raise Died(place)

    def _tried(
        self,
        work: Work,
        place: str,
        service: str,
        fault: str | None,
        effect: Callable[[], _T],
        trouble: Callable[[str], Exception],
    ) -> _T:
        """Try as the client does: again where nothing was heard, and where the answer says that it may."""
        spoiled = 0 if fault is None else 2 if self.faults.both(place) else 1
        for attempt in range(_TRIES):
            if work.container.too_late(service, attempt):
                raise trouble(kinds.UNSENT)
            self._travel(work, place, attempt, slow=fault == kinds.SLOW)
            wrong = kinds.UNSENT if self.down(service) else fault if attempt < spoiled else None
            if wrong == kinds.CONFLICT:
                raise trouble(wrong)
            if wrong not in kinds.WITHOUT_EFFECT:
                answer = _Answer(effect)
                if wrong != kinds.UNANSWERED:
                    self._travel(work, place, attempt + _TRIES, slow=False)
                    return answer.given()  # type: ignore[no-any-return]
            self._wait(work, _REFUSAL if wrong in (kinds.THROTTLED, kinds.FAILED) else _TIMEOUT)
        raise trouble(wrong or kinds.UNSENT)

    def _travel(self, work: Work, place: str, leg: int, *, slow: bool) -> None:
        share = self.faults.roll(f"{place} leg {leg}")
        self._wait(work, 0.9 if slow else 0.002 + self.pace * share)

    def _wait(self, work: Work, seconds: float) -> None:
        self.hub.sleep(seconds)
        if self.hub.seconds > work.ends:
            self.faults.counts[work.function, kinds.STARVED] += 1
            raise Died(f"{work.name} took longer than its function may")
