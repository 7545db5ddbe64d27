"""A Lambda function between a topic and an on-call service: posts each event on, with the service's key.

Subscribe it to a topic whose audience has the format `pagerduty` or `opsgenie`. Its environment:
`KEY_SECRET`, the name in Secrets Manager of the integration's key; for Opsgenie in the EU, or Jira Service
Management, `OPSGENIE_URL`. What can't be delivered is raised: Lambda tries twice more, and then its
dead-letter queue has it. It needs nothing but what Lambda's Python has.
"""

from __future__ import annotations

import json
import os
import urllib.request
from functools import cache
from typing import Any
from urllib.parse import quote

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
OPSGENIE = "https://api.opsgenie.com/v2/alerts"


def handler(event: dict[str, Any], _context: object) -> None:
    """Post what SNS hands over."""
    for record in event["Records"]:
        post(*request(json.loads(record["Sns"]["Message"]), key(), os.environ))


def request(body: dict[str, Any], secret: str, environ: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Address, headers and body of the call that an event asks for."""
    if "event_action" in body:
        return environ.get("PAGERDUTY_URL") or PAGERDUTY, {}, {**body, "routing_key": secret}
    url, headers = environ.get("OPSGENIE_URL") or OPSGENIE, {"authorization": f"GenieKey {secret}"}
    alert = {name: value for name, value in body.items() if name != "action"}
    if body["action"] == "close":
        closing = {name: alert[name] for name in ("source", "note")}
        return f"{url}/{quote(body['alias'], safe='')}/close?identifierType=alias", headers, closing
    return url, headers, alert


def post(url: str, headers: dict[str, str], body: dict[str, Any]) -> None:
    """Post JSON; an answer other than 2xx is an `HTTPError`."""
    asked = urllib.request.Request(  # noqa: S310  (a setting of this function)
        url, json.dumps(body).encode(), {"content-type": "application/json", **headers}, method="POST"
    )
    with urllib.request.urlopen(asked, timeout=10):  # noqa: S310
        pass


@cache
def key() -> str:
    """The integration's key, read once."""
    import boto3  # noqa: PLC0415  (Lambda has it; tests need none)

    secrets = boto3.client("secretsmanager")
    return str(secrets.get_secret_value(SecretId=os.environ["KEY_SECRET"])["SecretString"])
