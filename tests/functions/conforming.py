"""Answers held against what the routes declare: status, headers, media type and body."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import fastjsonschema

from slaclock.records.openapi import openapi


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(openapi()))  # type: ignore[no-any-return]


def conforms(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """An answer of a route is one that its declaration foresees; what no route was asked is not looked at."""
    method, _, path = event["routeKey"].partition(" ")
    if path not in document()["paths"]:
        return
    described = _resolved(document()["paths"][path][method.lower()]["responses"][str(answer["statusCode"])])
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    for name, header in described.get("headers", {}).items():
        given = headers.pop(name.lower(), None)
        assert given is not None or not header.get("required"), f"{event['routeKey']} says no {name}"
        if given is not None:
            fastjsonschema.validate(header["schema"], given)
    kind = headers.get("content-type", "").partition(";")[0]
    content = described.get("content", {})
    assert kind in content or not content, f"{event['routeKey']} answers {answer['statusCode']} as {kind}"
    if method == "HEAD":
        assert answer["body"] == ""
    elif kind in ("application/json", "application/problem+json"):
        _validator(json.dumps(content[kind]["schema"]))(json.loads(answer["body"]))


def words_of(detail: str) -> set[str]:
    """The words of a list in a message: `one of a, b, c`."""
    return set(re.split(r", ", detail.rpartition("one of ")[2]))


def _resolved(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in response:
        return response
    named: dict[str, Any] = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return named


@cache
def _validator(schema: str) -> Callable[[Any], Any]:
    compiled: Callable[[Any], Any] = fastjsonschema.compile(
        {**json.loads(schema), "components": document()["components"]}
    )
    return compiled
