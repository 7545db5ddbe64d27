"""One breach: its case, the exclusions entered since, what became of its cycle, and its rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from slaclock.access.boundary import Boundary
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import CASE, OUTCOMES, RECORDED, Fact, split_id
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.records.acknowledging import UnknownFact
from slaclock.records.breaches import breach_to_json
from slaclock.records.cases import row_of, standing_of
from slaclock.records.summed import Breach
from slaclock.store.commit import Loaded
from slaclock.store.contract import TicketStore
from slaclock.store.life import Logged, Told

# How many of a breach's rows are shown beside the one that told it: the latest. An answer may have
# six million bytes; a row has eight thousand with the longest texts, its place in the case included.
MOST_SHOWN = 500
# Under which name the entries of each kind are listed, and which of their members.
_LISTS = {
    "causes": ("case_cause", ("root_cause", "note")),
    "notes": ("case_note", ("note",)),
    "remedies": ("case_remedy", ("remedy", "owner", "due")),
    "reviews": ("case_review", ("note", "outcome")),
    "disputes": ("case_dispute", ("decision", "reason")),
}
_SHOWN_AS = {"root_cause": "cause"}


def breach_view(tickets: TicketStore, fact_id: str, boundary: Boundary) -> dict[str, Any]:
    """A breach by its id, as JSON; `UnknownFact` where there is none of it.

    It is read from its ticket's chain, so that what was written a moment ago is there. Of more than
    `MOST_SHOWN` rows the oldest are left out, and counted. So is what was told of the same cycle to another
    customer than the `boundary` has, without a count.
    """
    try:
        subject, _ = split_id(fact_id)
    except InvalidEvent as error:
        raise UnknownFact(error.detail) from None
    life = tickets.life(subject)
    stands = standing_of(fact_id, [told.fact for told in life.told])
    breach = stands.told
    of_cycle = [told for told in life.told if _about(told.fact) == _about(breach)]
    rows = [told for told in of_cycle if told.fact.fact in RECORDED and told.fact.revision == breach.revision]
    row = next(told for told in rows if told.fact.id == fact_id)
    theirs = [told for told in of_cycle if boundary.has_customer(told.fact.details.get("customer"))]
    others = [told for told in rows if told is not row]
    shown = [row, *others[-MOST_SHOWN:]]
    return {
        **breach_to_json(Breach(stands, row, len(stands.entries))),
        "case": _case([told for told in shown if told.fact.fact in CASE]),
        "exclusions": list(_exclusions(life.log, breach, theirs, _began(of_cycle, tickets.load(subject)))),
        "outcomes": _outcomes(theirs),
        "rows": [row_of(told) for told in shown],
        "left_out": len(rows) - len(shown),
    }


def _about(fact: Fact) -> tuple[str, int]:
    return fact.lane, fact.cycle


def _case(entries: Sequence[Told]) -> dict[str, list[dict[str, Any]]]:
    """All that was written into the case, by kind, in the order of time."""
    ordered = sorted(entries, key=lambda told: (told.fact.at, told.seq))
    return {
        name: [_entry(told, members) for told in ordered if told.fact.fact == kind]
        for name, (kind, members) in _LISTS.items()
    }


def _entry(told: Told, members: Sequence[str]) -> dict[str, Any]:
    fact = told.fact
    return {
        "id": fact.id,
        **{_SHOWN_AS.get(name, name): fact.details.get(name) for name in members},
        "by": fact.details["by"],
        "at": format_instant(fact.at),
        "recorded_at": format_instant(told.recorded_at),
    }


def _began(of_cycle: Sequence[Told], loaded: Loaded) -> datetime:
    """The earliest start of a cycle, as it was told or as its clock has it: late events move it."""
    first, clocks = of_cycle[0].fact, loaded.saved.ticket.clocks if loaded.saved else ()
    since = first.details.get("started_at")
    starts = [clock.started_at for clock in clocks if (clock.lane, clock.cycle) == _about(first)]
    return min(parse_instant(since) if since else first.at, *starts)


def _exclusions(
    log: Sequence[Logged], breach: Fact, of_cycle: Sequence[Told], began: datetime
) -> Iterator[dict[str, Any]]:
    """Those entered since the cycle's first breach that count for this one, each with its corrections."""
    first = next(told.fact for told in of_cycle if told.fact.fact == breach.fact)
    for logged in sorted(log, key=lambda logged: logged.seq):
        given = logged.given
        if not isinstance(given, Exclusion) or given.entered_at <= first.at:
            continue
        corrections = [_correction(told.fact) for told in of_cycle if _corrects(told.fact, given)]
        if corrections or _counts(given, breach, began):
            yield {
                "id": given.exclusion_id,
                "from": format_instant(given.begins),
                "to": format_instant(given.ends),
                "reason": given.reason,
                "by": given.by,
                "entered_at": format_instant(given.entered_at),
                "recorded_at": format_instant(logged.recorded_at),
                "corrections": corrections,
            }


def _counts(given: Exclusion, breach: Fact, began: datetime) -> bool:
    """Whether some of its time lies between the cycle's beginning and its deadline, for the same promise."""
    touches = given.begins < (breach.due_at or breach.at) and began < given.ends
    return touches and given.covers(breach.agreement, breach.target)


def _corrects(fact: Fact, given: Exclusion) -> bool:
    return fact.fact == "outcome_corrected" and fact.cause == given.id


def _correction(fact: Fact) -> dict[str, Any]:
    return {"id": fact.id, "corrects": fact.details["corrects"], "at": format_instant(fact.at)}


def _outcomes(of_cycle: Sequence[Told]) -> list[dict[str, Any]]:
    """What was told to have become of the cycle, the last one that was not withdrawn being what stands."""
    withdrawn = {told.fact.details.get("corrects") for told in of_cycle}
    return [
        {
            "id": fact.id,
            "fact": fact.fact,
            "revision": fact.revision,
            "at": format_instant(fact.at),
            "due_at": format_instant(fact.due_at) if fact.due_at else None,
            "withdrawn": fact.id in withdrawn,
        }
        for fact in (told.fact for told in of_cycle)
        if fact.fact in OUTCOMES
    ]
