"""What publishing documents would do to an account's agreements, and what speaks against it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import format_instant
from slaclock.domain.ties import find_tie
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.credit_schedule import Seam, meeting, seams


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
    """What was ended for good, ties, and credits that change within a period.

    Ties are those of the documents with each other, and with what is published.
    """
    ended = {each.agreement: each for each in published.endings}
    ids = {each.agreement.id for each in wanted}
    for name in sorted(ids & ended.keys()):
        at, reason = format_instant(ended[name].at), ended[name].reason
        yield Refusal(name, "agreement", f"{name!r} was ended at {at} ({reason}): publish under another id")
    others = [each for each in published.newest(now) if each.id not in ids | ended.keys()]
    yield from _ties([each.agreement for each in wanted if each.agreement.id not in ended], others)
    for each in wanted:
        if each.new:
            yield from _seams(each.agreement, published.versions, now)


def _edition(frozen: Mapping[str, Any], newest: Agreement | None) -> Edition:
    digest = content_hash(frozen)
    if newest and newest.content_hash == digest:
        return Edition(frozen, newest, new=False)
    version = newest.version + 1 if newest else 1
    return Edition(frozen, agreement_from(frozen, version=version, content_hash=digest), new=True)


def _seams(new: Agreement, published: Iterable[Agreement], now: datetime) -> Iterator[Refusal]:
    """A change of the period of credits, or of its zone, after which something counts twice or not at all.

    What the published versions are to blame for is not judged again.
    """
    own = [each for each in published if each.id == new.id]
    before = set(seams(own, now))
    for seam in seams([*own, replace(new, published_at=now)], now):
        if seam not in before:
            yield Refusal(new.id, "credits", _apart(seam, now))
            return


def _apart(seam: Seam, now: datetime) -> str:
    first, second = (f"{each.name} in {each.timezone}" for each in (seam.before, seam.after))
    counted = "twice" if seam.after.start < seam.before.end else "not at all"
    day = meeting(seam, now)
    if day is None:
        mend = "no day begins a period of both: publish under another id"
    else:
        mend = f"let it hold from a day that begins a period of both: effective: {{from: {day}}}"
    return f"between {first} and {second} a breach would count {counted}: {mend}"


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
