"""The double of SNS: what it refuses, just inside and just outside each bound."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from slaclock.announcing import Announcer
from slaclock.notices import Channel
from slaclock.store.memory import MemoryStore
from tests.sim.misuse import Misuse
from tests.sim.sns import SnsDouble
from tests.store.samples import HOUR, MONDAY, clock, commit, fact, ticket

TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall-1"
OTHER = "arn:aws:sns:eu-west-1:123456789012:elsewhere"
NOTHING: dict[str, Any] = {}
SIX = len("aStringb")  # an attribute `a` of the value `b`


@pytest.fixture
def sns() -> SnsDouble:
    return SnsDouble({TOPIC})


def message(**members: Any) -> dict[str, Any]:
    """A call with some members changed; None leaves one out."""
    whole = {"TopicArn": TOPIC, "Subject": "BREACH", "Message": "late", **members}
    return {name: value for name, value in whole.items() if value is not None}


def texts(**members: Any) -> dict[str, Any]:
    return message(MessageStructure="json", Message=json.dumps({"default": "late", **members}))


def attribute(name: str = "a", value: Any = "b", kind: str = "String") -> dict[str, Any]:
    return {name: {"DataType": kind, "StringValue": value}}


def attributes(*given: dict[str, Any]) -> dict[str, Any]:
    return message(MessageAttributes={name: value for each in given for name, value in each.items()})


def numbered(count: int) -> dict[str, Any]:
    return attributes(*(attribute(f"a{number}") for number in range(count)))


TAKEN = {
    "no subject": message(Subject=None),
    "a subject of one": message(Subject="B"),
    "a subject of 99": message(Subject="x" * 99),
    "a subject that is not ASCII": message(Subject="Brüche 🎫"),
    "as much as goes": message(Message="x" * 262_144),
    "as much as goes with an attribute": message(
        Message="x" * (262_144 - SIX), MessageAttributes=attribute()
    ),
    "texts": texts(email="late", sms="x" * 1600, sqs="", **{"email-json": "late"}),
    "an empty default": message(MessageStructure="json", Message='{"default": ""}'),
    "ten attributes": numbered(10),
    "a name of 256": attributes(attribute("a" * 256)),
    "every character of a name": attributes(attribute("aZ_0-9.b")),
    "a value that is not ASCII": attributes(attribute(value="Café 🎫")),
    "a number": attributes(attribute(value="-12.5", kind="Number")),
    "an array": attributes(attribute(value='["a", 1]', kind="String.Array")),
}
UNSENT = {
    "no message": message(Message=None),
    "a message that is no text": message(Message={"default": "late"}),
    "an unknown member": message(Topic=TOPIC),
    "an attribute without a type": message(MessageAttributes={"a": {"StringValue": "b"}}),
    "an attribute that is no text": attributes(attribute(value=1)),
}
REFUSED = {
    "an empty message": (message(Message=""), "InvalidParameter"),
    "an empty subject": (message(Subject=""), "InvalidParameter"),
    "a subject of 100": (message(Subject="x" * 100), "InvalidParameter"),
    **{
        f"a subject with {each!r}": (message(Subject=f"a{each}b"), "InvalidParameter")
        for each in "\n\r\t\x00\x7f\x85\u2028"
    },
    "more than goes": (message(Message="x" * 262_145), "InvalidParameter"),
    "more bytes than go": (message(Message="ø" * 131_073), "InvalidParameter"),
    "more than goes with an attribute": (
        message(Message="x" * (262_145 - SIX), MessageAttributes=attribute()),
        "InvalidParameter",
    ),
    "no topic": (message(TopicArn=None), "InvalidParameter"),
    "a topic that is no ARN": (message(TopicArn="oncall-1"), "InvalidParameter"),
    "a topic that is not there": (message(TopicArn=OTHER), "NotFound"),
    "another structure": (message(MessageStructure="xml"), "InvalidParameter"),
    "texts that are no JSON": (message(MessageStructure="json"), "InvalidParameter"),
    "texts that are no object": (message(MessageStructure="json", Message='["late"]'), "InvalidParameter"),
    "texts without a default": (
        message(MessageStructure="json", Message='{"email": "late"}'),
        "InvalidParameter",
    ),
    "a default that is no text": (texts(default=1), "InvalidParameter"),
    "a text said twice": (
        message(MessageStructure="json", Message='{"default": "a", "default": "b"}'),
        "InvalidParameter",
    ),
    **{
        f"an attribute called {name!r}": (attributes(attribute(name)), "ParameterValueInvalid")
        for name in ("", "a b", ".a", "a.", "a..b", "ä", "a\n", "AWS.a", "aws.a", "Amazon.a", "a" * 257)
    },
    "an attribute of another type": (attributes(attribute(kind="Text")), "ParameterValueInvalid"),
    "an empty attribute": (attributes(attribute(value="")), "ParameterValueInvalid"),
    "an attribute without a value": (
        message(MessageAttributes={"a": {"DataType": "String"}}),
        "ParameterValueInvalid",
    ),
    "a number that is none": (attributes(attribute(value="many", kind="Number")), "ParameterValueInvalid"),
    "an array that is none": (attributes(attribute(value="a", kind="String.Array")), "ParameterValueInvalid"),
}
MISUSED = {
    "eleven attributes": numbered(11),
    **{
        f"an attribute with {each!r}": attributes(attribute(value=f"a{each}b"))
        for each in "\t\n\r\x00\x7f\x85\uffff"
    },
    "a type of our own": attributes(attribute(kind="String.team")),
    "a text for nobody": texts(pigeon="late"),
    "a text that is none": texts(email=1),
    "a text message that is cut": texts(sms="x" * 1601),
    "a telephone": message(PhoneNumber="+4512345678"),
    "a group of messages": message(MessageGroupId="1"),
}


@pytest.mark.parametrize("asked", TAKEN.values(), ids=TAKEN.keys())
def test_what_aws_takes_is_taken(sns: SnsDouble, asked: dict[str, Any]) -> None:
    """Just inside each bound; it is sent, and its id answered."""
    answer = sns.publish(**asked)
    assert [each.message_id for each in sns.sent] == [answer["MessageId"]]
    assert sns.misuses == []


@pytest.mark.parametrize("asked", UNSENT.values(), ids=UNSENT.keys())
def test_what_botocore_does_not_send_is_not_sent(sns: SnsDouble, asked: dict[str, Any]) -> None:
    """Its own validation, with its own error."""
    with pytest.raises(ParamValidationError):
        sns.publish(**asked)
    assert sns.sent == []


@pytest.mark.parametrize(("asked", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_service_refuses_is_refused(sns: SnsDouble, asked: dict[str, Any], code: str) -> None:
    """Just outside each bound; nothing is sent."""
    with pytest.raises(ClientError) as caught:
        sns.publish(**asked)
    response: Any = caught.value.response
    status = 404 if code == "NotFound" else 400
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert sns.sent == []


@pytest.mark.parametrize("asked", MISUSED.values(), ids=MISUSED.keys())
def test_what_aws_takes_and_loses_is_a_misuse(sns: SnsDouble, asked: dict[str, Any]) -> None:
    """And is remembered, whoever catches it."""
    with pytest.raises(Misuse) as caught:
        sns.publish(**asked)
    assert sns.misuses == [str(caught.value)]
    assert sns.sent == []


def test_half_a_character_cannot_be_sent(sns: SnsDouble) -> None:
    """No client can encode it."""
    with pytest.raises(UnicodeEncodeError):
        sns.publish(**message(Message="\ud800"))


def test_an_operation_that_the_double_does_not_know_is_a_misuse(sns: SnsDouble) -> None:
    """It is never answered with nothing."""
    with pytest.raises(Misuse, match="knows no publish_batch"):
        sns.publish_batch(**NOTHING)


def test_what_was_sent_is_kept_in_parts_and_in_order(sns: SnsDouble) -> None:
    """Each message has an id of its own."""
    sns.publish(**texts(email="so late"), MessageAttributes=attribute("event", "clock_breached"))
    sns.publish(**message(Subject=None))
    first, second = sns.sent
    assert (first.topic, first.subject) == (TOPIC, "BREACH")
    assert first.texts == {"default": "late", "email": "so late"}
    assert first.attributes == {"event": "clock_breached"}
    assert (second.subject, second.texts, second.attributes) == (None, {"default": "late"}, NOTHING)
    assert first.message_id != second.message_id


PLAIN = [
    {},
    {"ticket_id": "å🎫"},
    {"ticket_id": "x" * 256},
    {"ticket_id": "1\nAcknowledge: here"},
    {"ticket_id": "1\x00\u2028"},
    {"details": {"customer": "Café 🎫" * 40, "team": '"\\'}},
]
CONTROL = [{"details": {name: text}} for name in ("customer", "team") for text in ("a\tb", "a\nb", "a\x00b")]


@pytest.mark.parametrize("said", [*PLAIN, *CONTROL], ids=ascii)
@pytest.mark.parametrize("name", ["clock_breached", "reminder_due", "escalation_due", "breach_ended"])
def test_our_own_messages_fit_whatever_a_ticket_says(sns: SnsDouble, name: str, said: dict[str, Any]) -> None:
    """Ids and names come from a helpdesk: none may make a message that AWS refuses, or loses."""
    announce(sns, name, said)
    assert sns.misuses == []
    assert {each.attributes["event"] for each in sns.sent} == {name}


def announce(sns: SnsDouble, name: str, said: dict[str, Any]) -> None:
    """Announce a fact about a ticket as the outbox has it."""
    store, about = MemoryStore(), ticket(said.get("ticket_id", "1"))
    more = {"told": ["oncall-1"], "notify": "oncall-1", "level": 1, "repeat": 0, "until": "stopped"}
    details = {**more, "reminder": "50%", "reason": "solved", **said.get("details", {})}
    mark = "b0.1:0" if name == "reminder_due" else "m"
    about = replace(about, clocks=(clock(due_at=MONDAY + HOUR),))
    store.commit(commit(None, about, fact(name, about=about, mark=mark, details=details)))
    announcer = Announcer(sns, {"default": Channel(TOPIC)}, lambda: MONDAY, tickets=store, outbox=store)
    (waiting,) = store.waiting(MONDAY + 2 * HOUR)
    announcement = store.announcement(*waiting)
    assert announcement is not None
    assert announcer.announce(announcement) == 1
