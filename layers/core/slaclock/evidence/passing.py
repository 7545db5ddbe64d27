"""Seals that were passed over, and the seal that stands in the place of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from slaclock.evidence.seal import is_within


@dataclass(slots=True)
class Passed:
    """The days whose seals count for none, by one rule for whoever seals, checks or proves.

    A seal counts unless a later one that counts rejects its day. That one stands in its place: it has, as
    late, all rows of the day and what was late in the day's own seal, and the heads of the tickets that were
    last saved on it. So seals are noted from the latest back, and only those that no noted one rejects.
    """

    _passing: list[Mapping[str, Any]] = field(default_factory=list)

    def note(self, seal: Mapping[str, Any]) -> None:
        """Note a seal that counts, or what of it is known before it is made: `day`, `rejected`."""
        if seal.get("rejected"):
            self._passing.append(seal)

    def by(self, day: date) -> date | None:
        """The day of the seal that passes over a day's; None where none that was noted does."""
        later = (each for each in self._passing if day.isoformat() < each["day"])
        found = next((each["day"] for each in later if is_within(day, each["rejected"])), None)
        return date.fromisoformat(found) if found else None
