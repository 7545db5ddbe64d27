"""How fast a history is told again, as ratios to reading its lines with json.loads. One core.

    make bench-replay

A ticket has six events (created, agent reply, pending, customer reply, agent reply, solved) and two clocks
(first response and resolution, by priority, with a reminder each, in office hours). The floor is json.loads
over the canonical lines as an adapter writes them, all usual members said. Each step is measured in turn,
round after round, so that a busy machine slows all of them alike; the best round of each counts.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from slaclock.cli.replay import read_inputs
from slaclock.domain.choosing import Agreements
from slaclock.domain.events import TicketEvent, event_from_json
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import format_instant
from slaclock.domain.replay import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TICKETS = 2000
ROUNDS = 7
ASKED = 6.0  # replay / json.loads, at most
PRIORITIES = ("urgent", "high", "normal", "low")
FIRST = datetime(2026, 1, 5, 7, tzinfo=UTC)
# What happens, by whom, the status after it, how many minutes later, at least and at most.
LIFE = (
    ("created", "customer", "new", 0, 0),
    ("agent_replied", "agent", "open", 5, 300),
    ("status_changed", "agent", "pending", 1, 60),
    ("customer_replied", "customer", "open", 30, 2000),
    ("agent_replied", "agent", "open", 10, 600),
    ("solved", "agent", "solved", 1, 1500),
)


def main() -> None:
    """Print microseconds an event and every ratio."""
    lines = _lines(TICKETS)
    documents = [json.loads(line) for line in lines]
    events = [event_from_json(document) for document in documents]
    agreements = _agreements()
    facts = list(replay(events, agreements))
    size = sum(map(len, lines)) / len(lines)
    print(f"Python {sys.version.split()[0]}; best of {ROUNDS} interleaved rounds; one core")
    told = f"{len(lines)} events of {size:.0f} bytes, {len(facts)} facts"
    print(f"{TICKETS} tickets with two clocks each, {told}\n")
    best = _best(
        {
            "json.loads": partial(_loads, lines),
            "json.loads, documents kept": partial(_kept, lines),
            "event_from_json": partial(_events, documents),
            "replay": partial(_replay, events, agreements),
            "read_inputs": partial(_read, lines),
        }
    )
    _report({name: seconds / len(lines) * 1e6 for name, seconds in best.items()})


def _report(micros: dict[str, float]) -> None:
    floor = micros["json.loads"]
    for name, each in micros.items():
        print(f"  {name:40}{each:8.1f} us an event {each / floor:8.2f}x")
    reading = micros["event_from_json"] + floor
    print(f"  {'json.loads + event_from_json + replay':40}{_both(micros, reading, floor)}")
    print(f"  {'read_inputs (schema checked) + replay':40}{_both(micros, micros['read_inputs'], floor)}")
    print()
    for name in ("json.loads", "json.loads, documents kept"):
        ratio = micros["replay"] / micros[name]
        verdict = "kept" if ratio <= ASKED else "MISSED"
        print(f"replay / {name}: {ratio:.2f}, at most {ASKED:g} asked: {verdict}")


def _both(micros: dict[str, float], reading: float, floor: float) -> str:
    total = reading + micros["replay"]
    return f"{total:8.1f} us an event {total / floor:8.2f}x"


def _best(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time each step in turn; seconds for all events."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            gc.collect()
            begin = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - begin)
    return {name: min(each) for name, each in times.items()}


def _loads(lines: Sequence[bytes]) -> None:
    for line in lines:
        json.loads(line)


def _kept(lines: Sequence[bytes]) -> list[Any]:
    """As a replay keeps its facts: memory that is not used again at once costs as much as the parsing."""
    return [json.loads(line) for line in lines]


def _events(documents: Sequence[dict[str, Any]]) -> None:
    for document in documents:
        event_from_json(document)


def _replay(events: Sequence[TicketEvent], agreements: Agreements) -> None:
    for _ in replay(events, agreements):
        pass


def _read(lines: Sequence[bytes]) -> None:
    for _ in read_inputs(lines, "history"):
        pass


def _agreements() -> Agreements:
    """Two targets by priority, a reminder each; the shape that a document is frozen to."""
    office = {"timezone": "Europe/Copenhagen", "hours": {"mon-fri": ["08:00-12:00", "12:30-17:00"]}}
    frozen = {
        "agreement": "gold",
        "title": "Gold",
        "kind": "customer",
        "level": "customer",
        "parties": {},
        "order": 10,
        "applies_to": {"customer": {"any": ["acme"]}},
        "effective": {},
        "calendars": {"office": {**office, "holidays": ["2026-04-02", "2026-04-03", "2026-12-24"]}},
        "calendar": "office",
        "timezone": "Europe/Copenhagen",
        "targets": [
            _target("first_response", {"urgent": "30m", "high": "1h", "normal": "4h", "low": "8h"}),
            _target("resolution", {"urgent": "4h", "high": "8h", "normal": "3d", "low": "5d"}),
        ],
        "exclusions": [],
    }
    return Agreements((agreement_from(frozen, version=1, content_hash="0" * 64),))


def _target(metric: str, budgets: dict[str, str]) -> dict[str, Any]:
    return {
        "name": metric,
        "metric": metric,
        "budgets": budgets,
        "budgets_by": "priority",
        "calendars": {"default": "office"},
        "calendars_by": "priority",
        "pause_on": ["on_hold", "pending"],
        "on_reopen": "resume",
        "reminders": ["75%"],
        "escalation": [{"after": "0m", "notify": "oncall", "until": "stopped"}],
    }


def _lines(count: int) -> list[bytes]:
    random = Random(2026)  # noqa: S311  (no secret: the same in each run)
    events = (each for number in range(count) for each in _ticket(number, random))
    return [json.dumps(each, separators=(",", ":")).encode() for each in events]


def _ticket(number: int, random: Random) -> list[dict[str, Any]]:
    at = FIRST + timedelta(minutes=random.randrange(120 * 1440))
    created_at, priority, told = at, random.choice(PRIORITIES), []
    for step, (kind, role, status, least, most) in enumerate(LIFE):
        at += timedelta(minutes=random.randint(least, most))
        told.append(
            _event(str(10_000 + number), step, kind, role, at, _state(status, priority, created_at, at))
        )
    return told


def _state(status: str, priority: str, created_at: datetime, at: datetime) -> dict[str, Any]:
    return {
        "status": status,
        "status_raw": status,
        "priority": priority,
        "ticket_type": "incident",
        "team": {"id": "360001234567", "name": "Support"},
        "assignee": {"id": "360007654321", "name": None},
        "customer": {"id": "acme", "name": "Acme A/S"},
        "tags": ["vip", "printer"],
        "channel": "email",
        "created_at": format_instant(created_at),
        "updated_at": format_instant(at),
    }


def _event(
    ticket_id: str, step: int, kind: str, role: str, at: datetime, ticket: dict[str, Any]
) -> dict[str, Any]:
    comment = {"id": f"c{step}", "public": True, "author": {"id": None, "role": role}}
    return {
        "schema": "ticket-event/1",
        "event_id": f"zendesk:acme:01J{ticket_id}{step}",
        "source": "zendesk",
        "connection": "zendesk-acme",
        "account": "acme",
        "ticket_id": ticket_id,
        "type": kind,
        "occurred_at": format_instant(at),
        "time_quality": "event",
        "received_at": format_instant(at + timedelta(seconds=2)),
        "order": {"group": "", "position": step},
        "actor": {"id": None, "role": role},
        "comment": comment if kind.endswith("replied") else None,
        "ticket": ticket,
        "known": sorted(ticket),
    }


if __name__ == "__main__":
    main()
