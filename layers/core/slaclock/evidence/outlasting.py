"""What a day's last rollup knows and its rows tell no more: retention removes rows, not what they counted."""

from collections.abc import Iterable, Sequence

from slaclock.domain.facts import cycle_of, split_id
from slaclock.evidence.cycles import Cycle, Rating, Row, cycles, ratings
from slaclock.evidence.rollup import Rollup


def with_outlasting(rows: Sequence[Row], last: Iterable[Rollup]) -> tuple[list[Cycle], list[Rating]]:
    """The cycles and ratings that rows tell of, and those of the last version whose own row is gone.

    A row is only ever removed by retention. A cycle stays as it was counted last, unless rows that are left
    withdraw its outcome or tell another one.
    """
    found, given = list(cycles(rows)), list(ratings(rows))
    there = {row.fact.id for row in rows} | {row.fact.details.get("corrects") for row in rows}
    anew = {_of(each.id) for each in found}
    for rollup in last:
        found += (each for each in rollup.cycles() if each.id not in there and _of(each.id) not in anew)
        given += (each for each in rollup.ratings if each.id not in there)
    return found, given


def _of(outcome: str) -> tuple[str, str]:
    """The subject's key of an outcome's id, and the lane and cycle."""
    subject, key = split_id(outcome)
    return subject, cycle_of(key)
