"""Agreement documents: what is accepted can be frozen, loaded, shown and applied."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from slaclock.agreements.concerns import concerns
from slaclock.agreements.differences import differences
from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import freeze
from slaclock.agreements.showing import shown
from slaclock.domain.choosing import Agreements
from slaclock.domain.considering import Asked, considered
from slaclock.domain.errors import OutOfWorkingTime
from slaclock.domain.events import TicketEvent
from slaclock.domain.frozen import agreement_from
from slaclock.evidence.canonical import content_hash
from tests.fuzz.accepted import PUBLISHED, check_event
from tests.fuzz.frame import ROOT, target, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2026, 3, 27, 12, tzinfo=UTC)
MEMBERS: dict[str, Any] = {
    "status": "open", "priority": "urgent", "customer": {"id": "acme", "name": "Acme A/S"},
    "tags": ["vip", "a"], "team": {"id": "tier2"}, "plan": "gold",
    "custom": {"site": "cph", "n": 3.0, "day": "2026-04-01"}, "region": None,
}  # fmt: skip
_WORDS = (
    "agreement: a", "kind: internal", "extends: b", "effective: {from: 2026-01-01, until: 2026-12-31}",
    "applies_to:", "calendars:", "calendar: c", "pause_on: [pending]", "targets:", "resolution: 8h",
    "reminders: [50%, 15m before]", "escalation:", "{after: 0m, notify: a}", "exclusions:", "credits:",
    "period: month", "fee: {amount: 9.5, currency: JPY}", "bands: [{below: 99%, credit: 5%}]",
    "each: {credit: {amount: 5}}", "cap: 15%", "grace: 2", "excluding: [customer]",
    "termination: [{breaches: 3, in: 6 months, right: end}]", "warn: [{breaches_left: 1, notify: legal}]",
    "metrics:", "{start: created, stop: solved}", "24x7", "{country: DK}", "horizon: 2030-01-01", "budget:",
    "goal: 2h", "by: tags", "default: 1h", "none", "custom.day", "on_reopen: restart", "any:", "all:",
    "not:", "known: true", "{at: custom.day}", "repeat: true", "while: in_team", "team: tier2",
    "metric: time_in_team", "- ", "  ", "\t", "&a", "*a", "!!python/object:os.system", "? ", "|", ">",
    "%YAML 1.2", "---", "...", '"\\ud800"', '"\\UFFFFFFFF"', "#", "<<: ", "0x10", "1_000", "~", "''",
)  # fmt: skip


def _documents() -> Sequence[bytes]:
    examples = sorted((ROOT / "docs" / "examples" / "agreements").glob("*.yaml"))
    return [path.read_bytes() for path in (ROOT / "agreements" / "acme-gold.yaml", *examples)]


_SMALL = """agreement: a
calendars: {c: {timezone: UTC, hours: 24x7}}
calendar: c
targets: {resolution: 8h}
"""


@target(
    "documents", refuses=(InvalidDocument,), words=_WORDS, samples=_documents, seconds=4, tries=100, share=4
)
def documents(data: bytes) -> None:
    """A document without mistakes can be published, and read again, by whoever decides about tickets."""
    _put_to_use(text_of(data))


@target("conditions", refuses=(InvalidDocument,), words=_WORDS, seconds=2, share=2)
def conditions(data: bytes) -> None:
    """A condition that may be written can be asked of every ticket."""
    _put_to_use(f"{_SMALL}applies_to: {text_of(data)}\n")


@target("metrics", refuses=(InvalidDocument,), words=_WORDS, seconds=2, share=2)
def metrics(data: bytes) -> None:
    """A metric that may be declared can be measured."""
    _put_to_use(f"{_SMALL.replace('resolution', 'm')}metrics:\n  m: {text_of(data)}\n")


@target("promises", refuses=(InvalidDocument,), words=_WORDS, seconds=2, share=2)
def promises(data: bytes) -> None:
    """A target that may be written can be held to."""
    _put_to_use(f"{_SMALL.replace('{resolution: 8h}', '')}  resolution: {text_of(data)}\n")


def _put_to_use(text: str) -> None:
    document = read_document(text, "document.yaml")
    frozen = freeze(document, published=PUBLISHED)
    written = json.dumps(frozen, ensure_ascii=False).encode()
    assert len(written) < 380_000, "a frozen document is one item"
    digest = content_hash(frozen)
    assert content_hash(json.loads(written)) == digest
    assert read_document(text, "document.yaml").values == document.values
    list(concerns(document, PUBLISHED))
    list(shown(frozen, PUBLISHED))
    assert list(differences(frozen, json.loads(written))) == []
    _apply(Agreements((agreement_from(json.loads(written), version=1, content_hash=digest),)))


def _apply(agreements: Agreements) -> None:
    considered(agreements, Asked(MEMBERS, NOON, NOON))
    for members in (MEMBERS, {}):
        try:
            check_event(TicketEvent("e", "acme", "1", "created", NOON, NOON, members), agreements)
        except OutOfWorkingTime:
            return
