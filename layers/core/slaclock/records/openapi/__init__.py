"""The whole HTTP surface in OpenAPI 3.1. Nothing imports this before somebody asks for it."""

from typing import Any

from slaclock.records.openapi import breaches, cases, common, reports, tickets
from slaclock.records.openapi.answers import ANSWERS
from slaclock.records.openapi.document import document
from slaclock.records.openapi.webhooks import WEBHOOK_ROUTES
from slaclock.records.routes import ROUTES

SURFACE = (*WEBHOOK_ROUTES, *ROUTES)
SCHEMAS = {**common.SCHEMAS, **tickets.SCHEMAS, **breaches.SCHEMAS, **cases.SCHEMAS, **reports.SCHEMAS}


def openapi() -> dict[str, Any]:
    """The document: of the routes of `records`, and of those that `webhook` answers."""
    return document(SURFACE, SCHEMAS, ANSWERS)
