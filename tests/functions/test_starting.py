"""How functions start in Lambda: with what they surely need, and nothing in a snapshot that may be stale."""

import gc
import random
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import UnknownServiceError
from botocore.httpsession import URLLib3Session

from scripts.template_source import Template, written
from slaclock.patience import FUNCTIONS
from slaclock.starting import PARTS, SNAPSHOT
from slaclock.wiring import Wiring

TABLES = {f"{name}_TABLE": name for name in ("TICKETS", "LEDGER", "AGREEMENTS", "REPORTS", "ACCESSES")}
ENVIRON = {
    "AWS_REGION": "eu-north-1",
    **TABLES,
    **dict.fromkeys(("QUARANTINE_BUCKET", "SEALS_BUCKET", "LINK_KEY", "REMINDERS_QUEUE"), "x"),
    **dict.fromkeys(("SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN"), "x"),
    "SCHEDULE_DEAD_LETTERS_ARN": "x",
    "AUDIENCES": '{"default": "arn:aws:sns:eu-north-1:123456789012:x"}',
}
KIND = "AWS_LAMBDA_INITIALIZATION_TYPE"


class Timeless(Wiring):
    """A wiring that may not ask what time it is."""

    def now(self) -> datetime:
        raise AssertionError("the time is in the snapshot")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nobody."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], Any]]]:
    """What the runtime is told to do in each process that begins as the snapshot; no call is made before."""
    registered: list[Callable[[], Any]] = []
    runtime = ModuleType("snapshot_restore_py")
    runtime.register_after_restore = registered.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, runtime.__name__, runtime)

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was called")

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    monkeypatch.setattr(URLLib3Session, "send", refuse)
    yield registered
    gc.unfreeze()


def started(name: str, kind: str, **environ: str) -> Timeless:
    return Timeless.of_function(name, {**ENVIRON, KIND: kind, **environ})


def made(wiring: Wiring) -> set[str]:
    """The parts that are there."""
    return set(vars(wiring)) & {name for name in dir(Wiring) if not name.startswith("_")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_outside_lambda_nothing_is_made_before_it_is_asked_for(name: str) -> None:
    """Only Lambda says how it starts a process; who makes a wiring elsewhere wants it as it is."""
    assert made(Wiring.of_function(name, ENVIRON)) <= {"settings", "conflicts", "unlinked"}


@pytest.mark.parametrize("name", sorted(PARTS))
@pytest.mark.usefixtures("hooks")
def test_a_start_makes_what_every_event_needs_and_calls_nothing(name: str) -> None:
    """DynamoDB's client among it; no other that only some events need."""
    wiring = started(name, "on-demand")
    assert made(wiring) >= {*PARTS[name], "connection"}
    assert made(wiring) & {"seals", "cursors", "tags"} == set()


@pytest.mark.parametrize("name", sorted(SNAPSHOT))
def test_a_snapshot_has_every_client_and_nothing_of_time_chance_or_secrets(
    name: str, hooks: list[Callable[[], Any]]
) -> None:
    """The clients of all services that the function may call; caches are empty, and no connection is open."""
    before = random.getstate()
    wiring = started(name, "snap-start")
    assert random.getstate() == before
    assert made(wiring) >= {*PARTS[name], *SNAPSHOT[name]}
    assert {*vars(wiring)["_clients"], "dynamodb"} == {*FUNCTIONS[name].calls}
    assert not wiring.secrets._found  # noqa: SLF001  (what it keeps)
    assert not any(kept for kept in vars(wiring.agreements).values() if isinstance(kept, dict))
    assert hooks == [random.seed]


def test_each_process_that_begins_as_a_snapshot_draws_chances_of_its_own(
    hooks: list[Callable[[], Any]],
) -> None:
    """Those that were refused together would else try again together."""
    started("webhook", "snap-start")
    state, drawn = random.getstate(), set()
    for _ in range(3):
        random.setstate(state)
        (restored,) = hooks
        restored()
        drawn.add(random.random())  # noqa: S311  (no secret)
    assert len(drawn) == 3


def test_the_functions_that_start_from_a_snapshot_are_ready_for_it() -> None:
    """Those of the template."""
    functions = Template(written()).of_type("AWS::Serverless::Function")
    assert {name.lower() for name, each in functions if "SnapStart" in each} == SNAPSHOT.keys()


@pytest.mark.usefixtures("hooks")
def test_a_setting_that_is_wrong_does_not_keep_a_function_from_starting() -> None:
    """It is said where it is used, for each event: a function that can't start says nothing."""
    wiring = started("notify", "on-demand", AUDIENCES="{}")
    assert "announcer" not in made(wiring)
    assert "connection" in made(wiring)


@pytest.mark.usefixtures("hooks")
def test_botocore_looks_for_no_service_that_the_function_has_no_use_for() -> None:
    """The folders of four hundred others are not gone through; a name that is none of ours is refused."""
    wiring = started("timer", "on-demand")
    with pytest.raises(UnknownServiceError):
        wiring.connection.session.create_client("sqs", "eu-north-1")


@pytest.mark.usefixtures("hooks")
def test_garbage_is_looked_for_again_once_a_function_has_started() -> None:
    """What was made at the start is left out of it for good."""
    started("timer", "on-demand")
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
