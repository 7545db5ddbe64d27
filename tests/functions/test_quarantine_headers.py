"""What is kept of a delivery's headers, where it could not be taken."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from slaclock.helpdesks import Delivery
from slaclock.quarantine import Kept, Quarantine


class Bucket:
    """It remembers what was put into it last."""

    kept: bytes = b""

    def put_object(self, **put: Any) -> None:
        self.kept = put["Body"]


def kept(*names: str) -> set[str]:
    """Which of these headers of a delivery are kept."""
    bucket = Bucket()
    delivery = Delivery(b"{}", dict.fromkeys(names, "s"), datetime(2026, 3, 2, tzinfo=UTC))
    Quarantine(lambda: bucket, "bucket").keep("unmapped", Kept("generic-local", delivery), "no ticket")
    return set(json.loads(bucket.kept)["headers"])


@pytest.mark.parametrize(
    "name",
    [
        "content-type",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "ce-id",
        "x-zendesk-webhook-signature",
        "x-zendesk-webhook-signature-timestamp",
        "x-hub-signature-256",
        "x-github-delivery",
        "x-frappe-webhook-signature",
        "x-chatwoot-signature",
        "x-chatwoot-timestamp",
        "x-chatwoot-delivery",
        "x-glpi-signature",
        "x-glpi-timestamp",
        "x-servicenow-signature",
        "x-hubspot-signature-v3",
        "x-hubspot-request-timestamp",
        "x-helpscout-signature",
        "x-helpscout-event",
        "x-zammad-delivery",
        "x-atlassian-webhook-identifier",
    ],
)
def test_what_a_signature_rests_on_is_kept(name: str) -> None:
    """So that it can be checked again when the delivery is."""
    assert kept(name) == {name}


@pytest.mark.parametrize(
    "name",
    [
        "x-api-key",
        "x-slaclock-secret",
        "x-auth-token",
        "x-forwarded-user",
        "x-real-ip",
        "x-forwarded-for",
        "x-amz-security-token",
        "authorization",
        "cookie",
        "signature-token",
    ],
)
def test_no_credential_is_kept_and_nobody_is_named(name: str) -> None:
    """A header that nobody knows may hold either."""
    assert kept(name) == set()
