"""One ticket as it stood at an instant: from the tables, or from the lines of a history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from slaclock.agreements.freeze import load_together
from slaclock.cli import stacks
from slaclock.cli.replay import opened, read_inputs
from slaclock.domain.errors import SlaError
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import subject_key
from slaclock.domain.instants import parse_instant
from slaclock.domain.replay import Life, arrived_at, live, once

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket as it stood at an instant, its log, and what was told of it."""

    ticket: Ticket
    log: Sequence[Given]
    facts: Sequence[Fact]
    agreements: Agreements
    at: datetime


def from_tables(args: argparse.Namespace) -> Found:
    """The ticket as it is stored; at another instant, its log folded up to then."""
    if args.events or not args.account:
        raise SlaError("say where the ticket is: --account ID, or --agreement FILE and EVENTS.ndjson")
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        subject = subject_key(args.subject, args.account, args.ticket)
        saved = wiring.store.load(subject).saved
        if saved is None:
            raise SlaError(f"account {args.account!r} has no {args.subject} {args.ticket!r}")
        history, agreements = wiring.store.history(subject)[0], wiring.store.agreements(args.account)
    if args.at:
        return _lived(history.given, agreements, _instant(args.at), args)
    return Found(saved.ticket, history.given, history.facts, agreements, wiring.now())


def from_file(args: argparse.Namespace) -> Found:
    """The ticket that a file's lines make, under documents as if published with the first of them."""
    if not args.events:
        raise SlaError("--agreement FILE needs EVENTS.ndjson, the events to fold")
    if args.stack:
        raise SlaError("--stack NAME is for a ticket in its tables: leave out --agreement")
    inputs, exclusions, first = _read(args)
    account = _only_account(inputs, args)
    entered = tuple(each for each in exclusions if each.concerns(account))
    agreements = replace(load_together(args.agreement, published=first.date()), exclusions=entered)
    inputs += [each.on(args.ticket, args.subject) for each in entered]
    at = _instant(args.at) if args.at else max(each.position[0] for each in inputs)
    return _lived(inputs, agreements, at, args)


def _read(args: argparse.Namespace) -> tuple[list[Given], list[Exclusion], datetime]:
    """The lines about the ticket, the exclusions, which are about every ticket, and the first time of all."""
    inputs: list[Given] = []
    exclusions: list[Exclusion] = []
    first = datetime.max.replace(tzinfo=UTC)
    with opened(args.events) as lines:
        for each in read_inputs(lines, "stdin" if args.events == "-" else args.events):
            first = min(first, each.position[0])
            if isinstance(each, Exclusion):
                exclusions.append(each)
            elif (each.ticket_id, each.subject) == (args.ticket, args.subject):
                inputs += [each] if args.account in (None, each.account) else []
    return inputs, exclusions, first


def _only_account(inputs: Sequence[Given], args: argparse.Namespace) -> str:
    """The account of the ticket: there must be some line about it, and all of one account."""
    accounts = sorted({each.account for each in inputs})
    if not accounts:
        raise SlaError(f"{args.events}: there is no event of {args.subject} {args.ticket!r}")
    if len(accounts) > 1:
        raise SlaError(
            f"{args.subject} {args.ticket!r} is in the accounts {', '.join(accounts)}: add --account"
        )
    return accounts[0]


def _lived(inputs: Sequence[Given], agreements: Agreements, at: datetime, args: argparse.Namespace) -> Found:
    life: Life = live(once(sorted(inputs, key=arrived_at)), agreements, at)
    if life.ticket is None:
        raise SlaError(f"{args.subject} {args.ticket!r} has no event until {args.at or 'then'}")
    return Found(life.ticket, life.log, life.told, agreements, at)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SlaError(f"--at {text!r} is no instant such as 2026-03-27T15:00:00Z") from None
