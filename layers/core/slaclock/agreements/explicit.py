"""The calendars of a document with every country's days written out as dates (rule 25)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from slaclock.agreements.holidays import official_days
from slaclock.agreements.problems import InvalidDocument, Problem
from slaclock.domain.errors import InvalidCalendar

if TYPE_CHECKING:
    from slaclock.agreements.document import Document

Countries = dict[str, list[dict[str, str]]]


def frozen_calendars(document: Document, published: date, horizon: date) -> tuple[dict[str, Any], Countries]:
    """Give the calendars by name, and whose official days are written out in them, for people to read.

    `InvalidDocument` names each country whose days do not reach the horizon.
    """
    return _Calendars(document, published, horizon).frozen()


@dataclass(frozen=True, slots=True)
class _Calendars:
    """The calendars of one document, and the years for which their countries' days are written out."""

    document: Document
    published: date
    horizon: date
    found: list[Problem] = field(default_factory=list)

    def frozen(self) -> tuple[dict[str, Any], Countries]:
        specs = self.document.values["calendars"]
        calendars = {name: {"name": name} | spec | self._holidays(name, spec) for name, spec in specs.items()}
        if self.found:
            raise InvalidDocument(self.found)
        named = {
            name: [each for each in spec.get("holidays", ()) if isinstance(each, dict)]
            for name, spec in specs.items()
        }
        return calendars, {name: countries for name, countries in named.items() if countries}

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
            reason = f"{error} (written out from {years[0]} to the horizon in {years[-1]})"
            self.found.append(self.document.problem(reason, "calendars", name, "holidays", number))
            return []

    def _years(self) -> range:
        """Give the years from one before the first clock can start to the horizon's."""
        first = self.document.values.get("effective", {}).get("from", self.published.isoformat())
        return range(min(date.fromisoformat(first), self.published).year - 1, self.horizon.year + 1)
