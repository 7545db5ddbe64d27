"""Tickets, clocks, facts and inputs that tests of the store write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import Fact, fact_key
from slaclock.domain.ticket import Ticket
from slaclock.store.agreements import Version
from slaclock.store.commit import Commit, Saved
from slaclock.store.contract import AgreementStore

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clock(**members: Any) -> Clock:
    """A resolution clock of one hour that started on Monday at nine."""
    base = Clock("", "gold", 1, "resolution", "resolution", "1h", "always", MONDAY)
    return replace(base, **members)


def ticket(ticket_id: str = "1", *, account: str = "acme", **members: Any) -> Ticket:
    """A ticket with that clock, to be woken at ten."""
    base = Ticket(account, ticket_id, MONDAY, clocks=(clock(),), next_moments={"resolution": MONDAY + HOUR})
    return replace(base, **members)


def event(event_id: str = "e1", at: datetime = MONDAY, **members: Any) -> TicketEvent:
    """Somebody opened the ticket."""
    base = TicketEvent(event_id, "acme", "1", "created", at, at, {"status": "new", "priority": "high"})
    return replace(base, **members)


def fact(name: str = "clock_breached", *, about: Ticket | None = None, **members: Any) -> Fact:
    """A fact about the first cycle of that clock, at its deadline."""
    about = about or ticket()
    cycle, revision, mark = (
        members.pop(each, other) for each, other in (("cycle", 1), ("revision", 0), ("mark", ""))
    )
    base = Fact(
        fact=name,
        key=fact_key(name, "resolution", cycle, revision, mark),
        account=about.account,
        ticket_id=about.ticket_id,
        subject=about.subject,
        agreement="gold",
        agreement_version=1,
        target="resolution",
        metric="resolution",
        cycle=cycle,
        revision=revision,
        at=MONDAY + HOUR,
        due_at=MONDAY + HOUR,
        details={"customer": "acme", "priority": "high", **members.pop("details", {})},
    )
    return replace(base, **members)


def commit(before: Saved | None = None, about: Ticket | None = None, *facts: Fact, **members: Any) -> Commit:
    """A decision at ten on Monday."""
    return replace(Commit(before, about or ticket(), facts, None, MONDAY + HOUR), **members)


def exclusion(exclusion_id: str = "m-1", **members: Any) -> Exclusion:
    """Maintenance, from nine to ten on Monday."""
    base = Exclusion(exclusion_id, "acme", MONDAY, MONDAY + HOUR, "maintenance", "ada", MONDAY)
    return replace(base, **members)


def publish(store: AgreementStore, account: str = "acme", **members: Any) -> None:
    """Publish an agreement, `gold` as version 1 unless said otherwise, where nobody else does."""
    at, generation = (
        members.pop(name, other)
        for name, other in (("at", MONDAY), ("generation", store.generation(account)))
    )
    version = Version(frozen(), 1, "sha256:1")._replace(**members)
    store.publish(account, [version], at, generation)


def frozen(agreement: str = "gold") -> dict[str, Any]:
    """A published agreement: a resolution within an hour, around the clock."""
    return {
        "agreement": agreement,
        "kind": "customer",
        "order": 10,
        "applies_to": {},
        "calendars": {"always": {"timezone": "UTC", "hours": "24x7"}},
        "targets": [
            {
                "name": "resolution",
                "metric": "resolution",
                "budgets": {"default": "1h"},
                "calendars": {"default": "always"},
                "pause_on": ["pending"],
                "on_reopen": "resume",
                "clause": "§4.2",
                "reminders": ["50%"],
                "escalation": [{"after": "0m", "notify": "oncall-1", "until": "acknowledged"}],
            }
        ],
        "exclusions": [],
    }
