"""Secrets that anybody can read somewhere: a signature by one proves nothing about who made it."""

from collections.abc import Collection

# Printed in documentation, and pasted from there.
SAMPLES = frozenset(
    {
        # Zendesk signs tests of a webhook that is not saved yet with this one.
        # https://developer.zendesk.com/documentation/webhooks/verifying/
        "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
        # The example of its beta of 2021.
        "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=",
        # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, and Jira's page.
        "It's a Secret to Everybody",
        # Standard Webhooks: its libraries' tests and READMEs, and its specification.
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        # HubSpot's pages on validating requests.
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        # Help Scout's PHP client, examples/incoming_webhook.php.
        "asdfasdf",
    }
)
# Those of our own local stack (`local/stack.py`), which takes them; what is deployed does not.
LOCAL = frozenset({"local-zendesk-secret", "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ="})
PUBLIC = SAMPLES | LOCAL


def is_public(secret: str, public: Collection[str] = PUBLIC) -> bool:
    """Whether a secret is among those, with the mark of Standard Webhooks (`whsec_`) or without it."""
    return not {secret, f"whsec_{secret}", secret.removeprefix("whsec_")}.isdisjoint(public)
