"""Agreements: what was promised, to whom, and how each promise's clock behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.calendar import Calendar
from slaclock.domain.conditions import compiled, size, text_of, value_of, values_of
from slaclock.domain.durations import parse_delay, parse_duration, resolve
from slaclock.domain.metrics import METRICS
from slaclock.domain.rota import TEAM
from slaclock.domain.taxonomy import CAUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.conditions import Condition, Judge
    from slaclock.domain.durations import Duration, Share
    from slaclock.domain.metric import Metric
    from slaclock.domain.rota import Shift

Span = tuple[datetime, datetime]
NO_CLOCK = "none"  # a budget that is none, beside a default
LEVELS = ("corporate", "customer", "service")  # from the most general on


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the ladder after a breach: whom to tell, when, and until what."""

    after: Duration
    notify: str
    until: str = "stopped"  # or "acknowledged"
    times: int = 0  # messages after the first, at most 9
    every: Duration = field(default_factory=lambda: parse_delay("15m wall"))
    runbook: str | None = None


class Table(NamedTuple):
    """What an agreement says by a ticket's member: a text for each of its values, perhaps a `default`."""

    texts: Mapping[str, str]
    by: str = "priority"

    def choose(self, attributes: Mapping[str, Any]) -> str | None:
        """The text for this ticket; a member that is not known counts as the value `none`.

        A reference counts by its id, else by its name; of several values, the first in the table counts.
        """
        value = value_of(self.by, attributes)
        if isinstance(value, str) or value is None:
            return self.texts.get(value or "none", self.texts.get("default"))
        if isinstance(value, dict):
            names = [text_of(part) for part in (value.get("id"), value.get("name")) if part is not None]
            found = next((name for name in names if name in self.texts), "default")
            return self.texts.get(found)
        values = values_of(self.by, attributes) or {"none"}
        return next((text for name, text in self.texts.items() if name in values), self.texts.get("default"))


class Goal(NamedTuple):
    """A stricter aim beside a promise: reminders, no breach."""

    budgets: Table
    reminders: tuple[Duration | Share, ...]


class Target(NamedTuple):
    """One promise of an agreement: a metric, its budgets, and how its clock behaves.

    `remind` are the audiences of its reminders, `remind_during` the calendar in whose hours they are told.
    """

    name: str
    metric: str
    budgets: Table
    calendars: Table
    pause_on: frozenset[str]
    on_reopen: str = "resume"
    clause: str | None = None
    team: str | None = None
    reminders: tuple[Duration | Share, ...] = ()
    escalation: tuple[Level, ...] = ()
    goal: Goal | None = None
    remind: tuple[str, ...] = (TEAM,)
    remind_during: str | None = None
    runbook: str | None = None

    def budget_for(self, attributes: Mapping[str, Any]) -> str | None:
        """The budget for such a ticket, a field's date written out; None means that no clock runs."""
        text = self.budgets.choose(attributes)
        return resolve(text, attributes) if text and text != NO_CLOCK else None

    def goal_for(self, attributes: Mapping[str, Any]) -> str:
        """The goal's budget for such a ticket; "" where it has none."""
        text = self.goal.budgets.choose(attributes) if self.goal else None
        return text if text and text != NO_CLOCK else ""

    def calendar_for(self, attributes: Mapping[str, Any]) -> str:
        """The name of the calendar for such a ticket."""
        return self.calendars.choose(attributes) or self.calendars.texts["default"]

    @property
    def reads(self) -> set[str]:
        """The ticket's members that its budgets and calendars depend on."""
        tables = [self.budgets, self.calendars, *([self.goal.budgets] if self.goal else [])]
        budgets = set(self.budgets.texts.values()) - {NO_CLOCK}
        fields = {parse_duration(text).field for text in budgets} - {""}
        return {name.split(".")[0] for name in (*(table.by for table in tables), *fields)}


@dataclass(frozen=True)
class Agreement:
    """One published version of an agreement, its calendars frozen to explicit dates. Never changed."""

    id: str
    version: int
    content_hash: str
    kind: str
    order: int
    applies_to: Condition
    targets: Mapping[str, Target]
    calendar_specs: Mapping[str, Mapping[str, Any]]
    level: str = "customer"
    custom_metrics: Mapping[str, Metric] = field(default_factory=dict)
    audiences: Mapping[str, tuple[Shift, ...]] = field(default_factory=dict)
    effective_from: datetime | None = None
    effective_until: datetime | None = None  # the first instant no longer covered
    applies_to_open: bool = False
    exclusions: tuple[Span, ...] = ()
    causes: tuple[str, ...] = CAUSES
    credits: Mapping[str, Any] = field(default_factory=dict)  # as published: slaclock.evidence.credit_terms
    reports: Mapping[str, Any] = field(default_factory=dict)  # as published: slaclock.monthly
    horizon: datetime | None = None
    tzdata: str | None = None
    timezone: str = "UTC"  # the zone in which people are shown its instants: that of its default calendar
    published_at: datetime | None = None  # None where it was read from a file: known all along

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The calendars by name, built when the first clock asks."""
        return {name: Calendar.from_spec(spec) for name, spec in self.calendar_specs.items()}

    @cached_property
    def judge(self) -> Judge:
        """Whether `applies_to` holds for a ticket; None where what it asks for is unknown (rule 24)."""
        return compiled(self.applies_to)

    @property
    def slot(self) -> str:
        """What a clock keeps when its agreement is chosen anew: one customer agreement, each other by id."""
        return "" if self.kind == "customer" else self.id

    @cached_property
    def rank(self) -> tuple[int, int, int]:
        """The place in the order of asking: by `order`, then the more specific (rule 24)."""
        return self.order, -LEVELS.index(self.level), -size(self.applies_to)

    def metric_of(self, target: Target) -> Metric:
        """How a promise is measured: by a metric of the agreement's own, or by one that all know."""
        return self.custom_metrics.get(target.metric) or METRICS[target.metric]

    def named(self, target: Target) -> dict[str, str]:
        """What the contract calls a breach of a promise: its kind, and the clause, where one is said."""
        clause = {"clause": target.clause} if target.clause else {}
        return {"kind": self.metric_of(target).kind, **clause}

    def lane_of(self, target: Target) -> str:
        """The lane of the clock that a target has on a ticket."""
        return f"{self.slot}/{target.name}" if self.slot else target.name

    @cached_property
    def promises(self) -> tuple[tuple[str, Target, Metric], ...]:
        """Each target with the lane of its clocks and its metric."""
        return tuple((self.lane_of(each), each, self.metric_of(each)) for each in self.targets.values())

    @cached_property
    def lanes(self) -> frozenset[tuple[str, str]]:
        """The lane and metric of each promise, where none of them begins cycle after cycle; else none."""
        again = any(metric.repeat in ("start", "state") for _, _, metric in self.promises)
        return frozenset() if again else frozenset((lane, each.metric) for lane, each, _ in self.promises)

    def audience_at(self, name: str, at: datetime) -> str:
        """Who an audience is at an instant: that of the first entry of its rota whose calendar is open."""
        for shift in self.audiences.get(name, ()):
            if shift.during is None or self.calendars[shift.during].is_open(at):
                return shift.notify
        return name

    def covers(self, start: datetime) -> bool:
        """Whether a clock may start under this version at `start` (rule 26)."""
        begun = self.effective_from is None or self.effective_from <= start
        return begun and (self.effective_until is None or start < self.effective_until)
