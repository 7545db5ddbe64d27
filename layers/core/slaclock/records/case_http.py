"""A breach over HTTP: asked for, and worked by whoever AWS lets in."""

from aws_lambda_powertools.event_handler import Response

from slaclock.domain.case_entry import ENTRIES, read_entry
from slaclock.domain.members import check_members
from slaclock.records.breach_view import breach_view
from slaclock.records.cases import Casework
from slaclock.records.http import caller, json_answer, posted
from slaclock.records.parts import Asked, Parts


def breach_answer(parts: Parts, asked: Asked) -> Response[str]:
    """A breach with its case."""
    return json_answer(breach_view(parts.books, asked.path["id"], asked.boundary))


def entry_answer(parts: Parts, asked: Asked, entry: str) -> Response[str]:
    """The row that was appended."""
    document = posted(asked.event)
    check_members(document, (*ENTRIES[entry], "by"))
    said, by = read_entry(entry, document), caller(asked)
    work = Casework(parts.books, parts.agreements, parts.workflow.take, asked.boundary)
    return json_answer(work.write(asked.path["id"], entry, said, by, parts.now()), 201)
