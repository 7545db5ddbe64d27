"""What is made of what: the only place that makes AWS clients."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from botocore.config import Config
from pynamodb.connection import Connection

from slaclock.announcing import Announcer
from slaclock.intake import Intake
from slaclock.quarantine import Quarantine
from slaclock.schedules import Schedules
from slaclock.secrets import Secrets
from slaclock.settings import Settings
from slaclock.store.caching import CachedAgreements
from slaclock.store.dynamo import DynamoStore
from slaclock.workflow import Workflow

# One place for every timeout (seconds) and number of attempts; a helpdesk gives up after ten seconds or less.
_CONNECT, _READ, _ATTEMPTS = 0.5, 1.5, 2
_OTHERS = Config(
    connect_timeout=_CONNECT,
    read_timeout=_READ,
    retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Wiring:
    """The parts of one function, each made when it is first used, over one botocore session."""

    def __init__(
        self, environ: Mapping[str, str], now: Callable[[], datetime] = utc_now, attempts: int = _ATTEMPTS
    ) -> None:
        self.settings, self._now, self._attempts = Settings(environ), now, attempts

    def now(self) -> datetime:
        return self._now()

    @cached_property
    def connection(self) -> Connection:
        """PynamoDB's connection; its botocore session serves all the other clients too."""
        return Connection(
            region=self.settings.region,
            connect_timeout_seconds=_CONNECT,
            read_timeout_seconds=_READ,
            max_retry_attempts=self._attempts - 1,
        )

    @cached_property
    def store(self) -> DynamoStore:
        return DynamoStore(self.connection, self.settings.tables)

    @cached_property
    def agreements(self) -> CachedAgreements:
        return CachedAgreements(self.store, self.now)

    @cached_property
    def workflow(self) -> Workflow:
        return Workflow(self.store, self.agreements, self.now)

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.agreements, self.secrets.of, self.workflow, self.quarantine)

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self.client("secretsmanager"), self.now)

    @cached_property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.client("s3"), self.settings.need("QUARANTINE_BUCKET"))

    @cached_property
    def schedules(self) -> Schedules:
        need = self.settings.need
        return Schedules(
            self.client("scheduler"),
            group=need("SCHEDULE_GROUP"),
            target=need("TIMER_ARN"),
            role=need("SCHEDULER_ROLE_ARN"),
            dead_letters=need("SCHEDULE_DEAD_LETTERS_ARN"),
        )

    @cached_property
    def announcer(self) -> Announcer:
        return Announcer(self.store, self.store, self.client("sns"), self.settings.audiences, self.now)

    def client(self, service: str) -> Any:
        """A client of the one session, with timeouts set on purpose."""
        return self.connection.session.create_client(service, self.settings.region, config=_OTHERS)
