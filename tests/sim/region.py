"""The region that a life is lived in: tables with their streams, schedules that fire, topics, functions."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ReadTimeoutError
from greenlet import getcurrent

from slaclock.domain.facts import public_id, split_subject
from slaclock.domain.instants import parse_instant
from slaclock.patience import FUNCTIONS, LOCAL
from slaclock.store.tickets import wakes_from_text
from slaclock.sweeping import OVERDUE, UNANNOUNCED
from slaclock.wiring import Wiring
from tests.sim import faults as kinds
from tests.sim.lambdas import Lambdas, working
from tests.sim.queues import QueueReader
from tests.sim.scheduler import SchedulerDouble
from tests.sim.sns import Sent, SnsDouble
from tests.sim.sqs import SqsDouble
from tests.sim.streams import Crashed, Reader, readers
from tests.sim.tables import Remote, Tables, in_wire_form
from tests.sim.wired import WiredTables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slaclock.workflow import Workflow
    from tests.sim.hub import Hub
    from tests.sim.wire import Wire, Work

GROUP = "clocks"
# What people do is folded when it happens, told or not: an event of before then is learned late.
_BY_PEOPLE = ("acknowledgement/1", "handover/1", "case/1")
AUDIENCES = ("oncall-1", "oncall-2", "management", "team", "assignee", "legal", "default")
_ARN = "arn:aws:{}:eu-north-1:123456789012:{}"
ENVIRON = {
    "AWS_REGION": "eu-north-1",
    "QUARANTINE_BUCKET": "quarantine",
    "SCHEDULE_GROUP": GROUP,
    "TIMER_ARN": _ARN.format("lambda", "function:timer"),
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULE_DEAD_LETTERS_ARN": _ARN.format("sqs", "schedule-dead-letters"),
    "REMINDERS_QUEUE": "https://sqs.eu-north-1.amazonaws.com/123456789012/reminders",
    "STACK": "simulated",
    "LINK_KEY": "link-key",
    "PUBLIC_URL": "https://sla.example",
    "HEARTBEAT_TOPIC": _ARN.format("sns", "heartbeat"),
    "AUDIENCES": json.dumps({name: _ARN.format("sns", name) for name in AUDIENCES}),
}
SECRET = "whsec_c2ltdWxhdGlvbi1vZi1zbGFjbG9jaw=="
_MOST_SKEW = 2.0  # seconds that a container's clock is off, either way
_SLACK = timedelta(minutes=1)  # of clocks, and of indexes that lag
_PRECISION = 60.0  # seconds after its moment that a schedule fires at the latest
_CODES = {kinds.THROTTLED: "ThrottlingException", kinds.FAILED: "InternalServerException"}


class Region:
    """AWS, for one run.

    `skewed` says whether containers' clocks are off, `wired` whether the tables are reached through PynamoDB.
    """

    def __init__(self, hub: Hub, wire: Wire, *, skewed: bool, wired: bool) -> None:
        self.hub, self.wire, self.faults, self._skewed = hub, wire, wire.faults, skewed
        self.tables = WiredTables(wire, self._changed) if wired else Tables(self._changed)
        self.scheduler = SchedulerDouble(lambda: hub.now, [GROUP])
        self.sns = SnsDouble([*json.loads(ENVIRON["AUDIENCES"]).values(), ENVIRON["HEARTBEAT_TOPIC"]])
        self.bucket = Bucket()
        self.lambdas = Lambdas(hub, self.container)
        self.readers = [Reader(each, hub, self.faults, self.lambdas.invoke) for each in readers()]
        self.queue = QueueReader(hub, self.faults, self.lambdas.invoke)
        self.sqs = SqsDouble([ENVIRON["REMINDERS_QUEUE"]], self.queue.offer, self.queue.hides)
        self.dead_letters: list[tuple[str, Any]] = []
        self.stale: list[str] = []
        self.learned_late: set[str] = set()  # tickets that were told a moment when an input before it came
        # Of inputs that came after a later one: the ticket, when they happened, and when they were learned.
        self.overtaken: list[tuple[str, datetime, datetime]] = []
        self._latest: dict[str, str] = {}
        self._latest_input: dict[str, str] = {}
        self.false_heartbeats: list[str] = []
        self.told_at: dict[str, datetime] = {}
        self.story: list[tuple[datetime, str]] = []
        self._records = 0

    @property
    def notices(self) -> list[Sent]:
        """What was published to people and programs: all but the auditor's heartbeat."""
        return [each for each in self.sns.sent if each.topic != ENVIRON["HEARTBEAT_TOPIC"]]

    def publish(self, **kwargs: Any) -> Any:
        """Publish to a topic; a heartbeat is held against what is left behind."""
        if kwargs["TopicArn"] == ENVIRON["HEARTBEAT_TOPIC"]:
            self._check_heartbeat()
        return self.sns.publish(**kwargs)

    def _check_heartbeat(self) -> None:
        """See that nothing was left behind that it could have found; an index that lags may hide it."""
        if isinstance(self.tables, WiredTables):
            return
        work = working()
        began = self.hub.now - timedelta(seconds=self.hub.seconds - work.began)
        overdue = list(self.tables.overdue(began - OVERDUE - _SLACK))
        waiting = list(self.tables.waiting(began - UNANNOUNCED - _SLACK))
        self.false_heartbeats += [
            f"{work.name} says all is well of {left}" for left in (overdue, waiting) if left
        ]

    @property
    def table_misuses(self) -> list[str]:
        return self.tables.double.misuses if isinstance(self.tables, WiredTables) else []

    def invoke_later(self, function: str, event: Any, name: str, retries: int = 2) -> None:
        """Invoke a function as Lambda does asynchronously: again after one minute and after two."""
        self.hub.spawn(partial(self._until_done, function, event, name, retries))

    def schedule(self, **kwargs: Any) -> None:
        """Create a schedule; it will fire within a minute after its moment, unless it is gone by then."""
        self.scheduler.create_schedule(**kwargs)
        made = next(each for each in self.scheduler.live if each.name == kwargs["Name"])
        nudge = json.loads(made.input)
        name = f"schedule {split_subject(nudge['subject'])[2]} {nudge['lane']} #{nudge['arming']}"
        late = (
            _PRECISION * self.faults.roll(f"{name} fires") ** 3
        )  # often at once, where clocks that are off matter
        fault = self.faults.at(name, "Scheduler", kinds.AT_SCHEDULES)
        if fault == kinds.LATE:
            late += 3600 * self.faults.roll(f"{name} late")
        moment = (made.at - self.hub.now).total_seconds()
        self.hub.later(moment + late, partial(self._fire, made.name, name, fault))

    def _fire(self, schedule: str, name: str, fault: str | None) -> None:
        found = next((each for each in self.scheduler.live if each.name == schedule), None)
        if found is None:
            return
        if self.wire.down("scheduler"):
            self.hub.later(300, partial(self._fire, schedule, name, fault))
            return
        self.scheduler.fired(schedule)
        if fault == kinds.LOST:
            self.dead_letters.append(("ScheduleDeadLetters", found.input))
            return
        for number in range(2 if fault == kinds.TWICE else 1):
            self.story.append((self.hub.now, f"{name} fires"))
            self.invoke_later(
                "Timer", json.loads(found.input), f"{name.replace('schedule', 'timer')}.{number}"
            )

    def _until_done(self, function: str, event: Any, name: str, retries: int) -> None:
        for attempt in range(1 + retries):
            self.hub.sleep(5 * self.wire.pace * self.faults.roll(f"{name} starts {attempt}"))
            try:
                if not self.wire.down("lambda"):
                    self.lambdas.invoke(function, event, f"{name} try {attempt}")
                    return
            except Crashed:
                pass
            self.hub.sleep(60.0 * (attempt + 1))
        self.dead_letters.append((f"{function}Failures", event))

    def _given(self, subject: str, given: Any) -> None:
        at, latest = given["occurred_at"], self._latest.get(subject, "")
        if at <= latest:
            self.learned_late.add(subject)
        if json.loads(given["body"])["schema"] in _BY_PEOPLE:
            self._latest[subject] = max(at, latest)
        latest_input = self._latest_input.get(subject, "")
        if at < latest_input:
            self.overtaken.append((subject, parse_instant(at), self.hub.now))
        self._latest_input[subject] = max(at, latest_input)

    def _told(self, subject: str, key: str, at: str) -> None:
        self._latest[subject] = max(at, self._latest.get(subject, ""))
        self.told_at[public_id(subject, key)] = self.hub.now

    def _changed(self, table: str, old: Any, new: Any) -> None:
        """An item was written, so its table's readers get a record, some time."""
        if new and new["sk"] == "TICKET":
            self._check_fence(old)
        if new and new["sk"].startswith("GIVEN#"):
            self._given(new["pk"], new)
        if new and new["sk"].startswith("FACT#"):
            self._told(new["pk"], new["sk"].removeprefix("FACT#"), json.loads(new["body"])["at"])
        self._records += 1
        keys = new or old
        event = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        record = {
            "eventName": event,
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": in_wire_form({"pk": keys["pk"], "sk": keys["sk"]}),
                "SequenceNumber": str(self._records),
                **({"OldImage": in_wire_form(old)} if old else {}),
                **({"NewImage": in_wire_form(new)} if new else {}),
            },
        }
        item = f"{keys['pk']} {keys['sk']}"
        name = f"{item} v{new['version']}" if new and "version" in new else f"{item} {event}"
        self.story.append((self.hub.now, f"{event} {table} {keys['sk']}"))
        for reader in self.readers:
            if reader.settings.table == table:
                reader.offer(item, name, record)

    def _check_fence(self, old: Any) -> None:
        """See that a timer that writes was woken by its clock's current schedule."""
        work: Work | None = getattr(getcurrent(), "work", None)
        if work and work.function == "Timer":
            current = wakes_from_text(old["wakes"]).get(work.event["lane"]) if old else None
            if current is None or current.number != work.event["arming"]:
                self.stale.append(f"{work.name} woke its ticket")

    def container(self, function: str, number: int = 0) -> Container:
        """A container as it starts, with a clock of its own."""
        skew = 2 * self.faults.roll(f"clock of {function} {number}") - 1 if self._skewed else 0.0
        return Container(self, function, skew * _MOST_SKEW)


