"""One run: a life is lived in a region where things go wrong, until the dust has settled."""

from __future__ import annotations

import json
import logging
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.evidence.canonical import content_hash
from slaclock.helpdesks.signatures import StandardWebhooks
from slaclock.store.agreements import Version
from tests.sim import faults as kinds
from tests.sim.faults import Faults
from tests.sim.hub import Hub
from tests.sim.lives import ACCOUNT, CONNECTION, START, Arrival, Life, subject_of
from tests.sim.region import SECRET, Region
from tests.sim.streams import Crashed
from tests.sim.wire import Died, Wire, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.inputs import Given
    from slaclock.store.commit import Saved

SUBJECT = subject_of("1")
AUDIT_EVERY = 300.0  # seconds
# What is due within this time of the end may still be on its way.
SETTLED = timedelta(minutes=15)
_PATIENCE = 10.0  # seconds that a helpdesk waits for an answer
_COMMAND = 3600.0  # seconds that a command may take


@dataclass(frozen=True)
class Profile:
    """How unkind a region is: the odds of faults, the pace of calls, clocks that are off, no auditor."""

    odds: Mapping[str, float] = field(default_factory=dict)
    pace: float = 0.03
    skewed: bool = False
    audited: bool = True
    gentle: bool = False
    wired: bool = False
    plan: Mapping[str, str] | None = None


CALM = Profile()


def unkind(seed: int) -> Profile:
    """The profile of a seed: from almost calm to hardly usable."""
    chance = random.Random(f"profile {seed}")
    often = chance.choice((0.003, 0.01, 0.03))
    every = (*kinds.AT_TRANSACTIONS, kinds.LOST, kinds.TWICE, kinds.LATE)
    odds = {kind: often * chance.choice((0, 1, 1, 3)) for kind in every}
    around = {kind: 8 * odds[kind] for kind in (kinds.LOST, kinds.TWICE, kinds.LATE)}
    return Profile(odds | around, chance.choice((0.03, 0.3, 0.8)), skewed=chance.random() < 0.5)


def gentle(seed: int) -> Profile:
    """The profile of a seed in which nothing is lost and every second try succeeds: without the auditor."""
    profile = unkind(seed)
    odds = {kind: odd for kind, odd in profile.odds.items() if kind != kinds.LOST}
    return replace(profile, odds=odds, pace=min(profile.pace, 0.1), gentle=True, audited=False)


@dataclass
class Ran:
    """A run that is over: what the region holds, and what happened on the way."""

    life: Life
    profile: Profile
    region: Region
    accepted: list[Given]
    ended: datetime

    @property
    def faults(self) -> Faults:
        return self.region.faults


def named(given: Given) -> str:
    """An input's name among those of all tickets."""
    return f"{given.ticket_id}-{given.id}"


def _moments(saved: Saved) -> list[datetime]:
    return [each.at for each in saved.wakes.values()]


