"""AWS as a function sees it on a bad day: moto, whose answers take as long as a test says, or never come.

Time passes only while something is waited for, so a minute of it takes milliseconds.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber

from slaclock.domain.instants import parse_instant
from slaclock.patience import FUNCTIONS, LOCAL, Patience
from slaclock.wiring import Wiring
from tests.functions.world import SECRETS, connect, load_function
from tests.store.tables import REGION, stored

Outcome = Literal["answered", "throttled", "conflict", "silent", "lost"]
NOW = parse_instant("2026-03-27T14:06:00Z")
ENVIRON = {
    "AWS_REGION": REGION,
    "TICKETS_TABLE": "Tickets",
    "AUTHORIZATION": "none",
    "LEDGER_TABLE": "Ledger",
    "AGREEMENTS_TABLE": "Agreements",
    "QUARANTINE_BUCKET": "quarantine",
    "SCHEDULE_GROUP": "clocks",
    "TIMER_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:timer",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULE_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-1:123456789012:letters",
}
_REFUSALS: Mapping[str, tuple[str, Any]] = {
    "throttled": ("ProvisionedThroughputExceededException", None),
    "conflict": ("TransactionCanceledException", [{"Code": "ConditionalCheckFailed"}]),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an attempt, after a share of its time; one that is `lost` works, and is unanswered."""

    outcome: Outcome = "answered"
    share: float = 1.0


class SlowCloud:
    """A region, and the time that passes in it. `fates` decides each attempt by service and operation."""

    def __init__(self) -> None:
        self.seconds, self.now = 0.0, NOW
        self.patience: Patience = LOCAL
        self.fates: Callable[[str, str], Fate] = prompt
        self.attempts: list[tuple[float, str, str]] = []

    def call(self, name: str, event: Any, fates: Callable[[str, str], Fate]) -> Any:
        """What a function that starts cold answers; it has taken `seconds` then."""
        self.patience, self.fates, self.attempts = FUNCTIONS[name], fates, []
        wiring = Wiring(ENVIRON, lambda: self.now, FUNCTIONS[name], lambda: self.seconds)
        wiring.workflow.rest = self.sleep
        handler = load_function(name, wiring).handler
        self.seconds = 1000.0  # the sandbox is not new: only `begin` says when the invocation began
        try:
            return handler(event, None)
        finally:
            self.seconds -= 1000.0
            self.patience, self.fates = LOCAL, prompt

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def local(self) -> Wiring:
        """The parts of a stack in which nothing is slow."""
        return Wiring(ENVIRON, lambda: self.now)

    def kept(self) -> list[str]:
        """The keys of the deliveries in quarantine."""
        return list(self.local().quarantine.waiting("table"))

    def answer(self, request: Any, event_name: str, answer: Callable[[], Any]) -> Any:
        """What an attempt comes to."""
        _, service, operation = event_name.split(".")
        calls = self.patience.calls[service.replace("-", "")]
        fate = self.fates(service, operation)
        self.attempts.append((self.seconds - 1000.0, service, operation))
        self.seconds += fate.share * (calls.connect + calls.read)
        if fate.outcome in _REFUSALS:
            return _refused(request, service, *_REFUSALS[fate.outcome])
        answered = None if fate.outcome == "silent" else answer()
        if fate.outcome != "answered":
            raise ReadTimeoutError(endpoint_url=request.url)
        return answered


def prompt(_service: str, _operation: str) -> Fate:
    """Everything is answered at once."""
    return Fate(share=0.0)


@contextmanager
def slow_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowCloud]:
    """A region with the stack's tables, bucket, secrets, topics and schedule group, and two connections."""
    made = SlowCloud()
    original = BotocoreStubber.__call__

    def slowly(stubber: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
        return made.answer(request, event_name, lambda: original(stubber, event_name, request, **more))

    with stored(monkeypatch) as store:
        audiences = _make(made.local())
        monkeypatch.setitem(ENVIRON, "AUDIENCES", json.dumps(audiences))
        connect(store, NOW)
        monkeypatch.setattr(BotocoreStubber, "__call__", slowly)
        monkeypatch.setattr(time, "sleep", made.sleep)
        yield made


def _make(wiring: Wiring) -> dict[str, str]:
    """Make what the functions call besides the tables; the topics by their audience."""
    place = {"LocationConstraint": REGION}
    wiring.client("s3").create_bucket(Bucket="quarantine", CreateBucketConfiguration=place)
    wiring.client("scheduler").create_schedule_group(Name="clocks")
    for name, secret in SECRETS.items():
        wiring.client("secretsmanager").create_secret(Name=name, SecretString=secret)
    sns = wiring.client("sns")
    return {name: sns.create_topic(Name=name)["TopicArn"] for name in ("default", "oncall-1", "legal")}


class _Raw(BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _refused(request: Any, service: str, code: str, reasons: Any) -> AWSResponse:
    """Refused at once, by DynamoDB in its own words."""
    if service != "dynamodb":
        return AWSResponse(request.url, 503, HTTPHeaders(), _Raw())
    document = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "Message": code}
    body = json.dumps(document | ({"CancellationReasons": reasons} if reasons else {})).encode()
    return AWSResponse(request.url, 400, HTTPHeaders(), _Raw(body))
