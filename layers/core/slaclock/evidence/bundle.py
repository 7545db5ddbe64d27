"""One file that says all there is to a breach, and by which it can be checked without trusting anybody.

docs/evidence.md tells what is in it, docs/schemas/evidence-1.schema.json in which shape.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slaclock.domain.choosing import Agreements
from slaclock.domain.exclusion import Exclusion, exclusion_to_json
from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.instants import format_instant
from slaclock.domain.zones import TZDATA_VERSION
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.commits import Link
from slaclock.evidence.known import Known, noting, read_by
from slaclock.evidence.reading import agreement_to_json, ending_to_json, known_of, links_of
from slaclock.evidence.rows import rows_of
from slaclock.evidence.stepping import folded, step_to_json

SCHEMA = "evidence/1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What daily seals say of a ticket's rows and head: inclusion proofs, and the seals that they lead to."""

    proofs: Sequence[Document] = ()
    seals: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A ticket's chain as it is stored: its log and its facts, each a document with its place."""

    log: Sequence[Document]
    facts: Sequence[Document]


def make_bundle(
    breach: str,
    record: Record,
    agreements: Agreements,
    frozen: Callable[[str, int], Mapping[str, Any]],
    made_at: datetime,
    sealed: Sealed = Sealed(),
) -> Document:
    """The bundle of a breach. `LookupError` where the record tells of none under this id.

    `agreements` are all of the account; `frozen` gives the document of a version. Of the agreements only
    those are in it that the ticket ever was under, and of all others, which members of a ticket they read.
    """
    rows = rows_of(record.facts, breach)
    if not rows:
        raise LookupError(breach)
    links = links_of({"log": record.log, "facts": record.facts})
    until = max(link.at for link in links)
    agreed = _agreed(agreements, frozen, _asked(links, agreements), until)
    subject, account = split_id(breach)[0], split_subject(split_id(breach)[0])[1]
    steps, _ = folded(links, known_of(agreed))
    bundle = {
        "schema": SCHEMA,
        "breach": breach,
        "made_at": format_instant(max(made_at, until)),  # clocks of two functions may differ
        "engine": next(each["fact"]["engine"] for each in record.facts if each["fact"]["id"] == breach),
        "tzdata": TZDATA_VERSION,
        "account": account,
        "ticket": subject,
        **agreed,
        "log": [dict(each) for each in record.log],
        "facts": [dict(each) for each in record.facts],
        "rows": rows,
        "fold": [step_to_json(step) for step in steps],
        "proofs": [dict(each) for each in sealed.proofs],
        "seals": {day: dict(sealed.seals[day]) for day in sorted(sealed.seals)},
    }
    return {**bundle, "hash": content_hash(bundle)}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The ids of the agreements that a ticket ever was under, and of the exclusions that count for it."""

    agreements: AbstractSet[str]
    exclusions: AbstractSet[str]


def _asked(links: Sequence[Link], agreements: Agreements) -> _Asked:
    """Live through it among all agreements, and see which are asked for."""
    chosen = {str(link.fact["agreement"]) for link in links if link.given is None}
    given = {link.given.exclusion_id for link in links if isinstance(link.given, Exclusion)}
    known = Known(agreements.versions, agreements.exclusions, agreements.endings, made_as=noting(chosen))
    steps, _ = folded(links, known)
    counted = {each.exclusion_id for step in steps for each in step.ticket.exclusions}
    return _Asked(chosen, given | counted)


def _agreed(
    agreements: Agreements,
    frozen: Callable[[str, int], Mapping[str, Any]],
    asked: _Asked,
    until: datetime,
) -> Document:
    """The agreements that the ticket was under, every version that was known; of others what they read."""
    there = [each for each in agreements.versions if each.published_at is None or each.published_at <= until]
    its = sorted(
        (each for each in there if each.id in asked.agreements), key=lambda each: (each.id, each.version)
    )
    others = read_by([each for each in there if each.id not in asked.agreements])
    endings = (each for each in agreements.endings if each.agreement in asked.agreements and each.at <= until)
    exclusions = (each for each in agreements.exclusions if each.exclusion_id in asked.exclusions)
    return {
        "agreements": [agreement_to_json(each, frozen(each.id, each.version)) for each in its],
        "endings": [ending_to_json(each) for each in sorted(endings, key=lambda each: each.agreement)],
        "reads": {
            member: format_instant(since) if since else None
            for member, since in sorted(others.items())
            if member != "priority"
        },
        "exclusions": [
            exclusion_to_json(each) for each in sorted(exclusions, key=lambda each: each.exclusion_id)
        ],
    }


def without_hash(bundle: Mapping[str, Any]) -> Document:
    """What a bundle's own hash is of."""
    return {name: value for name, value in bundle.items() if name != "hash"}
