"""`slaclock replay`: fold canonical events with no AWS at all, and write the facts as NDJSON."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slaclock.agreements.freeze import load_together
from slaclock.cli.replay_cases import check_cases
from slaclock.domain.acknowledgement import acknowledgement_from_json
from slaclock.domain.case_line import case_entry_of_line
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.exclusion import exclusion_from_json
from slaclock.domain.facts import fact_to_json
from slaclock.domain.hand_over import hand_over_from_json
from slaclock.domain.instants import parse_instant
from slaclock.domain.replay import replay
from slaclock.helpdesks import generic
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import BinaryIO

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.events import TicketEvent
    from slaclock.domain.inputs import Given

# What people do beside the helpdesk.
_BESIDE: Mapping[str, Callable[[Mapping[str, Any]], Given]] = {
    "acknowledgement/1": acknowledgement_from_json,
    "handover/1": hand_over_from_json,
    "exclusion/1": exclusion_from_json,
    "case/1": case_entry_of_line,
}
# A log is not held to the times at which it was delivered: an export has one, for all of it.
_NO_DELIVERY = datetime(2200, 1, 1, tzinfo=UTC)


class InvalidLine(SlaError):
    """A line of the input is wrong: the message says where, and how."""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock replay`."""
    parser = commands.add_parser("replay", help="fold events and write the facts")
    parser.add_argument(
        "events", metavar="EVENTS.ndjson", help="one JSON object a line; - reads them from stdin"
    )
    parser.add_argument(
        "--agreement", action="append", required=True, type=Path, metavar="FILE", help="may be given again"
    )
    parser.add_argument("--until", metavar="INSTANT", help="the last moment told; default: the last event")
    parser.add_argument("--arrival", action="store_true", help="fold as events arrived, with corrections")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one fact a line, by `at`, then cause before effect."""
    until = _instant(args.until) if args.until else None
    with opened(args.events) as lines:
        numbered = list(_numbered(lines, _name(args.events)))
    given = [each for _, each in numbered]
    agreements = _agreements(args.agreement, given)
    facts = list(replay(given, agreements, until, arrival=args.arrival))
    check_cases(numbered, facts, agreements, until)
    for fact in facts:
        sys.stdout.write(json.dumps(fact_to_json(fact), ensure_ascii=False) + "\n")
    return 0


def read_inputs(lines: Iterable[bytes], name: str) -> Iterator[Given]:
    """Read inputs, one a line; `InvalidLine` names file, line and JSON pointer."""
    for _, given in _numbered(lines, name):
        yield given


def _numbered(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, Given]]:
    """Inputs, each with the place where it was read: file and line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                for given in _inputs(line):
                    yield f"{name}:{number}", given
            except InvalidEvent as wrong:
                raise InvalidLine(f"{name}:{number}: {wrong}") from wrong


def _name(events: str) -> str:
    return "stdin" if events == "-" else events


def _inputs(line: bytes) -> Sequence[Given]:
    document = _document(line)
    schema = document.get("schema") if isinstance(document, dict) else None
    if isinstance(schema, str) and schema in _BESIDE:
        return (_BESIDE[schema](document),)
    if isinstance(document, dict) and schema != "ticket-event/1":
        raise InvalidEvent(f"is neither ticket-event/1 nor {' nor '.join(_BESIDE)}", "/schema")
    return _events(document)


def _document(line: bytes) -> Any:
    try:
        return load(line)
    except InvalidEvent as wrong:  # it speaks of what helpdesks send
        raise InvalidEvent(wrong.detail.replace("the body", "the line")) from None


def _events(document: Any) -> Sequence[TicketEvent]:
    """An event as the generic way in checks it, but for whom the line speaks: a log has many senders."""
    said = document if isinstance(document, dict) else {}
    sender = Connection(str(said.get("connection")), generic.KIND, str(said.get("account")), "")
    events = generic.read_document(document, _NO_DELIVERY, sender).events
    return [replace(event, received_at=parse_instant(said["received_at"])) for event in events]


def _agreements(files: Sequence[Path], given: Sequence[Given]) -> Agreements:
    """The documents as if they had been published on the day of the first input, each as version 1."""
    published = _first_day(given)
    return load_together(files, published=published)


def _first_day(given: Sequence[Given]) -> date:
    return min((each.position[0] for each in given), default=datetime.now(UTC)).date()


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
        raise SlaError(f"--until {text!r} is no instant such as 2026-03-27T15:00:00Z") from None


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """A file of inputs for as long as the block lasts; `-` is stdin."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  (closed below; only the opening may fail so)
    except OSError as error:
        raise SlaError(f"{name} cannot be read: {error.strerror}") from None
    with file:
        yield file
