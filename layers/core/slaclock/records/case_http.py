"""A breach over HTTP: asked for, and worked by whoever AWS lets in."""

from typing import Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from slaclock.domain.case_entry import ENTRIES, read_entry
from slaclock.domain.members import check_members
from slaclock.records.breach_view import breach_view
from slaclock.records.cases import Casework
from slaclock.records.http import Parts, caller, json_answer, posted
from slaclock.store.caching import CachedAgreements
from slaclock.store.contract import TicketStore


class CaseParts(Parts, Protocol):
    """What of a function's wiring the case of a breach needs beside."""

    @property
    def agreements(self) -> CachedAgreements: ...


def breach_answer(tickets: TicketStore, fact_id: str) -> Response[str]:
    """A breach with its case."""
    return json_answer(breach_view(tickets, fact_id))


def entry_answer(parts: CaseParts, event: APIGatewayProxyEventV2, fact_id: str, entry: str) -> Response[str]:
    """The row that was appended."""
    document = posted(event)
    check_members(document, (*ENTRIES[entry], "by"))
    said, by = read_entry(entry, document), caller(event)
    work = Casework(parts.store, parts.agreements, parts.workflow.take)
    return json_answer(work.write(fact_id, entry, said, by, parts.now()), 201)
