"""Drills: every level of a ladder told at once, of a breach that did not happen. Nothing is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from slaclock.announcing import Announcer
from slaclock.domain.agreement import Agreement, Level, Target
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import Fact, fact_key
from slaclock.domain.instants import format_instant
from slaclock.domain.rota import ASSIGNEE, TEAM
from slaclock.notices import compose

TICKET = "DRILL"  # what the ticket is called of which a drill tells
EVENT = "drill"  # the `event` of its messages, for filter policies


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

    `message_id` is None where nothing was sent: on trial, or by `error`.
    """

    number: int
    level: Level
    audience: str
    topic: str
    subject: str
    message_id: str | None = None
    error: str | None = None


def drill(tried: Drill, announcer: Announcer, *, dry_run: bool = False) -> Iterator[Rung]:
    """Tell each level, in order; one that can't be told keeps none of the others from being tried.

    Each message begins with DRILL, and its `event` is `drill`. `NoDrill` where there is nothing to tell.
    """
    if not tried.target.escalation:
        raise NoDrill(f"{tried.target.name!r} has no ladder: of a breach the team and legal are told")
    budget = _budget(tried)
    for number, level in enumerate(tried.target.escalation, 1):
        yield _told(_fact(tried, number, level, budget), number, level, announcer, dry_run=dry_run)


def _told(fact: Fact, number: int, level: Level, announcer: Announcer, *, dry_run: bool) -> Rung:
    audience = fact.details["notify"]
    channel = announcer.channel(audience, fact, None)
    notice = compose(fact, audience, None, fact.at, channel=channel)
    notice = replace(notice, attributes={**notice.attributes, "event": EVENT})
    rung = Rung(number, level, audience, channel.topic, notice.subject)
    if dry_run:
        return rung
    try:
        return replace(rung, message_id=announcer.publish(notice, channel.topic))
    except Exception as error:  # noqa: BLE001  (told in the end; it must not stop the others)
        return replace(rung, error=f"{type(error).__name__}: {error}")


def _fact(tried: Drill, number: int, level: Level, budget: str | None) -> Fact:
    """The level as it would be told now; each drill has ids of its own, or nobody would hear the second."""
    agreement, target = tried.agreement, tried.target
    audience = agreement.audience_at(level.notify, tried.at)
    about = {
        "customer": tried.customer,
        "team": None,
        "priority": tried.priority,
        "timezone": agreement.timezone,
        "budget": budget,
        "clause": target.clause,
        "runbook": level.runbook or target.runbook,
    }
    return Fact(
        fact="escalation_due",
        key=fact_key(
            "escalation_due", agreement.lane_of(target), 1, 0, f"{number}.0:{format_instant(tried.at)}"
        ),
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
        details={
            **{name: value for name, value in about.items() if value is not None},
            "drill": True,
            "level": number,
            "notify": TEAM if audience == ASSIGNEE else audience,  # nobody has this ticket
            "repeat": 0,
            "until": level.until,
        },
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
