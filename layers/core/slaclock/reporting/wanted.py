"""What a report is of: an account's month, as far as one customer or one agreement goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from slaclock.domain.zones import zone
from slaclock.evidence.credit_periods import Period, period_named, period_of
from slaclock.store.reports import ALL, whose_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account's month in a named zone; of one customer, or of one agreement, where they are named."""

    account: str
    month: Period
    customer: str | None = None
    agreement: str | None = None

    @property
    def whose(self) -> str:
        """Whose rollups it reads."""
        return ALL if self.customer is None else whose_of(self.customer)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of UTC that the month touches."""
        return self.month.start.date(), self.month.last_utc_day

    @property
    def before(self) -> "Wanted":
        """The same of the month before."""
        month = period_of("month", self.month.first - _DAY, self.month.timezone)
        return Wanted(self.account, month, self.customer, self.agreement)

    def day_of(self, instant: datetime) -> date:
        """The day that its zone shows."""
        return self.local(instant).date()

    def local(self, instant: datetime) -> datetime:
        """An instant as its zone shows it."""
        return instant.astimezone(zone(self.month.timezone))


def month_named(text: str, timezone: str) -> Period:
    """A month by its name; `ValueError` for any other text, `InvalidCalendar` for a zone that is none.

    >>> month_named("2026-10", "UTC").after
    datetime.date(2026, 11, 1)
    """
    found = period_named(text, timezone)
    if found.name != period_of("month", found.first, timezone).name:
        raise ValueError(f"{text!r} is no month such as 2026-10")
    zone(timezone)
    return found


def days_until(month: Period, last: date) -> list[date]:
    """List the days of a month up to one of them, or all."""
    days = (month.after - month.first).days
    return [day for day in (month.first + n * _DAY for n in range(days)) if day <= last]
