"""Telling a ticket's life to the real webhook function: in order, or as a bad day has it arrive.

A story is a module of `stories/`: `KIND`, `CONNECTION` (its members besides id, kind, account and secret),
`TICKET` (the ticket's id), `deliveries()` (when each was sent, its body, and its headers if an adapter reads
any, in the order of what they tell) and `FACTS` (what becomes of the clocks, told in order, as `line` writes
it). Where nothing in a body says when it happened, `IN_ORDER_ONLY` says why it can't come late.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, cast

from slaclock.domain.correction import NEVER
from slaclock.domain.facts import OUTCOMES, Fact, subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.signatures import scheme_of
from tests.functions.events import http_event
from tests.functions.world import SECRETS, World

STORIES = sorted(path.stem for path in (Path(__file__).parent / "stories").glob("[a-z]*.py"))
BEGINS, LASTS = "2026-03-01T00:00:00Z", timedelta(days=14)
_SECRET = "slaclock/hook"
_TOLD_OF = ("reminder_due", "escalation_due")  # these hang on when something was heard


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery, and when it arrives."""

    at: datetime
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it all: receipts added up, the facts as told, and the ticket."""

    receipts: Mapping[str, int]
    facts: Sequence[Fact]
    ticket: Ticket


def story(name: str) -> ModuleType:
    return import_module(f"tests.functions.stories.{name}")


def sent(told: ModuleType) -> list[Sent]:
    """The story's deliveries, each arriving when it was sent."""
    return [_sent(*each) for each in told.deliveries()]


def doubled(deliveries: Sequence[Sent]) -> list[Sent]:
    """Each twice at once."""
    return [each for each in deliveries for _ in range(2)]


def shuffled(deliveries: Sequence[Sent], seed: int) -> list[Sent]:
    """Each up to two hours late and a second time within another, and one of them by six hours, at random."""
    random = Random(seed)  # noqa: S311  (chance is of a seed)
    late = random.randrange(len(deliveries))
    arrived = [
        Sent(each.at + by, each.body, each.headers)
        for number, each in enumerate(deliveries)
        for by in _delays(random, timedelta(hours=6 if number == late else 0))
    ]
    return sorted(arrived, key=lambda each: each.at)


def played(told: ModuleType, deliveries: Sequence[Sent]) -> Ended:
    """Post the deliveries, each signed as it arrives, with every clock woken in its time."""
    world, receipts = World(BEGINS), dict.fromkeys(("accepted", "duplicates", "ignored", "quarantined"), 0)
    post, subject = _posting(told, world), subject_key("ticket", "example", told.TICKET)
    for each in deliveries:
        _wake(world, subject, each.at)
        for name, count in post(each).items():
            receipts[name] += count
    _wake(world, subject, max(each.at for each in deliveries) + LASTS)
    saved = world.memory.load(subject).saved
    assert saved is not None, f"{told.__name__} tells nothing of {told.TICKET}"
    return Ended(receipts, [each.fact for each in world.memory.told(subject)], saved.ticket)


def line(fact: Fact) -> str:
    """A fact in a line: `2026-03-27T08:20:00Z clock_met first_response 1, due …, worked 1200 s`."""
    due = f", due {format_instant(fact.due_at)}" if fact.due_at else ""
    worked = f", worked {fact.details['worked_seconds']} s" if "worked_seconds" in fact.details else ""
    return f"{format_instant(fact.at)} {fact.fact} {fact.lane} {fact.cycle}{due}{worked}"


def lines(ended: Ended) -> list[str]:
    """What became of the clocks, as it was told."""
    return [line(fact) for fact in ended.facts if fact.fact not in _TOLD_OF]


def net(ended: Ended) -> list[str]:
    """The outcome of each cycle, corrections applied; one that turned out never to have begun is none."""
    withdrawn = {fact.details.get("corrects") for fact in ended.facts}
    standing = [fact for fact in ended.facts if fact.fact in OUTCOMES and fact.id not in withdrawn]
    return sorted(line(fact) for fact in standing if fact.details.get("reason") != NEVER)


def clocks(ended: Ended) -> list[tuple[Any, ...]]:
    """Each clock as it stands at the end."""
    return sorted(
        (each.lane, each.cycle, each.outcome, each.started_at, each.pauses, each.stopped_at)
        for each in ended.ticket.clocks
    )


def _sent(at: str, body: Any, headers: Mapping[str, str] | None = None) -> Sent:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Sent(parse_instant(at), raw, headers or {})


def _delays(random: Random, more: timedelta) -> list[timedelta]:
    first = more + timedelta(seconds=random.randrange(2 * 3600))
    return [first, first + timedelta(seconds=random.randrange(3600))]


def _posting(told: ModuleType, world: World) -> Callable[[Sent], Mapping[str, int]]:
    named = {"id": "desk", "kind": told.KIND, "account": "example", "secret": _SECRET}
    document = {**named, **told.CONNECTION}
    world.memory.connect(document)
    scheme = scheme_of(adapter(told.KIND), connection_from_json(document))
    handler = world.function("webhook").handler

    def post(each: Sent) -> Mapping[str, int]:
        world.time = each.at
        headers = {**each.headers, **scheme.sign(SECRETS[_SECRET], each.body, each.at)}
        event = http_event("POST", "/webhooks/desk", body=each.body, headers=headers, base64=True)
        answer = handler(event, None)
        assert answer["statusCode"] == 202, answer["body"]
        return cast("Mapping[str, int]", json.loads(answer["body"]))

    return post


def _wake(world: World, subject: str, until: datetime) -> None:
    """Wake the ticket whenever one of its clocks has something to tell by then."""
    while (saved := world.memory.load(subject).saved) and saved.wakes:
        due = min(arming.at for arming in saved.wakes.values())
        if due > until:
            break
        world.time = max(due, world.time)
        world.workflow.wake(subject, "timer")
    world.time = until
