"""Tickets, queues, breaches and acknowledgements over HTTP, for people and their programs."""

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from slaclock.records.http import headed, problem_of
from slaclock.records.routes import ROUTES
from slaclock.records.routing import register, routed
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("records", os.environ)
APP = APIGatewayHttpResolver()
APP.exception_handler(Exception)(problem_of)
register(APP, ROUTES, lambda: WIRING)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    WIRING.begin()
    return headed(event, APP.resolve(routed(event), context))
