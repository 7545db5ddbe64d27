"""Rolling up: what each night's seal covers is counted anew, day by day of the deadlines, from the rows.

A row tells of a deadline that may lie on another day than its own. So of each day that is sealed, the days
whose deadlines its rows are about are rolled up, those of an account without a row included, up to that day.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from slaclock.domain.facts import ACCOUNT, fact_from_json, period_of
from slaclock.evidence.cycles import Cycle, Rating
from slaclock.evidence.outlasting import with_outlasting
from slaclock.evidence.rollup import rolled_up, unpacked
from slaclock.problems import fault
from slaclock.sealing.looking_back import LOOKED_BACK
from slaclock.seals import Seals, SealUnreadable
from slaclock.store.contract import DayBook, Ledger
from slaclock.store.due import rows_due
from slaclock.store.errors import WriteConflictError
from slaclock.store.reports import ALL, Made, Parts, Reports, days_of, whose_of

LASTS = 200.0  # seconds; no day is begun after them
MOST_BEHIND = 31  # days without rows that are rolled up for an account in one night
_TRIES = 10  # of numbers for a version
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rolled:
    """What a run did: the versions it made, sealed days left for the next one, and accounts that failed."""

    made: int = 0
    left: int = 0
    failed: frozenset[str] = frozenset()

    def and_then(self, made: int, failed: Iterable[str]) -> "Rolled":
        """What it did, with what it did next."""
        return Rolled(self.made + made, self.left, self.failed.union(failed))


@dataclass(frozen=True, slots=True)
class Roller:
    """Makes rollups. One that would say what the last version says is not made."""

    book: DayBook
    ledger: Ledger
    reports: Reports
    seals: Seals
    now: Callable[[], datetime]
    elapsed: Callable[[], float]

    def run(self, last: date, lasts: float = LASTS) -> Rolled:
        """Roll up what sealed days up to `last` brought, from where the last run ended; at first, a week.

        An account that fails does not stop the others: it is noted as behind, and the next runs go back to
        the first day on which it failed, for that account alone.
        """
        began, until, behind = self.elapsed(), self.reports.rolled_until(), self.reports.behind()
        first = until + _DAY if until else last - (LOOKED_BACK - 1) * _DAY
        days, ran = days_of(min([first, *behind.values()]), last), Rolled()
        for number, day in enumerate(days):
            if self.elapsed() - began > lasts:
                return replace(ran, left=len(days) - number)
            touched = self._touched(day)
            due = [each for each in sorted(touched) if day >= min(first, behind.get(each, first))]
            ran = ran.and_then(*self._try(day, {each: touched[each] for each in due}))
            if day >= first:
                self.reports.note_rolled(day)
        for account in behind.keys() - ran.failed:
            self.reports.note_behind(account, None)
        return ran

    def _try(self, day: date, touched: Mapping[str, set[date]]) -> tuple[int, set[str]]:
        """Roll up what a sealed day touched: how many versions that made, and which accounts failed."""
        made, failed = 0, set[str]()
        for account, days in touched.items():
            try:
                made += sum(self.build(account, each, day) for each in sorted(days))
            except Exception as error:  # noqa: BLE001  (told by the caller; the other accounts go on)
                _log.error("an account can't be rolled up: %s", fault(error), extra={"account": account})
                failed.add(account)
                self.reports.note_behind(account, min(day, self.reports.behind().get(account, day)))
        return made, failed

    def build(self, account: str, day: date, sealed_until: date, *, known: bool = True) -> bool:
        """Roll up an account's day of deadlines anew; whether that made a new version.

        What retention has removed since the last version stays as that has it.
        An account that is not `known` has no empty days: its name may be mistyped.
        """
        rows = list(rows_due(self.ledger, account, ALL, day, day))
        made = self.reports.made(account, day, day)
        whole = with_outlasting(rows, map(unpacked, self.reports.rollups(account, ALL, made)))
        digest, before = rolled_up(account, *whole).digest(), made.get(day)
        if (before and before.hash == digest) or not (known or any(whole)):
            return False
        self._keep(
            account, Made(day, before.version if before else 0, digest, self.now(), sealed_until), whole
        )
        return True

    def _keep(self, account: str, before: Made, whole: tuple[list[Cycle], list[Rating]]) -> None:
        """Keep it under the next number that is free: others may have been left half-way."""
        parts = _parts(account, *whole)
        for number in range(before.version + 1, before.version + 1 + _TRIES):
            made = Made(before.day, number, before.hash, before.made_at, before.sealed_until)
            try:
                return self.reports.keep_rollup(account, made, parts)
            except WriteConflictError:
                _log.warning("version %d of the rollup of %s is taken", number, before.day)
        raise WriteConflictError(f"{_TRIES} versions of the rollup of {before.day} are taken")

    def _touched(self, day: date) -> Mapping[str, set[date]]:
        """The days of deadlines, by account, that a sealed day's rows are about, late ones included."""
        touched: defaultdict[str, set[date]] = defaultdict(set)
        for account in self.reports.accounts():
            touched[account] = self._behind(account, day)
        for recorded in self._days_of_rows(day):
            for row in self.book.recorded(recorded):
                if row["fact"].get("subject") != ACCOUNT:
                    touched[row["fact"]["account"]] |= {_due(row["fact"]), day}
        return {account: {each for each in days if each <= day} for account, days in touched.items()}

    def _behind(self, account: str, day: date) -> set[date]:
        """The days since the last one that was rolled up."""
        recent = self.reports.made(account, day - MOST_BEHIND * _DAY, day)
        return set(days_of(max(recent) + _DAY, day)) if recent else {day}

    def _days_of_rows(self, day: date) -> Iterable[date]:
        """The day itself; where rows came late, or nobody can say, those that they may be of as well."""
        try:
            sealed = self.seals.read(day)
            late = sealed is None or sealed.seal["late"]
        except SealUnreadable:
            late = True
        return days_of(day - LOOKED_BACK * _DAY, day) if late else [day]


def _parts(account: str, every: Iterable[Cycle], given: Iterable[Rating]) -> Parts:
    """The parts of an account's day, and of each customer's share of it."""
    shares: defaultdict[str, tuple[list[Cycle], list[Rating]]] = defaultdict(lambda: ([], []))
    for cycle in every:
        for whose in (ALL, whose_of(cycle.customer)):
            shares[whose][0].append(cycle)
    for rating in given:
        for whose in (ALL, whose_of(rating.customer)):
            shares[whose][1].append(rating)
    return {whose: rolled_up(account, *share).packed() for whose, share in shares.items()}


def _due(fact: Mapping[str, Any]) -> date:
    return period_of(fact_from_json(fact)).date()
