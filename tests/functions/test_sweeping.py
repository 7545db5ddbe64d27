"""The auditor's sweep: how its time is shared, what comes first, and that what is broken blocks nothing."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local.template import resources
from slaclock import sweeping
from slaclock.intake import UNAVAILABLE
from slaclock.store.commit import Arming
from slaclock.store.errors import StoreUnavailableError
from slaclock.sweeping import Auditor, Swept

NOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Backlog:
    """What was left behind, by its age in minutes, and a clock that only work moves.

    It stands for the workflow, the announcer and the intake at once. `broken` can't be put right; each step
    takes the seconds that `costs` says.
    """

    def __init__(
        self, clocks: Sequence[int] = (), facts: Sequence[int] = (), deliveries: Sequence[int] = ()
    ) -> None:
        self.waiting_for = {"clock": list(clocks), "fact": list(facts), "delivery": list(deliveries)}
        self.costs = {"clock": 0.1, "fact": 0.1, "delivery": 0.1}
        self.broken: set[tuple[str, int]] = set()
        self.unreadable: set[str] = set()
        self.seconds = 0.0
        self.done: list[tuple[str, int]] = []
        self.tickets = SimpleNamespace(overdue=self._finder("clock"), load=self._load)
        self.outbox = SimpleNamespace(waiting=self._finder("fact"), announcement=self._announcement)
        self.quarantine = SimpleNamespace(
            waiting=lambda _, since=None: self._finder("delivery")(NOW, since),
            read=lambda key: key,
            release=lambda _: None,
        )

    def now(self) -> datetime:
        return NOW

    def elapsed(self) -> float:
        return round(self.seconds, 6)

    def wake(self, clock: int, by: str) -> int:
        assert by == "auditor"
        self._work("clock", clock)
        return 1

    def announce(self, fact: int, _behind: object) -> int:
        self._work("fact", fact)
        return 1

    def apply(self, delivery: int) -> None:
        self._work("delivery", delivery)

    def ended(self) -> Iterator[str]:
        return iter(())

    def set_aside(self, delivery: int, _error: Exception) -> None:
        self.waiting_for["delivery"].remove(delivery)

    def sweep(self, lasts: float = 160.0) -> Swept:
        whole: Any = self
        return Auditor(whole, whole, whole, whole).sweep(lasts)

    def _work(self, kind: str, age: int) -> None:
        self.seconds += self.costs[kind]
        if (kind, age) in self.broken:
            raise StoreUnavailableError
        self.waiting_for[kind].remove(age)
        self.done.append((kind, age))

    def _finder(self, kind: str) -> Any:
        def find(before: datetime, since: datetime | None = None) -> Iterator[Any]:
            if kind in self.unreadable:
                raise StoreUnavailableError
            for age in sorted(self.waiting_for[kind], reverse=True):
                if NOW - age * MINUTE < before and (since is None or NOW - age * MINUTE >= since):
                    yield (age, "key") if kind == "fact" else age

        return find

    def _announcement(self, fact: int, _key: str) -> int | None:
        return fact if fact in self.waiting_for["fact"] else None

    def _load(self, clock: int) -> Any:
        waiting = clock in self.waiting_for["clock"]
        at = NOW - clock * MINUTE if waiting else NOW + MINUTE
        return SimpleNamespace(saved=SimpleNamespace(wakes={"resolution": Arming(at, 1)}))


def ages(count: int, youngest: int = 10) -> range:
    """So many things left behind, a minute apart."""
    return range(youngest, youngest + count)


def test_after_an_outage_each_kind_gets_a_third_of_the_time() -> None:
    """100,000 clocks, 10,000 facts and 3,000 deliveries: none waits for another kind."""
    backlog = Backlog(ages(100_000), ages(10_000), ages(3_000))
    swept = backlog.sweep(30.0)
    assert (swept.woken, swept.announced, swept.replayed) == (100, 100, 100)
    assert (swept.failed, swept.refused, swept.clean) == (0, 0, False)


def test_time_is_shared_and_not_turns() -> None:
    """A delivery that takes five seconds takes none of the clocks' time."""
    backlog = Backlog(ages(1000), (), ages(1000))
    backlog.costs["delivery"] = 5.0
    swept = backlog.sweep(60.0)
    assert swept.replayed == 6
    assert swept.woken == 300


def test_time_that_one_kind_does_not_need_goes_to_the_others() -> None:
    """One fact and no delivery: the rest of half a minute is for the clocks."""
    swept = Backlog(ages(1000), ages(1)).sweep(30.0)
    assert (swept.announced, swept.woken) == (1, 299)


@pytest.mark.parametrize(("found", "left"), [(1599, 0), (1600, 0), (1601, 1), (1700, 100)])
def test_a_sweep_ends_on_purpose_and_says_what_is_left(found: int, left: int) -> None:
    """After 160 s; the next one, five minutes later, does the rest."""
    backlog = Backlog(ages(found))
    swept = backlog.sweep()
    assert (swept.left, swept.clean) == (left, left == 0)
    assert backlog.seconds <= 160.1
    assert backlog.sweep().woken == left


def test_a_sweep_takes_its_160_seconds_well_within_its_functions_timeout() -> None:
    """What it begins last has eighty seconds to end in, and the heartbeat comes after it."""
    audit = dict(resources("AWS::Serverless::Function"))["Audit"]
    assert (sweeping.LASTS, audit["Timeout"]) == (160.0, 240)


