"""Short lives that went wrong once, told to the real webhook function: what becomes of their clocks."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.functions.telling import Ended, lines, played, sent

DOCS = Path(__file__).parents[2] / "docs" / "helpdesks"
Delivered = tuple[str, dict[str, Any]]


def life(kind: str, ticket: str, *deliveries: Delivered, **connection: Any) -> Ended:
    """What comes of deliveries: when each arrives, and its body."""
    told = ModuleType("life")
    told.__dict__.update(
        KIND=kind,
        TICKET=ticket,
        CONNECTION={"customers": {"acme": "acme"}, **connection},
        deliveries=lambda: deliveries,
    )
    return played(told, sent(told))


def of(ended: Ended, lane: str) -> list[str]:
    """What became of one promise: when, and what."""
    return [" ".join(each.split()[:2]) for each in lines(ended) if each.split()[2] == lane]


# In the night of 25 October 2026 Copenhagen's clocks go back at 01:00 UTC: 02:00 to 03:00 comes twice.
DANISH = {"timezone": "Europe/Copenhagen"}
RESOLVED = {"status": "Resolved", "status_category": "Resolved"}


def frappe(at: str, modified: str, **members: Any) -> Delivered:
    return at, {
        "doctype": "HD Ticket",
        "name": "1",
        "creation": "2026-10-25 02:10:00.1",
        "modified": modified,
        "status": "Open",
        "status_category": "Open",
        "priority": "Urgent",
        "customer": "acme",
        **members,
    }


def test_frappes_stamps_of_the_repeated_hour_are_told_while_they_are_fresh() -> None:
    """Created and answered in the second pass, solved three hours and a half later: in time for good."""
    answered = {"last_agent_response": "2026-10-25 02:30:00.5"}
    ended = life(
        "frappe",
        "1",
        frappe("2026-10-25T01:10:01Z", "2026-10-25 02:10:00.1"),
        frappe("2026-10-25T01:30:01Z", "2026-10-25 02:30:00.5", **answered),
        frappe("2026-10-25T04:40:01Z", "2026-10-25 05:40:00.5", **answered, **RESOLVED),
        **DANISH,
    )
    assert lines(ended) == [
        "2026-10-25T01:10:00.1Z clock_started first_response 1, due 2026-10-26T07:30:00Z",
        "2026-10-25T01:10:00.1Z clock_started resolution 1, due 2026-10-25T05:10:00.1Z",
        "2026-10-25T01:30:00.5Z clock_met first_response 1, due 2026-10-26T07:30:00Z, worked 0 s",
        "2026-10-25T04:40:00.5Z clock_met resolution 1, due 2026-10-25T05:10:00.1Z, worked 12600 s",
    ]


@pytest.mark.parametrize("late", ["2026-10-25T04:41:01Z", "2026-10-25T04:45:01Z"])
def test_frappes_late_delivery_of_the_second_pass_moves_nothing(late: str) -> None:
    """It is of the last time that its local time was, and does not make the ticket an hour older."""
    ended = life(
        "frappe",
        "1",
        frappe("2026-10-25T01:10:01Z", "2026-10-25 02:10:00.1"),
        frappe("2026-10-25T04:40:01Z", "2026-10-25 05:40:00.5", **RESOLVED),
        frappe(late, "2026-10-25 02:15:00.5"),
        **DANISH,
    )
    assert of(ended, "resolution") == [
        "2026-10-25T01:10:00.1Z clock_started",
        "2026-10-25T04:40:00.5Z clock_met",
    ]


def test_frappes_reply_of_the_second_pass_is_heard_once() -> None:
    """The document carries its stamp along for hours: the outcome is never corrected to an hour earlier."""
    first = {"creation": "2026-10-25 02:10:00.1"}
    answered = {**first, "last_agent_response": "2026-10-25 02:20:00.5"}
    ended = life(
        "frappe",
        "1",
        frappe("2026-10-25T00:10:01Z", "2026-10-25 02:10:00.1", **first),
        frappe("2026-10-25T01:20:01Z", "2026-10-25 02:20:00.5", **answered),
        frappe("2026-10-25T06:00:01Z", "2026-10-25 07:00:00.5", **answered),
        **DANISH,
    )
    assert of(ended, "first_response") == [
        "2026-10-25T00:10:00.1Z clock_started",
        "2026-10-25T01:20:00.5Z clock_met",
    ]


def pasted(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The body that a webhook of Frappe makes of what was pasted, without Jinja."""
    template = (DOCS / name).read_text(encoding="utf-8")
    template = re.sub(
        r'{{ doc\.(?:get\(")?(\w+)(?:"\))? \| tojson }}',
        lambda found: json.dumps(document.get(found[1])),
        template,
    )
    template = re.sub(
        r"{{ doc\.(\w+)(?: or '')? }}", lambda found: str(document.get(found[1]) or ""), template
    )
    body: dict[str, Any] = json.loads(template)
    return body


