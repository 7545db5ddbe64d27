"""The paths under `/v1/breaches`: the list, one breach, and what is written into its case."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from slaclock.domain.case_entry import ENTRIES
from slaclock.records.answers import breaches_answer
from slaclock.records.case_http import CaseParts, breach_answer, entry_answer
from slaclock.records.cursor import Cursors
from slaclock.records.http import refuse_others
from slaclock.records.ticket_view import Store
from slaclock.store.contract import Ledger

BREACHES = "/v1/breaches"
BREACH = f"{BREACHES}/<fact_id>"


class Record(Store, Ledger, Protocol):
    """Where tickets and the ledger are kept."""


class BreachParts(CaseParts, Protocol):
    """What of a function's wiring answers these paths."""

    @property
    def store(self) -> Record: ...

    @property
    def cursors(self) -> Cursors: ...


def add_breaches(app: APIGatewayHttpResolver, parts: Callable[[], BreachParts]) -> None:
    """Let an app answer these paths; `parts` gives the wiring as it is when a request comes."""

    @app.route(BREACHES, method=["GET", "HEAD"])
    def breaches() -> Response[str]:
        wiring = parts()
        return breaches_answer(wiring.store, wiring.cursors, app.current_event, wiring.now(), BREACHES)

    @app.route(BREACH, method=["GET", "HEAD"])
    def breach(fact_id: str) -> Response[str]:
        return breach_answer(parts().store, unquote(fact_id))

    for entry in ENTRIES:
        app.post(f"{BREACH}/{entry}")(_writing(app, parts, entry))
    refuse_others(app, dict.fromkeys((BREACHES, BREACH), "GET, HEAD"))
    refuse_others(app, {f"{BREACH}/{each}": "POST" for each in ENTRIES})


def _writing(
    app: APIGatewayHttpResolver, parts: Callable[[], BreachParts], entry: str
) -> Callable[[str], Response[str]]:

    def write(fact_id: str) -> Response[str]:
        return entry_answer(parts(), app.current_event, unquote(fact_id), entry)

    return write
