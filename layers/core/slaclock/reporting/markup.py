"""HTML and SVG as text: all that is not markup already is escaped, so that nothing from outside is any."""

from html import escape

from slaclock.notices.telling import on_one_line
from slaclock.reporting.wording import FIRST_STRONG, POP, apart

_EMPTY = frozenset({"meta", "circle", "line", "path", "polyline", "rect"})  # elements that hold nothing
_LONGEST = 10_000  # characters of a text


class Html(str):
    """Text that is markup."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: object) -> Html:
    """An element. Of attributes `_` at the end is dropped and `_` within is `-`; None leaves one out.

    >>> tag("p", "a < b", class_="wide")
    '<p class="wide">a &lt; b</p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value if isinstance(value, Html) else _text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Html(f"<{name}{given}>" if name == "meta" else f"<{name}{given}/>")
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def join(children: "tuple[str | None, ...] | list[Html]") -> Html:
    """One text of several, each escaped where it is no markup."""
    return Html("".join(each if isinstance(each, Html) else _text(each) for each in children if each))


def name(text: str) -> Html:
    """A name as it is written, from right to left, too: it turns nothing that stands beside it."""
    return tag("bdi", text)


def isolated(text: str) -> Html:
    """The same where there are no elements: in a title, an attribute, or a text of a picture."""
    return Html(escape(apart(text)))


def sentence(text: str) -> Html:
    """A sentence whose names were told apart as `wording.apart` does."""
    parts = text.replace(POP, FIRST_STRONG).split(FIRST_STRONG)  # every second one is a name
    return join(tuple(name(part) if place % 2 else part for place, part in enumerate(parts)))


def number(value: float) -> str:
    """A coordinate, as short as it may be.

    >>> number(12.0), number(3.456)
    ('12', '3.5')
    """
    return f"{value:.1f}".removesuffix(".0")


def _text(value: str) -> str:
    return escape(on_one_line(value, _LONGEST))
