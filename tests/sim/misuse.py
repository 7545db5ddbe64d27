"""What no run may ever do, and how a double says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from botocore.exceptions import ClientError


class Misuse(AssertionError):
    """AWS was asked for what it leaves undocumented, takes and then loses, or what a double does not know.

    No real client raises it, so nothing may be learned from it. Code that catches every exception would hide
    it: each double keeps what it raised in its `misuses`, and a run that has any has failed.
    """


class Refuse(Protocol):
    """Makes the error of one operation."""

    def __call__(self, code: str, message: str, status: int = 400, **members: Any) -> ClientError:
        """The real client's error; `members` are those that its shape has besides."""


class Strict:
    """A double that remembers how it was misused."""

    def __init__(self) -> None:
        self.misuses: list[str] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Remember a misuse that is raised within."""
        try:
            yield
        except Misuse as misuse:
            self.misuses.append(str(misuse))
            raise

    def __getattr__(self, name: str) -> Any:
        """An operation that the double does not know. Python's own names are not asked of a double."""
        if name.startswith("__"):
            raise AttributeError(name)
        with self.watched():
            raise Misuse(f"{type(self).__name__} knows no {name}")


def refuse(operation: str) -> Refuse:
    """The errors of an operation, as the real client raises them."""

    def refusal(code: str, message: str, status: int = 400, **members: Any) -> ClientError:
        response: Any = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "0", "RetryAttempts": 0},
            **members,
        }
        return ClientError(response, operation)

    return refusal
