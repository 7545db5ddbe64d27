"""`slaclock access`: who was shown evidence or took a list away, and who was refused what."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.store.accesses import access_to_json

if TYPE_CHECKING:
    import argparse

    from slaclock.store.accesses import Access

_NEEDED = ("ACCESSES_TABLE",)
_MOST = 3660  # days
_ABOUT = (
    "Requests over HTTP that showed evidence or gave a list as CSV or NDJSON, and those that were refused by "
    "the function itself. What API Gateway refuses stands in its own log; what commands read, in CloudTrail."
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock access list`."""
    actions = commands.add_parser("access", help="who was shown what over HTTP").add_subparsers(
        required=True, metavar="ACTION"
    )
    parser = actions.add_parser("list", help="records of access, in the order of time", description=_ABOUT)
    stacks.add_stack(parser)
    parser.add_argument("--account", required=True, type=texts.account, metavar="ID",
        help="whose records were asked for; - for requests of the unbound that named no account, or none"
        " that the stack has")  # fmt: skip
    parser.add_argument("--from", dest="first", required=True, type=texts.day, metavar="DAY",
        help="from this day of UTC on")  # fmt: skip
    parser.add_argument("--to", dest="last", required=True, type=texts.day, metavar="DAY",
        help="to this day, included")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="a line of JSON each, with all that is kept")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write a line for each."""
    if not 0 <= (args.last - args.first).days < _MOST:
        raise SlaError(f"--from {args.first} --to {args.last} are not 1 to {_MOST} days")
    with stacks.told_plainly():
        store = stacks.reached(args, _NEEDED, "Records").books
        for access in store.accesses(args.account, args.first, args.last):
            line = json.dumps(access_to_json(access), ensure_ascii=False) if args.json else _line(access)
            sys.stdout.write(f"{line}\n")
    return 0


def _line(access: Access) -> str:
    """When, who, what came of it, and what was asked."""
    said = access_to_json(access)
    asked = " ".join(f"{_quoted(name)}={_quoted(value)}" for name, value in access.asked.items())
    who = _quoted(access.who) if access.who else "nobody"
    words = (said["at"], str(access.status), who, access.route, asked)
    ended = access.taken or (json.dumps(access.why, ensure_ascii=False) if access.why else "")
    return deployed.escaped("  ".join(word for word in (*words, ended) if word))


def _quoted(text: str) -> str:
    """What a caller chose, in quotes where it could be taken for another word of the line."""
    plain = re.fullmatch(r"[A-Za-z0-9_.:/@+-]+", text) and text != "nobody"
    return text if plain else json.dumps(text, ensure_ascii=False)
