"""A checked document as functions read it: all written out, calendars frozen to explicit dates (rule 25).

Once published, a version depends on no list of holidays and on no default that a later release may change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.agreements.document import Document, read_together
from slaclock.agreements.explicit import frozen_calendars
from slaclock.agreements.grammar import LAST_ORDER
from slaclock.agreements.horizon import last_day
from slaclock.agreements.tables import DEFAULT, by_of, entries_of, in_order
from slaclock.agreements.targets import PAUSED
from slaclock.agreements.values import NO_BUDGET
from slaclock.domain.choosing import Agreements
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import format_instant
from slaclock.domain.ties import find_tie
from slaclock.domain.zones import TZDATA_VERSION, zone
from slaclock.evidence.canonical import content_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from slaclock.domain.agreement import Agreement

_PLAIN = {"pause": "pausing", "repeat": False}  # what a metric does unless it is declared to do otherwise
_IF_WRITTEN = ("clause", "team", "remind", "remind_during", "runbook")
AT_THE_GOAL = ("0m before",)


def build(document: Document, *, published: date, version: int = 1) -> Agreement:
    """Freeze a document and build its agreement, as if it were published on that day."""
    frozen = freeze(document, published=published)
    return agreement_from(frozen, version=version, content_hash=content_hash(frozen))


def load_together(paths: Iterable[Path], *, published: date) -> Agreements:
    """Build the agreements of several files; two of one id, or a tie between two (rule 24), are refused."""
    agreements = Agreements(tuple(build(each, published=published) for each in read_together(paths)))
    ids = [each.id for each in agreements.versions]
    if doubled := sorted({each for each in ids if ids.count(each) > 1}):
        raise InvalidAgreement(f"two documents have the id {doubled[0]!r}")
    if tie := find_tie(agreements.versions):
        one, other = (each.id for each in tie)
        raise InvalidAgreement(f"a ticket could fit {one!r} as well as {other!r}: give one a lower order")
    return agreements


def freeze(document: Document, *, published: date) -> dict[str, Any]:
    """Give the frozen document, plain JSON.

    A country whose official days do not reach the horizon is `InvalidDocument`.
    """
    values = document.values
    horizon = _horizon(document, published)
    calendars, countries = frozen_calendars(document, published, horizon)
    frozen = {
        "agreement": values["agreement"],
        "title": values.get("title", values["agreement"]),
        "kind": values.get("kind", "customer"),
        "level": values.get("level", "customer"),
        "parties": values.get("parties", {}),
        "order": values.get("order", LAST_ORDER + 1),
        "effective": _effective(values),
        "applies_to": values.get("applies_to", {}),
        "applies_to_open": values.get("applies_to_open", False),
        "calendars": calendars,
        "calendar": values["calendar"],
        "metrics": {name: _PLAIN | declared for name, declared in values.get("metrics", {}).items()},
        "targets": [_target(name, target, values) for name, target in values["targets"].items()],
        "exclusions": values.get("exclusions", []),
        "horizon": _begins(horizon + timedelta(days=1), values),
        "tzdata": TZDATA_VERSION,
        "timezone": values["calendars"][values["calendar"]]["timezone"],
    }
    carried = {
        member: values[member]
        for member in ("extends", "review", "credits", "causes", "reports")
        if member in values
    }
    rotas = {"audiences": values["audiences"]} if values.get("audiences") else {}
    return frozen | carried | rotas | ({"countries": countries} if countries else {})


def _horizon(document: Document, published: date) -> date:
    """Give the last day that calendars are frozen for."""
    try:
        return last_day(document.values.get("horizon"), published)
    except InvalidAgreement as error:
        raise document.invalid(document.place("horizon"), str(error)) from None


def _effective(values: dict[str, Any]) -> dict[str, str]:
    """Give the first instant covered, and the first no longer covered (rule 26)."""
    days = values.get("effective", {})
    effective = {}
    if first := days.get("from"):
        effective["from"] = _begins(date.fromisoformat(first), values)
    if last := days.get("until"):
        effective["until"] = _begins(date.fromisoformat(last) + timedelta(days=1), values)
    return effective


def _begins(day: date, values: dict[str, Any]) -> str:
    """Give the instant at which that date begins in the zone of the default calendar."""
    local = zone(values["calendars"][values["calendar"]]["timezone"])
    # where summer time skips midnight, the offset before the change makes this the change itself
    return format_instant(datetime.combine(day, time(), tzinfo=local).astimezone(UTC))


def _target(name: str, target: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    escalation = target.get("escalation", values.get("escalation", []))
    frozen = {
        "name": name,
        "metric": target.get("metric", name),
        **_budgets(target["budget"]),
        **_table("calendars", target.get("calendar"), {DEFAULT: values["calendar"]}),
        "pause_on": sorted(set(target.get("pause_on", values.get("pause_on", PAUSED)))),
        "on_reopen": target.get("on_reopen", "resume"),
        "reminders": target.get("reminders", values.get("reminders", [])),
        "escalation": [{"until": "stopped"} | level for level in escalation],
    }
    if "goal" in target and frozen["budgets"]:
        aim = target["goal"]
        frozen["goal"] = _budgets(aim["budget"]) | {"reminders": aim.get("reminders", list(AT_THE_GOAL))}
    shared = {member: values[member] for member in ("remind", "remind_during") if member in values}
    return frozen | shared | {member: target[member] for member in _IF_WRITTEN if member in target}


def _budgets(written: Any) -> dict[str, Any]:
    """Give a table of budgets; a value without one (`none`) is named only where another could count."""
    entries, by = entries_of(written), by_of(written)
    promised = {value for value, text in entries.items() if text != NO_BUDGET}
    kept = entries.keys() if DEFAULT in promised else promised
    if promised and in_order(by, entries) is not None:
        kept = (entries.keys() - {DEFAULT}) | promised
    entries = {value: text for value, text in entries.items() if value in kept}
    return _table("budgets", {"by": by, "entries": entries})


def _table(name: str, written: Any, default: dict[str, str] | None = None) -> dict[str, Any]:
    """Give a table, the member that it is by, and its order where that counts."""
    entries, by = (default or {}) | entries_of(written), by_of(written)
    order = in_order(by, entries)
    return {name: entries, f"{name}_by": by} | ({} if order is None else {f"{name}_order": order})
