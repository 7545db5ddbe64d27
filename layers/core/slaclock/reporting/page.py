"""A report as one HTML page: nothing in it comes from elsewhere, and no script runs in it."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from slaclock.domain.instants import parse_instant
from slaclock.notices.times import shown
from slaclock.reporting import tables
from slaclock.reporting.markup import Html, isolated, join, name, sentence, tag
from slaclock.reporting.plot_attainment import attainment_plot
from slaclock.reporting.plot_bars import causes_plot, waits_plot
from slaclock.reporting.plot_week import week_plot
from slaclock.reporting.plots import HATCH
from slaclock.reporting.statement import credits_tables
from slaclock.reporting.style import STYLE
from slaclock.reporting.wording import MONTHS, counted, month, percent

_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'none'; base-uri 'none'"
Report = Mapping[str, Any]


def page(report: Report) -> str:
    """The page of a report (`slaclock.reporting.reading`)."""
    title = f"Service levels, {month(report['period']['name'])}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{title} · ", _whose(report, isolated)),
        Html(f"<style>{STYLE}</style>"),
    )
    body = tag("body", HATCH, _header(report, title), tag("main", *_sections(report)), _footer(report))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _whose(report: Report, named: Callable[[str], Html]) -> Html:
    of, account = report["customer"] or report["agreement"], report["account"]
    return join((named(of), " (", named(account), ")")) if of and of != account else named(account)


def _header(report: Report, title: str) -> Html:
    period, sealed = report["period"], report["sealed"]
    state = "Sealed" if sealed else "Provisional"
    why = "" if sealed else "not every day of the month is sealed yet, figures may still change"
    about = f"{_days(period)}, {period['zone']}"
    as_of = f"as known {shown(parse_instant(report['as_of']), period['zone'])}"
    return tag(
        "header",
        tag("p", _whose(report, name), class_="over"),
        tag("h1", title),
        tag("p", about, " · ", as_of, class_="quiet"),
        tag(
            "p",
            tag("span", state, class_=f"state {state.lower()}"),
            *([" ", tag("span", why, class_="quiet")] if why else []),
        ),
    )


def _days(period: Report) -> str:
    last = date.fromisoformat(period["to"]) - timedelta(days=1)
    return f"1–{last.day} {MONTHS[last.month - 1]} {last.year}"


def _sections(report: Report) -> Iterable[Html]:
    said = tag("ul", *(tag("li", sentence(each)) for each in report["stands_out"]), class_="said")
    yield _section("stands-out", "What stands out", said, _cards(report))
    if report["total"]["attainment"] is not None:
        yield from _counted_sections(report)
    if report["credits"]:
        yield _section("credits", "Service credits", *credits_tables(report))


def _counted_sections(report: Report) -> Iterable[Html]:
    yield _section("month", "The month in pictures", tag("div", *_figures(report), class_="plots"))
    yield _section("promises", "Promises", *tables.promises(report))
    if report["worst"]:
        yield _section("late", "Longest overdue", tables.worst(report))
    if pair := tables.who(report):
        yield _section("who", "By customer and team", tag("div", *pair, class_="pair"))


def _section(id_: str, heading: str, *parts: Html) -> Html:
    return tag("section", tag("h2", heading, id=id_), *parts, id=f"{id_}-part", aria_labelledby=id_)


def _cards(report: Report) -> Html:
    total, ratings = report["total"], report["total"]["ratings"]
    cards = [
        ("Attainment", percent(total["attainment"]), _change(report)),
        ("Kept", f"{total['met']:,}", f"of {total['met'] + total['breached']:,} promises due"),
        ("Missed", f"{total['breached']:,}", f"{total['open_overdue']:,} of them still open"),
        ("Not counted", f"{total['excluded'] + total['cancelled']:,}", _beside(total)),
    ]
    if total["reopened_share"] is not None:
        cards.append(("Reopened", percent(total["reopened_share"]), "of the promises due"))
    if ratings["number"]:
        cards.append(("Rating", ratings["mean"], f"mean of {counted(ratings['number'], 'rating')}"))
    named = (tag("div", tag("dt", head), tag("dd", value, tag("small", more))) for head, value, more in cards)
    return tag("dl", *named, class_="cards")


def _beside(total: Report) -> str:
    return f"{total['excluded']:,} waived, {total['cancelled']:,} cancelled"


def _change(report: Report) -> str:
    now, before = report["total"]["attainment"], report["before"]
    if now is None:
        return (
            "nothing counts"
            if report["total"]["excluded"] + report["total"]["cancelled"]
            else "nothing was due"
        )
    if before["attainment"] is None:
        return f"nothing counted in {month(before['name'])}"
    points = (Decimal(now) - Decimal(before["attainment"])) * 100
    sign = "+" if points > 0 else "−" if points < 0 else "±"
    return f"{sign}{abs(points).normalize():f} points since {month(before['name']).split()[0]}"


def _figures(report: Report) -> Iterable[Html]:
    zone = report["period"]["zone"]
    yield _figure(
        "Attainment over the month",
        attainment_plot(report),
        "The line is what was kept of all that was due since the 1st; dashed: the whole of the month before.",
        tables.days(report),
    )
    if report["total"]["breached"]:
        yield _figure(
            "When breaches start",
            week_plot(report),
            f"Breaches by weekday and hour of their deadline, {zone}; an empty box: nothing was due.",
            tables.times(report),
        )
        yield _figure(
            "Causes", causes_plot(report), "Breaches by what they are put down to.", tables.causes(report)
        )
    yield _figure(
        "Worked and waited",
        waits_plot(report),
        "Worked is time in service hours without pauses; waited is what the customer saw on the clock. Each "
        "bar ends at the 90th percentile, with a mark at the median: median / 90th percentile.",
        tables.waits(report),
    )


def _figure(heading: str, plot: Html, says: str, figures: Html) -> Html:
    behind = tag("details", tag("summary", f"Figures: {heading.lower()}"), tag("div", figures, class_="wide"))
    return tag("figure", tag("h3", heading), plot, tag("figcaption", says), behind)


_COUNTED = (
    "Attainment is what was kept of all that was due: met ÷ (met + missed), rounded down, after corrections "
    "and waivers. A promise that is missed counts at once, whether it is still open or not. What was waived "
    "or cancelled is not counted, and stands beside. A promise belongs to the day of its deadline."
)


def _footer(report: Report) -> Html:
    return tag(
        "footer",
        tag("p", _COUNTED),
        *(_roots(report) if report["seals"] else ()),
        tag("p", f"Made by slaclock. Days and hours are those of {report['period']['zone']}."),
    )


def _roots(report: Report) -> Iterable[Html]:
    """The roots of seals, which unfold; where nothing does, that they are there."""
    said = f"Seals: {counted(len(report['seals']), 'day')} of the ledger, each under one signed root"
    yield tag("details", tag("summary", said), tag("div", tables.seals(report), class_="wide"))
    yield tag("p", f"{said}; the roots unfold on a screen.", class_="paper")
