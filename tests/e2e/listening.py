"""Somebody who listens to a deployed stack's topics: at a queue of SQS, and at an address over HTTP."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.e2e.ministack import Emulator

Document = dict[str, Any]
QUEUE, HTTP = "sqs", "http"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message: how it came, from which topic, and what it says."""

    by: str
    topic: str
    message: Document


@dataclass(slots=True)
class Inbox:
    """What was heard until now, in the order in which it came."""

    emulator: Emulator
    queue: str
    heard: list[Heard] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    def wait(self, seconds: float, **members: Any) -> Heard:
        """The first message with these members, once it is there; `by` is how it came."""
        until = time.monotonic() + seconds
        while True:
            for each in list(self.heard):
                if {**each.message, "by": each.by}.items() >= members.items():
                    return each
            left = [(each.by, each.message.get("fact"), each.message.get("audience")) for each in self.heard]
            assert time.monotonic() < until, f"nothing with {members} in {seconds:g} s, but {left}"
            self._poll()

    def came_again(self) -> int:
        """How many messages came again to one who had them: word for word what they were, by their ids."""
        first = dict[tuple[str, str, str], Document]()
        for each in self.heard:
            known = each.by, each.topic, each.message["notification_id"]
            assert first.setdefault(known, each.message) == each.message
        return len(self.heard) - len(first)

    def take(self, by: str, envelope: Mapping[str, Any]) -> None:
        """An envelope of SNS: what asks whether one wants to hear is confirmed."""
        if envelope["Type"] == "SubscriptionConfirmation":
            sns = self.emulator.client("sns")
            sns.confirm_subscription(TopicArn=envelope["TopicArn"], Token=envelope["Token"])
            self.confirmed.append(envelope["TopicArn"])
        else:
            message = json.loads(envelope["Message"])
            self.heard.append(Heard(by, envelope["TopicArn"], message))

    def _poll(self) -> None:
        sqs = self.emulator.client("sqs")
        found = sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        for each in found.get("Messages", ()):
            self.take(QUEUE, json.loads(each["Body"]))
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])


@contextmanager
def listening(emulator: Emulator, topics: Mapping[str, str], failures: str) -> Iterator[Inbox]:
    """Both ways at all of the topics, by name, until the block ends.

    What can't be delivered goes to the queue whose ARN is `failures`.
    """
    sqs, sns = emulator.client("sqs"), emulator.client("sns")
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topics.values())}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    inbox, kept = Inbox(emulator, queue), {"RedrivePolicy": json.dumps({"deadLetterTargetArn": failures})}
    with _server(inbox) as address:
        for topic in topics.values():
            sns.subscribe(TopicArn=topic, Protocol=QUEUE, Endpoint=arn, Attributes=kept)
            sns.subscribe(TopicArn=topic, Protocol=HTTP, Endpoint=address, Attributes=kept)
        yield inbox


@contextmanager
def _server(inbox: Inbox) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            inbox.take(HTTP, json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/notices"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
