"""The helpdesks that `slaclock connection add` knows by name, and what somebody does on their side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from slaclock.helpdesks import adapter
from slaclock.helpdesks.signatures import scheme_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.helpdesks.connection import Connection

_WIDTH = 100
_HEADER = "X-Slaclock-Secret"
# What a scheme can sign with, whichever it is, to see which headers it makes.
_ANY_SECRET, _ANY_TIME = "whsec_c2VjcmV0", datetime(2026, 1, 1, tzinfo=UTC)


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

    def said(self, connection: Connection) -> Iterator[str]:
        """What to do on its side, step by step, for a connection; a command is in one line, to be copied."""
        for number, step in enumerate(self._steps(connection), 1):
            text, colon, command = step.partition(": slaclock ")
            lines = wrap(f"{text}{colon[:1]}", _WIDTH, break_long_words=False, break_on_hyphens=False)
            yield f"{number:3}. {lines[0]}"
            yield from (f"     {line}" for line in lines[1:])
            if command:
                yield f"       slaclock {command.replace(' ID ', f' {connection.id} ')}"

    def _steps(self, connection: Connection) -> Iterator[str]:
        """The steps, by the connection's own header; where it signs in another way, that as well."""
        for step in self.steps:
            yield step.replace(_HEADER, connection.header) if connection.header else step
        if connection.scheme != self.scheme:
            signed = scheme_of(adapter(connection.kind), connection).sign(_ANY_SECRET, b"", _ANY_TIME)
            yield (
                f"This connection says by itself how it is signed ({connection.scheme}). Whatever stands "
                f"above, each request bears {' and '.join(sorted(signed))}, made with the secret."
            )


# Any JSON, by a mapping that somebody else wrote: not among those by name, for nobody is called so.
ANY_JSON = Helpdesk(
    "mapping",
    "Any JSON",
    (
        "Have it POST a ticket's JSON to the address, whenever the ticket is made, changed or answered.",
        "Send the header X-Slaclock-Secret: the secret. Or sign the body, and say how by --scheme.",
        "Keep a body of its in a file, and try it: slaclock connection test --connection ID FILE",
    ),
    "mapping",
)


@cache
def helpdesks() -> Mapping[str, Helpdesk]:
    """All of them, by name."""
    found = json.loads(Path(__file__).with_name("helpdesks.json").read_text(encoding="utf-8"))
    return {
        name: Helpdesk(name=name, **{"kind": name, **each, "steps": tuple(each["steps"])})
        for name, each in found.items()
    }
