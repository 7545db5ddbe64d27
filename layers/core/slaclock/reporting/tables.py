"""The tables of the page."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.domain.instants import parse_instant
from slaclock.domain.taxonomy import cause_words
from slaclock.notices.times import shown
from slaclock.reporting.markup import Html, name, tag
from slaclock.reporting.plot_bars import most_due
from slaclock.reporting.wording import DAYS, day, lasting, percent, words

MOST_ROWS = 15  # of customers and of teams: the lowest attainment first
Report = Mapping[str, Any]
Cell = str | Html


def table(caption: Cell, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, numbers: int = 0) -> Html:
    """A table; the first cell of a row is its heading, and the last `numbers` columns are figures."""
    last = len(columns) - numbers

    def cells(row: Sequence[Cell]) -> list[Html]:
        heads = [tag("th", row[0], scope="row")]
        return heads + [
            tag("td", each, class_="n" if place >= last else None) for place, each in enumerate(row) if place
        ]

    head = (
        tag("th", each, scope="col", class_="n" if place >= last else None)
        for place, each in enumerate(columns)
    )
    body = (tag("tr", *cells(row)) for row in rows)
    return tag("table", tag("caption", caption), tag("thead", tag("tr", *head)), tag("tbody", *body))


def wide(part: Html, label: str) -> Html:
    """A part that is moved by itself where it is wider than the screen, by the keyboard, too."""
    return tag("div", part, class_="wide", role="region", aria_label=label, tabindex=0)


def promises(report: Report) -> list[Html]:
    """What was promised to customers, and what stands behind it."""
    found = [_promises("What was promised to customers, by agreement", report["promises"])]
    if report["behind"]:
        caption = "Behind it: agreements within the house and with suppliers, not counted above"
        found.append(_promises(caption, report["behind"]))
    return found


def _promises(caption: str, groups: Iterable[Report]) -> Html:
    columns = ("Promise", "Attainment", "Worked", "Waited")
    rows = (
        (
            two(name(words(each["target"]).capitalize()), name(each["agreement"])),
            two(percent(each["attainment"]), _kept(each)),
            _ranks(each["worked_seconds"]),
            _ranks(each["wall_seconds"], wall=True),
        )
        for each in groups
    )
    caption = f"{caption}. Worked and waited: median, and 90th percentile below it."
    return wide(table(caption, columns, rows, numbers=3), "Promises")


def _ranks(lengths: Report, *, wall: bool = False) -> Html | str:
    if lengths["median"] is None:
        return "–"
    return two(lasting(lengths["median"], wall=wall), lasting(lengths["p90"], wall=wall))


def worst(report: Report) -> Html:
    """The breaches that were late the longest."""
    columns = ("Ticket", "Promise", "Due", "Cause", "Overdue")
    rows = (
        (
            two(name(each["ticket_id"]), _named(each["priority" if report["customer"] else "customer"])),
            two(name(words(each["target"]).capitalize()), name(each["clause"] or each["agreement"])),
            shown(parse_instant(each["due_at"]), report["period"]["zone"]).split(" (")[0],
            name(cause_words(each["cause"])) if each["cause"] else "not entered yet",
            two(lasting(each["late_wall_seconds"], wall=True), "still open" if each["open"] else "ended"),
        )
        for each in report["worst"]
    )
    caption = f"The longest overdue on the clock, {len(report['worst'])} of {report['total']['breached']}"
    return wide(table(caption, columns, rows, numbers=1), "Longest overdue")


def who(report: Report) -> list[Html]:
    """Customers and teams, where there are several of them."""
    found = (_who(report, members, of) for members, of in (("customers", "customer"), ("teams", "team")))
    return [each for each in found if each]


def _who(report: Report, members: str, of: str) -> Html | None:
    due = [each for each in report[members] if each["attainment"] is not None]
    if len(due) < 2:
        return None
    low = sorted(due, key=lambda each: (Decimal(each["attainment"]), each[of] or ""))
    rows = (
        (_named(each[of]) or f"no {of} known", _kept(each), percent(each["attainment"]))
        for each in low[:MOST_ROWS]
    )
    more = f", the lowest {MOST_ROWS} of {len(low)}" if len(low) > MOST_ROWS else ""
    return table(f"By {of}{more}", (of.capitalize(), "Kept", "Attainment"), rows, numbers=2)


def days(report: Report) -> Html:
    """What the plot of attainment is of."""
    rows = (
        (day(each["day"]), f"{each['met']:,}", f"{each['breached']:,}", _share(each["attainment"]),
         _share(each["so_far"]))
        for each in report["days"]
    )  # fmt: skip
    return table("Day by day", ("Day", "Kept", "Missed", "That day", "So far"), rows, numbers=4)


def times(report: Report) -> Html:
    """What the plot of weekdays and hours is of, but for hours without a breach."""
    rows = (
        (f"{DAYS[each['weekday']]} {each['hour']:02}–{each['hour'] + 1:02}", f"{each['met']:,}",
         f"{each['breached']:,}")
        for each in report["times"] if each["breached"]
    )  # fmt: skip
    return table("Hours with breaches", ("Hour", "Kept", "Missed"), rows, numbers=2)


def causes(report: Report) -> Html:
    """What breaches are put down to, all of it."""
    rows = (
        (name(cause_words(each["cause"])) if each["cause"] else "not entered yet", f"{each['breached']:,}")
        for each in report["causes"]
    )
    return table("Breaches by cause", ("Cause", "Breaches"), rows, numbers=1)


def waits(report: Report) -> Html:
    """What the plot of worked and waited time is of."""
    rows = (
        (two(name(words(each["target"]).capitalize()), name(each["agreement"])),
         lasting(each["worked_seconds"]["median"]), lasting(each["worked_seconds"]["p90"]),
         lasting(each["wall_seconds"]["median"], wall=True), lasting(each["wall_seconds"]["p90"], wall=True))
        for each in most_due(report["promises"])
    )  # fmt: skip
    columns = ("Promise", "Worked, median", "Worked, 90th", "Waited, median", "Waited, 90th")
    return table("Lengths of time", columns, rows, numbers=4)


def seals(report: Report) -> Html:
    """The signed root of each day, to hold against what was published."""
    rows = ((each["day"], tag("code", each["root"])) for each in report["seals"])
    return table("Root of each day (UTC)", ("Day", "Root"), rows)


def _named(said: str | None) -> Html | None:
    return name(said) if said else None


def _kept(each: Report) -> str:
    return f"{each['met']:,} of {each['met'] + each['breached']:,}"


def _share(share: str | None) -> str:
    return "–" if share is None else percent(share)


def two(first: str, second: str | None) -> Html | str:
    """A cell with a second, smaller line, where there is one."""
    return tag("span", first, tag("small", second)) if second else first
