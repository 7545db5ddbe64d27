"""Deliveries to the webhook: addresses, and lives of several of them."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import ANNOUNCED, split_subject
from slaclock.notices import audiences_of, compose
from tests.fuzz.frame import target, text_of
from tests.fuzz.rooms import Room
from tests.fuzz.targets.helpdesks import GENERIC_WORDS, ZENDESK_WORDS, bodies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.notices import Notice
    from tests.functions.world import World

NEXT = b"\n---\n"  # between deliveries of one input
_WORDS = (
    *ZENDESK_WORDS, *GENERIC_WORDS, "\n---\n", "\n---\nhook\n", "2026-03-27T13:59:00Z",
    "2026-03-27T15:30:00+01:00", "2026-03-26T09:00:00Z", "2026-03-27T14:06:00.5Z",
)  # fmt: skip


@cache
def _desk() -> Room:
    return Room("webhook")


def _deliveries() -> Sequence[bytes]:
    lives = {"desk": bodies("zendesk"), "hook": bodies("generic")}
    alone = [name.encode() + b"\n" + body for name, sent in lives.items() for body in sent]
    whole = [NEXT.join(name.encode() + b"\n" + body for body in sent) for name, sent in lives.items()]
    return [*alone, *whole]


@target("webhook", words=_WORDS, samples=_deliveries, seconds=3, longest=32_768, tries=150, share=5)
def webhook(data: bytes) -> None:
    """Whatever is posted to a connection is answered; what is taken in is kept, wakes, and can be read back.

    Deliveries stand one after the other, a minute apart: the connection on the first line, then the body.
    Those to `desk` and `hook` are signed. Then a day passes.
    """
    room = _desk()
    world = room.begin()
    for number, delivery in enumerate(data.split(NEXT)[:8]):
        world.time += timedelta(minutes=number)
        name, _, body = delivery.partition(b"\n")
        _check_answer(room.call("webhook", _posted(world, text_of(name), body)))
    world.time += timedelta(days=1)
    for subject in {pk for pk, sk in world.memory.tables["tickets"] if sk == "TICKET"}:
        world.workflow.wake(subject, "timer")
        _check_ticket(world, subject)


@target("connection-ids", words=("desk", "hook", "..", "%2f", "CONNECTION#"), tries=600, share=0.5)
def connection_ids(data: bytes) -> None:
    """An address is a connection's to the letter, or nobody's; nothing is kept of what comes unsigned."""
    room, name = _desk(), data.decode(errors="surrogateescape")
    world = room.begin()
    answer = room.call("webhook", _posted(world, name, b"{}") | {"headers": {}})
    assert answer["statusCode"] == (401 if name in {"desk", "hook"} else 404)
    assert not world.s3.objects


def _posted(world: World, connection: str, body: bytes) -> dict[str, Any]:
    kinds = {"desk": "zendesk", "hook": "generic"}
    headers = world.signed(kinds[connection], body) if connection in kinds else {"x-secret": "no"}
    encoded = base64.b64encode(body).decode()
    return {
        "headers": dict(headers), "pathParameters": {"connection": connection}, "body": encoded,
        "isBase64Encoded": True,
    }  # fmt: skip


def _check_answer(answer: Mapping[str, Any]) -> None:
    document = json.loads(answer["body"])
    assert answer["statusCode"] in (202, 404, 422), document
    assert "status" not in document or document["status"] == answer["statusCode"]


def _check_ticket(world: World, subject: str) -> None:
    """The ticket, its log and its facts read back, and its links are a chain without a gap."""
    saved, history = world.memory.load(subject).saved, world.memory.history(subject)[0]
    assert saved is not None
    assert split_subject(subject)[1] == "example"
    life = world.memory.life(subject)
    told = life.told
    places = [*(each.seq for each in life.log), *(each.seq for each in told)]
    assert sorted(places) == list(range(1, saved.seq + 1))
    assert len({each.id for each in history.given}) == len(history.given)
    for item in world.memory.tables["tickets"].values():
        assert len(json.dumps(item, ensure_ascii=False).encode()) < 400_000
    for fact in (each.fact for each in told if each.fact.fact in ANNOUNCED):
        for audience in audiences_of(fact):
            _check_message(compose(fact, audience, saved.ticket, world.time))


def _check_message(notice: Notice) -> None:
    """SNS takes it, and no name in it begins a line or ends one."""
    assert 0 < len(notice.subject) < 100
    assert len(notice.subject.splitlines()) == 1
    assert len(json.loads(notice.message)["sms"].splitlines()) == 1
    assert not any(
        each < " " or "\x7f" <= each < "\xa0" for text in notice.attributes.values() for each in text
    )
