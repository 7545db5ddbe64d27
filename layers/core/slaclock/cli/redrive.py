"""`slaclock redrive`: what was left in a queue goes through the ordinary path again."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks, texts
from slaclock.cli.redrive_kinds import KINDS, Kind
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.cli.redrive_letters import Outcome, Queue
    from slaclock.wiring import Wiring

_POSITIONS = 1000  # messages that are read in a run whose work is one for all of them
_SAFE = (
    "A message is deleted once its work has succeeded. It is safe to run twice, and while everything runs."
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock redrive` and the queues that it is for."""
    parser = commands.add_parser("redrive", help="do what was left in a queue, by the ordinary path")
    queues = parser.add_subparsers(required=True, metavar="QUEUE")
    for kind in KINDS:
        said = f"{kind.queue} holds {kind.left}. {kind.what} {_SAFE}"
        _register(kind, queues.add_parser(kind.name, help=kind.left, description=said))


def _register(kind: Kind, parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack",
        type=texts.stack,
        metavar="NAME",
        help="of this stack; its functions say what they work with",
    )
    parser.add_argument(
        "--queue", metavar="URL", help="this queue; without --stack the environment says the rest"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    parser.add_argument(
        "--most",
        type=texts.number,
        default=kind.most,
        metavar="N",
        help=f"at most so many {kind.unit}; default {kind.most}",
    )
    if kind.name == "arm":
        parser.add_argument(
            "--since",
            type=texts.instant,
            metavar="INSTANT",
            help="only tickets that are to be woken from then on: go on where --most ended a run; "
            "the messages stay for a run without it",
        )
    if kind.name == "partner":
        parser.add_argument(
            "--connection",
            metavar="ID",
            help="what the events are for that never reached webhook, as PartnerConnection has it",
        )
    parser.set_defaults(run=redrive, kind=kind)


def redrive(args: argparse.Namespace) -> int:
    """Do the work of a queue's messages; 1 where one of them stays, or there may be more."""
    if not (args.stack or args.queue):
        raise SlaError("where is the queue? Say --stack NAME, or --queue URL")
    kind: Kind = args.kind
    work = import_module(f"slaclock.cli.{kind.module}")
    with stacks.told_plainly(), _interruptible():
        wiring, queue = _found(args, kind)
        most = args.most if kind.unit == "messages" else _POSITIONS
        try:
            outcomes = getattr(work, kind.name)(wiring, queue.letters(most), args)
            return _settle(outcomes, queue, most, dry_run=args.dry_run)
        finally:
            queue.give_back()


def _found(args: argparse.Namespace, kind: Kind) -> tuple[Wiring, Queue]:
    """The parts that the work on a queue needs, and the queue; what is missing is named."""
    letters = import_module("slaclock.cli.redrive_letters")  # it imports botocore
    url = args.queue or stacks.resource(args.stack, kind.queue)
    wiring = stacks.reached(args, kind.needs, kind.function)
    return wiring, letters.Queue(wiring.client("sqs"), url)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Whoever ends it in whatever way is taken for Ctrl-C, so that the messages are given back."""
    ends = (signal.SIGTERM, signal.SIGHUP)
    taken = [each for each in ends if signal.getsignal(each) is signal.SIG_DFL]  # nohup has a hang-up ignored
    try:
        for each in taken:
            signal.signal(each, signal.default_int_handler)
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _settle(outcomes: Iterable[Outcome], queue: Queue, most: int, *, dry_run: bool) -> int:
    """Say what comes of each message, and delete those that are done."""
    done, stay, said = 0, 0, ""
    for outcome in outcomes:
        if not outcome.done:
            stay += 1
            sys.stderr.write(
                f"slaclock: message {outcome.letter.id} stays: {deployed.escaped(outcome.said)}\n"
            )
            continue
        if outcome.said != said:  # one piece of work may be that of many messages
            sys.stdout.write(f"{deployed.escaped(outcome.said)}\n")
        done, said = done + 1, outcome.said
        if not dry_run:
            queue.delete(outcome.letter)
    if not done + stay:
        return _nothing(queue.hidden())
    sys.stdout.write(f"messages {'looked at' if dry_run else 'done'}: {done}\nmessages that stay: {stay}\n")
    if done + stay == most:
        sys.stderr.write("slaclock: there may be more: run it again\n")
    return 1 if stay or done + stay == most else 0


def _nothing(hidden: int) -> int:
    """Say that no message came, and why; one that somebody else has is not done yet."""
    if hidden:
        sys.stdout.write(f"{hidden} are being looked at, and no others are in the queue\n")
        return 1
    sys.stdout.write("nothing is in the queue\n")
    return 0
