"""All that `records` answers, declared once: the function registers it, and OpenAPI is made of it."""

from slaclock.records.breach_routes import BREACH_ROUTES
from slaclock.records.case_routes import CASE_ROUTES
from slaclock.records.escalation_routes import ESCALATION_ROUTES
from slaclock.records.link_routes import LINK_ROUTES
from slaclock.records.openapi_http import OPENAPI_ROUTES
from slaclock.records.report_routes import REPORT_ROUTES
from slaclock.records.ticket_routes import TICKET_ROUTES

ROUTES = (
    *TICKET_ROUTES,
    *BREACH_ROUTES,
    *CASE_ROUTES,
    *ESCALATION_ROUTES,
    *LINK_ROUTES,
    *REPORT_ROUTES,
    *OPENAPI_ROUTES,
)
