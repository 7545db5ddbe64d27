"""`python -m tests.fuzz.hunt TARGET SECONDS SEED`: one target, guided by slaclock's coverage (needs atheris).

A finding is written to `.fuzz/findings/TARGET` and the hunt goes on: `tests.fuzz.run` reads them there. What
ends the process itself (a crash of the interpreter, an input without an end) libFuzzer writes there.
"""

from __future__ import annotations

import hashlib
import sys
import warnings
from random import Random
from typing import TYPE_CHECKING

import atheris

from tests.fuzz.frame import CORPUS, ROOT, attempt

if TYPE_CHECKING:
    from tests.fuzz.frame import Finding, Target

WORK = ROOT / ".fuzz"
_PATIENCE = 10  # times the time that a target allows: what is watched is slow
_HANGS = 60  # seconds after which libFuzzer gives an input up


def main() -> None:
    name, seconds, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with atheris.instrument_imports(include=["slaclock"]):
        from tests.fuzz.frame import first_finding, targets  # noqa: PLC0415  (what it imports is watched)

        target = targets()[name]
        first_finding(target, iter(()))
    warnings.simplefilter("error")
    folders = _folders(target)
    atheris.Setup(
        [sys.argv[0], *_options(target, seconds, seed), *folders],
        _Hunt(target),
        custom_mutator=_mutator(target),
        internal_libfuzzer=True,
    )
    atheris.Fuzz()


class _Hunt:
    """Gives a target its inputs, and keeps the first input of each finding."""

    def __init__(self, target: Target) -> None:
        self._target, self._known = target, set[str]()

    def __call__(self, data: bytes) -> None:
        found = attempt(self._target, data, _PATIENCE)
        if found and found.where not in self._known:
            self._known.add(found.where)
            _keep(found)


def _keep(found: Finding) -> None:
    folder = WORK / "findings" / found.target
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(found.data).hexdigest()[:16]
    path.write_bytes(found.data)
    print(f"FOUND {path.relative_to(ROOT)} {found}", flush=True)


def _folders(target: Target) -> list[str]:
    """What libFuzzer starts from, and adds to: the committed corpus and the samples, as files."""
    grown, samples = WORK / "corpus" / target.name, WORK / "samples" / target.name
    for folder in (grown, samples):
        folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(target.samples()):
        (samples / str(number)).write_bytes(each)
    committed = CORPUS / target.name
    return [str(each) for each in (grown, samples, committed) if each.is_dir()]


def _options(target: Target, seconds: int, seed: int) -> list[str]:
    artifacts, words = WORK / "findings" / target.name, WORK / "words" / target.name
    for folder in (artifacts, words.parent):
        folder.mkdir(parents=True, exist_ok=True)
    words.write_text("".join(f'"{_escaped(each)}"\n' for each in target.words))
    return [
        *([f"-dict={words}"] if target.words else []),
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={target.longest}",
        f"-timeout={_HANGS}",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={artifacts}/",
    ]


def _escaped(word: str) -> str:
    """A word as libFuzzer's dictionaries write it."""
    return "".join(f"\\x{each:02x}" for each in word.encode(errors="replace"))


def _mutator(target: Target) -> object:
    """Half of the mutations are libFuzzer's, and half know of lines, of JSON, and of the target's words."""
    from tests.fuzz.mutations import mutated  # noqa: PLC0415

    samples = list(target.corpus().values()) or [b""]

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, longest))
        return mutated(bytes(data), target.words, random, random.choice(samples))[:longest]

    return mutate


if __name__ == "__main__":
    main()
