"""Plots as SVG, drawn for the width of a phone: wider screens and paper show them larger, or side by side.

No colour says anything alone: what is missed is hatched, and figures stand beside what they are of.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.domain.taxonomy import cause_words
from slaclock.evidence.attainment import WEEKDAYS
from slaclock.reporting.markup import Html, number, tag
from slaclock.reporting.wording import DAYS, briefly, counted, lasting, month, percent, words

WIDTH = 340  # units, of which a phone shows about one a pixel
MOST_BARS, MOST_PROMISES = 8, 6
HATCH = tag(
    "svg",
    tag(
        "defs",
        tag(
            "pattern",
            tag("rect", width=6, height=6),
            tag("path", d="M-1 1l2-2M0 6l6-6M5 7l2-2"),
            id="hatch",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    ),
    class_="defs",
    width=0,
    height=0,
    aria_hidden="true",
)
Report = Mapping[str, Any]


def drawn(name: str, title: str, says: str, height: float, parts: Iterable[Html]) -> Html:
    """A picture with a name and what it says, for whoever does not see it."""
    named = (tag("title", title, id=f"{name}-title"), tag("desc", says, id=f"{name}-says"))
    return tag(
        "svg",
        *named,
        *parts,
        viewBox=f"0 0 {WIDTH} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-says",
    )


def _text(x: float, y: float, said: str, class_: str | None = None) -> Html:
    return tag("text", said, x=number(x), y=number(y), class_=class_)


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    return tag("line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), class_=class_)


def _box(x: float, y: float, width: float, height: float, class_: str | None = None) -> Html:
    left, top, wide, high = map(number, (x, y, width, height))
    return tag("rect", x=left, y=top, width=wide, height=high, class_=class_)


_LEFT, _RIGHT, _TOP, _RUN, _GAP, _COLUMNS = 36, WIDTH - 6, 14, 110, 30, 56


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
            _line(_LEFT, y, _RIGHT, y, "grid"),
            _text(_LEFT - 4, y + 4, f"{per_cent:g}%", "label end"),
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
    return [_line(_LEFT, y, _RIGHT, y, "was"), _text(_RIGHT, y + (-4 if above else 12), label, "label end")]


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
        _text(_LEFT - 4, base - _COLUMNS + 8, str(most), "label end"),
        _text(_LEFT - 4, base, "0", "label end"),
        _text(_LEFT, base - _COLUMNS - 6, "Due each day; hatched: missed", "label"),
    ]
    for place, each in enumerate(days):
        x, met, missed = _x(place, len(days)) - width / 2, each["met"] * scale, each["breached"] * scale
        parts += [_box(x, base - met, width, met, "kept")] if met else []
        parts += [_box(x, base - met - missed, width, missed, "missed")] if missed else []
    return [*parts, _line(_LEFT, base, _RIGHT, base, "grid")]


def _dates(days: Sequence[Report], bottom: float) -> list[Html]:
    marked = [(place, int(each["day"][-2:])) for place, each in enumerate(days) if place % 7 == 0]
    return [_text(_x(place, len(days)), bottom + 13, str(day), "label mid") for place, day in marked]


_NAME, _ROW, _HEAD = 40, 17, 18


def week_plot(report: Report) -> Html:
    """A week as a calendar shows it: a column a day, a row an hour, in each the number of breaches."""
    cells = {(each["weekday"], each["hour"]): each for each in report["times"]}
    hours = [hour for _, hour in cells]
    shown = range(min(hours, default=0), max(hours, default=0) + 1)
    most = max((each["breached"] for each in cells.values()), default=0)
    width = (WIDTH - _NAME) / 7
    parts = [
        _text(_NAME + (place + 0.5) * width, 12, DAYS[day][:3], "label mid")
        for place, day in enumerate(WEEKDAYS)
    ]
    for row, hour in enumerate(shown):
        y = _HEAD + row * _ROW
        parts.append(_text(_NAME - 5, y + 12.5, f"{hour:02}–{hour + 1:02}", "label end"))
        for place, day in enumerate(WEEKDAYS):
            parts.append(_cell(cells.get((day, hour)), most, _NAME + place * width, y, width))
    says = f"{counted(report['total']['breached'], 'breach', 'breaches')} in all; the table below has each."
    height = _HEAD + len(shown) * _ROW + 2
    return drawn("week", "Breaches by weekday and hour", says, height, parts)


def _cell(each: Report | None, most: int, x: float, y: float, width: float) -> Html:
    if each is None:
        return tag("g", _box(x + 0.5, y + 0.5, width - 1, _ROW - 1), class_="none")
    missed = each["breached"]
    # As many steps as there are shades, the last one for the most.
    shade = -(-missed * 4 // most) if most else 0
    said = _text(x + width / 2, y + 12.5, str(missed), "mid")
    return tag("g", _box(x, y, width, _ROW, "cell"), said, class_=f"h{shade}")


_BAR = 14


def causes_plot(report: Report) -> Html:
    """What breaches are put down to: a bar each, hatched where nobody has said yet."""
    causes = report["causes"][:MOST_BARS]
    most = max((each["breached"] for each in causes), default=1)
    parts = []
    for row, each in enumerate(causes):
        y, width = row * 34.0, (WIDTH - 40) * each["breached"] / most
        known = each["cause"] is not None
        name = cause_words(each["cause"]) if known else "no cause entered yet"
        parts += [
            _text(1, y + 11, name[:1].upper() + name[1:]),
            _box(0.5, y + 16, width, _BAR, "kept" if known else "missed"),
            _text(width + 6, y + 27, str(each["breached"])),
        ]
    says = "; ".join(f"{each['cause'] or 'none entered yet'}: {each['breached']}" for each in causes)
    return drawn("causes", "Causes of breaches", says, len(causes) * 34, parts)


_OF, _BARS = 48, 146


def waits_plot(report: Report) -> Html:
    """Working time and elapsed time of the promises with the most cycles; each has a scale of its own."""
    parts: list[Html] = []
    shown = most_due(report["promises"])
    for row, each in enumerate(shown):
        y, scale = row * 56.0, each["wall_seconds"]["p90"] or each["worked_seconds"]["p90"] or 1
        parts.append(_text(1, y + 11, f"{words(each['target']).capitalize()} · {each['agreement']}"))
        parts += _wait(y + 18, "worked", each["worked_seconds"], scale, "kept")
        parts += _wait(y + 34, "waited", each["wall_seconds"], scale, "waited")
    says = "; ".join(
        f"{words(each['target'])}: worked {_median(each, 'worked_seconds')}, "
        f"waited {_median(each, 'wall_seconds', wall=True)}"
        for each in shown
    )
    return drawn("waits", "Working time and waiting time", says, max(len(shown) * 56, 20), parts)


def most_due(promises: Sequence[Report]) -> list[Report]:
    """The promises of which the most came to a stop, the most first."""
    timed = [each for each in promises if each["worked_seconds"]["median"] is not None]
    return sorted(timed, key=lambda each: -(each["met"] + each["breached"]))[:MOST_PROMISES]


def _wait(y: float, name: str, lengths: Report, scale: int, class_: str) -> list[Html]:
    """A bar up to the ninetieth percentile, with a mark at the median, and both in words."""
    median, most = lengths["median"], lengths["p90"]
    if median is None or most is None:
        return [_text(_OF - 5, y + 10, name, "label end"), _text(_OF, y + 10, "not known", "label")]
    width, at = _BARS * min(1, most / scale), _BARS * min(1, median / scale)
    said = f"{briefly(median, wall=name == 'waited')} / {briefly(most, wall=name == 'waited')}"
    return [
        _text(_OF - 5, y + 10, name, "label end"),
        _box(_OF, y, max(width, 1), 12, class_),
        _line(_OF + at, y, _OF + at, y + 12, "mark" if class_ == "kept" else "tick"),
        _text(_OF + _BARS + 6, y + 10, said),
    ]


def _median(each: Report, name: str, *, wall: bool = False) -> str:
    return lasting(each[name]["median"], wall=wall)
