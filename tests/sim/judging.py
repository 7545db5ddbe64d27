"""What must hold when the dust has settled, whatever went wrong on the way.

The judge is the pure fold of what the helpdesk and people said, undisturbed and in order. Hand-worked lives
with literal outcomes keep the fold from being its own judge.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slaclock.domain.breach_news import told_of_a_breach
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.clock import terms_of
from slaclock.domain.correction import NEVER
from slaclock.domain.deadlines import deadline
from slaclock.domain.decide import Decision, History, decide
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import (
    ANNOUNCED,
    CASE,
    OUTCOMES,
    RECORDED,
    Fact,
    public_id,
    recorded,
    split_id,
)
from slaclock.domain.inputs import Wake
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START as CHAIN_START
from slaclock.evidence.chain import fact_entry, input_entry, link
from slaclock.evidence.known import Known
from slaclock.evidence.reading import links_of
from slaclock.evidence.stepping import folded
from slaclock.notices import audiences_of
from slaclock.notices.storm import GATHERED
from slaclock.records.evidence import record_of
from slaclock.schedules import schedule_name
from slaclock.store.chaining import agreements_at_of
from slaclock.store.codec import given_to_json
from slaclock.store.life import Logged, Told
from tests.sim.faults import DIES_AFTER, DIES_BEFORE
from tests.sim.lives import ACCOUNT, subject_of
from tests.sim.sealed import not_as_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.inputs import Given
    from slaclock.domain.ticket import Ticket
    from slaclock.store.commit import Saved
    from tests.sim.run import Ran
    from tests.sim.sns import Sent

_MARGIN = timedelta(seconds=13)  # ours, a whole second, and a clock that is off
_BEARABLE = 0.04  # of all calls; where more end the worker, a sweep of thirty calls seldom comes to its end
_MOST_LATE = timedelta(hours=8)  # where the auditor fails, too, most of the time
_OF_A_BREACH = ("clock_breached", "escalation_due", "escalation_handed_over")
_SKEW = timedelta(seconds=2)


def judge(ran: Ran) -> list[str]:
    """The names of the checks that do not hold, each with what was seen."""
    left = [Seen(ran, subject) for subject in ran.life.subjects]
    found = [f"{name}: {wrong}" for name, check in CHECKS.items() for each in left for wrong in check(each)]
    return found + [f"all is as it was sealed: {wrong}" for wrong in not_as_sealed(ran)]


class Seen:
    """What a run left behind of one ticket, read once."""

    def __init__(self, ran: Ran, subject: str) -> None:
        self.ran, self.subject, tables = ran, subject, ran.region.tables
        self.told: Sequence[Told] = tables.told(subject)
        self.facts = [each.fact for each in self.told]
        self.log: list[Given] = list(tables.history(subject)[0].given)
        self.saved: Saved | None = tables.load(subject).saved
        self.agreements: Agreements = tables.agreements(ACCOUNT)
        self.messages = {(each["fact_key"], each["audience"]): each for each in tables.messages(subject)}
        self.ticket, self.folded = _fold(self.log, self.agreements, ran)


def _fold(log: list[Given], agreements: Agreements, ran: Ran) -> tuple[Ticket, list[Fact]]:
    """Fold a log from the start, in order, without a store."""
    told: list[Fact] = []
    while True:
        decision = decide(None, Wake("replay"), agreements, ran.ended, History(log, told))
        assert isinstance(decision, Decision)
        told += decision.facts
        if not decision.ticket.behind:
            return decision.ticket, told


def every_input_is_kept_once(seen: Seen) -> Iterator[str]:
    """What was sent is in the log: as it was sent, but for when we got it. So is an entry that was told."""
    arrivals = [each for each in seen.ran.life.arrivals if subject_of(each.given.ticket_id) == seen.subject]
    causes = {fact.cause for fact in seen.facts}
    inputs = [each.given for each in arrivals]
    sent = {each.id: _said(each) for each in inputs if not isinstance(each, CaseEntry) or each.id in causes}
    kept = [(each.id, _said(each)) for each in seen.log]
    if len(kept) != len(sent):
        yield f"{len(sent)} were sent, {len(kept)} kept"
    yield from (f"{name} was kept otherwise" for name, said in kept if sent.get(name) != said)


def _said(given: Given) -> Any:
    if not isinstance(given, TicketEvent):
        return given_to_json(given)
    ours = replace(given, received_at=given.occurred_at, agreements_at=None)
    return given_to_json(ours)


def clocks_equal_the_undisturbed_fold(seen: Seen) -> Iterator[str]:
    """Each clock's cycle, start, pauses, deadline and outcome."""
    ours, theirs = (
        (_state(each, seen) for each in (seen.saved.ticket, seen.ticket)) if seen.saved else ([], None)
    )
    if ours != theirs:
        yield f"{ours} where the fold has {theirs}"


