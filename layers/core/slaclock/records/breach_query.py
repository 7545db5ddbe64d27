"""What a client asks of the breach record, read from query parameters and bounded."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.metrics import METRICS
from slaclock.domain.taxonomy import KINDS, cause_named
from slaclock.evidence.standing import STATUSES, Standing, service_of
from slaclock.records.cursor import Cursors, InvalidCursor, mark_of, month_of
from slaclock.records.parameters import InvalidQuery, checked, limit_of
from slaclock.store.keys import MONTH_SHARDS
from slaclock.store.rows import customer_month, due_order

LIMIT, MOST = 100, 1000
_ROWS = 3  # of a breach: told, taken in hand, ended
# Without an account or a customer every shard of every month is read, so the period must be short.
ALL_DAYS = 31
# With one of them: the longest period, and the one that is meant where `from` is left out.
MOST_DAYS, DEFAULT_DAYS = 3660, 366

# An answer without breaches must not come of a mistyped word.
CHOICES = {
    "priority": ("urgent", "high", "normal", "low", "none"),
    "kind": KINDS,
    "status": STATUSES,
}
_AT_THE_BREACH = ("account", "customer", "agreement", "metric", "team", "priority", "service", "kind")
_FILTERS = (*_AT_THE_BREACH, "status", "cause")
_KNOWN = ("from", "to", *_FILTERS, "limit", "cursor")


@dataclass(frozen=True, slots=True)
class BreachQuery:
    """Breaches due from `since` on and before `until`, with all of `filters`: `limit` of them, after `after`.

    `mark` tells this query from others, so that a cursor can't be taken from one to another.
    """

    since: datetime
    until: datetime
    filters: Mapping[str, str]
    limit: int
    mark: str
    cursors: Cursors
    after: str = ""

    def wants(self, breach: Standing) -> bool:
        """Whether a breach has what is asked for.

        Customer, team, priority and service are those at the breach, status and cause those that it has now.
        """
        return all(_own(name, breach) == value for name, value in self.filters.items())

    def months(self) -> Iterator[str]:
        """The months of the period, from the one that the cursor has come to."""
        last = self.until - timedelta(microseconds=1)
        for number in range(_month_number(self.since), _month_number(last) + 1):
            month = f"{number // 12:04}-{number % 12 + 1:02}"
            if month >= month_of(self.after):
                yield month

    def partitions(self, month: str) -> list[tuple[str, str]]:
        """The index partitions in which a month's breaches lie: those of the narrowest that is asked for."""
        account, customer = self.filters.get("account"), self.filters.get("customer")
        if account and customer:
            return [("customer_month", customer_month(account, customer, month))]
        if account:
            return [("account_month", subject_key("month", account, month))]
        if customer:
            return [("party_month", subject_key("month", customer, month))]
        return [("breach_month", f"{month}#{shard}") for shard in range(MONTH_SHARDS)]

    @property
    def at_once(self) -> int | None:
        """How many rows of a partition to read at a time: what a page most likely needs, and no megabyte.

        Where more is asked than an index tells, nobody knows how many that is: None, as many as there may be.
        """
        return None if self.filters.keys() - {"account", "customer"} else _ROWS * (self.limit + 1)

    def span(self) -> tuple[str, str]:
        """Where to begin in the order of the index, and where to end."""
        begin = due_order(breach=True, due=self.since)
        # "$" follows "#": every row of the breach that the cursor names begins with its place and "#"
        return max(begin, f"{self.after}$"), due_order(breach=True, due=self.until)

    def cursor(self, place: str) -> str:
        """An opaque cursor that goes on after a place of the index."""
        return self.cursors.make(self.mark, place)


def _own(name: str, breach: Standing) -> Any:
    match name:
        case "status":
            return breach.status
        case "cause":
            return breach.cause
        case "service":
            return service_of(breach.told)
    return getattr(breach.told, name, breach.told.details.get(name))


def parse_query(parameters: Mapping[str, str], now: datetime, cursors: Cursors) -> BreachQuery:
    """Read query parameters; `InvalidQuery` names the one that is wrong.

    Dates begin at midnight UTC. With `account` or `customer` the period may be left out: `to` is then the
    midnight that ends today, `from` 366 days before `to`; it may span ten years. Without, both are needed and
    31 days is the most.
    """
    checked(parameters, _KNOWN, _FILTERS)
    for name, value in parameters.items():
        if name in CHOICES and value not in CHOICES[name]:
            raise InvalidQuery(name, f"it is one of {', '.join(CHOICES[name])}")
    # Agreements declare metrics of their own: what is like none of these may be one.
    near = get_close_matches(parameters.get("metric", ""), METRICS, n=1, cutoff=0.9)
    if near and near[0] != parameters["metric"]:
        raise InvalidQuery("metric", f"did you mean {near[0]}?")
    since, until = _period(parameters, now)
    filters = {name: parameters[name] for name in _FILTERS if name in parameters}
    if "cause" in filters:
        filters["cause"] = _cause(filters["cause"])
    mark = mark_of(parameters)
    limit = limit_of(parameters, LIMIT, MOST)
    return BreachQuery(since, until, filters, limit, mark, cursors, _after(parameters, mark, cursors))


def _cause(text: str) -> str:
    try:
        return cause_named(text)
    except ValueError as error:
        raise InvalidQuery("cause", str(error)) from None


def _period(parameters: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    narrow = "account" in parameters or "customer" in parameters
    for name in ("from", "to"):
        if not narrow and name not in parameters:
            raise InvalidQuery(
                name, f"needed where neither account nor customer is given: {ALL_DAYS} days at most"
            )
    tonight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    until = _instant("to", parameters["to"]) if "to" in parameters else tonight
    since = _instant("from", parameters["from"]) if "from" in parameters else _before(until)
    most = MOST_DAYS if narrow else ALL_DAYS
    if since >= until:
        raise InvalidQuery("from", f"{format_instant(since)} is not before `to`, {format_instant(until)}")
    if until - since > timedelta(days=most):
        hint = "" if narrow else "; give account or customer for longer ones"
        raise InvalidQuery("from", f"more than {most} days before `to`, {format_instant(until)}{hint}")
    return since, until


def _before(until: datetime) -> datetime:
    try:
        return until - timedelta(days=DEFAULT_DAYS)
    except OverflowError:
        raise InvalidQuery("to", f"{format_instant(until)} is too early") from None


def _instant(name: str, text: str) -> datetime:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        return parse_instant(text)
    except (ValueError, OverflowError):
        wanted = "neither a date such as 2026-03-01 nor an instant such as 2026-03-01T00:00:00Z"
        raise InvalidQuery(name, f"{text!r} is {wanted} (in a URL, + is written %2B)") from None


def _after(parameters: Mapping[str, str], mark: str, cursors: Cursors) -> str:
    if not (text := parameters.get("cursor", "")):
        return ""
    try:
        return cursors.place(text, mark)
    except InvalidCursor as error:
        raise InvalidQuery("cursor", str(error)) from None


def _month_number(instant: datetime) -> int:
    return instant.year * 12 + instant.month - 1
