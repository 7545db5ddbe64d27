"""What is made of what: the only place that makes AWS clients."""

from __future__ import annotations

import time
from collections import Counter, deque
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from slaclock.patience import FUNCTIONS, LOCAL, OutOfTimeError
from slaclock.settings import Settings
from slaclock.starting import start

# Each function pays for the parts that it uses: those are imported when they are made.
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from pynamodb.connection import Connection

    from slaclock.access.tags import PrincipalTags
    from slaclock.announcing import Announcer
    from slaclock.forgetting import Forgetter
    from slaclock.gathering import Gathering
    from slaclock.heartbeat import Heartbeat
    from slaclock.identities import Identities
    from slaclock.intake import Intake
    from slaclock.issuing import Issuer
    from slaclock.lake.filling import Filler
    from slaclock.links import Links
    from slaclock.monthly import Monthly
    from slaclock.patience import Patience
    from slaclock.quarantine import Quarantine
    from slaclock.records.cursor import Cursors
    from slaclock.register import Register
    from slaclock.rollups import Roller
    from slaclock.schedules import Schedules
    from slaclock.sealing.sealer import Sealer
    from slaclock.seals import Seals
    from slaclock.secrets import Secrets
    from slaclock.silence import Silence
    from slaclock.store.caching import CachedAgreements
    from slaclock.store.dynamo import DynamoStore
    from slaclock.store.dynamo_books import DynamoBooks
    from slaclock.waiting_room import WaitingRoom
    from slaclock.workflow import Workflow


MOST_LAGS = 1000  # of messages, that one invocation measures


def utc_now() -> datetime:
    return datetime.now(UTC)


