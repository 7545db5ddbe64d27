"""The simulation can fail: the code without one of its guards falls to one of its checks, each time."""

from __future__ import annotations

import pytest

from tests.sim.mutants import MUTANTS, Mutant, caught


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_guard_taken_out_is_missed(mutant: Mutant) -> None:
    """`make sim-mutants` shows which mutant fell to which check."""
    by = caught(mutant)
    assert by is not None
    print(by)
