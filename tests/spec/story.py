"""A ticket's story in the fixed reference week: what happens, and every fact that each step tells.

Times are written as people say them, in Copenhagen: "Fri 15:00", "Mon+1 09:00:01". The week is that of
Monday 2026-03-23; on its Sunday the clocks go forward at 02:00. A step that tells anything but the facts it
lists fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.casework import says_nothing
from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.decide import MOST_FACTS, Decision, History, NeedsHistory, decide
from slaclock.domain.ending import Ending
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import CASE, Fact, fact_from_json, fact_to_json, public_id
from slaclock.domain.frozen import agreement_from
from slaclock.domain.hand_over import HandOver
from slaclock.domain.inputs import Given, Wake
from slaclock.evidence.canonical import content_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from slaclock.domain.agreement import Agreement
    from slaclock.domain.ticket import Ticket

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY = date(2026, 3, 23)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OFFICE = {"timezone": "Europe/Copenhagen", "hours": {"mon-fri": ["09:00-17:00"]}}
ALWAYS = {"timezone": "UTC", "hours": "24x7"}


def when(text: str) -> datetime:
    """Read "Fri 15:00", "Fri 15:00:01", or with "+1" the week after."""
    day, clock = text.split()
    name, _, weeks = day.partition("+")
    local = MONDAY + timedelta(days=DAYS.index(name), weeks=int(weeks or 0))
    return datetime.combine(local, time.fromisoformat(clock), COPENHAGEN).astimezone(UTC)


def shown(instant: datetime) -> str:
    """Write an instant as `when` reads it."""
    local = instant.astimezone(COPENHAGEN)
    weeks, day = divmod((local.date() - MONDAY).days, 7)
    return f"{DAYS[day]}{f'+{weeks}' if weeks else ''} {local.time().isoformat().removesuffix(':00')}"


def target(metric: str, budget: str | dict[str, str], **members: Any) -> dict[str, Any]:
    """Make a frozen target; it pauses on `pending` and `on_hold`, and counts office hours."""
    return {
        "name": metric,
        "metric": metric,
        "budgets": budget if isinstance(budget, dict) else {"default": budget},
        "calendars": {"default": "office"},
        "pause_on": ["on_hold", "pending"],
        "on_reopen": "resume",
        "reminders": [],
        "escalation": [],
        **members,
    }


def level(after: str, notify: str, until: str = "stopped", **repeat: Any) -> dict[str, Any]:
    """Make a level of a ladder; `times` and `every` say how it repeats."""
    return {"after": after, "notify": notify, "until": until} | ({"repeat": repeat} if repeat else {})


def document(*targets: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Make the frozen document of a customer agreement, `gold`, that fits every ticket but for `members`."""
    return {
        "agreement": "gold",
        "kind": "customer",
        "order": 10,
        "applies_to": {},
        "calendars": {"office": OFFICE, "always": ALWAYS},
        "timezone": "Europe/Copenhagen",
        "targets": targets,
        "exclusions": [],
        **members,
    }


def agreement(*targets: dict[str, Any], version: int = 1, **members: Any) -> Agreement:
    """Make the agreement of such a document, published."""
    published = members.pop("published_at", None)
    frozen = document(*targets, **members)
    return agreement_from(frozen, version=version, content_hash=f"hash-{version}", published_at=published)


def published(frozen: dict[str, Any], version: int = 1, at: datetime | None = None) -> Agreement:
    """Make the agreement of a frozen document, under the hash that it has."""
    return agreement_from(frozen, version=version, content_hash=content_hash(frozen), published_at=at)


@dataclass(frozen=True)
class Happening:
    """An input before it arrives: `at` is when it happened, where that is not when it arrives."""

    kind: str
    at: str | None = None
    key: str | None = None
    members: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


def event(kind: str, *, at: str | None = None, key: str | None = None, **said: Any) -> Happening:
    """Say what happened: `members` are the event's own, all the rest is what it says of the ticket."""
    members = said.pop("members", {})
    return Happening(kind, at, key, members, said)


def created(**said: Any) -> Happening:
    """Tell that the customer opened the ticket."""
    return event("created", **said)


def agent_replies(**said: Any) -> Happening:
    """Tell of a public reply by an agent."""
    return event("agent_replied", members={"author_role": "agent", "public": True}, **said)


def customer_writes(**said: Any) -> Happening:
    """Tell of a message by the customer."""
    return event("customer_replied", members={"author_role": "customer", "public": True}, **said)


def status(now: str, **said: Any) -> Happening:
    """Tell of a status."""
    return event("status_changed", status=now, **said)


def priority(now: str, **said: Any) -> Happening:
    """Tell of a priority."""
    return event("priority_changed", priority=now, **said)


def solved(**said: Any) -> Happening:
    """Tell that the ticket was solved."""
    return event("solved", status="solved", **said)


def acknowledged(by: str, **names: Any) -> Happening:
    """Somebody takes the breach of gold's promise in hand."""
    return Happening("acknowledgement", members={"agreement": "gold", "by": by, **names})


def handed_over(to: str, by: str = "ada", **names: Any) -> Happening:
    """Somebody passes the breach of gold's promise on."""
    return Happening("hand-over", members={"agreement": "gold", "to": to, "by": by, **names})


