"""Long work: a progress bar on a terminal, and processes that share it."""

from __future__ import annotations

import io
import os
import time

import pytest

from slaclock.cli.progress import Progress
from slaclock.cli.workers import Workers, cores
from slaclock.domain.errors import SlaError


class Terminal(io.StringIO):
    """A stream that says that somebody looks at it."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that goes on by so many seconds whenever it is asked."""

    def __init__(self, step: float) -> None:
        self.step, self.now = step, 100.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def drawn(stream: io.StringIO, clock: Clock, count: int = 4) -> list[str]:
    progress = Progress(stream, clock)
    assert list(progress.through(iter("abcd"), "reading", count)) == list("abcd")
    progress.clear()
    return stream.getvalue().split("\r")


def test_nothing_is_drawn_within_two_seconds() -> None:
    """What is done at once needs no bar."""
    assert drawn(Terminal(), Clock(0.3)) == [""]


def test_what_takes_longer_than_two_seconds_shows_how_far_it_is() -> None:
    """Each picture over the one before; in the end the line is as it was found."""
    assert drawn(Terminal(), Clock(1.0)) == [
        "",
        "reading [###############...............]  50%",
        "reading [######################........]  75%",
        "reading [##############################] 100%",
        " " * 45,
        "",
    ]


def test_nothing_is_drawn_where_nobody_looks() -> None:
    """A file or a pipe gets no bar."""
    assert drawn(io.StringIO(), Clock(10.0)) == [""]


def test_a_picture_is_drawn_ten_times_a_second_at_most() -> None:
    """Of a thousand steps a second most are not shown."""
    stream = Terminal()
    progress = Progress(stream, Clock(0.01))
    assert len(list(progress.through(range(300), "reading", 300))) == 300
    assert 8 <= stream.getvalue().count("\r") <= 12


def test_more_than_was_expected_is_no_more_than_all() -> None:
    """A count is an estimate."""
    assert "100%" in drawn(Terminal(), Clock(1.0), count=1)[1]


def test_one_job_is_this_process() -> None:
    """Prepared once, before the first item; items are asked for as they are needed."""
    seen: list[str] = []
    workers = Workers(1, seen.append, ("prepared",))
    answers = workers.each(str.upper, iter("ab"))
    assert seen == []
    assert (next(answers), seen) == ("A", ["prepared"])
    assert list(answers) == ["B"]


def test_all_cores_means_those_that_this_process_may_use() -> None:
    """At least one."""
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it is run beside others, in threads
def test_answers_come_in_the_order_of_the_items() -> None:
    """However long each takes."""
    assert list(Workers(2).each(slowly, [0.3, 0.0, 0.1, 0.0])) == [0.3, 0.0, 0.1, 0.0]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_that_comes_to_its_end_is_said() -> None:
    """Such as one for which there was no memory."""
    with pytest.raises(SlaError, match="a process came to its end before its work"):
        list(Workers(2).each(os._exit, [3]))


def slowly(seconds: float) -> float:
    time.sleep(seconds)
    return seconds
