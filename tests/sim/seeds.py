"""A seed is a life and a region's unkindness, and so a run: the same one wherever it is repeated."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.sim.hand_worked import HAND_WORKED, HandWorked, outcomes
from tests.sim.lives import random_life
from tests.sim.run import SUBJECT, gentle, unkind
from tests.sim.shrinking import shortest, story, tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.sim.run import Profile
    from tests.sim.shrinking import Verdict

MODES = ("hand", "gentle", "unkind", "wired")


def verdict_of(mode: str, seed: int) -> Verdict:
    """Live the life of a seed.

    `gentle`: nothing is lost, no service is down, and there is no auditor. `hand`: one that was worked out by
    hand, which is also held against what was worked out. `wired`: unkind, through PynamoDB.
    """
    if mode == "wired":
        return tried(seed, random_life(seed), replace(unkind(seed), wired=True))
    if mode == "hand":
        return held(HAND_WORKED[seed % len(HAND_WORKED)], seed, unkind(seed))
    if mode == "gentle":
        return tried(seed, replace(random_life(seed), outages=()), gentle(seed))
    return tried(seed, random_life(seed), unkind(seed))


def held(worked: HandWorked, seed: int, profile: Profile) -> Verdict:
    """Live a life that was worked out by hand, and hold it against that."""
    verdict = tried(seed, worked.life, profile)
    told = [each.fact for each in verdict.ran.region.tables.told(SUBJECT)] if verdict.ran else []
    amiss = [f"worked out by hand: {each}" for each in sorted(set(outcomes(told)) ^ set(worked.outcomes))]
    return replace(verdict, wrong=[*verdict.wrong, *amiss])


def lived(job: tuple[str, int]) -> tuple[int, Counter[tuple[str, str]], list[str]]:
    """A seed, its faults, and where something does not hold, the shortest story of it."""
    verdict = verdict_of(*job)
    counts = verdict.ran.faults.counts if verdict.ran else Counter()
    return job[1], counts, list(story(shortest(verdict))) if verdict.wrong else []


def all_lived(
    mode: str, seeds: Sequence[int], jobs: int
) -> Iterator[tuple[int, Counter[tuple[str, str]], list[str]]]:
    """Live the lives of many seeds, on as many processes."""
    work = [(mode, seed) for seed in seeds]
    if jobs == 1:
        yield from map(lived, work)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(lived, work, chunksize=8)
