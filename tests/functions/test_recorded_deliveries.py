"""Deliveries that somebody recorded, posted again: what tells its time, or its name, is news only once."""

import json
from typing import Any

import pytest

from slaclock.cli.connection_kinds import helpdesks
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.signatures import scheme_of
from tests.functions.events import http_event
from tests.functions.test_malformed_deliveries import KINDS, MAPPINGS, samples
from tests.functions.world import ROOT, SECRETS, World

NOW, LATER = "2026-03-28T12:00:00Z", "2026-03-28T13:00:00Z"
PAGE = " ".join((ROOT / "docs/helpdesks.md").read_text(encoding="utf-8").split())


TIMED = {"chatwoot", "generic", "zendesk"}


def taken(kind: str, body: Any, headers: dict[str, str] | None = None) -> list[int]:
    """How many events of a delivery are accepted when it comes, and an hour later as it was recorded."""
    world = World(NOW)
    document: dict[str, Any] = {"id": kind, "kind": kind, "account": "example", "secret": "slaclock/hook"}
    if kind in MAPPINGS:
        document |= {"kind": "mapping", "mapping": kind, "scheme": helpdesks()[kind].scheme}
    world.memory.connect(document)
    connection, handler = connection_from_json(document), world.function("webhook").handler
    raw, found = json.dumps(body).encode(), []
    signed = scheme_of(adapter(connection.kind), connection).sign(
        SECRETS["slaclock/hook"], raw, world.at(NOW)
    )
    event = http_event(
        "POST", f"/webhooks/{kind}", body=raw, headers={**(headers or {}), **signed}, base64=True
    )
    for at in (NOW, LATER):
        world.at(at)
        answer = handler(event, None)
        assert answer["statusCode"] == (401 if kind in TIMED and at == LATER else 202)
        receipt = json.loads(answer["body"])
        assert receipt.get("quarantined", 0) == 0
        found.append(receipt.get("accepted", 0))
    return found


def says_no_time(kind: str, body: Any) -> bool:
    """Those that docs/helpdesks.md names: Freshdesk's rules, and a plugin for osTicket that is not ours."""
    return (kind == "freshdesk" and "freshdesk_webhook" in body) or (
        kind == "osticket" and "ticket_id" in body
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_helpdesks_send_is_news_once(kind: str) -> None:
    """401 where a time is signed; else it changes nothing, unless it says neither its time nor its name."""
    for sample in samples(kind):
        first, again = taken(kind, sample["body"], sample.get("headers", {}))
        assert again == (first if says_no_time(kind, sample["body"]) else 0), sample["description"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("freshdesk", {"freshdesk_webhook": {"ticket_id": "9", "ticket_status": "Resolved"}}),
        ("frappe", {"doctype": "HD Ticket", "name": "9", "status": "Resolved"}),
        ("zammad", {"ticket": {"id": 9, "state": "closed"}}),
        ("osticket", {"ticket_id": "9", "ticket_number": "1", "status": "Resolved"}),
    ],
)
def test_a_body_that_says_no_time_is_news_each_time_it_comes(kind: str, body: Any) -> None:
    """Open to pending and back may well have the same bytes; so has what was recorded. The page says it."""
    assert taken(kind, body) == [1, 1]
    title = {"osticket": "osTicket"}.get(kind, kind.capitalize())
    told = PAGE.split("| says neither |")[1].split("## Rights")[0]
    assert title in told


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("jira", {"webhookEvent": "jira:issue_updated", "issue": {"id": "9", "fields": {"labels": []}}}),
        (
            "github",
            {
                "action": "deleted",
                "issue": {"id": 9, "number": 1, "state": "open", "created_at": "2026-03-27T08:00:00Z"},
                "repository": {"full_name": "o/r"},
            },
        ),
    ],
)
def test_where_a_body_is_of_one_event_only_it_is_news_once_without_a_time(kind: str, body: Any) -> None:
    """Of Jira no two updates have the same bytes, and an issue is deleted once."""
    assert taken(kind, body) == [1, 0]
