"""The lines below the headline: who, which promise, due when, how late, what became of it, where to look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.domain.breach_news import TELLS_OF_AN_OPEN_BREACH
from slaclock.domain.instants import parse_instant
from slaclock.domain.suppressing import WITHDRAWN
from slaclock.notices.people import who
from slaclock.notices.times import counted
from slaclock.notices.wording import priority

if TYPE_CHECKING:
    from slaclock.domain.clock import Clock
    from slaclock.notices.telling import Telling

# EventBridge is precise to a minute; what comes later than this says so.
_PROMPT = timedelta(minutes=2)
_MOMENTS = ("clock_breached", "escalation_due", "reminder_due")


def particulars(told: Telling) -> list[tuple[str, str]]:
    """Name and value of each line, as the audience reads it; what does not apply is left out."""
    fact, details = told.fact, told.details
    lines = {
        "promise": _promise(told),
        "due": told.shown(fact.due_at) if fact.due_at else None,
        "goal_due": told.shown(told.goal_due) if told.goal_due else None,
        "late": late(told),
        "told_late": _told_late(told),
        "because": _because(told),
        "broke_first": _broke_first(told),
        "in_truth": _in_truth(told),
        "meanwhile": _meanwhile(told),
        "customer": details.get("customer"),
        "team": details.get("team"),
        "note": details.get("note"),
        "ticket": told.ticket_url,
        "runbook": details.get("runbook"),
        "acknowledge": acknowledge(told),
    }
    return _named(told, lines)


def for_customer(told: Telling) -> list[tuple[str, str]]:
    """The lines that a customer may read: what was agreed, and how it stands against that."""
    fact, details = told.fact, told.details
    due = missed_in_truth(told) or fact.due_at
    agreed = "customer.agreed_clause" if details.get("clause") else "customer.agreed"
    lines = {
        "agreed": told.said.say(agreed, budget=details["budget"], clause=details.get("clause"))
        if details.get("budget")
        else None,
        "due": told.shown(due) if due else None,
        "late": late(told),
        "priority": priority(told),
    }
    return _named(told, lines)


def late(told: Telling) -> str | None:
    """How late it is by now; how late it was in the end, once it has ended, by its calendar, too."""
    fact = told.fact
    if fact.fact == "breach_ended" and "late_seconds" in fact.details:
        ours, wall = (timedelta(seconds=fact.details[f"late_{each}"]) for each in ("seconds", "wall_seconds"))
        if ours != wall:
            length = counted(ours, told.said)
            return told.said.say("late.counted", counted=length, wall=told.elapsed(wall))
    ends = {"breach_ended": fact.at, "outcome_corrected": None, "reminder_due": None}
    until = ends.get(fact.fact, told.now) if told.became != WITHDRAWN else None
    return told.elapsed(until - fact.due_at) if until and fact.due_at and until > fact.due_at else None


def acknowledge(told: Telling) -> str | None:
    """The link that acknowledges; without one, of a level that waits for somebody the call that does."""
    waits = told.clock is None or (told.clock.waiting and not told.clock.acknowledged_at)
    asks = told.fact.fact == "escalation_due" and waits and not (told.drill or told.became)
    call = f"POST /v1/escalations/{told.fact.id}/acknowledge"
    return told.link or (call if asks else None)


def _named(told: Telling, lines: dict[str, str | None]) -> list[tuple[str, str]]:
    return [(told.said.texts[f"line.{key}"], str(value)) for key, value in lines.items() if value]


def _promise(told: Telling) -> str:
    fact, said, name = told.fact, told.said, told.fact.target
    if told.details.get("budget"):
        name = said.say("promise.budget", target=name, budget=told.details["budget"])
    held = said.say("promise.held", promise=name, agreement=fact.agreement, version=fact.agreement_version)
    clause = told.details.get("clause")
    return said.say("promise.clause", promise=held, clause=clause) if clause else held


def _broke_first(told: Telling) -> str | None:
    """The promise behind this one that was missed before it."""
    if not (first := told.details.get("broke_first")):
        return None
    at = told.shown(parse_instant(first["at"]))
    named = {name: first[name] for name in ("target", "agreement", "kind")}
    return told.said.say("broke_first", **named, at=at)


def _because(told: Telling) -> str | None:
    """Why a breach told is withdrawn: somebody excluded the time, or an event came late."""
    if not told.details.get("because"):
        return None
    if excluded := told.details.get("reason"):
        return told.said.say("because.excluded", reason=excluded)
    return told.said.say("because.came_late", event=told.details["because"])


def _told_late(told: Telling) -> str | None:
    """When a message ought to have gone out, where it did not: slaclock itself was late."""
    ought = told.fact.at if told.fact.fact in _MOMENTS else told.now
    if told.drill or told.now - ought <= _PROMPT:
        return None
    return told.said.say("told_late", at=told.shown(ought))


def _meanwhile(told: Telling) -> str | None:
    """What has become of a clock by the time that its breach is told."""
    if told.became == WITHDRAWN:
        return told.said.texts["meanwhile.withdrawn"]
    clock = told.clock
    if clock is None or told.fact.fact not in TELLS_OF_AN_OPEN_BREACH:
        return None
    if clock.stopped_at:
        return _at(told, "meanwhile.ended", clock.stopped_at)
    return _in_hand(told, clock.acknowledged_at) if clock.acknowledged_at else None


def _in_hand(told: Telling, since: datetime) -> str:
    """Who has a breach in hand since when, as far as the story says who."""
    taken = next((each for each in told.history if each.fact == "breach_acknowledged"), None)
    if taken is None:
        return _at(told, "meanwhile.acknowledged", since)
    by = who(taken.details, told.said)
    return told.said.say("meanwhile.acknowledged_by", by=by, at=told.shown(since))


def missed_in_truth(told: Telling) -> datetime | None:
    """The right deadline of a breach that is withdrawn, where it was missed, too; else None."""
    withdrawn = told.fact.fact == "outcome_corrected" and not told.takes_back_a_reopening
    return told.clock.due_at if withdrawn and told.clock else None


def _in_truth(told: Telling) -> str | None:
    """How a clock stands of which a breach is withdrawn; of an earlier cycle nothing is kept."""
    fact = told.fact
    if told.ticket is None or not (fact.fact == "outcome_corrected" or told.became == WITHDRAWN):
        return None
    clock = told.ticket.clock(fact.lane)
    if clock is None or clock.cycle < fact.cycle:
        return told.said.texts["reason.never"]
    return None if clock.cycle > fact.cycle else _as_it_is(told, clock)


def _as_it_is(told: Telling, clock: Clock) -> str:
    if clock.stopped_at and told.takes_back_a_reopening:
        return _at(told, "meanwhile.ended", clock.stopped_at)
    if clock.due_at:
        return _at(told, "truth.missed", clock.due_at)
    if clock.stopped_at:
        return _at(told, f"truth.{clock.outcome}", clock.stopped_at)
    return told.said.texts["truth.paused" if clock.paused else "truth.runs"]


def _at(told: Telling, key: str, instant: datetime) -> str:
    return told.said.say(key, at=told.shown(instant))
