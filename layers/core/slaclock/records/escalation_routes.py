"""What is posted about an escalation: a breach is taken in hand, or passed on."""

from slaclock.records.case_routes import BY_WHOM
from slaclock.records.declared import JSON, NAME, Answer, Body, Route, in_path, problem, ref
from slaclock.records.escalations import handed_answer, taken_answer

_ESCALATION = "/v1/escalations/{id}"
_FACT_ID = in_path("id", NAME, "The id of a fact that tells of the breach, as messages and breaches have it.")
_OVER = problem("The fact tells of no breach, or of one that has ended or was withdrawn.")

ESCALATION_ROUTES = (
    Route(
        "POST",
        f"{_ESCALATION}/acknowledge",
        "acknowledge",
        "Take a breach in hand",
        {
            200: Answer("Who has the breach in hand, since when.", {JSON: ref("Acknowledged")}),
            404: "NotFound",
            409: _OVER,
            422: problem("The body is no JSON object, or `by` no name of one line."),
        },
        handler=taken_answer,
        scope="escalations.acknowledge",
        description="Who was first has it; asking again says who that is, and changes nothing.",
        parameters=(_FACT_ID,),
        body=Body({JSON: ref("Acknowledging")}, BY_WHOM),
    ),
    Route(
        "POST",
        f"{_ESCALATION}/hand-over",
        "handOver",
        "Pass an open escalation to another audience",
        {
            200: Answer("To whom it was handed, by whom, and when.", {JSON: ref("HandedOver")}),
            404: "NotFound",
            409: _OVER,
            422: problem("The body is no JSON object, or `to` no audience that somebody hears of."),
        },
        handler=handed_answer,
        scope="escalations.acknowledge",
        description=(
            "It is told at once, and is among those who hear of the end. An acknowledgement stays what it"
            " was."
        ),
        parameters=(_FACT_ID,),
        body=Body({JSON: ref("HandingOver")}, BY_WHOM, required=True),
    ),
)
