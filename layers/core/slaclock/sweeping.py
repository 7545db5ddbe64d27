"""The auditor's sweep: what is overdue, unannounced or in quarantine goes through the ordinary path again."""

import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

from slaclock.announcing import Announcer
from slaclock.domain.facts import named_under
from slaclock.forgetting import Forgetter
from slaclock.in_turn import InTurn
from slaclock.intake import UNAVAILABLE, Intake
from slaclock.problems import fault
from slaclock.workflow import Workflow

OVERDUE = timedelta(minutes=2)
UNANNOUNCED = timedelta(minutes=5)
LASTS = 160.0  # seconds; what was begun by then is brought to its end
MOST = 10_000  # of each kind that one sweep looks at; where there are more …
RECENT = timedelta(hours=1)  # … as many again of those left behind within the last hour
MOST_LOGS = 500  # of tickets, that one sweep removes
MOST_LOGGED = 20  # failures of each kind; the others are counted
_log = logging.getLogger(__name__)
_T = TypeVar("_T", bound=Hashable)


class StillOverdueError(Exception):
    """A clock was woken, and is as overdue as it was: no sweep will put that right."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep caught, could not put right, and had no time for."""

    woken: int = 0  # tickets with clocks that no schedule had woken
    announced: int = 0  # facts that nobody had been told
    replayed: int = 0  # deliveries that the table could not take
    refused: int = 0  # deliveries that can't be taken, set aside for a person
    failed: int = 0
    left: int = 0  # at least; the next sweep goes on
    forgotten: int = 0  # tickets whose log was removed, or a part of it

    @property
    def clean(self) -> bool:
        """Whether nothing is left behind by now."""
        return not (self.refused or self.failed or self.left)


@dataclass(slots=True)
class Auditor:
    """Looks for what a lost schedule, stream record or write left behind. Its cost follows what it finds."""

    workflow: Workflow
    announcer: Announcer
    intake: Intake
    forgetter: Forgetter

    def sweep(self, lasts: float = LASTS) -> Swept:
        """Put right what is left behind, and end after `lasts` seconds; the next sweep does the rest.

        Deliveries come before clocks, since one may say that a deadline was met, and clocks before facts; but
        each gets a third of the time, or more where others need less. Within a kind the oldest come first.
        What fails stops nothing else, and is counted. Logs that are not kept any more are removed in what
        time is left, some hundreds at most: nobody waits for that.
        """
        elapsed, now = self.workflow.elapsed, self.workflow.now()
        overdue, unannounced = now - OVERDUE, now - UNANNOUNCED
        quarantine, in_turn = self.intake.quarantine, InTurn(self.announcer)
        kinds: list[_Kind[Any]] = [
            _Kind(
                "delivery", lambda _, since=None: quarantine.waiting("table", since), now, self._replay, _kept
            ),
            _Kind("clock", self.workflow.tickets.overdue, overdue, partial(self._wake, overdue), _subject),
            _Kind("fact", in_turn.waiting, unannounced, in_turn.announce, in_turn.named),
        ]
        until = elapsed() + lasts
        _share(kinds, elapsed, until)
        ended = _Kind("log", self._ended, now, self._forget, _subject)
        _share([ended], elapsed, until)
        done = sum((kind.done for kind in [*kinds, ended]), Counter[str]())
        return Swept(**done, left=sum(kind.left for kind in kinds))

    def _wake(self, overdue: datetime, subject: str) -> str | None:
        if self.workflow.wake(subject, "auditor"):
            return "woken"
        saved = self.workflow.tickets.load(subject).saved
        if saved and any(arming.at < overdue for arming in saved.wakes.values()):
            raise StillOverdueError(subject)
        return None  # somebody else woke it meanwhile

    def _ended(self, _before: datetime, _since: datetime | None = None) -> Iterator[str]:
        return islice(self.forgetter.ended(), MOST_LOGS)

    def _forget(self, subject: str) -> str | None:
        return "forgotten" if self.forgetter.forget(subject) else None

    def _replay(self, key: str) -> str | None:
        """Put a delivery through again; where it can't be taken, it is kept for a person."""
        became = "replayed"
        try:
            kept = self.intake.quarantine.read(key)
        except ValueError as error:
            self.intake.quarantine.set_apart(key)
            return _refused(key, error)
        if kept is None:  # somebody else replayed it meanwhile
            return None
        try:
            self.intake.apply(kept)
        except UNAVAILABLE:
            raise
        except Exception as error:  # noqa: BLE001  (not for every sweep again)
            self.intake.set_aside(kept, error)
            became = _refused(key, error)
        self.intake.quarantine.release(key)
        return became


def _refused(key: str, error: Exception) -> str:
    _log.error("a delivery was set aside: %s", type(error).__name__, extra=_kept(key))
    return "refused"


def _kept(key: str) -> dict[str, str]:
    return {"delivery": key}


def _subject(subject: str) -> dict[str, str]:
    return {"subject": subject, **named_under(subject)}


@dataclass(eq=False, slots=True)
class _Kind(Generic[_T]):
    """One kind of what may be left behind, and what became of it: each outcome counted by its name."""

    name: str
    find: Callable[..., Iterable[_T]]  # what was left behind before an instant, and since another
    before: datetime
    mend: Callable[[_T], str | None]
    named: Callable[[_T], dict[str, str]]  # the ids that a log says of one
    done: Counter[str] = field(default_factory=Counter)
    line: deque[_T] | None = None
    cut: bool = False  # whether there were more than were looked at

    @property
    def left(self) -> int:
        """How many are known to wait; one where nobody could look yet."""
        return 1 if self.line is None else len(self.line) + self.cut

    def step(self) -> bool:
        """Look, or put one right; False where nothing is left to do."""
        if self.line is None:
            self.line = deque(dict.fromkeys(self._looked()))
        elif self.line:
            self._mend(self.line, self.line.popleft())
        return bool(self.line)

    def _looked(self) -> list[_T]:
        """The oldest first; where there are many, also the latest, which must not wait for all those."""
        found: list[_T] = []
        try:
            found += islice(self.find(self.before), MOST)
            if len(found) == MOST:
                recent = list(islice(self.find(self.before, self.before - RECENT), MOST))
                self.cut = len(recent) == MOST
                found += recent
        except Exception as error:  # noqa: BLE001  (logged and counted)
            self._failed("looked for", error, {})
        return found

    def _mend(self, line: deque[_T], each: _T) -> None:
        try:
            outcome = self.mend(each)
        except Exception as error:  # noqa: BLE001  (logged and counted)
            self._failed("put right", error, self.named(each))
            # Go on anywhere: what can never be put right is soon the oldest of all, and blocks nobody.
            line.rotate(-random.randrange(len(line) + 1))  # noqa: S311  (no secret)
        else:
            self.done.update([outcome] if outcome else ())

    def _failed(self, what: str, error: Exception, named: Mapping[str, str]) -> None:
        self.done["failed"] += 1
        if self.done["failed"] <= MOST_LOGGED:
            _log.error("a %s could not be %s: %s", self.name, what, fault(error), extra=named)


def _share(kinds: Sequence[_Kind[Any]], elapsed: Callable[[], float], until: float) -> None:
    """Give each kind in turn its part of the time there is, and what they leave to those that need more."""
    while kinds and elapsed() < until:
        for others, kind in zip(range(len(kinds), 0, -1), kinds, strict=True):
            began = elapsed()
            while kind.step() and elapsed() < began + (until - began) / others:
                pass
        kinds = [kind for kind in kinds if kind.line]
