"""Lives to simulate: what a helpdesk tells and people do, when it happens, and when it reaches us."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.ending import Ending
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id, subject_key
from slaclock.domain.hand_over import HandOver
from tests.sim.wire import Outage
from tests.spec.story import document, level, target, when

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.domain.inputs import Given

START = when("Thu 15:00")
END = when("Sun 12:00")
ACCOUNT, CONNECTION = "acme", "hook"
LADDER = [level("0m", "oncall-1", "acknowledged", times=2, every="10m wall"), level("30m", "oncall-2")]
REMINDERS = ["50%", "15m before"]
# What the account has published when a life begins, and what a release may bring.
GOLD = document(
    target("first_response", {"high": "1h", "low": "3h"}, reminders=REMINDERS),
    target("next_response", {"high": "30m", "low": "2h"}, escalation=LADDER),
    target("resolution", {"high": "2h", "low": "1d"}, escalation=LADDER, reminders=REMINDERS),
    applies_to={"plan": {"any": ["gold"]}},
)
PLAIN = document(
    target("resolution", "3h", pause_on=["on_hold"], on_reopen="restart"),
    target(
        "next_response",
        "1h wall",
        escalation=[level("0m", "night", times=2, every="30m wall"), level("1h wall", "assignee")],
        reminders=["50%"],
        remind=["assignee", "night"],
        remind_during="office",
    ),
    agreement="plain",
    order=20,
    audiences={"night": [{"during": "office", "notify": "team"}, {"notify": "oncall-1"}]},
)
INNER = document(
    target("time_in_team", "2h", team="tier2", escalation=LADDER),
    target("assignment", {"high": "20m", "default": "1h"}),
    agreement="inner",
    kind="internal",
)
RENEWED = {**GOLD, "targets": [target("resolution", {"high": "90m", "low": "4h"}, escalation=LADDER)]}
PUBLISHED = (GOLD, PLAIN, INNER)


@dataclass(frozen=True)
class Arrival:
    """An input, and when it first reaches us."""

    at: datetime
    given: Given


@dataclass(frozen=True)
class Life:
    """One ticket's life, or two at once; and what the region goes through meanwhile."""

    arrivals: Sequence[Arrival]
    outages: Sequence[Outage] = ()
    releases: Sequence[tuple[datetime, Mapping[str, Any]]] = ()
    until: datetime = END

    @property
    def subjects(self) -> list[str]:
        """The keys of the tickets that live it."""
        return sorted({subject_of(each.given.ticket_id) for each in self.arrivals})

    published: Sequence[Mapping[str, Any]] = field(default=PUBLISHED)


SAID: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "agent": ("agent_replied", {"author_role": "agent", "public": True}, {}),
    "agent, pending": ("agent_replied", {"author_role": "agent"}, {"status": "pending"}),
    "agent, solved": ("agent_replied", {"author_role": "agent"}, {"status": "solved"}),
    "customer": ("customer_replied", {"author_role": "customer", "public": True}, {}),
    "pending": ("status_changed", {}, {"status": "pending"}),
    "hold": ("status_changed", {}, {"status": "on_hold"}),
    "open": ("status_changed", {}, {"status": "open"}),
    "high": ("priority_changed", {}, {"priority": "high"}),
    "low": ("priority_changed", {}, {"priority": "low"}),
    "gold": ("customer_changed", {}, {"plan": "gold"}),
    "plain": ("customer_changed", {}, {"plan": "plain"}),
    "tier1": ("team_changed", {}, {"team": {"id": "1", "name": "tier1"}}),
    "tier2": ("team_changed", {}, {"team": {"id": "2", "name": "tier2"}}),
    "assigned": ("assignee_changed", {}, {"assignee": {"id": "7"}}),
    "solved": ("solved", {}, {"status": "solved"}),
    "reopened": ("reopened", {}, {"status": "open"}),
    "closed": ("closed", {}, {"status": "closed"}),
    "merged": ("merged", {}, {}),
    "deleted": ("deleted", {}, {}),
    "restored": ("restored", {}, {}),
}
_SERVICES = ("dynamodb", "scheduler", "sns", "sqs", "s3", "lambda", "all")
_BREACHES = ("resolution:1.0", "next_response:1.0", "next_response:2.0", "first_response:1.0")
_OPENING = {"status": "new", "priority": "high", "plan": "gold"}


def subject_of(ticket_id: str) -> str:
    """The key of a ticket of the account."""
    return subject_key("ticket", ACCOUNT, ticket_id)


def event(number: int, what: str, minutes: float, late: float = 0) -> Arrival:
    """The event of that number, `minutes` after the start, which reaches us `late` minutes late."""
    kind, members, attributes = SAID[what]
    at = START + timedelta(minutes=minutes)
    given = TicketEvent(f"{number:02}", ACCOUNT, "1", kind, at, at, attributes=attributes, **members)
    return Arrival(at + timedelta(minutes=late), replace(given, connection=CONNECTION))


