"""The dashboard draws what is there: metrics of functions, or what AWS has of the stack's resources."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.template_source import Template, translated
from tests.functions.test_gauges import EMITTED, STACK

ROWS = ["Alarms", "Intake", "Clocks", "Messages", "Records", "Queues"]
# What AWS publishes of a resource, and the one dimension by which it is found: as its documentation has them.
OF_AWS = {
    "AWS/Lambda": ("FunctionName", "AWS::Lambda::Function", {"Duration", "Errors", "IteratorAge"}),
    "AWS/SNS": (
        "TopicName",
        "AWS::SNS::Topic",
        {"NumberOfNotificationsDelivered", "NumberOfNotificationsFailed"},
    ),
    "AWS/SQS": (
        "QueueName",
        "AWS::SQS::Queue",
        {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    ),
    "AWS/DynamoDB": ("TableName", "AWS::DynamoDB::Table", {"ConsumedWriteCapacityUnits"}),
    "AWS/ApiGateway": ("ApiId", "AWS::ApiGatewayV2::Api", {"Count", "4xx", "5xx"}),
}
# What `Ref` gives is the dimension's value of these; of the others an attribute is.
NAMED_BY = {"AWS::SNS::Topic": ".TopicName", "AWS::SQS::Queue": ".QueueName"}
TEMPLATE = Template(translated())


def body() -> Any:
    """The dashboard as CloudWatch gets it, but for the names of resources, which stay `${Name}`."""
    (properties,) = [each for _, each in TEMPLATE.of_type("AWS::CloudWatch::Dashboard")]
    assert set(properties["DashboardBody"]) == {"Fn::Sub"}
    text: str = properties["DashboardBody"]["Fn::Sub"]
    return json.loads(text.replace("${AWS::StackName}", STACK))


def graphs() -> list[Mapping[str, Any]]:
    return [each["properties"] for each in body()["widgets"] if each["type"] == "metric"]


def drawn() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Each metric: its namespace, its name, and its dimensions."""
    for graph in graphs():
        for line in graph["metrics"]:
            words = [each for each in line if isinstance(each, str)]
            if words:
                yield words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True))


def emitted() -> set[tuple[str, str | None]]:
    """Metrics of our own: a name, and the function that has it, or none where a log's filter counts."""
    ours = {(name, f"{STACK}-{function}") for function, names in EMITTED.items() for name in names}
    return {*ours, (f"{STACK}-TurnedAway", None)}


def test_each_metric_is_emitted_by_a_function_or_published_by_aws_for_a_resource_that_is_here() -> None:
    """A graph of nothing looks like a day on which all is well."""
    for namespace, name, dimensions in drawn():
        if namespace == "slaclock":
            assert (name, dimensions.get("service")) in emitted()
            assert dimensions.keys() <= {"service"}
            continue
        dimension, kind, names = OF_AWS[namespace]
        (value,) = dimensions.values()
        found = re.fullmatch(r"\$\{(\w+)(\.\w+)?\}", value)
        assert found
        assert (set(dimensions), found[2]) == ({dimension}, NAMED_BY.get(kind)), (name, value)
        assert found[1] in dict(TEMPLATE.of_type(kind)), value
        assert name in names


def test_all_that_says_how_well_it_goes_is_drawn() -> None:
    """What came in, what came due, how late, what the auditor caught, and what is left in each queue."""
    ours = {name for namespace, name, _ in drawn() if namespace == "slaclock"}
    assert ours >= {
        "Accepted",
        "Duplicates",
        "Quarantined",
        "Reminders",
        "Breaches",
        "FireLag",
        "EndToEndLag",
    }
    assert ours >= {"CaughtTickets", "CaughtFacts", "CaughtDeliveries"}
    queues = {each["QueueName"] for namespace, _, each in drawn() if namespace == "AWS/SQS"}
    assert queues == {f"${{{name}.QueueName}}" for name, _ in TEMPLATE.of_type("AWS::SQS::Queue")}


def test_breaches_and_reminders_are_added_up_over_whoever_decides() -> None:
    """A sum draws each of its parts once, hidden; a part that is missing would be missed by nobody."""
    (graph,) = [each for each in graphs() if each["title"] == "What came due"]
    deciding = {f"{STACK}-{name}" for name, names in EMITTED.items() if "Breaches" in names}
    for name, letter in (("Breaches", "b"), ("Reminders", "r")):
        parts = {line[4]["id"]: line[3] for line in graph["metrics"] if line[1:2] == [name]}
        (total,) = [line[0] for line in graph["metrics"] if line[0] == line[-1] and line[0]["id"] == letter]
        assert set(parts.values()) == deciding
        assert total["expression"] == f"SUM([{', '.join(sorted(parts))}])"


def test_every_alarm_is_on_it() -> None:
    """By its ARN, and shown while it rings or knows nothing."""
    (widget,) = [each["properties"] for each in body()["widgets"] if each["type"] == "alarm"]
    alarms = [name for name, _ in TEMPLATE.of_type("AWS::CloudWatch::Alarm")]
    assert sorted(widget["alarms"]) == sorted(f"${{{name}.Arn}}" for name in alarms)
    assert len(alarms) <= 100  # that a widget takes


def test_it_is_laid_out_in_rows_that_fill_the_page_and_do_not_overlap() -> None:
    """CloudWatch's page is 24 wide."""
    widgets = body()["widgets"]
    titles = [each["properties"]["markdown"] for each in widgets if each["type"] == "text"]
    assert titles == [f"## {row}" for row in ROWS]
    squares = [
        (x, y)
        for each in widgets
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(squares) == len(set(squares)) == 24 * (max(y for _, y in squares) + 1)


def test_dashboards_of_two_regions_have_two_names() -> None:
    """An account has one dashboard of a name, in all regions together."""
    (properties,) = [each for _, each in TEMPLATE.of_type("AWS::CloudWatch::Dashboard")]
    assert properties["DashboardName"] == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}
