"""What happens before a deployed stack, act by act, and what must come of it each time."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant
from tests.e2e import gaps
from tests.e2e.deployed import Deployed
from tests.e2e.listening import HTTP, QUEUE
from tests.e2e.lives import Life, read_life
from tests.e2e.scene import ACCOUNT, Scene, ago

Document = dict[str, Any]
ZENDESK, OURS = "4711", "T-1"  # the tickets that are breached
NOTHING = {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 0}
SENSELESS: tuple[tuple[str, str, Document], ...] = (
    ("Timer", "TimerFailures", {}),
    ("Seal", "SealFailures", {"day": "one that never was"}),
    ("Audit", "AuditFailures", {"Records": ["what no stream says"]}),
)
FIRED = 120.0  # seconds until what a schedule begins must have been heard
HEARD = 60.0  # and what needs none


def deliveries(at: Scene, left: float = 25.0) -> None:
    """Tickets are opened at two helpdesks; what comes twice, is forged or makes no sense is told apart.

    The first two are breached in as many seconds as are `left`.
    """
    opened = ago(60 - left)
    assert at.zendesk(opened).json() == {**NOTHING, "accepted": 1}
    created = at.event(OURS, "created", opened)
    assert at.deliver("generic", created).json() == {**NOTHING, "accepted": 1}
    assert at.deliver("generic", created).json() == {**NOTHING, "duplicates": 1}
    assert at.deliver("generic", at.event(OURS, "solved", opened), secret="whsec_Zm9yZ2Vk").status == 401
    assert at.deliver("zendesk", at.odd()).json() == {**NOTHING, "quarantined": 1}


def quieter_tickets(at: Scene) -> None:
    """One is solved in time, one's reminder may wait for others, one is due in hours."""
    assert at.happened("T-2", "created", ago(40)).status == 202
    assert at.happened("T-2", "solved", ago(5), opened=ago(40)).status == 202
    nearly = timedelta(hours=6, seconds=-20).total_seconds()
    assert at.happened("T-3", "created", ago(nearly), priority="low").status == 202
    assert at.happened("T-4", "created", ago(1), priority="low").status == 202


def handshakes(at: Scene) -> None:
    """What helpdesks ask before they deliver."""
    ours, glpi = (f"/webhooks/{at.connections[kind]}" for kind in ("generic", "glpi"))
    asking = {"webhook-request-origin": "events.example"}
    assert at.line.plain("HEAD", ours).status == 200
    assert at.line.plain("OPTIONS", ours, headers=asking).status == gaps.PREFLIGHT
    assert at.line.plain("GET", f"{glpi}?crc_token={at.challenge()}").status == 200


@contextmanager
def meanwhile(at: Scene) -> Iterator[list[str]]:
    """Tickets are opened for as long as the block lasts; their ids."""
    going, sent = [True], list[str]()

    def send() -> None:
        for number in count():
            if not going:
                return
            ticket = f"M-{number}"
            answer = at.happened(ticket, "created", ago(1), priority="low")
            assert answer.json() == {**NOTHING, "accepted": 1}, answer
            sent.append(ticket)
            time.sleep(0.2)

    with ThreadPoolExecutor(1) as pool:
        done: Future[None] = pool.submit(send)
        try:
            yield sent
        finally:
            going.clear()
        done.result()


def open_clocks(at: Scene) -> dict[str, Document]:
    """What is stored of each ticket that is not due within the hour, by its key."""
    later = format_instant(ago(-3600))
    found = rows(at.deployed, "Tickets")
    return {each["pk"]["S"]: each for each in found if "due_at" in each and each["due_at"]["S"] > later}


def told(at: Scene) -> None:
    """Schedules fire; legal and on-call staff hear of it, at a queue and over HTTP."""
    for ticket in (ZENDESK, OURS):
        for by in (QUEUE, HTTP):
            breach = at.inbox.wait(FIRED, fact="clock_breached", ticket_id=ticket, by=by)
            assert breach.message["detected_by"] == "timer"
            at.inbox.wait(HEARD, fact="escalation_due", audience="oncall-1", ticket_id=ticket, by=by)


def reminded(at: Scene) -> None:
    """What waited for others is told to the team, once nobody joined it for a while."""
    at.inbox.wait(FIRED, fact="reminder_due", audience="team", ticket_id="T-3")


def senseless(at: Scene) -> None:
    """Events that make no sense reach functions that nobody waits for."""
    lambdas = at.deployed.emulator.client("lambda")
    for function, _, event in SENSELESS:
        # What becomes of failures is said of a function's alias, where it has one.
        name, _, qualifier = at.deployed.names[f"{function}EventInvokeConfig"].partition(":")
        lambdas.invoke(
            FunctionName=name,
            Qualifier=qualifier,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )


def kept(at: Scene) -> None:
    """Each was tried again, and then put where people look."""
    sqs, until = at.deployed.emulator.client("sqs"), time.monotonic() + HEARD
    for _, queue, event in SENSELESS:
        url, found = at.deployed.names[queue], list[Document]()
        while not found:
            assert time.monotonic() < until, queue
            asked = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, VisibilityTimeout=0)
            found = asked.get("Messages", [])
        letter = json.loads(found[0]["Body"])
        assert letter["requestPayload"] == event
        assert letter["requestContext"]["condition"] == "RetriesExhausted"


def solved(at: Scene) -> None:
    """A breached ticket is solved, and everybody who was told hears that it is over."""
    assert at.happened(OURS, "solved", ago(0), opened=ago(60)).json() == {**NOTHING, "accepted": 1}
    for audience in ("legal", "oncall-1"):
        at.inbox.wait(HEARD, fact="breach_ended", audience=audience, ticket_id=OURS)


def nothing_waits(at: Scene, *tickets: str) -> None:
    """Wait until nothing that somebody must hear of is on its way, and these tickets have no schedule."""
    until = time.monotonic() + HEARD
    while left := [*_untold(at), *(each for ticket in tickets for each in at.waiting(ticket))]:
        assert time.monotonic() < until, left
        time.sleep(0.2)


def _untold(at: Scene) -> list[str]:
    return [each["sk"]["S"] for each in rows(at.deployed, "Tickets") if each["sk"]["S"].startswith("OUTBOX#")]


def life(at: Scene, ticket: str) -> Life:
    """What is stored of a ticket, which holds together: nothing doubled, nothing left out."""
    dynamodb = at.deployed.emulator.client("dynamodb")
    return read_life(dynamodb, at.deployed.names, subject_key("ticket", ACCOUNT, ticket))


def rows(deployed: Deployed, table: str) -> list[Document]:
    """All that is in a table, in the order of its keys."""
    pages = deployed.emulator.client("dynamodb").get_paginator("scan")
    found = [item for page in pages.paginate(TableName=deployed.names[table]) for item in page["Items"]]
    return sorted(found, key=lambda each: (each["pk"]["S"], each["sk"]["S"]))
