"""A message as on-call services take events: PagerDuty's Events API v2, and alerts as Opsgenie has them.

Sources: developer.pagerduty.com/docs/events-api-v2, docs.opsgenie.com/docs/alert-api (whose shape Jira
Service Management keeps). The key of an integration is the receiver's business: it is in no message.
A breach opens an incident, its end resolves it, and every message of the cycle names the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.breach_news import CLEARS_A_BREACH
from slaclock.domain.instants import format_instant
from slaclock.domain.suppressing import WITHDRAWN
from slaclock.notices.addresses import links
from slaclock.notices.telling import on_one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.notices.telling import Telling

_LONGEST_SUMMARY, _LONGEST_ALERT, _LONGEST_TEXT = 1024, 130, 15_000  # characters; theirs
_PRIORITY = {"critical": "P1", "warning": "P3", "info": "P5"}


def pagerduty(told: Telling, headline: str, _lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """An event without its `routing_key`, which the receiver adds."""
    named = links(told)
    event: dict[str, Any] = {
        "event_action": "resolve" if _over(told) else "trigger",
        "dedup_key": told.incident,
        "client": "slaclock",
        "payload": {
            "summary": on_one_line(headline, _LONGEST_SUMMARY),
            "source": on_one_line(f"{told.fact.account}/{told.fact.ticket_id}", 255),
            "severity": told.severity,
            "timestamp": format_instant(told.fact.at),
            "component": told.fact.target,
            "group": told.fact.agreement,
            "class": told.fact.fact,
            "custom_details": _about(told),
        },
        "links": [{"href": url, "text": told.said.texts[f"line.{name}"]} for name, url in named.items()],
    }
    return event


def opsgenie(told: Telling, headline: str, lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What to do (`create` or `close`), of which alias, and the alert."""
    text = "\n".join(on_one_line(told.said.say("line", name=name, value=value)) for name, value in lines)
    alert: dict[str, Any] = {
        "action": "close" if _over(told) else "create",
        "alias": told.incident,
        "source": "slaclock",
        "note": on_one_line(headline),
    }
    if alert["action"] == "close":
        return {**alert, "details": _about(told)}
    return {
        **alert,
        "message": on_one_line(headline, _LONGEST_ALERT),
        "description": text[:_LONGEST_TEXT],
        "priority": _PRIORITY[told.severity],
        "entity": on_one_line(f"{told.fact.account}/{told.fact.ticket_id}", 255),
        "tags": [told.fact.fact, told.severity],
        "details": _about(told),
    }


def news(shape: str, name: str, headline: str, severity: str, about: Mapping[str, str]) -> dict[str, Any]:
    """An event in a service's shape of what has no cycle and no end; `name` is its incident."""
    details = {"notification_id": name, **{key: on_one_line(value) for key, value in about.items()}}
    if shape == "opsgenie":
        return {
            "action": "create",
            "alias": name,
            "source": "slaclock",
            "note": on_one_line(headline),
            "message": on_one_line(headline, _LONGEST_ALERT),
            "priority": _PRIORITY[severity],
            "details": details,
        }
    payload = {
        "summary": on_one_line(headline, _LONGEST_SUMMARY),
        "source": "slaclock",
        "severity": severity,
        "custom_details": details,
    }
    return {"event_action": "trigger", "dedup_key": name, "client": "slaclock", "payload": payload}


def _over(told: Telling) -> bool:
    """Whether there is nothing to take in hand: it ended, or never was, or that was told before this."""
    return told.fact.fact in CLEARS_A_BREACH or told.cleared or told.became == WITHDRAWN


def _about(told: Telling) -> dict[str, str]:
    """Texts by name; `notification_id` tells a doubled delivery."""
    fact = told.fact
    named = {
        "notification_id": fact.id,
        "account": fact.account,
        "ticket_id": fact.ticket_id,
        "customer": fact.details.get("customer"),
        "team": fact.details.get("team"),
        "priority": fact.details.get("priority"),
        "agreement": fact.agreement,
        "target": fact.target,
        "due_at": format_instant(fact.due_at) if fact.due_at else None,
        "level": fact.details.get("level"),
        **links(told),
    }
    return {name: on_one_line(str(value)) for name, value in named.items() if value not in (None, "")}
