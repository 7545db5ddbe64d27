"""Stream records that a reader gave up on. The queue holds their positions only, so the tables are asked.

A stream keeps its records for a day; the tables keep what they said.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING

from slaclock.arming import follow
from slaclock.cli import deployed
from slaclock.cli.redrive_letters import InvalidLetter, Outcome, together
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.keeping import row_is_over
from slaclock.store.comparing import compare

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring

_EVER = datetime.max.replace(tzinfo=UTC)
_ROUNDED = timedelta(minutes=1)  # a record's arrival is told to the second, and approximately


def arm(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Give every ticket that is to be woken its schedules, the next one due first.

    Which tickets the records were of, nobody knows any more. A schedule that exists stays as it is.
    """
    return together(letters, _reader(wiring, "Arm"), lambda _: _arm_all(wiring, args))


def notify(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Tell every fact that waited to be told when the last of the records came."""
    return together(letters, _reader(wiring, "Notify"), lambda until: _tell_all(wiring, args, max(until)))


def ledger(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Hold every fact against its row: what the records said of a row, its ticket's facts still say."""
    assert wiring.store, "its models are bound"  # noqa: S101  (made when first used)
    return together(letters, _reader(wiring, "Audit"), lambda _: _compare_all(wiring, args))


def _reader(wiring: Wiring, function: str) -> Callable[[Letter], datetime]:
    """What reads of a batch by when the last of its records had come; one of another stream is refused."""
    table = wiring.settings.need("LEDGER_TABLE" if function == "Audit" else "TICKETS_TABLE")

    def read(letter: Letter) -> datetime:
        batch = letter.record(function, "DDBStreamBatchInfo")
        try:
            until = parse_instant(batch["approximateArrivalOfLastRecord"]) + _ROUNDED
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise InvalidLetter("it does not say when its records came") from None
        if f":table/{table}/" not in str(batch.get("streamArn")):
            raise InvalidLetter(f"it is not of the stream of {table}: another queue's")
        return until

    return read


def _arm_all(wiring: Wiring, args: argparse.Namespace) -> tuple[str, bool]:
    number = failed = 0
    for subject in deployed.Sweeps(0).watched(wiring.store.overdue(_EVER, args.since)):
        if number == args.most:
            return f"there are more than {number} tickets: go on with --since {_next(wiring, subject)}", False
        number += 1
        try:
            if not args.dry_run:
                _arm(wiring, subject)
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            failed += 1
            _named(subject, error)
    what = "would be armed anew" if args.dry_run else "armed anew"
    said = f"{number - failed} tickets {what}" + (f", {failed} failed" if failed else "")
    if args.since is not None:  # of the tickets before that, some may have failed in another run
        return f"{said}: run it once without --since to empty the queue", False
    return said, not failed


def _arm(wiring: Wiring, subject: str) -> None:
    """Do for a ticket as it is what `arm` does where a wake moved: what has come is decided at once."""
    saved = wiring.store.load(subject).saved
    if saved is not None:
        wakes = {lane: [format_instant(arming.at), arming.number] for lane, arming in saved.wakes.items()}
        item = {"pk": subject, "wakes": json.dumps(wakes)}
        follow(None, item, wiring.schedules, wiring.now, wiring.workflow.wake)


def _next(wiring: Wiring, subject: str) -> str:
    """When a ticket is to be woken next."""
    saved = wiring.store.load(subject).saved
    moments = [arming.at for arming in saved.wakes.values()] if saved else []
    return format_instant(min(moments, default=wiring.now()))


def _tell_all(wiring: Wiring, args: argparse.Namespace, until: datetime) -> tuple[str, bool]:
    told = failed = 0
    for subject, key in islice(wiring.store.waiting(until), args.most):
        try:
            announcement = wiring.store.announcement(subject, key)
            if announcement and not args.dry_run:
                wiring.announcer.announce(announcement)
            told += announcement is not None
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            failed += 1
            _named(subject, error)
    what = "would be told" if args.dry_run else "told"
    said = f"{told} facts {what}" + (f", {failed} failed" if failed else "")
    if told and told + failed == args.most:  # where all failed, another run would begin with the same ones
        return f"{said}, and there may be more: run it again", False
    return said, not failed


def _compare_all(wiring: Wiring, args: argparse.Namespace) -> tuple[str, bool]:
    if args.dry_run:
        return "every fact would be held against its row", True
    tickets = facts = faults = 0
    over = partial(row_is_over, keeping_of=cache(wiring.store.keeping), now=wiring.now())
    for compared in deployed.Sweeps(0).watched(compare(over)):
        tickets, facts = tickets + 1, facts + compared.facts
        faults += len(compared.faults)
        for fault in compared.faults:
            sys.stderr.write(f"slaclock: {deployed.named(compared.subject)}: {deployed.escaped(fault)}\n")
    looked = f"{facts} facts of {tickets} tickets held against their rows"
    return f"{looked}: {f'{faults} differ' if faults else 'all agree'}", not faults


def _named(subject: str, error: Exception) -> None:
    said = deployed.escaped(f"{type(error).__name__}: {error}")
    sys.stderr.write(f"slaclock: {deployed.named(subject)}: {said}\n")
