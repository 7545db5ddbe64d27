"""What stands out of a month's figures, in sentences that are made by rule, the same for the same figures."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.domain.instants import parse_instant
from slaclock.domain.taxonomy import cause_words
from slaclock.domain.zones import zone
from slaclock.evidence.attainment import WEEKDAYS
from slaclock.reporting.wording import DAYS, apart, counted, month, percent

WINDOW = 2  # hours, from an even one on
FEW = 3  # breaches; of fewer nothing is said to be usual
TIMES_MEAN = 2  # how many times the mean a window has at least
MOST = 3  # one in so many of all breaches, at least, are called most of them
ENOUGH = 10  # cycles that a customer or a team has at least
Report = Mapping[str, Any]


def outstanding(report: Report) -> list[str]:
    """The sentences, the most important first; at least one."""
    total = report["total"]
    if total["attainment"] is None:
        return [_uncounted(total) or _nothing(report)]
    kept = None if total["breached"] else "Every promise was kept."
    found = (kept, _change(report), _window(report), _cause(report), *_lowest(report), _open(report))
    return [each for each in found if each] or [_plain(total)]


def _uncounted(total: Report) -> str | None:
    """What became of all that was due, where none of it counts."""
    became = {"waived": total["excluded"], "cancelled": total["cancelled"]}
    number = sum(became.values())
    if not number:
        return None
    how = " or ".join(each for each, of in became.items() if of)
    parts = f": {total['excluded']:,} and {total['cancelled']:,}" if all(became.values()) else ""
    return f"All {number:,} promises were {how}{parts}." if number > 1 else f"The only promise was {how}."


def _nothing(report: Report) -> str:
    """That there is nothing: of a month that is not over, so far; of one to come, not yet."""
    period, name = report["period"], month(report["period"]["name"])
    today = parse_instant(report["as_of"]).astimezone(zone(period["zone"])).date().isoformat()
    if today < period["from"]:
        return f"{name} is still to come."
    return "Nothing was due in this period" + (" so far." if today < period["to"] else ".")


def _plain(total: Report) -> str:
    """What the month was, where nothing else is to be said of it."""
    missed, due = counted(total["breached"], "promise"), total["met"] + total["breached"]
    were = "was" if total["breached"] == 1 else "were"
    share = percent(total["attainment"])
    return f"Nothing stands out: attainment is {share}, {missed} of {due:,} {were} missed."


def _change(report: Report) -> str | None:
    now, before = report["total"]["attainment"], report["before"]["attainment"]
    if before is None:
        return None
    points = (Decimal(now) - Decimal(before)) * 100
    then = f"in {month(report['before']['name'])}"
    if not points:
        return f"Attainment is {percent(now)}, as {then}."
    size = f"{abs(points).normalize():f}"
    more = f"{size} percentage point{'' if size == '1' else 's'} {'above' if points > 0 else 'below'}"
    return f"Attainment is {percent(now)}, {more} the {percent(before)} {then}."


def _window(report: Report) -> str | None:
    """The weekday and two hours with the most breaches, where there are many and far more than usual.

    Usual is the mean of all windows in which anything was due. Where two have as many, none stands out.
    """
    breaches: Counter[tuple[str, int]] = Counter()
    for each in report["times"]:
        breaches[each["weekday"], each["hour"] // WINDOW * WINDOW] += each["breached"]
    (most, *others) = sorted(breaches.items(), key=_in_order) or [(("", 0), 0)]
    (weekday, hour), number = most
    alone = not others or others[0][1] < number
    if number < FEW or not alone or number * len(breaches) < TIMES_MEAN * breaches.total():
        return None
    window, of = f"{DAYS[weekday]} {hour:02}–{hour + WINDOW:02}", f"{number} of {breaches.total()}"
    if number * MOST < breaches.total():
        return f"More breaches start {window} than at any other time: {of}."
    return f"Most breaches start {window}: {of}."


def _in_order(each: tuple[tuple[str, int], int]) -> tuple[int, int, int]:
    (weekday, hour), number = each
    return -number, WEEKDAYS.index(weekday), hour


def _cause(report: Report) -> str | None:
    """The cause that most breaches are put down to, where it is one alone."""
    named = [each for each in report["causes"] if each["cause"] is not None]
    if not named or (len(named) > 1 and named[1]["breached"] == named[0]["breached"]):
        return None
    number, all_ = named[0]["breached"], report["total"]["breached"]
    return f"The most frequent cause is {apart(cause_words(named[0]['cause']))}: {number} of {all_} breaches."


def _lowest(report: Report) -> Iterator[str]:
    """Yield the customer and the team with the lowest attainment, where it is lower than the whole."""
    for members, name in (("customers", "customer"), ("teams", "team")):
        if len(report[members]) > 1 and (low := _low(report[members], name, report["total"]["attainment"])):
            missed = counted(low["breached"], "breach", "breaches")
            share = percent(low["attainment"])
            yield f"The {name} with the lowest attainment is {apart(low[name])}: {share}, {missed}."


def _low(groups: Sequence[Report], name: str, whole: str) -> Report | None:
    enough = [each for each in groups if each[name] and each["met"] + each["breached"] >= ENOUGH]
    low = min(enough, key=lambda each: Decimal(each["attainment"]), default=None)
    return low if low and Decimal(low["attainment"]) < Decimal(whole) else None


def _open(report: Report) -> str | None:
    number = report["total"]["open_overdue"]
    if not number:
        return None
    return f"{counted(number, 'promise')} missed {'is' if number == 1 else 'are'} still open."
