"""Counting outcomes: attainment, and the tightest target that would have reached a share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from slaclock.domain.durations import parse_duration
from slaclock.simulation.cycles import Cycle

OUTCOMES = ("met", "breached", "cancelled", "open")
BY_DATE = "by date"  # in place of budgets that are a date of the ticket's own: no two need be the same
SHARES = (90, 95, 99)  # per cent of the cycles


@dataclass(frozen=True, slots=True, order=True)
class Promise:
    """What is counted together: a target of an agreement."""

    agreement: str
    target: str
    metric: str


@dataclass(slots=True)
class Tally:
    """Outcomes counted. `worked` has the seconds of each cycle that stopped, by budget in `stops`."""

    met: int = 0
    breached: int = 0
    cancelled: int = 0
    open: int = 0
    stops: dict[str, "Stops"] = field(default_factory=dict)

    def add(self, cycle: Cycle) -> None:
        """Count one cycle."""
        setattr(self, cycle.outcome, getattr(self, cycle.outcome) + 1)
        if cycle.outcome in ("met", "breached"):
            self.stops.setdefault(_budget(cycle), Stops()).add(cycle.worked)

    def merge(self, other: "Tally") -> None:
        """Count what another has counted, too."""
        self.met += other.met
        self.breached += other.breached
        self.cancelled += other.cancelled
        self.open += other.open
        for budget, stops in other.stops.items():
            self.stops.setdefault(budget, Stops()).merge(stops)

    @property
    def attainment(self) -> float | None:
        """The share of those met among those met or breached; None where there is neither."""
        return self.met / self.decided if self.decided else None

    @property
    def decided(self) -> int:
        """How many were met or breached."""
        return self.met + self.breached


@dataclass(slots=True)
class Stops:
    """How long each cycle took to its stop, in seconds, and how many breached without ever stopping."""

    worked: list[int] = field(default_factory=list)
    never: int = 0

    def add(self, worked: int | None) -> None:
        if worked is None:
            self.never += 1
        else:
            self.worked.append(worked)

    def merge(self, other: "Stops") -> None:
        self.worked += other.worked
        self.never += other.never

    @property
    def cycles(self) -> int:
        """Those that stopped, and those that any budget would have lost."""
        return len(self.worked) + self.never

    def tightest(self, share: int) -> int | None:
        """The smallest budget, in seconds, that at least `share` per cent of the cycles would have kept.

        By nearest rank, so that it is the time that one of them really took. None where so many never
        stopped that no budget would do, or where there is nothing to judge by.

        >>> Stops([60, 120, 180, 240], never=1).tightest(60)
        180
        """
        rank = -(-share * self.cycles // 100)
        return sorted(self.worked)[rank - 1] if 0 < rank <= len(self.worked) else None


def _budget(cycle: Cycle) -> str:
    return BY_DATE if parse_duration(cycle.budget).on else cycle.budget


Tallies = dict[Promise, Tally]


def count(tallies: Tallies, cycles: Iterable[Cycle]) -> None:
    """Count cycles, each for its own promise."""
    for cycle in cycles:
        tallies.setdefault(Promise(cycle.agreement, cycle.target, cycle.metric), Tally()).add(cycle)


def merge(tallies: Tallies, others: Mapping[Promise, Tally]) -> None:
    """Count what others have counted, too."""
    for promise, tally in others.items():
        tallies.setdefault(promise, Tally()).merge(tally)


def together(stops: Iterable[Stops]) -> Stops:
    """The cycles of several budgets as one."""
    every = Stops()
    for each in stops:
        every.merge(each)
    return every
