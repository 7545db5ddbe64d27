"""A checked document as functions read it: all written out, calendars frozen to explicit dates (rule 25).

Once published, a version depends on no list of holidays and on no default that a later release may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.agreements.document import Document, read_file
from slaclock.agreements.grammar import LAST_ORDER
from slaclock.agreements.holidays import official_days
from slaclock.domain.agreement import Agreement, Agreements, agreement_from, find_tie
from slaclock.domain.errors import InvalidAgreement, InvalidCalendar
from slaclock.domain.instants import format_instant
from slaclock.domain.zones import TZDATA_VERSION, zone
from slaclock.evidence.canonical import content_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HORIZON_YEARS = 5
FARTHEST_YEARS = 20  # of an explicit horizon: a frozen document stays small enough for one stored item
PAUSE_ON = ("pending", "on_hold")


def load_agreement(path: Path, *, published: date, version: int = 1) -> Agreement:
    """Read, freeze and build the agreement of a file, as if it were published on that day."""
    frozen = freeze(read_file(path), published=published)
    return agreement_from(frozen, version=version, content_hash=content_hash(frozen))


def load_together(paths: Iterable[Path], *, published: date) -> Agreements:
    """Build the agreements of several files; two of one id, or a tie between two (rule 24), are refused."""
    agreements = Agreements(tuple(load_agreement(each, published=published) for each in paths))
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
        "calendars": _Calendars(document, published, horizon).frozen(),
        "targets": [_target(name, target, values) for name, target in values["targets"].items()],
        "exclusions": values.get("exclusions", []),
        "horizon": _begins(horizon + timedelta(days=1), values),
        "tzdata": TZDATA_VERSION,
        "timezone": values["calendars"][values["calendar"]]["timezone"],
    }
    return frozen | ({"credits": values["credits"]} if "credits" in values else {})


def _horizon(document: Document, published: date) -> date:
    """Give the last day that calendars are frozen for."""
    if not (written := document.values.get("horizon")):
        return _years_after(published, HORIZON_YEARS)
    horizon, farthest = date.fromisoformat(written), _years_after(published, FARTHEST_YEARS)
    if horizon <= published:
        raise document.invalid(
            document.place("horizon"),
            f"{written} is past: no holiday would count after it, {published} is today",
        )
    if horizon > farthest:
        place = document.place("horizon")
        raise document.invalid(
            place, f"{written} is more than {FARTHEST_YEARS} years ahead: {farthest} at most"
        )
    return horizon


def _years_after(day: date, years: int) -> date:
    """Give the same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


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
        "budgets": target["budget"],
        "calendars": {"default": values["calendar"]} | target.get("calendar", {}),
        "pause_on": sorted(set(target.get("pause_on", values.get("pause_on", PAUSE_ON)))),
        "on_reopen": target.get("on_reopen", "resume"),
        "reminders": target.get("reminders", values.get("reminders", [])),
        "escalation": [{"until": "stopped"} | level for level in escalation],
    }
    return frozen | {member: target[member] for member in ("clause", "team") if member in target}


@dataclass(frozen=True, slots=True)
class _Calendars:
    """The calendars of one document, and the years for which their countries' days are written out."""

    document: Document
    published: date
    horizon: date

    def frozen(self) -> dict[str, Any]:
        return {
            name: {"name": name} | spec | self._holidays(name, spec)
            for name, spec in self.document.values["calendars"].items()
        }

    def _holidays(self, name: str, spec: dict[str, Any]) -> dict[str, list[str]]:
        if "holidays" not in spec:
            return {}
        days: set[str] = set()
        for number, holiday in enumerate(spec["holidays"]):
            written = isinstance(holiday, str)
            days |= (
                {holiday} if written else {day.isoformat() for day in self._official(name, number, holiday)}
            )
        return {"holidays": sorted(days)}

    def _official(self, name: str, number: int, country: dict[str, str]) -> list[date]:
        years = self._years()
        try:
            return official_days(country["country"], country.get("subdivision"), years)
        except InvalidCalendar as error:
            place = self.document.place("calendars", name, "holidays", number)
            reason = f"{error} (written out from {years[0]} to the horizon in {years[-1]})"
            raise self.document.invalid(place, reason) from error

    def _years(self) -> range:
        """Give the years from one before the first clock can start to the horizon's."""
        first = self.document.values.get("effective", {}).get("from", self.published.isoformat())
        return range(min(date.fromisoformat(first), self.published).year - 1, self.horizon.year + 1)
