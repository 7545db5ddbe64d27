"""The last day for which an agreement's calendars are written out as dates (rule 25)."""

from __future__ import annotations

from datetime import date

from slaclock.domain.errors import InvalidAgreement

HORIZON_YEARS = 5
FARTHEST_YEARS = 20  # of an explicit horizon: a frozen document stays small enough for one stored item


def last_day(written: str | None, published: date) -> date:
    """Give the horizon of a document published on that day; `InvalidAgreement` says why one cannot be.

    >>> last_day(None, date(2028, 2, 29))
    datetime.date(2033, 2, 28)
    """
    if not written:
        return _years_after(published, HORIZON_YEARS)
    horizon, farthest = date.fromisoformat(written), _years_after(published, FARTHEST_YEARS)
    if horizon <= published:
        raise InvalidAgreement(f"{written} is past: no holiday would count after it, {published} is today")
    if horizon > farthest:
        raise InvalidAgreement(f"{written} is more than {FARTHEST_YEARS} years ahead: {farthest} at most")
    return horizon


def _years_after(day: date, years: int) -> date:
    """Give the same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
