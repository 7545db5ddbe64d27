"""A helpdesk before the local stack, and the commands of whoever looks after its agreements."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from local.clock import VirtualClock
from local.front import Request
from local.sending import sign
from local.stack import ACCOUNT, TABLES, Stack, running
from local.template import ROOT
from slaclock.cli import deployed, main
from slaclock.domain.instants import format_instant
from slaclock.store.commit import Commit, Saved
from slaclock.store.dynamo import DynamoStore

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CREATED = json.loads((ROOT / "events" / "generic" / "created.json").read_text())
GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets:
  resolution: 4h
"""
BASIC = GOLD.replace("gold\norder: 10\napplies_to: {plan: gold}", "basic").replace("4h", "8h")


@dataclass(slots=True)
class Desk:
    """Tickets are opened and changed by signed events; commands run in the environment of the stack."""

    stack: Stack
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def document(self, name: str, text: str) -> str:
        """A document in its file."""
        path = self.folder / f"{name}.yaml"
        path.write_text(text)
        return str(path)

    def event(self, ticket_id: str, kind: str = "created", **members: Any) -> None:
        """Something happens to a ticket of plan gold now; `members` are what it then looks like."""
        now = self.stack.clock.now()
        if kind == "created":
            members = {
                "status": "new",
                "priority": "high",
                "plan": "gold",
                "created_at": format_instant(now),
            } | members
        changed = {"ticket_id": ticket_id, "type": kind, "occurred_at": format_instant(now)}
        changed |= {"received_at": format_instant(now), "event_id": f"{ticket_id}:{kind}:{now}"}
        body = {**CREATED["body"], **changed, "ticket": members, "known": sorted(members)}
        signed = sign({"connection": "generic-local", "body": body}, now)
        answer = self.stack.request(Request("POST", signed.path, signed.headers, signed.body))
        assert json.loads(answer.body)["accepted"] == 1

    def advance(self, **span: float) -> None:
        self.stack.advance(self.stack.clock.now() + timedelta(**span))

    def run(self, *argv: str) -> tuple[int, list[str], list[str]]:
        """A command's exit status, and its lines on stdout and stderr; what follows from it has happened."""
        self.capsys.readouterr()
        code = main([*argv[:2], "--account", ACCOUNT, *argv[2:]])
        said = self.capsys.readouterr()
        self.stack.settle()
        return code, said.out.splitlines(), said.err.splitlines()

    def ticket(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self.stack.request(Request("GET", f"/v1/tickets/{ACCOUNT}/{ticket_id}"))
        found: Mapping[str, Any] = json.loads(answer.body)
        return found

    def clock(self, ticket_id: str) -> tuple[str, int, str, str | None]:
        """The agreement, version, state and deadline of a ticket's latest clock."""
        clock = self.ticket(ticket_id)["clocks"][-1]
        return clock["agreement"], clock["agreement_version"], clock["state"], clock["due_at"]

    def facts(self, ticket_id: str) -> list[tuple[str, str]]:
        """What was told of a ticket, and when it happened."""
        return [(fact["fact"], fact["at"]) for fact in self.ticket(ticket_id)["facts"]]


def interrupted(
    commit: Callable[[DynamoStore, Commit], Saved], after: int
) -> Callable[[DynamoStore, Commit], Saved]:
    """Commits of which so many are made; then somebody presses Ctrl-C."""
    made = count()

    def commit_or_end(store: DynamoStore, change: Commit) -> Saved:
        if next(made) >= after:
            raise KeyboardInterrupt
        return commit(store, change)

    return commit_or_end


@contextmanager
def open_desk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **documents: str
) -> Iterator[Desk]:
    """A desk from Monday at nine on; `documents` are what the stack publishes as it starts."""
    published = folder / "published"
    published.mkdir()
    for name, text in documents.items():
        (published / f"{name}.yaml").write_text(text)
    with running(VirtualClock(MONDAY, speed=0), published) as stack:
        os.environ.update({variable: stack.cloud.names[table] for variable, table in TABLES.items()})
        monkeypatch.setenv("IDENTITY_KEYS", "slaclock/identity/local")
        monkeypatch.setattr(deployed, "now", stack.clock.now)
        # The functions' loggers keep the stream of the test that made them, which is closed.
        monkeypatch.setattr(logging, "raiseExceptions", False)
        yield Desk(stack, folder, capsys)
