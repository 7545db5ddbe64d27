"""What `slaclock doctor` makes of a refusal: what is gone is one thing, what it may not look at another."""

from __future__ import annotations

from slaclock.cli.doctor_stack import Finding, fail

# AWS's codes, of all that is asked: of a queue, a topic, a secret, a parameter.
_GONE = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NotFound",
        "NotFoundException",
        "ParameterNotFound",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_STRANGERS = frozenset(
    {
        "CredentialRetrievalError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RequestExpired",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnrecognizedClientException",
    }
)
_BUSY = frozenset(
    {"OutOfTimeError", "RequestLimitExceeded", "ServiceUnavailable", "TooManyRequestsException"}
)
_RIGHTS = "your credentials may lack a right: docs/operations.md, Doctor"
_LATER = "AWS is busy: run it again in a minute"
_WHO = "AWS does not know you: aws configure, aws sso login, or export AWS_PROFILE"


def code_of(error: Exception) -> str:
    """AWS's code of an error, or its kind; never its message, which may name what is nobody's business."""
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code") or type(error).__name__)


def is_gone(error: Exception) -> bool:
    """Whether AWS has nothing of that name."""
    return code_of(error) in _GONE


def not_looked_at(error: Exception, said: str = "") -> Finding:
    """That something is not known, and what to do about that: nobody is told to mend what may be well."""
    said = said or f"could not be looked at: {type(error).__name__}: {error}"[:300]
    return fail(said, _what_to_do(code_of(error)))


def _what_to_do(code: str) -> str:
    if code in _STRANGERS:
        return _WHO
    return _LATER if code in _BUSY or "Throttl" in code else _RIGHTS
