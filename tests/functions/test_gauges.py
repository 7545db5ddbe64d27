"""What the functions measure, and that each alarm on it watches what is really there."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from scripts.template_source import Template, translated
from slaclock.monthly import Made
from slaclock.sealing.sealer import Ran
from tests.functions.emitted import documents, values
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_timer_and_arm import armed, record
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World

STACK = "desk"
EMITTED = {
    "webhook": {
        "Accepted",
        "Duplicates",
        "Ignored",
        "Quarantined",
        "Refused",
        "NotKept",
        "VersionConflicts",
        "ConflictsGivenUp",
    },
    "timer": {"Fires", "StaleSchedules", "FireLag", "VersionConflicts", "ConflictsGivenUp"},
    "arm": {"NotArmed", "VersionConflicts", "ConflictsGivenUp"},
    "notify": {"Announced", "NotAnnounced", "WithoutLink"},
    "audit": {
        "Sweeps",
        "CaughtClocks",
        "CaughtFacts",
        "CaughtDeliveries",
        "AuditorFailures",
        "SetAside",
        "LeftOver",
        "SilentConnections",
        "HeartbeatFailed",
        "LedgerChanged",
        "WithoutLink",
        "ForgottenTickets",
        "VersionConflicts",
        "ConflictsGivenUp",
    },
    "seal": {"Seals", "LateRows", "SealMismatch", "UnsealedDays", "SealRuns"},
    "report": {"MonthlyReports", "ReportsFailed", "ReportsLeft"},
}


def named(value: Any) -> str:
    """A text of the template, with the stack's name in it."""
    text: str = value["Fn::Sub"] if isinstance(value, dict) else value
    return text.replace("${AWS::StackName}", STACK)


def resources(kind: str) -> list[dict[str, Any]]:
    return [properties for _, properties in Template(translated()).of_type(kind)]


def services() -> dict[str, str]:
    """The value of the dimension `service` of each function, as the template sets it."""
    found = Template(translated()).of_type("AWS::Lambda::Function")
    return {
        name.lower(): named(function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"])
        for name, function in found
    }


def watched() -> Iterator[tuple[str, str]]:
    """What the template's alarms watch in our namespace: a metric and its dimension."""
    for alarm in resources("AWS::CloudWatch::Alarm"):
        if alarm.get("Namespace") == "slaclock":
            (service,) = [named(each["Value"]) for each in alarm.get("Dimensions", [{"Value": ""}])]
            yield named(alarm["MetricName"]), service
        for member in alarm.get("Metrics", []):
            metric = member.get("MetricStat", {}).get("Metric", {})
            if metric.get("Namespace") == "slaclock":
                (service,) = [named(each["Value"]) for each in metric["Dimensions"]]
                yield metric["MetricName"], service


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metrics of an ordinary day: a delivery, its schedules, a breach, its messages, and two looks."""
    Metrics().clear_metrics()  # what other tests counted and never printed: all instances share one set
    world = World("2026-03-27T14:06:00Z")
    load, services_of = world.function, services()

    def function(name: str) -> Any:
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", services_of[name])
        return load(name)

    monkeypatch.setattr(world, "function", function)
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    armed(world)
    world.at("2026-03-27T14:35:00Z")
    world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    announced(world, outbox(world))
    world.function("audit").handler({}, None)
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    world.function("audit").handler({"Records": [record(row, row)]}, None)
    world.__dict__["sealer"] = SimpleNamespace(run=lambda **_: Ran([], 0, 0, 0))
    world.function("seal").handler({}, None)
    world.__dict__["monthly"] = SimpleNamespace(run=Made)
    world.function("report").handler({}, None)
    return documents(capsys)


def test_each_function_measures_these(seen: list[dict[str, Any]]) -> None:
    """Nought is said too, so a metric is there before anything is wrong."""
    found: dict[str, set[str]] = {}
    for document in seen:
        names = {metric["Name"] for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
        found.setdefault(document["service"].removeprefix(f"{STACK}-"), set()).update(names)
    assert found == EMITTED


def test_every_alarm_in_our_namespace_watches_a_metric_that_is_emitted(seen: list[dict[str, Any]]) -> None:
    """By its name and its dimension, or by the filter of a log: an alarm on nothing is always green."""
    emitted = {
        (metric["Name"], document["service"])
        for document in seen
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    }
    for filtered in resources("AWS::Logs::MetricFilter"):
        (into,) = filtered["MetricTransformations"]
        assert into["MetricNamespace"] == "slaclock"
        emitted.add((named(into["MetricName"]), ""))
    assert set(watched()) - emitted == set()
    assert len(set(watched())) == 28


def test_no_metric_has_a_dimension_but_the_function(seen: list[dict[str, Any]]) -> None:
    """Nothing personal, and no account or ticket: a metric is kept for fifteen months."""
    for document in seen:
        (said,) = document["_aws"]["CloudWatchMetrics"]
        assert (said["Namespace"], said["Dimensions"]) == ("slaclock", [["service"]])
        members = {"_aws", "service", *(metric["Name"] for metric in said["Metrics"])}
        assert document.keys() == members


def test_a_delivery_that_could_be_neither_applied_nor_kept_is_counted_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The worst that can happen to one: the helpdesk may not send it again. A bad signature is not that."""
    world = World("2026-03-27T14:06:00Z")
    body = json.dumps(sample("zendesk/ticket_created_urgent")).encode()
    world.memory.down = world.s3.down = True
    assert posted(world, body)[0] == 503
    assert posted(world, body, x="y")[0] == 401
    found = values(capsys)
    assert (found["NotKept"], found["Refused"]) == ([1.0, 0.0], [1.0, 1.0])
