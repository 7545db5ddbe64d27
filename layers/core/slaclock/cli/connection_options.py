"""What may be said of a connection: the options of `add` and `set`, and the record that they make."""

from __future__ import annotations

from argparse import ArgumentTypeError
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slaclock.cli import texts
from slaclock.cli.connection_files import mapping, members
from slaclock.domain.errors import SlaError
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import (
    PRIORITIES,
    STATUSES,
    Connection,
    connection_from_json,
    connection_to_json,
)
from slaclock.helpdesks.signatures import SCHEMES, scheme_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Mapping, Sequence

Pair = tuple[str, str]
_WORD, _CUSTOMER, _PLAN = "THEIRS=OURS", "ORG=CUSTOMER", "ORG=PLAN"
_MAPPED = ("mapping", "cloudevents")  # the kinds that read a mapping
# Options that map one word to another, and the member of a connection that they are for.
_MAPS = {
    "status": "statuses",
    "priority": "priorities",
    "customer": "customers",
    "plan": "plans",
    "path": "paths",
}
_TEXTS = ("title", "timezone", "scheme", "header", "ticket_url", "mapping")


def add_options(parser: argparse.ArgumentParser, *, header: bool = True) -> None:
    """Add what may be said of a connection; `header`, where that is no header of a delivery."""
    add = parser.add_argument
    add("--title", type=texts.line, metavar="TEXT", help="what people call it")
    add(
        "--timezone",
        metavar="ZONE",
        help="of times without an offset, such as Europe/Copenhagen; default UTC",
    )
    pairs: Sequence[tuple[str, str, Callable[[str], Pair], str]] = (
        ("--status", _WORD, worded(STATUSES), f"what a status means: {', '.join(sorted(STATUSES))}"),
        ("--priority", _WORD, worded(PRIORITIES), f"likewise: {', '.join(sorted(PRIORITIES))}"),
        ("--customer", _CUSTOMER, named(_CUSTOMER), "whom agreements mean by an organisation's id or name"),
        ("--plan", _PLAN, named(_PLAN), "the plan of an organisation"),
        (
            "--path",
            "MEMBER=EXPR",
            found_by,
            "where the payload has it (JMESPath): team, customer, plan, custom.X",
        ),
    )
    for option, shape, read, said in pairs:
        add(option, action="append", default=[], type=read, metavar=shape, help=f"{said}; as often as needed")
    add("--agent", action="append", default=[], type=texts.line, metavar="NAME",
        help="who counts as an agent: an id, login, mail address or @domain; as often as needed")  # fmt: skip
    add(
        "--scheme",
        metavar="NAME",
        help=f"how it signs, if not as its kind does: {', '.join(sorted(SCHEMES))}",
    )
    if header:
        add("--header", metavar="NAME", help="which header a shared secret comes in")
    add("--ticket-url", metavar="URL", help="where people find a ticket; {ticket_id} stands for its id")
    add("--mapping", metavar="NAME|FILE", help="for any JSON: a mapping that is shipped, or one of your own")
    add(
        "--file",
        type=Path,
        metavar="FILE",
        help="all of these in a file, YAML or JSON, as `show` prints them",
    )


def found_by(text: str) -> Pair:
    """A member, which holds no `=`, and the expression that finds it, which may."""
    return _pair(text.partition("="), "MEMBER=EXPR")


def named(shape: str) -> Callable[[str], Pair]:
    """A name of theirs, which may hold a `=`, and one of ours; `shape` is what the option is called for."""
    return lambda text: _pair(text.rpartition("="), shape)


def _pair(parts: tuple[str, str, str], shape: str) -> Pair:
    theirs, equals, ours = parts
    if not (equals and theirs.strip()):
        raise ArgumentTypeError(f"{''.join(parts)[:60]!r} is no {shape}")
    return theirs.strip(), ours.strip()


def worded(allowed: Collection[str]) -> Callable[[str], Pair]:
    """A word of theirs, which may hold a `=`, and one of ours; an empty one takes theirs off the map."""

    def read(text: str) -> Pair:
        theirs, ours = _pair(text.rpartition("="), _WORD)
        meaning = ours.lower()
        if meaning and meaning not in allowed:
            near = get_close_matches(meaning, allowed, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ArgumentTypeError(f"{meaning[:40]!r} is none of {', '.join(sorted(allowed))}{hint}")
        return theirs, meaning

    return read


def applied(record: Mapping[str, Any], args: argparse.Namespace) -> dict[str, Any]:
    """The record with what the arguments say, checked; those of a file come first."""
    changed = {**record, **(members(args.file) if args.file else {})}
    for option, member in _MAPS.items():
        if given := getattr(args, option):
            changed[member] = _mapped(changed.get(member) or {}, given, option)
    for name in _TEXTS:
        if (text := getattr(args, name, None)) is not None:
            changed[name] = mapping(text) if name == "mapping" and text else text or None
    if args.agent:
        changed["agents"] = sorted({*(changed.get("agents") or ()), *args.agent})
    if changed.get("mapping") and changed.get("kind") not in _MAPPED:
        raise SlaError(f"{changed.get('kind')} reads no mapping: --mapping is for {' and '.join(_MAPPED)}")
    return connection_to_json(checked(changed))


def checked(record: Mapping[str, Any]) -> Connection:
    """A connection that can be read, of a kind that is known, and that signs in a way that is known."""
    connection = connection_from_json(record)
    scheme_of(adapter(connection.kind), connection)
    if connection.mapping is not None:
        from slaclock.helpdesks.mapping import mapping_of  # noqa: PLC0415  (few connections have one)

        mapping_of(connection)
    return connection


def _mapped(kept: Mapping[str, str], given: Sequence[Pair], option: str) -> dict[str, str]:
    """The map with what is given; the helpdesk's words may be in any case."""
    found = dict(kept)
    for theirs, ours in given:
        same = [each for each in found if each.casefold() == theirs.casefold()]
        if not ours and not same:
            raise SlaError(f"--{option} {theirs}=: it is not on the map, so it can't be taken off")
        for each in same:
            del found[each]
        if ours:
            found[theirs] = ours
    return found
