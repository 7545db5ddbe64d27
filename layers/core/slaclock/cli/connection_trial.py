"""`slaclock connection test`: the events that a delivery would give, without a stack."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from slaclock.cli import connection_stack, deployed, stacks, texts
from slaclock.cli.connection_kinds import helpdesks
from slaclock.cli.connection_options import add_options, applied, checked
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.events import event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, adapter
from slaclock.intake import unmapped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from slaclock.helpdesks.connection import Connection

_SAMPLE = {"connection", "description", "headers", "body"}  # the members of a file of events/
_WRITTEN_BY_US = ("generic", "cloudevents")  # who may name the account themselves


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection test`."""
    parser = actions.add_parser(
        "test",
        help="print the events that a delivery would give; needs no AWS",
        description="FILE is a delivery's body as it was posted, - for stdin, or a sample of events/. Events "
        "are printed as NDJSON; nothing is stored, and no signature is asked for.",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--kind", choices=[*helpdesks(), "mapping"], metavar="HELPDESK", help="of this kind")
    which.add_argument("--connection", metavar="ID", help="to this connection, with its maps; this needs AWS")
    stacks.add_stack(parser)
    parser.add_argument(
        "--account", type=texts.account, metavar="ID", help="default: test, or as the body says"
    )
    parser.add_argument("--header", dest="headers", action="append", default=[], type=_header,
        metavar="NAME: VALUE", help="that it came with, such as ce-id; as often as needed")  # fmt: skip
    parser.add_argument("--received-at", type=texts.instant, metavar="INSTANT", help="when; default: now")
    add_options(parser, header=False)
    parser.add_argument("delivery", metavar="FILE")
    parser.set_defaults(run=test)


def test(args: argparse.Namespace) -> int:
    """Write the events; 1 and the reason where a delivery can't be mapped, 0 where it maps to nothing."""
    body, headers, sender = _delivered(_content(args.delivery))
    connection = _stored(args) if args.connection else _unstored(args, body, sender)
    delivery = Delivery(body, {**headers, **dict(args.headers)}, args.received_at or deployed.now())
    try:
        mapped = adapter(connection.kind).read(delivery, connection)
    except (Unmappable, InvalidEvent) as error:
        raise SlaError(f"it does not map: {deployed.escaped(str(error))}") from None
    for event in mapped.events:
        sys.stdout.write(f"{json.dumps(event_to_json(event))}\n")
    _remark(mapped)
    return 0


def _remark(mapped: Mapped) -> None:
    """What else there is to know: that nothing came of it, and which words have no meaning."""
    if not mapped.events:
        sys.stderr.write("slaclock: it maps to nothing, as a ping or somebody else's business does\n")
    for member, word in unmapped(mapped.events):
        option = shlex.quote(f"{word}=…")
        said = f"{member} {word!r} is on no map: --{member} {option}"
        sys.stderr.write(f"slaclock: {deployed.escaped(said)}\n")


def _stored(args: argparse.Namespace) -> Connection:
    with stacks.told_plainly():
        record = connection_stack.record_of(stacks.reached(args, connection_stack.TABLE), args.connection)
    return checked(applied(record, args))


def _unstored(args: argparse.Namespace, body: bytes, sender: str | None) -> Connection:
    """A connection as the arguments describe it."""
    helpdesk = helpdesks().get(args.kind)
    kind, mapping = (helpdesk.kind, helpdesk.mapping) if helpdesk else (args.kind, None)
    said = _said(body) if kind in _WRITTEN_BY_US else {}
    return checked(
        applied(
            {
                "id": said.get("connection") or sender or "test",
                "kind": kind,
                "account": args.account or said.get("account") or "test",
                "secret": "slaclock/test",
                "mapping": mapping,
            },
            args,
        )
    )


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as file:  # noqa: PTH123  (whatever it is called)
            return file.read()
    except OSError as error:
        raise SlaError(f"{name} can't be read: {error.strerror}") from None


def _delivered(content: bytes) -> tuple[bytes, Mapping[str, str], str | None]:
    """The body, and of a sample its headers, and the connection that it names."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return content, {}, None
    if not (isinstance(found, dict) and {"connection", "body"} <= found.keys() <= _SAMPLE):
        return content, {}, None
    body, headers = found["body"], found.get("headers") or {}
    raw = body if isinstance(body, str) else json.dumps(body)
    return raw.encode(), {name.lower(): str(value) for name, value in headers.items()}, found["connection"]


def _said(body: bytes) -> Mapping[str, Any]:
    """Which account and connection a canonical event names, in a CloudEvent or alone."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    inner = found.get("data", found) if isinstance(found, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (colon and name.strip()):
        raise ArgumentTypeError(f"{text[:60]!r} is no NAME: VALUE")
    return name.strip().lower(), value.strip()
