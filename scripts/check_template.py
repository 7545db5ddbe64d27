"""Everything that can be said of template.yaml without deploying it; status 1 if anything is wrong with it.

It runs in `.venv-template`: the template is translated, linted as written and as translated, held against
checkov and against what no linter sees, validated and built by SAM.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cfnlint.api import lint

from scripts import (
    template_access,
    template_checkov,
    template_defaults,
    template_lives,
    template_policies,
    template_rules,
    template_sam,
)
from scripts.template_source import REGION, TEMPLATE, Template, written
from scripts.translate import translate

OURS = (template_rules, template_lives, template_access, template_policies, template_defaults)


def _lint(name: str, text: str) -> Iterator[str]:
    matches: list[Any] = lint(text, regions=[REGION])
    for match in matches:
        where = "/".join(map(str, getattr(match, "path", None) or ())) or f"line {match.linenumber}"
        yield f"{name}: {match.rule.id} {match.message} ({where})"


def _timed(step: Callable[[], Iterable[str]]) -> tuple[list[str], float]:
    began = time.monotonic()
    return list(step()), time.monotonic() - began


def main() -> int:
    """Print what was found, and how long each step took."""
    plain = translate({})
    template = Template(plain)
    steps: dict[str, Callable[[], Iterable[str]]] = {
        "sam build": template_sam.built,
        "sam validate": template_sam.validated,
        "checkov": lambda: template_checkov.findings(written(), plain),
        "cfn-lint as written": lambda: _lint("template.yaml", TEMPLATE.read_text(encoding="utf-8")),
        "cfn-lint as translated": lambda: _lint("translated template", json.dumps(plain, indent=1)),
        "rules": lambda: [fault for each in OURS for fault in each.findings(template)],
    }
    with ThreadPoolExecutor(2) as together:  # most of them are processes of their own
        done = dict(zip(steps, together.map(_timed, steps.values()), strict=True))
    faults = [fault for found, _ in done.values() for fault in found]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    took = ", ".join(f"{name} {seconds:.0f} s" for name, (_, seconds) in done.items())
    rules = sum(len(each.RULES) for each in OURS)
    skipped = len(template_checkov.suppressed(written()))
    sys.stdout.write(f"{took}\n")
    sys.stdout.write(
        f"template: {len(plain['Resources'])} resources, {rules} rules, {skipped} suppressions of checkov's,"
        f" {len(faults)} findings\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
