"""What is written into the case of a breach: a route for each kind of entry."""

from functools import partial

from slaclock.domain.casework import MOST_ENTRIES
from slaclock.records.answers import BREACHES
from slaclock.records.case_http import entry_answer
from slaclock.records.declared import JSON, NAME, Answer, Body, Route, in_path, problem, ref

BREACH = f"{BREACHES}/{{id}}"
BREACH_ID = in_path("id", NAME, "The id of the fact that told the breach, as the list of breaches has it.")
BY_WHOM = (
    "At most 16 KiB. `by` counts only where nobody had to sign the request, which is the local stack;"
    " deployed, it is whoever signed it."
)
_WITHDRAWN = problem("The breach was withdrawn.")


def _full(several: str) -> Answer:
    return problem(
        f"The breach was withdrawn, or its case has {MOST_ENTRIES} {several} and takes no more of them."
    )


def _writing(
    entry: str, schema: str, name: str, summary: str, description: str, conflict: Answer = _WITHDRAWN
) -> Route:
    """The route of one kind of entry."""
    return Route(
        "POST",
        f"{BREACH}/{entry}",
        name,
        summary,
        {201: "Entered", 404: "NotFound", 409: conflict, 422: "WrongEntry"},
        handler=partial(entry_answer, entry=entry),
        scope="cases.write",
        description=description,
        parameters=(BREACH_ID,),
        body=Body({JSON: ref(schema)}, BY_WHOM, required=True),
    )


CASE_ROUTES = (
    _writing(
        "cause",
        "Cause",
        "giveCause",
        "Say what a breach is put down to",
        "The latest cause counts; those before it stay in the case.",
    ),
    _writing(
        "note",
        "Note",
        "addNote",
        "Note what ought to be known of a breach",
        "A note is never changed or taken back.",
        _full("notes"),
    ),
    _writing(
        "remedy",
        "Remedy",
        "addRemedy",
        "Say what is done about a breach, by whom and until when",
        "The list of breaches shows the latest one.",
        _full("remedies"),
    ),
    _writing(
        "review",
        "Review",
        "addReview",
        "Say what came of it",
        "The list of breaches shows when the latest one was.",
    ),
    _writing(
        "dispute",
        "Dispute",
        "dispute",
        "Dispute a breach, or decide a dispute",
        "The latest one counts. Upheld, the breach stands; waived, it is let pass, which needs no dispute.",
        problem("The breach was withdrawn, or it is to be upheld where no dispute is open."),
    ),
)
