"""The double of SQS refuses what AWS refuses, and what the code has no business asking."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.sim.misuse import Misuse
from tests.sim.sqs import SqsDouble

URL = "https://sqs.eu-north-1.amazonaws.com/123456789012/reminders"


def put(**asked: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    sent: list[tuple[str, str]] = []
    double = SqsDouble([URL], lambda queue, body: sent.append((queue, body)))
    return double.send_message(**{"QueueUrl": URL, "MessageBody": "a", **asked}), sent


def test_a_message_is_put_on_its_queue_and_has_an_id() -> None:
    """The digest is that of the body, as the client checks it."""
    answer, sent = put()
    assert sent == [(URL, "a")]
    assert answer["MessageId"]
    assert answer["MD5OfMessageBody"] == "0cc175b9c0f1b6a831c399e269772661"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"QueueUrl": f"{URL}-of-others"}, "AWS.SimpleQueueService.NonExistentQueue"),
        ({"MessageBody": ""}, "MissingParameter"),
        ({"MessageBody": "é" * 131_073}, "InvalidParameterValue"),
        ({"MessageBody": "\x00"}, "InvalidMessageContents"),
        ({"MessageBody": "\uffff"}, "InvalidMessageContents"),
    ],
)
def test_what_aws_refuses_is_refused(asked: dict[str, Any], code: str) -> None:
    """By AWS's code, and nothing is put there."""
    with pytest.raises(ClientError, match=code):
        put(**asked)


def test_as_much_as_a_message_may_hold_is_taken() -> None:
    """256 KiB, in bytes, tabs and ends of lines with them."""
    _, ((_, body),) = put(MessageBody="é" * 131_071 + "\t\n")
    assert len(body.encode()) == 262_144


def test_what_the_client_would_not_send_is_not_sent() -> None:
    """A body that is no text."""
    with pytest.raises(ParamValidationError):
        put(MessageBody=7)


def test_what_a_standard_queue_need_not_be_asked_is_a_misuse() -> None:
    """A delay, a group: whoever asks for one should know what it does here."""
    with pytest.raises(Misuse):
        put(DelaySeconds=60)
