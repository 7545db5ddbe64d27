"""`TICKET` items: how a ticket stands, and its place among those that are due, ended or queued."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.ticket import name_of
from slaclock.store.bodies import IN_PARTITION, packed, text, whole
from slaclock.store.codec import ticket_from_json, ticket_to_json
from slaclock.store.commit import Arming, Forgotten, Loaded, Saved
from slaclock.store.keys import KEY, PAUSED, SHARDS, day_shard, given_key, queue_key, shard, sortable
from slaclock.store.remaining import remaining_from_text, remaining_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slaclock.store.commit import Commit

ENDED = "ended-"  # the shards, in the index of what is due, of tickets that are over, by the end of their log


def ticket_item(subject: str, saved: Saved, commit: Commit) -> dict[str, Any]:
    """A ticket as it is saved by a commit."""
    old = commit.before.wakes if commit.before else {}
    wakes = {lane: [format_instant(arming.at), arming.number] for lane, arming in saved.wakes.items()}
    state = ticket_to_json(commit.ticket)
    return {
        "pk": subject,
        "sk": "TICKET",
        "version": saved.version,
        "seq": saved.seq,
        "head": saved.head,
        "arming": saved.arming,
        "wakes": json.dumps(wakes, separators=(",", ":")),
        "moved": saved.wakes != old,
        # Each decision writes it twice: packed it is a unit less of each, and the log has all of it besides.
        "state": packed(text({name: value for name, value in state.items() if name not in IN_PARTITION})),
        **({"remaining": remaining_to_text(saved.remaining)} if saved.remaining else {}),
        "day": day_shard(commit.at, subject),
        **({"row_at": int(saved.last_row_at.timestamp())} if saved.last_row_at else {}),
        **_due(subject, saved),
        **_queue(commit),
    }


def forgotten_item(subject: str, saved: Saved, at: datetime, until: datetime | None) -> dict[str, Any]:
    """What stands in the place of a ticket whose log is removed: where its chain ended, and nothing it said.

    It keeps a place among the `ended` while there is something left to remove.
    """
    return {
        "pk": subject,
        "sk": "TICKET",
        "version": saved.version + 1,
        "seq": saved.seq,
        "head": saved.head,
        "forgotten_at": format_instant(at),
        **_among_ended(subject, at),
        **({"expires_at": int(until.timestamp())} if until else {}),
    }


def saved_from_item(item: Mapping[str, Any]) -> Saved:
    """Read a `TICKET` item."""
    wakes = wakes_from_text(item["wakes"])
    moments = {lane: arming.at for lane, arming in wakes.items()}
    return Saved(
        ticket=replace(ticket_from_json(whole(item, "state")), next_moments=moments),
        version=int(item["version"]),
        seq=int(item["seq"]),
        head=item["head"],
        arming=int(item["arming"]),
        wakes=wakes,
        remaining=remaining_from_text(item.get("remaining", "{}")),
        last_row_at=datetime.fromtimestamp(int(item["row_at"]), UTC) if "row_at" in item else None,
        log_until=parse_instant(item["due_at"]) if is_ended(item) else None,
    )


def loaded_from_items(items: Iterable[Mapping[str, Any]], input_id: str | None) -> Loaded:
    """What one read found: the ticket or that it is forgotten, the input, and people's keys."""
    ticket, seen, keys = None, False, {}
    for item in items:
        if item["sk"] == "TICKET":
            ticket = item
        elif item["sk"] == KEY:
            keys[item["pk"]] = item["person_key"]
        else:
            seen = input_id is not None and item["sk"] == given_key(input_id)
    if ticket is None or "forgotten_at" in ticket:
        return Loaded(None, seen, _forgotten(ticket) if ticket else None, keys)
    return Loaded(saved_from_item(ticket), seen, keys=keys)


def wakes_from_text(text: str) -> dict[str, Arming]:
    """Read the wakes of a `TICKET` item: the current arming of each lane."""
    return {lane: Arming(parse_instant(at), number) for lane, (at, number) in json.loads(text).items()}


def is_ended(item: Mapping[str, Any]) -> bool:
    """Whether an item stands among the tickets that are over."""
    return str(item.get("due_shard")).startswith(ENDED)


def armed(commit: Commit) -> tuple[int, dict[str, Arming]]:
    """The wakes after a commit: each keeps its number while its instant stays; the others get new ones."""
    before = commit.before.wakes if commit.before else {}
    number = commit.before.arming if commit.before else 0
    wakes: dict[str, Arming] = {}
    for lane, at in sorted(_moments(commit).items()):
        if lane in before and before[lane].at == at:
            wakes[lane] = before[lane]
            continue
        number += 1
        wakes[lane] = Arming(at, number)
    return number, wakes


def _moments(commit: Commit) -> dict[str, datetime]:
    """When each clock is next to be woken; a running clock without a moment can't hide: it is due now."""
    ticket = commit.ticket
    hidden = {clock.lane: commit.at for clock in ticket.clocks if clock.running and not clock.paused}
    return {**hidden, **ticket.next_moments}


def _due(subject: str, saved: Saved) -> dict[str, str]:
    earliest = min((arming.at for arming in saved.wakes.values()), default=None)
    if earliest is None:
        return _among_ended(subject, saved.log_until) if saved.log_until else {}
    return {"due_shard": shard(subject, SHARDS), "due_at": sortable(earliest)}


def _among_ended(subject: str, log_until: datetime) -> dict[str, str]:
    return {"due_shard": f"{ENDED}{shard(subject, SHARDS)}", "due_at": sortable(log_until)}


def _queue(commit: Commit) -> dict[str, str]:
    """An open ticket's place in its team's queue: by the deadline that presses most, paused ones last."""
    ticket = commit.ticket
    if not any(clock.waiting for clock in ticket.clocks):
        return {}
    team = name_of(ticket.attributes.get("team")) or "-"
    return {
        "queue": queue_key(ticket.account, team),
        "queue_order": sortable(commit.deadline) if commit.deadline else PAUSED,
    }


def _forgotten(item: Mapping[str, Any]) -> Forgotten:
    return Forgotten(parse_instant(item["forgotten_at"]), int(item["seq"]), item["head"])
