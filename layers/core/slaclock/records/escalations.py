"""What is posted about an escalation by whoever AWS lets in: it is taken in hand, or passed on."""

from collections.abc import Collection

from aws_lambda_powertools.event_handler import Response

from slaclock.domain.agreement import Agreement
from slaclock.records.acknowledging import acknowledge, telling
from slaclock.records.handing_over import hand_over
from slaclock.records.http import caller, json_answer, noted, receiver
from slaclock.records.parts import Asked, Parts


def taken_answer(parts: Parts, asked: Asked) -> Response[str]:
    """Who has the breach in hand, since when."""
    by = caller(asked)
    return json_answer(acknowledge(parts.books, parts.workflow.take, asked.path["id"], by, parts.now()))


def handed_answer(parts: Parts, asked: Asked) -> Response[str]:
    """To whom the escalation was passed.

    That is an audience with a topic of its own, or a rota of the agreement that was broken: any other is
    refused, for whoever hands over must not believe that somebody heard of it. Whoever is bound hands over to
    audiences that this agreement names, and is not told which others there are.
    """
    fact_id = asked.path["id"]
    fact, _ = telling(parts.books, fact_id)
    broken = parts.agreements.agreements(fact.account, [(fact.agreement, fact.agreement_version)])
    version = broken.get(fact.agreement, fact.agreement_version)
    heard = {*parts.settings.audiences, *version.audiences} - {"default"}
    to, by = _receiver(asked, version, heard), caller(asked)
    take, note = parts.workflow.take, noted(asked.event)
    return json_answer(hand_over(parts.books, take, fact_id, to, by, parts.now(), note))


def _receiver(asked: Asked, version: Agreement, heard: Collection[str]) -> str:
    if asked.boundary.open:
        return receiver(asked.event, heard, f"it is no audience: one of {', '.join(sorted(heard))}")
    return receiver(asked.event, _named(version) & {*heard}, "it is no audience of this agreement")


def _named(version: Agreement) -> set[str]:
    """Whom an agreement tells: its rotas, who is on them, and whom its promises escalate to and remind."""
    shifts = {shift.notify for rota in version.audiences.values() for shift in rota}
    levels = {level.notify for target in version.targets.values() for level in target.escalation}
    reminded = {name for target in version.targets.values() for name in target.remind}
    return {*version.audiences, *shifts, *levels, *reminded}
