"""Whether a connection may come under an account that has others: a ticket is known by account and id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli import deployed
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from typing import Any

    from slaclock.helpdesks.connection import Connection
    from slaclock.wiring import Wiring

_MOST_NAMED = 5


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shares-tickets", action="store_true",
        help="its tickets are those of the account's other helpdesks, under the same ids")  # fmt: skip


def check(args: argparse.Namespace, wiring: Wiring, connection: Connection) -> str | None:
    """Refuse another helpdesk under an account that has one; of one more of the same kind, answer a remark.

    Two connections of one site are common (two of its webhooks, say), and tell of the same tickets; two sites
    of a helpdesk, or two helpdesks, count each for itself.
    """
    if args.shares_tickets:
        return None
    beside = [
        wiring.store.connection(found) or {"id": found}
        for account, found in wiring.store.connections()
        if account == connection.account
    ]
    others = [each for each in beside if _kind(each) != (connection.kind, connection.mapping)]
    whose = f"account {connection.account!r} has {_named(others or beside)}"
    if others:
        raise SlaError(
            f"{whose}: ticket 81 of both would be one ticket, with one set of clocks; give this helpdesk an "
            "account of its own, or say --shares-tickets if both tell of the same tickets"
        )
    return f"{whose}: if that is another site, ticket 81 of both is one ticket" if beside else None


def _kind(record: Mapping[str, Any]) -> tuple[Any, Any]:
    return record.get("kind"), record.get("mapping")


def _named(records: Sequence[Mapping[str, Any]]) -> str:
    """Ids with their kinds, the first few; somebody may have written the table by hand."""
    named = [_name(each) for each in records[:_MOST_NAMED]]
    more = len(records) - len(named)
    return deployed.escaped(", ".join(named) + (f" and {more} more" if more else ""))


def _name(record: Mapping[str, Any]) -> str:
    kind, mapping = _kind(record)
    return f"{record['id']} ({mapping if isinstance(mapping, str) else kind or '?'})"
