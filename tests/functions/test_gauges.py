"""What the functions measure, and that each alarm on it watches what is really there."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from local.template import ROOT
from scripts import cost
from scripts.template_source import Template, translated
from slaclock.gauges import MEASURED, SECONDS
from slaclock.monthly import Made
from slaclock.sealing.sealer import Ran
from tests.functions.emitted import documents, values
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_timer_and_arm import armed, record
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World

STACK = "desk"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DECIDING = {"Breaches", "Reminders", "VersionConflicts", "ConflictsGivenUp"}
EMITTED = {
    "webhook": {
        "Accepted",
        "Duplicates",
        "Ignored",
        "Quarantined",
        "Refused",
        "NotKept",
        *DECIDING,
    },
    "timer": {"Fires", "StaleSchedules", "FireLag", *DECIDING},
    "arm": {"NotArmed", *DECIDING},
    "notify": {"Announced", "NotAnnounced", "WithoutLink", "EndToEndLag"},
    "audit": {
        "Sweeps",
        "CaughtTickets",
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
        "EndToEndLag",
        *DECIDING,
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
    for moment in ("2026-03-27T19:10:00Z", "2026-03-27T19:20:00Z"):  # nobody woke the other clock, or told it
        world.at(moment)
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


def test_what_is_not_there_as_nought_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A call of each function that finds nothing to do counts the rest; docs/operations.md has a table."""
    world, found = World("2026-03-27T14:06:00Z"), dict[str, set[str]]()
    world.__dict__["sealer"] = SimpleNamespace(run=lambda **_: Ran([], 0, 0, 0))
    world.__dict__["monthly"] = SimpleNamespace(run=Made)
    idle: dict[str, dict[str, Any]] = {name: {} for name in ("audit", "seal", "report")}
    idle |= {"arm": {"Records": []}, "notify": {"Records": []}, "webhook": {"rawPath": "/"}}
    idle["timer"] = {"subject": SUBJECT, "lane": "first_response", "arming": 1}
    for name, event in idle.items():
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", name)
        world.function(name).handler(event, None)
        found[name] = set(values(capsys))
    lacking = set().union(*(names - found[name] for name, names in EMITTED.items()))
    table = OPERATIONS.split("| Not as nought |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) == lacking
    assert lacking >= SECONDS


def test_metrics_are_named_in_one_place() -> None:
    """With what each counts; what is emitted and not there, or there and never emitted, would mislead."""
    assert set().union(*EMITTED.values()) == MEASURED.keys()
    assert MEASURED.keys() >= SECONDS


def test_what_is_no_count_is_in_seconds(seen: list[dict[str, Any]]) -> None:
    """Two lags, and nothing else; under another unit an alarm that names one would see nothing."""
    units = {
        (metric["Name"], metric["Unit"])
        for document in seen
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    }
    lags = {"FireLag": "Seconds", "EndToEndLag": "Seconds"}
    assert units == {(name, lags.get(name, "Count")) for name in MEASURED}


def test_the_bill_counts_what_the_template_stands_for() -> None:
    """A metric is paid by name and function, an alarm by each metric it watches, a snapshot by memory."""
    watching = [
        sum("MetricStat" in member for member in alarm.get("Metrics", [])) if "Metrics" in alarm else 1
        for alarm in resources("AWS::CloudWatch::Alarm")
    ]
    filters = resources("AWS::Logs::MetricFilter")
    assert sum(map(len, EMITTED.values())) + len(filters) == cost.METRICS
    assert sum(watching) == cost.ALARMED
    assert len(resources("AWS::CloudWatch::Dashboard")) == cost.DASHBOARDS
    assert len(resources("AWS::KMS::Key")) == cost.KEYS
    assert (
        len(resources("AWS::SecretsManager::Secret")) + 2 == cost.SECRETS
    )  # a connection's and an account's
    snapped = [each["MemorySize"] for each in resources("AWS::Lambda::Function") if "SnapStart" in each]
    assert sum(snapped) / 1024 == cost.SNAPPED


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


def test_breaches_and_reminders_are_counted_by_whoever_decides(seen: list[dict[str, Any]]) -> None:
    """A breach by its schedule, and one by the auditor; each once, whoever is told of it."""
    assert totals(seen, "Breaches") == {"webhook": 0, "arm": 0, "timer": 1, "audit": 1}
    assert totals(seen, "Reminders")["audit"] == 2


def test_how_late_somebody_heard_is_measured_from_the_deadline(seen: list[dict[str, Any]]) -> None:
    """Due at 14:35 and told in that second; due at 18:05, found at 19:10, told at 19:20."""
    lags = {document["service"]: document["EndToEndLag"] for document in seen if "EndToEndLag" in document}
    assert set(lags["desk-notify"]) == {0.0}
    assert max(lags["desk-audit"]) == 75 * 60.0


def totals(seen: list[dict[str, Any]], metric: str) -> dict[str, float]:
    """What each function counted of a metric."""
    found: dict[str, float] = {}
    for document in seen:
        if metric in document:
            function = document["service"].removeprefix(f"{STACK}-")
            found[function] = found.get(function, 0) + sum(document[metric])
    return found
