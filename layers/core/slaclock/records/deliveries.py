"""What was sent of each fact: to whom, when, or why not; and who took in hand what it told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from slaclock.domain.breach_news import TELLS_OF_AN_OPEN_BREACH
from slaclock.domain.facts import Fact, public_id
from slaclock.domain.instants import format_instant
from slaclock.evidence.standing import standing


def deliveries(
    sent: Iterable[Mapping[str, Any]], subject: str, facts: Sequence[Fact]
) -> list[dict[str, Any]]:
    """The ledger of a ticket's messages, in the order of sending; `facts` are what was told of it.

    Where a message had nothing to say any more when its turn came, `suppressed` says so, `at` when that was,
    and `why`; there is no message id. One that was told again has a row for each time.
    """
    known = {fact.key: fact for fact in facts}
    rows = sorted(sent, key=lambda message: (message["at"], message["fact_key"]))
    return [_row(message, subject, known.get(message["fact_key"]), facts) for message in rows]


def _row(
    message: Mapping[str, Any], subject: str, fact: Fact | None, facts: Sequence[Fact]
) -> dict[str, Any]:
    taken = _taken(fact, facts) if fact else None
    return {
        "fact_id": public_id(subject, message["fact_key"]),
        "fact": message["fact_key"].partition(":")[0],
        "level": fact.details.get("level") if fact else None,
        "repeat": fact.details.get("repeat") if fact else None,
        "audience": message["audience"],
        "at": message["at"],
        "message_id": message["message_id"],
        "suppressed": message["why"] is not None,
        "why": message["why"],
        "acknowledged_at": format_instant(taken.at) if taken else None,
        "acknowledged_by": taken.details["by"] if taken else None,
        "acknowledged_claimed": bool(taken.details.get("claimed")) if taken else None,
    }


def _taken(fact: Fact, facts: Sequence[Fact]) -> Fact | None:
    """Who took in hand the breach that a message tells of."""
    if fact.fact not in TELLS_OF_AN_OPEN_BREACH:
        return None
    cycle = (fact.lane, fact.cycle, fact.revision)
    stands = standing(each for each in facts if (each.lane, each.cycle, each.revision) == cycle)
    return stands.acknowledged if stands else None
