"""What is made of what: the only place that makes AWS clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Patience:
    """How long AWS is waited for: timeouts, in seconds, and the number of attempts."""

    connect: float
    read: float
    attempts: int


# One place for each: a helpdesk gives up on a delivery after ten seconds or less; nobody does on a command.
FUNCTIONS = Patience(connect=0.5, read=1.5, attempts=2)
COMMANDS = Patience(connect=5.0, read=30.0, attempts=8)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Wiring:
    """The parts of one function, each made when it is first used, over one botocore session."""

    def __init__(
        self,
        environ: Mapping[str, str],
        now: Callable[[], datetime] = utc_now,
        patience: Patience = FUNCTIONS,
    ) -> None:
        self.settings, self._now, self._patience = Settings(environ), now, patience

    def now(self) -> datetime:
        return self._now()

    @cached_property
    def connection(self) -> Connection:
        """PynamoDB's connection; its botocore session serves all the other clients too."""
        return Connection(
            region=self.settings.region,
            connect_timeout_seconds=self._patience.connect,
            read_timeout_seconds=self._patience.read,
            max_retry_attempts=self._patience.attempts - 1,
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
        config = Config(
            connect_timeout=self._patience.connect,
            read_timeout=self._patience.read,
            retries={"total_max_attempts": self._patience.attempts, "mode": "standard"},
        )
        return self.connection.session.create_client(service, self.settings.region, config=config)
