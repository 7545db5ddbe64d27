"""Reminders that come at once are one message for each audience, and nothing else is held back (rule 23)."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact, subject_key
from slaclock.domain.instants import parse_instant
from slaclock.domain.remaining import Remaining
from slaclock.domain.ticket import Ticket
from slaclock.matters import Matter
from slaclock.notices import Channel
from slaclock.notices.audiences import channels
from slaclock.store.commit import Commit
from slaclock.store.errors import StoreUnavailableError
from slaclock.sweeping import Auditor
from slaclock.together import Reminder
from slaclock.waiting_room import may_wait
from tests.functions.emitted import values
from tests.functions.test_announcing import BREACH, CLOCK, TICKET, level
from tests.functions.test_notify_and_audit import announced, gathered, outbox
from tests.functions.world import World, refused

NOON, DUE = "2026-03-27T12:00:00Z", "2026-03-27T16:00:00Z"
LATER = "2026-03-27T12:01:00Z"
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
PAGER = {"topic": "arn:pager", "format": "pagerduty"}
TOPIC = "arn:default"
DESK = {"topic": "arn:customers", "for": "customer"}


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which nobody gets a message that the test did not expect."""
    world = World(NOON)
    yield world
    assert heard(world) == []


def subject(ticket: str) -> str:
    return subject_key("ticket", "acme", ticket)


def reminder(ticket: str, *told: str, **more: Any) -> Fact:
    """That half of the resolution's budget of a ticket is worked, which is due at 16:00."""
    details = {"reminder": "50%", "told": list(told or ["team"]), **more}
    key, moment = "reminder_due:resolution:1.0:b0.0", parse_instant(NOON)
    return Fact(
        "reminder_due", key, "acme", ticket, "ticket", "gold", 1, "resolution", "resolution", 1, 0,
        moment, parse_instant(DUE), details,
    )  # fmt: skip


def ticket_of(ticket_id: str, clock: Clock) -> Ticket:
    return replace(TICKET, ticket_id=ticket_id, clocks=(clock,))


def changed(world: World, ticket: str, clock: Clock, **remaining: Any) -> None:
    """A ticket's clock is another one by now; `remaining` is what is kept of its deadline."""
    before = world.memory.load(subject(ticket)).saved
    remains = {"resolution": Remaining(**remaining)} if remaining else {}
    world.memory.commit(Commit(before, ticket_of(ticket, clock), (), None, world.time, remaining=remains))


def due(world: World, *facts: Fact) -> None:
    """The facts are told, each of a ticket whose clock runs, and the stream brings them to notify."""
    for each in facts:
        before = world.memory.load(subject(each.ticket_id)).saved
        ticket = ticket_of(each.ticket_id, CLOCK)
        world.memory.commit(Commit(before, ticket, (each,), None, world.time))
    items = [item for each in facts for item in outbox(world) if item["pk"] == subject(each.ticket_id)]
    assert announced(world, items) == DONE


def solved(world: World, ticket: str) -> None:
    changed(world, ticket, replace(CLOCK, outcome="met", stopped_at=world.time))


def heard(world: World) -> list[tuple[str, list[str]]]:
    """Each message that is out: its topic, and the tickets that it is of. They are taken out of the world."""
    found = [(each["TopicArn"], sorted(_tickets(json.loads(each["Message"])))) for each in world.sns.sent]
    world.sns.sent.clear()
    return found


def _tickets(texts: dict[str, str]) -> list[str]:
    body = json.loads(texts.get("sqs", texts["default"]))
    if "reminders" in body:
        return [each["ticket_id"] for each in body["reminders"]]
    return [body["ticket_id"] if "ticket_id" in body else body["payload"]["custom_details"]["ticket_id"]]


def marked(world: World, ticket: str) -> list[tuple[str, str]]:
    """The delivery ledger of a ticket: who was told, by which message, or why not."""
    found = world.memory.messages(subject(ticket))
    return [(each["audience"], each["message_id"] or each["why"]) for each in found]


def told_through(world: World, **audiences: Any) -> None:
    world.announcer.channels = channels(json.dumps({"default": "arn:default", **audiences}))


