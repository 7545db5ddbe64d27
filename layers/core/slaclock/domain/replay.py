"""History told again: what the same inputs give when the engine is woken at every moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from slaclock.domain.choosing import Agreements
from slaclock.domain.decide import Decision, History, NeedsHistory, decide
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import Fact
from slaclock.domain.inputs import Given, Wake, not_ahead
from slaclock.domain.ticket import Ticket

_WAKE = Wake("replay")


def replay(
    given: Iterable[Given], agreements: Agreements, until: datetime | None = None, *, arrival: bool = False
) -> Iterator[Fact]:
    """Tell every fact up to and including `until` (the last input), by `at`, then cause before effect.

    Inputs are folded in the order of their times; with `arrival` as they arrived, and then what was told and
    withdrawn on the way is told, too. Of two with the same id the first to arrive counts (rule 28).
    """
    arrived = once(sorted(given, key=arrived_at))
    if not arrived:
        return
    until = until or max((arrived_at if arrival else _happened_at)(each) for each in arrived)
    agreements, tickets = _with_exclusions(arrived, agreements)
    lives = [live(inputs, agreements, until, arrival=arrival).told for inputs in tickets]
    yield from sorted((fact for facts in lives for fact in facts), key=lambda fact: fact.at)


def live(
    inputs: Sequence[Given], agreements: Agreements, until: datetime, *, arrival: bool = False
) -> "Life":
    """Live through one ticket's inputs, in the order of arrival, up to and including `until`."""
    life = Life(agreements)
    ordered = map(not_ahead, inputs) if arrival else sorted(inputs, key=lambda each: each.position)
    for each in ordered:
        now = arrived_at(each) if arrival else _happened_at(each)
        if now > until:
            break
        life.pass_time(now)
        life.take(each, now)
    life.pass_time(until, inclusive=True)
    return life


@dataclass(slots=True)
class Life:
    """One ticket's life: the ticket as it stands, its log, and the facts in the order of telling."""

    agreements: Agreements
    ticket: Ticket | None = None
    log: list[Given] = field(default_factory=list)
    told: list[Fact] = field(default_factory=list)

    def pass_time(self, until: datetime, *, inclusive: bool = False) -> None:
        """Wake at every moment before `until` (or at it)."""
        while self.ticket is not None and (moments := self.ticket.next_moments):
            moment = min(moments.values())
            if moment > until or (moment == until and not inclusive):
                return
            self._decide(_WAKE, moment)

    def take(self, given: Given, now: datetime) -> None:
        """Fold an input in; what concerns another ticket, or one that nobody has heard of, says nothing."""
        if self._concerns(given):
            self._decide(given, now)
            self.log.append(given)

    def _concerns(self, given: Given) -> bool:
        if self.ticket is None or not isinstance(given, Exclusion):
            return self.ticket is not None or isinstance(given, TicketEvent)
        return given.matches(self.ticket.attributes, self.ticket.ticket_id)

    def _decide(self, given: Given | Wake, now: datetime) -> None:
        decision = decide(self.ticket, given, self.agreements, now)
        if isinstance(decision, NeedsHistory):
            decision = decide(self.ticket, given, self.agreements, now, History(self.log, self.told))
        assert isinstance(decision, Decision), "it has the history"  # noqa: S101  (for the type checker)
        self.ticket = decision.ticket
        self.told += decision.facts


def _happened_at(given: Given) -> datetime:
    return given.position[0]


def arrived_at(given: Given) -> datetime:
    """When an input reached us; what people do reaches us when they do it."""
    return given.received_at if isinstance(given, TicketEvent) else given.position[0]


def _subject(given: Given) -> tuple[str, str, str]:
    return given.subject, given.account, given.ticket_id


def once(given: Iterable[Given]) -> list[Given]:
    """The inputs, each once: of two with the same id the first that is given counts (rule 28)."""
    first: dict[tuple[tuple[str, str, str], str], Given] = {}
    for each in given:
        first.setdefault((_subject(each), each.id), each)
    return list(first.values())


def _with_exclusions(
    given: Sequence[Given], agreements: Agreements
) -> tuple[Agreements, Iterable[list[Given]]]:
    """The inputs by ticket; an exclusion is an input of every ticket, and known to those that come later."""
    entered = tuple(each for each in given if isinstance(each, Exclusion))
    tickets: dict[tuple[str, str, str], list[Given]] = {}
    for each in given:
        if not isinstance(each, Exclusion):
            tickets.setdefault(_subject(each), []).append(each)
    if not entered:
        return agreements, tickets.values()
    for inputs in tickets.values():
        first = inputs[0]
        inputs += [
            each.on(first.ticket_id, first.subject) for each in entered if each.concerns(first.account)
        ]
        inputs.sort(key=arrived_at)
    return replace(agreements, exclusions=(*agreements.exclusions, *entered)), tickets.values()
