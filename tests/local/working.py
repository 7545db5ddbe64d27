"""A story in which every function does all that it can do: its calls are what its role has to allow."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from local.clock import VirtualClock
from local.cloud import Cloud
from local.front import Request, match, to_event
from local.guard import Guard
from local.sending import sign
from local.stack import ACCOUNT, CONNECTIONS, TABLES, Stack, inbox, running
from local.story import STEPS, TICKET, delivery
from local.template import ROOT, routes
from slaclock.cli import deployed, main
from slaclock.domain.instants import format_instant
from tests.local.test_same_story import played

HEARTBEAT = "arn:aws:sns:eu-north-1:123456789012:heartbeat"
CREATED = json.loads((ROOT / "events" / "generic" / "created.json").read_text())
LEAN = """\
agreement: lean
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
pause_on: [pending]
targets: {resolution: 4h}
reminders: [50%]
escalation: [{after: 0m, notify: oncall-1, until: acknowledged}]
"""
CREDITS = """\
credits:
  {period: month, currency: DKK, each: {credit: {amount: "500.00"}}, grace: 5,
   warn: [{breaches_left: 5, notify: legal}]}
reports: {monthly: {on: 1, notify: legal}}
"""
PARAMETER = "/slaclock/store"  # of SSM: where the secret of a third connection is
TAGS = [{"Key": "slaclock:account", "Value": ACCOUNT}]
MARCH = f"account={ACCOUNT}&from=2026-03-01&to=2026-04-01"
READ = (
    f"/v1/tickets/{ACCOUNT}/{TICKET}",
    f"/v1/queue?account={ACCOUNT}&team=first-line",
    f"/v1/breaches?{MARCH}",
    f"/v1/breaches?{MARCH}&customer=acme",
    "/v1/breaches?customer=acme&from=2026-03-01&to=2026-04-01",
    "/v1/breaches?from=2026-03-01&to=2026-04-01",
    f"/v1/breaches?account={ACCOUNT}&limit=1&from=2026-03-01&to=2026-04-01",
    f"/v1/reports/attainment?account={ACCOUNT}&month=2026-03",
    f"/v1/reports/credits?account={ACCOUNT}&agreement=acme-gold&month=2026-03",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What was done in one cloud: the role of each function at work there, by the function's name."""

    cloud: Cloud
    guards: Mapping[str, Guard]


def works(folder: Path) -> list[Work]:
    """The whole story, each chapter on a stack of its own: the fuller moto's tables, the slower it is."""
    return [
        _worked(folder / each.__name__, each) for each in (_demo, _kept, _left, _anew, _forgotten, _bound)
    ]


def _worked(folder: Path, chapter: Callable[[Stack], None]) -> Work:
    folder.mkdir()
    gold = (ROOT / "agreements" / "acme-gold.yaml").read_text() + CREDITS
    (folder / "agreement.yaml").write_text(gold if chapter is _demo else LEAN)
    clock = VirtualClock(STEPS[0].at, speed=0)
    with (
        running(clock, folder, parameters={"HeartbeatTopic": HEARTBEAT}) as stack,
        pytest.MonkeyPatch.context() as patch,
    ):
        for variable, table in TABLES.items():
            patch.setenv(variable, stack.cloud.names[table])
        patch.setenv("IDENTITY_KEYS", "slaclock/identity/local")
        patch.setattr(deployed, "now", stack.clock.now)
        boto3.client("sns").create_topic(Name="heartbeat")
        stack.settings["HEARTBEAT_TOPIC"] = HEARTBEAT
        for guard in stack.guards.values():
            guard.lenient = True  # what a role lacks is told by the tests
        chapter(stack)
        return Work(stack.cloud, stack.guards)