def test_reminders_of_one_minute_are_one_message_that_lists_every_one(world: World) -> None:
    """12:00:00 three are due, 12:00:30 a fourth; nobody hears of any; 12:01 one message of all four."""
    due(world, reminder("1"), reminder("2"), reminder("3"))
    assert heard(world) == []
    world.at("2026-03-27T12:00:30Z")
    due(world, reminder("4"))
    assert heard(world) == []
    world.at(LATER)
    assert gathered(world) == DONE
    (message,) = world.sns.sent
    assert message["Subject"] == "Reminders: 4, the first one due 27 Mar 16:00 UTC"
    assert heard(world) == [("arn:default", ["1", "2", "3", "4"])]
    assert [marked(world, ticket) for ticket in "1234"] == [[("team", "message-1")]] * 4
    assert outbox(world) == []


def test_a_window_that_splits_makes_two_messages_and_loses_none(world: World) -> None:
    """12:01 a batch of two, 12:01:05 one of the other, whose message is an ordinary one."""
    due(world, reminder("1"), reminder("2"), reminder("3"))
    last = world.sqs.messages.pop()
    world.at(LATER)
    gathered(world)
    world.at("2026-03-27T12:01:05Z")
    world.sqs.messages.append(last)
    gathered(world)
    assert world.sns.sent[1]["MessageAttributes"]["event"]["StringValue"] == "reminder_due"
    assert heard(world) == [("arn:default", ["1", "2"]), ("arn:default", ["3"])]
    assert outbox(world) == []


def test_a_breach_and_its_levels_never_wait_whatever_becomes_of_the_queue(world: World) -> None:
    """12:00 a storm waits; a breach in the midst of it is told at once, and alone."""
    due(world, reminder("1"), reminder("2"))
    breach, first = (replace(each, ticket_id="3") for each in (BREACH, level(1)))
    due(world, breach, first)
    assert heard(world) == [("arn:legal", ["3"]), ("arn:legal", ["3"])]
    gathered(world)
    assert heard(world) == [("arn:default", ["1", "2"])]


@pytest.mark.parametrize(
    ("fact", "now", "waits"),
    [
        (reminder("1"), "2026-03-27T15:57:59Z", True),
        (reminder("1"), "2026-03-27T15:58:00Z", False),
        (replace(reminder("1"), due_at=None), NOON, False),
        (BREACH, NOON, False),
        (level(1), NOON, False),
        (replace(BREACH, fact="breach_ended"), NOON, False),
    ],
)
def test_only_a_reminder_waits_and_only_where_its_deadline_is_not_near(
    fact: Fact, now: str, *, waits: bool
) -> None:
    """Two minutes before the deadline it is told at once: a minute later it might have nothing to say."""
    assert may_wait(fact, parse_instant(now)) is waits


def test_each_audience_has_a_message_of_its_own(world: World) -> None:
    """Team and assignee of two tickets: two messages of two; a reminder leaves the outbox after both."""
    told_through(world, team="arn:team", assignee="arn:assignee")
    due(world, reminder("1", "team", "assignee"), reminder("2", "team", "assignee"))
    to_teams = [body for body in world.sqs.messages if '"team"' in body]
    to_assignees = [body for body in world.sqs.messages if '"assignee"' in body]
    world.sqs.messages[:] = to_teams
    gathered(world)
    assert heard(world) == [("arn:team", ["1", "2"])]
    assert len(outbox(world)) == 2
    world.sqs.messages[:] = to_assignees
    gathered(world)
    assert heard(world) == [("arn:assignee", ["1", "2"])]
    assert (outbox(world), marked(world, "1")) == ([], [("assignee", "message-1"), ("team", "message-1")])


def test_each_team_has_a_message_of_its_own(world: World) -> None:
    """Through one topic or through its own: what a team's filter lets through is the team's alone."""
    told_through(world, **{"team": "arn:team", "team:t2": "arn:tier2"})
    teams = ("t1", "t1", "t2", "t3", "t2")
    due(world, *(reminder(str(number), team=team) for number, team in enumerate(teams)))
    gathered(world)
    assert [each["MessageAttributes"]["team"]["StringValue"] for each in world.sns.sent] == ["t1", "t2", "t3"]
    assert heard(world) == [("arn:team", ["0", "1"]), ("arn:tier2", ["2", "4"]), ("arn:team", ["3"])]


def test_no_customer_hears_of_another(world: World) -> None:
    """Two of acme's, one of globex's: what is for customers' eyes is gathered for each of them."""
    told_through(world, customer=DESK)
    customers = {"1": "acme", "2": "globex", "3": "acme"}
    due(world, *(reminder(each, "customer", customer=name) for each, name in customers.items()))
    gathered(world)
    assert heard(world) == [("arn:customers", ["1", "3"]), ("arn:customers", ["2"])]


