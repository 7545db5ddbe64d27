"""What `slaclock doctor` says of messages: whether anybody hears them, and the alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.cli.doctor_records import audiences_named
from slaclock.cli.doctor_refusals import BY_HAND, looked_at
from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.notices.audiences import DEFAULT, channels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.cli.doctor_stack import Finding, Patient

_MOST_PAGES = 10  # of a topic's subscriptions, a hundred each
_PAGE = "docs/operations.md"
_PENDING = "PendingConfirmation"
_HEAR = "docs/notifications.md says how to subscribe"
_LOUD = f"deploy with the ARN of one that CloudWatch may publish to: {_PAGE}, Settings"
_MUTE = "alias/aws/sns"  # AWS's own key, which nobody may let CloudWatch use


def subscriptions(patient: Patient) -> Iterator[Finding]:
    """Each topic has a subscription that was confirmed; those by HTTPS have a queue behind them."""
    named, found = audiences_named(patient), dict[str, list[str]]()
    for audience, channel in channels(patient.variables("Notify").get("AUDIENCES", "")).items():
        found.setdefault(channel.topic, []).append(audience)
    for topic, audiences in found.items():
        needed = sorted({DEFAULT, *named} & set(audiences))
        who = ", ".join(audiences)
        gone = fail(f"{who}: the topic {_name(topic)} is gone, so nobody hears", BY_HAND)
        yield from _looked_at(who, topic, _heard(patient, topic, who, needed), gone)
    if told := patient.parameters.get("AlarmTopic"):
        gone = fail(f"alarms: the topic {_name(told)} is gone, so nobody hears", _LOUD)
        yield from _looked_at("alarms", told, _alarms_heard(patient, told), gone)
    else:
        yield warn(
            "alarms tell nobody: AlarmTopic is empty", "deploy with the ARN of a topic that wakes somebody"
        )


def _looked_at(who: str, topic: str, findings: Iterator[Finding], gone: Finding) -> Iterator[Finding]:
    if len(parts := topic.split(":")) == 6 and parts[2] == "sns":
        yield from looked_at(f"{who}: {_name(topic)}", findings, gone)
    else:
        yield fail(f"{who}: {topic} is no ARN of a topic", f"{_PAGE}, Settings")


def _name(topic: str) -> str:
    return topic.rpartition(":")[2]


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
        said = f"{who}: nobody is subscribed to {_name(topic)}"
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
    """A topic that CloudWatch may not publish to hears nothing, whoever is subscribed."""
    if topic in patient.of_kind("AWS::SNS::Topic").values():
        yield fail("alarms tell nobody: AlarmTopic is one of this stack, which CloudWatch can't use", _LOUD)
        return
    sns = patient.topics_of(topic)
    if sns.get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId", "").endswith(_MUTE):
        yield fail(f"alarms tell nobody: AlarmTopic is under {_MUTE}, which CloudWatch can't use", _LOUD)
        return
    listed = _subscriptions(sns, topic)
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
