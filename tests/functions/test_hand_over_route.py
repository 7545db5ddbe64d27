"""POST /v1/escalations/{id}/hand-over: who passes what to whom, and what is refused before it is passed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from slaclock.domain.facts import public_id
from slaclock.domain.instants import format_instant
from slaclock.records import escalations
from slaclock.store.caching import CachedAgreements
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_records import ARN, ask, breached
from tests.functions.world import World

LEVEL = "escalation_due:resolution:1.0:1.0"
Passed = list[tuple[str, str, str, datetime, str | None]]


@pytest.fixture
def world() -> World:
    """A ticket whose resolution was breached a minute ago."""
    world = World("2026-03-27T14:05:00Z")
    breached(world)
    return world


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Passed:
    """What is handed over: the fact, to whom, by whom and when."""
    given: Passed = []

    def hand_over(
        _tickets: Any,
        _take: Callable[[Any], bool],
        fact_id: str,
        to: str,
        by: str,
        at: datetime,
        note: str | None,
    ) -> dict[str, Any]:
        given.append((fact_id, to, by, at, note))
        whose = {"breach": fact_id, "account": "example", "ticket_id": "4711"}
        return {"id": fact_id, **whose, "to": to, "by": by, "at": format_instant(at), "note": note}

    monkeypatch.setattr(escalations, "hand_over", hand_over)
    return given


def handed(world: World, body: Any, key: str = LEVEL, **request: Any) -> tuple[int, Any]:
    path = f"/v1/escalations/{public_id('ticket#example#4711', key)}/hand-over"
    status, answer, _ = ask(world, "POST", path, body=body, **request)
    return status, answer


def test_an_escalation_is_passed_by_whoever_aws_let_in(world: World, passed: Passed) -> None:
    """What the body says of that counts only where nobody had to sign."""
    fact_id = public_id("ticket#example#4711", LEVEL)
    assert handed(world, {"to": "legal", "by": "somebody"}, caller=ARN)[0] == 200
    assert handed(world, {"to": "oncall-1", "by": "kim", "note": " see the runbook "})[0] == 200
    assert passed == [
        (fact_id, "legal", ARN, world.time, None),
        (fact_id, "oncall-1", "kim", world.time, "see the runbook"),
    ]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("請接手\u3000謝謝", "請接手 謝謝"),
        ("to\u00a0you ", "to you"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("x" * 500, "x" * 500),
    ],
)
def test_a_note_is_taken_as_people_type_it(world: World, passed: Passed, typed: str, taken: str) -> None:
    """Every space of Unicode is a plain one; what joins letters stays. A caller's name likewise."""
    assert handed(world, {"to": "legal", "by": "王\u3000小明", "note": typed})[0] == 200
    assert passed[0][2] == "王 小明"
    assert passed[0][4] == taken


def test_a_rota_of_the_agreement_takes_an_escalation_too(
    world: World, passed: Passed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no topic of its own: whoever it names by the hour has."""
    agreement = replace(world.memory.agreements("example").get("acme-gold", 1), audiences={"on-duty": ()})
    shelf = SimpleNamespace(get=lambda *_: agreement)
    monkeypatch.setattr(CachedAgreements, "agreements", lambda *_: shelf)
    assert handed(world, {"to": "on-duty"})[0] == 200
    assert [to for _, to, *_ in passed] == ["on-duty"]
    assert handed(world, {"to": "off-duty"})[0] == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/to"), ({"to": ""}, "/to"), ({"to": "nobody"}, "/to"), ({"to": "default"}, "/to"),
        ({"to": 7}, "/to"), ({"to": ["legal"]}, "/to"), (None, "/to"), ("[]", None), ("{", None),
        ({"to": "legal", "by": "a\nb"}, "/by"), ({"to": "legal", "note": "a\nb"}, "/note"),
        ({"to": "legal", "note": "a\u202eb"}, "/note"), ({"to": "legal", "note": " \u3000"}, "/note"),
        ({"to": "legal", "note": ""}, "/note"), ({"to": "legal", "note": "x" * 501}, "/note"),
    ],
)  # fmt: skip
def test_to_an_audience_that_nothing_would_reach_nothing_is_passed(
    world: World, passed: Passed, body: Any, pointer: str | None
) -> None:
    """422, naming those that there are: whoever hands over must not believe that somebody heard of it."""
    status, answer = handed(world, body)
    assert (status, passed) == (422, [])
    if pointer:
        assert answer["pointer"] == pointer
    if pointer == "/to":
        assert "legal, oncall-1" in answer["detail"]


def test_what_was_never_told_can_not_be_passed(world: World) -> None:
    """404, as where it is acknowledged."""
    assert handed(world, {"to": "legal"}, "escalation_due:resolution:9.0:1.0")[0] == 404


def test_a_breach_that_was_passed_on_is_told_at_once_with_a_link(world: World) -> None:
    """The new audience takes it in hand as any other does; the answer says to whom it went."""
    status, answer = handed(world, {"to": "legal", "note": "a lawyer's case"}, caller=ARN)
    assert (status, answer["to"], answer["by"], answer["note"]) == (200, "legal", ARN, "a lawyer's case")
    announced(world, outbox(world, "escalation_handed_over"))
    (message,) = world.sns.sent
    assert message["TopicArn"] == "arn:legal"
    assert "Acknowledge: https://sla.example/ack/" in json.loads(message["Message"])["email"]
