"""How what people do names the breach that it is about: by a fact that told of it, or by its promise."""

from collections.abc import Mapping
from typing import Any, TypedDict

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.members import needed_member, text_member


class Whose(TypedDict):
    """The ticket."""

    account: str
    ticket_id: str
    subject: str


class Named(Whose):
    """The ticket, and the fact or the promise; a fact's id says the ticket as well."""

    fact_id: str | None
    agreement: str | None
    metric: str | None


def named_breach(document: Mapping[str, Any]) -> Named:
    """Read what a line names; `InvalidEvent` where that is neither a fact nor an agreement and its metric."""
    fact_id = text_member(document, "fact_id")
    whose = ticket_of(split_id(fact_id)[0]) if fact_id else _ticket_said(document)
    agreement, metric = text_member(document, "agreement"), text_member(document, "metric")
    if not fact_id and not (agreement and metric):
        raise InvalidEvent("it names neither a fact nor an agreement and its metric", "/fact_id")
    return Named(**whose, fact_id=fact_id, agreement=agreement, metric=metric)


def ticket_of(subject: str) -> Whose:
    """The ticket of a subject's key, as inputs name it."""
    kind, account, ticket_id = split_subject(subject)
    return Whose(account=account, ticket_id=ticket_id, subject=kind)


def _ticket_said(document: Mapping[str, Any]) -> Whose:
    account, ticket_id = needed_member(document, "account"), needed_member(document, "ticket_id")
    return Whose(account=account, ticket_id=ticket_id, subject=text_member(document, "subject") or "ticket")
