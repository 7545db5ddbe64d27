"""POST /webhooks/{connection}: what is taken, what is refused, and that nothing is lost."""

import base64
import json
from typing import Any

import pytest

from slaclock.store.agreements import Version
from tests.functions.events import http_event
from tests.functions.world import ROOT, World

FRIDAY = "2026-03-27T14:06:00Z"
SUBJECT = "ticket#example#4711"
MIB = 1024 * 1024


def sample(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())["body"]
    return document


def canonical(**members: Any) -> dict[str, Any]:
    return sample("generic/created") | {"connection": "hook", "account": "example"} | members


def posted(world: World, body: bytes, connection: str = "desk", **headers: str) -> tuple[int, dict[str, Any]]:
    """Post a delivery as API Gateway would hand it over, signed unless headers are given."""
    kind = "zendesk" if connection == "desk" else "generic"
    signed = headers or world.signed(kind, body)
    event = http_event("POST", f"/webhooks/{connection}", body=body, headers=signed, base64=True)
    answer = world.function("webhook").handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def world() -> World:
    return World(FRIDAY)


def test_a_signed_delivery_opens_a_ticket(world: World) -> None:
    """202 with what became of the events; the ticket and its clocks are stored."""
    status, receipt = posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    assert (status, receipt) == (202, {"accepted": 1, "duplicates": 0, "ignored": 0, "quarantined": 0})
    saved = world.memory.load(SUBJECT).saved
    assert saved is not None
    assert [clock.lane for clock in saved.ticket.clocks] == ["first_response", "resolution"]


def test_a_body_that_is_text_is_the_same_bytes(world: World) -> None:
    """API Gateway hands text over as it is: the signature is over the same bytes."""
    body = json.dumps(sample("zendesk/ticket_created_urgent"), ensure_ascii=False)
    headers = world.signed("zendesk", body.encode())
    event = http_event("POST", "/webhooks/desk", body=body, headers=headers)
    assert world.function("webhook").handler(event, None)["statusCode"] == 202


def test_a_duplicate_changes_nothing(world: World) -> None:
    """The same event twice is one event (rule 28)."""
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    posted(world, body)
    before = dict(world.memory.tables["tickets"])
    world.at("2026-03-27T14:07:00Z")
    assert posted(world, body) == (202, {"accepted": 0, "duplicates": 1, "ignored": 0, "quarantined": 0})
    assert world.memory.tables["tickets"] == before


@pytest.mark.parametrize(
    "headers",
    [
        {"x-zendesk-webhook-signature": "AAAA", "x-zendesk-webhook-signature-timestamp": FRIDAY},
        {"x-zendesk-webhook-signature": "AAAA"},
        {"content-type": "application/json"},
    ],
    ids=["wrong", "without its time", "missing"],
)
def test_what_is_not_signed_is_refused(world: World, headers: dict[str, str]) -> None:
    """401, the same words whatever is wrong, and nothing is kept."""
    status, problem = posted(world, b"{}", **headers)
    assert status == 401
    assert problem == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "the signature does not hold, or its time is too far from now",
    }
    assert world.s3.objects == {}


@pytest.mark.parametrize(("seconds", "status"), [(299, 202), (300, 202), (301, 401)])
def test_a_stale_signature_is_refused(world: World, seconds: int, status: int) -> None:
    """A signature is good for five minutes."""
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    headers = world.signed("zendesk", body)
    minutes, rest = divmod(seconds, 60)
    world.at(f"2026-03-27T14:{6 + minutes:02}:{rest:02}Z")
    assert posted(world, body, **headers)[0] == status


def test_an_unknown_connection_is_not_found(world: World) -> None:
    """404, before anything is verified or kept."""
    assert posted(world, b"{}", connection="nobody", x="y")[0] == 404
    assert world.s3.objects == {}


def test_a_delivery_of_1_mib_is_read_and_a_larger_one_kept(world: World) -> None:
    """At the bound it is read (and here found to be no event); of one byte more a person is told."""
    assert posted(world, b" " * MIB, connection="hook")[0] == 422
    assert world.s3.objects == {}
    assert posted(world, b" " * (MIB + 1), connection="hook") == (
        202,
        {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 1},
    )
    ((key, kept),) = world.s3.objects.items()
    assert key.startswith("unmapped/")
    assert json.loads(kept)["detail"] == "the body is larger than 1 MiB"
    assert base64.b64decode(json.loads(kept)["body"]) == b" " * (MIB + 1)


def test_a_large_delivery_that_nobody_signed_is_refused(world: World) -> None:
    """As any other: nothing of it is kept."""
    assert posted(world, b" " * (4 * MIB), connection="hook", x="y")[0] == 401
    assert world.s3.objects == {}


