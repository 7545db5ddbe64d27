"""How the template is looked at, step by step: each says what it found in lines, and none ends the others."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.template_source import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Step = Callable[[], Iterable[str]]
    Rule = Callable[[Template], Iterable[str]]

LONGEST = 200  # characters of a line; tools quote whole resources


@dataclass(frozen=True)
class Done:
    """What a step found, a line each, and how long it took."""

    found: list[str]
    seconds: float


def done(steps: Mapping[str, Step]) -> dict[str, Done]:
    """What each step found, in their order, two at a time: most of them are processes of their own."""
    with ThreadPoolExecutor(2) as together:
        return dict(zip(steps, together.map(_done, steps, steps.values()), strict=True))


def _done(name: str, step: Step) -> Done:
    began = time.monotonic()
    found: list[str] = []
    try:
        found.extend(step())  # what it said before it failed stays
    except Exception as error:  # noqa: BLE001  (a finding of this step's; the others go on)
        found.append(f"{name}: {_why(error)}")
    return Done([shortened(each) for each in found], time.monotonic() - began)


def shortened(text: str) -> str:
    """One line of it, and how much more there was."""
    line = " ".join(text.split())
    more = len(line) - LONGEST
    return f"{line[:LONGEST]}… and {more} characters more" if more > 0 else line


def judged(template: Template, rules: Iterable[Rule]) -> Iterator[str]:
    """What rules say of a template; of what a rule can't judge, that, and of which resource."""
    for rule in rules:
        name: str = getattr(rule, "__name__", "a rule")
        try:
            yield from [f"{name}: {fault}" for fault in rule(template)]
        except Exception as error:  # noqa: BLE001  (whatever a template may be, it is no rule's to end the others)
            yield f"{name}: {_stumbled_at(rule, template)} can't be judged: {_why(error)}"


def _stumbled_at(rule: Rule, template: Template) -> str:
    """The resource without which the rule would have come to its end."""
    for name in template.body["Resources"]:
        others = {each: said for each, said in template.body["Resources"].items() if each != name}
        try:
            list(rule(Template({**template.body, "Resources": others})))
        except Exception:  # noqa: BLE001, S112  (it is not this one)
            continue
        return str(name)
    return "the template"


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
