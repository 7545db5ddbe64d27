"""The deployed stack under load, on ministack: bursts, one hot ticket, one hot customer, then a steady rate.

    make load                                 # a minute at the steady rate, about four in all
    make load MINUTES=10 RATE=5 SENDERS=8

template.yaml runs as it is deployed: functions in processes of their own, routes, streams, schedules that
fire. Everything shares this machine with the emulator, which does one thing at a time, so milliseconds say
little: read the ratio to a floor, five items put by one bare transaction during the same part. What holds
anywhere: nothing that was accepted is lost, and every deadline has its one outcome. Status 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.evidence.canonical import content_hash
from slaclock.patience import COMMANDS
from slaclock.store.agreements import Version
from slaclock.wiring import Wiring
from tests.e2e.deployed import Deployed, deploy
from tests.e2e.gauging import Floor, floor, memory
from tests.e2e.ministack import emulator
from tests.e2e.reckoning import reckon
from tests.e2e.traffic import ACCOUNT, CONNECTION, SECRET, Helpdesk, Sent, quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.e2e.traffic import Event

# Of what comes in bursts no deadline passes while the load lasts: the emulator starts a process for each
# schedule that is due, so with hundreds at once one would measure how fast this machine starts Python.
BUDGETS = {"high": timedelta(minutes=1), "low": timedelta(hours=8)}
GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets: {resolution: {high: 1m, low: 8h}}
escalation: [{after: 0m, notify: oncall-1}]
"""
SETTLING = 100.0  # seconds for the last deadline to pass, and its schedule to fire
KINDS = ("accepted", "duplicates", "quarantined", "refused", "unanswered")


def main() -> int:
    """Deploy, send, settle, look at every ticket; 1 if anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--rate", type=float, default=4.0, help="deliveries a second in the steady part")
    parser.add_argument("--senders", type=int, default=8, help="deliveries under way at once, at the most")
    args = parser.parse_args()
    print(f"machine load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with emulator() as running:
        deployed = deploy(running, ReservedConcurrency=str(args.senders))
        print(f"deployed: {len(deployed.names)} resources")
        _prepare(deployed)
        desk = Helpdesk(deployed, args.senders, Random(2026))  # noqa: S311  (no secret)
        with floor(deployed) as beside:
            sent, memories = _send(desk, beside, args.minutes, args.rate)
        print(f"machine load after: {os.getloadavg()[0]:.1f}\n")
        _print_memory(memories)
        time.sleep(SETTLING)
        return _judged(deployed, sent)


def _prepare(deployed: Deployed) -> None:
    """Publish an agreement, and connect the helpdesk."""
    wiring, now = Wiring(deployed.environ, patience=COMMANDS), datetime.now(UTC)
    frozen = freeze(read_document(GOLD, "gold.yaml"), published=now.date())
    wiring.store.publish(ACCOUNT, [Version(frozen, 1, content_hash(frozen))], now, 0)
    reference = f"slaclock/{CONNECTION}"
    wiring.store.connect({"id": CONNECTION, "kind": "generic", "account": ACCOUNT, "secret": reference})
    deployed.emulator.client("secretsmanager").create_secret(Name=reference, SecretString=SECRET)


def _send(
    desk: Helpdesk, beside: Floor, minutes: float, rate: float
) -> tuple[list[Sent], list[dict[int, float]]]:
    """Every part of the load in turn, and the memory at each minute of the steady one."""
    hot = desk.created()
    replies = [desk.follows(hot, kind) for kind in ("agent_replied", "customer_replied") * 25]
    print(f"\n{'':22}" + "".join(f"{each:>12}" for each in ("sent", *KINDS)), end="")
    print("    p50 ms    p99 ms  / GetItem  / transaction")
    sent = _part("cold: 40 tickets", desk, beside, [hot, *(desk.created() for _ in range(39))])
    sent += _part("burst: 50 tickets", desk, beside, [desk.created() for _ in range(50)])
    sent += _part("burst: 100 tickets", desk, beside, [desk.created() for _ in range(100)])
    sent += _part("one ticket, 50 events", desk, beside, replies)
    sent += _part("one customer, 150", desk, beside, [desk.created("hot") for _ in range(150)])
    memories = [memory(desk.deployed, "Webhook")]
    while (left := minutes - (len(memories) - 1)) > 0:
        events = desk.day(int(min(1.0, left) * 60 * rate))
        sent += _part(f"steady, {rate:g} a second", desk, beside, events, rate)
        memories.append(memory(desk.deployed, "Webhook"))
    return sent, memories


def _part(
    name: str, desk: Helpdesk, beside: Floor, events: Iterable[Event], rate: float | None = None
) -> list[Sent]:
    """One part of the load, and a line about it."""
    beside.begin()
    beside.measure()
    sent = desk.send(events, rate)
    became, seconds = Counter(each.became for each in sent), [each.seconds for each in sent]
    half = median(seconds)
    counts = "".join(f"{each:12}" for each in (len(sent), *(became[kind] for kind in KINDS)))
    times = f"{half * 1e3:10.0f}{quantile(seconds, 0.99) * 1e3:10.0f}"
    late = sum(each.late for each in sent) if rate else 0
    ratios = f"{half / median(beside.reads):11.1f}{half / median(beside.writes):15.1f}"
    print(f"{name:22}{counts}{times}{ratios}{f'  {late} sent late' if late else ''}", flush=True)
    return sent


def _print_memory(memories: Sequence[dict[int, float]]) -> None:
    """The webhook's processes at first and after each minute, and how those grew that lived through it."""
    if not memories[0]:
        print("memory is known on Linux only")
        return
    for minute, each in enumerate(memories):
        sizes = sorted(each.values())
        print(f"memory after {minute:2} min: {len(sizes)} processes, {sizes[0]:.1f} to {sizes[-1]:.1f} MiB")
    first, last = memories[0], memories[-1]
    growth = [last[each] - first[each] for each in first.keys() & last.keys()]
    most = max(growth, default=0.0)
    print(f"growth of the {len(growth)} that lived through it: {most:+.1f} MiB at the most\n")


def _judged(deployed: Deployed, sent: Sequence[Sent]) -> int:
    """Print what became of everything; 1 if anything was lost or told wrong."""
    found = reckon(deployed, sent, BUDGETS)
    accepted = sum(each.status == 202 for each in sent)
    statuses = Counter(each.status for each in sent if each.became == "refused")
    print(f"deliveries that we said we have: {accepted} of {len(sent)}; lost: {len(found.lost)}")
    print(f"refused, so that the helpdesk knew, by status: {dict(statuses)}")
    print(f"put through by the last sweeps, beside those that ran by themselves: {found.replayed}")
    print(f"outcomes: {dict(found.outcomes)}; breaches noticed by: {dict(found.by)}")
    for fault in (*found.lost[:20], *found.faults[:20]):
        print(f"WRONG: {fault}")
    return 1 if found.lost or found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
