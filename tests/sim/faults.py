"""What goes wrong, and where: a function of the seed and of the name of the place.

A place is one call of one attempt of one worker: `timer resolution #3, 2:TransactWriteItems`. So one seed is
one run, and a fault that is taken out of a run leaves the others where they were.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# At a call. The client tries twice, as the functions' do; a fault spoils one try or both.
THROTTLED, FAILED, UNSENT = "throttled", "failed", "timed out before"  # without effect
UNANSWERED = "timed out after"  # it took effect, and the reply was lost
DIES_BEFORE, DIES_AFTER = "died before", "died after"  # the worker
CONFLICT = "conflict"  # a transaction met another one
SLOW = "slow"
WITHOUT_EFFECT = frozenset({THROTTLED, FAILED, UNSENT})
AT_CALLS = (THROTTLED, FAILED, UNSENT, UNANSWERED, DIES_BEFORE, DIES_AFTER, SLOW)
AT_TRANSACTIONS = (*AT_CALLS, CONFLICT)
# Around a function.
LOST, TWICE, LATE, STARVED = "lost", "twice", "late", "killed"
AT_DELIVERIES = (TWICE, LATE)  # of the helpdesk: it tries again until it is answered
AT_SCHEDULES = (LOST, TWICE, LATE)
AT_BATCHES = (LOST, TWICE, LATE)
AT_QUEUES = (TWICE, LATE)  # which keep what they have until it is done
# Calls that are seldom made fail the more often.
_RARE = {f"Arm {operation}": 6 for operation in ("BatchGetItem", "Query", "TransactWriteItems")}
_RARE["Arm TransactWriteItems"] = 20
_LATER_TRY = re.compile(r" try [1-9]")


@dataclass
class Faults:
    """Draws faults, `odds` for each kind, until it is told to be calm.

    Where there is a `plan`, exactly its faults happen. Where they are `gentle`, only first tries fail, once
    each: whoever tries again succeeds. `counts` says how often each kind happened at each sort
    of place: the function and the operation.
    """

    seed: int
    odds: Mapping[str, float]
    plan: Mapping[str, str] | None = None
    gentle: bool = False
    calm: bool = False
    happened: dict[str, str] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: dict[str, tuple[str, ...]] | None = None
    _struck: set[str] = field(default_factory=set)

    def roll(self, what: str) -> float:
        """A number from 0 up to 1, the same whenever this is asked."""
        digest = blake2b(what.encode(), digest_size=6, key=b"%d" % self.seed).digest()
        return int.from_bytes(digest) / 2**48

    def at(self, place: str, sort: str, kinds: tuple[str, ...]) -> str | None:
        """What goes wrong at a place, of these kinds."""
        if self.places is not None:
            self.places[place] = kinds
        kind = self._drawn(place, sort, kinds) if self.plan is None else self.plan.get(place)
        if kind is not None:
            self.happened[place] = kind
            self._struck.add(place.partition(",")[0])
            self.counts[sort, kind] += 1
        return kind

    @property
    def kind(self) -> bool:
        """Whether nothing is to go wrong now."""
        return self.calm or not self.odds or self.plan is not None

    def both(self, place: str) -> bool:
        """Whether a fault at a place spoils the client's second try as well."""
        certain = self.gentle and place.startswith(
            "webhook"
        )  # what it can't store at once, it keeps for the auditor
        return not certain and self.roll(f"{place} again") < 0.5

    def _drawn(self, place: str, sort: str, kinds: tuple[str, ...]) -> str | None:
        if self.calm or not self.odds or (self.gentle and self._spared(place)):
            return None
        rest = self.roll(place) * self._scale(sort, kinds)
        for kind in kinds:
            rest -= self.odds.get(kind, 0.0)
            if rest < 0:
                return kind
        return None

    def _scale(self, sort: str, kinds: tuple[str, ...]) -> float:
        """What is seldom asked fails the more often, four times of five at most: each kind has its turn."""
        total = sum(self.odds.get(kind, 0.0) for kind in kinds)
        return max(1 / _RARE[sort], 1.25 * total) if sort in _RARE else 1.0

    def _spared(self, place: str) -> bool:
        return bool(_LATER_TRY.search(place)) or place.partition(",")[0] in self._struck
