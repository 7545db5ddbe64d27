"""What a webhook answers where it does not take a delivery: a problem that says what its sender can do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks.arrival import Unreadable
from slaclock.intake import UnknownConnection, Unsigned, Unverified
from slaclock.problems import fault, problem

if TYPE_CHECKING:
    from slaclock.problems import Answer

_SAID = {
    Unreadable: (HTTPStatus.BAD_REQUEST, "the body is not the base64 that it is said to be"),
    UnknownConnection: (HTTPStatus.NOT_FOUND, "nothing is connected here"),
    Unsigned: (HTTPStatus.UNAUTHORIZED, "the signature does not hold, or its time is too far from now"),
}


def refused(error: Exception, logger: Any) -> Answer:
    """The answer to what kept a delivery from being taken; what is not foreseen is ours, and may pass."""
    if isinstance(error, InvalidEvent):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.detail, pointer=error.pointer)
    if said := _SAID.get(type(error)):
        return problem(*said)
    how = "verified" if isinstance(error, Unverified) else "kept"
    logger.error("a delivery could be neither applied nor %s: %s", how, fault(error))
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "try again later")
