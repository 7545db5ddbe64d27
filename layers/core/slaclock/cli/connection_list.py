"""`slaclock connection list`: who posts, who has fallen silent, and which words nobody has mapped."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slaclock.cli import connection_stack, deployed, stacks, texts
from slaclock.cli.connection_words import is_mapped
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.helpdesks.connection import connection_from_json
from slaclock.silence import MOST, heard_lately, is_silent, is_watched

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from slaclock.wiring import Wiring

_DAY = timedelta(hours=24)
_COLUMNS = ("id", "kind", "account", "title", "last delivery", "watched", "24 h, at least")
_HELP = (
    "A line for each connection: who posts, when it was last heard of, whether sweeps watch it for silence, "
    "and how many deliveries came in the last 24 hours, at least: of busy minutes not all are counted. Below "
    "it what somebody should see to."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A connection, and what was heard of it.

    `deliveries_24h` is "at least", in whole hours: what a container of the webhook held of a busy minute when
    Lambda ended it is not counted.
    """

    id: str
    kind: str
    account: str
    title: str
    last_delivery: str | None
    deliveries_24h: int
    watched: bool
    silent: bool
    unmapped: Sequence[Mapping[str, Any]]
    broken: str | None = None

    def row(self) -> tuple[str, ...]:
        last = self.last_delivery or "never"
        watched = "yes" if self.watched else "no"
        return self.id, self.kind, self.account, self.title, last, watched, str(self.deliveries_24h)

    def notes(self) -> Iterator[str]:
        """What somebody should see to."""
        if self.broken:
            yield f"can't be read, so nothing comes in: {self.broken}"
        if self.silent:
            yield "SILENT, against its habit of the three weeks before: see docs/operations.md"
        for each in self.unmapped:
            option = shlex.quote(f"{each['word']}=…")
            yield (
                f"{each['member']} {each['word']!r} came {each['count']} times and is on no map: "
                f"slaclock connection set {self.id} --{each['member']} {option}"
            )


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection list`."""
    parser = actions.add_parser(
        "list", help="list connections, and what was heard of them", description=_HELP
    )
    stacks.add_stack(parser)
    parser.add_argument("--account", type=texts.account, metavar="ID", help="of this account only")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line; deliveries_24h is at least"
    )
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Write a line a connection, by account, and below it what somebody should see to."""
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        found = [
            listed(wiring, account, connection_id, looked_at=number < MOST)
            for number, (account, connection_id) in enumerate(wiring.store.connections())
            if args.account in (None, account)
        ]
    if args.json:
        sys.stdout.writelines(f"{json.dumps(asdict(each), ensure_ascii=False)}\n" for each in found)
    elif found:
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in _table(found))
    else:
        whose = f"account {args.account!r} has" if args.account else "there are"
        sys.stderr.write(f"slaclock: {whose} no connections: slaclock connection add\n")
    return 0


def listed(wiring: Wiring, account: str, connection_id: str, *, looked_at: bool) -> Listed:
    """What was heard of one; `looked_at`, whether sweeps come as far as that."""
    now = wiring.now()
    record = wiring.store.connection(connection_id) or {}
    heard = heard_lately(wiring.store, connection_id, now)
    words, broken = [], None
    try:
        words = list(_unmapped(wiring, record))
    except SlaError as error:
        broken = str(error)
    return Listed(
        id=connection_id,
        kind=_kind(record),
        account=account,
        title=str(record.get("title") or ""),
        last_delivery=_minute(heard.last) if heard.last else None,
        deliveries_24h=heard.since(now - _DAY),
        watched=looked_at and is_watched(heard.hours),
        silent=looked_at and is_silent(heard.hours, now),
        unmapped=words,
        broken=broken,
    )


def _unmapped(wiring: Wiring, record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The words that no map knew when they came, but for those that the connection maps by now."""
    connection = connection_from_json(record)
    for (member, word), count in wiring.store.unmapped(connection.id).items():
        if not is_mapped((member, word), connection):
            yield {"member": member, "word": word, "count": count}


def _kind(record: Mapping[str, Any]) -> str:
    mapping = record.get("mapping")
    kind = str(record.get("kind") or "?")
    return mapping if kind == "mapping" and isinstance(mapping, str) else kind


def _minute(at: datetime) -> str:
    return format_instant(at.replace(second=0, microsecond=0))


def _table(found: Sequence[Listed]) -> Iterator[str]:
    rows = [_COLUMNS, *(tuple(map(deployed.escaped, each.row())) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row, each in zip(rows, [None, *found], strict=True):
        cells = [text.ljust(width) for text, width in zip(row[:-1], widths, strict=False)]
        yield "  ".join([*cells, row[-1].rjust(widths[-1])])
        for note in each.notes() if each else ():
            yield f"  ! {deployed.escaped(note)}"
