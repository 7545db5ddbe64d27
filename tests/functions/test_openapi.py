"""What routes are declared to take is what they take; the document of them is made when it is asked for."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from slaclock.domain.case_entry import ENTRIES
from slaclock.records.declared import ACCOUNT, Parameter, Route
from slaclock.records.openapi import openapi
from slaclock.records.openapi.common import SCHEMAS
from slaclock.records.routes import ROUTES
from slaclock.records.routing import METHODS
from tests.functions.conforming import words_of
from tests.functions.test_records import ask, breached
from tests.functions.world import ROOT, World

PATH = "/v1/openapi.json"
ASKED = {each.key: each for each in ROUTES if any(one.where == "query" for one in each.parameters)}


def in_query(route: Route) -> dict[str, Parameter]:
    return {each.name: each for each in route.parameters if each.where == "query"}


def needed(route: Route) -> dict[str, str]:
    """What nothing is found without, and an account, which all queries take."""
    given = {each.name: str(each.example) for each in in_query(route).values() if each.required}
    return {"account": "example", **given}


def bounds(parameter: Parameter) -> dict[str, Any]:
    """The schema of a parameter, also where it has a name."""
    schema = dict(parameter.schema)
    return {**SCHEMAS[schema["$ref"].rpartition("/")[2]], **schema} if "$ref" in schema else schema


@pytest.fixture
def world() -> World:
    return World("2026-03-27T14:05:00Z")


@pytest.mark.parametrize("path", ["/v1/queue", "/v1/reports/attainment", "/v1/reports/credits"])
def test_an_account_is_required_of_nobody_who_is_bound_to_one(path: str) -> None:
    """The document says the rule; a caller's program then leaves it out."""
    (found,) = [each for each in openapi()["paths"][path]["get"]["parameters"] if each["name"] == "account"]
    assert "required" not in found
    assert found["description"] == (
        "Whose. Needed of all but those who are bound to an account: for them it is that one, and no other."
    )


@pytest.mark.parametrize("key", ASKED)
def test_a_route_takes_the_parameters_that_it_declares_and_no_other(world: World, key: str) -> None:
    """As the refusal of one that there is not lists them."""
    status, body, _ = ask(world, "GET", ASKED[key].path, query={**needed(ASKED[key]), "0000000": "1"})
    assert (status, body["parameter"]) == (400, "0000000")
    assert words_of(body["detail"]) == in_query(ASKED[key]).keys()


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, route in ASKED.items() for name in in_query(route)]
)
def test_a_parameter_is_bounded_as_it_is_declared(world: World, key: str, name: str) -> None:
    """Refused by name where it is none of the words, out of its numbers, too long, or missing.

    An account is for a caller who is bound to none to give, and not for others: so it is not required.
    """
    route, schema = ASKED[key], bounds(in_query(ASKED[key])[name])
    wrong = [*(["0000000"] if "enum" in schema else []), ""]
    wrong += [str(schema[each] + step) for each, step in (("minimum", -1), ("maximum", 1)) if each in schema]
    wrong += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema else []
    for value in wrong:
        status, body, _ = ask(world, "GET", route.path, query={**needed(route), name: value})
        assert (status, body["parameter"]) == (400, name), value
    if in_query(route)[name].required or in_query(route)[name] == ACCOUNT:
        given = {each: value for each, value in needed(route).items() if each != name}
        status, body, _ = ask(world, "GET", route.path, query=given)
        assert (status, body["parameter"]) == (400, name)


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        (key, name, str(value))
        for key, route in ASKED.items()
        if not route.path.startswith("/v1/reports/")  # they need a period, or an agreement: their own tests
        for name, each in in_query(route).items()
        for value in [
            *bounds(each).get("enum", ()),
            *(bounds(each)[bound] for bound in ("minimum", "maximum", "default") if bound in bounds(each)),
            *([each.example] if each.example is not None else []),
        ]
    ],
)
def test_a_parameter_may_be_all_that_is_declared(world: World, key: str, name: str, value: str) -> None:
    """Every word, the first and the last number, and the example."""
    breached(world)
    assert ask(world, "GET", ASKED[key].path, query={**needed(ASKED[key]), name: value})[0] == 200


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_takes_the_members_that_it_declares_and_no_other(world: World, entry: str) -> None:
    """As the refusal of one that there is not lists them."""
    document = openapi()
    body = document["paths"][f"/v1/breaches/{{id}}/{entry}"]["post"]["requestBody"]
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    status, refused, _ = ask(world, "POST", f"/v1/breaches/x/{entry}", body={"0000000": "1"})
    assert (status, refused["pointer"]) == (422, "/0000000")
    assert words_of(refused["detail"]) == document["components"]["schemas"][name]["properties"].keys()


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path in dict.fromkeys(each.path for each in ROUTES)
        for method in METHODS
        if not any((each.path, each.method) == (path, method) for each in ROUTES)
    ],
)
def test_every_other_method_of_a_path_is_405(world: World, path: str, method: str) -> None:
    """`Allow` has those that are declared. API Gateway hands none of them on: it answers 404 itself."""
    status, body, headers = ask(world, method, re.sub(r"{\w+}", "x", path))
    assert (status, body and body["title"]) == (405, "" if method == "HEAD" else "Method Not Allowed")
    assert headers["allow"] == ", ".join(each.method for each in ROUTES if each.path == path)


# -- the document ----------------------------------------------------------------------------------------


def test_the_document_is_answered_with_a_tag(world: World) -> None:
    """The whole surface, as docs/ has it."""
    status, body, headers = ask(world, "GET", PATH)
    assert status == 200
    assert body == json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"0", {tag}', 304),
        ("*", 304),
        ('"0"', 200),
        ("", 200),
        ("{tag}x", 200),
    ],
)
def test_who_has_the_document_is_told_so(world: World, known: str, status: int) -> None:
    """By the tag of the one that he has (RFC 9110, 13.1.2)."""
    tag = ask(world, "GET", PATH)[2]["etag"]
    answered, body, headers = ask(world, "GET", PATH, headers={"If-None-Match": known.replace("{tag}", tag)})
    assert (answered, headers["etag"]) == (status, tag)
    assert bool(body) == (status == 200)


def test_starting_up_waits_for_no_document() -> None:
    """It is made when it is first asked for."""
    code = f"""
import runpy, sys
runpy.run_path({str(ROOT / "functions" / "records" / "app.py")!r})
print([each for each in sys.modules if each.startswith("slaclock.records.openapi.")])
"""
    environ = {"POWERTOOLS_SERVICE_NAME": "x", "AWS_REGION": "eu-north-1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
