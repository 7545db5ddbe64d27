"""How what people do names the breach that it is about: by a fact that told of it, or by its promise."""

from collections.abc import Mapping
from typing import Any, TypedDict

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.members import needed_member, text_member


class Named(TypedDict):
    """The ticket, and the fact or the promise; a fact's id says the ticket as well."""

    account: str
    ticket_id: str
    subject: str
    fact_id: str | None
    agreement: str | None
    metric: str | None


def named_breach(document: Mapping[str, Any]) -> Named:
    """Read what a line names; `InvalidEvent` where that is neither a fact nor an agreement and its metric."""
    fact_id, subject = text_member(document, "fact_id"), text_member(document, "subject") or "ticket"
    if fact_id:
        subject, account, ticket_id = split_subject(split_id(fact_id)[0])
    else:
        account, ticket_id = needed_member(document, "account"), needed_member(document, "ticket_id")
    agreement, metric = text_member(document, "agreement"), text_member(document, "metric")
    if not fact_id and not (agreement and metric):
        raise InvalidEvent("it names neither a fact nor an agreement and its metric", "/fact_id")
    return Named(
        account=account,
        ticket_id=ticket_id,
        subject=subject,
        fact_id=fact_id,
        agreement=agreement,
        metric=metric,
    )


def promise_alone(fact_key: str | None, metric: str | None) -> str | None:
    """What ids had of a breach at first: its promise, whichever its lane and cycle."""
    return fact_key.split(":")[1].rpartition("/")[2] if fact_key else metric


def id_member(document: Mapping[str, Any], prefix: str) -> str | None:
    """The id that a line says it has; `InvalidEvent` where it could be taken for another kind's."""
    own = text_member(document, "id")
    if own and not own.startswith(prefix):
        raise InvalidEvent(f"it begins otherwise than with {prefix!r}", "/id")
    return own
