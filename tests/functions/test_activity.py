"""What is counted of deliveries: by the hour and by words that no map knew; and who is silent."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.silence import Silence
from slaclock.store.activity import Word
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.memory import MemoryStore
from slaclock.tallying import EVERY, Tally
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
    world.time += EVERY
    posted(world, created())
    posted(world, created())
    assert heard(world) == {HOUR: 5}
    assert world.memory.heard("desk", HOUR).last == parse_instant(FRIDAY) + EVERY


@pytest.mark.parametrize(
    ("seconds", "counted"),
    [(0, {13: 2}), (59, {13: 2}), (60, {13: 5}), (61, {13: 5}), (3600, {13: 2, 14: 3})],
)
def test_a_busy_minute_has_one_write_for_all_its_deliveries(seconds: int, counted: dict[int, int]) -> None:
    """One came in the minute before: the first is counted at once, the others with the next minute's."""
    assert tallied("13:10:00", "13:11:00", "13:11:00", "13:11:00", seconds=seconds) == counted


@pytest.mark.parametrize(
    ("times", "counted"),
    [
        (["13:10:00", "13:10:00", "13:10:59"], 3),  # nobody before it
        (["13:10:00", "13:12:00", "13:12:01"], 3),  # two minutes before it
        (["13:10:00", "13:11:59", "13:12:00"], 2),  # a second less: it is busy
    ],
)
def test_a_quiet_minute_has_each_of_its_deliveries_counted_at_once(times: list[str], counted: int) -> None:
    """What comes in a clump about one ticket is not lost with the container that Lambda ends after it."""
    assert tallied(*times) == {13: counted}


def test_the_first_of_an_hour_is_counted_at_once() -> None:
    """An hour that had a delivery is lively, however near the one before came."""
    assert tallied("13:59:50", "14:00:10") == {13: 1, 14: 1}


def test_what_could_not_be_counted_is_counted_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table fails for one delivery, and no count is lost."""
    store = MemoryStore()
    tally, note = Tally(store), store.note
    monkeypatch.setattr(store, "note", unavailable)
    with pytest.raises(StoreUnavailableError):
        tally.note("c-1", HOUR)
    monkeypatch.setattr(store, "note", note)
    tally.note("c-1", HOUR)
    assert dict(store.heard("c-1", HOUR).hours) == {HOUR: 2}


def test_no_more_connections_are_held_than_a_thousand() -> None:
    """A connection more, and all begin anew: what was held of them is not counted."""
    store = MemoryStore()
    tally = Tally(store)
    for number in range(1001):
        for minutes in (0, 1, 1):
            tally.note(f"c-{number}", HOUR + timedelta(minutes=minutes))
    tally.note("c-0", HOUR + timedelta(minutes=1))
    assert dict(store.heard("c-0", HOUR).hours) == {HOUR: 3}


def test_words_are_told_with_the_counts_of_their_minute() -> None:
    """A quiet desk's at once; those of a busy minute with the next one, and each as often as it came."""
    store = MemoryStore()
    tally, parts = Tally(store), ("status", "WAITING FOR PARTS")
    tally.note("c-1", HOUR, [parts])
    assert store.unmapped("c-1") == {parts: 1}
    for seconds in (60, 61, 62, 119):
        tally.note("c-1", HOUR + timedelta(seconds=seconds), [parts, ("priority", f"P{seconds}")])
    assert store.unmapped("c-1") == {parts: 2, ("priority", "P60"): 1}
    tally.note("c-1", HOUR + timedelta(seconds=120))
    assert store.unmapped("c-1")[parts] == 5
    assert len(store.unmapped("c-1")) == 5


def test_words_that_could_not_be_counted_are_counted_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their delivery is counted once all the same."""
    store, parts = MemoryStore(), ("status", "WAITING FOR PARTS")
    tally, note_words = Tally(store), store.note_words
    monkeypatch.setattr(store, "note_words", unavailable)
    with pytest.raises(StoreUnavailableError):
        tally.note("c-1", HOUR, [parts])
    monkeypatch.setattr(store, "note_words", note_words)
    tally.note("c-1", HOUR)
    assert store.unmapped("c-1") == {parts: 1}
    assert dict(store.heard("c-1", HOUR).hours) == {HOUR: 2}


def test_of_a_minute_ten_words_are_held_and_64_characters_of_each() -> None:
    """Whatever somebody sends there: what is held is small."""
    store = Recording()
    tally = Tally(store)
    for number in range(12):
        tally.note("c-1", HOUR + timedelta(seconds=60 * min(number, 1)), [("status", f"{number:02}" * 99)])
    tally.note("c-1", HOUR + timedelta(seconds=120))
    assert list(store.unmapped("c-1")) == [("status", f"{number:02}" * 32) for number in range(12)]
    for number in range(20, 32):
        tally.note("c-1", HOUR + timedelta(seconds=121), [("status", f"{number:02}" * 99)])
    tally.note("c-1", HOUR + timedelta(seconds=180))
    assert len(store.unmapped("c-1")) == 12 + 10
    assert [len(words) for words in store.noted] == [1, 1, 10, 10]
    assert {len(text) for words in store.noted for _, text in words} == {64}


class Recording(MemoryStore):
    """A store that also keeps which words it was told at once."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[Mapping[Word, int]] = []

    def note_words(self, connection_id: str, at: datetime, words: Mapping[Word, int]) -> None:
        self.noted.append(words)
        super().note_words(connection_id, at, words)


def tallied(*times: str, seconds: int | None = None) -> dict[int, int]:
    """What is stored of deliveries at those times, and of one so much later than the last: by the hour."""
    store = MemoryStore()
    tally, instants = Tally(store), [parse_instant(f"2026-03-27T{each}Z") for each in times]
    for at in [*instants, *([] if seconds is None else [instants[-1] + timedelta(seconds=seconds)])]:
        tally.note("c-1", at)
    return {hour.hour: count for hour, count in store.heard("c-1", instants[0]).hours.items()}


def unavailable(*_: Any) -> None:
    raise StoreUnavailableError("of somebody")


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
