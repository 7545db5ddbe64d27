"""How a function starts in Lambda: what it is sure to need is made before its first event.

Under SnapStart that is in a snapshot, which many processes begin as, so none of it may depend on the time, on
chance or on a secret. Nothing is called meanwhile: there is no connection that could be stale, and no cache
that has anything in it. Nor are there credentials: each of those processes asks Lambda for the role's, once,
at its first call. What `random` goes by is made anew in each of them; `secrets` and `uuid4` ask the kernel.
"""

import gc
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Protocol

from slaclock.settings import InvalidSettings

# The parts of the wiring that every event needs; those that only some do are made when one comes.
PARTS: Mapping[str, tuple[str, ...]] = {
    "webhook": ("intake",),
    "timer": ("workflow",),
    "arm": ("schedules",),
    "notify": ("announcer",),
    "records": ("workflow", "books"),
}
# For a snapshot the others as well: nobody waits for them, and any of the processes may need them.
SNAPSHOT: Mapping[str, tuple[str, ...]] = {
    "webhook": ("secrets", "quarantine"),
    "records": ("cursors", "links", "tags", "seals"),
}
_KIND = "AWS_LAMBDA_INITIALIZATION_TYPE"  # how Lambda starts this process; nobody else says so
_SNAPSHOT = "snap-start"


class Startable(Protocol):
    """The wiring, as it is started."""

    def client(self, service: str) -> Any:
        """The client of a service."""

    @property
    def services(self) -> tuple[str, ...]:
        """The services that may be called."""

    @property
    def connection(self) -> Any:
        """DynamoDB's connection."""


def start(wiring: Startable, name: str, environ: Mapping[str, str]) -> None:
    """Make what a function needs, where Lambda starts it; elsewhere nothing, for a test makes its own."""
    kind = environ.get(_KIND)
    if kind is None:
        return
    with _nothing_collected():
        _know_models(wiring)
        if kind == _SNAPSHOT:
            _find_credentials_later(wiring)
        _make(wiring, PARTS.get(name, ()))
        _make_clients(wiring, ("dynamodb",))
        if kind == _SNAPSHOT:
            _make(wiring, SNAPSHOT.get(name, ()))
            _make_clients(wiring, wiring.services)
            _begin_anew()


def _know_models(wiring: Startable) -> None:
    from slaclock.models import Models  # noqa: PLC0415  (it imports botocore)

    wiring.connection.session.register_component("data_loader", Models(wiring.services))


def _find_credentials_later(wiring: Startable) -> None:
    from slaclock.role import RoleCredentials  # noqa: PLC0415  (it imports botocore)

    session, component = wiring.connection.session, "credential_provider"
    session.register_component(component, RoleCredentials(session.get_component(component)))


def _make(wiring: Startable, parts: tuple[str, ...]) -> None:
    for part in parts:
        with suppress(InvalidSettings):  # said where the part is used, for each event
            getattr(wiring, part)


def _make_clients(wiring: Startable, services: Iterable[str]) -> None:
    for service in services:
        if service == "dynamodb":
            wiring.connection.client  # noqa: B018  (PynamoDB makes it when it is looked at)
        else:
            wiring.client(service)


def _begin_anew() -> None:
    """Have each process that begins as the snapshot draw pauses between tries of its own."""
    hooks = import_module("snapshot_restore_py")  # the runtime's; nothing else has it
    hooks.register_after_restore(random.seed)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is made at the start stays: to look for garbage among it takes time, and finds none."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
