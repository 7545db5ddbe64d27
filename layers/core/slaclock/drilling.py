"""Drills: every level of a ladder told at once, of a breach that did not happen. Nothing is recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slaclock.announcing import Announcer
from slaclock.domain.agreement import Agreement, Level, Target
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import Fact, fact_key
from slaclock.domain.instants import format_instant
from slaclock.domain.rota import ASSIGNEE, TEAM
from slaclock.notices import compose

TICKET = "DRILL"  # what the ticket is called of which a drill tells
EVENT = "drill"  # the `event` of its messages, for filter policies
OVER = "the drill is over"  # the reason of its end


class NoDrill(SlaError):
    """There is no ladder to try: the message says why."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Whose ladder is tried, and as of when; `priority` and `customer` are those of its imaginary ticket."""

    account: str
    agreement: Agreement
    target: Target
    at: datetime
    priority: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """What became of one level: who is meant by its audience now, through which topic, and the message.

    Without a `level` it is the drill's end. `message_id` is None where nothing was sent: on trial, by
    `error`, or because it is `withheld` from a customer.
    """

    number: int
    level: Level | None
    audience: str
    topic: str
    subject: str
    message_id: str | None = None
    error: str | None = None
    withheld: bool = False


def drill(
    tried: Drill, announcer: Announcer, *, dry_run: bool = False, customers_too: bool = False
) -> Iterator[Rung]:
    """Tell each level, in order, then on-call services that it is over.

    One that can't be told keeps none of the others from being tried. Each message begins with DRILL, and its
    `event` is `drill`. What a customer would read is withheld, but for `customers_too`. On-call services have
    an incident for each drill, which its end resolves. `NoDrill` where there is nothing to tell.
    """
    if not tried.target.escalation:
        raise NoDrill(f"{tried.target.name!r} has no ladder: of a breach the team and legal are told")
    budget = _budget(tried)
    paged: dict[str, str] = {}  # an audience of each topic of an on-call service
    for number, level in enumerate(tried.target.escalation, 1):
        fact = _level(tried, number, level, budget)
        audience = fact.details["notify"]
        channel = announcer.channel(audience, fact, None)
        if not channel.gathers:
            paged.setdefault(channel.topic, audience)
        withheld = channel.customer and not customers_too
        rung = _told(fact, audience, announcer, publish=not (dry_run or withheld))
        yield replace(rung, number=number, level=level, withheld=withheld)
    for audience in paged.values():
        yield _told(_end(tried, audience, budget), audience, announcer, publish=not dry_run)


def _told(fact: Fact, audience: str, announcer: Announcer, *, publish: bool) -> Rung:
    channel = announcer.channel(audience, fact, None)
    notice = compose(fact, audience, None, fact.at, channel=channel)
    notice = notice._replace(attributes={**notice.attributes, "event": EVENT})
    rung = Rung(0, None, audience, channel.topic, notice.subject)
    if not publish:
        return rung
    try:
        return replace(rung, message_id=announcer.publish(notice, channel.topic))
    except Exception as error:  # noqa: BLE001  (told in the end; it must not stop the others)
        return replace(rung, error=f"{type(error).__name__}: {error}")


def _level(tried: Drill, number: int, level: Level, budget: str | None) -> Fact:
    """The level as it would be told now."""
    audience = tried.agreement.audience_at(level.notify, tried.at)
    details = {
        "runbook": level.runbook or tried.target.runbook,
        "level": number,
        "notify": TEAM if audience == ASSIGNEE else audience,  # nobody has this ticket
        "repeat": 0,
        "until": level.until,
    }
    return _fact(tried, "escalation_due", f"{number}.0:", {"budget": budget, **details})


def _end(tried: Drill, audience: str, budget: str | None) -> Fact:
    """The all-clear, which resolves what the levels opened."""
    details = {"budget": budget, "reason": OVER, "told": [audience]}
    return _fact(tried, "breach_ended", "", details)


def _fact(tried: Drill, name: str, mark: str, details: Mapping[str, Any]) -> Fact:
    """A fact of the drill; each drill has ids of its own, or nobody would hear the second."""
    agreement, target = tried.agreement, tried.target
    about = {
        "customer": tried.customer,
        "priority": tried.priority,
        "timezone": agreement.timezone,
        "clause": target.clause,
        "drill": True,
        **details,
    }
    return Fact(
        fact=name,
        key=fact_key(name, agreement.lane_of(target), 1, 0, f"{mark}{format_instant(tried.at)}"),
        account=tried.account,
        ticket_id=TICKET,
        subject="ticket",
        agreement=agreement.id,
        agreement_version=agreement.version,
        target=target.name,
        metric=target.metric,
        cycle=1,
        revision=0,
        at=tried.at,
        due_at=tried.at,
        details={name: value for name, value in about.items() if value is not None},
        agreement_hash=agreement.content_hash,
    )


def _budget(tried: Drill) -> str | None:
    """The budget of the imaginary ticket; None where it depends on what nobody said."""
    said = {"priority": tried.priority, "customer": tried.customer}
    attributes = {name: value for name, value in said.items() if value is not None}
    budget, by = tried.target.budget_for(attributes), tried.target.budgets.by
    if budget is None and by in attributes:
        promised = f"{tried.target.name!r} promises nothing to {by} {attributes[by]!r}"
        raise NoDrill(f"{promised}: no clock, and so no ladder")
    return budget
