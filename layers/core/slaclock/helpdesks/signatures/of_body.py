"""Schemes that sign the body and nothing else, with the secret's own text as HMAC's key.

They sign no time, so a recorded delivery verifies for ever: what makes it harmless is that events' ids are
made of signed bytes, and the log takes an id once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from slaclock.helpdesks.signatures.checking import any_matches, header, in_base64, in_hex, key_of, keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.helpdesks import Delivery


class OfBody(NamedTuple):
    """HMAC of the raw body in a header (named in lower case), after a prefix, as digits or in base64."""

    header: str
    prefix: str = ""
    algorithm: Literal["sha256", "sha1"] = "sha256"
    written: Literal["hex", "base64"] = "hex"

    def sign(self, secret: str, body: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG002  (no time is signed)
        return {self.header: self._signature(key_of(secret), body)}

    def verify(self, delivery: Delivery, secrets: Sequence[str]) -> bool:
        right = (self._signature(key, delivery.body) for key in keys(secrets))
        return any_matches([header(delivery, self.header)], right)

    def _signature(self, key: bytes, body: bytes) -> str:
        digest = in_hex if self.written == "hex" else in_base64
        return self.prefix + digest(key, body, self.algorithm)


# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries; a SHA-1 comes beside it
GITHUB = OfBody("x-hub-signature-256", "sha256=")
# https://developer.atlassian.com/cloud/jira/platform/webhooks/; Data Center the same
# (https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html)
JIRA = OfBody("x-hub-signature", "sha256=")
# By its source, lib/user_agent.rb.
ZAMMAD = OfBody("x-hub-signature", "sha1=", "sha1")
# The key is the app's client secret. https://developers.intercom.com/docs/webhooks/
INTERCOM = OfBody("x-hub-signature", "sha1=", "sha1")
# By its source, frappe/integrations/doctype/webhook/webhook.py.
FRAPPE = OfBody("x-frappe-webhook-signature", written="base64")
# ServiceNow signs nothing by itself: a business rule does, by GlideDigest or GlideCertificateEncryption,
# which give base64.
SERVICENOW = OfBody("x-servicenow-signature", "sha256=", written="base64")
# https://developer.helpscout.com/webhooks
HELP_SCOUT = OfBody("x-helpscout-signature", algorithm="sha1", written="base64")
