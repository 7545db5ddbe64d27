"""Goals that are counted in other units than their promises, and yet are due no sooner than they."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from slaclock.agreements.cases import Case, case_words, first_case, named_values, outcomes, tables_of
from slaclock.agreements.side import HOURS, Frozen, Side, Terms, terms_of
from slaclock.domain.durations import parse_duration
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class LateGoal:
    """A goal that some start makes due when its promise is, or after it."""

    target: str
    goal: str
    budget: str
    case: Case
    start: datetime
    timezone: str

    def __str__(self) -> str:
        """Say it for people, on the clocks of the agreement."""
        begun = f"{self.start.astimezone(zone(self.timezone)):%a %Y-%m-%d %H:%M} {self.timezone}"
        return (
            f"the goal {self.goal} is due no sooner than the budget {self.budget}{case_words(self.case)}: "
            f"so it is for a clock begun {begun}"
        )


def late_goals(frozen: Frozen, published: datetime) -> Iterator[LateGoal]:
    """Find goals in other units that are not stricter, from some hour of a week after publication.

    Those in the units of their budgets are judged where they are written.
    """
    side = Side(frozen, published)
    for target in frozen["targets"]:
        if (goal := target.get("goal")) and (found := _first(side, target, goal)):
            yield found


def _first(side: Side, target: Frozen, goal: Frozen) -> LateGoal | None:
    tables = [*tables_of(target), (goal["budgets"], goal["budgets_by"])]
    for (budget, calendar, aim), allowed in outcomes(tables, named_values(tables)):
        promised, aimed = terms_of((budget, calendar)), terms_of((aim, calendar))
        if not promised or not aimed or parse_duration(promised[0]).unit == parse_duration(aimed[0]).unit:
            continue
        start, case = _late_start(side, promised, aimed), first_case(allowed, [side])
        if start and case is not None:
            return LateGoal(target["name"], aimed[0], promised[0], case, start, side.frozen["timezone"])
    return None


def _late_start(side: Side, promised: Terms, aimed: Terms) -> datetime | None:
    for hour, due, aim in zip(
        range(HOURS), side.deadlines(promised, side.first), side.deadlines(aimed, side.first), strict=True
    ):
        start = side.first + timedelta(hours=hour)
        if due and aim and aim >= due and side.agreement.covers(start):
            return start
    return None
