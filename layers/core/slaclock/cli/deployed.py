"""What the commands share that change a deployed stack: its parts, the time, who asks, and the sweeps."""

from __future__ import annotations

import argparse
import getpass
import json
import math
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from slaclock.cli import texts
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import split_subject
from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from slaclock.feeding import Fed
    from slaclock.wiring import Wiring

TABLES = ("TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE")
SETTLE = 65.0  # functions keep what they read of agreements for a minute: see slaclock.store.caching
_LONGEST = 3600
_TELL_EVERY = 10.0  # seconds
Item = TypeVar("Item")


def add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--account", required=True, type=texts.account, metavar="ID", help="whose agreements and tickets"
    )


def add_author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason",
        required=True,
        type=texts.line,
        metavar="TEXT",
        help="recorded, and told with what follows",
    )
    parser.add_argument(
        "--by",
        type=texts.line,
        metavar="NAME",
        help="who decided it; default: the AWS user, else the system's",
    )


def add_settle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--settle",
        type=_seconds,
        default=SETTLE,
        metavar="SECONDS",
        help="wait so long, then look again for tickets that functions changed by what they had read "
        f"before; default {SETTLE:g}, 0 for not at all",
    )


def stack(environ: Mapping[str, str] = os.environ, needed: Iterable[str] = TABLES) -> Wiring:
    """The parts of the stack that an environment names; a variable that is needed and missing is named."""
    module = import_module("slaclock.wiring")
    environ = {**environ, "AWS_REGION": _region(environ)}
    wiring: Wiring = module.Wiring(environ, now, import_module("slaclock.patience").COMMANDS)
    for name in needed:
        wiring.settings.need(name)
    return wiring


def _region(environ: Mapping[str, str]) -> str:
    """The region that the environment names, else the one that the user has configured; "" for none."""
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return named or import_module("botocore.session").Session().get_config_variable("region") or ""


def now() -> datetime:
    """The time; of a stack whose time is virtual (`make dev`), from the address in `SLACLOCK_CLOCK`."""
    if not (address := os.environ.get("SLACLOCK_CLOCK")):
        return datetime.now(UTC)
    try:
        with import_module("urllib.request").urlopen(address, timeout=5) as answer:
            return parse_instant(json.load(answer)["now"])
    except (OSError, ValueError, KeyError, TypeError):
        raise SlaError(f"SLACLOCK_CLOCK={address} does not tell the time") from None


def author(named: str | None, wiring: Wiring) -> str:
    """Who decides: who is named, else the caller as AWS knows it, else the system's user."""
    if named:
        return named
    try:
        arn: str = wiring.client("sts").get_caller_identity()["Arn"]
        return arn.rpartition(":")[2]
    except Exception:  # noqa: BLE001  (whatever it is, there is another name)
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            raise SlaError("nobody knows who you are: say so with --by NAME") from None


@dataclass(slots=True)
class Sweeps:
    """Two sweeps over tickets, since functions act for a minute on the agreements as they were."""

    settle: float
    rest: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic
    _told_at: float = field(init=False, default=0.0)

    def run(self, sweep: Callable[[], Fed]) -> Fed:
        """Both sweeps together; the same as the first where there is nothing to wait for."""
        fed = sweep()
        if self.settle:
            sys.stderr.write(
                f"waiting for {self.settle:g} s, then looking again: "
                "functions go by the agreements as they were for up to a minute\n"
            )
            self.rest(self.settle)
            fed = fed.again(sweep())
        return fed

    def watched(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items as they come; how many there were is told every ten seconds."""
        self._told_at = self.elapsed()
        for number, item in enumerate(items):
            if self.elapsed() - self._told_at >= _TELL_EVERY:
                self._told_at = self.elapsed()
                sys.stderr.write(f"{number} tickets looked at so far\n")
            yield item


def report(fed: Fed, counted: Iterable[tuple[str, int]]) -> int:
    """Write the counts, and name the tickets that failed; 1 if there are any."""
    for what, count in (("tickets looked at", fed.looked_at), *counted):
        sys.stdout.write(f"{what}: {count}\n")
    for subject, error in fed.failed.items():
        sys.stderr.write(f"slaclock: {named(subject)} was not told: {escaped(str(error))}\n")
    if fed.failed:
        sys.stderr.write("slaclock: run the same command again for those: who was told is not told twice\n")
    return 1 if fed.failed else 0


def named(subject: str) -> str:
    """A ticket as people call it, safe for a terminal."""
    kind, _, ticket_id = split_subject(subject)
    return escaped(f"{kind} {ticket_id}")


def escaped(text: str) -> str:
    """A text in one line, as it may be shown: others choose ids, and a terminal obeys what can't be seen."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds from 0 to {_LONGEST}")
    return seconds
