"""One input for every ticket that it concerns: how an admin command reaches them, by the ordinary path."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from slaclock.domain.decide import History
from slaclock.domain.facts import Fact, split_id, subject_key
from slaclock.domain.inputs import Given
from slaclock.domain.ticket import Ticket
from slaclock.store.caching import CachedAgreements
from slaclock.store.commit import Commit, Loaded, Saved
from slaclock.store.contract import TicketStore
from slaclock.store.errors import StoreUnavailableError, WriteConflictError
from slaclock.store.life import StoredLife, Told
from slaclock.workflow import Workflow


@dataclass(slots=True)
class Fed:
    """What a sweep found and did: tickets looked at, those told now, what followed, and whom it failed with.

    `withdrawn` counts the told breaches that fell away by it.
    """

    looked_at: int = 0
    told: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def again(self, later: "Fed") -> "Fed":
        """Both sweeps together; a ticket that the later one told did not fail."""
        return Fed(
            looked_at=later.looked_at,
            told=self.told + later.told,
            facts=self.facts + later.facts,
            withdrawn=self.withdrawn + later.withdrawn,
            failed=later.failed,
        )


@dataclass(slots=True)
class Feeder:
    """Feeds inputs to stored tickets. With `write` false it says what would follow, and changes nothing."""

    tickets: TicketStore
    agreements: CachedAgreements
    now: Callable[[], datetime]
    write: bool = True

    def feed(self, subjects: Iterable[str], given_for: Callable[[Ticket], Given | None]) -> Fed:
        """Give each ticket its input, once; None means that it has none. One that fails stops no other."""
        fed = Fed()
        heard = _Listening(self.tickets, fed, self.write)
        workflow = Workflow(heard, self.agreements, self.now)
        for subject in subjects:
            try:
                saved = self.tickets.load(subject).saved
                fed.looked_at += saved is not None
                given = given_for(saved.ticket) if saved else None
                fed.told += given is not None and heard.told_by(workflow.take, given)
            except Exception as error:  # noqa: BLE001  (named at the end; it must not stop the others)
                fed.failed[subject] = f"{type(error).__name__}: {error}"
        return fed


@dataclass(slots=True)
class _Listening(TicketStore):
    """A ticket store that counts what is committed to it, and passes it on only where that is meant."""

    inner: TicketStore
    fed: Fed
    write: bool
    tried: Commit | None = None

    def told_by(self, take: Callable[[Given], bool], given: Given) -> bool:
        """Take an input; whether its ticket was told, which its log decides where nobody answered.

        A commit of which nothing was heard may have taken effect, and been found in the way of the next try.
        """
        self.tried = None
        try:
            if take(given):
                return True
        except (WriteConflictError, StoreUnavailableError):
            if self.tried is None or not self._kept(given):
                raise
        if self.tried is None:
            return False
        self._count(self.tried)
        return True

    def commit(self, commit: Commit) -> Saved:
        self.tried = commit
        saved = self.inner.commit(commit) if self.write else Saved(commit.ticket)
        self._count(commit)
        return saved

    def _kept(self, given: Given) -> bool:
        return self.inner.load(subject_key(given.subject, given.account, given.ticket_id), given.id).seen

    def _count(self, commit: Commit) -> None:
        self.fed.facts.update(fact.fact for fact in commit.facts)
        self.fed.withdrawn += sum(map(_withdraws_a_breach, commit.facts))

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Loaded:
        return self.inner.load(subject, input_id, people)

    def history(self, subject: str) -> tuple[History, Mapping[str, str]]:
        return self.inner.history(subject)

    def told(self, subject: str) -> list[Told]:
        return self.inner.told(subject)

    def life(self, subject: str) -> StoredLife:
        return self.inner.life(subject)

    def overdue(self, before: datetime, since: datetime | None = None) -> Iterator[str]:
        return self.inner.overdue(before, since)

    def subjects(self, account: str) -> Iterator[str]:
        return self.inner.subjects(account)


def _withdraws_a_breach(fact: Fact) -> bool:
    corrects: str | None = fact.details.get("corrects")
    return bool(corrects) and split_id(str(corrects))[1].startswith("clock_breached:")
