"""A helpdesk before the real functions, which run over ministack: what is posted may come at once."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.clock import VirtualClock
from local.cloud import REGION, Cloud
from local.front import Request, match, to_event
from local.functions import LocalWiring
from local.sending import sign
from local.stack import ACCOUNT, Stack
from local.template import ROOT, resolve, resources, routes
from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant
from slaclock.patience import COMMANDS, Calls, Patience
from tests.e2e.ministack import emulator

# Far ahead, for ministack fires schedules by the machine's time, and here nobody but the stack may.
MONDAY = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CREATED = json.loads((ROOT / "events" / "generic" / "created.json").read_text())["body"]
# A ticket that is solved four hours after it was opened is in time.
GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets:
  resolution: 4h
escalation:
  - {after: 0m, notify: oncall-1, until: acknowledged}
"""
# A busy machine must not decide a race: nothing times out, and no call is made twice.
UNHURRIED = Patience({service: Calls(connect=30.0, read=60.0, attempts=1) for service in COMMANDS.calls})
QUIET = {"POWERTOOLS_METRICS_DISABLED": "true"}


@dataclass(slots=True)
class Desk:
    """Tickets of plan gold, opened at nine on a Monday; the stack's time stands until it is moved."""

    stack: Stack

    def delivery(self, kind: str, at: datetime = MONDAY, about: str = "1", **members: Any) -> dict[str, Any]:
        """A signed delivery of one event, as API Gateway hands it over; the same arguments make the same."""
        ticket = {"status": "open", "priority": "high", "plan": "gold", "created_at": format_instant(MONDAY)}
        ticket |= members
        role = "customer" if kind in ("created", "customer_replied") else "agent"
        comment = {"id": None, "public": True, "author": {"id": None, "role": role}}
        body = CREATED | {
            "ticket_id": about,
            "type": kind,
            "event_id": f"{about}:{kind}:{format_instant(at)}",
            "occurred_at": format_instant(at),
            "received_at": format_instant(at),
            "actor": {"id": None, "role": role},
            "comment": comment if kind.endswith("replied") else None,
            "ticket": ticket,
            "known": sorted(ticket),
        }
        signed = sign({"connection": "generic-local", "body": body}, self.stack.clock.now())
        return self.event("POST", signed.path, signed.headers, signed.body)

    def acknowledgement(self, fact_id: str, by: str) -> dict[str, Any]:
        """Somebody takes a breach in hand, by a message's id."""
        body = json.dumps({"by": by}).encode()
        return self.event("POST", f"/v1/escalations/{fact_id}/acknowledge", {}, body)

    def event(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """A request as the function gets it."""
        request = Request(method, path, headers, body)
        found = match(routes(), request)
        assert found is not None, path
        return to_event(*found, request)

    def call(self, function: str, event: Mapping[str, Any]) -> Any:
        """A function's answer, as data where it is HTTP; nobody waits for anybody."""
        answer = self.stack.functions[function](event)
        return json.loads(answer["body"]) if "statusCode" in answer else answer

    def advance(self, span: timedelta, *, firing: bool = True) -> None:
        """Let time pass; without `firing` no schedule fires and no stream is read, as if both were slow."""
        if firing:
            self.stack.advance(self.stack.clock.now() + span)
        else:
            self.stack.clock.move_to(self.stack.clock.now() + span)

    def hurry(self, elapsed: Callable[[], float]) -> None:
        """Make the functions anew, with this for the time that passes while they try; AWS is waited for."""
        for name in self.stack.functions:
            wiring = LocalWiring(environ_of(self, name), self.stack.clock.now, UNHURRIED, elapsed)
            sys.modules[f"local_function_{name}"].WIRING = wiring  # type: ignore[attr-defined]

    def nudges(self) -> list[dict[str, Any]]:
        """What each live schedule sends when it fires."""
        return [dict(each.input) for each in self.stack.schedules.all()]


def environ_of(desk: Desk, function: str) -> dict[str, str]:
    """The variables that the template gives a function, for the desk's resources."""
    made, properties = desk.stack.cloud, dict(resources("AWS::Serverless::Function"))[function]
    variables = properties["Environment"]["Variables"]
    given = {name: resolve(value, made.names, made.arns) for name, value in variables.items()}
    return {"AWS_REGION": REGION, **given, "AUTHORIZATION": "none"}


def subject_of(ticket_id: str) -> str:
    """The key of a ticket of the desk's account."""
    return subject_key("ticket", ACCOUNT, ticket_id)


@contextmanager
def open_desk(**documents: str) -> Iterator[Desk]:
    """A desk over an empty ministack; `documents` are what is published as it starts, else GOLD."""
    with emulator(), TemporaryDirectory(prefix="agreements-") as folder:
        os.environ.update(QUIET)
        for name, text in (documents or {"gold": GOLD}).items():
            (Path(folder) / f"{name}.yaml").write_text(text)
        desk = Desk(Stack(Cloud(), VirtualClock(MONDAY, speed=0), Path(folder)))
        desk.hurry(lambda: 0.0)
        yield desk
