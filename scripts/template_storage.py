"""What must hold of all that keeps something: protected, encrypted, nobody else's; no linter sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

RECOVERY = {"PointInTimeRecoveryEnabled": True}  # to any second of 35 days, unless fewer are said
TWO_WEEKS = 14 * 24 * 3600
AWSS_KEY = "alias/aws/sns"  # what the template says of every topic; one of the account could be disabled
BY_S3 = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
CLOSED = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
ANSWERS = {"EncryptionOption": "SSE_S3"}


def tables_outlive_mistakes(template: Template) -> Iterator[str]:
    """A table is encrypted, restorable to any second, and deleted neither by hand nor with the stack."""
    for name, properties in template.of_type("AWS::DynamoDB::Table"):
        around = template.body["Resources"][name]
        kept = {around.get("DeletionPolicy"), around.get("UpdateReplacePolicy")} == {"Retain"}
        safe = (
            properties.get("DeletionProtectionEnabled"),
            properties.get("PointInTimeRecoverySpecification") == RECOVERY,
            properties.get("SSESpecification") == {"SSEEnabled": True},
        )
        if not kept or safe != (True, True, True):
            yield f"{name} is not kept, protected, restorable and encrypted"


def queues_and_topics_are_encrypted(template: Template) -> Iterator[str]:
    """What failed is readable for two weeks, and by nobody else; with AWS's keys, both."""
    for name, properties in template.of_type("AWS::SQS::Queue"):
        kept = properties.get("MessageRetentionPeriod") == TWO_WEEKS
        encrypted = properties.get("SqsManagedSseEnabled") is True and "KmsMasterKeyId" not in properties
        if not (kept and encrypted):
            yield f"{name} is not encrypted, or not kept for two weeks"
    for name, properties in template.of_type("AWS::SNS::Topic"):
        if properties.get("KmsMasterKeyId") != AWSS_KEY:
            yield f"{name} is encrypted with {properties.get('KmsMasterKeyId')}"


def buckets_are_private(template: Template) -> Iterator[str]:
    """What is kept is encrypted by S3, answers from it as well, and seen by nobody outside."""
    for name, properties in template.of_type("AWS::S3::Bucket"):
        private = properties.get("PublicAccessBlockConfiguration") == dict.fromkeys(CLOSED, True)
        if not (private and properties.get("BucketEncryption") == BY_S3):
            yield f"{name} is not private and encrypted"
    for name, properties in template.of_type("AWS::Athena::WorkGroup"):
        said = properties.get("WorkGroupConfiguration", {})
        answers = said.get("ResultConfiguration", {}).get("EncryptionConfiguration")
        if answers != ANSWERS or said.get("EnforceWorkGroupConfiguration") is not True:
            yield f"{name} keeps answers as {answers}, or as who asks says"


def seals_can_not_be_taken_back(template: Template) -> Iterator[str]:
    """Each version of a seal is locked, for everybody, for as long as was said; bucket and key stay."""
    bucket, key = template.body["Resources"]["Seals"], template.body["Resources"]["SealKey"]
    properties = bucket["Properties"]
    lock = {"Mode": "COMPLIANCE", "Days": {"Ref": "SealRetentionDays"}}
    held = (
        properties.get("VersioningConfiguration") == {"Status": "Enabled"},
        properties.get("ObjectLockEnabled") is True,
        properties.get("ObjectLockConfiguration", {}).get("Rule") == {"DefaultRetention": lock},
    )
    kept = {
        each.get(policy) for each in (bucket, key) for policy in ("DeletionPolicy", "UpdateReplacePolicy")
    }
    if not all(held) or kept != {"Retain"}:
        yield "Seals can be changed or removed"
    made = {name: key["Properties"].get(name) for name in ("KeySpec", "KeyUsage")}
    if made != {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}:
        yield "SealKey is none that signs seals"


RULES = (
    tables_outlive_mistakes,
    queues_and_topics_are_encrypted,
    buckets_are_private,
    seals_can_not_be_taken_back,
)
