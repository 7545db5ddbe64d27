"""Which agreement applies to a ticket, and why (rules 24 to 26)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.conditions import members_read
from slaclock.domain.keeping import FOR_EVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from slaclock.domain.agreement import Agreement
    from slaclock.domain.exclusion import Exclusion
    from slaclock.domain.keeping import Keeping


class AgreementEnd(NamedTuple):
    """An agreement was ended: nothing starts under it from `at` on (rule 26)."""

    agreement: str
    at: datetime
    reason: str
    by: str


@dataclass(frozen=True)
class Agreements:
    """Every published version of an account's agreements, as they were known at the instant `as_of`.

    `exclusions` were entered later, `endings` bounds what was ended; each counts for those who knew of it.
    `elsewhere` are the members that other agreements of the account read, where these are not all of them.
    `keeping` says how long the account's tickets are kept: no rule of a clock reads it.
    """

    versions: tuple[Agreement, ...] = ()
    as_of: datetime | None = None
    exclusions: tuple[Exclusion, ...] = ()
    endings: tuple[AgreementEnd, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    keeping: Keeping = FOR_EVER

    def get(self, agreement: str, version: int) -> Agreement:
        """The version that a clock runs under."""
        return self._by_version[agreement, version]

    def all_of(self, chosen: tuple[tuple[str, int], ...]) -> tuple[Agreement, ...]:
        """The versions that a ticket is under."""
        found = self._chosen.get(chosen)
        if found is None:
            found = self._chosen[chosen] = tuple(self.get(*each) for each in chosen)
        return found

    @cached_property
    def _chosen(self) -> dict[tuple[tuple[str, int], ...], tuple[Agreement, ...]]:
        return {}

    def knows(self, needed: Iterable[tuple[str, int]]) -> bool:
        """Whether all these versions are among them."""
        return all(each in self._by_version for each in needed)

    @cached_property
    def _by_version(self) -> Mapping[tuple[str, int], Agreement]:
        return {(each.id, each.version): each for each in self.versions}

    @cached_property
    def terms(self) -> dict[Any, Any]:
        """What `slaclock.domain.clock` has worked out about these versions; they never change."""
        return {}

    @cached_property
    def reads(self) -> frozenset[str]:
        """The ticket's members whose change makes the choice anew (rule 15)."""
        read = set(self.elsewhere)
        for each in self.versions:
            starts = (each.metric_of(target).starts_at for target in each.targets.values())
            read |= members_read(each.applies_to) | {start.split(".")[0] for start in starts if start}
            read.update(*(target.reads for target in each.targets.values()))
        return frozenset(read | {"priority"})

    def watched(self, known_at: datetime) -> frozenset[str]:
        """The members whose past is kept with a ticket, since a metric's states read them."""
        if not self._changes or known_at >= self._changes[-1]:
            return self._watched_by_all
        return _watched(each for each in self.versions if _known(each.published_at, known_at))

    @cached_property
    def _watched_by_all(self) -> frozenset[str]:
        return _watched(self.versions)

    @cached_property
    def _for_open(self) -> bool:
        return any(each.applies_to_open for each in self.versions)

    @cached_property
    def unbounded(self) -> bool:
        """Whether every version holds whenever a clock starts, so that the choice does not depend on it."""
        bounds = (each.effective_from or each.effective_until for each in self.versions)
        return not self.endings and not any(bounds)

    def may_start(
        self, agreement: Agreement, start: datetime, known_at: datetime, under: Collection[str] = ()
    ) -> bool:
        """Whether a clock may start under a version at `start`: in effect, and not ended (rule 26)."""
        return agreement.covers(start) and not any(
            each.agreement == agreement.id
            and each.at <= known_at
            and (each.at <= start or agreement.id not in under)
            for each in self.endings
        )

    def ended_at(self, agreement: str) -> datetime | None:
        """Since when nothing starts under an agreement; None where it was not ended."""
        return min((each.at for each in self.endings if each.agreement == agreement), default=None)

    def is_ended(self, agreement: str, by: datetime) -> bool:
        """Whether an agreement was ended at an instant or before it."""
        ended = self.ended_at(agreement)
        return ended is not None and ended <= by

    def newest(self, known_at: datetime) -> tuple[Agreement, ...]:
        """The newest version of each agreement published by `known_at`, in the order of asking."""
        if not self._changes or known_at >= self._changes[-1]:
            return self._newest_of_all
        return _newest(each for each in self.versions if _known(each.published_at, known_at))

    @cached_property
    def _changes(self) -> list[datetime]:
        return sorted(each.published_at for each in self.versions if each.published_at)

    @cached_property
    def _newest_of_all(self) -> tuple[Agreement, ...]:
        return _newest(self.versions)

    def choose(
        self,
        attributes: Mapping[str, Any],
        start: datetime,
        known_at: datetime,
        without: Collection[str] = (),
        under: Collection[str] = (),
    ) -> tuple[Agreement, ...]:
        """The customer agreement that applies from `start`, and every internal or supplier one beside it.

        `without` names agreements that were ended for this ticket, `under` those that it is under: nothing
        else comes under one that was ended.
        """
        fitting = [
            each
            for each in self.newest(known_at)
            if each.id not in without
            and self.may_start(each, start, known_at, under)
            and each.judge(attributes)
        ]
        customer = [each for each in fitting if each.kind == "customer"][:1]
        return (*customer, *(each for each in fitting if each.kind != "customer"))

    def renewed(self, chosen: Iterable[tuple[str, int]], known_at: datetime) -> bool:
        """Whether a newer version of one that applies says that it holds for open tickets (rule 25)."""
        if not self._for_open:
            return False
        newest = {each.id: each for each in self.newest(known_at) if each.applies_to_open}
        return any(name in newest and newest[name].version > version for name, version in chosen)


def _known(published_at: datetime | None, known_at: datetime) -> bool:
    return published_at is None or published_at <= known_at


def _watched(versions: Iterable[Agreement]) -> frozenset[str]:
    read: set[str] = {"status"}
    for each in versions:
        read.update(*(each.metric_of(target).reads for target in each.targets.values()))
    return frozenset(read)


def _newest(versions: Iterable[Agreement]) -> tuple[Agreement, ...]:
    newest = {each.id: each for each in sorted(versions, key=lambda each: each.version)}
    return tuple(sorted(newest.values(), key=lambda each: (each.rank, each.id)))
