"""SnapStart: what is asked is a version from a snapshot, and every change that counts publishes a new one."""

import json
from typing import Any

import pytest

from scripts.template_source import Template, translated

FAST = ("Webhook", "Records")  # those that a helpdesk or a person waits for
PARAMETERS = {"Webhook": {"Release"}, "Records": {"Release", "UseJwt"}}


def versions(template: dict[str, Any]) -> dict[str, str]:
    """The name of each function's version in the template: where it is another one, another is published."""
    return {
        properties["FunctionName"]["Ref"]: name
        for name, properties in Template(template).of_type("AWS::Lambda::Version")
    }


def test_what_somebody_waits_for_starts_from_a_snapshot() -> None:
    """No other: a snapshot is paid for, and a stream or a schedule can wait."""
    functions = dict(Template(translated()).of_type("AWS::Lambda::Function"))
    kept = {name: each["SnapStart"] for name, each in functions.items() if "SnapStart" in each}
    assert kept == {name: {"ApplyOn": "PublishedVersions"} for name in FAST}


def test_the_same_code_publishes_nothing() -> None:
    """Else each deployment would begin from new snapshots."""
    assert versions(translated()) == versions(translated())
    assert versions(translated()).keys() == set(FAST)


def test_a_change_in_the_layer_alone_publishes_new_versions() -> None:
    """All that a function does is in the layer: without them its alias would stay on the former code."""
    before, after = versions(translated()), versions(translated(uploads={"CoreLayer": "s3://bucket/other"}))
    assert [before[name] != after[name] for name in FAST] == [True, True]


@pytest.mark.parametrize("changed", FAST)
def test_a_change_in_one_functions_code_publishes_that_one(changed: str) -> None:
    """Its own only."""
    before, after = versions(translated()), versions(translated(uploads={changed: "s3://bucket/other"}))
    assert [name for name in FAST if before[name] != after[name]] == [changed]


@pytest.mark.parametrize("name", FAST)
def test_a_version_says_what_parameters_it_was_made_under(name: str) -> None:
    """SAM does not see a parameter change; CloudFormation makes a version anew where its description does.

    What the function's variables depend on stands there, but for texts that may be longer than a description.
    """
    template = translated()
    described = template["Resources"][versions(template)[name]]["Properties"]["Description"]
    function = template["Resources"][name]["Properties"]
    assert {each for each in PARAMETERS[name] if f'"{each}"' in json.dumps(described)} == PARAMETERS[name]
    assert function["Description"] == {"Ref": "Release"}  # Lambda publishes nothing where nothing changed
    asked = {each["Fn::If"][0] for each in function["Environment"]["Variables"].values() if "Fn::If" in each}
    assert asked - PARAMETERS[name] <= {"HasAudiences"}  # a change of it is published by Release


@pytest.mark.parametrize("name", FAST)
def test_a_version_goes_when_nobody_asks_it_any_more(name: str) -> None:
    """A snapshot is paid for as long as there is one."""
    template = translated()
    assert template["Resources"][versions(template)[name]]["DeletionPolicy"] == "Delete"


def test_callers_and_alarms_are_of_the_alias() -> None:
    """What asks the function itself would start it without a snapshot, or count what nobody asks."""
    resources = translated()["Resources"]
    for name in FAST:
        alias, function = {"Ref": f"{name}Aliaslive"}, {"Ref": name}
        assert resources[f"{name}Integration"]["Properties"]["IntegrationUri"] == alias
        permissions = {
            each: properties["FunctionName"]
            for each, properties in Template({"Resources": resources}).of_type("AWS::Lambda::Permission")
            if properties["FunctionName"] in (alias, function)
        }
        assert permissions
        assert set(map(json.dumps, permissions.values())) == {json.dumps(alias)}
        for properties in _counted(resources, name):
            assert {"Name": "Resource", "Value": {"Fn::Sub": f"${{{name}}}:live"}} in properties
    assert resources["PartnerEvents"]["Properties"]["Targets"][0]["Arn"] == {"Ref": "WebhookAliaslive"}
    assert resources["WebhookEventInvokeConfig"]["Properties"]["Qualifier"] == "live"


def _counted(resources: dict[str, Any], function: str) -> list[list[Any]]:
    """The dimensions of every metric of Lambda's that an alarm has of a function."""
    alarms = [each for _, each in Template({"Resources": resources}).of_type("AWS::CloudWatch::Alarm")]
    metrics = [*alarms, *(query["MetricStat"]["Metric"] for each in alarms for query in _queries(each))]
    found = [
        each["Dimensions"]
        for each in metrics
        if each.get("Namespace") == "AWS/Lambda"
        and {"Name": "FunctionName", "Value": {"Ref": function}} in each["Dimensions"]
    ]
    assert found
    return found


def _queries(alarm: dict[str, Any]) -> list[Any]:
    return [each for each in alarm.get("Metrics", []) if "MetricStat" in each]
