"""What `template.yaml` says: tables, routes, filters and environments are read from it, not repeated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path of the HTTP API, `GET /v1/breaches`, and the function behind it.

    `scopes` are those of which a token needs one; an open route has none.
    """

    method: str
    path: str
    function: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A function that reads a table's stream, and the pattern that its records must fit."""

    function: str
    table: str
    pattern: Mapping[str, Any]
    batch_size: int


@dataclass(frozen=True, slots=True)
class QueueReader:
    """A function that reads a queue: so many messages at most, within so many seconds of the first one."""

    function: str
    queue: str
    batch_size: int
    window: int


@cache
def load_template() -> Mapping[str, Any]:
    """This project's, read once."""
    return read(ROOT / "template.yaml")


def read(path: Path) -> Mapping[str, Any]:
    """A template as plain data; `!Ref X` is `{"Ref": "X"}`, `!GetAtt X.Arn` `{"Fn::GetAtt": "X.Arn"}`."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml.load(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def resources(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name and properties of each resource of a type: `AWS::DynamoDB::Table`."""
    for name, resource in load_template()["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def routes() -> list[Route]:
    """The routes of the HTTP API, each with its function's logical name."""
    integrations = {
        name: properties["IntegrationUri"]["Ref"].removesuffix(".Alias")
        for name, properties in resources("AWS::ApiGatewayV2::Integration")
    }
    found = []
    for _, properties in resources("AWS::ApiGatewayV2::Route"):
        method, path = properties["RouteKey"].split(" ")
        target = properties["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        scopes = properties["AuthorizationScopes"]["Fn::If"][1] if "AuthorizationScopes" in properties else ()
        found.append(Route(method, path, integrations[target], tuple(scopes)))
    return found


def stream_readers() -> list[Reader]:
    """The functions that read streams, with one reader for each filter pattern."""
    events = [
        (name, event["Properties"])
        for name, properties in resources("AWS::Serverless::Function")
        for event in properties.get("Events", {}).values()
        if event["Type"] == "DynamoDB"
    ]
    return [
        Reader(
            name, event["Stream"]["Fn::GetAtt"].split(".")[0], json.loads(each["Pattern"]), event["BatchSize"]
        )
        for name, event in events
        for each in event["FilterCriteria"]["Filters"]
    ]


def queue_readers() -> list[QueueReader]:
    """The functions that read queues."""
    return [
        QueueReader(
            name,
            event["Properties"]["Queue"]["Fn::GetAtt"].split(".")[0],
            event["Properties"]["BatchSize"],
            event["Properties"]["MaximumBatchingWindowInSeconds"],
        )
        for name, properties in resources("AWS::Serverless::Function")
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]


def resolve(value: Any, names: Mapping[str, str], arns: Mapping[str, str]) -> Any:
    """A value with its references replaced; conditions go as parameters' defaults say."""
    if not isinstance(value, Mapping):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        return names.get(argument, argument)
    if function == "Fn::GetAtt":
        return arns[argument.split(".")[0]]
    if function == "Fn::If":
        return resolve(argument[2], names, arns)
    for name, text in {**arns, **names, "AWS::StackName": "local"}.items():
        argument = argument.replace(f"${{{name}}}", text)
    return argument


def resolve_all(value: Any) -> Any:
    """A value whose references are all to parameters, with their defaults."""
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"Ref"}:
        return load_template()["Parameters"][value["Ref"]]["Default"]
    return {name: resolve_all(each) for name, each in value.items()}


class _Constructor(SafeConstructor):
    """Reads CloudFormation's short tags."""


def _intrinsic(constructor: SafeConstructor, tag: str, node: Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, ScalarNode):
        return {name: constructor.construct_scalar(node)}
    if isinstance(node, SequenceNode):
        return {name: constructor.construct_sequence(node, deep=True)}
    assert isinstance(node, MappingNode), node  # noqa: S101  (there is no fourth kind)
    return {name: constructor.construct_mapping(node, deep=True)}


_Constructor.add_multi_constructor("!", _intrinsic)