def test_deliveries_come_before_clocks_and_clocks_before_facts() -> None:
    """A reply that was kept says that a deadline was met: nobody is to hear that it was not."""
    backlog = Backlog(clocks=(30, 20), facts=(50, 40), deliveries=(12, 11))
    backlog.sweep()
    assert backlog.done == [
        ("delivery", 12),
        ("delivery", 11),
        ("clock", 30),
        ("clock", 20),
        ("fact", 50),
        ("fact", 40),
    ]


def test_the_oldest_come_first() -> None:
    """Whatever else waits, nothing young is put right before something old of its kind."""
    backlog = Backlog(clocks=(3, 60, 7, 25))
    backlog.sweep()
    assert backlog.done == [("clock", 60), ("clock", 25), ("clock", 7), ("clock", 3)]


@pytest.mark.parametrize("kind", ["clock", "fact", "delivery"])
def test_what_can_never_be_put_right_keeps_no_other_waiting(kind: str) -> None:
    """Fifty that always fail are the oldest for ever; five behind them, with time for twenty a sweep."""
    random.seed(7)
    backlog = Backlog(**{{"clock": "clocks", "fact": "facts", "delivery": "deliveries"}[kind]: ages(55)})
    backlog.broken = {(kind, age) for age in ages(50, youngest=15)}
    sweeps = [backlog.sweep(2.0) for _ in range(30)]
    assert all(swept.failed for swept in sweeps)
    assert sorted(backlog.done) == [(kind, age) for age in range(10, 15)]


def test_what_was_left_behind_just_now_is_looked_at_behind_any_number_that_is_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More broken ones than a sweep lists: what fell due within the hour is listed beside them."""
    random.seed(7)
    monkeypatch.setattr(sweeping, "MOST", 10)
    backlog = Backlog(clocks=(*ages(40, youngest=1000), 5))
    backlog.broken = {("clock", age) for age in ages(40, youngest=1000)}
    for _ in range(20):
        backlog.sweep(2.0)
    assert backlog.done == [("clock", 5)]


def test_no_more_is_listed_than_a_sweep_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is then a lower bound: ten of the oldest, of which five are done."""
    monkeypatch.setattr(sweeping, "MOST", 10)
    backlog = Backlog(clocks=ages(50, youngest=1000))
    assert backlog.sweep(0.45) == Swept(woken=5, left=5)


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        ("clock", {"announced": 2, "replayed": 2}),
        ("fact", {"woken": 2, "replayed": 2}),
        ("delivery", {"woken": 2, "announced": 2}),
    ],
)
def test_a_look_that_fails_is_counted_and_stops_no_other(kind: str, rest: dict[str, int]) -> None:
    """An index, or the bucket, that can't be read: the other two kinds are put right."""
    backlog = Backlog(ages(2), ages(2), ages(2))
    backlog.unreadable = {kind}
    assert backlog.sweep() == Swept(**rest, failed=1)


def test_a_kind_that_nobody_had_time_to_look_for_leaves_a_sweep_unclean() -> None:
    """Not knowing is not the same as nothing."""
    assert Backlog().sweep(0.0) == Swept(left=3)
    assert Backlog().sweep() == Swept()


def test_a_clock_that_stays_overdue_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Woken for nothing, and as overdue as it was: silence would hide it for ever."""
    backlog = Backlog(clocks=(30,))
    monkeypatch.setattr(backlog, "wake", lambda *_: 0)
    assert backlog.sweep() == Swept(failed=1)


def test_a_clock_that_somebody_else_woke_meanwhile_is_no_catch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index showed it; its ticket has a moment that is ahead."""
    backlog = Backlog(clocks=(30,))

    def wake(clock: int, _by: str) -> int:
        backlog.waiting_for["clock"].remove(clock)
        return 0

    monkeypatch.setattr(backlog, "wake", wake)
    assert backlog.sweep() == Swept()


def test_a_fact_that_somebody_else_announced_meanwhile_is_no_catch(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read again just before; what was closed is not published."""
    backlog = Backlog(facts=(30, 20))
    announce = backlog.announce

    def and_lose_the_other(fact: int, behind: object) -> int:
        backlog.waiting_for["fact"] = [each for each in backlog.waiting_for["fact"] if each == fact]
        return announce(fact, behind)

    monkeypatch.setattr(backlog, "announce", and_lose_the_other)
    assert backlog.sweep() == Swept(announced=1)


@pytest.mark.parametrize("error", UNAVAILABLE[:2])
def test_a_delivery_that_the_table_can_not_take_now_is_left_for_the_next_sweep(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays where it is; one that is refused for what it is goes to a person."""
    backlog = Backlog(deliveries=(30,))
    monkeypatch.setattr(backlog, "apply", lambda _: _raise(error()))
    assert backlog.sweep() == Swept(failed=1)
    monkeypatch.setattr(backlog, "apply", lambda _: _raise(ValueError("a fault of ours")))
    assert backlog.sweep() == Swept(refused=1)
    assert backlog.sweep() == Swept()


def _raise(error: Exception) -> None:
    raise error


def test_failures_are_logged_up_to_a_number_and_all_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Each says which one; a thousand traces would say no more than twenty."""
    backlog = Backlog(clocks=ages(100))
    backlog.broken = {("clock", age) for age in ages(100)}
    assert backlog.sweep() == Swept(failed=100)
    assert len(caplog.records) == 20
    said = "a clock could not be put right: StoreUnavailableError at test_sweeping.py:"
    assert caplog.messages[0].startswith(said)
    subjects = [vars(each)["subject"] for each in caplog.records]
    assert subjects[0] == 109
    assert len(set(subjects)) == 20
