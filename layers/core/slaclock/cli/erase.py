"""`slaclock erase`: the key of a person, or of everybody in an account, is destroyed; the record stays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import subject_key
from slaclock.helpdesks.people import known
from slaclock.identities import ABSENT, SOURCES, person, pseudonym
from slaclock.register import Act
from slaclock.store.commit import Beside
from slaclock.store.keys import KEY

if TYPE_CHECKING:
    import argparse

    from slaclock.domain.keeping import Keeping
    from slaclock.wiring import Wiring

_AT_ONCE = 500


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock erase`."""
    parser = commands.add_parser("erase", help="destroy the key by which people could be told again")
    deployed.add_account(parser)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--requester", type=texts.line, metavar="ID",
        help="somebody by the helpdesk's own id; docs/compliance.md says which that is")  # fmt: skip
    whom.add_argument("--whole-account", action="store_true", help="everybody, by the account's own key")
    parser.add_argument("--helpdesk", choices=SOURCES, metavar="NAME",
        help=f"only as this helpdesk knows them; default: every one. {', '.join(SOURCES)}")  # fmt: skip
    deployed.add_author(parser)
    stacks.add_stack(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=erase)


def erase(args: argparse.Namespace) -> int:
    """Enter a row that says who had it done and why, never about whom, and destroy the keys."""
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        if not (args.yes or _sure(args)):
            return 1
        by = deployed.author(args.by, wiring)
        return _erase_all(args, wiring, by) if args.whole_account else _erase_one(args, wiring, by)


def _erase_one(args: argparse.Namespace, wiring: Wiring, by: str) -> int:
    """Destroy one person's keys, one for each helpdesk that knows the id, with the row, at once."""
    account_key = wiring.identities.key(args.account)
    if account_key is None:
        raise SlaError(f"account {args.account!r} has no key: nobody's id was kept, or all are erased")
    identity = known(args.requester)
    if identity is None:
        raise SlaError("that is no id")
    sources = [args.helpdesk] if args.helpdesk else SOURCES
    people = {person(account_key, args.account, source, identity): source for source in sources}
    found = wiring.store.load(subject_key("account", args.account, "register"), None, list(people)).keys
    if not found:
        sys.stderr.write("slaclock: nobody of that id is known to this account; nothing was changed\n")
        return 1
    names = {pseudonym(account_key, key, people[who], identity) for who, key in found.items()}

    def decide(keeping: Keeping) -> Act:
        _refuse_held(keeping, wiring, args.account, names)
        items = [Beside("tickets", {"pk": who, "sk": KEY}, gone=True) for who in found]
        return Act("identities_erased", by, args.reason, {"keys": len(items)}, items)

    wiring.register.enter(args.account, decide)
    sys.stdout.write(f"erased: {len(found)} key{'s' if len(found) > 1 else ''} destroyed\n{_STAYS}\n")
    return 0


def _erase_all(args: argparse.Namespace, wiring: Wiring, by: str) -> int:
    """Enter the row, destroy the account's key, then remove people's keys, which nobody can find again."""

    def decide(keeping: Keeping) -> Act:
        if keeping.holds:
            raise SlaError(_held(keeping.holds[0].name))
        return Act("identities_erased", by, args.reason, {"whole_account": True})

    wiring.register.enter(args.account, decide)
    secret = wiring.identities.name(args.account)
    try:
        wiring.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
    removed = list(wiring.store.people(args.account))
    for first in range(0, len(removed), _AT_ONCE):
        wiring.store.strike(removed[first : first + _AT_ONCE])
    sys.stdout.write(f"erased: the account's key {secret} is destroyed, and those of {len(removed)} people\n")
    sys.stdout.write(f"{_STAYS}\nFunctions may keep the key in memory for up to a minute.\n")
    return 0


_STAYS = "The record stays as it is, and verifiable; tables can be restored to before for up to 35 days."


def _refuse_held(keeping: Keeping, wiring: Wiring, account: str, names: set[str]) -> None:
    """Refuse where a hold covers the account, or a ticket that names the person."""
    for hold in keeping.holds:
        if hold.ticket_id is None or _names(wiring, account, hold.ticket_id) & names:
            raise SlaError(_held(hold.name))


def _names(wiring: Wiring, account: str, ticket_id: str) -> set[str | None]:
    """The pseudonyms in a ticket's log."""
    history, _ = wiring.store.history(subject_key("ticket", account, ticket_id))
    events = (each for each in history.given if isinstance(each, TicketEvent))
    return {who for each in events for who in (each.actor_id, each.author_id, each.requester_id) if who}


def _held(name: str) -> str:
    return f"the hold {name!r} keeps it; nothing was erased. slaclock hold list says why"


def _sure(args: argparse.Namespace) -> bool:
    """Ask on a terminal; elsewhere nobody can answer, so `--yes` is needed."""
    whom = "everybody in the account" if args.whole_account else "this person"
    if not sys.stdin.isatty():
        raise SlaError(f"this destroys the keys of {whom}, for good: add --yes")
    sys.stderr.write(f"This destroys the keys of {whom} ({args.account!r}), for good. Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
