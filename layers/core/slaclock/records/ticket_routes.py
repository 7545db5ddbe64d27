"""Tickets, and a team's queue of them."""

from slaclock.records.answers import queue_answer, ticket_answer
from slaclock.records.cursor import LONGEST_CURSOR
from slaclock.records.declared import ACCOUNT, JSON, NAME, Answer, Parameter, Route, in_path, ref
from slaclock.records.queue_query import LIMIT, MOST

CURSOR = Parameter(
    "cursor",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR},
    "What `next` gave, with all other parameters as they were. It is signed.",
)

TICKET_ROUTES = (
    Route(
        "GET",
        "/v1/tickets/{account}/{ticket_id}",
        "getTicket",
        "A ticket, its clocks, and all that was told of it",
        {200: Answer("The ticket as it stands.", {JSON: ref("Ticket")}), 404: "NotFound"},
        handler=ticket_answer,
        scope="records.read",
        parameters=(in_path("account", NAME, example="example"), in_path("ticket_id", NAME, example="4711")),
    ),
    Route(
        "GET",
        "/v1/queue",
        "nextUp",
        "A team's open tickets by the deadline that presses most, a page at a time",
        {
            200: Answer(
                "A page. A ticket that was opened or closed a moment ago may be missing.",
                {JSON: ref("Queue")},
            ),
            400: "BadRequest",
            404: "UnknownCursor",
        },
        handler=queue_answer,
        scope="records.read",
        description=(
            "Those whose deadline has passed come first, those that are paused last. The working time that"
            " is left, or by which it is late, is that of the ticket's own explanation: of the clock's"
            " calendar, as of now, pauses and exclusions left out. A parameter that is unknown, empty, or"
            " given twice is refused, never ignored."
        ),
        parameters=(
            ACCOUNT,
            Parameter(
                "team",
                ref("Filter"),
                "The team's id, or its name where it has none; `-` for the tickets that no team has.",
                "360004400101",
                required=True,
            ),
            Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}),
            CURSOR,
        ),
    ),
)
