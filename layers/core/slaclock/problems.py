"""Errors as HTTP tells them: `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from traceback import extract_tb
from typing import Any

Answer = dict[str, Any]
_STEPS = 20  # of a fault's way, at most


def problem(status: HTTPStatus, detail: str, *, pointer: str | None = None, **members: Any) -> Answer:
    """An answer of API Gateway's second payload format; `pointer` (RFC 6901) names the member at fault."""
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **members,
    }
    if pointer is not None:
        document["pointer"] = pointer
    headers = {"content-type": "application/problem+json"}
    return {"statusCode": status.value, "headers": headers, "body": json.dumps(document)}


def fault(error: BaseException) -> str:
    """An error that nobody foresaw, for a log: its kind and its way, innermost first, on one line.

    Never its message, which may quote what somebody wrote: a body, a name, a secret. AWS's code of an error
    is named: `ClientError (ServiceQuotaExceededException) at …`.
    """
    code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code")
    named = f" ({code})" if code else ""
    steps = reversed(extract_tb(error.__traceback__, limit=-_STEPS))
    way = " < ".join(f"{step.filename.rpartition('/')[2]}:{step.lineno} {step.name}" for step in steps)
    return f"{type(error).__name__}{named} at {way}"


@contextmanager
def logged(logger: Any, what: str) -> Iterator[None]:
    """Log an error of the block, as `fault` says it, and let it go on: its caller logs nothing."""
    try:
        yield
    except Exception as error:
        logger.error("%s: %s", what, fault(error))  # noqa: TRY400  (a traceback would quote the message)
        raise
