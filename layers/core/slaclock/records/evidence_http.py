"""`GET /v1/breaches/{id}/evidence`: the file, for whoever asks by HTTP and is let in."""

import logging

from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import BotoCoreError, ClientError

from slaclock.access.principals import NotAdmitted
from slaclock.evidence.file import file_name, written
from slaclock.problems import fault
from slaclock.records.alone import evidence_is_alone
from slaclock.records.evidence import TooManyLinks, evidence_of
from slaclock.records.http import refusal
from slaclock.records.parts import Asked, Parts
from slaclock.records.whole import check_whole
from slaclock.store.life import StoredLife

LARGEST = 5 * 1024 * 1024  # bytes; a function may answer six million, and base64 and headers are of that
NOT_ALONE = (
    "this evidence rests on agreements or exclusions that are not yours alone: ask the provider for it"
)
MOST_LINKS = 1000  # of a ticket's chain: more may take longer to fold than a function has time
_log = logging.getLogger(__name__)


def evidence_answer(parts: Parts, asked: Asked) -> Response[str]:
    """The bundle of a breach; 413 where it is too large or takes too long, 503 where seals can't be had.

    `NotAdmitted` where it holds what is not the business of the customer alone to whom the caller is bound.
    """
    breach, customer = asked.path["id"], asked.boundary.customer

    def check(life: StoredLife) -> None:
        log, facts = (each.given for each in life.log), (each.fact for each in life.told)
        check_whole(asked.boundary, log, facts)

    try:
        bundle = evidence_of(parts.books, parts.seals, breach, parts.now(), MOST_LINKS, check)
    except TooManyLinks as error:
        return _refused(str(error), breach)
    except (BotoCoreError, ClientError) as error:
        _log.warning("seals can't be had: %s", fault(error))
        return refusal(503, "seals can't be had just now: ask again", headers={"Retry-After": "60"})
    if customer is not None and not evidence_is_alone(customer, bundle):
        raise NotAdmitted(asked.principal.name, NOT_ALONE)
    body = written(bundle)
    if len(body.encode()) > LARGEST:
        return _refused(f"the evidence has more than {LARGEST} bytes", breach)
    named = {"Content-Disposition": f'attachment; filename="{file_name(bundle)}"'}
    return Response(200, "application/json", body, headers=named)


def _refused(why: str, breach: str) -> Response[str]:
    return refusal(413, f"{why}: get it by slaclock evidence get {breach} -o {file_name({'breach': breach})}")
