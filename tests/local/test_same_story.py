"""The same life by HTTP and by `slaclock replay` gives equal facts."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.clock import VirtualClock
from local.front import Request
from local.sending import sign
from local.stack import ACCOUNT, Stack, inbox, running
from local.story import STEPS, TICKET, delivery
from local.template import ROOT
from slaclock.cli import main
from slaclock.domain.facts import subject_key
from slaclock.domain.logged import given_to_json

# How a fact was noticed differs, and so does what the store adds to it; what happened does not.
NOTICED = {"detected_at", "detected_by", "seq", "hash"}
SUBJECT = subject_key("ticket", ACCOUNT, TICKET)


def happened(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in fact.items() if name not in NOTICED} for fact in facts]


def played(stack: Stack) -> None:
    """Play the demo's story over the stack."""
    for step in STEPS:
        stack.advance(step.at)
        if step.sample:
            signed = sign(delivery(step), step.at)
            assert stack.request(Request("POST", signed.path, signed.headers, signed.body)).status == 202
        else:
            level = [each["json"]["id"] for each in inbox(stack) if each["json"]["fact"] == "escalation_due"][
                -1
            ]
            body = json.dumps({"by": "kim"}).encode()
            assert (
                stack.request(Request("POST", f"/v1/escalations/{level}/acknowledge", {}, body)).status == 200
            )


def test_the_same_story_by_http_and_by_replay_gives_equal_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the same `decide`: only how a breach was noticed differs."""
    with running(VirtualClock(STEPS[0].at, speed=0)) as stack:
        played(stack)
        found = stack.request(Request("GET", f"/v1/tickets/{ACCOUNT}/{TICKET}"))
        history, _ = stack.store.history(SUBJECT)
    events = tmp_path / "events.ndjson"
    events.write_text("".join(json.dumps(given_to_json(given)) + "\n" for given in history.given))
    capsys.readouterr()
    assert main(["replay", "--agreement", str(ROOT / "agreements" / "acme-gold.yaml"), str(events)]) == 0
    replayed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stored = json.loads(found.body)["facts"]
    assert sorted(map(json.dumps, happened(stored))) == sorted(map(json.dumps, happened(replayed)))
    assert {fact["detected_by"] for fact in replayed if "detected_by" in fact} == {"replay"}
    assert {fact["detected_by"] for fact in stored if "detected_by" in fact} == {"timer"}