class Wiring:
    """The parts of one function, each made when it is first used, over one botocore session.

    `patience` says how long each service is waited for; its deadlines are told by `elapsed`, in seconds.
    """

    public_secrets: Collection[str] | None = None  # which sign for nobody; None for those that are published

    def __init__(
        self,
        environ: Mapping[str, str],
        now: Callable[[], datetime] = utc_now,
        patience: Patience = LOCAL,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self._now, self._patience = Settings(environ), now, patience
        self._elapsed, self._began = elapsed, elapsed()
        self.conflicts, self.unlinked, self.told = Counter[str](), Counter[str](), Counter[str]()
        self.lags = deque[float](maxlen=MOST_LAGS)
        self._clients: dict[str, Any] = {}

    @classmethod
    def of_function(cls, name: str, environ: Mapping[str, str]) -> Self:
        """The parts of a deployed function, which has its deadlines; `begin` each of its invocations.

        In Lambda what it is sure to need is made at once: a start has more processor there than an event.
        """
        wiring = cls(environ, patience=FUNCTIONS[name])
        start(wiring, name, environ)
        return wiring

    def now(self) -> datetime:
        return self._now()

    def begin(self) -> None:
        """An invocation begins: the deadlines of its calls count from here."""
        self._began = self._elapsed()

    @cached_property
    def connection(self) -> Connection:
        """PynamoDB's connection; its botocore session serves all the other clients too."""
        from pynamodb.connection import Connection

        calls = self._patience.calls["dynamodb"]
        connection = Connection(
            region=self.settings.region,
            connect_timeout_seconds=calls.connect,
            read_timeout_seconds=calls.read,
            retry_configuration={"total_max_attempts": calls.attempts, "mode": self._patience.mode},
        )
        # Before all others: what is refused must not have been sent.
        connection.session.get_component("event_emitter").register_first("before-send", self._refuse_late)
        return connection

    @cached_property
    def store(self) -> DynamoStore:
        from slaclock.store.dynamo import DynamoStore

        return DynamoStore(self.connection, self.settings.tables)

    @cached_property
    def books(self) -> DynamoBooks:
        """The store, with what is made of its rows."""
        from slaclock.store.dynamo_books import DynamoBooks

        return DynamoBooks(self.connection, self.settings.tables)

    @cached_property
    def agreements(self) -> CachedAgreements:
        from slaclock.store.caching import CachedAgreements

        return CachedAgreements(self.store, self.now)

    @cached_property
    def workflow(self) -> Workflow:
        from slaclock.workflow import Workflow

        return Workflow(
            self.store,
            self.agreements,
            self.now,
            elapsed=self._elapsed,
            conflicts=self.conflicts,
            told=self.told,
            identities=self.identities,
        )

    @cached_property
    def identities(self) -> Identities:
        from slaclock.identities import Identities

        return Identities(self.secrets.anew, self.settings.identity_keys, self.now)

    @cached_property
    def register(self) -> Register:
        from slaclock.register import Register

        return Register(self.store, self.store, self.now)

    @cached_property
    def forgetter(self) -> Forgetter:
        from slaclock.forgetting import Forgetter

        return Forgetter(self.store, self.store, self.now)

    @cached_property
    def intake(self) -> Intake:
        from slaclock.helpdesks.signatures import PUBLIC
        from slaclock.intake import Intake
        from slaclock.tallying import Tally

        return Intake(
            self.agreements,
            self.secrets.of,
            self.workflow,
            self.quarantine,
            Tally(self.store),
            PUBLIC if self.public_secrets is None else self.public_secrets,
        )

    @cached_property
    def tags(self) -> PrincipalTags:
        from slaclock.access.tags import PrincipalTags

        return PrincipalTags(lambda: self.client("iam"), self.now)

    @cached_property
    def secrets(self) -> Secrets:
        from slaclock.secrets import Secrets

        return Secrets(self.client, self.now)

    @cached_property
    def quarantine(self) -> Quarantine:
        from slaclock.quarantine import Quarantine

        return Quarantine(lambda: self.client("s3"), self.settings.need("QUARANTINE_BUCKET"))

    @cached_property
    def seals(self) -> Seals:
        from slaclock.seals import Seals

        return Seals(self.client("s3"), self.settings.need("SEALS_BUCKET"))

    @cached_property
    def sealer(self) -> Sealer:
        from slaclock.sealing.sealer import Sealer
        from slaclock.signing import Signer

        keys = self.settings.need("SEAL_KEY"), self.settings.former_seal_key
        signer = Signer(self.client("kms"), *keys)
        return Sealer(self.books, self.seals, signer, self.settings.stack, self.now, self._elapsed)

    @cached_property
    def roller(self) -> Roller:
        from slaclock.rollups import Roller

        return Roller(self.books, self.books, self.books, self.seals, self.now, self._elapsed)

    @cached_property
    def filler(self) -> Filler:
        from slaclock.lake.bucket import Lake
        from slaclock.lake.filling import Filler

        lake = Lake(self.client("s3"), self.settings.need("LAKE_BUCKET"))
        return Filler(self.books, self.seals, lake, self._elapsed)

    @cached_property
    def issuer(self) -> Issuer:
        from slaclock.issuing import Issuer
        from slaclock.voice import Voice

        voice = Voice(self.client("sns"), self.settings.audiences, self.now)
        return Issuer(self.books, self.books, voice, self.now, self._elapsed)

    @cached_property
    def monthly(self) -> Monthly:
        from slaclock.monthly import Files, Monthly
        from slaclock.reporting.reading import Reader
        from slaclock.voice import Voice

        files = Files(self.client("s3"), self.settings.need("REPORTS_BUCKET"))
        voice = Voice(self.client("sns"), self.settings.audiences, self.now)
        reader = Reader(self.books, self.seals)
        return Monthly(self.books, self.books, reader, files, voice, self.now, self._elapsed)

    @cached_property
    def schedules(self) -> Schedules:
        from slaclock.schedules import Schedules

        need = self.settings.need
        return Schedules(
            self.client("scheduler"),
            group=need("SCHEDULE_GROUP"),
            target=need("TIMER_ARN"),
            role=need("SCHEDULER_ROLE_ARN"),
            dead_letters=need("SCHEDULE_DEAD_LETTERS_ARN"),
        )

    @cached_property
    def silence(self) -> Silence:
        from slaclock.silence import Silence

        return Silence(self.store, self.store, self.now)

    @cached_property
    def announcer(self) -> Announcer:
        from slaclock.announcing import Announcer

        links = self.links if self.settings.public_url else None
        audiences = self.settings.audiences
        return Announcer(
            self.client("sns"),
            audiences,
            self.now,
            links,
            lags=self.lags,
            tickets=self.store,
            outbox=self.store,
        )

    @cached_property
    def links(self) -> Links:
        from slaclock.links import Links

        key, url = self.settings.need("LINK_KEY"), self.settings.public_url
        return Links(self.store, self.secrets, key, url, self.now, self.unlinked)

    @cached_property
    def cursors(self) -> Cursors:
        from slaclock.records.cursor import Cursors

        return Cursors(self.secrets, self.settings.need("LINK_KEY"))

    @cached_property
    def waiting_room(self) -> WaitingRoom:
        from slaclock.waiting_room import WaitingRoom

        return WaitingRoom(self.client("sqs"), self.settings.need("REMINDERS_QUEUE"))

    @cached_property
    def gathering(self) -> Gathering:
        from slaclock.gathering import Gathering

        return Gathering(self.announcer, self.announcer.matters, self.store)

    @cached_property
    def heartbeat(self) -> Heartbeat | None:
        """Where clean sweeps are told of; None where nobody asked for it."""
        topic = self.settings.heartbeat_topic
        if topic is None:
            return None
        from slaclock.heartbeat import Heartbeat, region_of

        region = region_of(topic)
        client = self.client("sns") if region == self.settings.region else self.client_of("sns", region)
        return Heartbeat(client, topic, self.settings.stack)

    @property
    def services(self) -> tuple[str, ...]:
        """Those that this patience names."""
        return tuple(self._patience.calls)

    def client(self, service: str) -> Any:
        """The client of the one session, for a service that this patience names."""
        if service not in self._clients:
            self._clients[service] = self.client_of(service, self.settings.region)
        return self._clients[service]

    def client_of(self, service: str, region: str) -> Any:
        """Such a client, of another region."""
        from botocore.config import Config
        from botocore.handlers import add_expect_header

        calls = self._patience.calls[service]
        config = Config(
            connect_timeout=calls.connect,
            read_timeout=calls.read,
            retries={"total_max_attempts": calls.attempts, "mode": self._patience.mode},
        )
        client = self.connection.session.create_client(service, region, config=config)
        # For an answer to `Expect: 100-continue` an attempt would wait a second more than it is given.
        client.meta.events.unregister("before-call.s3", add_expect_header)
        return client

    def _refuse_late(self, event_name: str, request: Any, **_: Any) -> None:
        """Let no attempt begin that could outlast the function; an event is `before-send.secrets-manager.…`.

        What is raised here is not tried again, and reaches the caller as any of botocore's errors does.
        """
        service = event_name.split(".")[1].replace("-", "")
        calls = self._patience.calls.get(service)
        # What no patience names, only botocore itself asks: for the credentials of a person who is signed in.
        if calls is None or self._elapsed() - self._began <= calls.begin_by:
            return
        first = "attempt=1" in str(request.headers.get("amz-sdk-request"))
        if not (first and calls.last_resort):
            raise OutOfTimeError(service=service, seconds=calls.begin_by)
