"""What the benchmarks and the script about money are asked for: numbers in their bounds, or a plain line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks import asked, audit_reads, coldstart, growth
from scripts import cost

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = ("0", "-5", "abc", "1.5", "", "٣", "1" * 30)
SIZES = (*NUMBERS, "1000", "1000,abc", "5000,1000", "1000,1000", "1000,1999", "999,10000", "1000,10000001")


@pytest.mark.parametrize(
    ("main", "text"),
    [
        *((main, text) for main in (cost.main, coldstart.main) for text in NUMBERS),
        *((main, text) for main in (growth.main, audit_reads.main) for text in SIZES),
        (coldstart.main, "1001"),
    ],
)
def test_what_can_not_be_computed_with_is_refused(
    main: Callable[[], object], text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is done: the usage, and a line that says what is wrong with it."""
    monkeypatch.setattr(sys, "argv", ["it", text])
    with pytest.raises(SystemExit) as ended:
        main()
    *_, line = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert ": error: argument " in line
    assert " is no" in line


def test_sizes_grow() -> None:
    """Each is twice the one before at least, from a thousand up to ten million."""
    assert asked.sizes("1000,2000,10000000") == [1_000, 2_000, 10_000_000]


def test_another_number_of_tickets_has_its_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One alone as well, and a great many."""
    monkeypatch.setattr(sys, "argv", ["it", "1", str(10**12)])
    cost.main()
    assert capsys.readouterr().out.startswith("| Dollars a month | 1 tickets | 1,000,000,000,000 tickets |\n")