class Run:
    """Lives a life in a region of a seed."""

    def __init__(self, seed: int, life: Life, profile: Profile) -> None:
        self.hub = Hub(START - timedelta(days=1))
        self.faults = Faults(seed, profile.odds, profile.plan, profile.gentle)
        self.wire = Wire(self.hub, self.faults, life.outages, profile.pace)
        self.region = Region(self.hub, self.wire, skewed=profile.skewed, wired=profile.wired)
        self.life, self.profile, self.seed = life, profile, seed
        self.accepted: list[Given] = []
        self._open = 0

    def live(self) -> Ran:
        """The whole run. Two of one seed are the same to the last call."""
        before, disabled = random.getstate(), logging.root.manager.disable
        random.seed(self.seed)
        logging.disable(logging.CRITICAL)
        try:
            self._publish()
            for arrival in self.life.arrivals:
                self._plan(arrival)
            for at, document in self.life.releases:
                self.hub.at(at, partial(self._release, document))
            if self.profile.audited:
                self.hub.at(START, self._audit)
            ended = self._settle()
        finally:
            random.setstate(before)
            logging.disable(disabled)
        return Ran(self.life, self.profile, self.region, self.accepted, ended)

    def _publish(self) -> None:
        versions = [Version(each, 1, content_hash(each)) for each in self.life.published]
        self.region.tables.publish(ACCOUNT, versions, self.hub.now, 0)
        connection = {"id": CONNECTION, "kind": "generic", "account": ACCOUNT, "secret": "slaclock/hook"}
        self.region.tables.connect(connection)

    def _plan(self, arrival: Arrival) -> None:
        """Have an arrival happen; a helpdesk may bring an event late, or again."""
        self._open += 1
        name = named(arrival.given)
        fault = self.faults.at(f"delivery {name}", "Helpdesk", kinds.AT_DELIVERIES)
        share = self.faults.roll(f"delivery {name} late")
        late = 3.0 + 5 * share + (7200 * share if fault == kinds.LATE else 0)
        delivered = partial(self._brought, arrival.given)
        self.hub.at(arrival.at, partial(self.hub.spawn, delivered, late))
        if fault == kinds.TWICE:
            again = partial(self._deliver_again, arrival.given)
            self.hub.at(
                arrival.at, partial(self.hub.spawn, again, late + (20 if share < 0.7 else 4000) * share)
            )

    def _brought(self, given: Given) -> None:
        if isinstance(given, TicketEvent):
            self._deliver(given)
        else:
            self._command(given)

    def _deliver_again(self, given: Given) -> None:
        if isinstance(given, TicketEvent):
            self._post(given, f"webhook {named(given)} again")

    def _deliver(self, given: TicketEvent) -> None:
        """Post an event until it is taken: a helpdesk that tries again, with pauses that grow."""
        for attempt in range(100):
            if self._post(given, f"webhook {named(given)} try {attempt}"):
                self._done(given)
                return
            self.hub.sleep(min(600.0, 30.0 * 2**attempt))
        raise AssertionError(f"nobody took {given.id}")

    def _post(self, given: TicketEvent, name: str) -> bool:
        body = json.dumps({**event_to_json(given), "received_at": "2026-01-01T00:00:00Z"}).encode()
        headers = StandardWebhooks().sign(SECRET, body, self.hub.now)
        event = {"pathParameters": {"connection": CONNECTION}, "headers": headers, "body": body.decode()}
        began = self.hub.seconds
        if self.wire.down("lambda"):
            return False
        try:
            answer = self.region.lambdas.invoke("Webhook", event, name)
        except Crashed:
            return False
        assert answer["statusCode"] in (202, 503), answer
        return bool(answer["statusCode"] == 202 and self.hub.seconds - began < _PATIENCE)

    def _command(self, given: Given) -> None:
        """Give an input that a person entered, again until it was taken; never before its ticket."""
        for attempt in range(100):
            container = self.region.container("Command")
            work = Work(f"command {named(given)} try {attempt}", "Command", self.hub.seconds + _COMMAND)
            getcurrent().work = replace(work, container=container)
            try:
                container.workflow.take(given)
            except (Exception, Died):  # noqa: BLE001  (whatever it is, the command is given again)
                self.hub.sleep(min(600.0, 30.0 * 2**attempt))
                continue
            self._done(given)
            return
        raise AssertionError(f"nobody took {given.id}")

    def _done(self, given: Given) -> None:
        self.accepted.append(given)
        self._open -= 1

    def _release(self, document: Mapping[str, Any]) -> None:
        """Another version is published, and the functions are deployed anew."""
        tables = self.region.tables
        version = Version(document, 2, content_hash(document))
        tables.publish(ACCOUNT, [version], self.hub.now, tables.generation(ACCOUNT))
        self.region.lambdas.redeploy()

    def _audit(self) -> None:
        """Sweep every five minutes; the sweeps that would find nothing are left out."""
        self.hub.later(AUDIT_EVERY, self._audit)
        now, tables = self.hub.now, self.region.tables
        if self.region.bucket.objects or tables.left_behind(now):
            self.region.invoke_later("Audit", {"source": "aws.events"}, f"audit {now:%d %H:%M}", retries=1)

    def _settle(self) -> datetime:
        """Let the faults end, and wait until all that is due was told."""
        last = max(each.at for each in self.life.arrivals)
        calm = max(self.life.until, last)
        self.hub.run(calm)
        self.faults.calm = True
        until = max([calm, *(each.ends for each in self.life.outages)])
        for _ in range(500):
            until += SETTLED
            self.hub.run(until)
            if self._quiet():
                return until
        raise AssertionError("something is always left to do")

    def _quiet(self) -> bool:
        """Whether nothing is on its way: all arrivals taken, streams read, and no moment close."""
        tickets = [self.region.tables.load(subject).saved for subject in self.life.subjects]
        close = [at for each in tickets if each for at in _moments(each) if at <= self.hub.now]
        idle = self.region.queue.idle and all(reader.idle for reader in self.region.readers)
        waits = self.profile.audited and (
            self.region.bucket.objects or self.region.tables.left_behind(self.hub.now)
        )
        return not (self._open or close or waits) and idle
