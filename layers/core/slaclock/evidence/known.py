"""The agreements of an account as they were known at an instant, which a decision of then was made by."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.ticket import Ticket


@dataclass(slots=True)
class Known:
    """Published versions, what was decided beside them, and since when other agreements read which members.

    `made_as` makes what is known at an instant. `later` says of something, by its name, that it was known
    only from an instant after the one that it bears.
    """

    versions: tuple[Agreement, ...]
    exclusions: tuple[Exclusion, ...] = ()
    endings: tuple[AgreementEnd, ...] = ()
    reads: Mapping[str, datetime | None] = field(default_factory=dict)
    made_as: Callable[..., Agreements] = Agreements
    later: Mapping[str, datetime] = field(default_factory=dict)
    _kept: dict[Any, Agreements] = field(default_factory=dict, repr=False)

    def at(self, as_of: datetime, ticket: Ticket | None = None) -> Agreements:
        """What was known then; versions that a ticket is under were known to whoever put it there."""
        under = versions_of(ticket) if ticket else ()
        versions = tuple(
            each
            for each in self.versions
            if self._by(each.published_at, each, as_of) or (each.id, each.version) in under
        )
        exclusions = tuple(each for each in self.exclusions if self._by(each.entered_at, each, as_of))
        endings = tuple(each for each in self.endings if self._by(each.at, each, as_of))
        elsewhere = frozenset(member for member, since in self.reads.items() if _by(since, as_of))
        key = (
            tuple((each.id, each.version) for each in versions),
            tuple(each.exclusion_id for each in exclusions),
            tuple(each.agreement for each in endings),
            elsewhere,
        )
        if key not in self._kept:
            self._kept[key] = self.made_as(versions, None, exclusions, endings, elsewhere)
        return self._kept[key]

    @property
    def since(self) -> dict[str, datetime]:
        """By its name, since when each thing was known, but for what ever was."""
        dated: list[tuple[datetime | None, Agreement | Exclusion | AgreementEnd]] = [
            *((each.published_at, each) for each in self.versions),
            *((each.entered_at, each) for each in self.exclusions),
            *((each.at, each) for each in self.endings),
        ]
        return {name_of(each): at for at, each in dated if at is not None}

    def _by(
        self, since: datetime | None, what: Agreement | Exclusion | AgreementEnd, as_of: datetime
    ) -> bool:
        return _by(since, as_of) and _by(self.later.get(name_of(what)), as_of)


def name_of(what: Agreement | Exclusion | AgreementEnd) -> str:
    """What something known is called here."""
    if isinstance(what, Agreement):
        return f"agreement {what.id} {what.version}"
    return f"exclusion {what.exclusion_id}" if isinstance(what, Exclusion) else f"end of {what.agreement}"


def versions_of(ticket: Ticket) -> set[tuple[str, int]]:
    """The agreement versions that a ticket and its clocks name."""
    return {*ticket.chosen, *((clock.agreement, clock.version) for clock in ticket.clocks)}


def noting(chosen: set[str]) -> type[Agreements]:
    """Agreements that note the id of each that is chosen, also of one that another takes the place of."""

    class Noting(Agreements):
        def choose(
            self,
            attributes: Mapping[str, Any],
            start: datetime,
            known_at: datetime,
            without: Collection[str] = (),
            under: Collection[str] = (),
        ) -> tuple[Agreement, ...]:
            found = super().choose(attributes, start, known_at, without, under)
            chosen.update(each.id for each in found)
            return found

    return Noting


def read_by(versions: Collection[Agreement]) -> dict[str, datetime | None]:
    """The members whose change makes the choice anew because of these versions, and since when."""
    since: dict[str, datetime | None] = {}
    for each in versions:
        for member in Agreements((each,)).reads:
            before = since.get(member, each.published_at)
            earliest = None if before is None or each.published_at is None else min(before, each.published_at)
            since[member] = earliest
    return since


def _by(since: datetime | None, as_of: datetime) -> bool:
    return since is None or since <= as_of
