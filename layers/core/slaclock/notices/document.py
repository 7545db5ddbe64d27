"""A message as programs read it: JSON, version 1, as `docs/schemas/notice-1.schema.json` says.

Members may be added within a version; none is taken away, and none changes its meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import fact_to_json
from slaclock.notices.addresses import links

if TYPE_CHECKING:
    from slaclock.notices.telling import Telling

VERSION = 1
# What a customer may know of a fact: theirs, and what was agreed.
_CUSTOMERS = (
    "fact", "account", "ticket_id", "target", "metric", "cycle", "at", "due_at", "customer", "priority",
    "timezone", "budget", "clause", "late_seconds", "late_wall_seconds", "paused", "left_seconds",
    "drill", "cut",
)  # fmt: skip


def document(told: Telling, headline: str) -> dict[str, Any]:
    """The fact, and what a program needs to file it: which notification, incident, severity and links.

    A customer gets it without what is internal: to them a level is the breach that it is about.
    """
    fact = fact_to_json(told.fact)
    if told.for_customer:
        fact = {name: fact[name] for name in _CUSTOMERS if name in fact}
    ours = {
        "version": VERSION,
        "notification_id": told.notification_id,
        "fact": told.event,
        "incident": told.incident,
        "audience": told.audience,
        "severity": told.severity,
        "language": told.said.language,
        "headline": headline,
        "links": {} if told.for_customer else links(told),
    }
    return {**ours, **fact, **ours}