def test_an_on_call_service_gets_each_reminder_by_itself(world: World) -> None:
    """It has an incident for each, so its channel does not gather."""
    told_through(world, team=PAGER)
    due(world, reminder("1"), reminder("2"))
    gathered(world)
    assert [topic for topic, _ in heard(world)] == ["arn:pager", "arn:pager"]
    assert (outbox(world), marked(world, "2")) == ([], [("team", "message-2")])


def test_what_is_pointless_by_then_is_left_out_and_that_is_recorded(world: World) -> None:
    """12:00 three are due, 12:00:40 one of their tickets is solved, 12:01 the message has the two others."""
    due(world, reminder("1"), reminder("2"), reminder("3"))
    world.at("2026-03-27T12:00:40Z")
    solved(world, "2")
    world.at(LATER)
    gathered(world)
    assert heard(world) == [("arn:default", ["1", "3"])]
    assert (marked(world, "2"), outbox(world)) == ([("team", "met")], [])


def test_a_message_that_comes_twice_is_told_once(world: World) -> None:
    """In one batch, or in the next one: SQS brings a message at least once, and the stream a record too."""
    due(world, reminder("1"), reminder("2"))
    bodies = list(world.sqs.messages)
    world.sqs.messages += bodies
    assert gathered(world) == DONE
    world.sqs.messages += bodies
    assert gathered(world) == DONE
    assert heard(world) == [("arn:default", ["1", "2"])]


def test_one_that_was_told_and_not_taken_out_is_taken_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12:01 the table fails after the message; 12:08 it comes again, and is not told again."""
    due(world, reminder("1"))
    body, close = world.sqs.messages[0], world.memory.close

    def failing(_subject: str, _key: str) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(world.memory, "close", failing)
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert len(heard(world)) == 1
    monkeypatch.setattr(world.memory, "close", close)
    world.sqs.messages.append(body)
    assert gathered(world) == DONE
    assert (heard(world), outbox(world)) == ([], [])


def test_an_audience_that_cannot_be_told_fails_its_own_records_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The team's topic is gone: the assignee hears; the team's records come again, and then they are told."""
    told_through(world, team="arn:team", assignee="arn:assignee")
    due(world, reminder("1", "team", "assignee"), reminder("2", "team", "assignee"))
    bodies, publish = list(world.sqs.messages), world.sns.publish

    def without_team(**message: Any) -> Any:
        if message["TopicArn"] == "arn:team":
            raise refused("NotFound")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", without_team)
    capsys.readouterr()
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    found = values(capsys)
    assert (found["Announced"], found["NotAnnounced"]) == ([2.0], [2.0])
    assert heard(world) == [("arn:assignee", ["1", "2"])]
    assert len(outbox(world)) == 2
    monkeypatch.setattr(world.sns, "publish", publish)
    world.sqs.messages += bodies
    assert gathered(world) == DONE
    assert (heard(world), outbox(world)) == ([("arn:team", ["1", "2"])], [])


