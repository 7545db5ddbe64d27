"""How a document's members hang together: what refers to what, after what it extends has been taken over.

A document's own mistakes are told together with these, so members may be None here, which says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.audiences import check_audiences
from slaclock.agreements.credits import check_credits
from slaclock.agreements.horizon import last_day
from slaclock.agreements.problems import Place, suggest
from slaclock.agreements.tables import entries_of
from slaclock.agreements.targets import BY_PRIORITY
from slaclock.domain.errors import InvalidAgreement

if TYPE_CHECKING:
    from datetime import date

    from slaclock.agreements.whole import Target, Whole


def check_references(whole: Whole) -> None:
    """Check that everything that is named is there, and that everything needed is."""
    _dates(whole)
    _default_calendar(whole)
    _metrics(whole)
    check_audiences(whole)
    for name, target in whole.targets():
        _budget_and_calendars(whole, name, target)
        _metric(whole, name, target)
    check_credits(whole)


def check_horizon(whole: Whole, published: date | None) -> None:
    """Check that calendars can be written out up to the horizon, if the day of publication is known."""
    try:
        if published:
            last_day(whole.values.get("horizon"), published)
    except InvalidAgreement as error:
        whole.add(str(error), "horizon")


def _dates(whole: Whole) -> None:
    first, last = (whole.of("effective").get(each) for each in ("from", "until"))
    if first and last and last < first:  # ISO dates sort as text
        whole.add(f"until {last} comes before from {first}", "effective")


def _default_calendar(whole: Whole) -> None:
    """Of several calendars the default must be named; one is the default by itself."""
    calendars = tuple(whole.of("calendars"))
    named = whole.values.get("calendar")
    if named and calendars and named not in calendars:
        whole.add(_unknown("calendar", named, calendars), "calendar")
    if "calendar" not in whole.values and calendars:
        whole.values["calendar"] = calendars[0]
        if len(calendars) > 1:
            which = f"missing: write which calendar is the default, one of {', '.join(calendars)}"
            near = whole.root.place
            whole.problems.add(Place(near.line, near.column, "calendar"), which)


def _metrics(whole: Whole) -> None:
    for name, declared in whole.of("metrics").items():
        rival = declared.get("unless") if isinstance(declared, dict) else None
        if rival and rival not in whole.metrics:
            whole.add(_unknown("metric", rival, whole.metrics), "metrics", name, "unless")


def _budget_and_calendars(whole: Whole, name: str, target: Target) -> None:
    if "budget" not in target:
        whole.add(f"missing: write {BY_PRIORITY}", "targets", name, "budget")
    calendars, written = tuple(whole.of("calendars")), target.get("calendar")
    for value, calendar in entries_of(written).items():
        if calendar and calendars and calendar not in calendars:
            entry = (value,) if isinstance(written, dict) else ()
            whole.add(_unknown("calendar", calendar, calendars), "targets", name, "calendar", *entry)


def _metric(whole: Whole, name: str, target: Target) -> None:
    measured = target.get("metric", name)
    if measured and measured not in whole.metrics:
        path = ("targets", name, "metric") if "metric" in target else ("targets", name)
        whole.add(_unknown("metric", measured, whole.metrics), *path, name="metric" not in target)
    metric = whole.metric(name, target)
    if metric and metric.needs_team and "team" not in target:
        team = f"missing: {metric.name} is measured for one team: write its id or name"
        whole.add(team, "targets", name, "team")
    if metric and not metric.needs_team and "team" in target:
        none = f"{metric.name} is not measured for one team, as time_in_team is: leave it out"
        whole.add(none, "targets", name, "team")


def _unknown(what: str, named: str, known: Any) -> str:
    return f"unknown {what} {named!r}: {suggest(named, known)}"
