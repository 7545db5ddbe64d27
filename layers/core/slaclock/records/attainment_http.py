"""`GET /v1/reports/attainment`: how many promises were kept in a period, as JSON or CSV."""

import json

from aws_lambda_powertools.event_handler import Response

from slaclock.records.attainment import attainment, attainment_csv
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.records.breach_formats import CSV_TYPE, Format, negotiate
from slaclock.records.http import LARGEST, json_text, query, refusal
from slaclock.records.parts import Asked, Parts

FORMATS = (Format("application/json", json_text), Format(CSV_TYPE, attainment_csv))


def attainment_answer(parts: Parts, asked: Asked) -> Response[str]:
    """The report as the client would rather have it; 413 where it is too large, as it goes out: in JSON."""
    form = negotiate(asked.event.headers.get("accept"), FORMATS)
    if form is None:
        return refusal(406, f"attainment comes as {', '.join(each.kind for each in FORMATS)}")
    found = attainment(parts.books, parse_attainment_query(query(asked)), parts.now())
    text = form.write(found)
    if len(json.dumps(text)) > LARGEST:
        return refusal(413, f"the report has more than {LARGEST} bytes: ask for fewer groups")
    return Response(200, form.media_type, text, headers={"Vary": "Accept"})