def _demo(stack: Stack) -> None:
    """The demo's story and what may be asked about it, sealed, reported and proven once the month is over."""
    played(stack)
    now = stack.clock.now()
    late = sign(delivery(replace(STEPS[1], at=STEPS[1].at + timedelta(minutes=1))), now)
    assert stack.request(Request("POST", late.path, late.headers, late.body)).status == 202
    words = [word for each in inbox(stack) for word in each["text"].split() if "/ack/" in word]
    link = f"/ack/{words[-1].rpartition('/')[2]}"
    assert stack.request(Request("GET", link)).status == 200
    stack.advance(datetime(2026, 4, 1, 7, tzinfo=UTC))
    for path in READ:
        assert stack.request(Request("GET", path)).status == 200, path
    breach = json.loads(stack.request(Request("GET", READ[2])).body)["breaches"][0]["id"]
    assert stack.request(Request("GET", f"/v1/breaches/{quote(breach, safe='')}/evidence")).status == 200


def _event(
    stack: Stack, ticket: str, kind: str, at: datetime, *, to: str = "generic-local", **members: Any
) -> Request:
    """An event of an urgent ticket, signed now; `members` are what the ticket looks like."""
    if kind == "created":
        members = {"status": "new", "priority": "urgent", "created_at": format_instant(at)} | members
        members |= {name: CREATED["body"]["ticket"][name] for name in ("customer", "team", "plan")}
    changed = {"ticket_id": ticket, "type": kind, "occurred_at": format_instant(at), "connection": to}
    changed |= {"received_at": format_instant(stack.clock.now()), "event_id": f"{ticket}:{kind}:{at}"}
    body = {**CREATED["body"], **changed, "ticket": members, "known": sorted(members)}
    signed = sign({"connection": "generic-local", "body": body}, stack.clock.now())
    return Request("POST", f"/webhooks/{to}", signed.headers, signed.body)


def _post(stack: Stack, ticket: str, kind: str, at: datetime, **members: Any) -> None:
    answer = stack.request(_event(stack, ticket, kind, at, **members))
    assert answer.status == 202, answer.body


def _kept(stack: Stack) -> None:
    """While webhook can't have a table deliveries are kept; the auditor applies them, or sets them aside."""
    now = stack.clock.now()
    secret = str(CONNECTIONS["generic-local"]["secret"])
    boto3.client("ssm").put_parameter(Name=PARAMETER, Value=secret, Type="SecureString")
    third = {**CONNECTIONS["generic-local"], "id": "store", "account": ACCOUNT, "secret": f"ssm:{PARAMETER}"}
    stack.store.connect(third)
    odd, blank = (delivery(replace(STEPS[0], at=now), ticket) for ticket in ("4901", "4902"))
    odd["body"]["detail"] |= {"priority": "PURPLE", "created_at": format_instant(now)}
    blank["body"]["detail"]["created_at"] = "yesterday"
    with _without(stack, "Webhook", "Agreements"):
        for each in (sign(odd, now), sign(blank, now)):
            assert stack.request(Request("POST", each.path, each.headers, each.body)).status == 202
        _post(stack, "SD-1", "created", now, to="store")
    stack.audit()
    _post(stack, "SD-2", "created", now, to="store")


def _left(stack: Stack) -> None:
    """A reminder that can't be sent; a clock nobody woke, and facts nobody told: the auditor does it."""
    with _without(stack, "Notify", "sns:Publish"):
        _post(stack, "SD-3", "created", stack.clock.now())
        stack.advance(stack.clock.now() + timedelta(hours=2, minutes=10))
    with _asleep(stack, "Timer", "Notify"):
        stack.advance(stack.clock.now() + timedelta(hours=3))
        stack.advance(stack.clock.now() + timedelta(minutes=10))


def _anew(stack: Stack) -> None:
    """A breach that was withdrawn is told again, by the whole log: once by each function that may do so."""
    _withdrawn(stack, "SD-4")
    stack.advance(stack.clock.now() + timedelta(hours=2))
    _withdrawn(stack, "SD-5")
    with _asleep(stack, "Timer"):
        stack.advance(stack.clock.now() + timedelta(hours=2))
    _withdrawn(stack, "SD-6", settles=False)
    stack.clock.move_to(stack.clock.now() + timedelta(hours=2))
    stack.settle()  # by now the clock that arm should set is over