def test_frappes_bodies_to_paste_tell_of_a_deletion() -> None:
    """As the steps say: a ticket that was deleted is promised nothing any more."""
    at, document = frappe("2026-03-27T08:00:01Z", "2026-03-27 08:00:00.1", creation="2026-03-27 08:00:00.1")
    ended = life(
        "frappe",
        "1",
        (at, pasted("frappe-webhook.jinja", document)),
        ("2026-03-27T08:20:01Z", pasted("frappe-webhook-on-trash.jinja", document)),
    )
    assert ended.ticket.status == "deleted"
    assert of(ended, "resolution") == [
        "2026-03-27T08:00:00.1Z clock_started",
        "2026-03-27T08:20:01Z clock_cancelled",
    ]


def test_frappes_waiting_status_set_by_hand_answers_nobody() -> None:
    """A helpdesk older than 2026 stamps the pause as a first response; nobody has replied."""
    told = {"creation": "2026-03-27 08:00:00.1", "priority": "High"}
    waiting = {"status": "With the supplier", "status_category": "Paused"}
    ended = life(
        "frappe",
        "1",
        frappe("2026-03-27T08:00:01Z", "2026-03-27 08:00:00.1", **told),
        frappe(
            "2026-03-27T08:20:01Z",
            "2026-03-27 08:20:00.1",
            **told,
            **waiting,
            first_responded_on="2026-03-27 08:20:00.1",
        ),
    )
    assert of(ended, "first_response") == [
        "2026-03-27T08:00:00.1Z clock_started",
        "2026-03-27T08:20:00.1Z clock_paused",
    ]


def trigger(at: str, status: str = "Open", replied_by: str = "", minute: str = "") -> Delivered:
    """A trigger's request of that instant, in whose body times have no seconds."""
    return f"2026-03-27T{at}Z", {
        "ticket_id": "5",
        "ticket_status": status,
        "ticket_priority": "High",
        "organization_id": "acme",
        "created_at": "2026-03-27T08:00Z",
        "updated_at": f"2026-03-27T{minute or at[:5]}Z",
        "replied_by": replied_by,
    }


CREATED = trigger("08:00:05")


def test_zendesks_triggers_within_a_minute_are_told_in_their_order() -> None:
    """The customer asks at 08:30:05 and is answered at 08:30:50, both of `08:30Z`: nobody waits."""
    ended = life(
        "zendesk",
        "5",
        CREATED,
        trigger("08:10:05", replied_by="agent"),
        trigger("08:30:05", replied_by="end-user"),
        trigger("08:30:50", replied_by="agent"),
    )
    assert of(ended, "next_response") == [
        "2026-03-27T08:30:00Z clock_started",
        "2026-03-27T08:30:45Z clock_met",
    ]


@pytest.mark.parametrize("status", ["Pending", "Solved"])
def test_zendesks_ticket_that_is_open_again_within_a_minute_is_open(status: str) -> None:
    """Of two states of one minute the one that came last holds, whichever is further on."""
    ended = life("zendesk", "5", CREATED, trigger("08:30:10", status), trigger("08:30:40"))
    assert ended.ticket.status == "open"
    assert of(ended, "resolution")[-1].endswith("clock_breached")


def test_zendesks_customer_who_answers_within_the_minute_is_heard() -> None:
    """An agent's reply sets pending at 08:10:05, the customer's opens it at 08:10:50."""
    ended = life(
        "zendesk",
        "5",
        CREATED,
        trigger("08:10:05", "Pending", "agent"),
        trigger("08:10:50", "Open", "end-user"),
    )
    assert ended.ticket.status == "open"
    assert of(ended, "first_response")[-1] == "2026-03-27T08:10:00Z clock_met"
    assert of(ended, "next_response")[0] == "2026-03-27T08:10:45Z clock_started"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (trigger("08:00:50", replied_by="agent"), "2026-03-27T08:00:45Z clock_met"),
        (trigger("08:59:50", replied_by="agent"), "2026-03-27T08:59:45Z clock_met"),
        (trigger("09:00:40", replied_by="agent"), "2026-03-27T09:00:35Z breach_ended"),
        (trigger("09:07:00", replied_by="agent", minute="08:59"), "2026-03-27T08:59:59.999999Z clock_met"),
    ],
)
def test_zendesks_answer_is_in_time_by_its_second(answer: Delivered, outcome: str) -> None:
    """Due at 09:00: an answer forty seconds late is late, and one in the minute of the creation is one."""
    assert of(life("zendesk", "5", CREATED, answer), "first_response")[-1] == outcome


