"""The real functions over stores and AWS clients in memory that keep what they are told."""

import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from slaclock.agreements.document import read_file
from slaclock.agreements.freeze import freeze
from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.helpdesks import adapter
from slaclock.store.agreements import Version
from slaclock.store.contract import AgreementStore
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.memory import MemoryStore
from slaclock.wiring import Wiring

ROOT = Path(__file__).parents[2]
SECRETS = {
    "slaclock/desk": "a-desk-secret",
    "slaclock/hook": "whsec_" + "c2xhY2xvY2stdGVzdHM=",
    "link-key": '{"current": "a key of links"}',
}
ENVIRON = {
    "AUTHORIZATION": "none",
    "AWS_REGION": "eu-north-1",
    "QUARANTINE_BUCKET": "quarantine",
    "SCHEDULE_GROUP": "clocks",
    "TIMER_ARN": "arn:timer",
    "SCHEDULER_ROLE_ARN": "arn:role",
    "SCHEDULE_DEAD_LETTERS_ARN": "arn:letters",
    "LINK_KEY": "link-key",
    "PUBLIC_URL": "https://sla.example",
    "REMINDERS_QUEUE": "https://sqs.invalid/reminders",
    "AUDIENCES": json.dumps({"default": "arn:default", "oncall-1": "arn:oncall-1", "legal": "arn:legal"}),
}


def refused(code: str) -> ClientError:
    """What botocore raises for an error of that code."""
    return ClientError({"Error": {"Code": code, "Message": code}}, "Call")


class Topics:
    """SNS: keeps what is published; `down` makes it fail."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.down = False

    def publish(self, **message: Any) -> dict[str, str]:
        if self.down:
            raise refused("InternalError")
        self.sent.append(message)
        return {"MessageId": f"message-{len(self.sent)}"}


class Queue:
    """SQS, one queue: keeps what is put there, oldest first; `down` makes it fail.

    `hidden` has the receipts of what is to come again, and after how many seconds.
    """

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.hidden: list[tuple[str, int]] = []
        self.stale: set[str] = set()  # receipts
        self.down = False

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803  (AWS's names)
        if self.down:
            raise refused("ServiceUnavailable")
        assert QueueUrl == ENVIRON["REMINDERS_QUEUE"]
        self.messages.append(MessageBody)

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        if self.down:
            raise refused("ServiceUnavailable")
        assert QueueUrl == ENVIRON["REMINDERS_QUEUE"]
        assert 1 <= len(Entries) <= 10
        assert len({each["Id"] for each in Entries}) == len(Entries)
        self.hidden += [(each["ReceiptHandle"], each["VisibilityTimeout"]) for each in Entries]
        failed = [each for each in Entries if each["ReceiptHandle"] in self.stale]
        return {"Failed": [{"Id": each["Id"], "Code": "ReceiptHandleIsInvalid"} for each in failed]}


class Scheduler:
    """EventBridge Scheduler: live schedules by name, refusing a name twice and a delete of what is gone."""

    def __init__(self) -> None:
        self.live: dict[str, dict[str, Any]] = {}

    def create_schedule(self, **schedule: Any) -> None:
        if schedule["Name"] in self.live:
            raise refused("ConflictException")
        self.live[schedule["Name"]] = schedule

    def delete_schedule(self, *, Name: str, GroupName: str) -> None:  # noqa: N803  (AWS's names)
        if self.live.pop(Name, {}).get("GroupName") != GroupName:
            raise refused("ResourceNotFoundException")

    def inputs(self) -> list[tuple[str, dict[str, Any]]]:
        """When each live schedule fires, and what it sends."""
        found = (
            (each["ScheduleExpression"], json.loads(each["Target"]["Input"])) for each in self.live.values()
        )
        return sorted(found, key=lambda pair: pair[0])


class Bucket:
    """S3, one bucket: objects by key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = False

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        if self.down:
            raise refused("SlowDown")
        assert Bucket == "quarantine"
        self.objects[Key] = Body

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "quarantine"
        if Key not in self.objects:
            raise refused("NoSuchKey")
        return {"Body": io.BytesIO(self.objects[Key])}

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "quarantine"
        return {
            "Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)][:MaxKeys]
        }

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803
        assert Bucket == "quarantine"
        self.objects.pop(Key, None)


class SecretsManager:
    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        if SecretId not in SECRETS:
            raise refused("ResourceNotFoundException")
        return {"SecretString": SECRETS[SecretId]}


class FailingStore(MemoryStore):
    """A store whose table can't be had while `down`; `agreements_down` takes the connections away as well."""

    down = agreements_down = False

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Any:
        if self.down:
            raise StoreUnavailableError("ProvisionedThroughputExceededException")
        return super().load(subject, input_id, people)

    def connection(self, connection_id: str) -> Any:
        if self.agreements_down:
            raise StoreUnavailableError("InternalServerError")
        return super().connection(connection_id)


class World(Wiring):
    """A wiring whose AWS is in memory, at a time that the test sets."""

    def __init__(self, now: str) -> None:
        super().__init__(dict(ENVIRON), lambda: self.time)
        self.time = parse_instant(now)
        self.sns, self.sqs, self.scheduler, self.s3 = Topics(), Queue(), Scheduler(), Bucket()
        self.clients: dict[str, Any] = {
            "sns": self.sns,
            "sqs": self.sqs,
            "scheduler": self.scheduler,
            "s3": self.s3,
        }
        self.memory = FailingStore()
        self.__dict__["store"] = self.__dict__["books"] = self.memory
        connect(self.memory, self.time)

    def client(self, service: str) -> Any:
        return SecretsManager() if service == "secretsmanager" else self.clients[service]

    def at(self, instant: str) -> datetime:
        """Set the time."""
        self.time = parse_instant(instant)
        return self.time

    def function(self, name: str) -> ModuleType:
        """A function's module, freshly loaded over this world."""
        return load_function(name, self)

    def signed(self, kind: str, body: bytes) -> Mapping[str, str]:
        """The headers of a delivery signed now with the connection's secret."""
        secret = SECRETS["slaclock/desk" if kind == "zendesk" else "slaclock/hook"]
        return adapter(kind).SCHEME.sign(secret, body, self.time)


def load_function(name: str, wiring: Wiring) -> ModuleType:
    """A function's module, freshly loaded over a wiring."""
    spec = spec_from_file_location(f"functions.{name}.app", ROOT / "functions" / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.WIRING = wiring  # type: ignore[attr-defined]
    return module


def connect(store: AgreementStore, now: datetime) -> None:
    """Publish an agreement, and connect a helpdesk and a sender of canonical events."""
    frozen = freeze(read_file(ROOT / "agreements" / "acme-gold.yaml"), published=now.date())
    store.publish("example", [Version(frozen, 1, content_hash(frozen))], now, 0)
    for name, kind in (("desk", "zendesk"), ("hook", "generic")):
        customers = {"360001234567": "acme"}
        reference = f"slaclock/{name}"
        connection = {
            "id": name,
            "kind": kind,
            "account": "example",
            "secret": reference,
            "customers": customers,
        }
        store.connect(connection)
