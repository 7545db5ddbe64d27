"""Taking a delivery in: find its connection, verify it, translate it, fold it in; lose none."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.helpdesks import Adapter, Delivery, Unmappable, adapter
from slaclock.helpdesks.connection import Connection, connection_from_json
from slaclock.problems import fault
from slaclock.quarantine import Kept, Quarantine
from slaclock.store.caching import CachedAgreements
from slaclock.store.contract import StoreUnavailableError, WriteConflictError
from slaclock.workflow import Workflow

_log = logging.getLogger(__name__)
# The table, or what stands before it, can't be had just now; the delivery can.
UNAVAILABLE = (StoreUnavailableError, WriteConflictError, BotoCoreError, ClientError)


class UnknownConnection(SlaError):
    """Nothing is connected under this id."""


class Unsigned(SlaError):
    """No secret of the connection signed these bytes lately. Says no more, on purpose."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery's events."""

    accepted: int = 0
    duplicates: int = 0
    ignored: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class Intake:
    """The way of a delivery from its bytes to its tickets. `secrets` resolves a connection's reference."""

    agreements: CachedAgreements
    secrets: Callable[[str], Sequence[str]]
    workflow: Workflow
    quarantine: Quarantine

    def receive(self, connection_id: str, delivery: Delivery) -> Receipt:
        """Take a delivery in; where the table can't be had it is kept, and applied once it can.

        `UnknownConnection` and `Unsigned` refuse it, `InvalidEvent` where a sender of canonical events made a
        mistake. A helpdesk's delivery that can't be mapped, or that meets a fault of ours, is kept for a
        person to look at: most helpdesks never send again.
        """
        delivered = Kept(connection_id, delivery)
        try:
            connection, helpdesk = self._verified(delivered)
            delivered = replace(delivered, verified=True)
            return self._fold_in(connection, helpdesk, delivery)
        except (UnknownConnection, Unsigned, InvalidEvent):
            raise
        except UNAVAILABLE as error:
            self.quarantine.keep("table", delivered, type(error).__name__)
        except Exception as error:  # noqa: BLE001  (the delivery must not be lost)
            self.set_aside(delivered, error)
        return Receipt(quarantined=1)

    def apply(self, kept: Kept) -> Receipt:
        """Take a delivery in, or raise what kept it from being taken; verified once is verified."""
        connection, helpdesk = self._connected(kept.connection) if kept.verified else self._verified(kept)
        return self._fold_in(connection, helpdesk, kept.delivery)

    def set_aside(self, kept: Kept, error: Exception) -> None:
        """Keep a delivery for a person to look at."""
        if not isinstance(error, SlaError):
            _log.error("a delivery met a fault: %s", fault(error))
        self.quarantine.keep(
            "unmapped", kept, str(error) if isinstance(error, Unmappable) else type(error).__name__
        )

    def _verified(self, kept: Kept) -> tuple[Connection, Adapter]:
        connection, helpdesk = self._connected(kept.connection)
        if not helpdesk.verify(kept.delivery, self.secrets(connection.secret)):
            raise Unsigned("no signature of this connection")
        return connection, helpdesk

    def _connected(self, connection_id: str) -> tuple[Connection, Adapter]:
        known = re.fullmatch(r"[A-Za-z0-9_-]{1,128}", connection_id)
        record: Mapping[str, Any] | None = self.agreements.connection(connection_id) if known else None
        if record is None:
            raise UnknownConnection("no such connection")
        connection = connection_from_json(record)
        return connection, adapter(connection.kind)

    def _fold_in(self, connection: Connection, helpdesk: Adapter, delivery: Delivery) -> Receipt:
        mapped = helpdesk.read(delivery, connection)
        folded = [self.workflow.take(event) for event in mapped.events]
        return Receipt(folded.count(True), folded.count(False), mapped.ignored)
