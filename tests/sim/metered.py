"""A desk in a calm region, whose every call is counted: what a delivery costs, and what a life does."""

from __future__ import annotations

import json
import logging
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from greenlet import getcurrent

from local.template import ROOT
from slaclock.domain.instants import format_instant
from slaclock.evidence.canonical import content_hash
from slaclock.helpdesks.signatures import StandardWebhooks
from slaclock.store.agreements import Version
from tests.sim.faults import Faults
from tests.sim.hub import Hub
from tests.sim.metering import Meter, Spent
from tests.sim.region import SECRET, Region
from tests.sim.wire import Wire, Work
from tests.sim.wired import WiredTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

_T = TypeVar("_T")
ACCOUNT, CONNECTION = "example", "hook"
SAMPLE: Mapping[str, Any] = json.loads((ROOT / "events" / "generic" / "created.json").read_text())["body"]
_SETTLED = 50.0  # seconds, in which all that follows from a delivery has followed
_OTHER = "SD-1000"
CUSTOMER, AGENT = {"id": "c-7012", "role": "customer"}, {"id": "a-31", "role": "agent"}


class MeteredWire(Wire):
    """A wire on which nothing goes wrong, and each call is counted."""

    meter: Meter

    def call(
        self,
        work: Work,
        service: str,
        operation: str,
        effect: Callable[[], _T],
        trouble: Callable[[str], Exception],
    ) -> _T:
        """Count a call, and have it take effect."""
        if work.calls == 0:
            self.meter.call(work.function, "Invoke")
        self.meter.call(work.function, operation)
        return super().call(work, service, operation, effect, trouble)


class MeteredTables(WiredTables):
    """The store of production over a double whose units are counted; what is no function's work is not."""

    def __init__(self, wire: MeteredWire, changed: Callable[..., None]) -> None:
        super().__init__(wire, changed)
        self.meter = wire.meter = Meter(self.double)

    def _carried_out(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        work = getattr(getcurrent(), "work", None)
        if work is None:
            return super()._carried_out(operation, asked)
        spent = self.meter.spent
        before = spent.reads.total()
        answer = self.meter.dynamo(operation, asked)
        spent.read_by[work.function] += spent.reads.total() - before
        return answer


class MeteredRegion(Region):
    """A region whose tables are metered."""

    def __init__(self, hub: Hub, wire: MeteredWire) -> None:
        super().__init__(hub, wire, skewed=False, wired=False)
        self.tables = MeteredTables(wire, self._changed)


@dataclass(slots=True)
class MeteredDesk:
    """Tickets of one account, whose customer is acme; deliveries are events in canonical form, signed."""

    hub: Hub
    region: MeteredRegion
    meter: Meter
    opened: dict[str, str] = field(default_factory=dict)

    def tell(self, kind: str, about: str = "SD-1042", **said: Any) -> Spent:
        """Deliver an event that happens now, and let all follow that follows from it within a minute."""
        return self.deliver(self.event(kind, about, **said))

    def event(self, kind: str, about: str = "SD-1042", **said: Any) -> dict[str, Any]:
        """An event as a helpdesk tells it: who did it, and how the ticket looks then, whole."""
        now = format_instant(self.hub.now)
        opened = self.opened.setdefault(about, now)
        who = CUSTOMER if kind in ("created", "customer_replied") else AGENT
        ticket = {**SAMPLE["ticket"], "key": about, "requester": CUSTOMER, "created_at": opened, **said}
        return {
            **SAMPLE,
            "connection": CONNECTION,
            "event_id": f"generic:{ACCOUNT}:{about}:{kind}:{now}",
            "ticket_id": about,
            "type": kind,
            "occurred_at": now,
            "actor": who,
            "comment": {"id": "c-1", "public": True, "author": who} if kind.endswith("replied") else None,
            "ticket": ticket,
            "known": sorted(ticket),
        }

    def deliver(
        self, body: Mapping[str, Any], status: int = 202, secret: str = SECRET, settled: float = _SETTLED
    ) -> Spent:
        """Deliver an event, and let all follow; what that came to."""
        before = self.meter.spent.copy()
        self.hub.spawn(partial(self._posted, json.dumps(body), status, secret))
        self.advance(settled)
        return self.meter.spent - before

    def busy(self) -> None:
        """Let others have been served, just now and a minute ago: functions keep what they asked for."""
        if not self.opened:  # the agent is known from here on
            self.tell("agent_replied", _OTHER, status="solved")
        for _ in range(2):
            self.advance(61)
            self.deliver(self.event("note_added", _OTHER, status="solved"), settled=5)

    def advance(self, seconds: float) -> Spent:
        """Let time pass; what was done meanwhile."""
        before = self.meter.spent.copy()
        self.hub.run(self.hub.now + timedelta(seconds=seconds))
        return self.meter.spent - before

    def audit(self) -> Spent:
        """Have the auditor sweep; what that came to, with what follows within a minute."""
        self.region.invoke_later("Audit", {"source": "aws.events"}, f"audit {self.hub.now}")
        return self.advance(_SETTLED)

    def _posted(self, body: str, status: int, secret: str) -> None:
        headers = StandardWebhooks().sign(secret, body.encode(), self.hub.now)
        event = {"pathParameters": {"connection": CONNECTION}, "headers": headers, "body": body}
        answer = self.region.lambdas.invoke("Webhook", event, f"webhook {self.hub.seconds}")
        assert answer["statusCode"] == status, answer


@contextmanager
def metered_desk(start: datetime, document: Mapping[str, Any]) -> Iterator[MeteredDesk]:
    """A desk that opens then, with one agreement published; nothing is kept by its functions yet."""
    before, disabled = random.getstate(), logging.root.manager.disable
    random.seed(0)
    logging.disable(logging.CRITICAL)
    try:
        hub = Hub(start)
        wire = MeteredWire(hub, Faults(0, {}, plan={}), (), 0.01)
        region = MeteredRegion(hub, wire)
        region.tables.publish(ACCOUNT, [Version(document, 1, content_hash(document))], start, 0)
        region.tables.connect(
            {"id": CONNECTION, "kind": "generic", "account": ACCOUNT, "secret": "slaclock/hook"}
        )
        yield MeteredDesk(hub, region, wire.meter)
    finally:
        random.setstate(before)
        logging.disable(disabled)
