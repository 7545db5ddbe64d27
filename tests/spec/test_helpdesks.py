"""The seam that helpdesks plug into, the connections that speak through it, and the sample deliveries."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import event_from_json, event_to_json
from slaclock.helpdesks import Delivery, UnknownHelpdesk, adapter
from slaclock.helpdesks.connection import (
    Connection,
    InvalidConnection,
    connection_from_json,
    connection_to_json,
    translate,
)
from slaclock.helpdesks.mapping import shipped_names
from slaclock.helpdesks.signatures import SAMPLES as PRINTED
from slaclock.helpdesks.signatures import sign, verified

SAMPLES = sorted(Path(__file__).parents[2].glob("events/*/*.json"))
SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
SECRETS = {"zendesk": "local-zendesk-secret", "generic": "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ="}
STORED = {
    "id": "zendesk-local",
    "kind": "zendesk",
    "account": "example",
    "secret": "local/zendesk",
    "statuses": {"Waiting for parts": "on_hold"},
    "priorities": {"P1": "urgent"},
    "customers": {"360001234567": "acme"},
    "plans": {"360001234567": "gold"},
    "ticket_url": "https://example.zendesk.com/agent/tickets/{ticket_id}",
}


@pytest.mark.parametrize("kind", ["zendesk", "generic"])
def test_an_adapter_is_found_by_its_kind(kind: str) -> None:
    """One module per helpdesk, which claims its own name: adding a helpdesk touches nothing else."""
    found = adapter(kind)
    assert kind == found.KIND


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "phone",
        "signatures",
        "connection",
        "payload",
        "os",
        ".zendesk",
        "..domain.errors",
        "zendesk.x",
        "Zendesk",
        "zendesk\n",
        "__init__",
        "é",
    ],
)
def test_nothing_but_an_adapter_can_be_asked_for(kind: str) -> None:
    """The kind comes from a table: it may not reach another module, nor a neighbour that is no adapter."""
    with pytest.raises(UnknownHelpdesk, match="no adapter for a helpdesk of kind"):
        adapter(kind)


def test_one_helpdesk_pays_for_no_other() -> None:
    """A function that is asked for Zendesk imports neither the generic way in nor the schema validator."""
    script = (
        "import sys; from slaclock.helpdesks import adapter; adapter('zendesk');"
        "unwanted = {'fastjsonschema', 'slaclock.helpdesks.generic', 'boto3', 'pydantic'};"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_a_connection_is_kept_as_it_was_entered() -> None:
    """What the table keeps reads back equal."""
    assert connection_to_json(connection_from_json(STORED)) == STORED


def test_maps_and_address_may_be_left_out() -> None:
    """A helpdesk whose words are the adapter's own needs no maps."""
    least = {"id": "a", "kind": "generic", "account": "example", "secret": "ref"}
    assert connection_from_json(least) == Connection("a", "generic", "example", "ref")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"account": ""}, "account is text, and not empty"),
        ({"secret": None}, "secret is text, and not empty"),
        ({"ticket_url": 7}, "ticket_url is text"),
        ({"customers": {"1": 2}}, "customers map text to text"),
        ({"plans": ["gold"]}, "plans map text to text"),
        ({"statuses": {"Waiting": "waiting"}}, "statuses lead to 'waiting', not one of"),
        ({"priorities": {"P1": "critical"}}, "priorities lead to 'critical', not one of"),
    ],
)
def test_a_wrong_connection_is_refused_with_the_member_named(change: dict[str, Any], complaint: str) -> None:
    """A map to a status that no clock knows would otherwise be noticed on the first late ticket."""
    with pytest.raises(InvalidConnection, match=complaint):
        connection_from_json({**STORED, **change})


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("WAITING FOR PARTS", "on_hold"),
        ("hold", "solved"),
        ("Open", "open"),
        ("Weird", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_connections_words_beat_the_adapters_in_any_case(word: str, ours: str) -> None:
    """Admins rename their statuses: what the connection says wins, and what nobody knows is unknown."""
    own = {"Waiting for parts": "on_hold", "Hold": "solved"}
    assert translate(word, own, {"hold": "on_hold", "open": "open"}) == ours


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_sample_delivery_is_signed_verified_and_mapped(path: Path) -> None:
    """What each file in events/ gives is in the week of Friday 2026-03-27, and the log can keep it."""
    sample, system = json.loads(path.read_text(encoding="utf-8")), path.parent.name
    shipped = {"mapping": system} if system in shipped_names() else {}
    kind = "mapping" if shipped else system
    connection = connection_from_json({**STORED, **shipped, "kind": kind, "id": sample["connection"]})
    body = json.dumps(sample["body"]).encode()
    secret = SECRETS.get(kind, f"a-{kind}-secret")
    headers = {**sample.get("headers", {}), **sign(kind, secret, body, SATURDAY)}
    delivery = Delivery(body, headers, SATURDAY)
    assert verified(adapter(kind), connection, delivery, [secret], PRINTED)
    events = adapter(kind).read(delivery, connection).events
    assert sample["description"]
    assert sample["connection"] == f"{system}-local"
    assert {event.occurred_at.isocalendar()[:2] for event in events} <= {(2026, 13)}
    assert all(event_from_json(event_to_json(event)) == event for event in events)


def test_the_samples_cover_a_tickets_life() -> None:
    """What the demo, the docs and `sam local invoke` take from events/."""
    assert {f"{path.parent.name}/{path.stem}" for path in SAMPLES} >= {
        "zendesk/ticket_created_urgent",
        "zendesk/comment_by_customer",
        "zendesk/comment_by_agent",
        "zendesk/status_pending",
        "zendesk/status_open",
        "zendesk/solved",
        "zendesk/priority_changed",
        "zendesk/group_assignment_changed",
        "zendesk/merged",
        "zendesk/soft_deleted",
        "generic/created",
        "generic/agent_replied",
        "generic/solved",
    }
