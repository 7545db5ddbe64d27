"""A report as one document (`report/1`): all that its page and its table say, in figures."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import format_instant
from slaclock.evidence.attainment import Asked, Tally, figures, report
from slaclock.evidence.credit_document import period_document
from slaclock.evidence.credit_periods import Period
from slaclock.evidence.credit_schedule import lying_on
from slaclock.evidence.cycles import Cycle, Rating
from slaclock.evidence.rollup import Rollup
from slaclock.records.attainment import rollups_of
from slaclock.records.credits import Agreed, NoCredits, Record, agreed, whole_statement
from slaclock.reporting import counting
from slaclock.reporting.outstanding import outstanding
from slaclock.reporting.wanted import Wanted
from slaclock.seals import Sealed, SealUnreadable
from slaclock.store.reports import days_of, sealed_until

SCHEMA = "report/1"
CUSTOMER = "customer"  # the kind of agreement that a customer has; the others stand behind it


class Roots(Protocol):
    """Where seals are."""

    def read(self, day: date) -> Sealed | None: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what reports are of. `seals` is None where nobody can see them: then no roots are told."""

    record: Record
    seals: Roots | None

    def read(self, wanted: Wanted, published: Agreements, now: datetime) -> dict[str, Any]:
        """The report of a month, as it is known by now.

        What was promised to customers is counted together; agreements within and with suppliers stand behind
        it. They are left out of a customer's own report, as teams are: both are the provider's own. An
        agreement that is named is counted, whatever its kind.
        """
        versions = published.versions
        rollups = list(rollups_of(self.record, wanted.account, wanted.whose, *wanted.days))
        found, counts = _within(rollups, wanted), _counts(wanted, versions)
        every = [each for each in found if counts(each.agreement)]
        alone = wanted.customer is not None or wanted.agreement is not None
        behind = () if alone else [each for each in found if not counts(each.agreement)]
        given = [each.value for each in _ratings(rollups, wanted)]
        told = {
            "schema": SCHEMA,
            "account": wanted.account,
            "customer": wanted.customer,
            "agreement": wanted.agreement,
            "period": period_document(wanted.month),
            "as_of": format_instant(now),
            "sealed": self.sealed(wanted),
            "total": figures(counting.total(every, given)),
            "before": self._before(wanted.before, versions),
            "promises": counting.groups(every, "agreement", "target"),
            "behind": counting.groups(behind, "agreement", "target"),
            "customers": counting.groups(every, "customer"),
            "teams": [] if wanted.customer else counting.groups(every, "team"),
            "days": counting.days(wanted, every, now),
            "times": counting.times(wanted, every),
            "causes": counting.causes(every),
            "worst": counting.worst(every, now, team=wanted.customer is None),
            "credits": list(self._credits(wanted, published, now)),
            "seals": self._roots(wanted),
        }
        return {**told, "stands_out": outstanding(told)}

    def sealed(self, wanted: Wanted) -> bool:
        """Whether all days of the month are sealed and rolled up."""
        until = sealed_until(self.record, wanted.account)
        return until is not None and wanted.month.last_utc_day <= until

    def _before(self, wanted: Wanted, versions: Sequence[Agreement]) -> dict[str, Any]:
        rollups = rollups_of(self.record, wanted.account, wanted.whose, *wanted.days)
        asked = Asked(wanted.month.start, wanted.month.end, by=("agreement",))
        counts, whole = _counts(wanted, versions), Tally()
        for (agreement,), tally in report(rollups, asked).groups.items():
            if counts(str(agreement)):
                whole.join(tally)
        told = figures(whole)
        return {"name": wanted.month.name, **{each: told[each] for each in ("met", "breached", "attainment")}}

    def _credits(self, wanted: Wanted, published: Agreements, now: datetime) -> Iterator[dict[str, Any]]:
        """Yield a statement for each agreement counted whose terms count for the period that the month is in.

        A customer's own report has those alone of whose period they have cycles, and that are wholly theirs.
        """
        until = sealed_until(self.record, wanted.account)
        theirs = cache(lambda period: self._agreements_in(wanted, period))
        for of in _agreed(wanted, published, now):
            if wanted.customer is not None and of.terms.agreement not in theirs(of.period):
                continue
            if statement := whole_statement(self.record, wanted.account, wanted.whose, of):
                yield {**statement, "provisional": until is None or until < of.period.last_utc_day}

    def _agreements_in(self, wanted: Wanted, period: Period) -> frozenset[str]:
        """The agreements of which whoever the report is of has cycles in a period."""
        days = period.start.date(), period.last_utc_day
        rollups = rollups_of(self.record, wanted.account, wanted.whose, *days)
        every = (cycle for rollup in rollups for cycle in rollup.cycles())
        return frozenset(each.agreement for each in every if period.holds(each.due))

    def _roots(self, wanted: Wanted) -> list[dict[str, Any]]:
        """The day and the root of each seal that the month has; None for one that can't be read."""
        roots = []
        for day in days_of(*wanted.days) if self.seals else ():
            try:
                sealed = self.seals.read(day) if self.seals else None
                root = sealed.seal["root"] if sealed else None
            except SealUnreadable:
                sealed, root = None, "unreadable"
            if root:
                roots.append({"day": day.isoformat(), "root": root})
        return roots


def _within(rollups: Iterable[Rollup], wanted: Wanted) -> list[Cycle]:
    return [cycle for rollup in rollups for cycle in rollup.cycles() if wanted.month.holds(cycle.due)]


def _ratings(rollups: Iterable[Rollup], wanted: Wanted) -> Iterator[Rating]:
    for rollup in rollups:
        for rating in rollup.ratings:
            of = wanted.agreement in (None, rating.agreement)
            if of and wanted.month.holds(rating.due):
                yield rating


def _counts(wanted: Wanted, versions: Sequence[Agreement]) -> Callable[[str], bool]:
    """Whether an agreement's promises are counted; one that nobody knows any more is a customer's."""
    if wanted.agreement is not None:
        return lambda agreement: agreement == wanted.agreement
    kinds = {each.id: each.kind for each in versions}
    return lambda agreement: kinds.get(agreement, CUSTOMER) == CUSTOMER


def _agreed(wanted: Wanted, published: Agreements, now: datetime) -> Iterator[Agreed]:
    """Yield the terms of the period that the month is, or lies in, of each agreement that is counted.

    A period that has not begun has none, nor has one that begins after its agreement was ended.
    """
    counts = _counts(wanted, published.versions)
    for agreement in sorted({each.id for each in published.versions if counts(each.id) and each.credits}):
        own = [each for each in published.versions if each.id == agreement]
        for _, period in lying_on(own, wanted.month.first):
            if period.start <= now and not published.is_ended(agreement, period.start):
                with suppress(NoCredits, InvalidAgreement, ValueError):
                    yield agreed(own, agreement, period.name, now)
