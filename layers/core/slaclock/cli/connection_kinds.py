"""The helpdesks that `slaclock connection add` knows by name, and what somebody does on their side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """A helpdesk by the name that people call it; `kind` is the adapter that reads it.

    `chooses` says which secret it is, where the helpdesk makes that itself.
    """

    name: str
    title: str
    steps: tuple[str, ...]
    kind: str
    mapping: str | None = None
    scheme: str | None = None
    chooses: str | None = None

    def said(self, connection_id: str) -> Iterator[str]:
        """What to do on its side, step by step, for a connection; a command is in one line, to be copied."""
        for number, step in enumerate(self.steps, 1):
            text, colon, command = step.partition(": slaclock ")
            lines = wrap(f"{text}{colon[:1]}", _WIDTH, break_long_words=False, break_on_hyphens=False)
            yield f"{number:3}. {lines[0]}"
            yield from (f"     {line}" for line in lines[1:])
            if command:
                yield f"       slaclock {command.replace(' ID ', f' {connection_id} ')}"


@cache
def helpdesks() -> Mapping[str, Helpdesk]:
    """All of them, by name."""
    found = json.loads(Path(__file__).with_name("helpdesks.json").read_text(encoding="utf-8"))
    return {
        name: Helpdesk(name=name, **{"kind": name, **each, "steps": tuple(each["steps"])})
        for name, each in found.items()
    }