def _state(ticket: Ticket, seen: Seen) -> list[tuple[Any, ...]]:
    return [
        (
            clock.lane,
            clock.cycle,
            clock.outcome,
            clock.started_at,
            clock.pauses,
            clock.stopped_at,
            deadline(clock, terms_of(clock, seen.agreements)) if clock.running else clock.due_at,
            clock.acknowledged_at,
        )
        for clock in sorted(ticket.clocks, key=lambda clock: clock.lane)
    ]


def facts_equal_the_undisturbed_fold(seen: Seen) -> Iterator[str]:
    """Net of corrections: what became of each cycle, when, due when, after how much work."""
    ours, theirs = net(seen.facts), net(seen.folded)
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            yield f"{key} is {ours.get(key)}, and {theirs.get(key)} in the fold"


def net(facts: Sequence[Fact]) -> dict[tuple[str, int], tuple[Any, ...]]:
    """What stands of each cycle; one that turned out never to have begun is none."""
    return {
        key: (last.fact, last.at, last.due_at, last.details["worked_seconds"], last.agreement)
        for key, (*_, last) in standing(facts).items()
        if last.details.get("reason") != NEVER
    }


def cases_equal_the_undisturbed_fold(seen: Seen) -> Iterator[str]:
    """What was written into the case of each breach that stands."""
    ours, theirs = cases(seen.facts), cases(seen.folded)
    for key in sorted(ours.keys() & theirs.keys()):
        if ours[key] != theirs[key]:
            yield f"the case of {key} has {ours[key]}, and {theirs[key]} in the fold"


def cases(facts: Sequence[Fact]) -> dict[tuple[str, int], list[str]]:
    """The entries of the case of each breach that stands, by their inputs."""
    breaches = {key: last for key, (*_, last) in standing(facts).items() if last.fact == "clock_breached"}
    return {
        key: sorted(
            fact.cause
            for fact in facts
            if fact.fact in CASE and (fact.lane, fact.cycle, fact.revision) == (*key, breach.revision)
        )
        for key, breach in breaches.items()
    }


def standing(facts: Sequence[Fact]) -> dict[tuple[str, int], list[Fact]]:
    """The outcomes of each cycle that no correction withdrew."""
    withdrawn = {fact.details["corrects"] for fact in facts if fact.fact == "outcome_corrected"}
    cycles: dict[tuple[str, int], list[Fact]] = {}
    for fact in facts:
        if fact.fact in OUTCOMES and fact.id not in withdrawn:
            cycles.setdefault((fact.lane, fact.cycle), []).append(fact)
    return cycles


def no_cycle_ends_twice(seen: Seen) -> Iterator[str]:
    """A breach is recorded once; what stands of a cycle is one outcome."""
    for (lane, cycle), outcomes in standing(seen.facts).items():
        if len(outcomes) > 1:
            yield f"{lane} {cycle} ended as {[each.fact for each in outcomes]}"
    yield from (f"{key} was told {n} times" for key, n in Counter(f.key for f in seen.facts).items() if n > 1)


