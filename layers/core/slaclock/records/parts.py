"""What routes are answered with: the parts of the function, and the request as it was routed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from slaclock.access.boundary import Boundary
from slaclock.access.principals import NOBODY, Principal
from slaclock.access.tags import PrincipalTags
from slaclock.domain.keeping import Keeping
from slaclock.links import Links
from slaclock.records.cursor import Cursors
from slaclock.records.proving import Seals
from slaclock.settings import Settings
from slaclock.store.accesses import Accesses
from slaclock.store.caching import CachedAgreements
from slaclock.store.contract import AgreementStore, Ledger, Outbox, Queues, TicketStore
from slaclock.store.reports import Reports
from slaclock.store.statements import Statements
from slaclock.workflow import Workflow


class Record(TicketStore, Outbox, AgreementStore, Ledger, Queues, Reports, Statements, Accesses, Protocol):
    """Where tickets, what was sent about them, their agreements, the ledger and reports are kept."""

    def keeping(self, account: str) -> Keeping:
        """Read an account's retention and holds as they are now."""


class Parts(Protocol):
    """What of a function's wiring answers a request; each part is made when it is first asked for."""

    settings: Settings

    @property
    def books(self) -> Record: ...

    @property
    def agreements(self) -> CachedAgreements: ...

    @property
    def workflow(self) -> Workflow: ...

    @property
    def cursors(self) -> Cursors: ...

    @property
    def links(self) -> Links: ...

    @property
    def seals(self) -> Seals: ...

    @property
    def tags(self) -> PrincipalTags: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the event, the parameters of its path, decoded, and who asks."""

    event: APIGatewayProxyEventV2
    path: Mapping[str, str]
    principal: Principal = NOBODY

    @property
    def boundary(self) -> Boundary:
        """Whose records may be seen."""
        return self.principal.boundary
