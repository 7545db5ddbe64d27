"""What `slaclock doctor` says of messages: whether anybody hears them, and what was left in queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.cli.doctor_records import audiences_named
from slaclock.cli.doctor_refusals import code_of, is_gone, not_looked_at
from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.cli.redrive_kinds import KINDS
from slaclock.domain.errors import SlaError
from slaclock.notices.audiences import DEFAULT, channels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.cli.doctor_stack import Finding, Patient
    from slaclock.cli.redrive_kinds import Kind

_MOST_PAGES = 10  # of a topic's subscriptions, a hundred each
_PAGE = "docs/operations.md"
_BY_HAND = f"{_PAGE}, What somebody changed by hand"
_PENDING = "PendingConfirmation"
_HEAR = "docs/notifications.md says how to subscribe"
_LEFT = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def subscriptions(patient: Patient) -> Iterator[Finding]:
    """Each topic has a subscription that was confirmed; those by HTTPS have a queue behind them."""
    named, found = audiences_named(patient), dict[str, list[str]]()
    for audience, channel in channels(patient.variables("Notify").get("AUDIENCES", "")).items():
        found.setdefault(channel.topic, []).append(audience)
    for topic, audiences in found.items():
        needed = sorted({DEFAULT, *named} & set(audiences))
        who = ", ".join(audiences)
        yield from _looked_at(who, topic, _heard(patient, topic, who, needed))
    if told := patient.parameters.get("AlarmTopic"):
        yield from _looked_at("alarms", told, _alarms_heard(patient, told))
    else:
        yield warn(
            "alarms tell nobody: AlarmTopic is empty", "deploy with the ARN of a topic that wakes somebody"
        )


def _looked_at(who: str, topic: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """What is found of one topic; where it is gone, or can't be looked at, the others can."""
    name = topic.rpartition(":")[2]
    try:
        yield from findings
    except Exception as error:  # noqa: BLE001  (named, and never quoted)
        if is_gone(error):
            yield fail(f"{who}: the topic {name} is gone, so nobody hears", _BY_HAND)
        else:
            yield not_looked_at(error, f"{who}: {name} could not be looked at ({code_of(error)})")


def _heard(patient: Patient, topic: str, who: str, needed: list[str]) -> Iterator[Finding]:
    sns = patient.topics_of(topic)
    listed = list(_subscriptions(sns, topic))
    pending = [each for each in listed if each["SubscriptionArn"] == _PENDING]
    confirmed = [each for each in listed if each["SubscriptionArn"].startswith("arn:")]
    if pending:
        yield fail(
            f"{who}: {len(pending)} of {len(listed)} subscriptions are not confirmed ({_protocols(pending)})",
            "follow the link that SNS sent there; it is good for two days, then subscribe again",
        )
    if not confirmed:
        said = f"{who}: nobody is subscribed to {topic.rpartition(':')[2]}"
        yield fail(f"{said}, and messages go there", _HEAR) if needed else warn(said, _HEAR)
        return
    lossy = [each for each in confirmed if _may_lose(sns, each)]
    if lossy:
        yield warn(
            f"{who}: {len(lossy)} subscriptions by HTTP have no queue for what can't be delivered",
            "give them one: docs/operations.md, People who must hear of breaches",
        )
    if not (pending or lossy):
        yield ok(f"{who}: {len(confirmed)} confirmed ({_protocols(confirmed)})")


def _alarms_heard(patient: Patient, topic: str) -> Iterator[Finding]:
    listed = _subscriptions(patient.topics_of(topic), topic)
    if any(each["SubscriptionArn"].startswith("arn:") for each in listed):
        yield ok("alarms are heard")
    else:
        yield fail(
            "alarms tell nobody: AlarmTopic has no confirmed subscription", "subscribe whoever is on call"
        )


def _subscriptions(sns: Any, topic: str) -> Iterator[Mapping[str, str]]:
    where: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        page = sns.list_subscriptions_by_topic(TopicArn=topic, **where)
        yield from page["Subscriptions"]
        if not page.get("NextToken"):
            return
        where = {"NextToken": page["NextToken"]}


def _may_lose(sns: Any, subscription: Mapping[str, str]) -> bool:
    """Whether SNS drops what it can't deliver within the hour: HTTP without a queue of its own."""
    if subscription["Protocol"] not in ("http", "https"):
        return False
    found = sns.get_subscription_attributes(SubscriptionArn=subscription["SubscriptionArn"])
    return not found["Attributes"].get("RedrivePolicy")


def _protocols(subscriptions: list[Mapping[str, str]]) -> str:
    """By what they are told; never where, which may be somebody's number or address."""
    return ", ".join(sorted({each["Protocol"] for each in subscriptions}))


def queues(patient: Patient) -> Iterator[Finding]:
    """Nothing lies in a queue for what failed, and each is there."""
    found = [finding for kind in KINDS for finding in _left_in(patient, kind)]
    yield from found
    if not found:
        yield ok(f"all {len(KINDS)} queues for what failed are empty")


def _left_in(patient: Patient, kind: Kind) -> Iterator[Finding]:
    try:
        count = _held(patient, kind)
    except SlaError as error:
        yield fail(str(error), f"{_PAGE}, Upgrade")
    except Exception as error:  # noqa: BLE001  (whatever it is, the others can be looked at)
        if is_gone(error):
            yield fail(f"the queue {kind.queue} is gone: what fails is lost", _BY_HAND)
        else:
            yield not_looked_at(error, f"{kind.queue} could not be looked at ({code_of(error)})")
    else:
        if count:
            redrive = f"slaclock redrive {kind.name} --stack {patient.stack}"
            yield fail(
                f"{kind.queue} holds {count}: {kind.left}", f"{_PAGE}, {kind.queue}Alarm; then {redrive}"
            )


def _held(patient: Patient, kind: Kind) -> int:
    asked = {"QueueUrl": patient.named(kind.queue), "AttributeNames": list(_LEFT)}
    attributes = patient.client("sqs").get_queue_attributes(**asked)["Attributes"]
    return sum(int(attributes.get(name, 0)) for name in _LEFT)
