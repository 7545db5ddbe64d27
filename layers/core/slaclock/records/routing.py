"""Routes as the event handler takes them: each by its path and method, and 405 for a path's other methods."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from slaclock.domain.errors import InvalidEvent
from slaclock.records.admitting import admitted
from slaclock.records.declared import Route
from slaclock.records.http import refusal
from slaclock.records.parts import Parts

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class UnreadableRecord(Exception):
    """What is stored can't be read: nothing was posted that could be wrong."""


def register(app: APIGatewayHttpResolver, routes: Iterable[Route], parts: Callable[[], Parts]) -> None:
    """Let an app answer routes; `parts` gives the function's wiring as it is when a request comes."""
    taken: dict[str, list[str]] = {}
    for route in routes:
        app.route(_pattern(route.path), method=route.method)(_answering(app, route, parts))
        taken.setdefault(route.path, []).append(route.method)
    for path, methods in taken.items():
        others = [each for each in METHODS if each not in methods]
        app.route(_pattern(path), method=others)(_refusing(", ".join(methods)))


def routed(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its path built anew from its route and path parameters, each percent-encoded.

    An HTTP API decodes the path before it hands it on, so an id such as `a/b` or `50%` would be taken for
    another path. The route that was matched, and its parameters, come beside it.
    """
    path, given = event.get("routeKey", "").partition(" ")[2], event.get("pathParameters") or {}
    names = re.findall(r"{(\w+)}", path)
    if not path or not given.keys() >= set(names):
        return dict(event)
    try:
        for name in names:
            path = path.replace(f"{{{name}}}", quote(given[name], safe=""))
    except UnicodeEncodeError:  # half a character, which no URL can say, names nothing
        return {**event, "rawPath": "/"}
    stage = event["requestContext"].get("stage", "$default")
    return {**event, "rawPath": path if stage == "$default" else f"/{stage}{path}"}


def _pattern(path: str) -> str:
    """`/v1/breaches/{id}` in the event handler's writing: `/v1/breaches/<id>`."""
    return re.sub(r"{(\w+)}", r"<\1>", path)


def _answering(
    app: APIGatewayHttpResolver, route: Route, parts: Callable[[], Parts]
) -> Callable[..., Response[str]]:
    if route.handler is None:
        raise ValueError(f"{route.key} has no handler")

    def answer(**path: str) -> Response[str]:
        given = {name: unquote(value) for name, value in path.items()}
        try:
            return admitted(parts(), route, app.current_event, given)
        except InvalidEvent as error:
            if route.body:
                raise
            raise UnreadableRecord().with_traceback(error.__traceback__) from None

    return answer


def _refusing(allowed: str) -> Callable[..., Response[str]]:

    def refuse(**_: str) -> Response[str]:
        return refusal(405, f"this path takes {allowed} only", headers={"Allow": allowed})

    return refuse
