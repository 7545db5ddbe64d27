"""The auditor's sweep: what is overdue, unannounced or in quarantine goes through the ordinary path again."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slaclock.announcing import Announcer
from slaclock.intake import UNAVAILABLE, Intake
from slaclock.workflow import Workflow

OVERDUE = timedelta(minutes=2)
UNANNOUNCED = timedelta(minutes=5)
MOST_REPLAYS = 200  # deliveries a sweep; the next one goes on
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep caught, and what it could not put right."""

    woken: int = 0
    announced: int = 0
    replayed: int = 0
    refused: int = 0
    failed: int = 0


@dataclass(slots=True)
class Auditor:
    """Looks for what a lost schedule, stream record or write left behind. Its cost follows what it finds."""

    workflow: Workflow
    announcer: Announcer
    intake: Intake

    def sweep(self) -> Swept:
        """Put right what is left behind; what fails is left for the next sweep, and counted."""
        now, outbox = self.workflow.now(), self.announcer.outbox
        overdue = self.workflow.tickets.overdue(now - OVERDUE)
        woken, unwoken = _each(overdue, lambda subject: self.workflow.wake(subject, "auditor"))
        announced, unannounced = _each(outbox.waiting(now - UNANNOUNCED), self.announcer.announce)
        results, unread = _each(self.intake.quarantine.waiting("table", MOST_REPLAYS), self._replay)
        failed = unwoken + unannounced + unread
        return Swept(len(woken), len(announced), results.count(True), results.count(False), failed)

    def _replay(self, key: str) -> bool:
        """Put a delivery through again; False where it can't be taken, and is kept for a person."""
        kept, applied = self.intake.quarantine.read(key), True
        try:
            self.intake.apply(kept)
        except UNAVAILABLE:
            raise
        except Exception as error:  # noqa: BLE001  (not for every sweep again)
            self.intake.set_aside(kept, error)
            applied = False
        self.intake.quarantine.release(key)
        return applied


def _each(found: Iterable[Any], step: Callable[[Any], Any]) -> tuple[list[Any], int]:
    """The results of a step over all that was found, and how often it failed: one never stops the others."""
    results, failed = [], 0
    try:
        for each in found:
            try:
                results.append(step(each))
            except Exception:  # noqa: BLE001  (logged and counted)
                _log.exception("the auditor could not put something right")
                failed += 1
    except Exception:  # noqa: BLE001  (logged and counted)
        _log.exception("the auditor could not look")
        failed += 1
    return results, failed
