"""What `slaclock doctor` says of what is kept: tables, buckets, and the keys of links and of seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli.doctor_refusals import BY_HAND, looked_at
from slaclock.cli.doctor_stack import fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient

_PAGE = "docs/operations.md"
_SERVES = ("ACTIVE", "UPDATING")
_UNSEALED = "no day is sealed"
# What makes a key sign again, by the state that KMS tells.
_ENABLED_FROM = {
    "Disabled": "aws kms enable-key --key-id {key}",
    "PendingDeletion": "aws kms cancel-key-deletion --key-id {key}, then aws kms enable-key --key-id {key}",
}
# What a stack of this version has of a type, whatever its parameters are.
WANTED = {
    "AWS::DynamoDB::Table": 5,
    "AWS::S3::Bucket": 4,
    "AWS::SecretsManager::Secret": 1,
    "AWS::SNS::Topic": 6,
    "AWS::SQS::Queue": 11,
    "AWS::Lambda::Function": 8,
    "AWS::Lambda::EventSourceMapping": 4,
    "AWS::Events::Rule": 3,
    "AWS::CloudWatch::Alarm": 53,
}


def resources(patient: Patient) -> Iterator[Finding]:
    """The stack has what a stack of this version is made of."""
    lacking = False
    for kind, wanted in WANTED.items():
        found = sum(each.kind == kind for each in patient.resources.values())
        if found < wanted:
            lacking = True
            said = f"{patient.stack} has {found} of {wanted} {kind}"
            yield fail(f"{said}: is it a stack of this version of slaclock?", f"{_PAGE}, Upgrade")
    if not lacking:
        yield ok(f"{len(patient.resources)}, of each type what a stack of this version has")


def kept(patient: Patient) -> Iterator[Finding]:
    """Each table, each bucket and both keys are there; tables are protected, and can be restored."""
    found = [*_tables(patient), *_buckets(patient), *_secrets(patient), *_seals_key(patient)]
    yield from found
    if not found:
        yield ok("tables, buckets and the keys of links and seals are there; tables are protected")


def _tables(patient: Patient) -> Iterator[Finding]:
    for name, table in sorted(patient.of_kind("AWS::DynamoDB::Table").items()):
        gone = fail(f"the table {name} is gone", f"{_PAGE}, Restore")
        yield from looked_at(name, _table(patient, name, table), gone)


def _table(patient: Patient, name: str, table: str) -> Iterator[Finding]:
    dynamodb = patient.client("dynamodb")
    found = dynamodb.describe_table(TableName=table)["Table"]
    if found["TableStatus"] not in _SERVES:
        yield fail(f"the table {name} is {found['TableStatus']}", f"{_PAGE}, Restore")
        return
    if not found.get("DeletionProtectionEnabled"):
        do = f"aws dynamodb update-table --deletion-protection-enabled --table-name {table}"
        yield warn(f"the table {name} can be deleted", do)
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        on = "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
        do = f"aws dynamodb update-continuous-backups --table-name {table} {on}"
        yield warn(f"the table {name} could not be restored: its recovery is off", do)


def _buckets(patient: Patient) -> Iterator[Finding]:
    for name, bucket in sorted(patient.of_kind("AWS::S3::Bucket").items()):
        gone = fail(f"the bucket {name} is gone", BY_HAND)
        yield from looked_at(name, _bucket(patient, bucket), gone)


def _bucket(patient: Patient, bucket: str) -> Iterator[Finding]:
    patient.client("s3").head_bucket(Bucket=bucket)
    yield from ()


def _secrets(patient: Patient) -> Iterator[Finding]:
    for name, secret in patient.of_kind("AWS::SecretsManager::Secret").items():
        gone = fail(f"the secret {name} is gone: messages go out without links", BY_HAND)
        yield from looked_at(name, _secret(patient, name, secret), gone)


def _secret(patient: Patient, name: str, secret: str) -> Iterator[Finding]:
    if patient.client("secretsmanager").describe_secret(SecretId=secret).get("DeletedDate"):
        do = f"aws secretsmanager restore-secret --secret-id {secret}"
        yield fail(f"the secret {name} is marked for deletion: messages go out without links", do)


def _seals_key(patient: Patient) -> Iterator[Finding]:
    function = fail(f"the function Seal is gone: {_UNSEALED}", BY_HAND)
    yield from looked_at("Seal", _key_of(patient), function)


def _key_of(patient: Patient) -> Iterator[Finding]:
    key = patient.variables("Seal")["SEAL_KEY"]
    gone = fail(f"the key of seals is gone: {_UNSEALED}", f"{_PAGE}, Seals")
    yield from looked_at("the key of seals", _key(patient, key), gone)


def _key(patient: Patient, key: str) -> Iterator[Finding]:
    state = patient.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        do = _ENABLED_FROM.get(state, BY_HAND).format(key=key)
        yield fail(f"the key of seals is {state}: {_UNSEALED}", do)
