"""How counts get into a function's metrics. Their one dimension is the function: nobody's name is in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, MutableSequence
from contextlib import contextmanager

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "slaclock"
# All that functions measure, by name, as in docs/operations.md. Counts, but for these, which are seconds.
SECONDS = frozenset({"FireLag", "EndToEndLag"})
MEASURED: Mapping[str, str] = {
    "Accepted": "events that were folded into a ticket",
    "Duplicates": "events that had been folded in before",
    "Ignored": "events that say nothing of a ticket",
    "Quarantined": "deliveries that were kept for later, or for a person",
    "Refused": "deliveries that were answered by an error",
    "NotKept": "deliveries that could be neither applied nor kept",
    "Breaches": "breaches recorded",
    "Reminders": "reminders that came due",
    "VersionConflicts": "decisions taken anew, for somebody else was first",
    "ConflictsGivenUp": "decisions given up, for others were first for seconds",
    "Fires": "schedules that fired",
    "StaleSchedules": "schedules that fired and were not current any more",
    "FireLag": "from a clock's moment until its schedule woke it",
    "NotArmed": "writes whose schedules could not be made or deleted, each try",
    "Announced": "audiences that a fact's message went out to; none from whom it was held back",
    "NotAnnounced": "facts that could not be published, each try",
    "WithoutLink": "messages that went out without their link",
    "EndToEndLag": "from a deadline, or a reminder's moment, until its message was with SNS",
    "Sweeps": "sweeps that came to their end",
    "CaughtTickets": "tickets with clocks that no schedule had woken",
    "CaughtFacts": "facts that nobody had been told for five minutes",
    "CaughtDeliveries": "kept deliveries that were applied",
    "SetAside": "kept deliveries that can't be applied",
    "AuditorFailures": "what a sweep found and could not put right",
    "LeftOver": "what a sweep had no time for, at least",
    "SilentConnections": "connections that are silent against their habit",
    "HeartbeatFailed": "clean sweeps whose heartbeat could not be published",
    "LedgerChanged": "rows of the ledger that were changed or removed",
    "ForgottenTickets": "tickets whose log was removed, its time being over",
    "Seals": "days sealed",
    "LateRows": "rows of days that had been sealed before",
    "SealMismatch": "rows that are not as they were sealed, and seals that can't be read",
    "UnsealedDays": "days that wait for the next night",
    "SealRuns": "nights that came to their end",
    "MonthlyReports": "reports made",
    "ReportsFailed": "accounts whose reports could not be made",
    "ReportsLeft": "accounts left for the next morning",
}


def count(metrics: Metrics, **counts: float) -> None:
    """Add counts under their names, nought as well: what is never counted can't be told from what is well."""
    for name, value in counts.items():
        unit = MetricUnit.Seconds if name in SECONDS else MetricUnit.Count
        metrics.add_metric(name=name, unit=unit, value=value)


@contextmanager
def counting_decisions(metrics: Metrics, conflicts: Counter[str], told: Counter[str]) -> Iterator[None]:
    """Add what was decided within the block, by the facts told, and how often it was beaten; forget both."""
    try:
        yield
    finally:
        count(metrics, VersionConflicts=conflicts["met"], ConflictsGivenUp=conflicts["given up"])
        count(metrics, Breaches=told["clock_breached"], Reminders=told["reminder_due"])
        conflicts.clear()
        told.clear()


@contextmanager
def counting_messages(
    metrics: Metrics, unlinked: Counter[str], lags: MutableSequence[float]
) -> Iterator[None]:
    """Add how late messages of the block were, and how many lack the link that they ought to have; forget."""
    try:
        yield
    finally:
        count(metrics, WithoutLink=unlinked.total())
        for lag in lags:
            count(metrics, EndToEndLag=lag)
        unlinked.clear()
        lags.clear()
