"""Which clocks and tickets an exclusion is for: the options that narrow it, held against what there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from slaclock.agreements.conditions import KEYS, PRIORITIES, STATUSES
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import subject_key
from slaclock.store.contract import AgreementStore, TicketStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

_SUBJECTS = ("ticket", "service", "obligation")
_CUSTOM = re.compile(r"custom\.\S+")
_VALUES = {"priority": PRIORITIES, "status": STATUSES}


class Store(TicketStore, AgreementStore, Protocol):
    """Where tickets and agreements are looked up."""


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Add the options; all that are given must hold."""
    parser.add_argument("--agreement", metavar="ID", help="only clocks under this agreement")
    parser.add_argument("--target", metavar="NAME", help="only clocks of this target")
    parser.add_argument("--ticket", metavar="ID", help="only this ticket")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="MEMBER=VALUE",
        help="only tickets such as priority=urgent or custom.site=aarhus; a member given again means one of "
        "these values, several members must all hold",
    )


def read_scope(args: argparse.Namespace) -> dict[str, Any]:
    """Give the scope as an exclusion keeps it: conditions in the form that agreements have them in."""
    named = {"agreement": args.agreement, "target": args.target, "ticket_id": args.ticket}
    values: dict[str, set[str]] = {}
    for text in args.where:
        member, value = _condition(text)
        values.setdefault(member, set()).add(value)
    conditions = {member: {"any": sorted(each)} for member, each in values.items()}
    return {key: value for key, value in named.items() if value} | conditions


def check_scope(scope: Mapping[str, Any], account: str, store: Store) -> None:
    """Refuse a name that nothing has: it would be an exclusion for nothing."""
    versions = store.agreements(account).versions
    if not versions:
        raise SlaError(f"account {account!r} has no agreements")
    _among("agreement", scope.get("agreement"), (each.id for each in versions))
    meant = [each for each in versions if each.id == scope.get("agreement", each.id)]
    _among("target", scope.get("target"), (name for each in meant for name in each.targets))
    if not any(store.load(key).saved for key in _named(scope, account)) and "ticket_id" in scope:
        raise SlaError(f"account {account!r} has no ticket {scope['ticket_id']!r}")


def subjects_in(scope: Mapping[str, Any], account: str, tickets: TicketStore) -> Iterable[str]:
    """The tickets to look at: all of the account's, but where one is named."""
    return _named(scope, account) or tickets.subjects(account)


def _named(scope: Mapping[str, Any], account: str) -> list[str]:
    ticket_id = scope.get("ticket_id")
    return [subject_key(each, account, ticket_id) for each in _SUBJECTS] if ticket_id else []


def _condition(text: str) -> tuple[str, str]:
    member, _, value = text.partition("=")
    if not value or (member not in KEYS and not _CUSTOM.fullmatch(member)):
        members = ", ".join((*KEYS, "custom.<name>"))
        raise SlaError(f"--where {text!r} is not MEMBER=VALUE, with a member of {members}")
    _among(member, value, _VALUES.get(member, (value,)))
    return member, value


def _among(what: str, named: str | None, known: Iterable[str]) -> None:
    there = list(dict.fromkeys(known))
    if named and named not in there:
        raise SlaError(f"there is no {what} {named!r}: there are {', '.join(there)}")
