"""What a client asks of attainment, read from query parameters and bounded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.zones import zone
from slaclock.evidence.attainment import NAMED, TIMED, Asked
from slaclock.records.parameters import InvalidQuery, checked
from slaclock.store.reports import ALL, whose_of

MOST_DAYS, MOST_BY = 366, 2
NONE = "-"  # as a filter: those that have no such member
_GROUPS = (*NAMED, *TIMED)
_FILTERS = NAMED  # but for the customer, which chooses what is read
_BOUNDED = ("account", *_FILTERS, "zone", "by")
_KNOWN = ("account", "customer", "from", "to", "month", "zone", "by", *_FILTERS[1:])
_YEARS = range(1970, 2201)


@dataclass(frozen=True, slots=True)
class AttainmentQuery:
    """A report of one account: of all of it, or of one customer, as `whose` names them in the store.

    `first` and `last` are its local days, `last` excluded; `asked` bounds what is counted by instants.
    """

    account: str
    whose: str
    first: date
    last: date
    asked: Asked

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of UTC that the period touches."""
        last = self.asked.until - timedelta(microseconds=1)
        return self.asked.since.date(), last.date()


def parse_attainment_query(parameters: Mapping[str, str]) -> AttainmentQuery:
    """Read query parameters; `InvalidQuery` names the one that is wrong.

    `account` is needed, and `month`, or `from` and `to`: local days of `zone`, `to` excluded, 366 at most.
    `by` lists up to two members. A filter `-` means those without one.
    """
    checked(parameters, _KNOWN, _BOUNDED)
    if "account" not in parameters:
        raise InvalidQuery("account", "needed: whose attainment?")
    first, last = _period(parameters)
    name = parameters.get("zone", "UTC")
    asked = Asked(_midnight(first, name), _midnight(last, name), name, _by(parameters), _filters(parameters))
    customer = parameters.get("customer")
    whose = ALL if customer is None else whose_of(None if customer == NONE else customer)
    return AttainmentQuery(parameters["account"], whose, first, last, asked)


def _filters(parameters: Mapping[str, str]) -> dict[str, str | None]:
    given = {name: parameters[name] for name in _FILTERS[1:] if name in parameters}
    return {name: None if value == NONE else value for name, value in given.items()}


def _by(parameters: Mapping[str, str]) -> tuple[str, ...]:
    names = tuple(parameters["by"].split(",")) if "by" in parameters else ()
    for name in names:
        if name not in _GROUPS:
            raise InvalidQuery("by", f"{name!r} is none of {', '.join(_GROUPS)}")
    if len(names) > MOST_BY or len(set(names)) < len(names):
        raise InvalidQuery("by", f"at most {MOST_BY} members, each once")
    return names


def _period(parameters: Mapping[str, str]) -> tuple[date, date]:
    if "month" in parameters:
        for name in ("from", "to"):
            if name in parameters:
                raise InvalidQuery(name, "give either a month, or from and to")
        return _month(parameters["month"])
    for name in ("from", "to"):
        if name not in parameters:
            raise InvalidQuery(name, "needed: from and to, or month")
    first, last = (_day(name, parameters[name]) for name in ("from", "to"))
    if first >= last:
        raise InvalidQuery("from", f"{first} is not before `to`, {last}")
    if (last - first).days > MOST_DAYS:
        raise InvalidQuery("from", f"more than {MOST_DAYS} days before `to`, {last}")
    return first, last


def _month(text: str) -> tuple[date, date]:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise InvalidQuery("month", f"{text!r} is no month such as 2026-10")
    first = _day("month", f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def _day(name: str, text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = date.fromisoformat(text)
            if day.year in _YEARS:
                return day
    except ValueError:
        pass
    raise InvalidQuery(name, f"{text!r} is no day such as 2026-10-01, from 1970 to 2200")


def _midnight(day: date, name: str) -> datetime:
    """The first instant of a day in a zone."""
    try:
        return datetime.combine(day, time(), zone(name)).astimezone(UTC)
    except InvalidCalendar as error:
        raise InvalidQuery("zone", str(error)) from None
