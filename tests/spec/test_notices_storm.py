"""Several reminders in one message: every one of them, nothing untrue, nothing that is not their business."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.notices import Channel, Notice
from slaclock.notices.catalogue import LANGUAGES
from slaclock.notices.identity import customers_id
from slaclock.notices.storm import TooLongError, gather
from tests.spec.notice_samples import SAMPLES, TICKET, URL
from tests.spec.test_notices_protocols import validate

if TYPE_CHECKING:
    from slaclock.domain.facts import Fact

NOW = parse_instant("2026-03-28T12:35:00Z")
CUSTOMER = Channel("arn:x", customer=True)
CHAT = Channel("arn:x", format="chat")
INTERNAL = {"team": "night-crew", "runbook": "https://wiki.example/secret", "clause": "§9.9"}


def reminder(ticket: str, due: str | None = "2026-03-28T12:50:00Z", **details: Any) -> Fact:
    """That a quarter of an hour is left for the resolution of a ticket."""
    first = SAMPLES["reminder_due"]
    at = parse_instant(due) if due else None
    return replace(first, ticket_id=ticket, due_at=at, details={**first.details, **details})


def told(*facts: Fact, channel: Channel = Channel("arn:x")) -> Notice:  # noqa: B008  (frozen)
    return gather([(each, TICKET) for each in facts], "audience-7", NOW, channel)


def texts(notice: Notice) -> dict[str, str]:
    read: dict[str, str] = json.loads(notice.message)
    return read


def test_a_customers_list_is_in_a_customers_words_and_has_nothing_internal() -> None:
    """The whole of it: mail, text message, document and attributes; the deadline, and never the goal's."""
    goal = {"goal_due_at": "2026-03-28T12:40:00Z"}
    one, other = (reminder(each, **INTERNAL, **goal) for each in ("4711", "4712"))
    said = told(other, one, channel=CUSTOMER)
    document = json.loads(texts(said)["default"])
    validate(document)
    name = said.attributes["notification_id"]
    assert texts(said)["email"].splitlines() == [
        "Reminders of your tickets: 2, the first one due 28 Mar 13:50 CET.",
        "",
        "Ticket 4711: resolution is due in 15 min: Sat 28 Mar 2026 13:50 CET (12:50 UTC)",
        "Ticket 4712: resolution is due in 15 min: Sat 28 Mar 2026 13:50 CET (12:50 UTC)",
        "",
        f"Notification {name}",
    ]
    headline = "Reminders of your tickets: 2, the first one due 28 Mar 13:50 CET"
    assert said.subject == texts(said)["sms"] == headline
    assert texts(said).keys() == {"default", "email", "sms"}
    assert document == {
        "version": 1,
        "notification_id": name,
        "audience": "audience-7",
        "severity": "warning",
        "language": "en",
        "headline": headline,
        "fact": "reminders_gathered",
        "reminders": [
            {
                "id": customers_id(each.id),
                "incident": found["incident"],
                "account": "example",
                "ticket_id": each.ticket_id,
                "target": "resolution",
                "at": "2026-03-28T12:35:00Z",
                "due_at": "2026-03-28T12:50:00Z",
                "customer": "acme",
            }
            for each, found in zip((one, other), document["reminders"], strict=True)
        ],
    }
    assert said.attributes == {
        "notification_id": name,
        "event": "reminders_gathered",
        "severity": "warning",
        "account": "example",
        "customer": "acme",
    }
    whole = said.subject + said.message + str(said.attributes)
    assert [each for each in (*INTERNAL.values(), URL) if each in whole] == []


def test_a_customer_gets_no_chat_whatever_its_format() -> None:
    """The document, in the form of every other customer's."""
    said = told(reminder("1"), reminder("2"), channel=CUSTOMER._replace(format="chat"))
    assert json.loads(texts(said)["default"])["fact"] == "reminders_gathered"


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ({"team": "t1"}, {"team": "t1"}, {"customer": "acme", "team": "t1"}),
        ({"team": "t1"}, {"team": "t2"}, {"customer": "acme"}),
        ({"team": "t1"}, {"team": None}, {"customer": "acme"}),
        ({"customer": "globex"}, {}, {"team": "t2"}),
        ({"customer": None}, {"customer": None}, {"team": "t2"}),
    ],
)
def test_filters_see_what_all_have_in_common_and_nothing_else(
    first: dict[str, Any], second: dict[str, Any], named: dict[str, str]
) -> None:
    """A team or a customer that is only some of them's is nobody's."""
    attributes = told(reminder("1", **first), reminder("2", **second)).attributes
    assert {name: attributes.get(name) for name in ("customer", "team")} == {
        "customer": None, "team": None, **named
    }  # fmt: skip
    accounts = told(reminder("1"), replace(reminder("2"), account="other")).attributes
    assert "account" not in accounts


