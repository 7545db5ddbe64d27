"""A ticket's life, decision by decision: each one that its chain records, taken again.

The same code makes the steps of a bundle and checks them. A decision is taken by what was known then: the log
so far, the agreements as they were known, and the time at which it was recorded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from slaclock.domain.choosing import Agreements
from slaclock.domain.decide import Decision, History, NeedsHistory, decide
from slaclock.domain.errors import SlaError
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import Fact, fact_from_json
from slaclock.domain.hushing import behind_until
from slaclock.domain.inputs import Given, Wake
from slaclock.domain.learning import open_ticket
from slaclock.domain.ticket import Ticket
from slaclock.evidence.commits import Commit, Link, commits_of, quiet_after
from slaclock.evidence.facing import unlike
from slaclock.evidence.known import Known


class Diverged(SlaError):
    """From this link on the chain is not what its log and agreements give: `detail` says how."""

    def __init__(self, seq: int, detail: str) -> None:
        super().__init__(f"link {seq}: {detail}")
        self.seq, self.detail = seq, detail


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: what it was taken for, what it told, the ticket after it. Without inputs, time passed."""

    at: datetime
    inputs: tuple[Link, ...]
    told: tuple[Link, ...]
    ticket: Ticket
    agreements: Agreements


@dataclass(frozen=True, slots=True)
class _State:
    """A ticket as it stood, its log, and what was told."""

    ticket: Ticket | None = None
    log: tuple[Given, ...] = ()
    told: tuple[Fact, ...] = ()


def steps(links: Sequence[Link], known: Known) -> Iterator[Step]:
    """Take every decision of a chain again; `Diverged` at the first that comes out otherwise."""
    commits, state = list(commits_of(links)), _State()
    for number in range(len(commits)):
        state, taken = _again(state, commits, number, known)
        yield from taken


def _again(state: _State, commits: Sequence[Commit], number: int, known: Known) -> tuple[_State, list[Step]]:
    """Take a decision as it is taken of one input, or of time; else as an import takes it, of many."""
    commit = commits[number]
    try:
        return _one_by_one(state, commit, known)
    except Diverged as diverged:
        if not commit.inputs or not all(isinstance(link.given, TicketEvent) for link in commit.inputs):
            raise
        return _imported(state, commits, number, known, diverged)


def _imported(
    state: _State, commits: Sequence[Commit], number: int, known: Known, diverged: Diverged
) -> tuple[_State, list[Step]]:
    """What an import makes of it, and of the next decision: one that does not fit is none of an import's."""
    commit, following = commits[number], commits[number + 1] if number + 1 < len(commits) else None
    for ends_are_news in (False, True):
        later = chain([replace(commit, inputs=())], islice(commits, number + 1, None))
        quiet = quiet_after(later, ends_are_news=ends_are_news)
        try:
            after, taken = _all_at_once(state, commit, quiet, known)
            if following and not following.inputs:
                _one_by_one(after, following, known)
        except Diverged:
            continue
        return after, taken
    raise diverged


def _one_by_one(state: _State, commit: Commit, known: Known) -> tuple[_State, list[Step]]:
    waiting, taken = commit.facts, []
    for link in commit.inputs:
        may_tell = waiting if link is commit.inputs[-1] else ()
        state, step = _decided(state, commit.at, link, may_tell, known)
        waiting = waiting[len(step.told) :]
        taken.append(step)
    return _time_passing(state, commit.at, waiting, known, taken)


def _all_at_once(state: _State, commit: Commit, quiet: datetime, known: Known) -> tuple[_State, list[Step]]:
    """What an import does: it logs its events, and has them folded afterwards."""
    given = [link.given for link in commit.inputs if isinstance(link.given, TicketEvent)]
    ticket = behind_until(state.ticket or open_ticket(given[0]), quiet)
    logged = _State(ticket, (*state.log, *given), state.told)
    taken = [Step(commit.at, commit.inputs, (), ticket, known.at(commit.at, ticket))]
    return _time_passing(logged, commit.at, commit.facts, known, taken)


def _time_passing(
    state: _State, at: datetime, waiting: Sequence[Link], known: Known, taken: list[Step]
) -> tuple[_State, list[Step]]:
    """Wake the ticket until all is told that was recorded at this instant."""
    while waiting:
        state, step = _decided(state, at, None, waiting, known)
        if not step.told:
            raise Diverged(waiting[0].seq, f"nothing is told here, and {_key(waiting[0])} was")
        waiting = waiting[len(step.told) :]
        taken.append(step)
    return state, taken


def _decided(
    state: _State, at: datetime, link: Link | None, recorded: Sequence[Link], known: Known
) -> tuple[_State, Step]:
    """Decide once; what is told must be how what was recorded goes on."""
    given = _wake(recorded, state.log) if link is None or link.given is None else link.given
    as_of = (given.agreements_at if isinstance(given, TicketEvent) else None) or at
    agreements, seq = known.at(as_of, state.ticket), link.seq if link else recorded[0].seq
    decision = _decide(state, given, agreements, at, seq)
    told = tuple(recorded[: len(decision.facts)])
    for fact, was in zip(decision.facts, told, strict=False):
        if reason := unlike(fact, was.fact):
            raise Diverged(was.seq, reason)
    if len(told) < len(decision.facts):
        missing = decision.facts[len(told)].key
        raise Diverged(told[-1].seq if told else seq, f"{missing} follows from it, and is not there")
    log = state.log if isinstance(given, Wake) else (*state.log, given)
    after = _State(decision.ticket, log, (*state.told, *decision.facts))
    return after, Step(at, (link,) if link else (), told, decision.ticket, agreements)


def _decide(state: _State, given: Given | Wake, agreements: Agreements, at: datetime, seq: int) -> Decision:
    try:
        decision = decide(state.ticket, given, agreements, at)
        if isinstance(decision, NeedsHistory):
            decision = decide(state.ticket, given, agreements, at, History(state.log, state.told))
    except (SlaError, LookupError, ValueError, OverflowError, StopIteration) as error:
        raise Diverged(seq, f"it can't be folded: {type(error).__name__}: {error}") from None
    assert isinstance(decision, Decision), "it has the history"  # noqa: S101  (for the type checker)
    return decision


def _wake(recorded: Sequence[Link], log: Sequence[Given]) -> Wake:
    """The wake that told these facts: who noticed is theirs to say, and which input was behind it."""
    by = next((link.fact["detected_by"] for link in recorded if "detected_by" in link.fact), "timer")
    ids = {each.id for each in log}
    because = (link.fact.get("cause") for link in recorded if link.fact["fact"] == "outcome_corrected")
    return Wake(str(by), next((cause for cause in because if cause in ids), ""))


def _key(link: Link) -> str:
    return fact_from_json(link.fact).key
