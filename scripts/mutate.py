"""`make mutants`: change what decides, arms and announces, a word at a time, and see whether a test fails.

mutmut makes the changes, in a copy of the tree; `pyproject.toml` says to which files, and which tests judge.
It ends with status 1 where one survives that docs/mutation.md has no reason for.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutation"
EXPLAINED = ROOT / "docs" / "mutation.md"
# mutmut takes a module's name from its path below `src`, so that is where the layer goes.
_COPIED = {
    "layers/core/slaclock": "src/slaclock",
    **{each: each for each in ("agreements", "events", "functions", "local", "scripts", "tests")},
    **{each: each for each in ("pyproject.toml", "template.yaml")},
}
_OUTCOMES = {1: "killed", 0: "survived", 33: "no test", None: "not tried"}
_TIMED_OUT = (-24, 24, 36, 152, 255)


@dataclass(frozen=True)
class Mutant:
    """What became of a change; `told` is the change, `was` ⇒ `is`, in so many lines of a function."""

    file: str
    name: str
    outcome: str

    def told(self) -> str:
        shown = _mutmut("show", self.name).stdout.splitlines()
        lines = [line for line in shown if re.match(r"[-+](?![-+])", line)]
        was, became = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
        return f"`{was}` ⇒ `{became}`" if became else f"`{was}` left out"


def copied() -> None:
    """Lay the tree out as mutmut wants it, afresh."""
    shutil.rmtree(COPY, ignore_errors=True)
    for old, new in _COPIED.items():
        source, target = ROOT / old, COPY / new
        if source.is_file():
            shutil.copy2(source, target)
        else:
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("arm", "notify"):
        app = COPY / "functions" / name / "app.py"
        app.write_text(_undecorated(app.read_text(encoding="utf-8")), encoding="utf-8")


def _undecorated(text: str) -> str:
    """The same, with its handler decorated by an assignment: mutmut leaves decorated functions alone."""
    before, decorated, after = text.partition("@metrics.log_metrics\ndef handler(")
    if not decorated:
        raise LookupError("no handler is decorated with metrics.log_metrics alone")
    return f"{before}def handler({after}\n\nhandler = metrics.log_metrics(handler)\n"


def mutants() -> list[Mutant]:
    """Every mutant of the last run, by file."""
    found = []
    for meta in sorted((COPY / "mutants").rglob("*.py.meta")):
        file = str(meta.relative_to(COPY / "mutants")).removesuffix(".meta").removeprefix("src/slaclock/")
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(file, name, _outcome(code)) for name, code in codes.items()]
    return found


def _outcome(code: int | None) -> str:
    return "timed out" if code in _TIMED_OUT else _OUTCOMES.get(code, f"ended with {code}")


def _table(found: list[Mutant]) -> Iterator[str]:
    kinds = ["killed", "survived", *sorted({each.outcome for each in found} - {"killed", "survived"})]
    yield f"| File | mutants | {' | '.join(kinds)} |"
    yield f"|---|{'---:|' * (len(kinds) + 1)}"
    for file in [*dict.fromkeys(each.file for each in found), ""]:
        counts = Counter(each.outcome for each in found if file in ("", each.file))
        numbers = [counts.total(), *(counts[kind] for kind in kinds)]
        yield f"| {f'`{file}`' if file else 'all'} | {' | '.join(map(str, numbers))} |"


def _mutmut(*arguments: str, shown: bool = False) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "mutmut"), *arguments]
    return subprocess.run(command, cwd=COPY, check=False, text=True, capture_output=not shown)  # noqa: S603


def main(*chosen: str) -> int:
    """Run mutmut, on names like `slaclock.workflow.*` only where there are some, and say what it saw."""
    began = monotonic()
    copied()
    ran = _mutmut("run", "--max-children", str(os.cpu_count() or 1), *chosen, shown=True)
    if ran.returncode:
        return ran.returncode
    found = [each for each in mutants() if not chosen or each.outcome != "not tried"]
    print("", *_table(found), f"\nin {timedelta(seconds=round(monotonic() - began))}\n", sep="\n")
    explained, unexplained = EXPLAINED.read_text(encoding="utf-8"), 0
    for each in found:
        if each.outcome not in ("killed", "timed out"):
            told = each.told()
            unexplained += told not in explained
            print(
                f"{'explained' if told in explained else 'NOT EXPLAINED'}: {each.file}: {told}  ({each.name})"
            )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
