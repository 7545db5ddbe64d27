"""Agreements: what was promised, to whom, and which promise applies to a ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from slaclock.domain.calendar import Calendar
from slaclock.domain.durations import Duration, Share, parse_delay, parse_duration, parse_reminder
from slaclock.domain.instants import parse_instant

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the ladder after a breach: whom to tell, when, and until what."""

    after: Duration
    notify: str
    until: str = "stopped"  # or "acknowledged"
    times: int = 0  # messages after the first, at most 9
    every: Duration = field(default_factory=lambda: parse_delay("15m wall"))


@dataclass(frozen=True, slots=True)
class Target:
    """One promise of an agreement: a metric, its budget by priority, and how its clock behaves."""

    name: str
    metric: str
    budgets: Mapping[str, Duration]
    calendars: Mapping[str, str]
    pause_on: frozenset[str]
    on_reopen: str = "resume"
    clause: str | None = None
    team: str | None = None
    reminders: tuple[Duration | Share, ...] = ()
    escalation: tuple[Level, ...] = ()

    def budget_for(self, priority: str | None) -> Duration | None:
        """The budget for this priority, else the default one; None means that no clock runs."""
        return self.budgets.get(priority or "none", self.budgets.get("default"))

    def calendar_for(self, priority: str | None) -> str:
        """The name of the calendar for this priority."""
        return self.calendars.get(priority or "none", self.calendars["default"])