def written(
    entry: str, breach: str = "resolution:1.0", by: str = "ada", at: str | None = None, **said: str
) -> Happening:
    """Somebody writes into the case of a breach."""
    named = public_id("ticket#acme#1", f"clock_breached:{breach}")
    return Happening("case", at, members={"fact_id": named, "entry": entry, "by": by, "said": said})


def excluded(begins: str, ends: str, reason: str = "maintenance", **scope: str) -> Happening:
    """Enter an exclusion beside the agreement; `scope` says for what."""
    return Happening("exclusion", members={"begins": begins, "ends": ends, "reason": reason, "scope": scope})


def ended(agreement_id: str, reason: str) -> Happening:
    """End an agreement, as one of its tickets hears of it."""
    return Happening("ending", members={"agreement": agreement_id, "reason": reason, "by": "ada"})


TIME = Wake("timer")
_BY_PEOPLE: dict[str, Callable[..., Given]] = {
    "acknowledgement": Acknowledgement,
    "hand-over": HandOver,
    "case": CaseEntry,
    "ending": Ending,
}


class Story:
    """One ticket, its log, and the facts told so far."""

    def __init__(
        self,
        *agreements: Agreement,
        exclusions: tuple[Exclusion, ...] = (),
        endings: tuple[AgreementEnd, ...] = (),
    ) -> None:
        self.agreements = Agreements(agreements, exclusions=exclusions, endings=endings)
        self.ticket: Ticket | None = None
        self.log: list[Given] = []
        self.facts: list[Fact] = []

    def at(self, time_: str, happening: Happening | Wake, *expected: str) -> list[Fact]:
        """Let something happen, or time pass, and hold what is told against `expected`."""
        now, told = when(time_), self.happens(time_, happening)
        lines = [line(fact, now) for fact in told]
        assert lines == list(expected), f"at {time_} was told: {lines}"
        return told

    def happens(self, time_: str, happening: Happening | Wake) -> list[Fact]:
        """Let something happen, or time pass, whatever is told."""
        return self.give(self._given(happening, when(time_)), when(time_))

    def give(self, given: Given | Wake, now: datetime) -> list[Fact]:
        """Decide, as the workflow does: with the log where it is asked for."""
        decision = decide(self.ticket, given, self.agreements, now)
        if isinstance(decision, NeedsHistory):
            decision = decide(self.ticket, given, self.agreements, now, History(self.log, self.facts))
        assert isinstance(decision, Decision)
        return [] if says_nothing(given, decision.facts) else self._keep(given, decision)

    def _keep(self, given: Given | Wake, decision: Decision) -> list[Fact]:
        if not isinstance(given, Wake) and given.id not in {each.id for each in self.log}:
            self.log.append(given)
        self.ticket = decision.ticket
        self.facts += decision.facts
        keys = [fact.key for fact in self.facts]
        assert len(keys) == len(set(keys)), "a fact was told twice"
        assert len(decision.facts) <= MOST_FACTS
        written = [{**fact_to_json(fact), "agreement_hash": fact.agreement_hash} for fact in decision.facts]
        assert [fact_from_json(each) for each in written] == list(decision.facts)
        for clock in self.ticket.clocks:
            assert clock.paused or not clock.running or clock.lane in self.ticket.next_moments
        return list(decision.facts)

    def _given(self, happening: Happening | Wake, now: datetime) -> Given | Wake:
        if isinstance(happening, Wake):
            return happening
        occurred = when(happening.at) if happening.at else now
        if happening.kind in _BY_PEOPLE:
            return _BY_PEOPLE[happening.kind]("acme", "1", at=occurred, **happening.members)
        if happening.kind == "exclusion":
            return exclusion(occurred, **happening.members)
        return TicketEvent(
            event_id=happening.key or f"{len(self.log) + 1:02}",
            account="acme",
            ticket_id="1",
            type=happening.kind,
            occurred_at=occurred,
            received_at=now,
            attributes=happening.attributes,
            **happening.members,
        )


def exclusion(entered_at: datetime, begins: str, ends: str, reason: str, scope: dict[str, str]) -> Exclusion:
    """Make an exclusion that ada entered, as the input of the story's ticket."""
    span = when(begins), when(ends)
    return Exclusion(f"{begins}-{ends}", "acme", *span, reason, "ada", entered_at, scope, ticket_id="1")


def line(fact: Fact, now: datetime) -> str:
    """Write a fact in one line: `breached resolution 2, due Fri 16:00`, with `at` if it is not the step's."""
    cycle = f" {fact.cycle}" if fact.cycle > 1 else ""
    revision = f" (revision {fact.revision})" if fact.revision else ""
    at = f" at {shown(fact.at)}" if fact.at != now else ""
    due = f", due {shown(fact.due_at)}" if fact.due_at and fact.fact != "escalation_due" else ""
    return f"{fact.fact.removeprefix('clock_')} {fact.lane}{cycle}{revision}{at}{due}{_more(fact)}"


def _more(fact: Fact) -> str:
    said = fact.details
    if fact.fact == "reminder_due":
        return f": {said['reminder']}"
    if fact.fact == "escalation_handed_over":
        return f": to {said['to']}"
    if fact.fact in CASE:
        own = ("root_cause", "decision", "remedy", "note")
        return f": {next(said[name] for name in own if name in said)}"
    if fact.fact == "escalation_due":
        again = f", again {said['repeat']}" if said["repeat"] else ""
        return f": level {said['level']} to {said['notify']}{again}"
    return f": {said['reason']}" if fact.fact in {"clock_cancelled", "breach_ended"} else ""
