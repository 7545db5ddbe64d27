"""Reports: how many promises were kept, and what is owed for those that were not."""

from slaclock.evidence.attainment import NAMED, TIMED
from slaclock.records.attainment_http import attainment_answer
from slaclock.records.attainment_query import MOST_BY, MOST_DAYS, NONE
from slaclock.records.credits_http import credits_answer
from slaclock.records.credits_query import PERIODS
from slaclock.records.declared import ACCOUNT, JSON, Answer, Parameter, Route, Schema, problem, ref

_DAY = {"type": "string", "format": "date"}


def _named(length: str) -> Schema:
    """A period by its name."""
    return {"type": "string", "pattern": f"^{PERIODS[length][0].pattern}$"}


REPORT_ROUTES = (
    Route(
        "GET",
        "/v1/reports/attainment",
        "getAttainment",
        "How many promises were kept in a period, and what stands beside",
        {
            200: Answer(
                "The figures, group by group and of all together.",
                {JSON: ref("Attainment"), "text/csv": {"type": "string"}},
                {"Vary": {"required": True, "schema": {"const": "Accept"}}},
            ),
            400: "BadRequest",
            406: problem("Neither of the two is acceptable, or `bom` is neither true nor false."),
            413: problem("There are so many groups that no answer holds them."),
        },
        handler=attainment_answer,
        scope="records.read",
        description=(
            "Attainment is met ÷ (met + breached), after corrections and waivers; docs/reports.md says what"
            f" each figure counts. Needed are `month`, or `from` and `to`, {MOST_DAYS} days at most, of which"
            f" `to` is excluded. A filter `{NONE}` is for those that have no such member. A parameter that is"
            " unknown, empty, or given twice is refused, never ignored."
        ),
        parameters=(
            ACCOUNT,
            Parameter("from", _DAY, "The first day, in `zone`.", "2026-03-01"),
            Parameter("to", _DAY, "The first day that is no longer in it.", "2026-04-01"),
            Parameter("month", _named("month"), "In place of both."),
            Parameter(
                "zone",
                {"type": "string", "minLength": 1, "default": "UTC"},
                "In which days begin.",
                "Europe/Copenhagen",
            ),
            Parameter(
                "by",
                ref("Filter"),
                f"At most {MOST_BY} of {', '.join((*NAMED, *TIMED))}, with a comma between.",
                "customer,team",
            ),
            *(Parameter(name, ref("Filter")) for name in NAMED),
            Parameter(
                "Accept",
                {"type": "string"},
                "JSON or CSV; JSON where there is no preference. `text/csv;bom=true` asks for CSV with a byte"
                " order mark.",
                JSON,
                "header",
            ),
        ),
    ),
    Route(
        "GET",
        "/v1/reports/credits",
        "getCredits",
        "What is owed under an agreement for a period, and how a running period stands",
        {
            200: Answer("The statement as of now, beside those that were issued.", {JSON: ref("Credits")}),
            400: "BadRequest",
            404: problem(
                "There is no such agreement, or it says nothing about credits for that period; or no period"
                " is named, and the agreement was ended before the running one began."
            ),
            409: problem("The version that the period has credits a share of a fee, and names none."),
            413: problem("There are so many breaches that no answer holds them."),
        },
        handler=credits_answer,
        scope="records.read",
        description=(
            "Without a period it is the running one. Periods are of days in the zone of the agreement's"
            " calendar, and as long as the agreement counts credits. The statement is provisional until each"
            " day of the period is sealed; what was issued then stays, and `difference` says what is owed"
            " otherwise by now. Money is decimal text."
        ),
        parameters=(
            ACCOUNT,
            Parameter("agreement", ref("Filter"), "Its id.", "acme-gold", required=True),
            *(
                Parameter(
                    name,
                    _named(name),
                    f"The {name}, where credits are counted by it.",
                    example,
                )
                for name, (_, example) in PERIODS.items()
            ),
        ),
    ),
)