def test_a_ticket_that_cannot_be_read_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both messages that ask for its reminder come again; the others are told."""
    due(world, reminder("1"), reminder("2"))
    world.sqs.messages.append(world.sqs.messages[0])
    load = world.memory.load

    def failing(of: str, input_id: str | None = None) -> Any:
        if of == subject("1"):
            raise StoreUnavailableError("ProvisionedThroughputExceededException")
        return load(of, input_id)

    monkeypatch.setattr(world.memory, "load", failing)
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert heard(world) == [("arn:default", ["2"])]


def test_a_list_that_is_too_long_is_told_in_halves(world: World) -> None:
    """SNS takes 256 KiB: three hundred long lines make two messages, and each of them is listed."""
    names = [f"{number:03}" for number in range(400)]
    due(world, *(reminder(name, customer="c" * 400) for name in names))
    gathered(world)
    messages = heard(world)
    assert 2 <= len(messages) <= 4
    assert sorted(ticket for _, tickets in messages for ticket in tickets) == names
    assert outbox(world) == []


def test_where_the_queue_cannot_be_had_a_reminder_is_told_alone_at_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """No record behind it waits until the queue is well; the log says so."""
    world.sqs.down = True
    caplog.clear()
    due(world, reminder("1"), reminder("2"))
    assert heard(world) == [("arn:default", ["1"]), ("arn:default", ["2"])]
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert [each.partition(" at ")[0] for each in said] == [
        "a reminder could not wait for others: ClientError (ServiceUnavailable)"
    ] * 2


def test_the_auditor_tells_a_reminder_that_has_waited_for_five_minutes_and_not_sooner(world: World) -> None:
    """12:04:59 nothing; 12:05:01 it, directly; what comes from the queue after that is not told again."""
    due(world, reminder("1"))
    auditor = Auditor(world.workflow, world.announcer, world.intake, world.forgetter)
    world.at("2026-03-27T12:04:59Z")
    assert (auditor.sweep().announced, heard(world)) == (0, [])
    world.at("2026-03-27T12:05:01Z")
    assert (auditor.sweep().announced, heard(world)) == (1, [("arn:default", ["1"])])
    world.at("2026-03-27T12:07:00Z")
    assert (gathered(world), heard(world)) == (DONE, [])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        '{"subject": "ticket#acme#1", "key": "k"}',
        '{"subject": "ticket#acme#1", "key": "k", "audience": 7}',
        '{"subject": "ticket#acme#1", "key": "k", "audience": "team", "more": 1}',
        "[" * 100_000,
    ],
)
def test_a_message_that_asks_for_no_reminder_fails_alone(world: World, body: str) -> None:
    """After five tries it is in ReminderFailures; those that came with it are told."""
    due(world, reminder("1"))
    world.sqs.messages.append(body)
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert heard(world) == [("arn:default", ["1"])]


def test_what_is_said_of_a_gathering_is_counted_and_names_nobody(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """How many reminders, in how many messages; and a line with the ids of each, sent or held back."""
    caplog.set_level(logging.INFO)
    due(world, reminder("1"), reminder("2"), reminder("3"))
    assert [vars(each)["ticket"] for each in caplog.records if each.msg == "waits"] == ["1", "2", "3"]
    solved(world, "2")
    caplog.clear()
    gathered(world)
    *each_of, said = [vars(each) for each in caplog.records]
    counts = [said[name] for name in ("msg", "reminders", "held", "messages")]
    assert counts == ["gathered", 2, 1, 1]
    assert {(each["msg"], each["ticket"], each["sent"], each["held"]) for each in each_of} == {
        ("announced", "1", 1, 0),
        ("announced", "2", 0, 1),
        ("announced", "3", 1, 0),
    }
    assert {each["fact"] for each in each_of} == {"reminder_due:resolution:1.0:b0.0"}
    assert heard(world) == [("arn:default", ["1", "3"])]


def test_a_reminder_that_could_not_be_told_is_logged_with_its_ids(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a message that asks for none only that it failed."""
    due(world, reminder("1"))
    world.sqs.messages += ["no JSON", '{"subject": "a", "key": "b", "audience": "team"}']
    world.sns.down = True
    caplog.clear()
    gathered(world)
    lines = [vars(each) for each in caplog.records if each.levelno == logging.ERROR]
    assert all(each["message"].startswith("a reminder could not be told: ") for each in lines)
    named = {each["fact_id"] for each in lines if "fact_id" in each}
    assert named == {reminder("1").id}
    assert [each["ticket"] for each in lines if "ticket" in each] == ["1"]


