"""What `slaclock doctor` makes of a refusal: what is gone is one thing, what it may not look at another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli.doctor_stack import Finding, fail
from slaclock.domain.errors import SlaError
from slaclock.settings import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

# AWS's codes, of all that is asked: of a table, a bucket, a queue, a topic, a secret, a parameter.
_GONE = frozenset(
    {
        "404",  # of a bucket, which is asked without a body to answer in
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "NotFound",
        "NotFoundException",
        "ParameterNotFound",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_STRANGERS = frozenset(
    {
        "AuthFailure",
        "CredentialRetrievalError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RequestExpired",
        "SSOTokenLoadError",
        "SignatureDoesNotMatch",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnrecognizedClientException",
    }
)
_BUSY = frozenset(
    {
        "ConnectionClosedError",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "OutOfTimeError",
        "ProvisionedThroughputExceededException",
        "ReadTimeoutError",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "TooManyRequestsException",
    }
)
_UNREACHED = frozenset({"ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError", "SSLError"})
# What botocore makes of a page that AWS never wrote.
_NOT_AWS = frozenset({"ClientError", "IndexError", "KeyError", "ResponseParserError", "Unknown"})
_NO_RIGHT = ("Denied", "Authorization", "Unauthorized", "NotAuthorized", "Forbidden")
_RIGHTS = "your credentials may lack a right: docs/operations.md, Doctor"
_LATER = "AWS is busy: run it again in a minute"
_WHO = "AWS does not know you: aws configure, aws sso login, or export AWS_PROFILE"
_ELSE = "something else than AWS answers: look at AWS_ENDPOINT_URL, and at proxies"
_REGION = "export AWS_REGION, the stack's"
_UNFORESEEN = "run it again; if it stays, it is a fault of ours: report it with this line"
_SETTING = "docs/operations.md, Settings"
_VERSION = "docs/operations.md, Upgrade"
BY_HAND = "docs/operations.md, What somebody changed by hand"


def code_of(error: Exception) -> str:
    """AWS's code of an error, or its kind; never its message, which may name what is nobody's business."""
    cause = _cause(error)
    answer = getattr(cause, "response", None) or {}
    return str((answer.get("Error") or {}).get("Code") or type(cause).__name__)


def _cause(error: BaseException) -> BaseException:
    """What a store's error, and PynamoDB's, was raised for."""
    while deeper := getattr(error, "cause", None) or error.__cause__:
        error = deeper
    return error


def is_gone(error: Exception) -> bool:
    """Whether AWS has nothing of that name."""
    return code_of(error) in _GONE


def looked_at(what: str, findings: Iterator[Finding], gone: Finding) -> Iterator[Finding]:
    """What is found of one thing of many; where it is `gone`, or can't be looked at, the others can."""
    try:
        yield from findings
    except SlaError as error:
        yield not_looked_at(error)
    except Exception as error:  # noqa: BLE001  (named, and never quoted)
        yield (
            gone
            if is_gone(error)
            else not_looked_at(error, f"{what} could not be looked at ({code_of(error)})")
        )


def not_looked_at(error: Exception, said: str = "") -> Finding:
    """That something is not known, and what to do about that: nobody is told to mend what may be well."""
    if isinstance(error, SlaError):  # whose message is for people
        return fail(str(error), _SETTING if isinstance(error, InvalidSettings) else _VERSION)
    outcome = "what it looks at is gone" if is_gone(error) else "could not be looked at"
    return fail(said or f"{outcome}: {type(error).__name__}: {error}"[:300], _what_to_do(error))


def _what_to_do(error: Exception) -> str:
    code = code_of(error)
    busy = code in _BUSY or "Throttl" in code or (code.isdigit() and code >= "500")
    known = (
        (code in _GONE, BY_HAND),
        (code in _STRANGERS, _WHO),
        (busy, _LATER),
        (code == "403" or any(each in code for each in _NO_RIGHT), _RIGHTS),
        (code in _UNREACHED, f"nothing answers at {_told(error)}: is it the right region? {_REGION}"),
        (code == "InvalidRegionError", f"{_told(error)} is no region: {_REGION}"),
        (code in _NOT_AWS or code.isdigit(), _ELSE),
    )
    return next((do for holds, do in known if holds), _UNFORESEEN)


def _told(error: Exception) -> str:
    """The address or region that botocore names."""
    told = getattr(_cause(error), "kwargs", {})
    return str(told.get("endpoint_url") or told.get("proxy_url") or told.get("region_name"))
