"""Facts reach each audience in order; what is over says so; nobody hears the end of what they never heard."""

import json
from dataclasses import replace
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import split_id
from slaclock.domain.instants import parse_instant
from slaclock.notices.audiences import channels
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.messages import Announcement, Delivery
from slaclock.sweeping import Auditor
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_records import ask, opened
from tests.functions.world import World, refused

SUBJECT = "ticket#example#4711"
LEVEL = "escalation_due:first_response:1.0:1.0"
PAGER = {"topic": "arn:pager", "format": "pagerduty"}


@pytest.fixture
def world() -> World:
    """An urgent ticket whose first reply is due at 14:35; level 1 is told through a pager."""
    world = World("2026-03-27T14:05:00Z")
    opened(world)
    topics = {"default": "arn:default", "oncall-1": PAGER, "legal": "arn:legal"}
    world.announcer.channels = channels(json.dumps(topics))
    return world


def replied(world: World, at: str, heard_of: str | None = None, ticket: str = "4711") -> None:
    """An agent replied, which we hear of then, or later."""
    now = world.at(heard_of or at)
    said = {"status": "open"}
    reply = TicketEvent(f"reply {at}", "example", ticket, "agent_replied", parse_instant(at), now, said)
    assert world.workflow.take(reply)


def waiting(world: World) -> list[dict[str, Any]]:
    """What waits of the first response, but for reminders, in the order of telling."""
    found = [each for each in outbox(world) if ":first_response:" in each["sk"]]
    return sorted((each for each in found if "reminder" not in each["sk"]), key=lambda item: item["since"])


def heard(world: World) -> list[tuple[str, str]]:
    """Each message: its topic, and its event; of an on-call service, what becomes of the incident."""
    found = []
    for each in world.sns.sent:
        body = json.loads(json.loads(each["Message"])["sqs"])
        event = each["MessageAttributes"]["event"]["StringValue"]
        found.append((each["TopicArn"], body.get("event_action", event)))
    return found


def ledger(world: World) -> list[tuple[str, str, str | None]]:
    """What the ticket shows of messages about the first response: fact, audience, and why it was not told."""
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    rows = [each for each in body["messages"] if each["fact"] != "reminder_due"]
    return [(each["fact"], each["audience"], each["why"]) for each in rows]


