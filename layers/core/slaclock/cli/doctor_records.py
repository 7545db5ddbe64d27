"""What `slaclock doctor` says of what comes in and what is kept: connections, agreements, seals, settings."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from slaclock.cli import connection_list
from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.domain.rota import LEGAL, TEAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from slaclock.cli.connection_list import Listed
    from slaclock.cli.doctor_stack import Finding, Patient
    from slaclock.domain.agreement import Target

_MOST = 200  # connections that are looked at
_DAY = timedelta(days=1)
_SEALED_BY = timedelta(hours=2)  # after midnight of UTC; seal begins half an hour after it


def connections(patient: Patient) -> Iterator[Finding]:
    """Each was heard of by a delivery whose signature held, and its secret can be had."""
    wiring = patient.wiring
    found = list(islice(wiring.store.connections(), _MOST + 1))
    if not found:
        yield warn("there are none: nothing can come in", "slaclock connection add")
    for account, connection_id in found[:_MOST]:
        yield from _connected(patient, connection_list.listed(wiring, account, connection_id, looked_at=True))
    if len(found) > _MOST:
        yield warn(f"there are more than {_MOST}", f"slaclock connection list --stack {patient.stack}")


def _connected(patient: Patient, each: Listed) -> Iterator[Finding]:
    # Whoever has all of an id may post what anybody could: it is no secret, and still not everybody's.
    who = f"{each.id[:8]}… ({each.kind}, {each.account})"
    if each.broken:
        yield fail(f"{who} can't be read, so nothing comes in: {each.broken}", "slaclock connection set")
        return
    if why := _no_secret(patient, each.id):
        yield fail(f"{who}: its secret can't be had ({why})", f"slaclock connection rotate {each.id}")
    elif each.silent:
        yield fail(
            f"{who} is silent since {each.last_delivery}", "docs/operations.md, SilentConnectionsAlarm"
        )
    elif each.last_delivery is None:
        yield warn(
            f"{who}: no delivery was verified yet", "change a ticket, or send one that the helpdesk offers"
        )
    else:
        yield ok(f"{who}: verified, the last time {each.last_delivery}")


def _no_secret(patient: Patient, connection_id: str) -> str:
    """Why the secret of a connection can't be had; "" where it can."""
    record = patient.wiring.store.connection(connection_id) or {}
    try:
        return "" if patient.wiring.secrets.of(str(record.get("secret"))) else "it is empty"
    except Exception as error:  # noqa: BLE001  (named, and never quoted)
        code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code")
        return str(code or type(error).__name__)


def accounts(patient: Patient) -> list[str]:
    """The accounts of the stack's connections."""
    return sorted({account for account, _ in islice(patient.wiring.store.connections(), _MOST)})


def agreements(patient: Patient) -> Iterator[Finding]:
    """Whoever's tickets come in has been promised something."""
    for account in accounts(patient):
        known = patient.wiring.store.agreements(account)
        ended = {each.agreement for each in known.endings}
        names = sorted({each.id for each in known.versions} - ended)
        if names:
            yield ok(f"{account}: {', '.join(names)}")
        else:
            publish = f"slaclock agreement publish --account {account} FILE"
            yield fail(f"{account} has none, so no clock starts", publish)


def audiences_named(patient: Patient) -> set[str]:
    """Whom agreements of the stack's accounts tell of something; of every breach, legal."""
    known = (patient.wiring.store.agreements(account) for account in accounts(patient))
    versions = [each for found in known for each in found.versions]
    rotas = {shift.notify for each in versions for shifts in each.audiences.values() for shift in shifts}
    targets = [target for each in versions for target in each.targets.values()]
    return rotas | {name for each in targets for name in _told(each)}


def _told(target: Target) -> set[str]:
    ladder = {level.notify for level in target.escalation} or {TEAM}
    return {LEGAL, *ladder, *(target.remind if target.reminders else ())}


def seals(patient: Patient) -> Iterator[Finding]:
    """The day before has its seal."""
    due, days = _due(patient.now), patient.wiring.seals.days()
    if days and days[-1] >= due.date():
        yield ok(f"sealed up to {days[-1]}")
    elif patient.described["CreationTime"] > due:
        yield ok("the first night is still to come")
    else:
        last = f"the last one is of {days[-1]}" if days else "there is none"
        yield fail(f"{due.date()} has no seal: {last}", f"slaclock seal run --stack {patient.stack}")


def _due(now: datetime) -> datetime:
    """The day that has to be sealed by now, at its midnight."""
    return (now - _SEALED_BY - _DAY).replace(hour=0, minute=0, second=0, microsecond=0)


def settings(patient: Patient) -> Iterator[Finding]:
    """Parameters that are for trying things out, or that promise what the rest does not hold."""
    said, found = patient.parameters, []
    if said.get("SealRetentionDays") == "1":
        found.append(
            warn("SealRetentionDays is 1: seals can be removed the day after", "raise it before it counts")
        )
    if said.get("LogRetentionDays") in ("1", "3"):
        found.append(warn("logs are gone after days", "raise LogRetentionDays: somebody may ask next week"))
    if 0 < int(said.get("ReservedConcurrency") or 0) < 5:
        found.append(warn("ReservedConcurrency is below 5: a burst is refused", "raise it, or set it to 0"))
    yield from found
    if not found:
        yield ok("nothing is set as for a trial")
