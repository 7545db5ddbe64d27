"""Lambda's readers of a table's stream, as unkind as AWS may be.

Records of one item come in order; those of one transaction come apart. A batch may come late, twice, or be
given up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from local.filters import fits
from local.template import resources
from tests.sim import faults as kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.sim.faults import Faults
    from tests.sim.hub import Hub

_LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Settings:
    """What the template says of a reader: its function, table and filter, and how long it tries."""

    function: str
    table: str
    patterns: tuple[Any, ...]
    batch_size: int
    retries: int
    longest_age: int


@dataclass(order=True)
class Record:
    """A change record; `seen` is when the reader gets it, `made` when the write was."""

    seen: float
    number: int
    made: float = field(compare=False)
    name: str = field(compare=False)
    event: Mapping[str, Any] = field(compare=False)


@cache
def readers() -> tuple[Settings, ...]:
    """Every stream reader that the template has."""
    return tuple(
        Settings(
            name,
            event["Stream"]["Fn::GetAtt"].split(".")[0].lower(),
            tuple(_pattern(each) for each in event["FilterCriteria"]["Filters"]),
            event["BatchSize"],
            event["MaximumRetryAttempts"],
            event["MaximumRecordAgeInSeconds"],
        )
        for name, function in resources("AWS::Serverless::Function")
        for event in (each["Properties"] for each in function.get("Events", {}).values())
        if "Stream" in event
    )


def _pattern(filter_: Mapping[str, str]) -> Any:
    import json  # noqa: PLC0415

    return json.loads(filter_["Pattern"])


class Crashed(Exception):
    """A function did not answer: it raised, died, or took too long."""


class Reader:
    """One reader at its place in a stream: a batch at a time, the next when this one is done or given up."""

    def __init__(
        self, settings: Settings, hub: Hub, faults: Faults, invoke: Callable[[str, Any, str], Any]
    ) -> None:
        self.settings, self._hub, self._faults, self._invoke = settings, hub, faults, invoke
        self._queue: list[Record] = []
        self._last_seen: dict[str, float] = {}
        self._reading = False
        self.given_up: list[Record] = []

    def offer(self, item: str, name: str, event: Mapping[str, Any]) -> None:
        """A record was written. It comes after those of its item, and whenever else it likes."""
        if not any(fits(pattern, event) for pattern in self.settings.patterns):
            return
        share = self._faults.roll(f"{self.settings.function} gets {name}")
        delay = 0.05 + share if share < 0.9 else 20 * share
        seen = max(self._hub.seconds + delay, self._last_seen.get(item, 0.0))
        self._last_seen[item] = seen
        heappush(
            self._queue,
            Record(seen, int(event["dynamodb"]["SequenceNumber"]), self._hub.seconds, name, event),
        )
        if not self._reading:
            self._reading = True
            self._hub.spawn(self._read)

    @property
    def idle(self) -> bool:
        return not self._reading

    def _read(self) -> None:
        while self._queue:
            self._hub.sleep(self._queue[0].seen - self._hub.seconds)
            batch: list[Record] = []
            while (
                self._queue
                and self._queue[0].seen <= self._hub.seconds
                and len(batch) < self.settings.batch_size
            ):
                batch.append(heappop(self._queue))
            self._bring(batch)
        self._reading = False

    def _bring(self, batch: list[Record]) -> None:
        place = f"{self.settings.function} {batch[0].name}"
        fault = self._faults.at(place, f"{self.settings.function} batch", kinds.AT_BATCHES)
        if fault == kinds.LOST:
            self.given_up += batch
            return
        if fault == kinds.LATE:
            self._hub.sleep(60 + (300 if self._faults.gentle else 1800) * self._faults.roll(f"{place} late"))
        self._deliver(batch, 0)
        if fault == kinds.TWICE:
            self._deliver(batch, 1)

    def _deliver(self, batch: Sequence[Record], tries: int) -> None:
        """Bring a batch until it is done: again from the first that failed; in halves where none answered."""
        while batch:
            if tries > self.settings.retries or self._too_old(batch[0]):
                self.given_up += batch
                return
            try:
                batch = self._left(batch, self._call(batch, tries))
            except Crashed:
                if len(batch) > 1:
                    half = len(batch) // 2
                    self._pause(tries)
                    self._deliver(batch[:half], tries + 1)
                    self._deliver(batch[half:], tries + 1)
                    return
            if batch:
                self._pause(tries)
            tries += 1

    def _call(self, batch: Sequence[Record], tries: int) -> Mapping[str, Any]:
        events = [record.event for record in batch]
        name = f"{self.settings.function} {batch[0].name} try {tries}"
        answer: Mapping[str, Any] = self._invoke(self.settings.function, {"Records": events}, name)
        return answer

    def _left(self, batch: Sequence[Record], answer: Mapping[str, Any]) -> Sequence[Record]:
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for place, record in enumerate(batch):
            if record.event["dynamodb"]["SequenceNumber"] in failed:
                return batch[place:]
        return ()

    def _too_old(self, record: Record) -> bool:
        return self._hub.seconds - record.made > self.settings.longest_age

    def _pause(self, tries: int) -> None:
        self._hub.sleep(min(_LONGEST_PAUSE, 2.0**tries))
