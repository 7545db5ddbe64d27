"""What deliveries, timers, sweeps and queries read at 10³ to 10⁶ tickets, and how the writes spread.

    make bench-growth                      # 10³ to 10⁶: some 3 GB of memory, and two minutes
    make bench-growth TICKETS=1000,10000   # seconds

The functions are the real ones, over the tests' double of DynamoDB, whose answers are counted by DynamoDB's
rules. Every ticket is a copy of one that the functions made; a tenth has a breach, with its two rows.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import asked
from tests.sim.growing import growing


def main() -> int:
    """Print the table; 1 if anything that is read depends on how many tickets there are."""
    parser = argparse.ArgumentParser(usage="make bench-growth TICKETS=1000,10000", description=__doc__)
    default = "1000,10000,100000,1000000"
    parser.add_argument("tickets", nargs="?", type=asked.sizes, default=default, help="sizes, growing")
    sizes = parser.parse_args().tickets
    read: list[dict[str, tuple[int, float]]] = []
    with growing() as grown:
        for size in sizes:
            grown.grow(size)
            found = grown.asked()
            read.append({name: (each.items, each.reads.total() / 2) for name, each in found.items()})
            print(f"{size:,} tickets", flush=True)
            for name, (items, units) in read[-1].items():
                print(f"  {name:32} {items:5} items {units:7.1f} units")
    same = all(each == read[0] for each in read)
    print(f"\nthe same at every size: {'yes' if same else 'NO'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
