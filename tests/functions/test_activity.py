"""What is counted of deliveries: by the hour and by words that no map knew; and who is silent."""

import json
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.silence import Silence
from slaclock.store.errors import StoreUnavailableError
from tests.functions.emitted import values
from tests.functions.test_webhook import FRIDAY, canonical, posted, sample
from tests.functions.world import World

HOUR = parse_instant("2026-03-27T14:00:00Z")


@pytest.fixture
def world() -> World:
    return World(FRIDAY)


def created(**detail: Any) -> bytes:
    body = sample("zendesk/ticket_created_urgent")
    return json.dumps(body | {"detail": body["detail"] | detail}).encode()


def heard(world: World, connection: str = "desk") -> dict[Any, int]:
    return dict(world.memory.heard(connection, HOUR).hours)


def test_each_delivery_is_counted_in_the_hour_that_it_came_in(world: World) -> None:
    """A duplicate as well, what maps to nothing, and what no adapter can read: the helpdesk is not silent."""
    posted(world, created())
    posted(world, created())
    posted(world, json.dumps({"type": "zen:event-type:user.created"}).encode())
    posted(world, b"no json")
    assert heard(world) == {HOUR: 4}
    assert world.memory.heard("desk", HOUR).last == parse_instant(FRIDAY)


def test_what_is_not_of_a_connection_counts_for_none(world: World) -> None:
    """Anybody may post: what is not signed, or is for nobody, says nothing about a helpdesk."""
    posted(world, created(), x="y")
    posted(world, created(), connection="nobody", x="y")
    posted(world, json.dumps(canonical(type="exploded")).encode(), connection="hook")
    assert heard(world) == heard(world, "hook") == heard(world, "nobody") == {}


def test_words_that_no_map_knows_are_counted_and_named(world: World) -> None:
    """In the helpdesk's own letters, of a status and of a priority."""
    posted(world, created(status="WAITING FOR PARTS", priority="P0"))
    assert world.memory.unmapped("desk") == {("status", "WAITING FOR PARTS"): 1, ("priority", "P0"): 1}
    posted(world, created(status="OPEN", priority=None))
    assert len(world.memory.unmapped("desk")) == 2


def test_a_delivery_that_can_not_be_counted_is_taken_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The receipt says what became of it; the log says that the count is short, and quotes nothing."""

    def unavailable(*_: Any) -> None:
        raise StoreUnavailableError("of somebody")

    monkeypatch.setattr(world.memory, "note", unavailable)
    status, receipt = posted(world, created())
    assert (status, receipt["accepted"], world.s3.objects) == (202, 1, {})
    (said,) = caplog.messages
    assert said.startswith("a delivery could not be counted: StoreUnavailableError at ")
    assert "of somebody" not in said


def test_with_the_table_failing_nothing_is_counted(world: World) -> None:
    """It would fail as well, and take time that the helpdesk waits for."""
    world.memory.down = True
    assert posted(world, created())[1]["quarantined"] == 1
    assert heard(world) == {}


def test_nothing_personal_is_counted(world: World) -> None:
    """Hours, words and a connection's id."""
    posted(world, created(status="WAITING"))
    kept = [item for (pk, _), item in world.memory.tables["agreements"].items() if pk == "ACTIVITY#desk"]
    expires = int((parse_instant(FRIDAY) + timedelta(days=91)).timestamp())
    assert kept == [
        {
            "pk": "ACTIVITY#desk",
            "sk": "DAY#2026-03-27",
            "h14": 1,
            "last_at": FRIDAY,
            "expires_at": expires,
        },
        {
            "pk": "ACTIVITY#desk",
            "sk": "WORDS",
            "words": 1,
            "status:WAITING": 1,
            "expires_at": expires,
        },
    ]


def test_a_connection_that_is_silent_is_a_metric_of_the_sweep(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The number of them; the log names the account, and of the id the beginning: all of it is an address."""
    name = "desk-with-a-long-name"
    world.memory.connect({**dict(world.memory.connection("desk") or {}), "id": name})
    for week in (1, 2, 3):
        for hour in (1, 2, 3):
            world.memory.note(name, HOUR - timedelta(weeks=week, hours=hour))
    world.function("audit").handler({}, None)
    assert values(capsys)["SilentConnections"] == [1.0]
    assert "a connection of account example is silent: desk-wit…" in caplog.messages
    world.memory.note(name, HOUR - timedelta(hours=1))
    world.function("audit").handler({}, None)
    assert values(capsys)["SilentConnections"] == [0.0]


def test_connections_that_can_not_be_looked_at_fail_no_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It has come to its end; the log says that nobody looked."""

    def unavailable(*_: Any) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(world.memory, "heard", unavailable)
    assert Silence(world.memory, world.memory, world.now).count() == 0
    assert caplog.messages[0].startswith("connections could not be looked at: StoreUnavailableError at ")
