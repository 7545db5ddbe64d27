"""A ticket store that is watched, and that may be rehearsed with: then nothing of it is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from slaclock.domain.decide import History
from slaclock.domain.logged import given_to_json
from slaclock.evidence.canonical import content_hash
from slaclock.store.commit import Commit, Loaded, Saved
from slaclock.store.contract import TicketStore
from slaclock.store.keys import subject_of
from slaclock.store.life import StoredLife, Told

Life = tuple[Saved | None, History, Mapping[str, str]]


@dataclass(slots=True)
class Rehearsal(TicketStore):
    """Notes each commit, and passes it on where `write` is true; else it is remembered as if it had been."""

    inner: TicketStore
    note: Callable[[Commit], None]
    write: bool = True
    _lives: dict[str, Life] = field(default_factory=dict)

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Loaded:
        if subject not in self._lives:
            return self.inner.load(subject, input_id, people)
        saved, _, hashes = self._lives[subject]
        return Loaded(saved, input_id in hashes)

    def history(self, subject: str) -> tuple[History, Mapping[str, str]]:
        if subject not in self._lives:
            return self.inner.history(subject)
        _, history, hashes = self._lives[subject]
        return history, hashes

    def commit(self, commit: Commit) -> Saved:
        saved = self.inner.commit(commit) if self.write else self._remembered(commit)
        self.note(commit)
        return saved

    def told(self, subject: str) -> list[Told]:
        return self.inner.told(subject)

    def life(self, subject: str) -> StoredLife:
        return self.inner.life(subject)

    def overdue(self, before: datetime, since: datetime | None = None) -> Iterator[str]:
        return self.inner.overdue(before, since)

    def subjects(self, account: str) -> Iterator[str]:
        return self.inner.subjects(account)

    def _remembered(self, commit: Commit) -> Saved:
        subject = subject_of(commit.ticket)
        history, hashes = self.history(subject)
        saved = replace(commit.before or Saved(commit.ticket), ticket=commit.ticket)
        told = History([*history.given, *commit.inputs], [*history.facts, *commit.facts])
        logged = {each.id: content_hash(given_to_json(each)) for each in commit.inputs}
        self._lives[subject] = saved, told, {**hashes, **logged}
        return saved
