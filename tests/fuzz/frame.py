"""What is fuzzed, and what counts as a finding.

A target is a function of bytes in a module of `tests/fuzz/targets`, with the exceptions that it may raise:

    @target("fact-ids", refuses=(InvalidEvent,))
    def fact_ids(data: bytes) -> None:
        subject, key = split_id(text_of(data))
        assert public_id(subject, key) == text_of(data)

Anything else that it raises is a finding: a fault, or something taken in that it asserts can't be. So is an
input that takes longer, or more memory, than the target allows.
"""

from __future__ import annotations

import resource
import time
import traceback
import tracemalloc
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus"
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what others wrote.

    `seconds` are CPU time for one input, `mebibytes` what the process may grow by meanwhile, `longest` the
    bytes of an input. `words` are what a mutation may put in, `samples` inputs beside those of its corpus;
    `tries` is how many mutated inputs a test run makes, `share` its part of a hunt's time beside the others'.
    """

    name: str
    run: Callable[[bytes], None]
    refuses: tuple[type[Exception], ...] = ()
    words: Sequence[str] = ()
    samples: Callable[[], Sequence[bytes]] = tuple
    seconds: float = 1.0
    mebibytes: int = 64
    longest: int = 4096
    tries: int = 400
    share: float = 1.0

    def corpus(self) -> dict[str, bytes]:
        """Its inputs by the names of their files, and those that other files of the project give."""
        kept = {path.name: path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))}
        return kept | {f"sample-{number}": each for number, each in enumerate(self.samples())}


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that a target should have refused, or taken in otherwise. `where` tells findings apart."""

    target: str
    data: bytes
    what: str
    where: str
    trace: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.target}: {self.what} at {self.where}\n{self.trace}"


class LoggedFault(AssertionError):
    """A function logged a fault in place of raising it: what it logged tells findings apart."""


_TARGETS: dict[str, Target] = {}


def target(
    name: str,
    *,
    refuses: tuple[type[Exception], ...] = (),
    words: Sequence[str] = (),
    samples: Callable[[], Sequence[bytes]] = tuple,
    seconds: float = 1.0,
    mebibytes: int = 64,
    longest: int = 4096,
    tries: int = 400,
    share: float = 1.0,
) -> Callable[[Callable[[bytes], None]], Callable[[bytes], None]]:
    """Make a target of the function below."""

    def register(run: Callable[[bytes], None]) -> Callable[[bytes], None]:
        assert name not in _TARGETS, f"two targets are called {name}"
        _TARGETS[name] = Target(name, run, refuses, words, samples, seconds, mebibytes, longest, tries, share)
        return run

    return register


@cache
def targets() -> Mapping[str, Target]:
    """Every target by its name, from all modules beside this one."""
    for path in sorted((HERE / "targets").glob("*.py")):
        import_module(f"tests.fuzz.targets.{path.stem}")
    return dict(sorted(_TARGETS.items()))


def text_of(data: bytes) -> str:
    """The text of an input; what is no UTF-8 becomes the replacement character."""
    return data.decode(errors="replace")


def attempt(target: Target, data: bytes, patience: float = 1.0) -> Finding | None:
    """Give a target an input. `patience` multiplies the time that it may take, where it is watched."""
    data = data[: target.longest]
    peak, begun = _peak(), time.thread_time()
    if found := _fault(target, data):
        return found
    took, grown = time.thread_time() - begun, _peak() - peak
    if took > target.seconds * patience and (again := _time(target, data)) > target.seconds * patience:
        return Finding(target.name, data, f"took {again:.1f} s, not {target.seconds:.1f}", "time")
    if grown > target.mebibytes and (again := _memory(target, data)) > target.mebibytes:
        return Finding(target.name, data, f"took {again:.0f} MiB, not {target.mebibytes}", "memory")
    return None


def first_finding(target: Target, inputs: Iterator[bytes]) -> Finding | None:
    """The first finding among inputs; what is imported and built at first use counts for no input."""
    for data in [*target.corpus().values()][:3]:
        _fault(target, data)
    return next((found for each in inputs if (found := attempt(target, each))), None)


def _fault(target: Target, data: bytes) -> Finding | None:
    try:
        target.run(data)
    except target.refuses:
        return None
    except Exception as error:  # noqa: BLE001  (it is what is looked for)
        trace = "".join(traceback.format_exception(error, limit=-12))
        return Finding(target.name, data, f"{type(error).__name__}: {str(error)[:300]}", _place(error), trace)
    return None


def _place(error: Exception) -> str:
    """Where it was raised: the innermost line of the project, its own tests only where nothing else is."""
    if isinstance(error, LoggedFault):
        return str(error)[:120]
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if "/slaclock/" in each.filename or "/functions/" in each.filename]
    last = (own or frames)[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"


def _time(target: Target, data: bytes) -> float:
    begun = time.thread_time()
    _fault(target, data)
    return time.thread_time() - begun


def _memory(target: Target, data: bytes) -> float:
    tracemalloc.start()
    try:
        _fault(target, data)
        return tracemalloc.get_traced_memory()[1] / _MIB
    finally:
        tracemalloc.stop()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
