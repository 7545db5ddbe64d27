"""Whoever an alarm wakes runs `errors FUNCTION`, as docs/operations.md says, and finds why it rang."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from scripts.template_source import Template, written
from slaclock.store.errors import StoreUnavailableError
from tests.functions.emitted import values
from tests.functions.test_heartbeat import BEATS, asked
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_timer_and_arm import armed, record
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World, refused
from tests.spec.test_operations import SECTIONS, TEXT

# They ring where something came late or not at all: Lambda itself logs what crashed.
SILENT = {"FireLag", "Sweeps", "SealRuns"}
SEALS = {"SealMismatch"}  # tests/functions/test_sealing.py has its lines, which are errors
URGENT = json.dumps(sample("zendesk/ticket_created_urgent")).encode()


def world_at(moment: str = "2026-03-27T14:35:00Z") -> World:
    """A ticket whose first response was breached at 14:35."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, URGENT)
    world.at("2026-03-27T14:35:00Z")
    world.workflow.wake(SUBJECT, "timer")
    world.at(moment)
    return world


def not_kept() -> None:
    world = World("2026-03-27T14:06:00Z")
    world.memory.down = world.s3.down = True
    posted(world, URGENT)


def not_armed() -> None:
    world = world_at()
    world.scheduler.create_schedule = failing  # type: ignore[method-assign]
    armed(world)


def not_announced() -> None:
    world = world_at()
    world.sns.down = True
    announced(world, outbox(world, "escalation_due"))


def without_link() -> None:
    world = world_at()
    world.memory.put_link = unavailable  # type: ignore[assignment, method-assign]
    announced(world, outbox(world, "escalation_due"))


def without_link_by_the_auditor() -> None:
    world = world_at("2026-03-27T14:41:00Z")
    world.memory.put_link = unavailable  # type: ignore[assignment, method-assign]
    world.function("audit").handler({}, None)


def set_aside() -> None:
    world = world_at()
    world.memory.agreements_down = True
    world.at("2026-03-27T14:37:00Z")  # a connection is known for a minute
    posted(world, b"{}", **{"x-zendesk-webhook-signature": "AAAA"})
    world.memory.agreements_down = False
    world.function("audit").handler({}, None)


def failed() -> None:
    world = world_at("2026-03-27T14:41:00Z")
    world.sns.down = True
    world.function("audit").handler({}, None)


def heartbeat() -> None:
    world = asked()
    publish = world.sns.publish

    def refusing(**message: Any) -> Any:
        if message["TopicArn"] == BEATS:
            raise refused("AuthorizationError")
        return publish(**message)

    world.sns.publish = refusing  # type: ignore[method-assign]
    world.function("audit").handler({}, None)


def changed() -> None:
    world = world_at()
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    world.function("audit").handler({"Records": [record(row, {**row, "body": "{}"})]}, None)


def failing(**_: Any) -> None:
    raise refused("ServiceQuotaExceededException")


def unavailable(*_: Any) -> None:
    raise StoreUnavailableError("InternalServerError")


CAUSES: list[tuple[str, str, Callable[[], None]]] = [
    ("NotKept", "webhook", not_kept),
    ("NotArmed", "arm", not_armed),
    ("NotAnnounced", "notify", not_announced),
    ("WithoutLink", "notify", without_link),
    ("WithoutLink", "audit", without_link_by_the_auditor),
    ("SetAside", "audit", set_aside),
    ("AuditorFailures", "audit", failed),
    ("HeartbeatFailed", "audit", heartbeat),
    ("LedgerChanged", "audit", changed),
]


def ours(alarm: dict[str, Any]) -> set[str]:
    """The metrics of functions that an alarm watches."""
    metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each]
    return {each["MetricName"] for each in [alarm, *metrics] if each.get("Namespace") == "slaclock"}


def test_each_alarm_whose_section_says_so_is_tried_here() -> None:
    """Of those on a function's own metric."""
    alarms = dict(Template(written()).of_type("AWS::CloudWatch::Alarm"))
    said = {
        (metric, function)
        for name, section in SECTIONS.items()
        for function in re.findall(r"`errors (\w+)", section)
        for metric in ours(alarms[name]) - SILENT - SEALS
    }
    assert said == {(metric, function) for metric, function, _ in CAUSES}


@pytest.mark.parametrize(("metric", "cause"), [(metric, cause) for metric, _, cause in CAUSES])
def test_what_an_alarm_rings_for_is_among_the_errors_of_its_function(
    metric: str,
    cause: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the filter of the page, over lines as Lambda has them."""
    (pattern,) = re.findall(r"^errors\(\).*--filter-pattern '([^']+)'", TEXT, re.MULTILINE)
    terms = re.findall(r'\?("[^"]+"|\w+)', pattern)
    caplog.set_level(logging.INFO)
    cause()
    assert max(values(capsys)[metric]) > 0
    lines = [json.dumps({"level": each.levelname, "message": each.getMessage()}) for each in caplog.records]
    assert [line for line in lines if any(term.strip('"') in line for term in terms)]
