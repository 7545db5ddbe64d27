"""What `slaclock doctor` says of what comes in and is kept: connections, agreements, quarantine, seals."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from slaclock.cli import connection_list
from slaclock.cli.doctor_refusals import code_of, is_gone, not_looked_at
from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.domain.instants import parse_instant
from slaclock.domain.rota import LEGAL, TEAM
from slaclock.secrets import InvalidSecret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from slaclock.cli.connection_list import Listed
    from slaclock.cli.doctor_stack import Finding, Patient
    from slaclock.domain.agreement import Target

_MOST = 200  # connections that are looked at
_DAY = timedelta(days=1)
_MOST_KEPT = 1000  # deliveries that are counted
_KEPT = timedelta(days=14)  # as the template's rule for the bucket has it
_TO_BE_DELETED = "InvalidRequestException"  # Secrets Manager's code, of a secret that can be restored
_SEALED_BY = timedelta(hours=2)  # after midnight of UTC; seal begins half an hour after it


def connections(patient: Patient) -> Iterator[Finding]:
    """Each was heard of by a delivery whose signature held, and its secret can be had."""
    wiring = patient.wiring
    found = list(islice(wiring.store.connections(), _MOST + 1))
    if not found:
        yield warn(
            "there are none: nothing can come in",
            f"slaclock connection add --help; it takes --stack {patient.stack}",
        )
    for account, connection_id in found[:_MOST]:
        yield from _connected(patient, connection_list.listed(wiring, account, connection_id, looked_at=True))
    if len(found) > _MOST:
        yield warn(f"there are more than {_MOST}", f"slaclock connection list --stack {patient.stack}")


def _connected(patient: Patient, each: Listed) -> Iterator[Finding]:
    # Whoever has all of an id may post what anybody could: it is no secret, and still not everybody's.
    who = f"{each.id[:8]}… ({each.kind}, {each.account})"
    ids = f"slaclock connection list --stack {patient.stack} has its whole ID"
    if each.broken:
        do = f"{ids}; slaclock connection set ID --stack {patient.stack} mends what is named"
        yield fail(f"{who} can't be read, so nothing comes in: {each.broken}", do)
    elif without := _without_secret(patient, each.id, who, ids):
        yield without
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


def _without_secret(patient: Patient, connection_id: str, who: str, ids: str) -> Finding | None:
    """That the secret of a connection can't be had, or is not known to be; None where it can."""
    record = patient.wiring.store.connection(connection_id) or {}
    try:
        if all(patient.wiring.secrets.of(str(record.get("secret")))):
            return None
        why = "it is empty"
    except Exception as error:  # noqa: BLE001  (named, and never quoted)
        why = code_of(error)
        if why == _TO_BE_DELETED:
            show = f"slaclock connection show ID --stack {patient.stack} names it"
            do = f"{ids}; {show}; aws secretsmanager restore-secret"
            return fail(f"{who}: its secret is marked for deletion", do)
        if not (is_gone(error) or isinstance(error, InvalidSecret)):
            return not_looked_at(error, f"{who}: its secret could not be looked at ({why})")
    remove = f"slaclock connection remove ID --keep-secret --stack {patient.stack}"
    return fail(
        f"{who}: there is no secret ({why}), so nothing comes in", f"{ids}; {remove}, and add it anew"
    )


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
            yield fail(
                f"{account} has none, so no clock starts",
                f"slaclock agreement publish --stack {patient.stack} --account {account} FILE",
            )


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


def quarantine(patient: Patient) -> Iterator[Finding]:
    """No delivery waits for a person: what nobody replays is deleted."""
    keys = list(islice(patient.wiring.quarantine.waiting("unmapped"), _MOST_KEPT + 1))
    if not keys:
        yield ok("no delivery waits for a person")
        return
    count = f"more than {_MOST_KEPT}" if len(keys) > _MOST_KEPT else len(keys)
    look = f"slaclock quarantine list --reason unmapped --stack {patient.stack}"
    yield warn(f"deliveries that wait for a person: {count}{_kept_until(keys[0])}", look)


def _kept_until(key: str) -> str:
    """When the oldest is deleted, by the name that it was kept under; "" where it bears none of ours."""
    try:
        received = parse_instant(key.partition("/")[2].rpartition("-")[0])
    except ValueError:
        return ""
    return f"; the oldest is deleted on {(received + _KEPT).date()}, or days later"


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
