"""What a month costs, by the calls and units that were measured, beside a poller that sweeps each minute.

    python -m scripts.cost            # the tables of docs/cost.md
    python -m scripts.cost --write    # put them there
    python -m scripts.cost 250000     # another number of tickets a month

The formula: for every ticket what `ORDINARY` says, for one of `LATE` what `BREACHED` says besides, what
`AFRESH` says as often as a container asks anew, and `month` adds what a stack costs without any ticket. Free
tiers, discounts and taxes are left out, so are transfer out of AWS, what SNS asks for texts and mails,
backups, and whatever the helpdesk itself asks for.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
BEGIN, END = "<!-- made by scripts/cost.py -->", "<!-- end -->"
TICKETS = (10_000, 1_000_000, 100_000_000)
MOST = 10**12  # tickets a month that it computes with
MINUTES, SWEEPS = 30 * 24 * 60, 30 * 24 * 12  # of a month

# Dollars, in us-east-1, without free tiers. docs/cost.md has their sources.
PRICES: Mapping[str, float] = {
    "write unit": 0.625e-6,
    "read unit": 0.125e-6,
    "stored GB, a month": 0.25,
    "request to HTTP API": 1.00e-6,
    "invocation of Lambda": 0.20e-6,
    "GB-second of Lambda, arm64": 0.0000133334,
    "schedule that fires": 1.00e-6,
    "publication by SNS": 0.50e-6,
    "request to SQS": 0.40e-6,
    "GB of logs": 0.50,
    "alarm's metric, a month": 0.10,
    "custom metric, a month": 0.30,
    "dashboard, a month": 3.00,
    "key in KMS, a month": 1.00,
    "secret, a month": 0.40,
    "read of a secret": 5e-6,
    "GB-second of SnapStart's cache": 0.0000015046,
    "GB restored by SnapStart": 0.0001397998,
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is done: held to what the tests measure. `invocations` are those of all functions."""

    deliveries: int
    invocations: int
    writes: float
    reads: float
    fires: int
    published: int
    queued: int
    stored: int  # bytes that are charged, in tables and indexes
    secrets: int = 0  # read


# Six deliveries under two targets, one reminder, all in time; and what a breach with two levels adds to that.
ORDINARY = Work(6, 16, 79, 28, 1, 1, 3, 20_500)
BREACHED = Work(0, 7, 57, 27, 2, 6, 0, 12_400, 2)
# What a container asks for once a minute: the connection, agreements and two secrets; and a count.
AFRESH = Work(0, 0, 1, 2, 0, 0, 0, 0, 2)
# A sweep of the auditor that finds nothing.
SWEEP = Work(0, 1, 0, 14, 0, 1, 0, 0)
# Of all this, what deadlines are noticed by: `arm` and `timer`, the index `due`, what timers read, and fires.
NOTICED = Work(0, 8, 10, 2, 1, 0, 0, 0)
NOTICED_LATE = Work(0, 3, 2, 4, 2, 0, 0, 0)

# What the template has, whether there are tickets or not: metrics of alarms, metrics of our own, secrets with
# those of a connection and an account, and the GB of memory of what SnapStart keeps snapshots of.
ALARMED, METRICS, DASHBOARDS, KEYS, SECRETS = 110, 52, 1, 1, 3
SNAPPED = 0.5 + 1769 / 1024

# What is assumed, since no test can measure it.
LATE = 0.05  # of tickets, with a breach
DAYS_OPEN = 3
SECONDS = 0.1  # of an invocation, at MEMORY; a sweep of the auditor ten times that
MEMORY = 0.5  # GB
LOGGED = 1500  # bytes of an invocation
POLLS = 15 * MINUTES  # of a queue that Lambda takes from, and mostly finds empty
RESTORED = MINUTES / 10  # snapshots of each function
# The poller: it takes in and records what we do, has neither schedules nor the index of what is due, and
# looks at every open ticket each minute.
TICKET = 850  # bytes of an open ticket
SECONDS_A_TICKET = 50e-6  # to read one and compare

Bill = dict[str, float]


def month(tickets: int) -> Bill:
    """What a month of so many tickets costs, by service."""
    bill = Bill()
    afresh = asked_anew(tickets * ORDINARY.deliveries)
    for work, times in ((ORDINARY, tickets), (BREACHED, tickets * LATE), (AFRESH, afresh)):
        add(bill, _of(work, times))
    add(bill, auditor())
    add(bill, _idle())
    return bill


def asked_anew(deliveries: int) -> float:
    """How often in a month a container asks anew for what it keeps for a minute, at so many deliveries.

    A container asks with the first delivery after the minute is over; one serves all while it is fast enough.
    """
    if deliveries == 0:
        return 0.0
    containers = max(1.0, deliveries * SECONDS / (MINUTES * 60))
    return MINUTES * containers / (1 + MINUTES * containers / deliveries)


def auditor() -> Bill:
    """What the auditor's sweeps cost when they find nothing."""
    bill = _of(SWEEP, SWEEPS)
    add(bill, {"Lambda": SWEEPS * 9 * _lasting(SECONDS)})
    return bill


def noticing(tickets: int) -> Bill:
    """What it costs us that deadlines are noticed: schedules, what they need and read, and the auditor."""
    bill = auditor()
    add(bill, _of(NOTICED, tickets))
    add(bill, _of(NOTICED_LATE, tickets * LATE))
    return bill


