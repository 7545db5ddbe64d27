"""The calendars of a document with every country's days written out as dates (rule 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from slaclock.agreements.holidays import official_days
from slaclock.domain.errors import InvalidCalendar

if TYPE_CHECKING:
    from slaclock.agreements.document import Document


def frozen_calendars(document: Document, published: date, horizon: date) -> dict[str, Any]:
    """Give the calendars by name; a country whose days do not reach the horizon is `InvalidDocument`."""
    return _Calendars(document, published, horizon).frozen()


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
