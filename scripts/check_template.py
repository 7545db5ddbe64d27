"""Lint template.yaml as written and as translated, and assert what lint cannot see; status 1 if any."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

from cfnlint.api import lint

from scripts import template_access, template_rules
from scripts.template_source import REGION, TEMPLATE, Template, translated


def found() -> Iterator[str]:
    """All findings, the linter's first."""
    plain = translated()
    yield from _lint("template.yaml", TEMPLATE.read_text(encoding="utf-8"))
    yield from _lint("translated template", json.dumps(plain, indent=1))
    yield from template_rules.findings(Template(plain))
    yield from template_access.findings(Template(plain))


def _lint(name: str, text: str) -> Iterator[str]:
    matches: list[Any] = lint(text, regions=[REGION])
    for match in matches:
        where = "/".join(map(str, getattr(match, "path", None) or ())) or f"line {match.linenumber}"
        yield f"{name}: {match.rule.id} {match.message} ({where})"


def main() -> int:
    """Print what was found, and how much was looked at when nothing was."""
    logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)  # it laments that nobody collects them
    faults = list(found())
    count = len(translated()["Resources"])
    rules = len(template_rules.RULES) + len(template_access.RULES)
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"template: {count} resources, {rules} rules, {len(faults)} findings\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