def polled(tickets: int) -> Bill:
    """What it costs with a poller: its sweeps apart, and without what it does not need.

    What timers read it needs as well: it reads a ticket that is due again, and not stale.
    """
    bill = month(tickets)
    spared = noticing(tickets)
    read = NOTICED.reads * tickets + NOTICED_LATE.reads * tickets * LATE
    add(spared, {"DynamoDB reads": -read * PRICES["read unit"]})
    add(bill, {name: -amount for name, amount in spared.items()})
    return {**bill, "sweeps each minute": sweeps(tickets)}


def sweeps(tickets: int) -> float:
    """What reading all open tickets costs, each minute of a month: stale reads, and the time for them."""
    open_at_once = tickets * DAYS_OPEN / 30
    units = max(1.0, open_at_once * TICKET / 4096) / 2
    seconds = max(SECONDS, open_at_once * SECONDS_A_TICKET)
    each = units * PRICES["read unit"] + _lasting(seconds) + PRICES["invocation of Lambda"]
    return MINUTES * each


def add(bill: Bill, more: Mapping[str, float]) -> None:
    """Add amounts to a bill."""
    for name, amount in more.items():
        bill[name] = bill.get(name, 0.0) + amount


def _of(work: Work, times: float) -> Bill:
    price, logged = PRICES, work.invocations * LOGGED / 1e9
    once = {
        "DynamoDB writes": work.writes * price["write unit"],
        "DynamoDB reads": work.reads * price["read unit"],
        "DynamoDB storage": work.stored / 2**30 * price["stored GB, a month"],
        "Lambda": work.invocations * (price["invocation of Lambda"] + _lasting(SECONDS)),
        "API Gateway": work.deliveries * price["request to HTTP API"],
        "Scheduler": work.fires * price["schedule that fires"],
        "SNS and SQS": work.published * price["publication by SNS"] + work.queued * price["request to SQS"],
        "logs": logged * price["GB of logs"],
        "secrets read": work.secrets * price["read of a secret"],
    }
    return {name: amount * times for name, amount in once.items()}


def _lasting(seconds: float) -> float:
    return seconds * MEMORY * PRICES["GB-second of Lambda, arm64"]


def _idle() -> Bill:
    """What is paid for standing there."""
    price = PRICES
    cached = MINUTES * 60 * price["GB-second of SnapStart's cache"]
    return {
        "SNS and SQS": POLLS * price["request to SQS"],
        "SnapStart": SNAPPED * (cached + RESTORED * price["GB restored by SnapStart"]),
        "alarms, metrics, dashboard": (
            ALARMED * price["alarm's metric, a month"]
            + METRICS * price["custom metric, a month"]
            + DASHBOARDS * price["dashboard, a month"]
        ),
        "key and secrets": KEYS * price["key in KMS, a month"] + SECRETS * price["secret, a month"],
    }


def tables(sizes: Sequence[int] = TICKETS) -> str:
    """The tables of docs/cost.md."""
    ours, theirs = [month(size) for size in sizes], [polled(size) for size in sizes]
    return "\n".join(
        [
            *_table("Dollars a month", sizes, ours),
            "",
            *_table("With a poller", sizes, theirs),
            "",
            *_alone(sizes),
            "",
            *_prices(),
        ]
    )


def _table(title: str, sizes: Sequence[int], bills: Sequence[Bill]) -> Iterator[str]:
    yield from _head(title, sizes)
    for name in bills[0]:
        yield _row(name, [_dollars(bill[name]) for bill in bills])
    yield _row("**all**", [f"**{_dollars(sum(bill.values()))}**" for bill in bills])
    cents = [sum(bill.values()) / size * 100 for bill, size in zip(bills, sizes, strict=True)]
    yield _row("cents a ticket", [f"{each:.4f}" for each in cents])


def _alone(sizes: Sequence[int]) -> Iterator[str]:
    """What noticing deadlines costs, either way, and nothing else."""
    yield from _head("To notice deadlines, alone", sizes)
    noticed = [sum(noticing(size).values()) for size in sizes]
    swept = [sweeps(size) for size in sizes]
    yield _row("schedules, and the auditor", [_dollars(each) for each in noticed])
    yield _row("sweeps each minute", [_dollars(each) for each in swept])
    yield _row("times as much", [f"{b / a:.1f}" for a, b in zip(noticed, swept, strict=True)])
    lasting = [max(SECONDS, size * DAYS_OPEN / 30 * SECONDS_A_TICKET) for size in sizes]
    yield _row("seconds that one sweep takes", [f"{each:,.1f}" for each in lasting])


def _prices() -> Iterator[str]:
    yield "| Price | dollars |"
    yield "|---|---|"
    for name, price in PRICES.items():
        amount = f"{price * 1e6:.3f} a million" if price < 1e-5 else f"{price:.10f}".rstrip("0").rstrip(".")
        yield f"| {name} | {amount} |"


def _head(title: str, sizes: Sequence[int]) -> Iterator[str]:
    yield _row(title, [f"{size:,} tickets" for size in sizes])
    yield _row("---", ["---:"] * len(sizes)).replace(" ", "")


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _dollars(amount: float) -> str:
    rounded = round(amount, 6) + 0.0  # none is less than nothing
    return f"{rounded:,.2f}" if rounded < 100 else f"{rounded:,.0f}"


def written(page: str) -> str:
    """The page with the tables as they are now."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"


def _tickets(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of tickets from 1 to {MOST}")
    return int(text)


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(prog="python -m scripts.cost", description=__doc__)
    parser.add_argument("tickets", nargs="*", type=_tickets, default=TICKETS, help="a month")
    parser.add_argument("--write", action="store_true", help="into docs/cost.md")
    asked = parser.parse_args()
    if asked.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(tables(asked.tickets))


if __name__ == "__main__":
    main()
