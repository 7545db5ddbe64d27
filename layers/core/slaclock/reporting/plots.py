"""Plots as SVG, drawn for the width of a phone: wider screens and paper show them larger, or side by side.

No colour says anything alone: what is missed is hatched, and figures stand beside what they are of.
"""

from collections.abc import Iterable

from slaclock.reporting.markup import Html, number, tag

WIDTH = 340  # units, of which a phone shows about one a pixel
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


def text(x: float, y: float, said: str, class_: str | None = None) -> Html:
    """A text; `y` is that of the line it stands on."""
    return tag("text", said, x=number(x), y=number(y), class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    """A straight line."""
    return tag("line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), class_=class_)


def box(x: float, y: float, width: float, height: float, class_: str | None = None) -> Html:
    """A rectangle by its left upper corner."""
    left, top, wide, high = map(number, (x, y, width, height))
    return tag("rect", x=left, y=top, width=wide, height=high, class_=class_)
