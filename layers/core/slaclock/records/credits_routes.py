"""Reports of service credits."""

from slaclock.records.credits_http import credits_answer
from slaclock.records.credits_query import PERIODS
from slaclock.records.declared import JSON, Answer, Parameter, Route, problem, ref

CREDITS_ROUTES = (
    Route(
        "GET",
        "/v1/reports/credits",
        "getCredits",
        "What is owed under an agreement for a period, and how a running period stands",
        {
            200: Answer("The statement as of now, beside those that were issued.", {JSON: ref("Credits")}),
            400: "BadRequest",
            404: problem("There is no such agreement, or it says nothing about credits for that period."),
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
            Parameter("account", ref("Filter"), example="example", required=True),
            Parameter("agreement", ref("Filter"), "Its id.", "acme-gold", required=True),
            *(
                Parameter(
                    name,
                    {"type": "string", "pattern": f"^{pattern}$"},
                    f"The {name}, where credits are counted by it.",
                    example,
                )
                for name, (pattern, example) in PERIODS.items()
            ),
        ),
    ),
)
