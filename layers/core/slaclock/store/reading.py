"""Items as they are read back, the same from either store."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from slaclock.domain.agreement import Agreement, agreement_from
from slaclock.domain.decide import History
from slaclock.domain.events import Given, TicketEvent
from slaclock.domain.instants import parse_instant
from slaclock.store.codec import given_from_json
from slaclock.store.contract import Announcement, Told
from slaclock.store.items import fact_from_item, whole


def history_from_items(items: Iterable[Mapping[str, Any]]) -> tuple[History, dict[str, str]]:
    """A ticket's log from all its items: inputs, facts in the order of telling, and the inputs' hashes."""
    found = list(items)
    inputs = [item for item in found if item["sk"].startswith("GIVEN#")]
    facts = sorted(
        (item for item in found if item["sk"].startswith("FACT#")), key=lambda item: int(item["seq"])
    )
    given = [_given(item) for item in inputs]
    told = [fact_from_item(item) for item in facts]
    hashes = {each.id: item["hash"] for each, item in zip(given, inputs, strict=True)}
    return History(given, told), hashes


def _given(item: Mapping[str, Any]) -> Given:
    given = given_from_json(whole(item))
    if isinstance(given, TicketEvent) and (as_of := item.get("agreements_at")):
        return replace(given, agreements_at=parse_instant(as_of))
    return given


def told_from_item(item: Mapping[str, Any]) -> Told:
    """Read a `FACT` item."""
    return Told(fact_from_item(item), int(item["seq"]), item["hash"])


def announcement_from_item(item: Mapping[str, Any]) -> Announcement:
    """Read an `OUTBOX` item, from the table or from its stream."""
    fact = fact_from_item(item)
    return Announcement(item["pk"], fact.key, fact, parse_instant(item["since"]))


def message_from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Read a `SENT` item."""
    key, _, audience = item["sk"].removeprefix("SENT#").rpartition("#")
    return {"fact_key": key, "audience": audience, "at": item["at"], "message_id": item["message_id"]}


def agreement_from_item(item: Mapping[str, Any]) -> Agreement:
    """Read a published version."""
    return agreement_from(
        json.loads(item["body"]),
        version=int(item["version"]),
        content_hash=item["hash"],
        published_at=parse_instant(item["published_at"]),
    )


def agreement_item(
    account: str, frozen: Mapping[str, Any], version: int, content_hash: str, at: str
) -> dict[str, Any]:
    """The item of a published version."""
    return {
        "pk": account_key(account),
        "sk": f"AGREEMENT#{frozen['agreement']}#{version:06}",
        "version": version,
        "hash": content_hash,
        "published_at": at,
        "body": json.dumps(frozen, separators=(",", ":"), ensure_ascii=False),
    }


def account_key(account: str) -> str:
    """The partition of an account's agreements; `#` can't occur in it, so no account is a connection."""
    return account.replace("%", "%25").replace("#", "%23")


def connection_item(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The item of a connection, found by its own unguessable id alone."""
    return {"pk": f"CONNECTION#{connection['id']}", "sk": "CONNECTION", "body": json.dumps(connection)}
