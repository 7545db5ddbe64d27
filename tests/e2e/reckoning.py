"""After a load: all is there that was accepted, and every ticket has the outcome that its log asks for."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant, parse_instant
from tests.e2e.deployed import Deployed
from tests.e2e.lives import Life, read_life
from tests.e2e.traffic import ACCOUNT, Sent

SWEEPS = 20  # at the most, until nothing is left in quarantine
_LATEST = timedelta(seconds=30)  # after its deadline a breach must be known


@dataclass(slots=True)
class Reckoning:
    """What was found. `faults` is what must not be; `by` is who noticed each breach."""

    replayed: int = 0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)


def reckon(deployed: Deployed, sent: Sequence[Sent], budgets: Mapping[str, timedelta]) -> Reckoning:
    """Have the auditor put through what was kept, then look at every ticket that anything was sent about."""
    found = Reckoning(replayed=_swept(deployed))
    if left := quarantined(deployed):
        found.faults.append(f"{left} deliveries are still in quarantine")
    dynamodb, now = deployed.emulator.client("dynamodb"), datetime.now(UTC)
    accepted = _accepted(sent)
    for ticket in sorted({each.event.ticket for each in sent}):
        try:
            life = read_life(dynamodb, deployed.names, subject_key("ticket", ACCOUNT, ticket))
        except (AssertionError, ValueError) as error:  # nothing is stored, or it does not hold together
            found.faults.append(f"{ticket}: {error!r}")
            found.lost += accepted.get(ticket, ())
            continue
        found.lost += sorted(accepted.get(ticket, set()) - life.log.keys())
        _judge(ticket, life, budgets, now, found)
    return found


def quarantined(deployed: Deployed) -> int:
    """How many deliveries wait, for whatever reason."""
    pages = deployed.emulator.client("s3").get_paginator("list_objects_v2")
    return sum(page["KeyCount"] for page in pages.paginate(Bucket=deployed.names["Quarantine"]))


def _swept(deployed: Deployed) -> int:
    """Sweep until there is nothing left to put through; how much was."""
    replayed = 0
    for _ in range(SWEEPS):
        swept = deployed.invoke("Audit", {"source": "aws.events", "detail-type": "Scheduled Event"})
        replayed += swept["replayed"]
        if not (swept["replayed"] or swept["left"] or swept["failed"]):
            break
        time.sleep(1)
    return replayed


def _accepted(sent: Iterable[Sent]) -> dict[str, set[str]]:
    """The ids of the events that we said we had, by ticket: applied, known already, or kept."""
    found: dict[str, set[str]] = {}
    for each in sent:
        if each.status == 202:
            found.setdefault(each.event.ticket, set()).add(each.event.id)
    return found


def _judge(
    ticket: str, life: Life, budgets: Mapping[str, timedelta], now: datetime, found: Reckoning
) -> None:
    """Compare a ticket's outcome with what its log asks for, worked out here and not by the rules."""
    documents = [json.loads(each["body"]) for each in life.log.values()]
    about = documents[0]["ticket"]
    deadline = parse_instant(about["created_at"]) + budgets[about["priority"]]
    seen = min(parse_instant(each["occurred_at"]) for each in documents)
    solved = [parse_instant(each["occurred_at"]) for each in documents if each["type"] == "solved"]
    met = solved and min(solved) <= deadline
    outcome = ("clock_met", min(solved)) if met else ("clock_breached", max(deadline, seen))  # rule 16
    told = life.outcomes().get(("resolution", 1))
    too_early = outcome[0] == "clock_breached" and deadline + _LATEST > now
    if (told or not too_early) and (told or ())[:2] != (outcome[0], format_instant(outcome[1])):
        found.faults.append(f"{ticket}: told {told}, where its log asks for {outcome}")
    found.outcomes.update([told[0]] if told else [])
    found.by.update(each["detected_by"] for each in life.facts if each["fact"] == "clock_breached")
