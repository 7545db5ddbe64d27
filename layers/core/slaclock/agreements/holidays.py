"""The official days of countries, from the `holidays` package, as dates that a calendar can be frozen to."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from holidays import country_holidays

from slaclock.domain.calendar_spec import shown
from slaclock.domain.errors import InvalidCalendar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def official_days(country: str, subdivision: str | None, years: Iterable[int]) -> list[date]:
    """List a country's public holidays of these years, in order; with a subdivision, its own as well.

    `country` is an ISO 3166-1 code such as DK, `subdivision` the part of ISO 3166-2 after it, such as BY.
    InvalidCalendar for one that is unknown, and where the package has no days for one of the years: no
    list is better than one that silently ends.

    >>> official_days("DK", None, [2026])[0]
    datetime.date(2026, 1, 1)
    """
    return sorted(day for year in years for day in _of_year(country, subdivision, year))


def is_listed(country: str, subdivision: str | None) -> bool:
    """Whether official days of a country, or of its subdivision, are known at all.

    >>> is_listed("DE", "BY"), is_listed("DE", "XX"), is_listed("XX", None)
    (True, False, False)
    """
    try:
        country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        return False
    return True


def _of_year(country: str, subdivision: str | None, year: int) -> list[date]:
    if not isinstance(country, str) or not isinstance(subdivision or "", str):
        raise InvalidCalendar(f"holidays: {shown(subdivision)} of {shown(country)}: write both as text")
    name = f"{country}-{subdivision}" if subdivision else country
    if not re.fullmatch("[A-Z]{2}", country):  # the package would look for whatever it has of that name
        raise InvalidCalendar(f"holidays: no official days are known for {shown(name)}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the package warns of years that its list does not fully cover
        try:
            found = country_holidays(country, subdiv=subdivision, years=[year], expand=False)
        except NotImplementedError:
            raise InvalidCalendar(f"holidays: no official days are known for {shown(name)}") from None
        except Warning as warning:
            raise InvalidCalendar(f"holidays: {name} in {year}: {warning}") from None
    if not found:
        raise InvalidCalendar(f"holidays: {name} has no official days for {year}")
    return list(found)
