"""Schemes of helpdesks that sign nothing: the secret itself comes with each delivery.

It proves who sent a delivery, not what; HTTPS has to keep both. Such headers are kept nowhere, so a delivery
can be verified on its arrival only.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, NamedTuple

from slaclock.helpdesks.signatures.checking import any_equals, header, keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.helpdesks import Delivery


class SharedSecret(NamedTuple):
    """The secret in a header (named in lower case), or as `Authorization: Bearer` (RFC 6750)."""

    header: str = "x-slaclock-secret"

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG002  (nothing is signed)
        return {self.header: f"Bearer {secret}" if self.header == "authorization" else secret}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        own, bearer = header(delivery, self.header), _credentials(delivery, "bearer")
        given = [each.encode(errors="surrogatepass") for each in (own, bearer) if each]
        return any_equals(given, keys(secrets))


class Basic:
    """HTTP Basic (RFC 7617): the secret is `user:password`, in UTF-8."""

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG002  (nothing is signed)
        return {"authorization": f"Basic {b64encode(secret.encode()).decode()}"}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        try:
            given = b64decode(_credentials(delivery, "basic"), validate=True)
        except ValueError:
            return False
        # Neither a user nor a password: everybody has that one.
        return any_equals([given], keys([secret for secret in secrets if secret.strip(":")]))


def _credentials(delivery: Delivery, scheme: str) -> str:
    """What follows the scheme's name, in any case, in the Authorization header."""
    given, _, credentials = header(delivery, "authorization").partition(" ")
    return credentials.strip() if given.lower() == scheme else ""
