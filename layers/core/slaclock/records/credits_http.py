"""`GET /v1/reports/credits`: what is owed under an agreement for a period, and how a running one stands."""

import json

from aws_lambda_powertools.event_handler import Response

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import format_instant
from slaclock.domain.ties import demands
from slaclock.records.credits import Agreed, NoCredits, agreed, credit_report
from slaclock.records.credits_query import parse_credits_query
from slaclock.records.http import LARGEST, json_answer, query, refusal
from slaclock.records.parameters import InvalidQuery
from slaclock.records.parts import Asked, Parts


def credits_answer(parts: Parts, asked: Asked) -> Response[str]:
    """The report; 409 where a share is of no fee, 413 where it is too large."""
    given, customer = query(asked), asked.boundary.customer
    if customer is not None:
        del given["customer"]  # it is no parameter here, but whose the agreement must be
    wanted, now = parse_credits_query(given), parts.now()
    parameter, name = wanted.period or ("agreement", None)
    known = parts.agreements.agreements(wanted.account)
    its = [each for each in known.versions if each.id == wanted.agreement]
    versions = its if all(_is_of(customer, each) for each in its) else []
    try:
        of = agreed(versions, wanted.agreement, name, now)
    except InvalidAgreement as error:
        return refusal(409, str(error))
    except ValueError as error:
        raise InvalidQuery(parameter, str(error)) from None
    if name is None:
        _check_not_ended(known, of)
    report = credit_report(parts.books, wanted.account, customer, of, now)
    if len(json.dumps(report)) > LARGEST:
        return refusal(413, f"the report has more than {LARGEST} bytes")
    return json_answer(report)


def _check_not_ended(known: Agreements, of: Agreed) -> None:
    """`NoCredits` where the agreement was ended before the running period began: nothing is owed by it."""
    ended = known.ended_at(of.terms.agreement)
    if ended is not None and ended <= of.period.start:
        at, name = format_instant(ended), of.period.name
        raise NoCredits(f"{of.terms.agreement} was ended at {at}, before {name}: name an earlier period")


def _is_of(customer: str | None, version: Agreement) -> bool:
    """Whether a version promises to that customer and to no other, or there is no such bound.

    What suppliers and a provider's own teams owe is none of a customer's business.
    """
    his = version.kind == "customer" and demands(version.applies_to).get("customer") == {customer}
    return customer is None or his
