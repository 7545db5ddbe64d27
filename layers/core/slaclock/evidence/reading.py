"""A bundle's members as the fold reads them; what can't be read is an `Unreadable` that says where it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import AgreementEnd
from slaclock.domain.errors import SlaError
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion, exclusion_from_json, exclusion_to_json
from slaclock.domain.facts import fact_from_json, recorded
from slaclock.domain.frozen import agreement_from
from slaclock.domain.inputs import Given
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.logged import given_from_json, given_to_json
from slaclock.evidence.canonical import canonical
from slaclock.evidence.commits import Link
from slaclock.evidence.known import Known

_T = TypeVar("_T")
Document = Mapping[str, Any]


class Unreadable(SlaError):
    """A member of a bundle that is not what it should be: `pointer` (RFC 6901) says where, `detail` how."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(f"{pointer}: {detail}")
        self.pointer, self.detail = pointer, detail


def links_of(bundle: Document) -> list[Link]:
    """The chain of a bundle, inputs and facts, in its order."""
    inputs = [_input(each, f"/log/{number}") for number, each in enumerate(bundle["log"])]
    facts = [_fact(each, f"/facts/{number}") for number, each in enumerate(bundle["facts"])]
    return sorted([*inputs, *facts], key=lambda link: link.seq)


def known_of(bundle: Document) -> Known:
    """What a bundle says was known of agreements, and since when."""
    return Known(
        tuple(_each(bundle, "agreements", _agreement)),
        tuple(_each(bundle, "exclusions", _exclusion)),
        tuple(_each(bundle, "endings", ending_from_json)),
        {member: parse_instant(since) if since else None for member, since in bundle["reads"].items()},
    )


def agreement_to_json(agreement: Agreement, frozen: Document) -> dict[str, Any]:
    """A published version, as it was published."""
    at = agreement.published_at
    return {
        "agreement": agreement.id,
        "version": agreement.version,
        "hash": agreement.content_hash,
        "published_at": format_instant(at) if at else None,
        "frozen": dict(frozen),
    }


def ending_to_json(ending: AgreementEnd) -> dict[str, Any]:
    """The end of an agreement before its time."""
    at = format_instant(ending.at)
    return {"agreement": ending.agreement, "at": at, "reason": ending.reason, "by": ending.by}


def ending_from_json(document: Document) -> AgreementEnd:
    """Read the end of an agreement."""
    at = parse_instant(document["at"])
    return AgreementEnd(document["agreement"], at, document["reason"], document["by"])


def _each(bundle: Document, member: str, read: Callable[[Document], _T]) -> Iterator[_T]:
    for number, each in enumerate(bundle[member]):
        with _at(f"/{member}/{number}"):
            found = read(each)
        yield found


@contextmanager
def _at(pointer: str) -> Iterator[None]:
    """Say where it was that something could not be read; whoever wrote it may have meant to confuse."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(pointer, f"it can't be read: {type(error).__name__}: {error}"[:300]) from error


def _input(entry: Document, pointer: str) -> Link:
    with _at(pointer):
        given = given_from_json(entry["given"])
        _as_written(given_to_json(given), entry["given"], f"{pointer}/given")
        return Link(entry["seq"], parse_instant(entry["at"]), _as_known(given, entry.get("agreements_at")))


def _as_known(given: Given, as_of: str | None) -> Given:
    if as_of and isinstance(given, TicketEvent):
        return replace(given, agreements_at=parse_instant(as_of))
    return given


def _fact(entry: Document, pointer: str) -> Link:
    with _at(pointer):
        _as_written(recorded(fact_from_json(entry["fact"])), entry["fact"], f"{pointer}/fact")
        return Link(entry["seq"], parse_instant(entry["at"]), fact=entry["fact"])


def _agreement(entry: Document) -> Agreement:
    at = parse_instant(entry["published_at"]) if entry["published_at"] else None
    return agreement_from(
        entry["frozen"], version=entry["version"], content_hash=entry["hash"], published_at=at
    )


def _exclusion(entry: Document) -> Exclusion:
    exclusion = exclusion_from_json(entry)
    _as_written(exclusion_to_json(exclusion), entry, "")
    return exclusion


def _as_written(read: Mapping[str, Any], written: Mapping[str, Any], pointer: str) -> None:
    """What is written must be what is read of it: nothing stands beside what counts."""
    odd: Sequence[str] = sorted(
        member
        for member in read.keys() | written.keys()
        if member not in read
        or member not in written
        or canonical(read[member]) != canonical(written[member])
    )
    if odd:
        raise Unreadable(f"{pointer}/{odd[0]}", "it is not as slaclock writes it")