def log_and_facts_are_chained(seen: Seen) -> Iterator[str]:
    """Numbers without a gap, and each head over the one before it and the input, or fact and cause."""
    head, life = CHAIN_START, seen.ran.region.tables.life(seen.subject)
    hashes = {each.given.id: content_hash(given_to_json(each.given)) for each in life.log}
    links: list[Logged | Told] = [*life.log, *life.told]
    for number, each in enumerate(sorted(links, key=lambda each: each.seq), 1):
        place = each.seq, format_instant(each.recorded_at)
        if isinstance(each, Told):
            name, entry = each.fact.key, fact_entry(*place, recorded(each.fact), hashes.get(each.fact.cause))
        else:
            name, as_of = each.given.id, agreements_at_of(each.given)
            entry = input_entry(*place, hashes[name], as_of)
        head = link(head, entry)
        if each.seq != number or (isinstance(each, Told) and each.hash != head):
            yield f"{name} is number {each.seq}, in place {number}"
            return
    if seen.saved and seen.saved.head != head:
        yield "the head is not the hash of the last link"


def every_decision_comes_out_again(seen: Seen) -> Iterator[str]:
    """From the record alone, whoever woke the ticket, and by whatever clock: so evidence of it holds."""
    record, agreements = record_of(seen.ran.region.tables.life(seen.subject)), seen.agreements
    links = links_of({"log": record.log, "facts": record.facts})
    _, diverged = folded(links, Known(agreements.versions, agreements.exclusions, agreements.endings))
    if diverged:
        yield str(diverged)


def the_ledger_has_its_rows(seen: Seen) -> Iterator[str]:
    """A row for each fact that the ledger keeps, and no other."""
    facts = {
        item["sk"].removeprefix("FACT#"): item["body"]
        for item in seen.ran.region.tables.items("tickets")
        if item["pk"] == seen.subject and item["sk"].startswith("FACT#")
    }
    rows = {
        row["sk"]: (row["seq"], row["hash"], row["body"])
        for row in seen.ran.region.tables.items("ledger")
        if row["pk"] == seen.subject
    }
    wanted = {
        each.fact.key: (each.seq, each.hash, facts[each.fact.key])
        for each in seen.told
        if each.fact.fact in RECORDED
    }
    if rows != wanted:
        yield f"{sorted(rows.keys() ^ wanted.keys())}"


def nothing_is_told_early(seen: Seen) -> Iterator[str]:
    """No fact's moment was ahead when it was told, but by a container's clock; a breach's is its deadline."""
    slack = _SKEW if seen.ran.profile.skewed else timedelta()
    for fact in seen.facts:
        at = seen.ran.region.told_at[fact.id]
        if at + slack < fact.at or (fact.fact == "clock_breached" and fact.due_at and fact.at < fact.due_at):
            yield f"{fact.key} of {fact.at}, due {fact.due_at}, was told at {at}"


def everybody_was_told(seen: Seen) -> Iterator[str]:
    """Each audience of each announced fact got it, or it is said why not; nothing waits any more."""
    notices = seen.ran.region.notices
    sent = Counter((named, audience_of(each.topic)) for each in notices for named in facts_in(each))
    if _waits(seen):
        yield "something still waits to be announced"
    for fact in seen.facts:
        if fact.fact not in ANNOUNCED or fact.details.get("told") == []:
            continue
        for audience in audiences_of(fact):
            marked = seen.messages.get((fact.key, audience))
            if marked is None:
                yield f"{fact.key} was not announced to {audience}"
            elif marked["why"] and _always(fact):
                yield f"{fact.key} was held back from {audience}: {marked['why']}"
            elif not marked["why"] and not sent[fact.id, audience]:
                yield f"{fact.key} is marked as sent to {audience}, who never got it"


def facts_in(sent: Sent) -> list[str]:
    """The ids of the facts that a message tells of: one, or those of the reminders that it lists."""
    body = json.loads(sent.texts.get("sqs") or sent.texts["default"])
    if body["fact"] != GATHERED:
        return [sent.attributes["notification_id"]]
    return [each["id"] for each in body["reminders"]]


def audience_of(topic: str) -> str:
    """The audience of a topic of this region."""
    return topic.rpartition(":")[2]


def _waits(seen: Seen) -> bool:
    return any(item["sk"].startswith("OUTBOX#") for item in seen.ran.region.tables.items("tickets"))