@pytest.fixture
def without(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Topics that can't be had, once for each time that they are named."""
    publish, topics = world.sns.publish, list[str]()

    def publishes(**message: Any) -> Any:
        if message["TopicArn"] in topics:
            topics.remove(message["TopicArn"])
            raise refused("InternalError")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", publishes)
    return topics


def test_what_an_audience_could_not_be_told_keeps_the_later_facts_of_the_ticket_from_it(
    world: World, without: list[str]
) -> None:
    """The pager fails at the level: of the end, which comes in the same batch, only the others hear yet."""
    replied(world, "2026-03-27T14:40:00Z")
    items = waiting(world)
    assert [each["sk"].split(":")[0] for each in items] == [
        "OUTBOX#clock_breached", "OUTBOX#escalation_due", "OUTBOX#breach_ended"
    ]  # fmt: skip
    without.append("arn:pager")
    failed = announced(world, items)["batchItemFailures"]
    assert failed == [{"itemIdentifier": "2"}, {"itemIdentifier": "3"}]
    assert heard(world) == [("arn:legal", "clock_breached"), ("arn:legal", "breach_ended")]
    assert announced(world, items[1:]) == {"batchItemFailures": []}
    assert heard(world)[2:] == [("arn:pager", "trigger"), ("arn:pager", "resolve")]
    assert waiting(world) == []


def test_it_keeps_nothing_of_another_ticket_back(world: World, without: list[str]) -> None:
    """The pager fails once: the other ticket's level triggers."""
    opened(world, "4712")
    world.at("2026-03-27T14:36:00Z")
    for ticket in ("4711", "4712"):
        world.workflow.wake(f"ticket#example#{ticket}", "timer")
    without.append("arn:pager")
    levels = [each for each in waiting(world) if "escalation" in each["sk"]]
    assert announced(world, levels) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert heard(world) == [("arn:pager", "trigger")]


def test_a_ticket_that_cannot_be_read_keeps_its_later_facts_from_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whom its breach could have reached."""
    replied(world, "2026-03-27T14:40:00Z")
    load, troubles = world.memory.load, ["once"]

    def failing(of: str, input_id: str | None = None) -> Any:
        if troubles:
            troubles.pop()
            raise StoreUnavailableError("ProvisionedThroughputExceededException")
        return load(of, input_id)

    monkeypatch.setattr(world.memory, "load", failing)
    items = waiting(world)
    assert len(announced(world, items)["batchItemFailures"]) == 2
    # Of level 1, and its end, a pager hears, for nothing before it was for that; legal of nothing yet.
    assert heard(world) == [("arn:pager", "trigger"), ("arn:pager", "resolve")]
    announced(world, [items[0], items[2]])
    assert heard(world)[2:] == [("arn:legal", "clock_breached"), ("arn:legal", "breach_ended")]


def test_the_auditor_tells_a_tickets_facts_in_their_order_and_waits_with_the_rest(
    world: World, without: list[str]
) -> None:
    """All of one decision, so that they wait since the same instant; what fails is told by the next sweep."""
    replied(world, "2026-03-27T14:40:00Z")
    world.at("2026-03-27T14:46:00Z")
    without.append("arn:pager")
    sweep = Auditor(world.workflow, world.announcer, world.intake, world.forgetter).sweep
    assert sweep().failed == 2
    assert heard(world) == [("arn:legal", "clock_breached"), ("arn:legal", "breach_ended")]
    assert sweep().failed == 0
    assert heard(world)[2:] == [("arn:pager", "trigger"), ("arn:pager", "resolve")]


@pytest.mark.parametrize("place", range(6))
def test_wherever_a_sweep_goes_on_a_tickets_facts_keep_their_order(
    world: World, without: list[str], monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """After the first ticket's failure it goes on anywhere, also in the midst of the other ticket's facts."""
    opened(world, "4712")
    for ticket in ("4711", "4712"):
        replied(world, "2026-03-27T14:40:00Z", ticket=ticket)
    monkeypatch.setattr("random.randrange", lambda most: min(place, most - 1))
    world.at("2026-03-27T14:46:00Z")
    without.append("arn:legal")
    Auditor(world.workflow, world.announcer, world.intake, world.forgetter).sweep()
    told = [split_id(each["MessageAttributes"]["notification_id"]["StringValue"]) for each in world.sns.sent]
    names = [key.partition(":")[0] for subject, key in told if subject.endswith("#4712")]
    assert names == ["clock_breached", "escalation_due", "breach_ended", "breach_ended"]
    others = [key.partition(":")[0] for subject, key in told if subject.endswith("#4711")]
    assert others == ["escalation_due", "breach_ended"]  # by the pager, which was well


@pytest.mark.parametrize(("cleared", "action"), [(True, "resolve"), (False, "trigger")])
def test_a_level_told_after_its_all_clear_opens_no_incident(
    world: World, action: str, *, cleared: bool
) -> None:
    """Nothing would ever close it. Before the all-clear it opens one, and the all-clear closes that."""
    replied(world, "2026-03-27T14:40:00Z")
    _, level, end = waiting(world)
    announced(world, [end, level] if cleared else [level, end])
    assert heard(world)[:: -1 if cleared else 1][0] == ("arn:pager", action)
    (said,) = [
        each
        for each in world.sns.sent
        if each["MessageAttributes"]["event"]["StringValue"] == "escalation_due"
    ]
    texts = json.loads(said["Message"])
    assert said["Subject"].startswith("Ended since: BREACH, level 1")
    assert texts["sms"].startswith("Ended since: BREACH level 1")
    assert "/ack" not in said["Message"]


def test_a_breach_that_was_withdrawn_before_anybody_heard_is_told_with_its_withdrawal(world: World) -> None:
    """The breach and its first level are always told (rule 22): as withdrawn, no link, no incident."""
    world.at("2026-03-27T14:35:00Z")
    world.workflow.wake(SUBJECT, "timer")
    replied(world, "2026-03-27T14:20:00Z", heard_of="2026-03-27T14:50:00Z")
    announced(world, waiting(world))
    assert heard(world) == [
        ("arn:legal", "clock_breached"),
        ("arn:pager", "resolve"),
        ("arn:legal", "outcome_corrected"),
        ("arn:pager", "resolve"),
    ]
    breach, level, *_ = world.sns.sent
    for each in (breach, level):
        assert each["Subject"].startswith("Withdrawn since: BREACH")
        texts = json.loads(each["Message"])
        assert "In truth: it was met at Fri 27 Mar 2026 15:20 CET (14:20 UTC)" in texts["email"]
        assert texts["sms"].startswith("Withdrawn since: ")
        assert "/ack" not in each["Message"]
        assert "Late by" not in texts["email"]
    assert {why for _, _, why in ledger(world)} == {None}


def test_the_end_of_what_nobody_was_told_is_told_to_nobody(world: World) -> None:
    """The breach ended before level 2 could be told: its audience hears of neither, and that is recorded."""
    replied(world, "2026-03-27T15:10:00Z")
    announced(world, waiting(world))
    about = {each[::2] for each in ledger(world) if each[1] == "oncall-2"}
    assert about == {("escalation_due", "ended"), ("breach_ended", "nobody_was_told")}
    assert ("breach_ended", "oncall-1", None) in ledger(world)
    assert "arn:default" not in [topic for topic, _ in heard(world)]


def test_a_withdrawal_of_what_nobody_was_told_is_told_to_nobody(world: World) -> None:
    """As with an end. Who was told of the breach, or of any level, is told that it was none."""
    world.at("2026-03-27T15:06:00Z")
    world.workflow.wake(SUBJECT, "timer")
    replied(world, "2026-03-27T14:20:00Z", heard_of="2026-03-27T15:10:00Z")
    announced(world, waiting(world))
    about = {each[::2] for each in ledger(world) if each[1] == "oncall-2"}
    assert about == {("escalation_due", "withdrawn"), ("outcome_corrected", "nobody_was_told")}
    assert ("outcome_corrected", "oncall-1", None) in ledger(world)


def test_an_end_is_told_where_what_it_is_the_end_of_may_still_be_told(world: World) -> None:
    """A level that waits for its turn was not held back; nor was one of which nobody can read anything."""
    replied(world, "2026-03-27T14:40:00Z")
    _, _, end = waiting(world)
    announced(world, [end])
    assert heard(world) == [("arn:legal", "breach_ended"), ("arn:pager", "resolve")]


def test_who_gets_the_same_text_by_the_same_topic_gets_it_once(world: World) -> None:
    """Legal has no topic of its own, nor has management: one message, and both are marked as told."""
    world.announcer.channels = channels(json.dumps({"default": "arn:default"}))
    replied(world, "2026-03-27T14:40:00Z")
    _, _, end = waiting(world)
    announced(world, [end])
    assert heard(world) == [("arn:default", "breach_ended")]
    ids = {each["audience"]: each["message_id"] for each in world.memory.messages(SUBJECT)}
    assert ids == {"legal": "message-1", "oncall-1": "message-1"}


def test_who_is_asked_to_take_it_in_hand_gets_a_message_of_their_own(world: World) -> None:
    """Legal's has no link, so it is not the same text as the team's, though both fall to the default."""
    world.announcer.channels = channels(json.dumps({"default": "arn:default"}))
    world.at("2026-03-27T14:36:00Z")
    world.workflow.wake(SUBJECT, "timer")
    breach = next(each.fact for each in world.memory.told(SUBJECT) if each.fact.fact == "clock_breached")
    told = {**breach.details, "told": ["legal", "team", "management"]}
    fact = replace(breach, details=told)
    world.announcer.announce(Announcement(SUBJECT, fact.key, fact, world.time))
    assert ["/ack/" in each["Message"] for each in world.sns.sent] == [False, True]


def test_what_is_told_again_is_shown_beside_the_first(world: World) -> None:
    """`redrive` tells a level again: both are in the ticket's ledger, and the first is as it was."""
    world.at("2026-03-27T14:36:00Z")
    world.workflow.wake(SUBJECT, "timer")
    announced(world, waiting(world))
    fact = next(each.fact for each in world.memory.told(SUBJECT) if each.fact.key == LEVEL)
    first = world.memory.sent(SUBJECT, LEVEL, "oncall-1")
    world.at("2026-03-27T14:45:00Z")
    assert world.announcer.repeat(SUBJECT, fact, "oncall-1") is True
    _, body, _ = ask(world, "GET", "/v1/tickets/example/4711")
    rows = [(each["at"], each["message_id"]) for each in body["messages"] if each["fact"] == "escalation_due"]
    assert rows == [("2026-03-27T14:36:00Z", "message-2"), ("2026-03-27T14:45:00Z", "message-3")]
    assert world.memory.sent(SUBJECT, LEVEL, "oncall-1") == first
    assert isinstance(first, Delivery)
