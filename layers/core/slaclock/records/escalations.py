"""What is posted about an escalation by whoever AWS lets in: it is taken in hand, or passed on."""

from aws_lambda_powertools.event_handler import Response

from slaclock.records.acknowledging import acknowledge, telling
from slaclock.records.handing_over import hand_over
from slaclock.records.http import caller, json_answer, noted, receiver
from slaclock.records.parts import Asked, Parts


def taken_answer(parts: Parts, asked: Asked) -> Response[str]:
    """Who has the breach in hand, since when."""
    by = caller(asked)
    return json_answer(acknowledge(parts.store, parts.workflow.take, asked.path["id"], by, parts.now()))


def handed_answer(parts: Parts, asked: Asked) -> Response[str]:
    """To whom the escalation was passed.

    That is an audience with a topic of its own, or a rota of the agreement that was broken: any other is
    refused, for whoever hands over must not believe that somebody heard of it.
    """
    fact_id = asked.path["id"]
    fact, _ = telling(parts.store, fact_id)
    broken = parts.agreements.agreements(fact.account, [(fact.agreement, fact.agreement_version)])
    rotas = broken.get(fact.agreement, fact.agreement_version).audiences
    known = {*parts.settings.audiences, *rotas} - {"default"}
    to, by = receiver(asked.event, known), caller(asked)
    take, note = parts.workflow.take, noted(asked.event)
    return json_answer(hand_over(parts.store, take, fact_id, to, by, parts.now(), note))
