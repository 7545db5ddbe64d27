"""The paths under `/v1/breaches`: the list, one breach, its evidence. `case_routes` has what is posted."""

from collections.abc import Mapping
from typing import Any

from slaclock.records.answers import BREACHES, breaches_answer
from slaclock.records.breach_query import CHOICES, LIMIT, MOST
from slaclock.records.case_http import breach_answer
from slaclock.records.case_routes import BREACH, BREACH_ID
from slaclock.records.declared import (
    AS_OF_GET,
    JSON,
    NAME,
    Answer,
    Parameter,
    Route,
    in_path,
    problem,
    ref,
)
from slaclock.records.evidence_http import LARGEST, MOST_LINKS, evidence_answer
from slaclock.records.ticket_routes import CURSOR

_FILTERS = (
    Parameter("account", ref("Filter"), example="example"),
    Parameter("customer", ref("Filter")),
    Parameter("agreement", ref("Filter")),
    Parameter(
        "metric", ref("Filter"), "One that slaclock has, or one that an agreement declares.", "resolution"
    ),
    Parameter("team", ref("Filter"), "The name of the team at the breach, or its id where it has none."),
    Parameter("priority", {"enum": list(CHOICES["priority"])}, "The priority at the breach."),
    Parameter(
        "service",
        ref("Filter"),
        "The id of the service at the breach, or its name where it has none.",
    ),
    Parameter("kind", ref("Kind"), "What the breach is from the contract's view."),
    Parameter("status", ref("Status"), "What has become of it by now."),
    Parameter(
        "cause",
        ref("Filter"),
        "What it is put down to by now; `third party` and `third-party` are one.",
        "staffing",
    ),
)
_ACCEPT = Parameter(
    "Accept",
    {"type": "string"},
    "JSON, CSV or NDJSON; JSON where there is no preference. `text/csv;bom=true` asks for CSV with a byte"
    " order mark.",
    JSON,
    "header",
)
_ASKED = (
    Parameter("from", ref("Moment"), "A date (its midnight in UTC) or an instant.", "2026-03-01"),
    Parameter("to", ref("Moment"), "Likewise; itself excluded.", "2026-04-01T00:00:00+02:00"),
    *_FILTERS,
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}),
    CURSOR,
    _ACCEPT,
)
_OF_A_PAGE: Mapping[str, Mapping[str, Any]] = {
    "Link": {"schema": {"type": "string", "pattern": r'^</v1/breaches\?.+>; rel="next"$'}},
    "Vary": {"required": True, "schema": {"const": "Accept"}},
}

BREACH_ROUTES = (
    Route(
        "GET",
        BREACHES,
        "findBreaches",
        "Breaches by deadline, a page at a time",
        {
            200: Answer(
                "A page. Where there is another, `Link` leads to it, and JSON has its cursor in `next`.",
                {
                    JSON: ref("Breaches"),
                    "text/csv": {"type": "string"},
                    "application/x-ndjson": {"type": "string"},
                },
                _OF_A_PAGE,
            ),
            400: "BadRequest",
            404: "UnknownCursor",
            406: problem("None of the three is acceptable, or `bom` is neither true nor false."),
        },
        handler=breaches_answer,
        scope="records.read",
        description=(
            "`from` and `to` bound `due_at`; `to` is excluded. With `account` or `customer` the period may"
            " be left out (`to` is then the end of today, `from` 366 days before it) and span ten years;"
            " without them both are needed, and 31 days is the most. A parameter that is unknown, empty, or"
            " given twice is refused, never ignored."
        ),
        parameters=_ASKED,
    ),
    Route(
        "HEAD",
        BREACHES,
        "lookForBreaches",
        "The same without the page",
        {
            200: Answer("There is such a page.", headers=_OF_A_PAGE),
            400: AS_OF_GET,
            404: AS_OF_GET,
            406: AS_OF_GET,
        },
        handler=breaches_answer,
        scope="records.read",
        description=(
            "Its headers, `Link` among them, but for `Content-Length`. No other path under `/v1` takes HEAD "
            "but that of one breach."
        ),
        parameters=_ASKED,
    ),
    Route(
        "GET",
        BREACH,
        "getBreach",
        "A breach, its case, and its rows",
        {200: Answer("The breach as it stands.", {JSON: ref("BreachAndCase")}), 404: "NotFound"},
        handler=breach_answer,
        scope="records.read",
        description="What was written a moment ago is in it.",
        parameters=(BREACH_ID,),
    ),
    Route(
        "HEAD",
        BREACH,
        "lookForBreach",
        "Whether there is such a breach",
        {200: Answer("There is."), 404: AS_OF_GET},
        handler=breach_answer,
        scope="records.read",
        parameters=(BREACH_ID,),
    ),
    Route(
        "GET",
        f"{BREACH}/evidence",
        "getEvidence",
        "One file by which a breach can be checked without trusting anybody",
        {
            200: Answer(
                "The file. What is not sealed yet has no proof; a day is sealed half an hour after it ends,"
                " in UTC.",
                {JSON: ref("Evidence")},
                {
                    "Content-Disposition": {
                        "required": True,
                        "schema": {
                            "type": "string",
                            "pattern": r'^attachment; filename="evidence-[A-Za-z0-9.-]+\.json"$',
                        },
                    }
                },
            ),
            404: "NotFound",
            413: problem(
                f"It has more than {LARGEST >> 20} MiB, or the record of its ticket more than {MOST_LINKS:,}"
                " links, which may take longer to fold than an answer may. `detail` says which, and names the"
                " command that gets it all the same."
            ),
        },
        handler=evidence_answer,
        scope="records.read",
        noted=True,
        description=(
            "The ticket's log and facts, the agreements as published, the fold step by step, and proofs that"
            " it was sealed. Its shape is docs/schemas/evidence-1.schema.json; `slaclock evidence verify`"
            " checks it, and docs/evidence.md says how to do that by hand."
            " Whoever is bound to a customer is answered 403 where it holds an agreement within the house or"
            " with a supplier, or an agreement or an exclusion that names another customer."
        ),
        parameters=(in_path("id", NAME, "The id of a breach."),),
    ),
)
