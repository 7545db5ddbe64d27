"""The story that the demo plays: one urgent ticket, from Friday to Saturday afternoon, and then a storm."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.template import ROOT
from slaclock.domain.instants import format_instant

ZONE = ZoneInfo("Europe/Copenhagen")
FRIDAY = datetime(2026, 3, 27, tzinfo=ZONE)
TICKET = "4711"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does: a delivery from a sample of `events/zendesk`, or an acknowledgement."""

    at: datetime
    said: str
    sample: str | None = None
    tickets: tuple[str, ...] = (TICKET,)


def _at(day: int, time: str) -> datetime:
    hours, minutes = map(int, time.split(":"))
    return FRIDAY + timedelta(days=day, hours=hours, minutes=minutes)


STEPS = (
    Step(_at(0, "15:05"), "Acme opens an urgent ticket", "ticket_created_urgent"),
    Step(_at(0, "15:22"), "an agent answers", "comment_by_agent"),
    Step(_at(0, "15:40"), "the agent waits for the customer", "status_pending"),
    Step(_at(0, "16:10"), "the customer answers", "comment_by_customer"),
    Step(_at(0, "16:10"), "which opens the ticket again", "status_open"),
    Step(_at(0, "16:40"), "the agent answers", "comment_by_agent"),
    Step(_at(0, "16:45"), "and waits again", "status_pending"),
    Step(_at(1, "11:00"), "on Saturday the customer answers", "comment_by_customer"),
    Step(_at(1, "11:00"), "which opens the ticket again", "status_open"),
    Step(_at(1, "14:30"), "somebody on call takes it in hand"),
    Step(_at(1, "15:15"), "the agent answers", "comment_by_agent"),
    Step(_at(1, "15:20"), "and solves the ticket", "solved"),
)

# Afterwards many tickets fall due in the same minute: whoever is reminded of them is told once.
OUTAGE = ("4801", "4802", "4803", "4804")
STORM = (
    Step(_at(1, "16:00"), "an outage: Acme opens four urgent tickets", "ticket_created_urgent", OUTAGE),
    Step(_at(1, "18:30"), "it is over, and the agent solves them", "solved", OUTAGE),
)

# What must have happened when the story is over: each fact of each ticket, and each message.
_LIFE = """\
15:05 clock_started first_response
15:05 clock_started resolution
15:20 reminder_due first_response 50%
15:22 clock_met first_response
15:40 clock_paused resolution
16:10 clock_resumed resolution
16:10 clock_started next_response
16:40 clock_met next_response
16:45 clock_paused resolution
11:00 clock_resumed resolution
11:00 clock_started next_response
11:50 reminder_due resolution 50%
12:50 reminder_due resolution 75%
13:50 clock_breached resolution timer
13:50 escalation_due resolution oncall-1
14:00 escalation_due resolution oncall-1
14:10 escalation_due resolution oncall-1
14:20 escalation_due resolution oncall-2
14:30 breach_acknowledged resolution
15:15 clock_met next_response
15:20 breach_ended resolution""".splitlines()

_LIFE_IN_OUTAGE = """\
16:00 clock_started first_response
16:00 clock_started resolution
18:00 reminder_due resolution 50%
18:30 clock_met resolution
18:30 clock_cancelled first_response""".splitlines()

FACTS = {TICKET: _LIFE, **dict.fromkeys(OUTAGE, _LIFE_IN_OUTAGE)}

MESSAGES = """\
15:20 reminder_due team
11:50 reminder_due team
12:50 reminder_due team
13:50 clock_breached legal
13:50 escalation_due oncall-1
14:00 escalation_due oncall-1
14:10 escalation_due oncall-1
14:20 escalation_due oncall-2
15:20 breach_ended legal
15:20 breach_ended oncall-1
15:20 breach_ended oncall-2
18:00 reminders_gathered team: 4801, 4802, 4803, 4804""".splitlines()


def delivery(step: Step, ticket: str = TICKET) -> dict[str, Any]:
    """A step's delivery: its sample, as if it had happened at that time to a ticket."""
    sample: dict[str, Any] = json.loads((ROOT / "events" / "zendesk" / f"{step.sample}.json").read_text())
    body, at = sample["body"], format_instant(step.at)
    of = "" if ticket == TICKET else f" {ticket}"
    name, action = (uuid.uuid5(uuid.NAMESPACE_URL, about + of) for about in (f"{step.sample} {at}", at))
    # At Zendesk the events of one action share a sequence, and say where in it they stand.
    sequence = {"id": action.hex.upper(), "position": body["event"]["meta"]["sequence"]["position"]}
    body |= {"id": str(name), "time": at, "event": {**body["event"], "meta": {"sequence": sequence}}}
    body["subject"] = body["subject"].replace(TICKET, ticket)
    if "comment" in body["event"]:  # each is another one, and known by its own id
        body["event"]["comment"] |= {"id": str(name.int % 10**12)}
    body["detail"] |= {"id": ticket, "priority": "URGENT", "updated_at": at}
    if ticket != TICKET:
        body["detail"]["created_at"] = format_instant(STORM[0].at)
    return sample
