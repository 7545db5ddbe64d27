"""A breach over HTTP: asked for, and worked by whoever AWS lets in."""

from difflib import get_close_matches
from typing import Any

from aws_lambda_powertools.event_handler import Response

from slaclock.domain.case_entry import ENTRIES, read_entry
from slaclock.domain.errors import InvalidEvent
from slaclock.records.breach_view import breach_view
from slaclock.records.cases import Casework
from slaclock.records.http import caller, json_answer, posted
from slaclock.records.parts import Asked, Parts


def breach_answer(parts: Parts, asked: Asked) -> Response[str]:
    """A breach with its case."""
    return json_answer(breach_view(parts.store, asked.path["id"]))


def entry_answer(parts: Parts, asked: Asked, entry: str) -> Response[str]:
    """The row that was appended."""
    document = posted(asked.event)
    _check_members(document, entry)
    said, by = read_entry(entry, document), caller(asked.event)
    work = Casework(parts.store, parts.agreements, parts.workflow.take)
    return json_answer(work.write(asked.path["id"], entry, said, by, parts.now()), 201)


def _check_members(document: dict[str, Any], entry: str) -> None:
    """Refuse a member that there is not: what is mistyped must not be left out unseen."""
    known = [*ENTRIES[entry], "by"]
    for name in document:
        if name not in known:
            near = get_close_matches(name[:64], known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            pointer = name[:64].replace("~", "~0").replace("/", "~1")
            raise InvalidEvent(f"there is no such member: {hint}", f"/{pointer}")
