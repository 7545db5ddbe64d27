"""History told again: what the same inputs give when the engine is woken at every moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from operator import attrgetter

from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.casework import says_nothing
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
    entered, tickets = _by_ticket(sorted(given, key=arrived_at))
    if until is None:
        known = [*entered, *(each for inputs in tickets for each in inputs)]
        until = max(map(arrived_at if arrival else _happened_at, known), default=None)
    if until is None:
        return
    agreements = replace(agreements, exclusions=(*agreements.exclusions, *entered)) if entered else agreements
    told: list[Fact] = []
    for inputs in tickets:
        told += live(_with(entered, inputs), agreements, until, arrival=arrival).told
    yield from sorted(told, key=attrgetter("at"))


def live(
    inputs: Sequence[Given], agreements: Agreements, until: datetime, *, arrival: bool = False
) -> "Life":
    """Live through one ticket's inputs, in the order of arrival, up to and including `until`."""
    life = Life(agreements)
    ordered = map(not_ahead, inputs) if arrival else sorted(inputs, key=attrgetter("position"))
    for each in ordered:
        now = arrived_at(each) if arrival else each.position[0]
        if now > until:
            break
        life.pass_time(now)
        life.take(each, now)
    life.pass_time(until, inclusive=True)
    if life.early and not arrival:
        life.take_early(live(inputs, agreements, until, arrival=True).log, until)
    return life


@dataclass(slots=True)
class Life:
    """One ticket's life: the ticket as it stands, its log, and the facts in the order of telling.

    `early` are the entries of cases that said nothing in their place.
    """

    agreements: Agreements
    ticket: Ticket | None = None
    log: list[Given] = field(default_factory=list)
    told: list[Fact] = field(default_factory=list)
    early: list[CaseEntry] = field(default_factory=list)

    def pass_time(self, until: datetime, *, inclusive: bool = False) -> None:
        """Wake at every moment before `until` (or at it)."""
        while self.ticket is not None and (moments := self.ticket.next_moments):
            moment = min(moments.values())
            if moment > until or (moment == until and not inclusive):
                return
            self._keep(self._decided(_WAKE, moment))

    def take(self, given: Given, now: datetime) -> None:
        """Fold an input in; what concerns another ticket, or one that nobody has heard of, says nothing."""
        if self.ticket is None and not isinstance(given, TicketEvent):
            return
        if isinstance(given, Exclusion) and not self._concerned(given):
            return
        decision = self._decided(given, now)
        if isinstance(given, CaseEntry) and not self._is_told(given, decision):
            self.early.append(given)
        else:
            self._keep(decision, given)

    def take_early(self, arrived: Sequence[Given], now: datetime) -> None:
        """Take those entries again that said nothing in their place, but did as they `arrived`.

        The telling that they are about is one that is known better by now; the breach has its case.
        """
        for given in self.early:
            if given in arrived:
                decision = self._decided(given, now)
                if not says_nothing(given, decision.facts):
                    self._keep(decision, given)

    def _concerned(self, given: Exclusion) -> bool:
        return self.ticket is not None and given.matches(self.ticket.attributes, self.ticket.ticket_id)

    def _is_told(self, given: CaseEntry, decision: Decision) -> bool:
        """Whether an entry says something, of a telling that was by then: nobody could name another one."""
        if says_nothing(given, decision.facts):
            return False
        return any(fact.key == given.breach for fact in chain(self.told, decision.facts))

    def _decided(self, given: Given | Wake, now: datetime) -> Decision:
        decision = decide(self.ticket, given, self.agreements, now)
        if isinstance(decision, NeedsHistory):
            decision = decide(self.ticket, given, self.agreements, now, History(self.log, self.told))
            assert isinstance(decision, Decision), "it has the history"  # noqa: S101  (for the type checker)
        return decision

    def _keep(self, decision: Decision, given: Given | None = None) -> None:
        self.ticket = decision.ticket
        self.told += decision.facts
        if given is not None:
            self.log.append(given)


def _happened_at(given: Given) -> datetime:
    return given.position[0]


def arrived_at(given: Given) -> datetime:
    """When an input reached us; what people do reaches us when they do it."""
    return given.received_at if isinstance(given, TicketEvent) else given.position[0]


def once(given: Iterable[Given]) -> list[Given]:
    """The inputs, each once: of two with the same id the first that is given counts (rule 28)."""
    entered, tickets = _by_ticket(given)
    return [*entered, *(each for inputs in tickets for each in inputs)]


def _by_ticket(given: Iterable[Given]) -> tuple[list[Exclusion], list[list[Given]]]:
    """The exclusions, which are every ticket's, and the other inputs of each ticket, each once."""
    entered: dict[str, Exclusion] = {}
    tickets: dict[tuple[str, str, str], dict[str, Given]] = {}
    for each in given:
        if isinstance(each, Exclusion):
            entered.setdefault(each.id, each)
        else:
            tickets.setdefault((each.subject, each.account, each.ticket_id), {}).setdefault(each.id, each)
    return list(entered.values()), [list(inputs.values()) for inputs in tickets.values()]


def _with(entered: Sequence[Exclusion], inputs: list[Given]) -> list[Given]:
    """A ticket's inputs, the exclusions that may concern it among them."""
    if not entered:
        return inputs
    first = inputs[0]
    its = [each.on(first.ticket_id, first.subject) for each in entered if each.concerns(first.account)]
    return sorted([*inputs, *its], key=arrived_at)