def test_zendesks_two_triggers_of_one_update_may_overtake_each_other() -> None:
    """The request that says solved comes before the one that tells of the reply: it was answered first."""
    ended = life(
        "zendesk",
        "5",
        CREATED,
        trigger("08:30:10", "Solved"),
        trigger("08:30:12", "Solved", replied_by="agent"),
    )
    told = of(ended, "first_response")
    assert told[-1] == "2026-03-27T08:30:07Z clock_met"
    assert of(ended, "resolution")[-1].endswith("clock_met")


def subscription(kind: str, at: str, event: dict[str, Any]) -> Delivered:
    detail = {
        "id": "5",
        "status": "OPEN",
        "priority": "HIGH",
        "organization_id": "acme",
        "requester_id": "900",
    }
    return at, {
        "type": f"zen:event-type:ticket.{kind}",
        "id": f"{kind}-{at}",
        "time": at,
        "detail": {**detail, "created_at": "2026-03-27T08:00:00Z"},
        "event": event,
    }


def test_zendesks_opening_message_by_an_agent_answers_nobody() -> None:
    """Also where its events are in no group, as those of 2022 are not."""
    written = {"id": "1", "is_public": True, "author": {"id": "77", "is_staff": True}}
    ended = life(
        "zendesk",
        "5",
        subscription("created", "2026-03-27T08:00:00.672717Z", {}),
        subscription("comment_added", "2026-03-27T08:00:00.672917Z", {"comment": written}),
    )
    assert of(ended, "first_response")[-1] == "2026-03-27T09:00:00Z clock_breached"


@pytest.mark.parametrize(("second", "outcome"), [("01", "clock_breached"), ("02", "clock_met")])
def test_freshdesks_opening_message_answers_nobody_where_the_ticket_is_beside_it(
    second: str, outcome: str
) -> None:
    """An app's event may carry the ticket, and with it when it was created."""
    ticket = {"id": 5, "status": 2, "priority": 3, "created_at": "2026-03-27T08:00:00Z", "company_id": "acme"}
    at = f"2026-03-27T08:00:{second}Z"
    written = {"id": 1, "ticket_id": 5, "incoming": False, "private": False, "created_at": at}
    ended = life(
        "freshdesk",
        "5",
        ("2026-03-27T08:00:00Z", {"event": "onTicketCreate", "data": {"ticket": ticket}}),
        (at, {"event": "onConversationCreate", "data": {"ticket": ticket, "conversation": written}}),
    )
    assert of(ended, "first_response")[-1].endswith(outcome)


def liveagent(at: str, event: str, changed: str, **members: Any) -> Delivered:
    body = {"event": event, "id": "t1", "status": "C", "priority": "2", "company": "acme"}
    return at, {**body, "created": "2026-03-27 08:00:00", "changed": changed, **members}


@pytest.mark.parametrize(("second", "outcome"), [("01", "clock_breached"), ("02", "clock_met")])
def test_liveagents_opening_message_by_an_agent_answers_nobody(second: str, outcome: str) -> None:
    """It is added within two seconds of the ticket."""
    ended = life(
        "mapping",
        "t1",
        liveagent("2026-03-27T08:00:01Z", "ticket created", "2026-03-27 08:00:00"),
        liveagent("2026-03-27T08:00:04Z", "agent message", f"2026-03-27 08:00:{second}", message="m0"),
        mapping="liveagent",
    )
    assert of(ended, "first_response")[-1].endswith(outcome)


def test_liveagents_times_of_the_repeated_hour_are_the_ones_that_just_were() -> None:
    """Created in the first pass and answered in the second, whose local time is earlier."""
    created = {"created": "2026-10-25 02:40:00"}
    ended = life(
        "mapping",
        "t1",
        liveagent("2026-10-25T00:40:01Z", "ticket created", "2026-10-25 02:40:00", **created),
        liveagent(
            "2026-10-25T01:20:01Z", "agent message", "2026-10-25 02:20:00", message="m", **created, status="A"
        ),
        mapping="liveagent",
        **DANISH,
    )
    assert of(ended, "first_response") == [
        "2026-10-25T00:40:00Z clock_started",
        "2026-10-25T01:20:00Z clock_met",
    ]
    assert of(ended, "resolution") == [
        "2026-10-25T00:40:00Z clock_started",
        "2026-10-25T01:20:00Z clock_paused",
    ]
