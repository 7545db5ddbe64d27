"""`make fuzz MINUTES=5`: every target in turn, two at a time, each in a process of its own (needs atheris).

Each target gets its share of the minutes. What the hunts learn stays in `.fuzz/corpus` for the next one; what
they find is in `.fuzz/findings`, with the command that repeats it. The exit code is 1 where there is any.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.frame import ROOT, targets

WORK = ROOT / ".fuzz"
CORES = 2
SHORTEST = 5  # seconds of a hunt
_PROGRESS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/(\S+)", re.MULTILINE)
_STARTS = 300  # seconds that a hunt may take beside its time: it imports, and reads its corpus


@dataclass(frozen=True, slots=True)
class Hunted:
    """What became of one hunt."""

    name: str
    seconds: int
    runs: int
    coverage: int
    features: int
    corpus: str
    findings: tuple[Path, ...]
    died: bool
    log: Path


def main() -> int:
    args = _arguments()
    unknown = set(args.targets) - targets().keys()
    if unknown:
        sys.exit(f"there is no target {min(unknown)!r}: there are {', '.join(targets())}")
    names = args.targets or list(targets())
    whole = args.minutes * 60 * CORES / sum(targets()[name].share for name in names)
    seconds = {name: max(SHORTEST, round(whole * targets()[name].share)) for name in names}
    seed = random.randrange(1, 2**31) if args.seed is None else args.seed
    print(f"{len(names)} targets, {sum(seconds.values())} s, {CORES} at a time, seed {seed}", flush=True)
    print(_row("target", "seconds", "runs", "coverage", "features", "corpus", "findings"), flush=True)
    with ThreadPoolExecutor(CORES) as pool:
        hunts = list(pool.map(lambda name: _told(hunt(name, seconds[name], seed)), names))
    return _summed_up(hunts)


def hunt(name: str, seconds: int, seed: int) -> Hunted:
    """Hunt with one target in a process of its own, which is ended whatever happens."""
    log = WORK / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    begun = time.time()
    command = [sys.executable, "-m", "tests.fuzz.hunt", name, str(seconds), str(seed)]
    with log.open("wb") as file:
        environ = {**os.environ, "PYTHONHASHSEED": str(seed % 2**32)}
        try:
            code = subprocess.run(
                command,
                cwd=ROOT,
                env=environ,
                stdout=file,
                stderr=file,
                timeout=seconds + _STARTS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    found = tuple(
        each for each in sorted((WORK / "findings" / name).glob("*")) if each.stat().st_mtime >= begun
    )
    return read_log(name, seconds, log, found, code)


def read_log(name: str, seconds: int, log: Path, found: tuple[Path, ...], code: int) -> Hunted:
    """What libFuzzer last said of its progress."""
    said = _PROGRESS.findall(log.read_text(errors="replace"))
    runs, coverage, features, files, size = said[-1] if said else ("0", "0", "0", "0", "0b")
    died = code != 0 or not said
    return Hunted(name, seconds, int(runs), int(coverage), int(features), f"{files}/{size}", found, died, log)


def _told(hunted: Hunted) -> Hunted:
    findings = "died" if hunted.died and not hunted.findings else str(len(hunted.findings))
    told = (
        hunted.name,
        hunted.seconds,
        hunted.runs,
        hunted.coverage,
        hunted.features,
        hunted.corpus,
        findings,
    )
    print(_row(*map(str, told)), flush=True)
    return hunted


def _row(name: str, *columns: str) -> str:
    return f"{name:20}" + "".join(f"{each:>12}" for each in columns)


def _summed_up(hunts: list[Hunted]) -> int:
    for each in hunts:
        for path in each.findings:
            print(f"\n{each.name}: {path.relative_to(ROOT)}; again by")
            print(f"    {_repeat(each.name, path)}")
        if each.died:
            print(f"\n{each.name}: the hunt ended before its time: {each.log.relative_to(ROOT)}")
    print(f"\n{sum(each.runs for each in hunts)} runs, {sum(len(each.findings) for each in hunts)} findings")
    return 1 if any(each.findings or each.died for each in hunts) else 0


def _repeat(name: str, path: Path) -> str:
    python = (
        Path(sys.executable).relative_to(ROOT)
        if Path(sys.executable).is_relative_to(ROOT)
        else sys.executable
    )
    return f"PYTHONPATH=layers/core:. {python} -m tests.fuzz.repeat {name} {path.relative_to(ROOT)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
