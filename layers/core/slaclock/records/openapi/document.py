"""OpenAPI 3.1 of routes: https://spec.openapis.org/oas/v3.1.1.html."""

from collections.abc import Iterable, Mapping
from typing import Any

from slaclock import ENGINE_VERSION
from slaclock.records.declared import AS_OF_GET, Answer, Body, Parameter, Route, Schema

INFO = {
    "title": "slaclock",
    "version": ENGINE_VERSION,
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "description": (
        "Deliveries of helpdesks come in; tickets, breaches and acknowledgements are asked for. Instants are"
        " UTC with `Z`. Errors are `application/problem+json` (RFC 9457), but for those that API Gateway"
        " answers itself: it answers a method that a path does not have by 404, where the function itself"
        " would say 405 and `Allow`."
    ),
}
SERVERS = (
    {"url": "/", "description": "Where this document was asked for: a deployed stack's output `Url`."},
    {"url": "http://127.0.0.1:8787", "description": "The local stack (`make dev`)."},
)
TAGS = {
    "webhooks": "For helpdesks. Open; what is posted is verified by its signature.",
    "links": "For people who were told of a breach. Open to whoever has the link.",
    "records": (
        "For people and their programs. Signed by AWS credentials, or with a token where the stack takes"
        " those; the local stack asks for none."
    ),
}
SCOPES = {
    "records.read": "tickets, queues, breaches, evidence, reports",
    "escalations.acknowledge": "taking a breach in hand, and passing it on",
    "cases.write": "writing into the case of a breach",
}
SECURITY = {
    "aws": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": (
            "AWS Signature Version 4, for the service `execute-api`. The local stack asks for no signature:"
            " it listens to this machine alone."
        ),
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "jwt": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "Instead of AWS's signature, where the stack was given an issuer and an audience. The token's"
            " scopes:" + "; ".join(f"`{name}`: {what}" for name, what in SCOPES.items()) + "."
        ),
    },
}
# What any route may come to: a route's own answers come before these.
_ANYWHERE: Mapping[int, Answer | str] = {429: "TooMany", 500: "Fault", 503: "Unavailable"}
_SIGNED: Mapping[int, Answer | str] = {400: "BadRequest", 401: "Unauthenticated", 403: "Forbidden"}


def document(
    routes: Iterable[Route], schemas: Mapping[str, Schema], answers: Mapping[str, Answer]
) -> dict[str, Any]:
    """The document of these routes; `schemas` and `answers` are those that they name."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.1",
        "info": INFO,
        "servers": list(SERVERS),
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY,
            "responses": {name: _answer(each) for name, each in answers.items()},
            "schemas": dict(schemas),
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    found = {**_shared(route), **route.answers}
    about = {
        "tags": [route.tag],
        "operationId": route.name,
        "summary": route.summary,
        "description": route.description,
        "parameters": [_parameter(each) for each in route.parameters],
        "requestBody": _body(route.body) if route.body else None,
        "responses": {str(status): _answer(found[status]) for status in sorted(found)},
    }
    return {**{name: each for name, each in about.items() if each}, "security": _security(route)}


def _shared(route: Route) -> Mapping[int, Answer | str]:
    """What a route may come to as any other may; to HEAD it has no body."""
    found = {**_ANYWHERE, **(_SIGNED if route.scope else {})}
    return dict.fromkeys(found, AS_OF_GET) if route.method == "HEAD" else found


def _security(route: Route) -> list[dict[str, list[str]]]:
    """Nothing for a route that is open; for others a signature, a token with the scope, or to be local."""
    return [{"aws": []}, {"jwt": [route.scope]}, {}] if route.scope else []


def _parameter(parameter: Parameter) -> dict[str, Any]:
    about = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
        "example": parameter.example,
    }
    return {name: each for name, each in about.items() if each}


def _body(body: Body) -> dict[str, Any]:
    about = {"description": body.description, "required": body.required, "content": _content(body.content)}
    return {name: each for name, each in about.items() if each}


def _answer(answer: Answer | str) -> dict[str, Any]:
    if isinstance(answer, str):
        return {"$ref": f"#/components/responses/{answer}"}
    about = {
        "description": answer.description,
        "headers": dict(answer.headers),
        "content": _content(answer.content),
    }
    return {name: each for name, each in about.items() if each}


def _content(content: Mapping[str, Schema]) -> dict[str, Any]:
    return {kind: {"schema": schema} for kind, schema in content.items()}
