"""The plot of a month: attainment since it began, and what was due and missed on each day."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.reporting.markup import Html, number, tag
from slaclock.reporting.plots import WIDTH, box, drawn, line, text
from slaclock.reporting.wording import counted, month, percent

_LEFT, _RIGHT, _TOP, _RUN, _GAP, _COLUMNS = 42, WIDTH - 6, 14, 110, 30, 56
Report = Mapping[str, Any]


def attainment_plot(report: Report) -> Html:
    """Attainment since the month began, day by day; below it what was due and what was missed on each."""
    days, total = report["days"], report["total"]
    low = _lowest(report)
    bottom = _TOP + _RUN + _GAP + _COLUMNS
    kept = f"{counted(total['met'], 'promise')} kept, {total['breached']:,} missed"
    says = f"It ends at {percent(total['attainment'])}: {kept}."
    parts = [*_scale(low), *_before(report, low), *_run(days, low), *_columns(days), *_dates(days, bottom)]
    return drawn("attainment", "Attainment over the month", says, bottom + 16, parts)


def _lowest(report: Report) -> int:
    """Where the scale begins, in per cent: at a multiple of five, that there are five below it at least."""
    shares = [each["so_far"] for each in report["days"] if each["so_far"]]
    if report["before"]["attainment"]:
        shares.append(report["before"]["attainment"])
    return min(95, int(min(map(Decimal, shares), default=Decimal(1)) * 20) * 5)


def _height(share: Decimal, low: int) -> float:
    return _TOP + _RUN * float((1 - share) * 100 / (100 - low))


def _scale(low: int) -> list[Html]:
    parts = []
    for per_cent in (100, (100 + low) / 2, low):
        y = _TOP + _RUN * (100 - per_cent) / (100 - low)
        parts += [
            line(_LEFT, y, _RIGHT, y, "grid"),
            text(_LEFT - 4, y + 4, f"{per_cent:g}%", "label end"),
        ]
    return parts


def _before(report: Report, low: int) -> list[Html]:
    share = report["before"]["attainment"]
    if share is None:
        return []
    y = _height(Decimal(share), low)
    label = f"{month(report['before']['name']).split()[0]} {percent(share)}"
    # On the side of the line where the month's own does not end.
    above = y > _TOP + 10 and share > (report["days"][-1]["so_far"] or "")
    return [line(_LEFT, y, _RIGHT, y, "was"), text(_RIGHT, y + (-4 if above else 12), label, "label end")]


def _x(number_: int, days: int) -> float:
    """The middle of a day's column."""
    return _LEFT + (number_ + 0.5) * (_RIGHT - _LEFT) / max(days, 28)


def _run(days: Sequence[Report], low: int) -> list[Html]:
    points = [
        (_x(place, len(days)), _height(Decimal(each["so_far"]), low))
        for place, each in enumerate(days)
        if each["so_far"]
    ]
    if not points:
        return []
    line = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    x, y = points[-1]
    return [
        tag("polyline", points=line, class_="run"),
        tag("circle", cx=number(x), cy=number(y), r=3.5, class_="dot"),
    ]


def _columns(days: Sequence[Report]) -> list[Html]:
    """What was kept, and on top of it what was missed, hatched."""
    most = max((each["met"] + each["breached"] for each in days), default=0) or 1
    base, width = _TOP + _RUN + _GAP + _COLUMNS, (_RIGHT - _LEFT) / max(len(days), 28) - 2
    scale = _COLUMNS / most
    parts = [
        text(_LEFT - 4, base - _COLUMNS + 8, str(most), "label end"),
        text(_LEFT - 4, base, "0", "label end"),
        text(_LEFT, base - _COLUMNS - 6, "Due each day; hatched: missed", "label"),
    ]
    for place, each in enumerate(days):
        x, met, missed = _x(place, len(days)) - width / 2, each["met"] * scale, each["breached"] * scale
        parts += [box(x, base - met, width, met, "kept")] if met else []
        parts += [box(x, base - met - missed, width, missed, "missed")] if missed else []
    return [*parts, line(_LEFT, base, _RIGHT, base, "grid")]


def _dates(days: Sequence[Report], bottom: float) -> list[Html]:
    marked = [(place, int(each["day"][-2:])) for place, each in enumerate(days) if place % 7 == 0]
    return [text(_x(place, len(days)), bottom + 13, str(day), "label mid") for place, day in marked]
