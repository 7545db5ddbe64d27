"""A deployed stack with helpdesks connected as its guide says, and deliveries to it as they sign them."""

import hmac
import io
import itertools
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from local.sending import happening
from local.template import ROOT
from slaclock.cli import main
from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant
from slaclock.handshake import CHALLENGE
from slaclock.helpdesks import adapter
from tests.e2e.calling import Answer, Line, somebody
from tests.e2e.deployed import STACK, Deployed
from tests.e2e.desk import CREATED
from tests.e2e.listening import Inbox, listening

ACCOUNT = "example"
TOPICS = ("OnCall1Topic", "LegalTopic", "TeamTopic")
# A minute is the shortest promise there is. What is urgent is breached soon after it was opened fifty seconds
# ago; what is not has a reminder before long, whose deadline is so far away that it may wait for others.
GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets: {resolution: {urgent: 1m, low: 8h}}
reminders: [75%]
escalation: [{after: 0m, notify: oncall-1, until: acknowledged}]
causes: [third party]
"""
SECRETS = {
    "zendesk": "dGhlLXNpZ25pbmctc2VjcmV0LW9mLWEtdHJpYWw=",
    "generic": "whsec_ZW5kLXRvLWVuZC1zZWNyZXQ=",
    "glpi": "a-secret-that-the-helpdesk-made",
}
_READY = 60.0
_ARMED = 60.0  # seconds until a stream was read and a schedule made
ORGANISATION = "360001234567"  # of the samples of Zendesk
_URGENT = json.loads((ROOT / "events" / "zendesk" / "ticket_created_urgent.json").read_text())


@dataclass(slots=True)
class Scene:
    """The stack, who speaks to it, and who listens. `connections` are ids by the helpdesk's kind."""

    deployed: Deployed
    line: Line
    inbox: Inbox
    connections: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def command(self, *argv: str) -> str:
        """What a command of ours says, which has to succeed."""
        out, trouble = io.StringIO(), io.StringIO()
        with (
            patch.dict("os.environ", self.deployed.environ),
            redirect_stdout(out),
            redirect_stderr(trouble),
        ):
            code = main(argv)
        assert code == 0, (argv, out.getvalue(), trouble.getvalue())
        return out.getvalue()

    def zendesk(self, at: datetime) -> Answer:
        """Zendesk tells of an urgent ticket that a customer opened."""
        return self.deliver("zendesk", happening(_URGENT, at)["body"])

    def happened(
        self, ticket: str, kind: str, at: datetime, *, opened: datetime | None = None, **members: Any
    ) -> Answer:
        """An event of our own kind."""
        return self.deliver("generic", self.event(ticket, kind, at, opened=opened, **members))

    def event(
        self, ticket: str, kind: str, at: datetime, *, opened: datetime | None = None, **members: Any
    ) -> Mapping[str, Any]:
        """Such an event: each time another one."""
        about = {
            "status": "solved" if kind == "solved" else "open",
            "priority": "urgent",
            "plan": "gold",
            "customer": {"id": "acme", "name": "Acme"},
            "created_at": format_instant(opened or at),
            **members,
        }
        role = "agent" if kind in ("agent_replied", "solved") else "customer"
        told: dict[str, Any] = CREATED | {
            "connection": self.connections["generic"],
            "account": ACCOUNT,
            "ticket_id": ticket,
            "type": kind,
            "event_id": f"{ticket}:{kind}:{next(self._numbers)}",
            "occurred_at": format_instant(at),
            "received_at": format_instant(at),
            "actor": {"id": None, "role": role},
            "comment": None,
            "ticket": about,
            "known": sorted(about),
        }
        return told

    def odd(self) -> Mapping[str, Any]:
        """What is signed by Zendesk, and is about no ticket that we can make out."""
        return {**happening(_URGENT, ago(0))["body"], "id": "odd", "detail": {}}

    def challenge(self) -> str:
        """How GLPI asks whether its secret is known."""
        return hmac.new(SECRETS["glpi"].encode(), CHALLENGE, "sha256").hexdigest()

    def deliver(self, kind: str, body: Mapping[str, Any], secret: str | None = None) -> Answer:
        """Post a body as a helpdesk of this kind does, signed with its secret."""
        content = json.dumps(body).encode()
        signed = adapter(kind).SCHEME.sign(secret or SECRETS[kind], content, datetime.now(UTC))
        headers = {"content-type": "application/json", **signed}
        return self.line.plain("POST", f"/webhooks/{self.connections[kind]}", content, headers)

    def schedules(self) -> dict[str, str]:
        """What each schedule that waits will say when it fires, by its name."""
        scheduler, group = self.deployed.emulator.client("scheduler"), self.deployed.names["ScheduleGroup"]
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group)
        names = [each["Name"] for page in pages for each in page["Schedules"]]
        waiting = {}
        for name in names:
            with suppress(scheduler.exceptions.ResourceNotFoundException):  # it fired since it was listed
                waiting[name] = scheduler.get_schedule(GroupName=group, Name=name)["Target"]["Input"]
        return waiting

    def waiting(self, ticket: str) -> list[str]:
        """The names of a ticket's schedules."""
        subject = subject_key("ticket", ACCOUNT, ticket)
        return [name for name, said in self.schedules().items() if json.loads(said)["subject"] == subject]

    def armed(self, ticket: str) -> str:
        """The name of a ticket's schedule, once it is there."""
        until = time.monotonic() + _ARMED
        while not (found := self.waiting(ticket)):
            assert time.monotonic() < until, f"{ticket} has no schedule after {_ARMED:g} s"
            time.sleep(0.1)
        return found[0]


@contextmanager
def scene(deployed: Deployed) -> Iterator[Scene]:
    """Publish, connect, subscribe and let somebody in: what the guide has an operator do."""
    topics = {name: deployed.names[name] for name in TOPICS}
    emulator, outputs = deployed.emulator, deployed.outputs
    line = Line(deployed, somebody(emulator, "ada", "*/v1/*"))
    with listening(emulator, topics, outputs["NoticeFailuresArn"]) as inbox:
        made = Scene(deployed, line, inbox)
        with TemporaryDirectory(prefix="agreements-") as folder:
            gold = Path(folder) / "gold.yaml"
            gold.write_text(GOLD)
            made.command("agreement", "publish", "--account", ACCOUNT, "--settle", "0", str(gold))
        for kind in SECRETS:
            made.connections[kind] = _connected(made, kind)
        _ready(made)
        yield made


def _ready(made: Scene) -> None:
    """Wait until the webhook has started: on a busy machine that may outlast a helpdesk's patience."""
    until = time.monotonic() + _READY
    while made.line.plain("HEAD", f"/webhooks/{made.connections['generic']}").status != HTTPStatus.OK:
        assert time.monotonic() < until, f"the webhook does not answer in {_READY:g} s"


def _connected(made: Scene, kind: str) -> str:
    reference = f"slaclock/{STACK}/{kind}"
    secrets = made.deployed.emulator.client("secretsmanager")
    secrets.create_secret(Name=reference, SecretString=SECRETS[kind])
    mapped = ("--customer", f"{ORGANISATION}=acme", "--plan", f"{ORGANISATION}=gold")
    said = made.command(
        *("connection", "add", kind, "--account", ACCOUNT, "--stack", STACK, "--shares-tickets"),
        *("--secret-ref", reference),
        *(mapped if kind == "zendesk" else ()),
    )
    (identity,) = [each.split()[1] for each in said.splitlines() if each.startswith("id ")]
    return identity


def ago(seconds: float) -> datetime:
    """An instant of the past, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=seconds)
