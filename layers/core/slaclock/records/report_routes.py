"""The paths under `/v1/reports`."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from slaclock.records.attainment import Record, attainment, attainment_csv
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.records.breach_formats import CSV_TYPE, Format, negotiate
from slaclock.records.http import json_text, query, refusal, refuse_others

ATTAINMENT = "/v1/reports/attainment"
FORMATS = (Format("application/json", json_text), Format(CSV_TYPE, attainment_csv))


class ReportParts(Protocol):
    """What of a function's wiring answers these paths."""

    @property
    def store(self) -> Record: ...

    def now(self) -> datetime: ...


def add_reports(app: APIGatewayHttpResolver, parts: Callable[[], ReportParts]) -> None:
    """Let an app answer these paths; `parts` gives the wiring as it is when a request comes."""

    @app.get(ATTAINMENT)
    def figures() -> Response[str]:
        form = negotiate(app.current_event.headers.get("accept"), FORMATS)
        if form is None:
            return refusal(406, f"attainment comes as {', '.join(each.kind for each in FORMATS)}")
        wiring = parts()
        found = attainment(wiring.store, parse_attainment_query(query(app.current_event)), wiring.now())
        return Response(200, form.media_type, form.write(found), headers={"Vary": "Accept"})

    refuse_others(app, {ATTAINMENT: "GET"})
