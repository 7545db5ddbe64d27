"""A ticket's life, lived through webhooks and timers or imported afterwards, over a store in memory."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import ANNOUNCED, Fact
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.importing import Imported, Importer
from slaclock.notices import audiences_of
from slaclock.store.agreements import Version
from slaclock.store.caching import CachedAgreements
from slaclock.store.contract import TicketStore
from slaclock.store.memory import MemoryStore
from slaclock.workflow import Workflow

SUBJECT = "ticket#acme#1"
LADDER = [
    {"after": "0m", "notify": "one", "until": "acknowledged"},
    {"after": "30m", "notify": "two", "until": "stopped"},
    {"after": "2h", "notify": "three", "until": "stopped"},
]
GOLD: Mapping[str, Any] = {
    "agreement": "gold",
    "kind": "customer",
    "order": 10,
    "applies_to": {},
    "calendars": {"always": {"timezone": "UTC", "hours": "24x7"}},
    "targets": [
        {
            "name": name,
            "metric": name,
            "budgets": {"default": budget},
            "calendars": {"default": "always"},
            "pause_on": ["pending"],
            "on_reopen": "resume",
            "reminders": ["50%"],
            "escalation": LADDER,
        }
        for name, budget in (("first_response", "1h"), ("resolution", "4h"))
    ],
    "exclusions": [],
}
# What a message says beside the status that it leaves the ticket in.
_SPOKEN = {
    "agent_replied": {"author_role": "agent", "public": True},
    "customer_replied": {"author_role": "customer", "public": True},
}


def when(text: str) -> datetime:
    """Read "02 09:00" as the second of March at nine, in UTC."""
    return parse_instant(f"2026-03-{text.replace(' ', 'T')}:00Z")


def event(at: str, kind: str, status: str = "", ticket_id: str = "1", **members: Any) -> TicketEvent:
    """Something happens to a ticket, and is heard of at once unless `members` say otherwise."""
    said = {
        "status": status,
        **({"created_at": f"2026-03-{at[:2]}T{at[3:]}:00Z"} if kind == "created" else {}),
    }
    attributes = {name: value for name, value in said.items() if value}
    members = {"received_at": when(at), **_SPOKEN.get(kind, {}), **members}
    return TicketEvent(
        f"{ticket_id}:{kind}:{at}", "acme", ticket_id, kind, when(at), attributes=attributes, **members
    )


# Answered in time; paused for an hour, so due at 14:00, solved at 15:00; opened again, and solved for good.
LIFE = (
    event("02 09:00", "created", "new"),
    event("02 09:30", "agent_replied", "open"),
    event("02 11:00", "status_changed", "pending"),
    event("02 12:00", "customer_replied", "open"),
    event("02 15:00", "solved", "solved"),
    event("03 09:00", "reopened", "open"),
    event("03 10:00", "solved", "solved"),
)


class Past:
    """A stack in which time is what the test says."""

    def __init__(self, now: str = "01 00:00", document: Mapping[str, Any] = GOLD) -> None:
        self.time = when(now)
        self.store = MemoryStore()
        self.store.publish("acme", [Version(document, 1, "sha256:1")], datetime(2026, 1, 1, tzinfo=UTC), 0)
        self.agreements = CachedAgreements(self.store, lambda: self.time)
        self.workflow = Workflow(self.store, self.agreements, lambda: self.time)

    def live(self, *events: TicketEvent, until: str | None = None) -> None:
        """Let the events come as they happen, and every moment be told when it comes."""
        for each in events:
            self.pass_time(each.received_at)
            self.workflow.take(each)
        if until:
            self.pass_time(when(until))
            self.workflow.wake(SUBJECT, "timer")

    def pass_time(self, until: datetime) -> None:
        """Wake the ticket at each of its moments before that."""
        while (moments := self.moments()) and min(moments) < until:
            self.time = max(self.time, min(moments))
            self.workflow.wake(SUBJECT, "timer")
        self.time = until

    def moments(self) -> list[datetime]:
        saved = self.store.load(SUBJECT).saved
        return list(saved.ticket.next_moments.values()) if saved else []

    def imports(self, *events: TicketEvent, at: str = "", quiet: str = "", **other: Any) -> Imported:
        """Import events of that one ticket or of several, an hour's worth of them loud unless it is said."""
        if at:
            self.pass_time(when(at))
        return self.importer(quiet, **other).run(by_ticket(events))

    def importer(self, quiet: str = "", store: TicketStore | None = None, *, write: bool = True) -> Importer:
        before = when(quiet) if quiet else self.time - timedelta(hours=1)
        return Importer(store or self.store, self.agreements, lambda: self.time, before, write=write)

    @property
    def ticket(self) -> Ticket:
        saved = self.store.load(SUBJECT).saved
        assert saved is not None
        return saved.ticket

    @property
    def facts(self) -> list[Fact]:
        return [told.fact for told in self.store.told(SUBJECT)]

    def heard(self, since: int = 0) -> list[tuple[str, str]]:
        """What somebody must hear of, by audience, but for the first facts."""
        told = [fact for fact in self.facts[since:] if fact.fact in ANNOUNCED]
        waiting = {key for _, key in self.store.waiting(datetime(2199, 1, 1, tzinfo=UTC))}
        assert {fact.key for fact in told if audiences_of(fact)} <= waiting
        return [(_named(fact), each) for fact in told for each in audiences_of(fact)]


def by_ticket(events: Iterable[TicketEvent]) -> list[list[TicketEvent]]:
    tickets: dict[str, list[TicketEvent]] = {}
    for each in events:
        tickets.setdefault(each.ticket_id, []).append(each)
    return list(tickets.values())


def net(facts: Iterable[Fact]) -> list[tuple[Any, ...]]:
    """What the facts say, but for who heard of it and when it was noticed."""
    unsaid = {"told", "quiet", "detected_at", "detected_by"}
    return [
        (
            each.key,
            each.at,
            each.due_at,
            each.cause,
            {k: v for k, v in each.details.items() if k not in unsaid},
        )
        for each in facts
    ]


def _named(fact: Fact) -> str:
    return f"{fact.fact} {fact.details['level']}" if fact.fact == "escalation_due" else fact.fact
