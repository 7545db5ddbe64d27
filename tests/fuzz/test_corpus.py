"""Every target takes its corpus, and inputs made of it by chance: some the same each time, some new ones.

In CI only the same ones: what lands is judged by the same inputs each time, and a hunt is not its business.

`make fuzz` hunts for longer, guided by coverage. What it finds becomes a file of the corpus, tried here.
"""

import os
from collections.abc import Callable
from random import SystemRandom

import pytest

from tests.fuzz.frame import CORPUS, Target, first_finding, targets
from tests.fuzz.mutations import mutants

FIXED = 20260327
FRESH = int(os.environ.get("FUZZ_SEED") or SystemRandom().randrange(10**9))
SEEDS = {"fixed": FIXED} if "CI" in os.environ else {"fixed": FIXED, "fresh": FRESH}
every = pytest.mark.parametrize("target", targets().values(), ids=targets())


@every
def test_nothing_is_found_in_the_corpus(target: Target) -> None:
    """The inputs that once were findings, those that are easy to get wrong, and the project's own samples."""
    corpus = target.corpus()
    assert corpus
    for name, data in corpus.items():
        assert len(data) <= target.longest, f"{name} is longer than what {target.name} is given"
    found = first_finding(target, iter(corpus.values()))
    assert not found, found


@every
@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_nothing_is_found_in_what_is_made_of_it(
    target: Target, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """As many inputs as the target asks for; FUZZ_SEED=… makes the same ones again."""
    if seed == FRESH:
        record_property("FUZZ_SEED", seed)
    found = first_finding(target, mutants([*target.corpus().values()], target.words, seed, target.tries))
    assert not found, f"FUZZ_SEED={seed}: {found}\ninput: {found and found.data!r}"


def test_the_corpus_is_small_and_each_of_its_folders_is_a_targets() -> None:
    """A folder without a target would never be read; a large file belongs to `.fuzz`, which is not kept."""
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} <= targets().keys()
    assert all(path.stat().st_size <= 1024 for path in files)
    assert len(files) <= 400
