"""Who has a breach in hand, and what a customer reads of one that is withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.acknowledgement import SOMEBODY
from slaclock.notices import Channel, compose
from tests.spec.test_notices import AT, CLOCK, DUE, TICKET, fact, text

if TYPE_CHECKING:
    from slaclock.domain.clock import Clock

ACKNOWLEDGED = fact("breach_acknowledged", by="Kim", claimed=True, via="link")
MISSED = replace(CLOCK, outcome="breached", due_at=DUE, breached_at=DUE)
MET = replace(CLOCK, outcome="met", stopped_at=AT)
TAKEN = replace(MISSED, acknowledged_at=AT)


@pytest.mark.parametrize(
    ("language", "claimed", "somebody", "signed"),
    [
        ("en", "acknowledged by Kim (name not checked)", "acknowledged by somebody with the link",
         "acknowledged by arn:kim"),
        ("da", "kvitteret af Kim (navnet er ikke kontrolleret)", "kvitteret af nogen med linket",
         "kvitteret af arn:kim"),
        ("zh-Hant", "Kim（姓名未經查證） 已確認接手", "持有連結者 已確認接手", "arn:kim 已確認接手"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["text", "chat"])
@pytest.mark.parametrize("name", ["escalation_due", "breach_ended"])
def test_a_name_that_somebody_typed_is_told_as_typed(
    language: str, claimed: str, somebody: str, signed: str, shape: str, name: str
) -> None:
    """In the story of mails and chats, the all-clear's, too: by the page of a link anybody can be Kim."""
    level: dict[str, Any] = {"level": 2, "notify": "team", "repeat": 0, "until": "stopped"}
    said = fact(name, reason="solved", **(level if name == "escalation_due" else {}))
    known = replace(ACKNOWLEDGED, details={"by": "arn:kim"})
    nobody = replace(ACKNOWLEDGED, details={**ACKNOWLEDGED.details, "by": SOMEBODY})
    channel = Channel("arn:x", language, shape)
    for taken, line in ((ACKNOWLEDGED, claimed), (nobody, somebody), (known, signed)):
        message = json.loads(compose(said, "x", TICKET, AT, channel=channel, history=[taken]).message)
        lines = message["email"] if shape == "text" else json.loads(message["sqs"])["content"]["description"]
        assert any(each.endswith((f"\u3000{line}", f"  {line}")) for each in lines.splitlines())


def test_nobody_types_themselves_into_a_signed_caller() -> None:
    """A claim that looks like AWS's name for somebody is told whole, and as a claim."""
    arn = "arn:aws:sts::123456789012:assumed-role/Duty/kim@example.com"
    taken = replace(ACKNOWLEDGED, details={**ACKNOWLEDGED.details, "by": arn})
    said = json.loads(compose(fact("breach_ended", reason="x"), "x", TICKET, AT, history=[taken]).message)
    assert f"acknowledged by {arn} (name not checked)\n" in said["email"]


@pytest.mark.parametrize("name", ["escalation_handed_over", "breach_reopened"])
def test_a_breach_that_somebody_has_in_hand_says_who(name: str) -> None:
    """As far as the story says; else since when."""
    said = fact(name, by="eve", to="team", reason="reopened")
    lines = json.loads(
        compose(said, "team", replace(TICKET, clocks=(TAKEN,)), AT, history=[ACKNOWLEDGED]).message
    )["email"]
    assert "Meanwhile: acknowledged by Kim (name not checked) at Mon 30 Mar 2026 09:00 UTC\n" in lines
    assert "Meanwhile: acknowledged at Mon 30 Mar 2026 09:00 UTC" in text(
        said, replace(TICKET, clocks=(TAKEN,))
    )


@pytest.mark.parametrize(
    ("clocks", "waits"),
    [
        ((), False),
        ((MISSED,), True),
        ((TAKEN,), False),
        ((replace(MISSED, stopped_at=AT),), False),
        ((replace(TAKEN, cycle=2),), False),
    ],
)
def test_a_level_without_a_link_names_the_call_while_somebody_is_waited_for(
    clocks: tuple[Clock, ...], *, waits: bool
) -> None:
    """What has ended, never was, or is in hand, is not asked for."""
    level = fact("escalation_due", level=1, notify="team", repeat=0, until="stopped")
    calls = [line for line in text(level, replace(TICKET, clocks=clocks)) if "POST /v1" in line]
    assert bool(calls) is waits


@pytest.mark.parametrize(
    ("clock", "line", "due"),
    [
        (CLOCK, "not late as we told you", "Fri 27 Mar 2026 16:00 UTC"),
        (
            replace(CLOCK, outcome="met", stopped_at=AT),
            "not late as we told you",
            "Fri 27 Mar 2026 16:00 UTC",
        ),
        (
            replace(MISSED, due_at=AT),
            "later than agreed, but was due 30 Mar 09:00 UTC",
            "Mon 30 Mar 2026 09:00 UTC",
        ),
        (replace(MISSED, due_at=AT, cycle=2), "not late as we told you", "Fri 27 Mar 2026 16:00 UTC"),
    ],
)
def test_a_customer_reads_what_is_true_of_a_breach_that_is_withdrawn(
    clock: Clock, line: str, due: str
) -> None:
    """Where it was late all the same, but due otherwise, nobody tells them that it was not."""
    back = fact("outcome_corrected", corrects=fact("clock_breached").id, because="e")
    ticket, channel = replace(TICKET, clocks=(clock,)), Channel("arn:x", customer=True)
    said = compose(back, "customer", ticket, AT, channel=channel)
    assert said.subject == f"Ticket 1: correction, resolution was {line}"
    assert f"Due: {due}\n" in json.loads(said.message)["email"]
