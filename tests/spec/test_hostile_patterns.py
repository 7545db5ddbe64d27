"""Regular expressions: each of ours takes time in proportion to the text, whatever the text is.

Python's matcher goes back. It stays linear where at most one repeat of a pattern has no bound, none of those
stands within another repeat, and the choices of the bounded ones multiply to a small number. A pattern that
is looked for anywhere in a text must have bounds alone.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    [*(ROOT / "layers" / "core" / "slaclock").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
)
ANCHORED = {"fullmatch", "match", "compile", "matching"}
ANYWHERE = {"search", "findall", "finditer", "sub", "subn", "split"}
# Of these the text is ours: the routes of the template.
OURS = {("routing.py", r"{(\w+)}")}
MOST_CHOICES = 10**6

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_constants
    import sre_parse


def calls() -> Iterator[tuple[Path, str, ast.expr]]:
    """Every call that takes a pattern: where it stands, what it does with it, and the pattern."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=[pattern, *_]):
                    yield path, name, pattern
                case ast.Call(
                    func=ast.Name(id="matching") | ast.Attribute(attr="matching"), args=[pattern, *_]
                ):
                    yield path, "matching", pattern


PATTERNS = [
    (path, how, each.value)
    for path, how, each in calls()
    if isinstance(each, ast.Constant) and isinstance(each.value, str)
]


def repeats(parsed: Any, *, within: bool = False) -> Iterator[tuple[int, bool]]:
    """The repeats of a pattern: in how many ways each can match (0: no bound), and whether within another."""
    for kind, said in parsed:
        if kind in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
            low, high, inner = said
            yield 0 if high is sre_constants.MAXREPEAT else int(high) - int(low) + 1, within
            yield from repeats(inner, within=high != 1)
        elif kind is sre_constants.SUBPATTERN:
            yield from repeats(said[-1], within=within)
        elif kind is sre_constants.BRANCH:
            for branch in said[1]:
                yield from repeats(branch, within=within)
        elif kind in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
            yield from repeats(said[1], within=within)


def is_linear(pattern: str, *, anywhere: bool) -> bool:
    found = list(repeats(sre_parse.parse(pattern)))
    unbounded = [within for ways, within in found if not ways]
    choices = 1
    for ways, _ in found:
        choices *= ways or 1
    return len(unbounded) <= (0 if anywhere else 1) and not any(unbounded) and choices <= MOST_CHOICES


def test_every_pattern_of_the_code_is_looked_at() -> None:
    """There are a dozen and more; one that is put together at run time could not be judged, and is none's."""
    assert len(PATTERNS) >= 15
    built = {(path.name, how) for path, how, each in calls() if not isinstance(each, ast.Constant)}
    # Each is of a function called `matching`, whose own callers are looked at.
    assert built == {("checks.py", "compile"), ("connection_members.py", "fullmatch")}


@pytest.mark.parametrize(
    ("path", "how", "pattern"), PATTERNS, ids=[f"{path.stem}-{pattern[:30]}" for path, _, pattern in PATTERNS]
)
def test_a_pattern_is_linear(path: Path, how: str, pattern: str) -> None:
    """Matched from the beginning: one repeat without a bound at most. Looked for anywhere: none."""
    assert how in ANCHORED | ANYWHERE
    compiled_for_search = how == "compile" and f"{_name_of(path, pattern)}.search" in path.read_text()
    anywhere = how in ANYWHERE or compiled_for_search
    assert (path.name, pattern) in OURS or is_linear(pattern, anywhere=anywhere)


def _name_of(path: Path, pattern: str) -> str:
    """What a compiled pattern is called."""
    found = re.search(
        r"^(\w{1,40}) = re\.compile\(.{0,3}" + re.escape(pattern), path.read_text(), re.MULTILINE
    )
    return found[1] if found else "?"


@pytest.mark.parametrize(
    ("pattern", "anywhere"),
    [
        ("(a+)+b", False),
        ("(a|b*)*", False),
        (r"\s+\S+", False),
        ("a+", True),
        ("(?:a{1,1000}){1,1000}b{1,1000}", False),
    ],
)
def test_patterns_that_take_longer_are_told_apart(pattern: str, anywhere: object) -> None:
    """The judge is no stamp: these take time beyond all bounds, or a square of the text's length."""
    assert not is_linear(pattern, anywhere=bool(anywhere))
