"""History told again: what the same inputs give when the engine is woken at every moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from slaclock.domain.agreement import Agreements
from slaclock.domain.decide import Decision, History, NeedsHistory, decide
from slaclock.domain.events import Given, TicketEvent, Wake, not_ahead
from slaclock.domain.facts import Fact, subject_key
from slaclock.domain.ticket import Ticket

_WAKE = Wake("replay")


def replay(
    given: Iterable[Given], agreements: Agreements, until: datetime | None = None, *, arrival: bool = False
) -> Iterator[Fact]:
    """Tell every fact up to and including `until` (the last input), by `at`, then cause before effect.

    Inputs are folded in the order of their times; with `arrival` as they arrived, and then what was told and
    withdrawn on the way is told, too. Of two with the same id the first to arrive counts (rule 28).
    """
    arrived = _once(sorted(given, key=_arrived_at))
    if not arrived:
        return
    until = until or max((_arrived_at if arrival else _happened_at)(each) for each in arrived)
    lives = [_live(inputs, agreements, until, arrival=arrival) for inputs in _by_ticket(arrived)]
    yield from sorted((fact for facts in lives for fact in facts), key=lambda fact: fact.at)


def _live(inputs: Sequence[Given], agreements: Agreements, until: datetime, *, arrival: bool) -> list[Fact]:
    """Live through one ticket's inputs, and give the facts in the order of telling."""
    life = _Life(agreements)
    ordered = map(not_ahead, inputs) if arrival else sorted(inputs, key=lambda each: each.position)
    for each in ordered:
        now = _arrived_at(each) if arrival else _happened_at(each)
        if now > until:
            break
        life.pass_time(now)
        life.take(each, now)
    life.pass_time(until, inclusive=True)
    return life.told


@dataclass(slots=True)
class _Life:
    agreements: Agreements
    ticket: Ticket | None = None
    log: list[Given] = field(default_factory=list)
    told: list[Fact] = field(default_factory=list)

    def pass_time(self, until: datetime, *, inclusive: bool = False) -> None:
        """Wake at every moment before `until` (or at it)."""
        while self.ticket and (moments := self.ticket.next_moments):
            moment = min(moments.values())
            if moment > until or (moment == until and not inclusive):
                return
            self._decide(_WAKE, moment)

    def take(self, given: Given, now: datetime) -> None:
        """Fold an input in. An acknowledgement of a ticket that nobody has heard of says nothing."""
        if self.ticket or isinstance(given, TicketEvent):
            self._decide(given, now)
            self.log.append(given)

    def _decide(self, given: Given | Wake, now: datetime) -> None:
        decision = decide(self.ticket, given, self.agreements, now)
        if isinstance(decision, NeedsHistory):
            decision = decide(self.ticket, given, self.agreements, now, History(self.log, self.told))
        assert isinstance(decision, Decision), "it has the history"  # noqa: S101  (for the type checker)
        self.ticket = decision.ticket
        self.told += decision.facts


def _happened_at(given: Given) -> datetime:
    return given.position[0]


def _arrived_at(given: Given) -> datetime:
    return given.received_at if isinstance(given, TicketEvent) else given.at


def _subject(given: Given) -> str:
    return subject_key(given.subject, given.account, given.ticket_id)


def _once(given: Iterable[Given]) -> list[Given]:
    first: dict[tuple[str, str], Given] = {}
    for each in given:
        first.setdefault((_subject(each), each.id), each)
    return list(first.values())


def _by_ticket(given: Iterable[Given]) -> list[list[Given]]:
    tickets: dict[str, list[Given]] = {}
    for each in given:
        tickets.setdefault(_subject(each), []).append(each)
    return list(tickets.values())