class Container(Wiring):
    """What a function's code gets of AWS in one container: the region, by calls that may fail."""

    def __init__(self, region: Region, function: str, skew: float) -> None:
        off, hub = timedelta(seconds=skew), region.hub
        patience = FUNCTIONS.get(function.lower(), LOCAL)
        super().__init__(ENVIRON, lambda: hub.now + off, patience, lambda: hub.seconds)
        self._region = region

    def too_late(self, service: str, attempt: int) -> bool:
        """Whether no attempt of a call may begin any more; the last resort has one first attempt whenever."""
        calls = self._patience.calls[service]
        late = self._elapsed() - self._began > calls.begin_by
        return late and not (calls.last_resort and attempt == 0)

    @cached_property
    def store(self) -> Any:
        tables = self._region.tables
        return Remote(tables, self._region.wire, working) if isinstance(tables, Tables) else tables

    @cached_property
    def workflow(self) -> Workflow:
        return replace(super().workflow, rest=self._region.hub.sleep)

    def client(self, service: str) -> Any:
        region = self._region
        doubles: dict[str, Any] = {
            "scheduler": {
                "create_schedule": ("CreateSchedule", region.schedule),
                "delete_schedule": ("DeleteSchedule", region.scheduler.delete_schedule),
                "update_schedule": ("UpdateSchedule", region.scheduler.update_schedule),
            },
            "sns": {"publish": ("Publish", region.publish)},
            "sqs": {
                "send_message": ("SendMessage", region.sqs.send_message),
                "change_message_visibility_batch": (
                    "ChangeMessageVisibilityBatch",
                    region.sqs.change_message_visibility_batch,
                ),
            },
            "s3": {
                "put_object": ("PutObject", region.bucket.put),
                "get_object": ("GetObject", region.bucket.get),
                "list_objects_v2": ("ListObjectsV2", region.bucket.list),
                "delete_object": ("DeleteObject", region.bucket.delete),
            },
            "secretsmanager": {"get_secret_value": ("GetSecretValue", lambda **_: {"SecretString": SECRET})},
        }
        return Client(service, doubles[service], region.wire)


class Client:
    """A botocore client over doubles; what it raises is what botocore's raises."""

    def __init__(
        self, service: str, operations: dict[str, tuple[str, Callable[..., Any]]], wire: Wire
    ) -> None:
        self._service, self._operations, self._wire = service, operations, wire

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation, double = self._operations[name]

        def call(**kwargs: Any) -> Any:
            effect = partial(double, **kwargs)
            return self._wire.call(working(), self._service, operation, effect, partial(_trouble, operation))

        self.__dict__[name] = call
        return call


class Bucket:
    """S3, one bucket: objects by key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803  (AWS's names)
        self.objects[Key] = Body

    def get(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def list(self, *, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}

    def delete(self, *, Key: str, **_: Any) -> None:  # noqa: N803
        self.objects.pop(Key, None)


def _trouble(operation: str, kind: str) -> Exception:
    if kind in _CODES:
        return ClientError({"Error": {"Code": _CODES[kind], "Message": kind}}, operation)
    return ReadTimeoutError(endpoint_url="https://aws.invalid")
