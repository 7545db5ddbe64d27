"""What `slaclock doctor` says of the deployment: whether there is a stack to look at, and its settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slaclock.cli.doctor_refusals import code_of, not_looked_at
from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.settings import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient

_PAGE = "docs/operations.md"
_LET_IN, _FEW = ("WebhookRate", "WebhookBurst"), 10  # deliveries a second, and at once
# There is no stack yet, or no more: what is there of it is on its way, or left over.
_UNMADE = ("CREATE_", "ROLLBACK_", "DELETE_", "REVIEW_")


def deployment(patient: Patient) -> Iterator[Finding]:
    """The last deployment came to its end, and was not taken back. Without a stack nothing else is told."""
    try:
        status = patient.described["StackStatus"]
    except InvalidSettings as error:
        yield _last(fail(str(error), "export AWS_REGION, the stack's"))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a line, and the last one)
        yield _last(_nowhere(patient) if _is_missing(error) else not_looked_at(error))
    else:
        yield _status(patient.stack, status)


def _status(stack: str, status: str) -> Finding:
    said = f"{stack} is {status}"
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        return ok(said)
    if status.startswith(_UNMADE):
        return _last(fail(said, _made_anew(stack, status)))
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return warn(
            "the last update was taken back", f"see its events in CloudFormation, and {_PAGE}, Upgrade"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        mend = "mend what the stack's events name, then"
        return fail(said, f"{mend} aws cloudformation continue-update-rollback --stack-name {stack}")
    if status.endswith("_IN_PROGRESS"):
        return warn(said, "look again when it is over")
    return fail(said, f"see the stack's events in CloudFormation, and {_PAGE}, Upgrade")


def _made_anew(stack: str, status: str) -> str:
    if status == "REVIEW_IN_PROGRESS":
        return "its first change set was never run: deploy"
    if status.endswith("_IN_PROGRESS"):
        return "look again when it is over"
    if status == "DELETE_COMPLETE":
        return f"it was removed: deploy anew ({_PAGE}, Removal, says what stays)"
    delete = f"aws cloudformation delete-stack --stack-name {stack}"
    return f"its events say why; {delete}, then deploy anew ({_PAGE}, Removal, says what stays)"


def _is_missing(error: Exception) -> bool:
    return code_of(error) == "ValidationError" and "does not exist" in str(error)


def _nowhere(patient: Patient) -> Finding:
    said = f"there is no stack {patient.stack} in {patient.region}{_account(patient)}"
    return fail(said, "--stack, AWS_REGION and AWS_PROFILE say where it is looked for")


def _account(patient: Patient) -> str:
    """Whose account that is; "" where nobody may know."""
    try:
        return f" of account {patient.client('sts').get_caller_identity()['Account']}"
    except Exception:  # noqa: BLE001  (the rest of the line is true without it)
        return ""


def _last(finding: Finding) -> Finding:
    return replace(finding, last=True)


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
    found += [_slow(name, said[name]) for name in _LET_IN if 0 < int(said.get(name) or 0) < _FEW]
    yield from found
    if not found:
        yield ok("nothing is set as for a trial")


def _slow(name: str, value: str) -> Finding:
    said = f"{name} is {value}: deliveries beyond it are turned away, most of them for good"
    return warn(said, f"raise it: {_PAGE}, Settings")
