"""`make sim`: random lives in unkind regions, each a function of its seed; what fails is told briefly."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.sim.seeds import MODES, all_lived, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    asked = _asked()
    return _first_failed(asked) if asked.until_one_fails else _all(asked)


def _first_failed(asked: argparse.Namespace) -> int:
    """Say in one line which seed fails first, and which check of it."""
    for seed in range(asked.first or 0, (asked.first or 0) + asked.seeds):
        if wrong := verdict_of(asked.mode, seed).wrong:
            print(f"seed {seed}: {wrong[0][:90]}")
            return 1
    return 0


def _all(asked: argparse.Namespace) -> int:
    first = asked.first if asked.first is not None else int.from_bytes(os.urandom(4))
    seeds = range(first, first + asked.seeds)
    print(f"seeds {seeds.start} to {seeds.stop - 1}, {asked.mode}")
    began, counts, failed = time.perf_counter(), Counter[tuple[str, str]](), 0
    for seed, happened, told in all_lived(asked.mode, seeds, asked.jobs):
        counts += happened
        failed += bool(told)
        if told:
            print(f"make sim SEEDS=1 FIRST={seed} MODE={asked.mode}  # repeats it", *told, sep="\n")
    spent = time.perf_counter() - began
    if asked.faults:
        print(*table(counts), sep="\n")
    print(
        f"{len(seeds)} lives, {sum(counts.values())} faults, {failed} failed;",
        f"{len(seeds) / spent:.0f} lives a second",
    )
    return 1 if failed else 0


def table(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """How often each kind of fault happened at each place."""
    for place in sorted({place for place, _ in counts}):
        there = {kind: n for (where, kind), n in counts.items() if where == place}
        yield f"{place:32} " + ", ".join(f"{kind} {n}" for kind, n in sorted(there.items()))


def _positive(text: str) -> int:
    """A number from 1 on; a run of no lives must not pass for one that went well."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _natural(text: str) -> int:
    if (number := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"{number} is less than 0")
    return number


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seeds", type=_positive, default=100, help="how many lives")
    parser.add_argument("--first", type=_natural, help="the first seed; without it, fresh ones")
    parser.add_argument(
        "--mode", choices=MODES, default="unkind", help="gentle: nothing lost, and no auditor"
    )
    parser.add_argument("--until-one-fails", action="store_true", help="in this process, and tell no story")
    parser.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--faults", action="store_true", help="show how often each fault happened where")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
