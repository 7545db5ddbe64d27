"""The credentials of a function's role, looked for when a call is signed and not when a client is made."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.credentials import CredentialResolver, Credentials
from botocore.exceptions import NoCredentialsError


class RoleCredentials(Credentials):
    """Those that botocore finds, asked for at the first call; all clients of a session share them.

    botocore looks for them as it makes a client. A start from which a snapshot is taken has them of an
    endpoint of Lambda's: that would be a call, and every process that begins as the snapshot would have what
    was answered, with an end that may have come. Once they are found botocore renews them as ever.
    """

    method = "role"

    def __init__(self, resolver: CredentialResolver) -> None:
        self._resolver = resolver

    def load_credentials(self) -> Credentials:
        """These: as a session asks its resolver, whose place they take."""
        return self

    @cached_property
    def _found(self) -> Credentials:
        found = self._resolver.load_credentials()
        if found is None:
            raise NoCredentialsError
        return found

    def get_frozen_credentials(self) -> Any:
        """What a call is signed with; without any `NoCredentialsError`, and the next call looks again."""
        return self._found.get_frozen_credentials()

    def get_deferred_property(self, property_name: str) -> Callable[[], Any]:
        """What an endpoint is worked out from, such as `account_id`, when it is."""
        return lambda: getattr(self._found, property_name, None)
