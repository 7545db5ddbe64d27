"""What the auditor's sweep reads at 10³, 10⁵ and 10⁶ tickets, as ratios to an empty sweep and to a Scan.

    make bench-audit                      # 10³, 10⁵ and 10⁶: some 6 GB of memory, and ten minutes
    make bench-audit TICKETS=1000,10000   # seconds

Every ticket is a copy of one that the functions made, open, with its deadline a year ahead; some are overdue.
The sweep is the real one, by a function that has just started. Units are counted by DynamoDB's rule from what
each request looked at, in the answers of ministack (which itself counts one for any read). The Scan is what
looking through tickets alone would cost, logs and facts left out: computed, and measured at the first size.
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks import asked
from slaclock.wiring import Wiring
from tests.e2e.capacity import UNIT, Meter
from tests.e2e.desk import environ_of, open_desk
from tests.e2e.filling import PATIENCE, Filled, fill

OVERDUE = (0, 10, 100)


def main() -> int:
    """Print the table; 1 if what a sweep reads depends on how many tickets there are."""
    parser = argparse.ArgumentParser(usage="make bench-audit TICKETS=1000,10000", description=__doc__)
    default = "1000,100000,1000000"
    parser.add_argument("tickets", nargs="?", type=asked.sizes, default=default, help="sizes, growing")
    sizes = parser.parse_args().tickets
    read: dict[int, list[float]] = {}
    with open_desk() as desk:
        filled = fill(desk)
        print(f"a ticket is {filled.size} bytes; a unit is {UNIT} bytes read consistently, or twice that")
        print("  tickets  overdue    units  x the empty one      Scan  Scan / sweep")
        for size in sizes:
            filled.add(size - filled.stored, overdue=False)
            scan = scanned(filled, measured=not read)
            read[size] = []
            for overdue in OVERDUE:
                read[size].append(swept(filled, overdue))
                _print(size, overdue, read[size][-1], read[sizes[0]][0], scan)
    same = all(each == read[sizes[0]] for each in read.values())
    print(f"\nthe same at every size: {'yes' if same else 'NO'}")
    return 0 if same else 1


def swept(filled: Filled, overdue: int) -> float:
    """The units of a sweep that finds so many tickets overdue, and wakes them all."""
    filled.add(overdue, overdue=True)
    done, meter = filled.sweep()
    assert (done.woken, done.failed, done.left) == (overdue, 0, 0), done
    return meter.units


def scanned(filled: Filled, *, measured: bool) -> float:
    """The units of a Scan over the tickets, as stale as the sweep's queries may be."""
    computed = filled.stored * filled.size / UNIT / 2
    if measured:
        wiring, meter = Wiring(environ_of(filled.desk, "Audit"), patience=PATIENCE), Meter(filled.size)
        meter.watch(wiring.connection.session)
        pages = wiring.connection.client.get_paginator("scan")
        list(pages.paginate(TableName=filled.desk.stack.cloud.names["Tickets"]))
        begun = meter.requests["Scan"] / 2  # half a unit a page
        assert computed <= meter.units <= computed + begun, (meter.units, computed)
    return computed


def _print(size: int, overdue: int, units: float, empty: float, scan: float) -> None:
    ratios = f"{units / empty:16.2f} {scan:9.0f} {scan / units:13.1f}"
    print(f"{size:9} {overdue:8} {units:8.1f} {ratios}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "benchmark")
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "slaclock")
    sys.exit(main())