def test_a_large_delivery_that_came_while_the_table_was_down_is_set_aside(world: World) -> None:
    """By the sweep that would have applied it; a replay of it is refused again, and it stays."""
    world.memory.agreements_down = True
    assert posted(world, b" " * (MIB + 1))[1]["quarantined"] == 1
    world.memory.agreements_down = False
    world.at("2026-03-27T14:07:00Z")
    assert world.function("audit").handler({}, None)["refused"] == 1
    assert [key.partition("/")[0] for key in world.s3.objects] == ["unmapped"]


def test_the_longest_texts_of_a_helpdesk_come_in(world: World) -> None:
    """GitHub's issue and comment have 65 536 characters each, a log has a line's end in each of them."""
    github = {"id": "gh", "kind": "github", "account": "example", "secret": "slaclock/hook"}
    world.memory.connect(github)
    body = sample("github/comment_by_agent")
    body["issue"]["body"] = body["comment"]["body"] = "€" * 65_536
    raw = json.dumps(body).encode()
    assert len(raw) > 3 * 256 * 1024
    status, receipt = posted(world, raw, connection="gh", **world.signed("github", raw))
    assert (status, receipt["accepted"]) == (202, 1)


def test_an_issue_that_brings_all_its_comments_comes_in(world: World) -> None:
    """Jira's Data Center has them among the fields."""
    jira = {"id": "dc", "kind": "jira", "account": "example", "secret": "slaclock/hook"}
    world.memory.connect(jira)
    body = sample("jira/waiting_for_customer")
    body["issue"]["fields"]["comment"] = {"comments": [{"body": "x" * 6000} for _ in range(60)]}
    raw = json.dumps(body).encode()
    status, receipt = posted(world, raw, connection="dc", **world.signed("jira", raw))
    assert (status, receipt["accepted"], len(raw) > 350_000) == (202, 1, True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"no json", ""),
        (json.dumps(canonical(type="exploded")).encode(), "/type"),
        (json.dumps(canonical(account="somebody-else")).encode(), "/account"),
        (json.dumps(canonical(connection="another")).encode(), "/connection"),
        (json.dumps(canonical(occurred_at="yesterday")).encode(), "/occurred_at"),
    ],
    ids=["no JSON", "unknown type", "another account", "another connection", "no instant"],
)
def test_a_canonical_event_at_fault_is_422_and_names_the_member(
    world: World, body: bytes, pointer: str
) -> None:
    """Its sender wrote it and can mend it: problem+json with a pointer, nothing kept."""
    status, problem = posted(world, body, connection="hook")
    assert (status, problem["pointer"]) == (422, pointer)
    assert world.s3.objects == {}


def test_a_helpdesks_delivery_that_cant_be_mapped_is_kept_raw(world: World) -> None:
    """202 and quarantined: a 4xx makes some helpdesks retry for ever, and others suspend the hook."""
    body = json.dumps({"ticket_id": ["7"], "ticket_status": "Open"}).encode()
    assert posted(world, body) == (202, {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 1})
    ((key, kept),) = world.s3.objects.items()
    assert key.startswith("unmapped/2026-03-27T14:06:00Z-")
    assert base64.b64decode(json.loads(kept)["body"]) == body


@pytest.mark.parametrize(
    ("ours", "words"), [("open", {}), ("unknown", {("status", "Parked"): 1})], ids=["meant", "unknown"]
)
def test_the_words_of_a_canonical_event_are_its_senders_to_map(
    world: World, ours: str, words: dict[Any, int]
) -> None:
    """Beside a meaning, their own word is no word that nobody mapped; no map of ours is asked of it."""
    event = canonical()
    ticket = event["ticket"] | {"status": ours, "status_raw": "Parked"}
    body = json.dumps(event | {"ticket": ticket, "known": sorted(ticket)}).encode()
    assert posted(world, body, connection="hook")[1]["accepted"] == 1
    assert world.memory.unmapped("hook") == words


def test_what_maps_to_nothing_is_ignored(world: World) -> None:
    """202 and counted; no ticket is made of another kind of event."""
    body = json.dumps(
        sample("zendesk/ticket_created_urgent") | {"type": "zen:event-type:user.created"}
    ).encode()
    assert posted(world, body) == (202, {"accepted": 0, "duplicates": 0, "ignored": 1, "quarantined": 0})
    assert world.memory.load(SUBJECT).saved is None


def test_with_the_table_failing_a_delivery_is_kept_and_applied_once_it_is_back(world: World) -> None:
    """Most helpdesks never send again: 202, kept under `table`, applied once by the auditor."""
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    world.memory.down = True
    assert posted(world, body)[1]["quarantined"] == 1
    audit = world.function("audit").handler
    world.at("2026-03-27T15:00:00Z")
    assert audit({}, None)["failed"] > 0
    assert len(world.s3.objects) == 1
    world.memory.down = False
    assert audit({}, None)["replayed"] == 1
    assert world.s3.objects == {}
    saved = world.memory.load(SUBJECT).saved
    assert saved is not None
    assert saved.ticket.created_at.isoformat() == "2026-03-27T14:05:00+00:00"
    assert audit({}, None)["replayed"] == 0


