"""What `slaclock simulate` prints for people: the counts, the tightest targets, and the first changes."""

from __future__ import annotations

from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from slaclock.domain.durations import parse_duration
from slaclock.domain.instants import format_instant
from slaclock.simulation.counting import BY_DATE, OUTCOMES, SHARES, Tally, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from slaclock.cli.simulating import Simulation
    from slaclock.simulation.comparing import Change
    from slaclock.simulation.counting import Promise, Stops

MOST_CHANGES = 50
_NONE = "-"
Row = tuple[str, ...]


def as_text(found: Simulation) -> Iterator[str]:
    """Counts, the tightest targets, and the first changes."""
    yield f"{_many(found.counted.tickets, 'ticket')}, told until {format_instant(found.until)}"
    yield ""
    yield from _table(_counts(found), left=3)
    yield ""
    yield "The tightest target that would have been kept by so many of the cycles that stopped or breached:"
    yield from _table(_tightest(found), left=3)
    if found.compared:
        yield ""
        yield from _changed(found.counted.changes)


def hundredths(tally: Tally) -> int | None:
    """Attainment in hundredths of a per cent, cut off: 100 % is shown only where nothing was breached."""
    return tally.met * 10_000 // tally.decided if tally.decided else None


def whole_minutes(seconds: int) -> str:
    """A length as a document writes it, up to the next whole minute.

    >>> whole_minutes(25_861), whole_minutes(3_600), whole_minutes(0)
    ('7h12m', '1h', '0m')
    """
    hours, minutes = divmod(-(-seconds // 60), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")


def _counts(found: Simulation) -> Iterator[Row]:
    yield ("agreement", "target", "", *OUTCOMES, "attainment")
    for pair in found.pairs():
        new, old = (found.tally(side, promise) for side, promise in enumerate(pair))
        yield from (
            (*_named(promise), name, *_figures(tally))
            for promise, name, tally in zip(pair, ("new", "old"), (new, old), strict=True)
            if promise
        )
        if found.compared:
            yield ("", "", "change", *_difference(new, old))


def _named(promise: Promise) -> tuple[str, str]:
    measured = f" ({promise.metric})" if promise.metric != promise.target else ""
    return promise.agreement, promise.target + measured


def _figures(tally: Tally) -> Row:
    share = hundredths(tally)
    counts = (str(getattr(tally, outcome)) for outcome in OUTCOMES)
    return (*counts, _NONE if share is None else f"{share / 100:.2f}%")


def _difference(new: Tally, old: Tally) -> Row:
    """New less old; of the attainment in percentage points, as both are shown."""
    ours, theirs = hundredths(new), hundredths(old)
    points = _NONE if ours is None or theirs is None else f"{(ours - theirs) / 100:+.2f}"
    return (*(f"{getattr(new, each) - getattr(old, each):+d}" for each in OUTCOMES), points)


def _tightest(found: Simulation) -> Iterator[Row]:
    yield ("agreement", "target", "budget", "cycles", *(f"{share}%" for share in SHARES))
    for promise in found.promises[0]:
        stops = found.tally(0, promise).stops
        if len(stops) != 1:
            yield (*_named(promise), "all", *_reached(together(stops.values())))
        for budget in sorted(stops, key=length_of):
            yield (*_named(promise), budget, *_reached(stops[budget]))


def _reached(stops: Stops) -> Row:
    answers = [stops.tightest(share) for share in SHARES]
    missing = "not reachable" if stops.cycles else _NONE
    return (str(stops.cycles), *(missing if each is None else whole_minutes(each) for each in answers))


def length_of(budget: str) -> tuple[timedelta, str]:
    """What budgets are ordered by: the shorter first, and last those that a date of the ticket gives."""
    if budget == BY_DATE:
        return timedelta.max, budget
    duration = parse_duration(budget)
    return duration.length + timedelta(days=duration.days), budget


def _changed(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        yield "With another outcome: none"
        return
    tickets = len({(each.account, each.ticket_id) for each in changes})
    yield f"With another outcome: {_many(len(changes), 'cycle')} of {_many(tickets, 'ticket')}"
    head = ("account", "ticket", "target", "cycle", "old", "new", "due under old", "due under new")
    yield from _table([head, *map(_change, changes[:MOST_CHANGES])], left=len(head))
    if len(changes) > MOST_CHANGES:
        yield f"and {len(changes) - MOST_CHANGES} more: --json lists all"


def _change(change: Change) -> Row:
    sides = (change.old, change.new)
    outcomes = (each.outcome if each else _NONE for each in sides)
    due = (format_instant(each.due_at) if each and each.due_at else _NONE for each in sides)
    return (change.account, change.ticket_id, change.target, str(change.cycle), *outcomes, *due)


def _table(rows: Iterable[Row], left: int) -> Iterator[str]:
    """Rows in columns: the first `left` of them begin at the left, the others, figures, end at the right."""
    shown = [[_safe(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*shown, fillvalue="")]
    for row in shown:
        cells = (
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _many(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _safe(text: str) -> str:
    """Others chose these names: nothing in them may steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
