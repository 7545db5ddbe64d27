"""A report as a file: the page, the table or the document."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from slaclock.reporting.page import page
from slaclock.reporting.table import table

Report = Mapping[str, Any]


def _document(report: Report) -> str:
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


_WRITERS: Mapping[str, tuple[str, Callable[[Report], str]]] = {
    "html": ("text/html; charset=utf-8", page),
    "csv": ("text/csv; charset=utf-8; header=present", table),
    "json": ("application/json", _document),
}
FORMATS = tuple(_WRITERS)


def written(report: Report, form: str) -> str:
    """The text of a report in one of `FORMATS`."""
    return _WRITERS[form][1](report)


def media_type(form: str) -> str:
    """What a file of that format is."""
    return _WRITERS[form][0]