@pytest.mark.parametrize(
    ("headers", "applied"),
    [({}, (1, 0)), ({"x-zendesk-webhook-signature": "AAAA"}, (0, 1))],
    ids=["signed", "unsigned"],
)
def test_with_the_connections_failing_a_delivery_is_verified_when_it_is_replayed(
    world: World, headers: dict[str, str], applied: tuple[int, int]
) -> None:
    """Kept unverified, since its secret could not be found; set aside then, if nobody signed it."""
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    world.memory.agreements_down = True
    assert posted(world, body, **headers)[0] == 202
    world.memory.agreements_down = False
    world.at("2026-03-27T18:00:00Z")
    swept = world.function("audit").handler({}, None)
    assert (swept["replayed"], swept["refused"]) == applied
    assert [key.split("/")[0] for key in world.s3.objects] == ["unmapped"] * swept["refused"]


def test_with_everything_failing_the_sender_is_told_to_try_again(world: World) -> None:
    """503 where a delivery could be neither applied nor kept: the only one that asks for a retry."""
    world.memory.down = world.s3.down = True
    assert posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())[0] == 503


def test_nothing_personal_is_logged_or_stored(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Titles, descriptions and people's ids go no further than the adapter."""
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    stored = json.dumps(list(world.memory.tables["tickets"].values())) + capsys.readouterr().out
    for personal in ("Export stops half way", "nightly export", "360008800911"):
        assert personal not in stored


def test_what_was_verified_when_it_came_is_applied_whatever_became_of_its_secret(world: World) -> None:
    """Kept as verified: a rotation before the replay loses nothing."""
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    world.memory.down = True
    posted(world, body)
    world.memory.down = False
    connection = world.memory.connection("desk")
    world.memory.connect({**connection, "secret": "slaclock/hook"})
    world.at("2026-03-27T15:00:00Z")
    assert world.function("audit").handler({}, None)["replayed"] == 1
    assert world.memory.load(SUBJECT).saved is not None


def test_a_helpdesks_clock_that_is_ahead_is_set_back_to_when_we_heard(world: World) -> None:
    """Nothing is told before its time; and the same whether the delivery came through quarantine or not."""
    event = canonical(occurred_at="2026-03-27T14:20:00Z", ticket_id="ahead")
    event["ticket"].pop("created_at", None)
    event["known"] = [name for name in event["known"] if name != "created_at"]
    world.memory.down = True
    posted(world, json.dumps(event).encode(), connection="hook")
    world.memory.down = False
    world.at("2026-03-27T14:30:00Z")
    assert world.function("audit").handler({}, None)["replayed"] == 1
    saved = world.memory.load("ticket#example#ahead").saved
    assert saved is not None
    assert saved.ticket.created_at.isoformat() == "2026-03-27T14:06:00+00:00"


@pytest.mark.parametrize("change", [{"subject": "service"}, {"type": "outage_started"}, {"type": "rated"}])
def test_what_is_no_tickets_is_ignored(world: World, change: dict[str, str]) -> None:
    """No clock measures services yet: 202, and nobody is woken for one."""
    status, receipt = posted(world, json.dumps(canonical(**change)).encode(), connection="hook")
    assert (status, receipt["ignored"], receipt["accepted"]) == (202, 1, 0)


def test_a_version_that_the_first_fold_did_not_know_is_not_chosen_by_a_later_one(world: World) -> None:
    """Agreements are known for a minute: folding again chooses among those known the first time (rule 25)."""
    warm = sample("zendesk/ticket_created_urgent")
    posted(world, json.dumps(warm | {"id": "w", "detail": warm["detail"] | {"id": "1"}}).encode())
    (item,) = [
        each for each in world.memory.tables["agreements"].values() if each["sk"].startswith("AGREEMENT#")
    ]
    world.at("2026-03-27T14:06:30Z")
    world.memory.publish("example", [Version(json.loads(item["body"]), 2, "another")], world.time, 1)
    world.at("2026-03-27T14:06:45Z")
    posted(world, json.dumps(warm).encode())
    world.at("2026-03-27T14:40:00Z")
    world.workflow.wake(SUBJECT, "timer")
    note = sample("zendesk/comment_by_agent")
    note["event"]["comment"]["is_public"] = False
    posted(world, json.dumps(note | {"time": "2026-03-27T14:30:00Z"}).encode())
    told = [item["sk"] for item in world.memory.tables["tickets"].values() if item["pk"] == SUBJECT]
    assert not [key for key in told if "outcome_corrected" in key]
    saved = world.memory.load(SUBJECT).saved
    assert saved is not None
    assert saved.ticket.chosen == (("acme-gold", 1),)
