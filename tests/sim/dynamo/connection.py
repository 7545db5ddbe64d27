"""PynamoDB's connection over a double, in the place of one that makes a client."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from pynamodb.connection import Connection

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]


class DoubleConnection(Connection):
    """A connection whose every call goes to `call`: the double's, or one around it that fails now and then.

    As botocore does, it gives each transaction a token before it is sent, so that whoever sends the same call
    again does it under the same token.
    """

    def __init__(self, call: Call) -> None:
        super().__init__(region="eu-west-1")
        self._double: Any = SimpleNamespace(_make_api_call=self._send)
        self._call, self._sent = call, 0

    @property
    def client(self) -> Any:
        """All that PynamoDB needs of botocore's client."""
        return self._double

    def _send(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and "ClientRequestToken" not in asked:
            self._sent += 1
            asked = {**asked, "ClientRequestToken": f"{self._sent:036}"}
        return self._call(operation, asked)
