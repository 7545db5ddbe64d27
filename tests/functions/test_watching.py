"""The ledger's own stream: what raises the alarm, and the one removal that does not."""

from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.keeping import Hold, Keeping
from slaclock.store.keeping import hold_item, retention_item
from slaclock.store.keys import sortable
from tests.functions.emitted import values
from tests.functions.world import World

RECORDED = parse_instant("2016-03-27T14:35:00Z")
KEPT = timedelta(days=3653)
NOW = RECORDED + KEPT + timedelta(days=1)
TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    """An account whose rows are kept for ten years."""
    world = World(format_instant(NOW))
    keep(world, Keeping(timedelta(days=400), KEPT))
    return world


def keep(world: World, keeping: Keeping) -> None:
    for item in (retention_item("example", keeping), *(hold_item("example", hold) for hold in keeping.holds)):
        world.memory.tables["agreements"][item["pk"], item["sk"]] = item


def row(subject: str = "ticket#example#1", ends: Any = RECORDED + KEPT, **members: str) -> dict[str, Any]:
    """A row as a stream's record has it."""
    texts = {"pk": subject, "sk": "clock_met:resolution:1.0", "body": "{}", "hash": "sha256:1"} | members
    texts |= {"recorded_order": f"{sortable(RECORDED)}#ticket#example#1#000001"}
    ends_at = {"expires_at": {"N": str(int(ends.timestamp()))}} if ends else {}
    return {name: {"S": text} for name, text in texts.items()} | {"seq": {"N": "1"}} | ends_at


def record(kind: str, old: Any = None, new: Any = None, by: Any = None, at: Any = NOW) -> dict[str, Any]:
    images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image}
    keys = {name: (old or new)[name] for name in ("pk", "sk")}
    change = {"Keys": keys, **images, "ApproximateCreationDateTime": at.timestamp()}
    told = {"eventID": "1", "eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": change}
    return told | ({"userIdentity": by} if by else {})


def alarms(world: World, capsys: pytest.CaptureFixture[str], *records: dict[str, Any]) -> int:
    """What the function counts as altered."""
    capsys.readouterr()
    world.function("audit").handler({"Records": list(records)}, None)
    return int(values(capsys)["LedgerChanged"][-1])


OTHER = {"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"}
REMOVALS = [
    ("by its time to live", row(), TTL, NOW, 0),
    ("as streams themselves write it", row(), {"Type": "Service", "PrincipalId": TTL["principalId"]}, NOW, 0),
    ("at its very end", row(), TTL, RECORDED + KEPT, 0),
    ("a second too early", row(), TTL, RECORDED + KEPT - SECOND, 1),
    ("by somebody", row(), None, NOW, 1),
    ("by another service", row(), OTHER, NOW, 1),
    ("by a user who is called so", row(), TTL | {"type": "User"}, NOW, 1),
    ("without an end", row(ends=None), TTL, NOW, 1),
    ("before an end that is to come", row(ends=NOW + SECOND), TTL, NOW, 1),
    ("of an account that keeps rows for ever", row("ticket#other#1"), TTL, NOW, 1),
    ("of an act, which has no end", row("account#example#register"), TTL, NOW, 1),
]


@pytest.mark.parametrize(
    ("old", "by", "at", "counted"), [each[1:] for each in REMOVALS], ids=[each[0] for each in REMOVALS]
)
def test_a_removal_raises_the_alarm_but_that_of_a_row_whose_time_has_come(
    world: World, capsys: pytest.CaptureFixture[str], old: Any, by: Any, at: Any, counted: int
) -> None:
    """By DynamoDB itself, and as the account's retention says."""
    assert alarms(world, capsys, record("REMOVE", old, None, by, at)) == counted


def test_an_end_that_was_set_back_raises_the_alarm_when_the_row_goes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its time to live had passed; that of the account's rows had not."""
    keep(world, Keeping(timedelta(days=400), KEPT + timedelta(days=30)))
    assert alarms(world, capsys, record("REMOVE", row(ends=RECORDED), None, TTL)) == 1


def test_what_goes_under_a_hold_raises_the_alarm(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Its end had to be taken off when the hold was set."""
    keep(world, Keeping(timedelta(days=400), KEPT, (Hold("case-1", "suit", "ada", NOW, "1"),)))
    assert alarms(world, capsys, record("REMOVE", row(), None, TTL)) == 1


def test_a_change_of_the_end_alone_raises_none(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Of anything else it does; a new row is no change."""
    assert alarms(world, capsys, record("MODIFY", row(), row(ends=None))) == 0
    assert alarms(world, capsys, record("INSERT", None, row())) == 0
    assert alarms(world, capsys, record("MODIFY", row(), row(ends=None, body="{}\n"))) == 1
    removed = [record("REMOVE", row(), None, by) for by in (None, TTL)]
    assert alarms(world, capsys, record("MODIFY", row(), row(body="x")), *removed) == 2