def created(late: float = 0, **said: Any) -> Arrival:
    """The ticket's creation, at the start."""
    given = TicketEvent("00", ACCOUNT, "1", "created", START, START, attributes={**_OPENING, **said})
    return Arrival(START + timedelta(minutes=late), replace(given, connection=CONNECTION))


def storm(*tickets: str) -> list[Arrival]:
    """As many tickets, created at the start, so that all fall due at once."""
    first = created()
    return [replace(first, given=replace(first.given, ticket_id=each)) for each in tickets]


def acknowledged(minutes: float) -> Arrival:
    """Ada takes the breach of gold's resolution in hand."""
    at = START + timedelta(minutes=minutes)
    return Arrival(at, Acknowledgement(ACCOUNT, "1", "ada", at, agreement="gold", metric="resolution"))


def handed_over(minutes: float, to: str, agreement: str, metric: str) -> Arrival:
    """Ada passes a breach on."""
    at = START + timedelta(minutes=minutes)
    return Arrival(at, HandOver(ACCOUNT, "1", to, "ada", at, agreement=agreement, metric=metric))


def noted(minutes: float, breach: str, ticket_id: str = "1") -> Arrival:
    """Ada writes into the case of a breach, which there may be by then or not."""
    at = START + timedelta(minutes=minutes)
    named, said = public_id(subject_of(ticket_id), f"clock_breached:{breach}"), {"note": f"at {minutes}"}
    return Arrival(at, CaseEntry(ACCOUNT, ticket_id, named, "note", "ada", at, said))


def rated(minutes: float, value: int) -> Arrival:
    """Who asked says how it was."""
    at = START + timedelta(minutes=minutes)
    return Arrival(at, TicketEvent("99", ACCOUNT, "1", "rated", at, at, connection=CONNECTION, value=value))


def ended(minutes: float, agreement: str) -> Arrival:
    """An agreement is ended, as one of its tickets hears of it."""
    at = START + timedelta(minutes=minutes)
    return Arrival(at, Ending(ACCOUNT, "1", agreement, "terminated", "ada", at))


def excluded(minutes: float, begins: float, span: float = 45) -> Arrival:
    """An exclusion is entered beside gold, for a span of minutes from `begins` on."""
    at, first = START + timedelta(minutes=minutes), START + timedelta(minutes=begins)
    last = first + timedelta(minutes=span)
    name = f"{minutes}-{begins}"
    scope = {"agreement": "gold"}
    return Arrival(at, Exclusion(name, ACCOUNT, first, last, "maintenance", "ada", at, scope, "1"))


def random_life(seed: int) -> Life:
    """A life of up to nine events, some late, with people who interfere, outages and a release."""
    chance = Random(f"life {seed}")
    arrivals = [created(late=chance.choice((0, 0, 0, chance.uniform(1, 300))))]
    for number in range(1, chance.randint(2, 10)):
        late = chance.choice((0, 0, 0, 0, chance.uniform(1, 200)))
        arrivals.append(event(number, chance.choice(sorted(SAID)), _minutes(chance), late))
    if chance.random() < 0.2:
        arrivals += [_of_another(each) for each in arrivals if chance.random() < 0.7 or each == arrivals[0]]
    if chance.random() < 0.4:
        arrivals.append(acknowledged(_minutes(chance)))
    if chance.random() < 0.15:
        arrivals.append(ended(_minutes(chance), chance.choice(("gold", "plain", "inner"))))
    if chance.random() < 0.2:
        arrivals.append(excluded(_minutes(chance), _minutes(chance)))
    releases = [(START + timedelta(minutes=_minutes(chance)), RENEWED)] if chance.random() < 0.3 else []
    outages = [_outage(chance)] if chance.random() < 0.3 else []
    until = END if chance.random() < 0.7 else START + timedelta(minutes=chance.uniform(60, 2000))
    if chance.random() < 0.3:
        passed_on = chance.choice((("management", "gold", "resolution"), ("night", "plain", "next_response")))
        arrivals.append(handed_over(_minutes(chance), *passed_on))
    if chance.random() < 0.3:
        arrivals += [noted(_minutes(chance), chance.choice(_BREACHES)) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.2:
        arrivals.append(rated(_minutes(chance), chance.randint(1, 5)))
    return Life(sorted(arrivals, key=lambda each: each.at), outages, releases, until)


def _of_another(arrival: Arrival) -> Arrival:
    """The same, of a second ticket, so that one batch has records of both."""
    return replace(arrival, given=replace(arrival.given, ticket_id="2"))


def _minutes(chance: Random) -> float:
    """Mostly whole tens, or just before, so that events and moments meet; some the next day."""
    if chance.random() < 0.2:
        return chance.uniform(1000, 1400)
    return 10.0 * chance.randint(0, 36) - chance.choice((0, 0, chance.uniform(0, 0.25)))


def _outage(chance: Random) -> Outage:
    begins = START + timedelta(minutes=chance.uniform(0, 400))
    length = timedelta(minutes=chance.choice((chance.uniform(1, 20), chance.uniform(60, 300))))
    return Outage(chance.choice(_SERVICES), begins, begins + length)
