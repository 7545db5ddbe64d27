"""Rollups of days as they are kept: each a version that never changes, of which the latest counts.

A day of an account is written part by part, for the account and for each of its customers, and then what was
made: parts that nothing says were made count for nobody. So whoever reads sees a whole version, or the one
before. A customer without a part in a version has no cycles on that day.

A part is written twice: under `version#`, where it stays for good, and among the days, where reports read it.
There it is emptied when the second version after it is made, so that a report reads no more than two versions
of a day, and one that began before a version was made still finds the one before. No transaction could hold a
day of many customers: it is a hundred items and four megabytes at most.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.store.errors import StoreUnavailableError

ALL, UNKNOWN = "*", "-"  # the whole account, and those of its tickets whose customer is not known
ACCOUNTS, ROLLED, BEHIND = "accounts", "rolled", "behind"  # no other key of the table is without `#`
_KEPT = "version#"
Parts = Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Made:
    """A version of a day's rollup: what its contents hash to, when it was made, after which day's seal."""

    day: date
    version: int
    hash: str
    made_at: datetime
    sealed_until: date


class Reports(Protocol):
    """What reports are read from. `whose` is `ALL`, or what `whose_of` gives for a customer."""

    def made(self, account: str, first: date, last: date) -> Mapping[date, Made]:
        """The latest version of each day from `first` to `last`, included, that was rolled up."""

    def rollups(self, account: str, whose: str, made: Mapping[date, Made]) -> Iterator[bytes]:
        """Yield the parts of these versions (`slaclock.evidence.rollup`), one customer's or the account's.

        They are the latest, as `made` gave them; `StoreUnavailableError` where two were made since. Nothing
        is read before it is asked for.
        """

    def version(self, account: str, whose: str, made: Made) -> Iterator[bytes]:
        """Yield the parts of one version, be it the latest or not."""

    def keep_rollup(self, account: str, made: Made, parts: Parts) -> None:
        """Keep a version, its parts by whose they are; `WriteConflictError` where another has its number.

        That may be one that was left half-way.
        """

    def accounts(self) -> list[str]:
        """List the accounts of which anything was rolled up."""

    def rolled_until(self) -> date | None:
        """The last day for which the nightly run came to its end; None before the first."""

    def note_rolled(self, day: date) -> None:
        """Record that it did."""

    def behind(self) -> Mapping[str, date]:
        """The accounts that are not rolled up as far as that, each with the first day that is not."""

    def note_behind(self, account: str, first: date | None) -> None:
        """Record it of an account; None: it is behind no more."""


def sealed_until(reports: Reports, account: str) -> date | None:
    """The last day whose seal an account was rolled up after; None before the first."""
    until, first = reports.rolled_until(), reports.behind().get(account)
    return min(until, first - timedelta(days=1)) if until and first else until


def whose_of(customer: str | None) -> str:
    """Whose the rollups of one customer are: no customer's name is taken for `ALL` or `UNKNOWN`."""
    return UNKNOWN if customer is None else f"={customer}"


def rollup_key(account: str, whose: str) -> str:
    """The key of the rollups of an account, or of one of its customers."""
    return subject_key("rollup", account, whose)


def made_key(account: str) -> str:
    """The key of what was made of an account's days."""
    return subject_key("made", account, "")


def span(first: date, last: date) -> tuple[str, str]:
    """Where sort keys of days begin, and where they end: `$` follows `#`."""
    return first.isoformat(), f"{last.isoformat()}$"


def made_item(account: str, made: Made) -> dict[str, Any]:
    """What says that a version was made."""
    return {
        "pk": made_key(account),
        "sk": _version(made),
        "hash": made.hash,
        "made_at": format_instant(made.made_at),
        "sealed_until": made.sealed_until.isoformat(),
    }


def made_from_item(item: Mapping[str, Any]) -> Made:
    """Read what says that a version was made."""
    day, version = item["sk"].split("#")
    until = date.fromisoformat(item["sealed_until"])
    return Made(date.fromisoformat(day), int(version), item["hash"], parse_instant(item["made_at"]), until)


def part_items(account: str, made: Made, parts: Parts) -> Iterator[dict[str, Any]]:
    """Yield the items of a version's parts: those that stay, and those that reports read."""
    for whose, those in parts.items():
        for number, part in enumerate(those):
            for kept in (f"{_KEPT}{_version(made)}", _version(made)):
                yield {"pk": rollup_key(account, whose), "sk": f"{kept}#{number:03}", "part": part}


def emptied(items: Iterable[Mapping[str, Any]], before: int) -> Iterator[dict[str, Any]]:
    """Yield a day's items among those that reports read, emptied: those of versions before that one."""
    for item in items:
        if item.get("part") and int(item["sk"].split("#")[1]) < before:
            yield {"pk": item["pk"], "sk": item["sk"]}


def kept_span(made: Made) -> tuple[str, str]:
    """Where sort keys of the parts of a version that stay begin, and where they end."""
    return f"{_KEPT}{_version(made)}#", f"{_KEPT}{_version(made)}$"


def parts_of(made: Mapping[date, Made], items: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the parts of the versions of their days that count."""
    for item in items:
        day, version, _ = item["sk"].split("#")
        counts = made.get(date.fromisoformat(day))
        if counts and counts.version == int(version):
            if not item.get("part"):
                raise StoreUnavailableError(f"the rollup of {day} was made anew while it was read")
            yield item["part"]


def behind_item(account: str, first: date | None) -> dict[str, Any]:
    """What says since when an account is behind; without a day, that it is no more."""
    return {"pk": BEHIND, "sk": account, **({"first": first.isoformat()} if first else {})}


def behind_from(items: Iterable[Mapping[str, Any]]) -> dict[str, date]:
    """The accounts that are behind, of what was noted of them."""
    return {each["sk"]: date.fromisoformat(each["first"]) for each in items if each.get("first")}


def days_of(first: date, last: date) -> list[date]:
    """List the days from one to another, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _version(made: Made) -> str:
    return f"{made.day.isoformat()}#{made.version:06}"
