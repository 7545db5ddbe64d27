"""Everything that can be said of template.yaml without deploying it; status 1 if anything is wrong with it.

It runs in `.venv-template`: the template is linted as written and as translated, held against checkov and
against what no linter sees, validated and built by SAM. `python -m scripts.check_template FILE STEP …` takes
another template, and of the steps those named.
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfnlint.api import lint

from scripts import template_checkov, template_sam
from scripts.template_rules import RULES
from scripts.template_source import REGION, TEMPLATE, Template, written
from scripts.template_steps import Done, done, judged
from scripts.translate import translate

if TYPE_CHECKING:
    from scripts.template_steps import Step


def _lint(name: str, text: str) -> Iterator[str]:
    matches: list[Any] = lint(text, regions=[REGION])
    for match in matches:
        where = "/".join(map(str, getattr(match, "path", None) or ())) or f"line {match.linenumber}"
        yield f"{name}: {where}: {match.rule.id} {match.message}"


def _whole(path: Path) -> dict[str, Any]:
    return Template(written(path)).body


def _translated(path: Path, into: dict[str, Any]) -> Iterator[str]:
    into.update(translate({}, path))
    yield from ()


def _of_what_is_written(path: Path, plain: dict[str, Any]) -> dict[str, "Step"]:
    return {
        "cfn-lint as written": lambda: _lint(path.name, path.read_text(encoding="utf-8")),
        "translation": lambda: _translated(path, plain),
        "sam build": lambda: template_sam.built(path),
        "sam validate": lambda: template_sam.validated(path),
    }


def _of_what_is_deployed(path: Path, plain: dict[str, Any]) -> dict[str, "Step"]:
    return {
        "cfn-lint as translated": lambda: _lint("translated", json.dumps(plain, indent=1)),
        "checkov": lambda: template_checkov.findings(_whole(path), plain),
        "rules": lambda: judged(Template(plain), RULES),
    }


def main(argv: Sequence[str] = ()) -> int:
    """Print what was found, and how long each step took."""
    path, names = Path(argv[0]) if argv else TEMPLATE, argv[1:]
    plain: dict[str, Any] = {}
    first, then = _of_what_is_written(path, plain), _of_what_is_deployed(path, plain)
    if unknown := set(names) - first.keys() - then.keys():
        sys.exit(f"no step is called {', '.join(sorted(unknown))}: there are {', '.join([*first, *then])}")
    took = _chosen(first, {"translation", *names} if names else ())
    if plain:
        took |= _chosen(then, names)
    faults = [fault for each in took.values() for fault in each.found]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(", ".join(f"{name} {each.seconds:.0f} s" for name, each in took.items()))
    skipped = len(template_checkov.suppressed(_whole(path))) if plain else 0
    sys.stdout.write(
        f"\ntemplate: {len(plain.get('Resources', ()))} resources, {len(RULES)} rules,"
        f" {skipped} suppressions of checkov's, {len(faults)} findings\n"
    )
    return 1 if faults else 0


def _chosen(steps: Mapping[str, "Step"], names: Collection[str]) -> dict[str, Done]:
    return done({name: step for name, step in steps.items() if not names or name in names})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
