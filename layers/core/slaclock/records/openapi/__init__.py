"""The whole HTTP surface in OpenAPI 3.1. Nothing imports this before somebody asks for it."""

import json
from importlib.resources import files
from typing import Any

from slaclock.records.openapi import breaches, cases, common, reports, tickets
from slaclock.records.openapi.answers import ANSWERS
from slaclock.records.openapi.document import document
from slaclock.records.openapi.webhooks import WEBHOOK_ROUTES
from slaclock.records.routes import ROUTES

SURFACE = (*WEBHOOK_ROUTES, *ROUTES)
SCHEMAS = {
    **common.SCHEMAS,
    **tickets.SCHEMAS,
    **breaches.SCHEMAS,
    **cases.SCHEMAS,
    **reports.SCHEMAS,
}
_EXAMPLES = json.loads(files(__name__).joinpath("examples.json").read_text(encoding="utf-8"))


def openapi() -> dict[str, Any]:
    """The document: of the routes of `records`, and of those that `webhook` answers."""
    shown = {name: [each] for name, each in _EXAMPLES.items()}
    schemas = {
        name: {**each, "examples": shown[name]} if name in shown else each for name, each in SCHEMAS.items()
    }
    return document(SURFACE, schemas, ANSWERS)