def test_a_reminder_that_could_not_wait_is_logged_with_its_ids(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The queue is down."""
    world.sqs.down = True
    caplog.clear()
    due(world, reminder("1"))
    (line,) = [vars(each) for each in caplog.records if each.levelno == logging.ERROR]
    assert (line["account"], line["ticket"], line["fact_id"]) == ("acme", "1", reminder("1").id)
    assert heard(world) == [("arn:default", ["1"])]


def test_reminders_that_may_have_been_lost_are_told_together_again_as_of_now(world: World) -> None:
    """Without what has nothing to say any more; the new message is recorded beside the first one."""
    facts = [reminder(each) for each in "123"]
    due(world, *facts)
    gathered(world)
    solved(world, "3")
    again = world.gathering.repeat([(subject(each.ticket_id), each) for each in facts], "team")
    assert (again.reminders, again.messages, again.failed) == (2, 1, {})
    assert heard(world) == [("arn:default", ["1", "2", "3"]), ("arn:default", ["1", "2"])]
    assert marked(world, "1") == [("team", "message-1"), ("team", "message-2")]


# -- who hears what --------------------------------------------------------------------------------------


ONE = Reminder(
    ["m"], "team", Matter(subject("1"), reminder("1", team="t1", customer="acme"), None), Channel("arn:x")
)
CUSTOMERS = replace(ONE, audience="customer", channel=Channel("arn:x", customer=True))


def about(told: Reminder, **details: Any) -> Reminder:
    """The same reminder of another ticket, with other details or another account."""
    fact = replace(told.matter.fact, ticket_id="2", account=details.pop("account", "acme"))
    fact = replace(fact, details={**fact.details, **details})
    return replace(told, matter=told.matter._replace(fact=fact))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (ONE, about(ONE), True),
        (ONE, about(ONE, customer="globex"), True),
        (ONE, about(ONE, account="other"), False),
        (ONE, about(ONE, team="t2"), False),
        (ONE, replace(about(ONE), audience="management"), False),
        (ONE, replace(about(ONE), channel=Channel("arn:y")), False),
        (ONE, replace(about(ONE), channel=Channel("arn:x", "da")), False),
        (replace(ONE, audience="oncall-1"), replace(about(ONE, team="t2"), audience="oncall-1"), True),
        (CUSTOMERS, about(CUSTOMERS), True),
        (CUSTOMERS, about(CUSTOMERS, team="t2"), True),
        (CUSTOMERS, about(CUSTOMERS, customer="globex"), False),
        (CUSTOMERS, about(CUSTOMERS, account="other"), False),
        (about(CUSTOMERS, customer=None), CUSTOMERS, False),
    ],
)
def test_only_what_the_same_people_are_to_hear_is_put_together(
    one: Reminder, other: Reminder, *, together: bool
) -> None:
    """One account, audience and channel; one team where it is for one, one customer where they read it."""
    assert (one.hearers == other.hearers) is together


@pytest.mark.parametrize("customer", [None, ""])
def test_what_is_for_a_customer_whom_nobody_knows_goes_alone(world: World, customer: str | None) -> None:
    """Two of them may be two customers'."""
    told_through(world, customer=DESK)
    due(world, *(reminder(each, "customer", customer=customer) for each in "12"))
    gathered(world)
    assert heard(world) == [("arn:customers", ["1"]), ("arn:customers", ["2"])]


def test_no_customer_is_reminded_of_a_goal(world: World) -> None:
    """It is ours; that it was held back, and why, is recorded. The promise's own reminder goes out."""
    told_through(world, customer=DESK)
    goal = {"goal_due_at": "2026-03-27T12:30:00Z", "customer": "acme"}
    of_goal = reminder("1", "customer", "team", **goal)
    due(world, of_goal, reminder("2", "customer", customer="acme"))
    gathered(world)
    assert sorted(heard(world)) == [("arn:customers", ["2"]), ("arn:default", ["1"])]
    assert marked(world, "1") == [("customer", "internal"), ("team", "message-1")]
    assert world.announcer.repeat(subject("1"), of_goal, "customer") is False


def test_two_audiences_of_one_topic_hear_by_one_message(world: World) -> None:
    """Team and assignee fall to the default: nobody gets the same list twice, and both are marked."""
    due(world, *(reminder(each, "team", "assignee") for each in "12"))
    assert gathered(world) == DONE
    assert heard(world) == [("arn:default", ["1", "2"])]
    assert marked(world, "1") == [("assignee", "message-1"), ("team", "message-1")]
    assert outbox(world) == []


def test_what_only_one_of_them_is_to_hear_is_told_besides(world: World) -> None:
    """The team's message first: what names a team alone is what its filter lets through."""
    told = [("1", "t1", ("team", "assignee")), ("2", "t2", ("team", "assignee")), ("3", "t2", ("assignee",))]
    due(world, *(reminder(each, *audiences, team=team) for each, team, audiences in told))
    assert gathered(world) == DONE
    teams = [each["MessageAttributes"]["team"]["StringValue"] for each in world.sns.sent]
    assert (teams, [tickets for _, tickets in heard(world)]) == (["t1", "t2", "t2"], [["1"], ["2"], ["3"]])
    assert marked(world, "2") == [("assignee", "message-2"), ("team", "message-2")]


def test_two_audiences_of_one_pager_have_one_incident(world: World) -> None:
    """Each reminder by itself, and once."""
    told_through(world, team=PAGER, assignee=PAGER)
    due(world, *(reminder(each, "team", "assignee") for each in "12"))
    gathered(world)
    assert heard(world) == [("arn:pager", ["1"]), ("arn:pager", ["2"])]


# -- what is told ----------------------------------------------------------------------------------------


def mail(world: World) -> list[str]:
    text: str = json.loads(world.sns.sent[-1]["Message"])["email"]
    return text.splitlines()


def test_a_reminder_whose_clock_was_paused_meanwhile_is_told_with_what_is_left(world: World) -> None:
    """12:00 it is due, 12:00:30 the ticket is pending, 12:01 it is told: it is neither met nor cancelled."""
    due(world, reminder("1"), reminder("2"))
    changed(world, "1", CLOCK.pause(world.at("2026-03-27T12:00:30Z")), left=timedelta(hours=3, minutes=59))
    world.at(LATER)
    gathered(world)
    assert mail(world)[2:4] == [
        "Reminder (50%): resolution of ticket 2 is due in 3 h 59 min: Fri 27 Mar 2026 16:00 UTC",
        "Reminder (50%): resolution of ticket 1 is paused, 3 h 59 min left once it goes on",
    ]
    assert heard(world) == [("arn:default", ["1", "2"])]


def test_a_reminder_that_was_armed_while_its_clock_was_paused_is_told_alone(world: World) -> None:
    """There is no deadline that it could be near, or far from."""
    without = replace(reminder("1"), due_at=None)
    before = world.memory.load(subject("1")).saved
    paused = ticket_of("1", CLOCK.pause(parse_instant("2026-03-27T11:00:00Z")))
    remains = {"resolution": Remaining(left=timedelta(hours=1))}
    world.memory.commit(Commit(before, paused, (without,), None, world.time, remaining=remains))
    announced(world, outbox(world))
    assert (
        mail(world)[0] == "Reminder (50%): resolution of ticket 1 is paused, 1 h 0 min left once it goes on."
    )
    assert heard(world) == [("arn:default", ["1"])]


def test_a_reminder_tells_the_deadline_that_stands_when_it_is_told(world: World) -> None:
    """An exclusion moved it by two hours; one that came nearer is past, and has nothing to say."""
    due(world, reminder("1"), reminder("2"), reminder("3"))
    changed(world, "1", CLOCK, due_at=parse_instant("2026-03-27T18:00:00Z"))
    changed(world, "2", CLOCK, due_at=parse_instant("2026-03-27T12:00:30Z"))
    world.at(LATER)
    gathered(world)
    assert mail(world)[2:4] == [
        "Reminder (50%): resolution of ticket 3 is due in 3 h 59 min: Fri 27 Mar 2026 16:00 UTC",
        "Reminder (50%): resolution of ticket 1 is due in 5 h 59 min: Fri 27 Mar 2026 18:00 UTC",
    ]
    assert (heard(world), marked(world, "2")) == ([("arn:default", ["1", "3"])], [("team", "overtaken")])
    world.announcer.repeat(subject("1"), reminder("1"), "team")
    assert "Due: Fri 27 Mar 2026 18:00 UTC" in mail(world)
    assert heard(world) == [("arn:default", ["1"])]


def test_a_chats_list_is_told_in_halves_rather_than_cut(world: World) -> None:
    """A chat shows eight thousand characters: a hundred reminders make two messages that list fifty each."""
    told_through(world, team={"topic": "arn:chat", "format": "chat"})
    names = [f"TICKET-{number:05}" for number in range(100)]
    due(world, *(reminder(each, customer="acme") for each in names))
    gathered(world)
    shown = [json.loads(json.loads(each["Message"])["default"])["content"] for each in world.sns.sent]
    listed = [[each for each in names if each in content["description"]] for content in shown]
    assert [len(each) for each in listed] == [50, 50]
    assert sorted(each for some in listed for each in some) == names
    assert outbox(world) == []
    world.sns.sent.clear()


# -- what fails ------------------------------------------------------------------------------------------


def test_a_reminder_of_which_no_message_can_be_made_fails_alone(world: World) -> None:
    """Of an agreement whose zone nobody knows: the other six are told, in as few halves as there are."""
    due(
        world,
        *(reminder(each) for each in "123"),
        reminder("4", timezone="Mars/Phobos"),
        *map(reminder, "567"),
    )
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m3"}]}
    assert heard(world) == [(TOPIC, ["1", "2", "3"]), (TOPIC, ["5"]), (TOPIC, ["6", "7"])]
    assert len(outbox(world)) == 1


def test_a_reminder_whose_message_is_refused_fails_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SNS says what it thinks of a text; whatever is wrong with it, nobody else goes unreminded."""
    publish = world.sns.publish

    def picky(**message: Any) -> Any:
        if "BAD" in message["Message"]:
            raise refused("InvalidParameter")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", picky)
    due(world, *map(reminder, ("1", "2", "BAD", "3")))
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert heard(world) == [("arn:default", ["1", "2"]), ("arn:default", ["3"])]


@pytest.mark.parametrize("code", ["InternalError", "Throttling", "NotFound"])
def test_a_service_that_cannot_be_had_is_not_asked_again_in_halves(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fail once for each reminder, and what got no answer may be out: it comes again whole."""
    asked = []

    def failing(**message: Any) -> Any:
        asked.append(message)
        raise refused(code)

    monkeypatch.setattr(world.sns, "publish", failing)
    due(world, *map(reminder, "1234"))
    assert len(gathered(world)["batchItemFailures"]) == 4
    assert len(asked) == 1


def test_a_reminder_that_failed_comes_again_soon_and_later_each_time(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """After 30 seconds, then twice as long; what was told stays gone. Ten are said at once."""
    due(world, *(reminder(str(number)) for number in range(12)))
    bodies = list(world.sqs.messages)
    world.sns.down = True
    for receives, seconds in ((1, 30), (2, 60), (3, 120), (6, 960), (7, 960)):
        world.sqs.messages[:] = bodies
        gathered(world, receives)
        assert world.sqs.hidden == [(f"receipt {number}", seconds) for number in range(12)]
        world.sqs.hidden.clear()
    world.sns.down = False
    world.sqs.messages[:] = bodies
    gathered(world)
    assert (world.sqs.hidden, len(heard(world)), caplog.text.count("later than")) == ([], 1, 0)


def test_where_the_queue_cannot_be_told_so_it_comes_when_its_own_time_is_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """What failed is reported all the same. The log says so, of the queue and of a single message."""
    due(world, reminder("1"), reminder("2"))
    bodies = list(world.sqs.messages)
    world.sns.down = world.sqs.down = True
    assert len(gathered(world)["batchItemFailures"]) == 2
    world.sqs.down, world.sqs.stale, world.sqs.messages = False, {"receipt 1"}, bodies
    assert len(gathered(world)["batchItemFailures"]) == 2
    said = [
        each.getMessage().partition(" at ")[0] for each in caplog.records if each.levelno == logging.WARNING
    ]
    assert said == [
        "reminders that failed come again later than they should: ClientError (ServiceUnavailable)",
        "a reminder that failed comes again later than it should: ReceiptHandleIsInvalid",
    ]


def test_an_audience_that_a_reminder_is_not_for_is_refused(world: World) -> None:
    """Nobody is told what is not for them, whoever asked; the fact stays for those whom it is for."""
    due(world, reminder("1"))
    asked = json.loads(world.sqs.messages[0])
    world.sqs.messages[:] = [json.dumps({**asked, "audience": "customer"})]
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert (heard(world), marked(world, "1"), len(outbox(world))) == ([], [], 1)


def test_what_could_not_be_marked_comes_again_under_another_id_with_the_ids_that_it_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receivers know each reminder by its own `id`: the one that comes alone bears it as its name."""
    due(world, reminder("1"), reminder("2"))
    bodies, mark = list(world.sqs.messages), world.memory.mark_sent

    def failing(of: str, *more: Any) -> None:
        if of == subject("2"):
            raise StoreUnavailableError("InternalServerError")
        mark(of, *more)

    monkeypatch.setattr(world.memory, "mark_sent", failing)
    assert gathered(world) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    monkeypatch.setattr(world.memory, "mark_sent", mark)
    world.sqs.messages[:] = bodies[1:]
    gathered(world)
    first, again = world.sns.sent
    listed = [each["id"] for each in json.loads(json.loads(first["Message"])["default"])["reminders"]]
    assert again["MessageAttributes"]["notification_id"]["StringValue"] == listed[1]
    assert first["MessageAttributes"]["notification_id"]["StringValue"] not in listed
    assert heard(world) == [("arn:default", ["1", "2"]), ("arn:default", ["2"])]
