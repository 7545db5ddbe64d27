"""What is posted about an escalation by whoever AWS lets in: it is taken in hand, or passed on."""

from collections.abc import Collection
from typing import Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from slaclock.records.acknowledging import acknowledge, telling
from slaclock.records.handing_over import hand_over
from slaclock.records.http import Parts, caller, json_answer, noted, receiver
from slaclock.store.caching import CachedAgreements


class HandingParts(Parts, Protocol):
    """What of a function's wiring handing over needs beside."""

    @property
    def agreements(self) -> CachedAgreements: ...


def taken_answer(parts: Parts, event: APIGatewayProxyEventV2, fact_id: str) -> Response[str]:
    """Who has the breach in hand, since when."""
    by = caller(event)
    return json_answer(acknowledge(parts.store, parts.workflow.take, fact_id, by, parts.now()))


def handed_answer(
    parts: HandingParts, event: APIGatewayProxyEventV2, fact_id: str, topics: Collection[str]
) -> Response[str]:
    """To whom the escalation was passed.

    That is an audience with a topic of its own, or a rota of the agreement that was broken: any other is
    refused, for whoever hands over must not believe that somebody heard of it.
    """
    fact, _ = telling(parts.store, fact_id)
    broken = parts.agreements.agreements(fact.account, [(fact.agreement, fact.agreement_version)])
    rotas = broken.get(fact.agreement, fact.agreement_version).audiences
    to, by = receiver(event, {*topics, *rotas} - {"default"}), caller(event)
    take, note = parts.workflow.take, noted(event)
    return json_answer(hand_over(parts.store, take, fact_id, to, by, parts.now(), note))