def _always(fact: Fact) -> bool:
    """Whether a message is never held back: of a breach, and of its first level (rule 22)."""
    first = fact.fact == "escalation_due" and (fact.details["level"], fact.details["repeat"]) == (1, 0)
    return first or fact.fact == "clock_breached"


def no_message_is_without_its_fact(seen: Seen) -> Iterator[str]:
    """What was published is in the record, and a repeat carries the id of the first."""
    known = {fact.id for fact in seen.facts}
    for each in seen.ran.region.notices:
        of_ours = [named for named in facts_in(each) if split_id(named)[0] == seen.subject]
        body = json.loads(each.texts.get("sqs") or each.texts["default"])
        if not known.issuperset(of_ours) or body["notification_id"] != each.attributes["notification_id"]:
            yield f"{each.subject} is of no fact"
        if body["fact"] == GATHERED and len(facts_in(each)) != len(set(facts_in(each))):
            yield f"{each.subject} lists a reminder twice"


def only_reminders_wait_and_are_gathered(seen: Seen) -> Iterator[str]:
    """A breach and all that follows from it is told at once, by a message of its own (rule 23)."""
    for asked in seen.ran.region.queue.put:
        if asked["subject"] == seen.subject and not asked["key"].startswith("reminder_due:"):
            yield f"{asked['key']} waits for others"
    kinds = {fact.id: fact.fact for fact in seen.facts}
    for each in seen.ran.region.notices:
        told = facts_in(each)
        if len(told) > 1 and {kinds.get(named, "reminder_due") for named in told} != {"reminder_due"}:
            yield f"{each.subject} tells of {told}"


def every_moment_has_its_schedule(seen: Seen) -> Iterator[str]:
    """Each clock that is to be woken has one schedule, at its moment, of its current name."""
    live = {each.name: each for each in seen.ran.region.scheduler.live}
    lost = _lost(seen)
    for lane, arming in seen.saved.wakes.items() if seen.saved else ():
        name = schedule_name(seen.subject, lane, arming.number)
        found = live.pop(name, None)
        if found is None:
            if not lost:
                yield f"{lane} #{arming.number} at {arming.at} has no schedule"
        elif not arming.at <= found.at <= arming.at + _MARGIN:
            yield f"{lane} #{arming.number} at {arming.at} is scheduled at {found.at}"
        elif (
            found.action_after_completion != "DELETE"
            or not found.dead_letters
            or found.retry["MaximumEventAgeInSeconds"] < 3600
        ):
            yield f"{lane} #{arming.number} is made as {found}"
    nobodys = [each for each in live.values() if json.loads(each.input)["subject"] == seen.subject]
    if nobodys and not seen.ran.faults.happened and not seen.ran.life.outages:
        yield f"{len(nobodys)} schedules are nobody's"


def _lost(seen: Seen) -> bool:
    """Whether records of `arm` were given up: their clocks are the auditor's, once they are overdue."""
    return any(reader.given_up for reader in seen.ran.region.readers if reader.settings.function == "Arm")


def nothing_overdue_is_left(seen: Seen) -> Iterator[str]:
    """No clock's moment is past."""
    for lane, arming in seen.saved.wakes.items() if seen.saved else ():
        if arming.at <= seen.ran.ended:
            yield f"{lane} was to be woken at {arming.at}"


def nothing_is_given_up(seen: Seen) -> Iterator[str]:
    """Where every second try succeeds, no queue gets anything, and no delivery has to be kept."""
    if not seen.ran.profile.audited:
        yield from (
            f"{each.settings.function} gave up {len(each.given_up)}"
            for each in seen.ran.region.readers
            if each.given_up
        )
        yield from (f"{each.name} was given up" for each in seen.ran.region.queue.given_up)
        yield from (f"{queue} got {letter}" for queue, letter in seen.ran.region.dead_letters)
        yield from seen.ran.region.bucket.objects


