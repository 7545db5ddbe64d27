"""docs/openapi.json: what it is made of is what runs, in the template and in the code."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import fastjsonschema
import pytest

from local.template import ROOT, resources
from scripts.openapi import DOCUMENT, written
from slaclock.domain.case_entry import ENTRIES
from slaclock.records.breach_formats import COLUMNS
from slaclock.records.declared import Route
from slaclock.records.openapi import SURFACE, openapi
from slaclock.records.openapi.document import SCOPES
from slaclock.records.routes import ROUTES

OPENAPI = openapi()
SCHEMAS: dict[str, Any] = OPENAPI["components"]["schemas"]
BY_KEY = {each.key: each for each in SURFACE}


def route_id(route: Route) -> str:
    return route.key


def nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a document."""
    if isinstance(node, Mapping):
        yield node
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from nodes(each)


def test_what_is_in_docs_is_what_the_routes_say() -> None:
    """Else: make openapi."""
    assert DOCUMENT.read_text(encoding="utf-8") == written()


def test_the_template_has_every_route_and_no_other() -> None:
    """By method and path, each handed to the function that answers it."""
    integrations = {
        name: properties["IntegrationUri"]["Ref"].removesuffix(".Alias").lower()
        for name, properties in resources("AWS::ApiGatewayV2::Integration")
    }
    deployed = {
        each["RouteKey"]: integrations[each["Target"]["Fn::Sub"][len("integrations/${") : -1]]
        for _, each in resources("AWS::ApiGatewayV2::Route")
    }
    assert deployed == {each.key: each.function for each in SURFACE}


@pytest.mark.parametrize(
    "properties",
    [each for _, each in resources("AWS::ApiGatewayV2::Route")],
    ids=lambda each: each["RouteKey"],
)
def test_a_route_lets_in_whom_it_says(properties: Mapping[str, Any]) -> None:
    """Open where it asks for no scope; else signed, or with a token that has that scope and no other."""
    scope = BY_KEY[properties["RouteKey"]].scope
    authorization = json.dumps(properties["AuthorizationType"])
    assert ("NONE" in authorization) == (scope is None)
    assert ("AWS_IAM" in authorization) == (scope is not None)
    named = set(re.findall(r"[a-z]+\.[a-z]+", json.dumps(properties.get("AuthorizationScopes", []))))
    assert named == ({scope} if "JWT" in authorization else set())


def test_what_is_below_v1_is_open_to_nobody() -> None:
    """A route without a scope is a webhook or a link, which prove themselves."""
    assert {each.path.split("/")[1] for each in SURFACE if each.scope is None} == {"webhooks", "ack"}
    assert {each.scope for each in SURFACE if each.scope} == SCOPES.keys()


def test_every_route_of_records_has_a_handler_and_a_place_of_its_own() -> None:
    """What the others are answered by is not declared here."""
    assert all(each.handler for each in ROUTES)
    assert {each.function for each in ROUTES} == {"records"}
    assert {each.function for each in SURFACE if each not in ROUTES} == {"webhook"}
    assert len({each.name for each in SURFACE}) == len(BY_KEY) == len(SURFACE)


@pytest.mark.parametrize("route", SURFACE, ids=route_id)
def test_a_path_names_its_parameters(route: Route) -> None:
    """Each once, in the path as in the parameters."""
    named = [each.name for each in route.parameters if each.where == "path"]
    assert named == re.findall(r"{(\w+)}", route.path)
    assert all(each.required for each in route.parameters if each.where == "path")


def test_what_is_referred_to_is_there_and_what_is_there_is_referred_to() -> None:
    """A schema or an answer that no route comes to is one too many."""
    found = {node["$ref"] for node in nodes(OPENAPI) if "$ref" in node}
    there = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in OPENAPI["components"][kind]
    }
    assert found == there


def test_every_operation_says_what_it_is_for() -> None:
    """A summary each; a description for all that a caller can get wrong."""
    operations = [each for item in OPENAPI["paths"].values() for each in item.values()]
    assert all(each["summary"] and each["operationId"] for each in operations)
    assert {tag for each in operations for tag in each["tags"]} == {each["name"] for each in OPENAPI["tags"]}
    assert all(each["responses"].keys() >= {"429", "500", "503"} for each in operations)


def test_a_signed_route_says_which_scope_its_token_needs() -> None:
    """Or AWS's signature; or nothing, on the local stack."""
    assert OPENAPI["paths"]["/v1/breaches/{id}/note"]["post"]["security"] == [
        {"aws": []},
        {"jwt": ["cases.write"]},
        {},
    ]
    assert OPENAPI["paths"]["/ack/{token}"]["post"]["security"] == []


def test_breaches_are_described_column_by_column() -> None:
    """JSON has the members of CSV, in the order of its columns, and each of them always."""
    described = SCHEMAS["Breach"]
    assert tuple(described["properties"]) == COLUMNS == tuple(described["required"])


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_described_member_by_member(entry: str) -> None:
    """Those that are read, and `by`; needed are those that the reading needs."""
    body = BY_KEY[f"POST /v1/breaches/{{id}}/{entry}"].body
    assert body is not None
    described = SCHEMAS[body.content["application/json"]["$ref"].rpartition("/")[2]]
    assert described["properties"].keys() == {*ENTRIES[entry], "by"}
    assert described["required"] == [name for name, (_, needed) in ENTRIES[entry].items() if needed]


def test_evidence_is_described_member_by_member() -> None:
    """Its own schema says what each of them is."""
    own = json.loads((ROOT / "docs/schemas/evidence-1.schema.json").read_text(encoding="utf-8"))
    assert SCHEMAS["Evidence"]["properties"].keys() == own["properties"].keys()
    assert set(SCHEMAS["Evidence"]["required"]) == set(own["required"])


EXAMPLES = [
    (f"{name} {number}", each, example)
    for name, each in SCHEMAS.items()
    for number, example in enumerate(each.get("examples", ()), 1)
] + [
    (f"{route.key} {each.name}", each.schema, each.example)
    for route in SURFACE
    for each in route.parameters
    if each.example is not None
]


@pytest.mark.parametrize(
    ("schema", "example"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES]
)
def test_an_example_fits_what_it_is_an_example_of(schema: Mapping[str, Any], example: Any) -> None:
    """Of a schema, and of a parameter."""
    fastjsonschema.validate({**schema, "components": OPENAPI["components"]}, example)
