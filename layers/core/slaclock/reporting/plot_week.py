"""The plot of a week: when breaches start."""

from collections.abc import Mapping
from typing import Any

from slaclock.evidence.attainment import WEEKDAYS
from slaclock.reporting.markup import Html, tag
from slaclock.reporting.plots import WIDTH, box, drawn, text
from slaclock.reporting.wording import DAYS, counted

_NAME, _ROW, _HEAD = 40, 17, 18
Report = Mapping[str, Any]


def week_plot(report: Report) -> Html:
    """A week as a calendar shows it: a column a day, a row an hour, in each the number of breaches."""
    cells = {(each["weekday"], each["hour"]): each for each in report["times"]}
    hours = [hour for _, hour in cells]
    shown = range(min(hours, default=0), max(hours, default=0) + 1)
    most = max((each["breached"] for each in cells.values()), default=0)
    width = (WIDTH - _NAME) / 7
    parts = [
        text(_NAME + (place + 0.5) * width, 12, DAYS[day][:3], "label mid")
        for place, day in enumerate(WEEKDAYS)
    ]
    for row, hour in enumerate(shown):
        y = _HEAD + row * _ROW
        parts.append(text(_NAME - 5, y + 12.5, f"{hour:02}–{hour + 1:02}", "label end"))
        for place, day in enumerate(WEEKDAYS):
            parts.append(_cell(cells.get((day, hour)), most, _NAME + place * width, y, width))
    says = f"{counted(report['total']['breached'], 'breach', 'breaches')} in all; the table below has each."
    height = _HEAD + len(shown) * _ROW + 2
    return drawn("week", "Breaches by weekday and hour", says, height, parts)


def _cell(each: Report | None, most: int, x: float, y: float, width: float) -> Html:
    if each is None:
        return tag("g", box(x + 0.5, y + 0.5, width - 1, _ROW - 1), class_="none")
    missed = each["breached"]
    # As many steps as there are shades, the last one for the most.
    shade = -(-missed * 4 // most) if most else 0
    said = text(x + width / 2, y + 12.5, str(missed), "mid")
    return tag("g", box(x, y, width, _ROW, "cell"), said, class_=f"h{shade}")
