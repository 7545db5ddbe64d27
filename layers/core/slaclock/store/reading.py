"""A ticket's log as it is read back, the same from either store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from slaclock.domain.instants import parse_instant
from slaclock.store.bodies import fact_from_item, input_document
from slaclock.store.life import Logged, StoredLife, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slaclock.domain.decide import History
    from slaclock.domain.inputs import Given


def history_from_items(items: Iterable[Mapping[str, Any]]) -> tuple[History, dict[str, str]]:
    """A ticket's log from all its items: inputs, facts in the order of telling, and the inputs' hashes."""
    from slaclock.domain.decide import History

    found = list(items)
    inputs = [item for item in found if item["sk"].startswith("GIVEN#")]
    facts = sorted(
        (item for item in found if item["sk"].startswith("FACT#")), key=lambda item: int(item["seq"])
    )
    given = [_given(item) for item in inputs]
    told = [fact_from_item(item) for item in facts]
    hashes = {each.id: item["hash"] for each, item in zip(given, inputs, strict=True)}
    return History(given, told), hashes


def life_from_items(items: Iterable[Mapping[str, Any]]) -> StoredLife:
    """A ticket's chain from all its items."""
    links = (item for item in items if item["sk"].startswith(("FACT#", "GIVEN#")))
    found = sorted(links, key=lambda item: int(item["seq"]))
    return StoredLife(
        [logged_from_item(item) for item in found if item["sk"].startswith("GIVEN#")],
        [told_from_item(item) for item in found if item["sk"].startswith("FACT#")],
    )


def logged_from_item(item: Mapping[str, Any]) -> Logged:
    """Read a `GIVEN` item."""
    return Logged(_given(item), int(item["seq"]), item["hash"], parse_instant(item["recorded_at"]))


def _given(item: Mapping[str, Any]) -> Given:
    from slaclock.domain.events import TicketEvent
    from slaclock.domain.logged import given_from_json

    given = given_from_json(input_document(item))
    if isinstance(given, TicketEvent) and (as_of := item.get("agreements_at")):
        return replace(given, agreements_at=parse_instant(as_of))
    return given


def told_from_item(item: Mapping[str, Any]) -> Told:
    """Read a `FACT` item."""
    recorded_at, cause_hash = parse_instant(item["recorded_at"]), item.get("cause_hash")
    return Told(fact_from_item(item), int(item["seq"]), item["hash"], recorded_at, cause_hash)