def each_fact_is_one_of_the_fold(seen: Seen) -> Iterator[str]:
    """Starts, pauses, reminders, levels as well, where no input came after a later moment was told.

    While an input was missing that came after a later one, reminders may have come and gone (rule 22).
    """
    if seen.subject in seen.ran.region.learned_late or any(isinstance(each, Exclusion) for each in seen.log):
        return
    ours, theirs = (
        {(fact.key, fact.at, fact.due_at, fact.details.get("notify")) for fact in facts}
        for facts in (seen.facts, seen.folded)
    )
    unsaid = {
        each for each in theirs - ours if each[0].startswith("reminder_due") and _overtaken(each[1], seen)
    }
    yield from (
        f"{each} was told, or is of the fold, only" for each in sorted((ours ^ theirs) - unsaid, key=str)
    )


def _overtaken(at: datetime, seen: Seen) -> bool:
    return any(
        subject == seen.subject and happened <= at <= learned + _SKEW
        for subject, happened, learned in seen.ran.region.overtaken
    )


def an_all_clear_goes_to_those_told(seen: Seen) -> Iterator[str]:
    """By whichever rota or hand-over they came to hear of the breach, and to nobody else."""
    for end in (fact for fact in seen.facts if fact.fact == "breach_ended"):
        cycle = [fact for fact in seen.facts if (fact.lane, fact.cycle) == (end.lane, end.cycle)]
        heard = [set(told_of_a_breach(fact)) for fact in cycle]
        if nobodys := set(end.details["told"]) - set().union(*heard):
            yield f"{end.key} is told to {sorted(nobodys)}, who heard of no breach"


def nothing_is_told_late(seen: Seen) -> Iterator[str]:
    """A breach is noticed, and told, within hours, though schedules fail and the auditor does."""
    odds = seen.ran.profile.odds
    hardly_usable = sum(odds.get(kind, 0.0) for kind in (DIES_BEFORE, DIES_AFTER)) > _BEARABLE
    if seen.ran.life.outages or hardly_usable or not seen.ran.profile.audited:
        return
    region = seen.ran.region
    for fact in seen.facts:
        if (
            fact.details.get("detected_by") in ("timer", "auditor")
            and region.told_at[fact.id] - fact.at > _MOST_LATE
        ):
            yield f"{fact.key} of {fact.at} was noticed at {region.told_at[fact.id]}"
    for each in region.tables.messages(seen.subject):
        at = region.told_at[public_id(seen.subject, each["fact_key"])]
        if parse_instant(each["at"]) - at > _MOST_LATE:
            yield f"{each['fact_key']} of {at} was announced at {each['at']}"


def heartbeats_are_true(seen: Seen) -> Iterator[str]:
    """After a sweep that said that all is well, nothing is left behind that it could have found."""
    yield from seen.ran.region.false_heartbeats


def stale_schedules_do_nothing(seen: Seen) -> Iterator[str]:
    """Only a clock's current schedule has its ticket decided about."""
    yield from seen.ran.region.stale


def doubles_were_not_misused(seen: Seen) -> Iterator[str]:
    """AWS was never asked for what it leaves undocumented."""
    yield from seen.ran.region.scheduler.misuses
    yield from seen.ran.region.sns.misuses
    yield from seen.ran.region.sqs.misuses
    yield from seen.ran.region.table_misuses


CHECKS: dict[str, Callable[[Seen], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (
        every_input_is_kept_once,
        clocks_equal_the_undisturbed_fold,
        facts_equal_the_undisturbed_fold,
        cases_equal_the_undisturbed_fold,
        no_cycle_ends_twice,
        log_and_facts_are_chained,
        every_decision_comes_out_again,
        the_ledger_has_its_rows,
        nothing_is_told_early,
        everybody_was_told,
        no_message_is_without_its_fact,
        only_reminders_wait_and_are_gathered,
        every_moment_has_its_schedule,
        nothing_overdue_is_left,
        nothing_is_given_up,
        each_fact_is_one_of_the_fold,
        an_all_clear_goes_to_those_told,
        nothing_is_told_late,
        heartbeats_are_true,
        stale_schedules_do_nothing,
        doubles_were_not_misused,
    )
}
