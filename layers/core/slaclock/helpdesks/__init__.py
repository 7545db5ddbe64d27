"""The way in: one module per helpdesk turns its deliveries into ticket events.

A module that says `KIND = "<its own name>"` is an adapter, and is found by that name; nothing else has to be
touched to add one. It is imported when its kind is first asked for, so that a hot function pays for no other.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.events import TicketEvent
    from slaclock.helpdesks.connection import Connection


class Delivery(NamedTuple):
    """What a helpdesk posted: the raw bytes, the headers under lower-case names, and when it reached us.

    `url` is the address that it was posted to, which some schemes sign.
    """

    body: bytes
    headers: Mapping[str, str]
    received_at: datetime
    method: str = "POST"
    url: str = ""


class Mapped(NamedTuple):
    """What a delivery gave. `ignored` counts what maps to nothing: pings, tests, other people's business."""

    events: tuple[TicketEvent, ...]
    ignored: int = 0


class Unmappable(SlaError):
    """A delivery that ought to map and can't, so it goes to quarantine.

    The message says which member is wrong and how. It never quotes a value: it ends up in logs.
    """


class UnknownHelpdesk(SlaError):
    """A connection names a kind of helpdesk that no module here speaks for."""


class Scheme(Protocol):
    """How deliveries are signed; see `slaclock.helpdesks.signatures`."""

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers that would come with a body; `ValueError` for a secret that signs nothing."""

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        """Whether one of the secrets signed exactly these bytes, lately. Never raises."""


class Adapter(Protocol):
    """What the module of one helpdesk offers."""

    KIND: str
    SCHEME: Scheme  # where the connection names no other

    def read(self, delivery: Delivery, connection: Connection) -> Mapped:
        """Translate a delivery; `Unmappable` (from `generic` alone: `InvalidEvent`) if it can't be."""


def adapter(kind: str) -> Adapter:
    """Find the module that speaks for a helpdesk; `UnknownHelpdesk` if there is none.

    The kind comes from a table, so it is held to one plain word and has to be claimed by the module it names:
    neither another package nor a neighbour such as `signatures` can be asked for.
    """
    name = f"{__name__}.{kind}"
    if re.fullmatch(r"[a-z][a-z0-9_]*", kind) and find_spec(name):
        module = import_module(name)
        if getattr(module, "KIND", None) == kind:
            return cast("Adapter", module)
    raise UnknownHelpdesk(f"no adapter for a helpdesk of kind {kind!r}")
