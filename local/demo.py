"""`make demo`: one story, and a storm, through the real functions, over local HTTP, in virtual time.

The exit status is 0 only if every fact and every message that belongs to the story is there, and no other.
"""

import argparse
import json
import os
import sys
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from local.clock import VirtualClock
from local.http import serve
from local.sending import sign
from local.stack import ACCOUNT, running
from local.story import FACTS, MESSAGES, OUTAGE, STEPS, STORM, TICKET, ZONE, Step, delivery
from local.timeline import clock_time, timeline
from slaclock.domain.instants import parse_instant

Document = dict[str, Any]
BREACHES = f"/v1/breaches?account={ACCOUNT}&from=2026-03-01&to=2026-04-01"


class Client:
    """Speaks HTTP to the stack, as a helpdesk, on-call staff and legal would."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get(self, path: str, accept: str = "application/json") -> str:
        return self._send(urllib.request.Request(self._address + path, headers={"accept": accept}))  # noqa: S310

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> str:
        return self._send(urllib.request.Request(self._address + path, body, dict(headers)))  # noqa: S310

    @staticmethod
    def _send(request: urllib.request.Request) -> str:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  (an address of this machine)
            return str(answer.read().decode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the story, print what came of it, and compare it with what must have come."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--without", action="append", default=[], choices=["Timer", "Notify", "Arm"], metavar="FUNCTION"
    )
    without = parser.parse_args(arguments).without
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")
    with running(VirtualClock(STEPS[0].at, speed=0), without=without) as stack:
        server = serve(stack, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            return _tell(Client(f"http://127.0.0.1:{server.server_port}"))
        finally:
            server.shutdown()
            server.server_close()


def _tell(client: Client) -> int:
    print("What was done\n")
    for step in (*STEPS, *STORM):
        _advance(client, step)
        print(f"{clock_time(step.at):<24}{step.said}: {_play(client, step)}")
    facts = {each: json.loads(client.get(f"/v1/tickets/{ACCOUNT}/{each}"))["facts"] for each in FACTS}
    inbox = json.loads(client.get("/local/inbox"))["messages"]
    print(
        f"\nWhat slaclock made of it ({ZONE.key})\n",
        *timeline(facts[TICKET], [each["json"] for each in inbox], ZONE),
        sep="\n",
    )
    _print_messages("What on-call staff received", [each for each in inbox if _for_oncall(each)])
    _print_messages(
        f"What the team received of {len(OUTAGE)} reminders in one minute",
        [each for each in inbox if _storm(each)],
    )
    print("\nThe breach, as JSON\n", json.dumps(json.loads(client.get(BREACHES)), indent=2), sep="\n")
    print("\nThe breach, as CSV\n", client.get(BREACHES, "text/csv"), sep="\n")
    return _judge(facts, [each["json"] for each in inbox])


def _advance(client: Client, step: Step) -> None:
    now = parse_instant(json.loads(client.get("/local/clock"))["now"])
    minutes = int((step.at - now).total_seconds() // 60)
    client.post("/local/clock", json.dumps({"advance": f"{minutes}m wall"}).encode(), {})


def _play(client: Client, step: Step) -> str:
    if step.sample:
        signed = [sign(delivery(step, ticket), step.at) for ticket in step.tickets]
        receipts = [json.loads(client.post(each.path, each.body, each.headers)) for each in signed]
        return _counted({name: sum(each[name] for each in receipts) for name in receipts[0]})
    messages = [each["json"] for each in json.loads(client.get("/local/inbox"))["messages"]]
    levels = [each for each in messages if each["fact"] == "escalation_due"]
    if not levels:
        return "but nobody on call was told"
    path = f"/v1/escalations/{levels[-1]['notification_id']}/acknowledge"
    body = json.dumps({"by": "kim, on call"}).encode()
    answer = json.loads(client.post(path, body, {"content-type": "application/json"}))
    return f"acknowledged by {answer['by']}"


def _counted(receipt: Document) -> str:
    return ", ".join(f"{count} {name}" for name, count in receipt.items() if count)


def _for_oncall(message: Document) -> bool:
    return bool(message["json"]["audience"].startswith("oncall"))


def _storm(message: Document) -> bool:
    return "reminders" in message["json"]


def _print_messages(title: str, messages: Sequence[Document]) -> None:
    print(f"\n{title}")
    for message in messages:
        print(f"\n--- to {message['json']['audience']}: {message['subject']}\n{message['text']}")


def _judge(facts: Mapping[str, Sequence[Document]], messages: Sequence[Document]) -> int:
    """Compare what happened with the story; say what is missing and what is too much."""
    happened = [
        (f"a fact of {ticket}", expected, [_fact_line(fact) for fact in facts[ticket]])
        for ticket, expected in FACTS.items()
    ]
    sent = ("a message", MESSAGES, [_message_line(each) for each in messages])
    wrong = [
        f"{what} {'is missing' if count > 0 else 'is too much'}: {line}"
        for what, expected, actual in (*happened, sent)
        for line in sorted({*expected, *actual})
        if (count := expected.count(line) - actual.count(line))
    ]
    print(
        *(["\nThe story did not happen as it must:", *wrong] if wrong else ["\nEvery step happened."]),
        sep="\n",
    )
    return 1 if wrong else 0


def _message_line(message: Document) -> str:
    """What was told, and to whom; of several reminders the tickets, too."""
    told = message.get("reminders", [message])
    tickets = f": {', '.join(sorted(each['ticket_id'] for each in told))}" if "reminders" in message else ""
    return f"{max(map(_time, told))} {message['fact']} {message['audience']}{tickets}"


def _fact_line(fact: Document) -> str:
    telling = {"reminder_due": "reminder", "clock_breached": "detected_by", "escalation_due": "notify"}
    detail = fact.get(telling.get(fact["fact"], ""), "")
    return f"{_time(fact)} {fact['fact']} {fact['target']} {detail}".rstrip()


def _time(document: Document) -> str:
    return f"{parse_instant(document['at']).astimezone(ZONE):%H:%M}"


if __name__ == "__main__":
    sys.exit(main())
