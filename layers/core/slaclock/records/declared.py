"""Routes as data: what `records` answers by, and what OpenAPI is told of them."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response

from slaclock.records.parts import Asked, Parts

Schema = Mapping[str, Any]  # a JSON Schema (2020-12), as OpenAPI 3.1 takes it
Scope = Literal["records.read", "escalations.acknowledge", "cases.write", "agreements.publish"]
JSON, PROBLEM = "application/json", "application/problem+json"
NAME: Schema = {"type": "string", "minLength": 1}  # an account's, a ticket's, a fact's


def ref(name: str) -> Schema:
    """The schema of that name, which `records.openapi` has."""
    return {"$ref": f"#/components/schemas/{name}"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a request, in its query unless `where` says otherwise."""

    name: str
    schema: Schema
    description: str = ""
    example: Any = None
    where: Literal["query", "path", "header"] = "query"
    required: bool = False


def in_path(name: str, schema: Schema, description: str = "", example: Any = None) -> Parameter:
    """A parameter of the path: there is no path without it."""
    return Parameter(name, schema, description, example, "path", required=True)


ACCOUNT = Parameter(  # of what is one account's alone
    "account",
    ref("Filter"),
    "Whose. Needed of all but those who are bound to an account: for them it is that one, and no other.",
    "example",
)


@dataclass(frozen=True, slots=True)
class Body:
    """What is posted: a schema for each media type."""

    content: Mapping[str, Schema]
    description: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer is: a schema for each media type, and its headers as OpenAPI describes them."""

    description: str
    content: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


AS_OF_GET = Answer("As of GET.")  # what HEAD is answered has no body


def problem(description: str) -> Answer:
    """An error, as `problem+json`."""
    return Answer(description, {PROBLEM: ref("Problem")})


@dataclass(frozen=True, slots=True)
class Route:
    """A method of a path, `GET` of `/v1/breaches/{id}`: whom it lets in, what it takes, and what it answers.

    `answers` are by status, each an `Answer` or the name of one that routes share; what API Gateway says of
    itself, and what any route may come to, is not among them. `scope` is what a caller needs; None is open to
    whoever knows the address. `handler` is None where another function than `records` answers. What is
    `noted` is recorded each time that it is shown.
    """

    method: str
    path: str
    name: str  # OpenAPI's operationId
    summary: str
    answers: Mapping[int, Answer | str]
    _: KW_ONLY
    scope: Scope | None
    handler: Callable[[Parts, Asked], Response[str]] | None = None
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    tag: str = "records"
    noted: bool = False
    function: str = "records"

    @property
    def key(self) -> str:
        """As API Gateway names it: `GET /v1/breaches`."""
        return f"{self.method} {self.path}"
