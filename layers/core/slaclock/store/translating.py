"""PynamoDB's answers and errors as the stores' contract has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model

from slaclock.store.errors import StoreRefusedError, StoreUnavailableError, WriteConflictError

# Refused for these, somebody else got there first. Anything else is the table's trouble.
_CONFLICTS = frozenset({"ConditionalCheckFailed", "TransactionConflict", "ConditionalCheckFailedException"})
# Refused for these, no table would take it.
_REFUSALS = frozenset({"ValidationException", "ValidationError", "ItemCollectionSizeLimitExceeded"})


def plain(model: Model) -> dict[str, Any]:
    """The members that an item has."""
    return {name: value for name, value in model.attribute_values.items() if value is not None}


@contextmanager
def translated() -> Iterator[None]:
    """DynamoDB's errors as the contract's: beaten by somebody, refused, or the table can't be had."""
    try:
        yield
    except PynamoDBException as error:
        codes = _codes(error)
        text = ", ".join(sorted(codes)) or _described(error.cause or error)
        if codes and codes <= _CONFLICTS:
            raise WriteConflictError(text) from error
        raise (StoreRefusedError if codes & _REFUSALS else StoreUnavailableError)(text) from error
    except BotoCoreError as error:
        raise StoreUnavailableError(_described(error)) from error


def _described(error: Exception) -> str:
    """What went wrong before anybody could answer: no credentials, no connection."""
    return f"{type(error).__name__}: {error}"


def _codes(error: PynamoDBException) -> set[str]:
    """Why a call was refused: for a transaction, every reason that DynamoDB gives."""
    reasons = error.cancellation_reasons if isinstance(error, TransactWriteError) else []
    # Not PynamoDB's `cause_response_code`: of a read that timed out, botocore's `response` is there and None.
    response = getattr(error.cause, "response", None) or {}
    code = response.get("Error", {}).get("Code", "")
    return {reason.code for reason in reasons if reason} or {code} - {""}
