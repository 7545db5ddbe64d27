"""What may stand in an agreement document: its members, each checked by itself.

How they hang together is judged in `slaclock.agreements.coherence`, once what it extends is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.audiences import AUDIENCES, REMIND, REMIND_DURING, each_once
from slaclock.agreements.calendars import CALENDARS
from slaclock.agreements.checks import items, members, one_of, within
from slaclock.agreements.conditions import APPLIES_TO, DEFINITIONS
from slaclock.agreements.credits import CREDITS
from slaclock.agreements.measures import METRICS
from slaclock.agreements.nodes import Members, Node
from slaclock.agreements.reports import REPORTS
from slaclock.agreements.targets import ESCALATION, PAUSE_ON, REMINDERS, TARGETS
from slaclock.agreements.values import CAUSE, DAY, IDENTIFIER, INSTANT, TRUTH, text, whole
from slaclock.domain.agreement import LEVELS
from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems

LAST_ORDER = 999_999  # an agreement without an order is asked after every one that has one
KINDS = ("customer", "internal", "supplier")
MOST_CAUSES = 30

_PARTY = text(128)


def _after(node: Node, span: Any, problems: Problems) -> Any:
    if parse_instant(span["to"]) <= parse_instant(span["from"]):
        problems.add(node.place, f"to {span['to']} does not come after from {span['from']}")
    return span


_EXCLUSION = members(
    {"from": INSTANT, "to": INSTANT, "reason": text()},
    required={"from": "the first instant", "to": "the first instant after it", "reason": "why"},
).then(_after)
_OF_ITS_OWN = {
    "calendars": "at least one, such as always: {timezone: UTC, hours: 24x7}",
    "targets": "at least one, such as resolution: 8h",
}

_MEMBERS = {
    "agreement": IDENTIFIER.said("The agreement's id, the same in each of its versions.", "acme-gold"),
    "title": text().said("What people call it.", "Gold support for Acme"),
    "kind": one_of("kind", KINDS).said(
        "A promise to a customer (SLA), between teams (OLA) or by a supplier (UC)."
    ),
    "level": one_of("level", LEVELS).said("How general it is: the more specific one applies."),
    "extends": IDENTIFIER.said("The id of a more general agreement whose members this one takes over."),
    "parties": members({"provider": _PARTY, "customer": _PARTY, "supplier": _PARTY}).said(
        "Between whom it is.", {"provider": "Example Support", "customer": "Acme A/S"}
    ),
    "effective": members({"from": DAY, "until": DAY}).said(
        "First and last day on which clocks start under it, in the zone of `calendar`.",
        {"from": "2026-01-01", "until": "2026-12-31"},
    ),
    "review": DAY.said("When somebody should look at it again.", "2026-12-01"),
    "order": whole(0, LAST_ORDER).said(
        "Where several agreements fit a ticket, the lowest is asked first.", 10
    ),
    "applies_to": APPLIES_TO.said("The tickets it applies to: every condition must hold."),
    "applies_to_open": TRUTH.said("Whether a new version counts for tickets that are open already."),
    "horizon": DAY.said("The last day for which holidays are written out; five years ahead by default."),
    "calendars": CALENDARS.said("Working time, by name.", {"always": {"timezone": "UTC", "hours": "24x7"}}),
    "calendar": IDENTIFIER.said("The name of the default calendar.", "office"),
    "pause_on": PAUSE_ON,
    "metrics": METRICS.said("Metrics of its own, beside those that slaclock has."),
    "targets": TARGETS.said("What is promised.", {"resolution": "8h"}),
    "audiences": AUDIENCES.said(
        "Rotas: who an audience is, by the hour.",
        {"support": [{"during": "office", "notify": "team"}, {"notify": "oncall-1"}]},
    ),
    "reminders": REMINDERS,
    "remind": REMIND,
    "remind_during": REMIND_DURING,
    "escalation": ESCALATION,
    "exclusions": items(_EXCLUSION, at_most=100).said("Spans that count for no clock, such as maintenance."),
    "causes": items(CAUSE, at_least=1, at_most=MOST_CAUSES)
    .then(each_once)
    .said("What a breach may be put down to.", ["staffing", "third party", "customer"]),
    "credits": CREDITS,
    "reports": REPORTS,
}
_DOCUMENT = members(_MEMBERS, {"agreement": "an id such as acme-gold"})

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "slaclock agreement",
    "description": "What was promised, to whom, and how its clocks run.",
    **_DOCUMENT.schema,
    "anyOf": [{"required": ["extends"]}, {"required": list(_OF_ITS_OWN)}],
    "$defs": DEFINITIONS,
}


def agreement(root: Node, problems: Problems) -> Any:
    """Check each member of a document; one that extends another needs no calendars or targets of its own."""
    if isinstance(root, Members) and "extends" not in root.members:
        for name, hint in _OF_ITS_OWN.items():
            if name not in root.members:
                problems.add(within(root.place, name), f"missing: write {hint}")
    return _DOCUMENT(root, problems)
