"""A ticket as people and their programs read it: its clocks as they stand, and all that was told of it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol

from slaclock.access.boundary import Boundary, NotTheirs
from slaclock.domain.choosing import Agreements
from slaclock.domain.clock import Clock, state_of
from slaclock.domain.explained import considered_to_json, explanation_to_json
from slaclock.domain.explaining import Explanation, explain
from slaclock.domain.facts import Fact, fact_to_json, split_subject
from slaclock.domain.instants import format_instant
from slaclock.domain.ticket import Ticket
from slaclock.records.alone import is_alone, names_of
from slaclock.records.deliveries import deliveries
from slaclock.records.whole import check_whole, may_be_theirs
from slaclock.store.contract import AgreementStore, Outbox, TicketStore

# What is shown of a ticket. People's ids, and the helpdesk's own fields, which may hold anything, are not.
SHOWN = ("key", "url", "ticket_type", "team", "customer", "plan", "tags", "channel", "region", "service")


class Store(TicketStore, Outbox, AgreementStore, Protocol):
    """Where a ticket, what was sent about it, and its agreements are kept."""


def view(store: Store, subject: str, now: datetime, boundary: Boundary) -> dict[str, Any]:
    """A ticket by its key, as JSON: the latest cycle of each clock, every fact in the order of telling.

    Each clock explains itself as of `now`, and each agreement says why it applies or not; whoever is bound to
    a customer is shown those that do and are his alone. `NotTheirs` where there is no such ticket, or all of
    it is not theirs; of one that is somebody else's now, nothing more is read.
    """
    saved = store.load(subject).saved
    if saved is None or not may_be_theirs(boundary, saved.ticket):
        raise NotTheirs("there is nothing of this name")
    messages = store.messages(subject)  # before the facts that they told, which are judged
    ticket, told = saved.ticket, store.told(subject)
    agreements, log = store.agreements(split_subject(subject)[1]), store.history(subject)[0].given
    known = [each.fact for each in told]
    check_whole(boundary, log, known, ticket)
    stands = standing(ticket, explain(ticket, log, agreements, now), known, agreements, now)
    if boundary.customer is not None:
        alone = _alone(agreements, names_of(boundary.customer, log))
        stands["agreements"] = [
            each for each in stands["agreements"] if each["applies"] and each["agreement"] in alone
        ]
    return {
        "account": ticket.account,
        "subject": ticket.subject,
        "ticket_id": ticket.ticket_id,
        "status": ticket.status,
        "priority": ticket.priority,
        **{name: ticket.attributes[name] for name in SHOWN if ticket.attributes.get(name) is not None},
        "created_at": format_instant(ticket.created_at),
        **stands,
        "facts": [{**fact_to_json(each.fact), "seq": each.seq, "hash": each.hash} for each in told],
        "messages": deliveries(messages, subject, known),
    }


def _alone(agreements: Agreements, names: AbstractSet[str]) -> set[str]:
    """The ids of the agreements that are of whoever is called so alone, in all of their versions."""
    others = {each.id for each in agreements.versions if not is_alone(each, names)}
    return {each.id for each in agreements.versions} - others


def standing(
    ticket: Ticket,
    explained: Iterable[Explanation],
    facts: Sequence[Fact],
    agreements: Agreements,
    now: datetime,
) -> dict[str, Any]:
    """Which agreement applies and why, which do not, and the clocks, each with its explanation."""
    return {
        **_chosen(ticket),
        "agreements": considered_to_json(ticket, agreements, now),
        "clocks": [_clock(each, ticket, facts) for each in explained],
    }


def _chosen(ticket: Ticket) -> dict[str, Any]:
    """The agreement that applies, the customer's first; where none does, the reason why there is no clock."""
    if not ticket.chosen:
        return {"agreement": None, "reason": "no agreement applies"}
    agreement, version = ticket.chosen[0]
    return {"agreement": agreement, "agreement_version": version}


def _clock(explained: Explanation, ticket: Ticket, told: Iterable[Fact]) -> dict[str, Any]:
    clock = explained.clock
    due = clock.due_at or (explained.due_at if clock.running else None)
    outcome = _outcome(clock, told)
    return {
        "agreement": clock.agreement,
        "agreement_version": clock.version,
        "target": clock.target,
        "metric": clock.metric,
        "cycle": clock.cycle,
        "revision": clock.revision,
        "state": state_of(clock, explained.terms),
        "budget": clock.budget,
        "started_at": format_instant(clock.started_at),
        "due_at": _written(due) or outcome.get("due_at"),
        "next_moment": _written(ticket.next_moments.get(clock.lane)),
        "stopped_at": _written(clock.stopped_at),
        "acknowledged_at": _written(clock.acknowledged_at),
        "worked_seconds": outcome.get("worked_seconds"),
        "explanation": explanation_to_json(explained),
    }


def _outcome(clock: Clock, told: Iterable[Fact]) -> Mapping[str, Any]:
    """The last fact of this cycle that says how long was worked; nothing while it runs."""
    cycle = (clock.lane, clock.cycle, clock.revision)
    facts = [each for each in told if (each.lane, each.cycle, each.revision) == cycle]
    outcomes = [fact for fact in facts if "worked_seconds" in fact.details]
    return fact_to_json(outcomes[-1]) if outcomes else {}


def _written(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None