def test_staff_read_the_address_and_the_goal() -> None:
    """The goal is what is nearest to them."""
    said = told(reminder("1", goal_due_at="2026-03-28T12:40:00Z"), reminder("2", team="t7"))
    assert texts(said)["email"].splitlines()[2:4] == [
        (
            "Reminder (15m before): the goal for resolution of ticket 1 (acme, urgent) is due in 5 min: "
            f"Sat 28 Mar 2026 13:40 CET (12:40 UTC) {URL}"
        ),
        (
            "Reminder (15m before): resolution of ticket 2 (acme, urgent) is due in 15 min: "
            f"Sat 28 Mar 2026 13:50 CET (12:50 UTC) {URL}"
        ),
    ]
    assert [each["team"] for each in json.loads(texts(said)["default"])["reminders"]] == ["t2", "t7"]


def test_nothing_is_cut_out_of_a_chats_list() -> None:
    """Eight thousand characters; a list that is longer is refused, so that whoever asked for it halves it."""
    fitting = [reminder(f"T-{number:04}") for number in range(40)]
    described = json.loads(texts(told(*fitting, channel=CHAT))["default"])["content"]["description"]
    assert len(described) <= 8000
    assert all(each.ticket_id in described for each in fitting)
    more = [reminder(f"T-{number:04}") for number in range(60)]
    with pytest.raises(TooLongError):
        told(*more, channel=CHAT)
    assert told(*more).size < 262_144


def test_a_list_is_no_longer_than_sns_takes() -> None:
    """In bytes, of which a Chinese character has three in a mail, and six in JSON."""
    with pytest.raises(TooLongError):
        told(*(reminder(str(number), customer="工" * 400) for number in range(200)))


def test_a_long_name_leaves_the_deadline_and_the_address_whole() -> None:
    """Only the name is cut; an address that is longer still is left out, for a part of one leads nowhere."""
    long = [(reminder(each, customer="c" * 3000), TICKET) for each in "12"]
    line = texts(gather(long, "team", NOW))["email"].splitlines()[2]
    assert line.endswith(f"...: Sat 28 Mar 2026 13:50 CET (12:50 UTC) {URL}")
    far = replace(TICKET, attributes={"url": f"https://desk.example/{'9' * 500}"})
    line = texts(gather([(fact, far) for fact, _ in long], "team", NOW))["email"].splitlines()[2]
    assert line.endswith("(12:50 UTC)")


PAUSED = {"paused": True, "left_seconds": 5400}


def test_of_a_paused_clock_a_list_says_what_is_left_and_no_deadline() -> None:
    """After those that run, whose nearest deadline is in the headline."""
    said = told(reminder("1", None, **PAUSED), reminder("2", "2026-03-28T13:50:00Z"))
    document = json.loads(texts(said)["default"])
    validate(document)
    assert said.subject == "Reminders: 2, the first one due 28 Mar 14:50 CET"
    assert texts(said)["email"].splitlines()[2:4] == [
        (
            "Reminder (15m before): resolution of ticket 2 (acme, urgent) is due in 1 h 15 min: "
            f"Sat 28 Mar 2026 14:50 CET (13:50 UTC) {URL}"
        ),
        (
            "Reminder (15m before): resolution of ticket 1 (acme, urgent) is paused, "
            f"1 h 30 min left once it goes on {URL}"
        ),
    ]
    about = [
        {name: each.get(name) for name in ("ticket_id", "due_at", "paused", "left_seconds")}
        for each in document["reminders"]
    ]
    assert about == [
        {"ticket_id": "2", "due_at": "2026-03-28T13:50:00Z", "paused": None, "left_seconds": None},
        {"ticket_id": "1", "due_at": None, "paused": True, "left_seconds": 5400},
    ]


@pytest.mark.parametrize("customer", [False, True])
@pytest.mark.parametrize(
    ("language", "headlines"),
    [
        ("en", ("Reminders: 2, all of them paused", "Reminders of your tickets: 2, all of them paused")),
        ("da", ("Påmindelser: 2, alle sat på pause", "Påmindelser om jeres sager: 2, alle sat på pause")),
        ("zh-Hant", ("提醒共 2 則，計時均暫停中", "您的工單提醒共 2 則，計時均暫停中")),
    ],
)
def test_where_all_are_paused_no_deadline_is_named(
    language: str, headlines: tuple[str, str], *, customer: bool
) -> None:
    """In no language, and no protocol; there is none (rule 14)."""
    channel = Channel("arn:x", language, customer=customer)
    said = told(reminder("1", None, **PAUSED), reminder("2", None, paused=True), channel=channel)
    assert said.subject == texts(said)["sms"] == headlines[customer]
    assert "13:50" not in said.message + said.subject
    assert "12:50" not in said.message + said.subject


def test_every_language_has_its_list() -> None:
    """The test above is to know of a new one."""
    assert LANGUAGES == ("en", "da", "zh-Hant")
