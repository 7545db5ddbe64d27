"""The queues that something may be left in, and what redrive does with each."""

from __future__ import annotations

from dataclasses import dataclass

from slaclock.cli.deployed import TABLES

_SCHEDULES = ("SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN")
_WOKEN = (
    "Each ticket is woken, as timer would have; a schedule that is not its clock's current one is ignored."
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A queue by its logical name, whose function's environment has all that its work `needs`."""

    name: str
    queue: str
    function: str
    module: str
    left: str  # what lies in it
    what: str  # what is done
    unit: str = "messages"  # that --most bounds
    most: int = 1000
    needs: tuple[str, ...] = TABLES


KINDS = (
    Kind(
        "schedules",
        "ScheduleDeadLetters",
        "Timer",
        "redrive_fires",
        "schedules that Scheduler could not hand to timer",
        _WOKEN,
    ),
    Kind(
        "timer",
        "TimerFailures",
        "Timer",
        "redrive_fires",
        "schedules that timer failed at, retries included",
        _WOKEN,
    ),
    Kind(
        "arm",
        "ArmFailures",
        "Arm",
        "redrive_positions",
        "positions in the tickets' stream of records that arm gave up on",
        "Which tickets they were of is not said, so every ticket that is to be woken gets its schedules, the "
        "next one due first: it reads all of those, of every account. A schedule that exists stays as it is, "
        "and what has come due by now is decided at once.",
        unit="tickets",
        most=10_000,
        needs=(*TABLES, *_SCHEDULES),
    ),
    Kind(
        "notify",
        "NotifyFailures",
        "Notify",
        "redrive_positions",
        "positions in the tickets' stream of records that notify gave up on",
        "Every fact is told that waited to be told when the last of those records came.",
        unit="facts",
        needs=("TICKETS_TABLE", "AUDIENCES"),
    ),
    Kind(
        "ledger",
        "LedgerWatchFailures",
        "Audit",
        "redrive_positions",
        "positions in the ledger's stream of changes that audit could not look at",
        "Every fact is held against its row in the ledger, and against its ticket's chain: it reads the "
        "tickets of every account, and changes nothing. What differs is named, and then the messages stay.",
        needs=("TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE"),
    ),
    Kind(
        "audit",
        "AuditFailures",
        "Audit",
        "redrive_sweeps",
        "sweeps of the auditor that failed",
        "One sweep is run here, however many failed; the messages stay where it left something behind.",
        needs=(*TABLES, "QUARANTINE_BUCKET", "AUDIENCES"),
    ),
    Kind(
        "seal",
        "SealFailures",
        "Seal",
        "redrive_seals",
        "nights that seal failed at",
        "Every day that is over and has no seal is sealed, however many nights failed; with --stack it is "
        "the stack's function that does it. The messages stay where something is not as it was sealed.",
        needs=("TICKETS_TABLE", "LEDGER_TABLE", "SEALS_BUCKET", "SEAL_KEY", "STACK"),
    ),
    Kind(
        "partner",
        "PartnerFailures",
        "Webhook",
        "redrive_partner",
        "partner events that EventBridge could not hand to webhook, or that webhook failed at",
        "Each is taken in, as webhook would have; one that is known already changes nothing.",
        needs=(*TABLES, "QUARANTINE_BUCKET"),
    ),
    Kind(
        "reminders",
        "ReminderFailures",
        "Notify",
        "redrive_reminders",
        "reminders that were to be told with others, and that notify gave up on",
        "Each is told alone, to all its audiences that have not heard of it; one that was told meanwhile, "
        "or has nothing to say any more, is not.",
        needs=("TICKETS_TABLE", "AUDIENCES"),
    ),
    Kind(
        "notices",
        "NoticeFailures",
        "Notify",
        "redrive_notices",
        "messages that SNS could not deliver to a subscription",
        "What each told of is told again to its topic, as it reads now, with the same notification_id: all "
        "of the topic's subscribers hear it. A reminder that has nothing to say any more is not sent.",
        needs=("TICKETS_TABLE", "AUDIENCES"),
    ),
)
