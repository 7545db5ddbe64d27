"""A month's and a year's report of attainment on 10⁶ cycles of one account, as ratios to a floor.

    make bench-reports                  # 10⁶ cycles over a year
    make bench-reports CYCLES=100000    # seconds

The rollups are those that the nights would make, the report is the real one, over a store in memory: what
DynamoDB takes to hand out the pages is not in it; how many there are is printed. The floor reads the same
cycles as lines of JSON and counts them by state: the least that any report from files does.
Seconds are of CPU, so that a busy machine says the same.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import public_id
from slaclock.evidence.cycles import Cycle
from slaclock.evidence.rollup import rolled_up
from slaclock.records.attainment import attainment
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.store.memory import MemoryStore
from slaclock.store.reports import ALL, Made, whose_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

FIRST, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 365
PAGE = 1 << 20
MOST = {"month": 1.0, "year": 3.0}  # seconds
BYS = ("", "customer", "customer,team", "weekday,hour")
_STATES, _SHARES = ("met", "breached", "cancelled", "waived"), (90, 7, 2, 1)
_DAY = timedelta(days=1)


def main() -> int:
    """Print the table; 1 where a month takes a second, or a year three."""
    parser = argparse.ArgumentParser(prog="make bench-reports", description=__doc__)
    parser.add_argument("cycles", nargs="?", type=int, default=1_000_000, help="cycles in the year")
    number = parser.parse_args().cycles
    store, lines = filled(number)
    parts = [item["part"] for (pk, _), item in store.tables["reports"].items() if pk.endswith("#*")]
    total = sum(map(len, parts))
    pages = -(-total // PAGE)
    print(f"{number} cycles: {len(parts)} parts of {total // len(parts)} bytes, {pages} pages a year")
    print("  period  by              seconds   x the floor")
    slow = 0
    for period, days in (("month", 31), ("year", DAYS)):
        floor = timed(partial(counted, lines[:days]))
        for by in BYS:
            seconds = timed(partial(asked, store, days, by))
            slow += seconds > MOST[period]
            print(f"  {period:6}  {by or '-':14} {seconds:8.2f}  {seconds / floor:11.2f}")
    return 1 if slow else 0


def filled(number: int) -> tuple[MemoryStore, list[list[str]]]:
    """A year of rollups, and the same cycles as lines of JSON, day by day."""
    store, lines, chance = MemoryStore(), [], random.Random(7)  # noqa: S311  (nobody guesses it)
    for day in range(DAYS):
        some = [made_up(chance, FIRST + day * _DAY) for _ in range(number // DAYS)]
        lines.append([json.dumps(_plain(each)) for each in some])
        whole = rolled_up("example", some)
        today = (FIRST + day * _DAY).date()
        made = Made(today, 1, whole.digest(), FIRST, today)
        store.keep_rollup("example", made, {ALL: whole.packed(), whose_of("c-1"): []})
    store.note_rolled((FIRST + DAYS * _DAY).date())
    return store, lines


def made_up(chance: random.Random, day: datetime) -> Cycle:
    """A cycle of a helpdesk with forty customers, eight teams and three promises."""
    promise = chance.choice(["first_response", "next_response", "resolution"])
    (state,) = chance.choices(_STATES, _SHARES)
    due = day + timedelta(seconds=chance.randrange(86_400))
    is_open = state == "breached" and chance.random() < 0.05
    timed = state in ("met", "breached") and not is_open
    worked = chance.randrange(30_000) if timed else None
    ticket = f"ticket#example#{chance.randrange(10**7)}"
    return Cycle(
        id=public_id(ticket, f"clock_{state}:{promise}:1.0"),
        account="example",
        customer=f"c-{chance.randrange(40)}",
        agreement=f"gold-{chance.randrange(5)}",
        agreement_version=3,
        target=promise,
        metric=promise,
        kind="response",
        clause="§4.2",
        team=f"t-{chance.randrange(8)}",
        priority=chance.choice(["urgent", "high", "normal", "low"]),
        service=None,
        cycle=1,
        due=due,
        at=due,
        state=state,  # type: ignore[arg-type]
        open=is_open,
        worked=worked,
        wall=None if worked is None else worked * 3,
    )


def asked(store: MemoryStore, days: int, by: str) -> Any:
    """The report of so many days, as it is answered."""
    until: date = (FIRST + days * _DAY).date()
    query = {"account": "example", "from": FIRST.date().isoformat(), "to": until.isoformat()}
    return json.dumps(attainment(store, parse_attainment_query(query | ({"by": by} if by else {})), FIRST))


def counted(lines: list[list[str]]) -> Counter[str]:
    """The floor."""
    return Counter(json.loads(line)["state"] for day in lines for line in day)


def timed(run: Callable[[], Any]) -> float:
    """The CPU seconds of the faster of two runs."""
    found = []
    for _ in range(2):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    return min(found)


def _plain(cycle: Cycle) -> dict[str, Any]:
    members = {name: getattr(cycle, name) for name in Cycle.__slots__}
    return members | {name: members[name].isoformat() for name in ("due", "at")}


if __name__ == "__main__":
    sys.exit(main())