@dataclass(frozen=True)
class Agreement:
    """One published version of an agreement, its calendars frozen to explicit dates. Never changed."""

    id: str
    version: int
    content_hash: str
    kind: str
    order: int
    applies_to: Mapping[str, Mapping[str, Sequence[str]]]
    targets: Mapping[str, Target]
    calendar_specs: Mapping[str, Mapping[str, Any]]
    effective_from: datetime | None = None
    effective_until: datetime | None = None  # the first instant no longer covered
    applies_to_open: bool = False
    exclusions: tuple[Span, ...] = ()
    horizon: datetime | None = None
    tzdata: str | None = None
    timezone: str = "UTC"  # the zone in which people are shown its instants: that of its default calendar
    published_at: datetime | None = None  # None where it was read from a file: known all along

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The calendars by name, built when the first clock asks."""
        return {name: Calendar.from_spec(spec) for name, spec in self.calendar_specs.items()}

    @property
    def slot(self) -> str:
        """What a clock keeps when its agreement is chosen anew: one customer agreement, each other by id."""
        return "" if self.kind == "customer" else self.id

    def covers(self, start: datetime) -> bool:
        """Whether a clock may start under this version at `start` (rule 26)."""
        begun = self.effective_from is None or self.effective_from <= start
        return begun and (self.effective_until is None or start < self.effective_until)

    def matches(self, attributes: Mapping[str, Any]) -> bool:
        """Whether every condition of `applies_to` holds; an unknown member never matches (rule 24)."""
        return all(_holds(test, _values(key, attributes)) for key, test in self.applies_to.items())


def agreement_from(
    frozen: Mapping[str, Any], *, version: int, content_hash: str, published_at: datetime | None = None
) -> Agreement:
    """Build an agreement from its frozen document (see `slaclock.agreements.freeze` for the shape)."""
    effective = frozen.get("effective", {})
    return Agreement(
        id=frozen["agreement"],
        version=version,
        content_hash=content_hash,
        kind=frozen["kind"],
        order=frozen["order"],
        applies_to=frozen["applies_to"],
        targets={target["name"]: _target(target) for target in frozen["targets"]},
        calendar_specs=frozen["calendars"],
        effective_from=_instant(effective.get("from")),
        effective_until=_instant(effective.get("until")),
        applies_to_open=frozen.get("applies_to_open", False),
        exclusions=tuple((parse_instant(e["from"]), parse_instant(e["to"])) for e in frozen["exclusions"]),
        horizon=_instant(frozen.get("horizon")),
        tzdata=frozen.get("tzdata"),
        timezone=frozen.get("timezone", "UTC"),
        published_at=published_at,
    )


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _target(frozen: Mapping[str, Any]) -> Target:
    return Target(
        name=frozen["name"],
        metric=frozen["metric"],
        budgets={priority: parse_duration(text) for priority, text in frozen["budgets"].items()},
        calendars=frozen["calendars"],
        pause_on=frozenset(frozen["pause_on"]),
        on_reopen=frozen["on_reopen"],
        clause=frozen.get("clause"),
        team=frozen.get("team"),
        reminders=tuple(parse_reminder(text) for text in frozen["reminders"]),
        escalation=tuple(_level(level) for level in frozen["escalation"]),
    )


def _level(frozen: Mapping[str, Any]) -> Level:
    level = Level(parse_delay(frozen["after"]), frozen["notify"], frozen["until"])
    if repeat := frozen.get("repeat"):
        return Level(level.after, level.notify, level.until, repeat["times"], parse_delay(repeat["every"]))
    return level


def _values(key: str, attributes: Mapping[str, Any]) -> set[str] | None:
    """What the ticket says for a key of `applies_to`; None where it is unknown."""
    value = attributes
    for part in key.split(".", 1) if key.startswith("custom.") else (key,):
        value = value.get(part) if isinstance(value, Mapping) else None  # type: ignore[assignment]
    if value is None:
        return None
    if isinstance(value, Mapping):  # a reference matches by id, then by name
        return {str(part) for part in (value.get("id"), value.get("name")) if part is not None} or None
    return {str(item) for item in value} if isinstance(value, (list, tuple)) else {str(value)}


def _holds(test: Mapping[str, Sequence[str]], values: set[str] | None) -> bool:
    if values is None:
        return False
    one_of, every, none_of = test.get("any"), test.get("all", ()), test.get("not", ())
    return (
        (not one_of or not values.isdisjoint(one_of))
        and values.issuperset(every)
        and values.isdisjoint(none_of)
    )


@dataclass(frozen=True)
class Agreements:
    """Every published version of an account's agreements, as they were known at the instant `as_of`."""

    versions: tuple[Agreement, ...] = ()
    as_of: datetime | None = None

    def get(self, agreement: str, version: int) -> Agreement:
        """The version that a clock runs under."""
        return self._by_version[agreement, version]

    def knows(self, needed: Iterable[tuple[str, int]]) -> bool:
        """Whether all these versions are among them."""
        return all(each in self._by_version for each in needed)

    @cached_property
    def _by_version(self) -> Mapping[tuple[str, int], Agreement]:
        return {(each.id, each.version): each for each in self.versions}

    @cached_property
    def reads(self) -> frozenset[str]:
        """The ticket's members whose change makes the choice anew (rule 15)."""
        conditions = {key.split(".")[0] for each in self.versions for key in each.applies_to}
        return frozenset(conditions | {"priority"})

    def newest(self, known_at: datetime) -> tuple[Agreement, ...]:
        """The newest version of each agreement published by `known_at`, in the order of asking."""
        known = (each for each in self.versions if each.published_at is None or each.published_at <= known_at)
        newest = {each.id: each for each in sorted(known, key=lambda each: each.version)}
        return tuple(sorted(newest.values(), key=lambda each: (each.order, -len(each.applies_to), each.id)))

    def choose(
        self, attributes: Mapping[str, Any], start: datetime, known_at: datetime
    ) -> tuple[Agreement, ...]:
        """The customer agreement that applies from `start`, and every internal or supplier one beside it."""
        fitting = [each for each in self.newest(known_at) if each.covers(start) and each.matches(attributes)]
        customer = [each for each in fitting if each.kind == "customer"][:1]
        return (*customer, *(each for each in fitting if each.kind != "customer"))

    def renewed(self, chosen: Iterable[tuple[str, int]], known_at: datetime) -> bool:
        """Whether a newer version of one that applies says that it holds for open tickets (rule 25)."""
        newest = {each.id: each for each in self.newest(known_at) if each.applies_to_open}
        return any(name in newest and newest[name].version > version for name, version in chosen)


def find_tie(agreements: Iterable[Agreement]) -> tuple[Agreement, Agreement] | None:
    """Two customer agreements that one ticket could fit with equal order and specificity, or None."""
    seen: dict[tuple[int, int], list[Agreement]] = {}
    for each in (one for one in agreements if one.kind == "customer"):
        for other in seen.setdefault((each.order, len(each.applies_to)), []):
            if other.id != each.id and not _exclude_each_other(each, other):
                return other, each
        seen[each.order, len(each.applies_to)].append(each)
    return None


def _exclude_each_other(one: Agreement, other: Agreement) -> bool:
    """Whether the two never hold at once, or a single-valued member keeps them from fitting one ticket."""
    for first, second in ((one, other), (other, one)):
        if first.effective_until and second.effective_from and first.effective_until <= second.effective_from:
            return True
    shared = (one.applies_to.keys() & other.applies_to.keys()) - {"tags"}
    return any(
        (a := set(one.applies_to[key].get("any", ())))
        and (b := set(other.applies_to[key].get("any", ())))
        and a.isdisjoint(b)
        for key in shared
    )
