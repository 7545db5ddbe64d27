"""What a call of AWS asks to be allowed, as IAM would have it: actions, and the ARNs that they are for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from local.cloud import REGION

PASSED_TO, KEYS = "iam:PassedToService", "dynamodb:LeadingKeys"
# Actions of DynamoDB's transactions are those of what they hold.
_HELD = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}
_S3 = {"ListObjectsV2": "ListBucket"}
_FILES = {"GetObject", "PutObject", "DeleteObject"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An action on the resource of an ARN; `key` and `value` are of the condition that may hang on it."""

    action: str
    on: str
    key: str = ""
    value: str = ""


def asked(service: str, operation: str, given: Mapping[str, Any]) -> tuple[Asked, ...]:
    """What a call needs; of a call that nothing here knows, an action on `*`, which no role has."""
    ask = _ASKING.get(service)
    found = tuple(ask(operation, given)) if ask else ()
    return found or (Asked(f"{service}:{operation}", "*"),)


def when_missing(service: str, operation: str, given: Mapping[str, Any]) -> tuple[Asked, ...]:
    """What it takes to be told that an object is not there: without it S3 says that it may not be read."""
    if (service, operation) != ("s3", "GetObject"):
        return ()
    return (Asked("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}"),)


def _dynamodb(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    if operation == "TransactWriteItems":
        for item in given["TransactItems"]:
            yield from (_item(_HELD[kind], each) for kind, each in item.items())
    elif operation == "BatchGetItem":
        yield from (Asked("dynamodb:BatchGetItem", _table(name)) for name in given["RequestItems"])
    elif operation in _HELD.values() or operation == "GetItem":
        yield _item(operation, given)
    elif operation in ("Query", "Scan"):
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield Asked(f"dynamodb:{operation}", f"{_table(given['TableName'])}{index}")


def _item(operation: str, given: Mapping[str, Any]) -> Asked:
    key = (given.get("Item") or given["Key"])["pk"]["S"]
    return Asked(f"dynamodb:{operation}", _table(given["TableName"]), KEYS, key)


def _table(name: str) -> str:
    return _arn("dynamodb", f"table/{name}")


def _s3(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    of = f"/{given['Key']}" if operation in _FILES else ""
    version = "Version" if operation == "GetObject" and "VersionId" in given else ""
    yield Asked(f"s3:{_S3.get(operation, operation)}{version}", f"arn:aws:s3:::{given['Bucket']}{of}")
    if given.get("ObjectLockMode"):
        yield Asked("s3:PutObjectRetention", f"arn:aws:s3:::{given['Bucket']}{of}")


def _scheduler(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    """Who makes a schedule hands a role to Scheduler, as well."""
    yield Asked(f"scheduler:{operation}", _arn("scheduler", f"schedule/{given['GroupName']}/{given['Name']}"))
    if "Target" in given:
        yield Asked("iam:PassRole", given["Target"]["RoleArn"], PASSED_TO, "scheduler.amazonaws.com")


def _iam(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    kind = "role" if "RoleName" in given else "user"
    name = given.get("RoleName") or given.get("UserName")
    yield Asked(f"iam:{operation}", f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:{kind}/{name}")


def _sqs(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    yield Asked(f"sqs:{operation.removesuffix('Batch')}", _arn("sqs", given["QueueUrl"].rpartition("/")[2]))


def _secretsmanager(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    """A secret's ARN is its name and six characters more."""
    name = given["SecretId"]
    on = name if name.startswith("arn:") else _arn("secretsmanager", f"secret:{name}-000000")
    yield Asked(f"secretsmanager:{operation}", on)


def _ssm(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    yield Asked(f"ssm:{operation}", _arn("ssm", f"parameter/{given['Name'].removeprefix('/')}"))


def _sns(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    yield Asked(f"sns:{operation}", given["TopicArn"])


def _kms(operation: str, given: Mapping[str, Any]) -> Iterator[Asked]:
    yield Asked(f"kms:{operation}", given["KeyId"])


def _arn(service: str, of: str) -> str:
    return f"arn:aws:{service}:{REGION}:{DEFAULT_ACCOUNT_ID}:{of}"


_ASKING = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "scheduler": _scheduler,
    "iam": _iam,
    "sqs": _sqs,
    "secretsmanager": _secretsmanager,
    "ssm": _ssm,
    "sns": _sns,
    "kms": _kms,
}
