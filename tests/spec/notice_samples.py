"""One fact of every kind that somebody hears of, about one ticket: for tests of what is said of it."""

from __future__ import annotations

from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket

URL = "https://desk.example/agent/tickets/4711"
RUNBOOK = "https://wiki.example/runbooks/payments"
LINK = "https://sla.example/ack/q83vASNFZ4mrze8BI0VniQ"
STARTED, DUE = parse_instant("2026-03-27T08:50:00Z"), parse_instant("2026-03-28T12:50:00Z")
NOW = parse_instant("2026-03-28T13:20:00Z")
TICKET = Ticket(
    "example", "4711", STARTED, attributes={"url": URL, "team": {"id": "t2", "name": "Tier 2"}},
    clocks=(
        Clock("", "acme-gold", 1, "resolution", "resolution", "4h", "office", STARTED,
              outcome="breached", due_at=DUE, breached_at=DUE, levels=(1, 1)),
    ),
)  # fmt: skip
ABOUT = {"customer": "acme", "team": "t2", "priority": "urgent", "timezone": "Europe/Copenhagen"}
PROMISE = {"budget": "4h", "clause": "§4.2"}
LEVEL = {"level": 2, "notify": "oncall-2", "repeat": 0, "until": "stopped", "runbook": RUNBOOK, **PROMISE}
TOLD = {"told": ["legal", "oncall-1", "oncall-2"]}


def fact(name: str, mark: str, at: str, **details: Any) -> Fact:
    """Something told of the first cycle of the resolution of ticket 4711."""
    key = f"{name}:resolution:1.0{mark and ':'}{mark}"
    return Fact(
        name, key, "example", "4711", "ticket", "acme-gold", 1, "resolution", "resolution", 1, 0,
        parse_instant(at), DUE, {**ABOUT, **details},
    )  # fmt: skip


BREACH = fact(
    "clock_breached", "", "2026-03-28T12:50:00Z", **PROMISE, **TOLD, reason="the deadline passed",
    target_seconds=14400, worked_seconds=14400, detected_at="2026-03-28T12:50:00Z", detected_by="timer",
    broke_first={
        "agreement": "tier2-ola", "kind": "OLA", "target": "second-line", "at": "2026-03-28T10:00:00Z"
    },
)  # fmt: skip
SAMPLES = {
    "reminder_due": fact(
        "reminder_due", "b0.0", "2026-03-28T12:35:00Z", reminder="15m before", told=["team"]
    ),
    "clock_breached": BREACH,
    "escalation_due": fact("escalation_due", "2.0", "2026-03-28T13:20:00Z", **LEVEL),
    "escalation_handed_over": fact(
        "escalation_handed_over", "5e1f", "2026-03-28T13:10:00Z", by="kim, on call", to="oncall-2", level=1,
        told=["oncall-2"], note="the database is theirs",
    ),
    "breach_ended": fact(
        "breach_ended", "1fb4", "2026-03-28T14:20:00Z", reason="the ticket was solved", worked_seconds=19800,
        late_seconds=5400, late_wall_seconds=5400, **TOLD,
    ),
    "breach_reopened": fact("breach_reopened", "77aa", "2026-03-28T15:00:00Z", reason="reopened", **TOLD),
    "outcome_corrected": fact(
        "outcome_corrected", "c0de", "2026-03-28T16:00:00Z", corrects=BREACH.id,
        because="generic:desk:9", **TOLD,
    ),
}  # fmt: skip
HISTORY = (
    fact("clock_started", "", "2026-03-28T08:50:00Z", reason="created", budget="4h"),
    fact("clock_paused", "a1", "2026-03-28T09:00:00Z", reason="status is pending", budget="4h"),
    fact("clock_resumed", "a2", "2026-03-28T09:10:00Z", reason="status is open", budget="4h"),
    SAMPLES["reminder_due"],
    BREACH,
    fact("escalation_due", "1.0", "2026-03-28T12:50:00Z", **{**LEVEL, "level": 1, "notify": "oncall-1"}),
    fact("breach_acknowledged", "a3", "2026-03-28T12:58:00Z", by="kim, on call"),
)