def _withdrawn(stack: Stack, ticket: str, *, settles: bool = True) -> None:
    """It was breached; then comes that an hour before was the customer's: due later, and not breached yet."""
    opened = stack.clock.now()
    _post(stack, ticket, "created", opened)
    stack.advance(opened + timedelta(hours=4, minutes=10))
    _post(stack, ticket, "status_changed", opened + timedelta(hours=1), status="pending")
    resumed = _event(stack, ticket, "status_changed", opened + timedelta(hours=2), status="open")
    if settles:
        assert stack.request(resumed).status == 202
    else:
        found = match(routes(), resumed)
        assert found is not None
        assert stack.functions["Webhook"](to_event(*found, resumed, {}))["statusCode"] == 202


def _forgotten(stack: Stack) -> None:
    """The log of a ticket that is over without a breach ends after 30 days."""
    said = ("--logs", "30d", "--ledger", "3653d", "--reason", "the law", "--by", "ada", "--settle", "0")
    assert main(["retention", "set", "--account", ACCOUNT, *said]) == 0
    _post(stack, "SD-7", "created", stack.clock.now())
    stack.advance(stack.clock.now() + timedelta(minutes=1))
    _post(stack, "SD-7", "solved", stack.clock.now(), status="solved")
    stack.clock.move_to(stack.clock.now() + timedelta(days=31))
    stack.audit()


def _bound(stack: Stack) -> None:
    """Whom tags of IAM bind; what is refused is recorded."""
    iam = boto3.client("iam")
    iam.create_role(RoleName="legal", AssumeRolePolicyDocument="{}", Tags=TAGS)
    iam.create_user(UserName="ada", Tags=[{"Key": "slaclock:account", "Value": "other"}])
    stack.settings["AUTHORIZATION"] = "iam"
    request = Request("GET", f"/v1/breaches?account={ACCOUNT}", {"Accept": "text/csv"})
    answers = []
    for arn in ("sts::123456789012:assumed-role/legal/kim", "iam::123456789012:user/ada"):
        found = match(routes(), request)
        assert found is not None
        event = to_event(*found, request, {"iam": {"userArn": f"arn:aws:{arn}"}})
        event["requestContext"]["accountId"] = "123456789012"
        answers.append(stack.functions["Records"](event)["statusCode"])
    stack.settings["AUTHORIZATION"] = "none"
    assert answers == [200, 403]


def _proven(stack: Stack) -> None:
    """Evidence of a breach whose day is sealed, and a case that goes on."""
    found = stack.request(Request("GET", f"/v1/breaches?{MARCH}"))
    breach = json.loads(found.body)["breaches"][0]["id"]
    evidence = f"/v1/breaches/{quote(breach, safe='')}/evidence"
    assert stack.request(Request("GET", evidence)).status == 200
    assert (
        stack.request(Request("GET", f"/v1/breaches?account={ACCOUNT}", {"Accept": "text/csv"})).status == 200
    )


@contextmanager
def _asleep(stack: Stack, *names: str) -> Iterator[None]:
    """Functions that take what they are brought, and do nothing."""
    awake = {name: stack.functions[name] for name in names}
    stack.functions |= dict.fromkeys(names, lambda _event: {})
    yield
    stack.functions |= awake


@contextmanager
def _without(stack: Stack, function: str, what: str) -> Iterator[None]:
    """A function that is refused what has that in its action or ARN; it is not noted."""
    guard = stack.guards[function]
    before = guard.grants, guard.lenient, list(guard.refused)
    guard.grants = [each for each in guard.grants if what not in f"{each.action} {each.on}"]
    guard.lenient = False
    yield
    guard.grants, guard.lenient, guard.refused = before
