"""The plots of bars: causes of breaches, and lengths of time."""

from collections.abc import Mapping, Sequence
from typing import Any

from slaclock.domain.taxonomy import cause_words
from slaclock.reporting.markup import Html, isolated, join
from slaclock.reporting.plots import WIDTH, box, drawn, line, text
from slaclock.reporting.wording import briefly, lasting, words

MOST_BARS, MOST_PROMISES = 8, 6
_BAR = 14
Report = Mapping[str, Any]


def causes_plot(report: Report) -> Html:
    """What breaches are put down to: a bar each, hatched where nobody has said yet."""
    causes = report["causes"][:MOST_BARS]
    most = max((each["breached"] for each in causes), default=1)
    parts = []
    for row, each in enumerate(causes):
        y, width = row * 34.0, (WIDTH - 40) * each["breached"] / most
        known = each["cause"] is not None
        cause = cause_words(each["cause"]) if known else "no cause entered yet"
        parts += [
            text(1, y + 11, isolated(cause[:1].upper() + cause[1:])),
            box(0.5, y + 16, width, _BAR, "kept" if known else "missed"),
            text(width + 6, y + 27, str(each["breached"])),
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
        promise = isolated(words(each["target"]).capitalize())
        parts.append(text(1, y + 11, join((promise, " · ", isolated(each["agreement"])))))
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
        return [text(_OF - 5, y + 10, name, "label end"), text(_OF, y + 10, "not known", "label")]
    width, at = _BARS * min(1, most / scale), _BARS * min(1, median / scale)
    said = f"{briefly(median, wall=name == 'waited')} / {briefly(most, wall=name == 'waited')}"
    return [
        text(_OF - 5, y + 10, name, "label end"),
        box(_OF, y, max(width, 1), 12, class_),
        line(_OF + at, y, _OF + at, y + 12, "mark" if class_ == "kept" else "tick"),
        text(_OF + _BARS + 6, y + 10, said),
    ]


def _median(each: Report, name: str, *, wall: bool = False) -> str:
    return lasting(each[name]["median"], wall=wall)
