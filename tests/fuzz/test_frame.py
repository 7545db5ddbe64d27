"""The frame finds what it is there to find: faults, what is taken in and should not be, time, memory."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.frame import Finding, Target, attempt, first_finding
from tests.fuzz.mutations import mutants
from tests.fuzz.repeat import main as repeat
from tests.fuzz.run import read_log

KEPT: list[bytes] = []


def fault(data: bytes) -> None:
    json.loads(data)["a"]["b"]


def taken(data: bytes) -> None:
    assert data.strip() == data


def slow(data: bytes) -> None:
    until = time.thread_time() + len(data) / 1000
    while time.thread_time() < until:
        pass


def greedy(data: bytes) -> None:
    KEPT.append(b"x" * len(data) * 2**20)
    KEPT.clear()


def found(target: Target, data: bytes) -> Finding | None:
    return attempt(target, data)


@pytest.mark.parametrize(
    ("target", "fine", "wrong", "what"),
    [
        (Target("fault", fault, (ValueError, KeyError)), b"{}", b"[]", "TypeError: list indices"),
        (Target("taken", taken), b"x", b" x", "AssertionError"),
        (Target("slow", slow, seconds=0.1), b"x", b"x" * 200, "took 0.2 s, not 0.1"),
        (Target("greedy", greedy, mebibytes=100), b"x", b"x" * 300, "took 300 MiB, not 100"),
    ],
    ids=lambda value: value.name if isinstance(value, Target) else None,
)
def test_a_finding_is_what_a_target_may_not_do(target: Target, fine: bytes, wrong: bytes, what: str) -> None:
    """Another error than it refuses by, an assertion, its time, its memory."""
    assert found(target, fine) is None
    finding = found(target, wrong)
    assert finding
    assert what in str(finding)
    assert finding.data == wrong


def test_what_a_target_refuses_by_is_no_finding() -> None:
    """And neither is what it takes."""
    target = Target("fault", fault, (ValueError, KeyError, TypeError))
    assert first_finding(target, iter([b"no json", b"{}", b"[]", b'{"a": {"b": 1}}'])) is None


def test_slowness_that_does_not_come_again_is_no_finding() -> None:
    """The first use of something imports it: an input is slow that is slow twice."""
    waits = iter([0.2, 0.0])
    target = Target("once", lambda _: slow(bytes(int(next(waits) * 1000))), seconds=0.1)
    assert found(target, b"") is None


def test_an_input_is_cut_to_the_length_that_the_target_reads() -> None:
    """As libFuzzer would: nothing longer is ever given."""
    lengths: list[int] = []
    attempt(Target("cut", lambda data: lengths.append(len(data)), longest=3), b"12345")
    assert lengths == [3]


def test_mutants_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    """So that a failure can be had again."""
    corpus, words = [b'{"a": [1, {"b": "c"}]}', b"x: 1\ny: 2\n"], ["word"]
    once, again, other = (list(mutants(corpus, words, seed, 50)) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def planted(target_run: Iterator[bytes]) -> int | None:
    """After how many inputs the fault is met that a member `b` without its list is."""
    for number, data in enumerate(target_run):
        try:
            document = json.loads(data)
            if isinstance(document, dict) and document.get("a") == "word" and "b" not in document:
                return number
        except ValueError:
            continue
    return None


@pytest.mark.parametrize("seed", range(5))
def test_mutants_reach_a_fault_that_takes_two_changes_of_the_json(seed: int) -> None:
    """A member with one of the target's words, and another one missing: within a few thousand inputs."""
    inputs = mutants([b'{"a": 1, "b": [1], "c": {"d": null}}'], ["word"], seed, 20_000)
    assert planted(inputs) is not None


def test_a_finding_is_repeated_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was found, and its exit code that something was."""
    path = tmp_path / "input"
    path.write_bytes(b"2026-03-27T14:05:00Z")
    assert repeat("instants", str(path)) == 0
    assert capsys.readouterr().out == "instants: nothing found in 1 inputs\n"


def test_a_hunt_is_told_by_the_last_words_of_libfuzzer(tmp_path: Path) -> None:
    """Runs, edges covered, features and corpus; one that ended by itself has died."""
    log = tmp_path / "log"
    log.write_text(
        "#2\tINITED cov: 3 ft: 4 corp: 1/9b\n#1234\tDONE   cov: 31 ft: 175 corp: 64/15Kb lim: 4096\n"
    )
    done = read_log("x", 5, log, (), 0)
    assert (done.runs, done.coverage, done.features, done.corpus, done.died) == (
        1234,
        31,
        175,
        "64/15Kb",
        False,
    )
    assert read_log("x", 5, log, (), 77).died
    log.write_text("ModuleNotFoundError\n")
    assert read_log("x", 5, log, (), 0).died
