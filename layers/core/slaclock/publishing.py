"""What publishing documents would do to an account's agreements, and what speaks against it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import format_instant
from slaclock.domain.ties import find_tie
from slaclock.evidence.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Edition:
    """A frozen document, and the version that it becomes; one that says what the newest says stays that."""

    frozen: Mapping[str, Any]
    agreement: Agreement
    new: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an agreement can't be published; `member` is what to change in its document."""

    agreement: str
    member: str
    reason: str


def editions(frozen: Iterable[Mapping[str, Any]], published: Agreements, now: datetime) -> list[Edition]:
    """Give each frozen document the next version of its agreement, unless nothing in it has changed."""
    newest = {each.id: each for each in published.newest(now)}
    return [_edition(each, newest.get(each["agreement"])) for each in frozen]


def refusals(wanted: Sequence[Edition], published: Agreements, now: datetime) -> Iterator[Refusal]:
    """What was ended for good, and ties: of the documents with each other, and with what is published."""
    ended = {each.agreement: each for each in published.endings}
    ids = {each.agreement.id for each in wanted}
    for name in sorted(ids & ended.keys()):
        at, reason = format_instant(ended[name].at), ended[name].reason
        yield Refusal(name, "agreement", f"{name!r} was ended at {at} ({reason}): publish under another id")
    others = [each for each in published.newest(now) if each.id not in ids | ended.keys()]
    yield from _ties([each.agreement for each in wanted if each.agreement.id not in ended], others)


def _edition(frozen: Mapping[str, Any], newest: Agreement | None) -> Edition:
    digest = content_hash(frozen)
    if newest and newest.content_hash == digest:
        return Edition(frozen, newest, new=False)
    version = newest.version + 1 if newest else 1
    return Edition(frozen, agreement_from(frozen, version=version, content_hash=digest), new=True)


def _ties(wanted: Sequence[Agreement], others: Sequence[Agreement]) -> Iterator[Refusal]:
    """Ties in which one of the documents has a part; what was published before is not judged again."""
    standing = list(others)
    for each in wanted:
        for other in standing:
            if find_tie((other, each)):
                where = f"version {other.version}, published" if other in others else "published with it"
                reason = f"a ticket could fit {each.id!r} as well as {other.id!r} ({where})"
                yield Refusal(each.id, "order", f"{reason}: give one of them a lower order")
                break
        else:
            standing.append(each)
