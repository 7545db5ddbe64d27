"""A helpdesk that sends a lot, over HTTP, and keeps what it was answered."""

import http.client
import json
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import adapter
from slaclock.patience import HELPDESK
from tests.e2e.deployed import Deployed
from tests.e2e.desk import CREATED

ACCOUNT, CONNECTION = "example", "generic-load"
SECRET = "whsec_bG9hZC1nZW5lcmljLXNlY3JldA=="
_LATE = 1.0  # seconds behind its time that a delivery is counted as late


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to a ticket now; its id is known before it is sent."""

    ticket: str
    kind: str
    id: str
    customer: str
    priority: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery and its answer: the status, 0 for none in time; what became of it; after how long."""

    event: Event
    status: int
    became: str
    seconds: float
    late: bool = False


@dataclass(slots=True)
class Helpdesk:
    """Posts signed events of our own kind to a deployed stack, by so many senders at once."""

    deployed: Deployed
    senders: int
    random: random.Random
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _local: threading.local = field(default_factory=threading.local)

    def created(self, customer: str = "acme", priority: str = "low") -> Event:
        """Somebody opens a new ticket."""
        number, now = next(self._numbers), format_instant(datetime.now(UTC).replace(microsecond=0))
        return Event(f"T-{number}", "created", f"T-{number}:created", customer, priority, now)

    def follows(self, event: Event, kind: str) -> Event:
        """Something more happens to its ticket."""
        return replace(event, kind=kind, id=f"{event.ticket}:{kind}:{next(self._numbers)}")

    def send(self, events: Iterable[Event], rate: float | None = None) -> list[Sent]:
        """Post all of them: as fast as the senders can, or so many a second whatever the answers take."""
        waiting: queue.Queue[tuple[float, Event] | None] = queue.Queue(maxsize=10_000)
        sent: list[Sent] = []
        threads = [threading.Thread(target=self._work, args=(waiting, sent)) for _ in range(self.senders)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        for number, event in enumerate(events):
            due = began + number / rate if rate else time.monotonic()
            time.sleep(max(0.0, due - time.monotonic()))
            waiting.put((due, event))
        for _ in threads:
            waiting.put(None)
        for thread in threads:
            thread.join()
        return sent

    def day(self, events: int) -> Iterator[Event]:
        """Urgent tickets opened, answered and solved in a mixture; now and then the same delivery again."""
        open_tickets: deque[Event] = deque()
        last = self.created()
        for _ in range(events):
            drawn = self.random.random()
            if drawn < 0.4 or not open_tickets:
                last = self.created(self.random.choice(("acme", "blum", "corp", "dahl")), "high")
                open_tickets.append(last)
            elif drawn < 0.65:
                about = self.random.choice(open_tickets)
                last = self.follows(about, self.random.choice(("agent_replied", "customer_replied")))
            elif drawn < 0.95:
                last = self.follows(open_tickets.popleft(), "solved")
            yield last

    def _work(self, waiting: "queue.Queue[tuple[float, Event] | None]", sent: list[Sent]) -> None:
        while (found := waiting.get()) is not None:
            due, event = found
            late = time.monotonic() - due > _LATE
            sent.append(self._post(event, late=late))

    def _post(self, event: Event, *, late: bool) -> Sent:
        body = json.dumps(document(event)).encode()
        headers = {"content-type": "application/json", **_signed(body)}
        began = time.monotonic()
        try:
            status, answer = self._exchanged(body, headers)
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return Sent(event, 0, "unanswered", time.monotonic() - began, late)
        seconds = time.monotonic() - began
        if status != 202:
            return Sent(event, status, "refused", seconds, late)
        return Sent(event, status, next(name for name, number in answer.items() if number), seconds, late)

    def _exchanged(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        if not hasattr(self._local, "line"):
            host = self.deployed.emulator.endpoint.removeprefix("http://")
            self._local.line = http.client.HTTPConnection(host, timeout=HELPDESK)
        self._local.line.request("POST", f"{self.deployed.api}/webhooks/{CONNECTION}", body, dict(headers))
        answer = self._local.line.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status == 202 else text

    def _hang_up(self) -> None:
        with suppress(AttributeError):
            self._local.line.close()
            del self._local.line


def document(event: Event) -> dict[str, Any]:
    """The event as it is sent."""
    now = format_instant(datetime.now(UTC).replace(microsecond=0))
    at = event.created_at if event.kind == "created" else now
    role = "agent" if event.kind in ("agent_replied", "solved") else "customer"
    ticket = {
        "status": "solved" if event.kind == "solved" else "open",
        "priority": event.priority,
        "plan": "gold",
        "customer": {"id": event.customer, "name": event.customer},
        "created_at": event.created_at,
    }
    comment = {"id": None, "public": True, "author": {"id": None, "role": role}}
    told: dict[str, Any] = CREATED | {
        "connection": CONNECTION,
        "account": ACCOUNT,
        "ticket_id": event.ticket,
        "type": event.kind,
        "event_id": event.id,
        "occurred_at": at,
        "received_at": at,
        "actor": {"id": None, "role": role},
        "comment": comment if event.kind.endswith("replied") else None,
        "ticket": ticket,
        "known": sorted(ticket),
    }
    return told


def quantile(sent: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 of none."""
    return sorted(sent)[max(0, -(-len(sent) * int(share * 100) // 100) - 1)] if sent else 0.0


def _signed(body: bytes) -> Mapping[str, str]:
    return adapter("generic").SCHEME.sign(SECRET, body, datetime.now(UTC))
