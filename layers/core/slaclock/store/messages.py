"""What waits to be announced, what was sent, and the links in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.store.bodies import fact_from_item, text
from slaclock.store.keys import link_key, sent_key, sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.facts import Fact

LINKS_KEPT = timedelta(days=14)  # after they expired


class Announcement(NamedTuple):
    """A fact that somebody must hear of, until it was published. Those of a subject have their order."""

    subject: str
    key: str
    fact: Fact
    since: datetime


class Delivery(NamedTuple):
    """A fact's message to one audience: published as `message_id`, or held back, and `why`."""

    at: datetime
    message_id: str | None = None
    why: str | None = None


class Link(NamedTuple):
    """What a link to acknowledge is for: a fact, as one audience was told it, until it expires.

    `language` is the audience's own; None where none is set.
    """

    subject: str
    key: str
    audience: str
    expires_at: datetime
    language: str | None = None


def announcement_from_item(item: Mapping[str, Any]) -> Announcement:
    """Read an `OUTBOX` item, from the table or from its stream."""
    fact = fact_from_item(item)
    return Announcement(item["pk"], fact.key, fact, parse_instant(item["since"].partition("#")[0]))


def sent_item(
    subject: str, key: str, audience: str, delivery: Delivery, *, again: bool = False
) -> dict[str, Any]:
    """A message as it is recorded: the first one, or `again`, one that was published after it."""
    said = {"message_id": delivery.message_id, "why": delivery.why}
    return {
        "pk": subject,
        "sk": sent_key(key, audience) + (f"#{sortable(delivery.at)}" if again else ""),
        "at": format_instant(delivery.at),
        **{name: value for name, value in said.items() if value is not None},
    }


def message_from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Read a `SENT` item: a first message, or one that was published after it."""
    key, audience, *_ = item["sk"].removeprefix("SENT#").split("#")
    named = {name: item.get(name) for name in ("message_id", "why")}
    return {"fact_key": key, "audience": audience, "at": item["at"], **named}


def delivery_from_item(item: Mapping[str, Any]) -> Delivery:
    """Read what a `SENT` item says became of a message."""
    return Delivery(parse_instant(item["at"]), item.get("message_id"), item.get("why"))


def link_item(token: str, link: Link) -> dict[str, Any]:
    """A link as it is stored. It outlives its expiry by a while, so as to be able to say that it expired."""
    named = {"subject": link.subject, "key": link.key, "audience": link.audience, "language": link.language}
    return {
        "pk": link_key(token),
        "sk": "LINK",
        "at": format_instant(link.expires_at),
        "body": text(named),
        "expires_at": int((link.expires_at + LINKS_KEPT).timestamp()),
    }


def link_from_item(item: Mapping[str, Any]) -> Link:
    """Read a `LINK` item."""
    return Link(**json.loads(item["body"]), expires_at=parse_instant(item["at"]))
