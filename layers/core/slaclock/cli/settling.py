"""What follows from another retention or hold: tickets and rows of an account get their new ends."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slaclock.cli import deployed
from slaclock.domain.facts import subject_key
from slaclock.store.errors import WriteConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from slaclock.domain.keeping import Keeping
    from slaclock.wiring import Wiring

_TRIES = 5


@dataclass(slots=True)
class Settling:
    """Two sweeps over what is stored of an account, or of one ticket; what was not meant is left as it is.

    Functions go by what they read before for up to a minute, and may write an end by it: hence the second.
    """

    wiring: Wiring
    account: str
    ticket_id: str | None
    rest: Callable[[float], None] = time.sleep
    tickets: int = 0
    rows: int = 0

    def run(self, settle: float) -> None:
        """Sweep, wait, sweep again, and write how many tickets and rows have another end by now."""
        self._sweep()
        if settle:
            sys.stderr.write(f"waiting for {settle:g} s, then looking again: {_WHY}\n")
            self.rest(settle)
            self._sweep()
        sys.stdout.write(f"tickets whose log ends otherwise: {self.tickets}\n")
        sys.stdout.write(f"ledger rows that end otherwise: {self.rows}\n")

    def _sweep(self) -> None:
        store, keeping = self.wiring.store, self.wiring.store.keeping(self.account)
        watched = deployed.Sweeps(0).watched(self._subjects())
        self.tickets += sum(self._placed(subject, keeping) for subject in watched)
        for row in store.row_ends(self.account, self.ticket_id):
            wanted = keeping.row_until(row.ticket_id, row.recorded_at)
            if _seconds(wanted) != _seconds(row.ends_at):
                store.set_row_end(row, wanted)
                self.rows += 1

    def _subjects(self) -> Iterator[str]:
        if self.ticket_id is None:
            yield from self.wiring.store.subjects(self.account)
        else:
            yield subject_key("ticket", self.account, self.ticket_id)

    def _placed(self, subject: str, keeping: Keeping) -> bool:
        for _ in range(_TRIES):
            try:
                return self.wiring.forgetter.place(subject, keeping)
            except WriteConflictError:  # somebody decided meanwhile, and most likely placed it so
                continue
        return self.wiring.forgetter.place(subject, keeping)


_WHY = "functions go by the retention and holds that they read before for up to a minute"


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
