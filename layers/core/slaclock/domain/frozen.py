"""Agreements read back from frozen documents, as they were published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from slaclock.domain.agreement import Agreement, Goal, Level, Table, Target
from slaclock.domain.durations import parse_delay, parse_goal_reminder, parse_reminder
from slaclock.domain.instants import parse_instant
from slaclock.domain.metric import metric_from
from slaclock.domain.rota import TEAM, Shift
from slaclock.domain.taxonomy import CAUSES


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
        level=frozen.get("level", "customer"),
        custom_metrics={name: metric_from(name, each) for name, each in frozen.get("metrics", {}).items()},
        audiences={name: _rota(shifts) for name, shifts in frozen.get("audiences", {}).items()},
        effective_from=_instant(effective.get("from")),
        effective_until=_instant(effective.get("until")),
        applies_to_open=frozen.get("applies_to_open", False),
        exclusions=tuple((parse_instant(e["from"]), parse_instant(e["to"])) for e in frozen["exclusions"]),
        causes=tuple(frozen.get("causes", CAUSES)),
        credits=frozen.get("credits", {}),
        reports=frozen.get("reports", {}),
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
        budgets=_table(frozen, "budgets"),
        calendars=_table(frozen, "calendars"),
        pause_on=frozenset(frozen["pause_on"]),
        on_reopen=frozen["on_reopen"],
        clause=frozen.get("clause"),
        team=frozen.get("team"),
        reminders=tuple(parse_reminder(text) for text in frozen["reminders"]),
        escalation=tuple(_level(level) for level in frozen["escalation"]),
        goal=_goal(frozen["goal"]) if "goal" in frozen else None,
        remind=tuple(frozen.get("remind", (TEAM,))),
        remind_during=frozen.get("remind_during"),
        runbook=frozen.get("runbook"),
    )


def _rota(shifts: Sequence[Mapping[str, str]]) -> tuple[Shift, ...]:
    return tuple(Shift(each["notify"], each.get("during")) for each in shifts)


def _table(frozen: Mapping[str, Any], name: str) -> Table:
    """A table in its written order: canonical JSON forgets it, so where it counts it is said beside it."""
    texts, order = frozen[name], frozen.get(f"{name}_order", ())
    ordered = {value: texts[value] for value in order if value in texts}
    return Table({**ordered, **texts}, frozen.get(f"{name}_by", "priority"))


def _goal(frozen: Mapping[str, Any]) -> Goal:
    return Goal(_table(frozen, "budgets"), tuple(parse_goal_reminder(text) for text in frozen["reminders"]))


def _level(frozen: Mapping[str, Any]) -> Level:
    repeat = frozen.get("repeat")
    again = {"times": repeat["times"], "every": parse_delay(repeat["every"])} if repeat else {}
    after, runbook = parse_delay(frozen["after"]), frozen.get("runbook")
    return Level(after, frozen["notify"], frozen["until"], runbook=runbook, **again)
