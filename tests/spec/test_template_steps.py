"""Steps of `make check-template`: each says in lines what it found, and none ends the others."""

from collections.abc import Iterator

import pytest

from scripts.template_steps import LONGEST, done, shortened


def failing() -> Iterator[str]:
    yield "first: this is wrong"
    raise KeyError("Type")


def test_a_step_that_fails_is_a_finding_and_the_others_go_on() -> None:
    """By its name, after what it had found already; the order is that in which steps are given."""
    steps = {"first": failing, "second": lambda: ["second: so is this"], "third": list}
    told = {name: each.found for name, each in done(steps).items()}
    assert list(told) == ["first", "second", "third"]
    assert told == {
        "first": ["first: this is wrong", "first: KeyError: 'Type'"],
        "second": ["second: so is this"],
        "third": [],
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n  b\n", "a b"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * LONGEST + "… and 1 characters more"),
        ("x" * 4000, "x" * LONGEST + "… and 3800 characters more"),
    ],
)
def test_what_a_tool_says_at_length_is_one_line_of_two_hundred_characters(text: str, line: str) -> None:
    """And the number of those that are left out."""
    assert shortened(text) == line
