"""Why a clock stands where it does: every span of its time, what began it, and what it counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.clock import Clock
from slaclock.domain.conditions import holds
from slaclock.domain.deadlines import worked
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.explained import considered_to_json, explanation_to_json
from slaclock.domain.explaining import Explanation, explain
from slaclock.domain.inputs import Wake
from slaclock.domain.instants import format_instant
from slaclock.domain.masking import masked
from slaclock.domain.ticket import Ticket
from tests.examples import examples
from tests.spec.story import (
    OFFICE,
    TIME,
    Story,
    agreement,
    created,
    event,
    excluded,
    level,
    priority,
    shown,
    solved,
    status,
    target,
    when,
)
from tests.spec.test_lives import END, Arrival, folded, lived, lives

if TYPE_CHECKING:
    from slaclock.domain.spans import Span

LUNCH = {"timezone": "Europe/Copenhagen", "hours": {"mon-fri": ["09:00-12:00", "12:30-17:00"]}}
NIGHTS = {"timezone": "Europe/Copenhagen", "hours": {"mon-sun": ["00:00-06:00"]}}


def told(story: Story, now: str, metric: str = "resolution") -> Explanation:
    """What is explained of a ticket's clock."""
    assert story.ticket is not None
    found = explain(story.ticket, story.log, story.agreements, when(now))
    return next(each for each in found if each.clock.metric == metric)


def spans(story: Story, now: str, metric: str = "resolution") -> list[str]:
    """A clock's spans, one a line: from when to when, its state, why it began, and the time it counts."""
    return [line(span) for span in told(story, now, metric).spans]


def line(span: Span) -> str:
    return f"{shown(span.begin)} to {shown(span.end)} {span.state}, {span.because.text}: {span.counted}"


def document(story: Story, now: str, metric: str = "resolution") -> dict[str, Any]:
    return explanation_to_json(told(story, now, metric))


# -- spans -----------------------------------------------------------------------------------------------


def test_a_lunch_break_is_no_span_of_its_own_and_counts_nothing() -> None:
    """What the calendar leaves out is running time that counts no seconds."""
    story = Story(agreement(target("resolution", "8h"), calendars={"office": LUNCH}))
    story.at("Fri 11:00", created(), "started resolution, due Mon+1 11:30")
    assert spans(story, "Fri 13:00") == ["Fri 11:00 to Fri 13:00 running, created: 1:30:00"]
    assert told(story, "Fri 13:00").left_seconds == 6 * 3600 + 1800


def test_a_pause_over_a_weekend_is_shown_with_what_began_and_ended_it() -> None:
    """Each span says which event began it, and what that changed."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 15:00", created(), "started resolution, due Mon+1 15:00")
    story.at("Fri 16:00", status("pending", key="wait"), "paused resolution")
    story.at("Mon+1 10:00", status("open", key="go on"), "resumed resolution, due Mon+1 17:00")
    assert spans(story, "Mon+1 11:30") == [
        "Fri 15:00 to Fri 16:00 running, created: 1:00:00",
        "Fri 16:00 to Mon+1 10:00 paused, status is now pending: 2:00:00",
        "Mon+1 10:00 to Mon+1 11:30 running, status is now open: 1:30:00",
    ]
    explained = document(story, "Mon+1 11:30")
    assert [each["because"] for each in explained["spans"][1:]] == [
        {
            "reason": "status is now pending",
            "event": "wait",
            "type": "status_changed",
            "changes": ["status is now pending"],
        },
        {
            "reason": "status is now open",
            "event": "go on",
            "type": "status_changed",
            "changes": ["status is now open"],
        },
    ]
    assert [each["seconds"] for each in explained["spans"]] == [3600, 7200, 5400]
    assert (explained["worked_seconds"], explained["left_seconds"], explained["target_seconds"]) == (
        9000,
        19800,
        28800,
    )


def test_on_the_sunday_when_clocks_go_forward_an_hour_is_missing() -> None:
    """From 00:00 to 06:00 on Sunday 29 March 2026 five hours pass in Copenhagen."""
    story = Story(agreement(target("resolution", "8h"), calendars={"office": NIGHTS}))
    story.at("Sat 12:00", created(), "started resolution, due Mon+1 03:00")
    assert spans(story, "Sun 12:00") == ["Sat 12:00 to Sun 12:00 running, created: 5:00:00"]
    assert told(story, "Sun 12:00").left_seconds == 3 * 3600


def test_a_ticket_created_paused_begins_with_its_pause() -> None:
    """Nothing was worked before it."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 15:00", created(status="pending"), "started resolution", "paused resolution")
    story.at("Fri 16:00", status("open"), "resumed resolution, due Mon+1 16:00")
    assert spans(story, "Fri 17:00") == [
        "Fri 15:00 to Fri 16:00 paused, created, paused from the start: 1:00:00",
        "Fri 16:00 to Fri 17:00 running, status is now open: 1:00:00",
    ]


def test_the_gap_between_solving_and_reopening_is_a_pause() -> None:
    """The second cycle has the work of the first, and says what came between."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 10:00", created(), "started resolution, due Mon+1 10:00")
    story.at("Fri 12:00", solved(), "met resolution, due Mon+1 10:00")
    assert spans(story, "Fri 16:00") == ["Fri 10:00 to Fri 12:00 running, created: 2:00:00"]
    story.at("Fri 15:00", status("open"), "started resolution 2, due Mon+1 13:00")
    assert spans(story, "Fri 16:00") == [
        "Fri 10:00 to Fri 12:00 running, created: 2:00:00",
        "Fri 12:00 to Fri 15:00 paused, status is now solved: 3:00:00",
        "Fri 15:00 to Fri 16:00 running, status is now open: 1:00:00",
    ]


def test_an_exclusion_of_the_document_is_a_span_of_its_own() -> None:
    """The part of a pause that it covers is shown as excluded; the running spans add up all the same."""
    maintenance = {"from": "2026-03-27T09:00:00Z", "to": "2026-03-27T11:00:00Z", "reason": "maintenance"}
    story = Story(agreement(target("resolution", "8h"), exclusions=[maintenance]))
    story.at("Fri 09:00", created(), "started resolution, due Mon+1 11:00")
    story.at("Fri 11:00", status("pending"), "paused resolution")
    story.at("Fri 13:00", status("open"), "resumed resolution, due Mon+1 12:00")
    assert spans(story, "Fri 14:00") == [
        "Fri 09:00 to Fri 10:00 running, created: 1:00:00",
        "Fri 10:00 to Fri 12:00 excluded, excluded by the agreement: 2:00:00",
        "Fri 12:00 to Fri 13:00 paused, status is now pending: 1:00:00",
        "Fri 13:00 to Fri 14:00 running, status is now open: 1:00:00",
    ]
    assert told(story, "Fri 14:00").worked == timedelta(hours=2)


def test_an_exclusion_entered_later_says_who_entered_it_when_and_why() -> None:
    """It counts from its beginning, whenever it was entered."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    cut = Exclusion(
        "cut", "acme", when("Fri 10:00"), when("Fri 11:00"), "a power cut", "ada", when("Fri 13:00")
    )
    story.give(cut.on("1"), when("Fri 13:00"))
    assert spans(story, "Fri 13:00") == [
        "Fri 09:00 to Fri 10:00 running, created: 1:00:00",
        "Fri 10:00 to Fri 11:00 excluded, a power cut: 1:00:00",
        "Fri 11:00 to Fri 13:00 running, the exclusion ended: a power cut: 2:00:00",
    ]
    assert document(story, "Fri 13:00")["spans"][1]["because"] == {
        "reason": "a power cut",
        "exclusion": "cut",
        "by": "ada",
        "entered_at": "2026-03-27T12:00:00Z",
    }


def test_a_clock_that_begins_within_an_exclusion_still_says_what_began_it() -> None:
    """Its first span says why it does not count, so the event stands beside the start."""
    maintenance = {"from": "2026-03-27T07:00:00Z", "to": "2026-03-27T09:00:00Z", "reason": "maintenance"}
    story = Story(agreement(target("resolution", "4h"), exclusions=[maintenance]))
    story.at("Fri 09:00", created(key="opened"), "started resolution, due Fri 14:00")
    assert spans(story, "Fri 11:00") == [
        "Fri 09:00 to Fri 10:00 excluded, excluded by the agreement: 1:00:00",
        "Fri 10:00 to Fri 11:00 running, the exclusion ended: excluded by the agreement: 1:00:00",
    ]
    assert document(story, "Fri 11:00")["begun_by"] == {
        "reason": "created",
        "event": "opened",
        "type": "created",
    }


def test_a_wall_budget_counts_elapsed_seconds() -> None:
    """Nights, weekends and the calendar's hours do not matter to it."""
    story = Story(agreement(target("resolution", "48h wall")))
    story.at("Fri 16:00", created(), "started resolution, due Sun 17:00")
    explained = document(story, "Sun 16:00")
    assert (explained["counts"], explained["worked_seconds"], explained["left_seconds"]) == (
        "elapsed time",
        169200,
        3600,
    )
    assert [each["seconds"] for each in explained["spans"]] == [169200]


def test_a_clock_that_began_just_now_has_a_span_of_no_length() -> None:
    """So that it can be seen what began it."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 10:00", created(), "started resolution, due Mon+1 10:00")
    assert spans(story, "Fri 10:00") == ["Fri 10:00 to Fri 10:00 running, created: 0:00:00"]


# -- the rest of an explanation --------------------------------------------------------------------------


def test_an_explanation_has_the_terms_the_calendar_as_written_and_what_comes_next() -> None:
    """All that is needed to work out the deadline by hand."""
    office = {
        **OFFICE,
        "holidays": ["2026-03-30", "2026-12-24"],
        "exceptions": {"2026-03-31": ["09:00-12:00"]},
    }
    promise = target(
        "resolution",
        "16h",
        clause="§4.2",
        reminders=["75%"],
        goal={"budgets": {"default": "4h"}, "reminders": ["0m before"]},
    )
    story = Story(agreement(promise, calendars={"office": office}))
    story.at("Fri 13:00", created(), "started resolution, due Thu+1 10:00")
    explained = document(story, "Fri 15:00")
    assert explained.pop("spans")
    assert explained == {
        "agreement": "gold",
        "agreement_version": 1,
        "target": "resolution",
        "clause": "§4.2",
        "metric": "resolution",
        "budget": "16h",
        "budget_set_by": None,
        "counts": "working time",
        "calendar": {
            "name": "office",
            "timezone": "Europe/Copenhagen",
            "hours": {"mon-fri": ["09:00-17:00"]},
            "holidays": ["2026-03-30"],
            "exceptions": {"2026-03-31": ["09:00-12:00"]},
        },
        "started_at": "2026-03-27T12:00:00Z",
        "begun_by": {"reason": "created", "event": "01", "type": "created"},
        "until": "2026-03-27T14:00:00Z",
        "ended": None,
        "target_seconds": 57600,
        "worked_seconds": 7200,
        "left_seconds": 50400,
        "due_at": "2026-04-02T08:00:00Z",
        "goal": {"budget": "4h", "due_at": "2026-03-27T16:00:00Z"},
        "next": {"at": "2026-03-27T16:00:00Z", "what": "reminder 0m before of the goal 4h"},
    }


def test_what_comes_next_is_a_reminder_the_deadline_or_a_level() -> None:
    """Named as the agreement writes it; of a paused clock nothing comes."""
    ladder = [level("0m", "one", "acknowledged", times=1, every="30m wall"), level("2h", "two")]
    story = Story(agreement(target("resolution", "4h", reminders=["75%", "15m before"], escalation=ladder)))
    story.at("Fri 09:00", created(), "started resolution, due Fri 13:00")
    coming = [document(story, "Fri 10:00")["next"]["what"]]
    for moment in ("Fri 12:00", "Fri 12:45", "Fri 13:00", "Fri 13:30"):
        story.give(TIME, when(moment))
        coming.append(document(story, moment)["next"]["what"])
    assert coming == [
        "reminder 75%",
        "reminder 15m before",
        "deadline",
        "level 1 to one, message 2",
        "level 2 to two",
    ]
    story.give(story._given(status("pending"), when("Fri 14:00")), when("Fri 14:00"))  # noqa: SLF001
    assert document(story, "Fri 14:00")["next"] is None


def test_a_breached_clock_says_how_late_it_is() -> None:
    """Nothing is left, and the time since its deadline is counted until its stop."""
    story = Story(agreement(target("resolution", "4h")))
    story.at("Fri 09:00", created(), "started resolution, due Fri 13:00")
    story.give(TIME, when("Fri 13:00"))
    late = document(story, "Fri 15:00")
    assert (late["worked_seconds"], late["left_seconds"], late["late_seconds"]) == (21600, 0, 7200)
    story.at("Fri 16:00", solved(), "breach_ended resolution, due Fri 13:00: the ticket was solved")
    ended = document(story, "Mon+1 12:00")
    assert (ended["until"], ended["worked_seconds"], ended["late_seconds"]) == (
        "2026-03-27T15:00:00Z",
        25200,
        10800,
    )


def test_an_end_of_day_that_a_pause_moved_leaves_what_there_is_to_the_new_close() -> None:
    """Two hours of pause make the whole of Thursday available, not two hours of it."""
    story = Story(agreement(target("resolution", "2d end of day")))
    story.at("Mon 10:00", created(), "started resolution, due Wed 17:00")
    story.at("Tue 10:00", status("pending"), "paused resolution")
    story.at("Tue 12:00", status("open"), "resumed resolution, due Thu 17:00")
    explained = document(story, "Thu 12:00")
    assert (explained["worked_seconds"], explained["left_seconds"]) == (24 * 3600, 5 * 3600)


def test_an_end_of_day_that_an_exclusion_moved_leaves_what_there_is_to_the_new_close() -> None:
    """Rule 27: an exclusion is like a pause."""
    story = Story(agreement(target("resolution", "2d end of day")))
    story.at("Mon 10:00", created(), "started resolution, due Wed 17:00")
    story.at("Tue 09:00", excluded("Tue 10:00", "Tue 12:00"))
    explained = document(story, "Thu 12:00")
    assert (explained["worked_seconds"], explained["left_seconds"]) == (24 * 3600, 5 * 3600)


def test_a_second_pause_takes_nothing_of_what_the_first_one_added() -> None:
    """While it is paused there is left what there would be if it went on now."""
    story = Story(agreement(target("resolution", "2d end of day")))
    story.at("Mon 10:00", created(), "started resolution, due Wed 17:00")
    story.at("Tue 10:00", status("pending"), "paused resolution")
    story.at("Tue 12:00", status("open"), "resumed resolution, due Thu 17:00")
    before = document(story, "Tue 12:00")["left_seconds"]
    story.at("Tue 12:00:01", status("pending"), "paused resolution")
    assert (before, document(story, "Tue 12:00:01")["left_seconds"]) == (21 * 3600, 21 * 3600 - 1)
    assert document(story, "Wed 12:00")["left_seconds"] == 21 * 3600


def test_a_budget_set_anew_says_what_set_it() -> None:
    """The event and the member that it changed."""
    story = Story(agreement(target("resolution", {"high": "4h", "low": "8h"})))
    story.at("Fri 09:00", created(priority="low"), "started resolution, due Fri 17:00")
    story.at("Fri 10:00", priority("high", key="raise"), "retargeted resolution, due Fri 13:00")
    assert document(story, "Fri 10:00")["budget_set_by"] == {
        "reason": "priority is now high",
        "event": "raise",
        "type": "priority_changed",
        "changes": ["priority is now high"],
    }


def test_whole_seconds_of_spans_add_up_to_the_whole_seconds_worked() -> None:
    """Where events come within seconds, a fraction goes to the span in which it makes a second."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    half = timedelta(milliseconds=600)
    for number, (what, at) in enumerate([("pending", "Fri 10:00"), ("open", "Fri 11:00")]):
        story.give(story._given(status(what), when(at) + half), when(at) + half)  # noqa: SLF001
        assert number < 2
    explained = document(story, "Fri 11:00:01")
    assert [each["seconds"] for each in explained["spans"]] == [3600, 3600, 1]
    assert explained["worked_seconds"] == 3601


# -- laws ------------------------------------------------------------------------------------------------


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives())
def test_spans_have_no_gap_do_not_overlap_and_add_up(arrivals: list[Arrival]) -> None:
    """Whatever happens to a ticket: from each clock's start to its stop, or to now."""
    story = lived(arrivals)
    assert story.ticket is not None
    for explained in explain(story.ticket, story.log, story.agreements, END):
        spans_ = explained.spans
        assert (spans_[0].begin, spans_[-1].end) == (explained.clock.started_at, explained.until)
        assert all(one.end == other.begin for one, other in pairwise(spans_))
        assert all(span.begin < span.end for span in spans_) or len(spans_) == 1
        running = [span.counted for span in spans_ if span.state == "running"]
        assert sum(running, timedelta()) == explained.worked
        assert explained.worked == worked(explained.clock, explained.terms, explained.until)
        document_ = explanation_to_json(explained)
        seconds = [each["seconds"] for each in document_["spans"] if each["state"] == "running"]
        assert sum(seconds) == document_["worked_seconds"]
        assert document_["left_seconds"] == max(0, document_["target_seconds"] - document_["worked_seconds"])
        assert all(span.because.text for span in spans_)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives())
def test_what_is_explained_of_a_clock_that_stopped_is_what_is_told_of_it(arrivals: list[Arrival]) -> None:
    """The last fact of its cycle that says how long was worked says as much, where nothing came late."""
    story = lived(arrivals)
    ticket, facts = folded(story)
    told_ = {
        (fact.lane, fact.cycle, fact.revision): fact.details["worked_seconds"]
        for fact in facts
        if "worked_seconds" in fact.details
    }
    for explained in explain(ticket, story.log, story.agreements, END):
        clock = explained.clock
        if not clock.waiting:
            said = told_[clock.lane, clock.cycle, clock.revision]
            assert explanation_to_json(explained)["worked_seconds"] == said


HALF_HOURS = st.tuples(st.integers(0, 300), st.integers(1, 40)).map(lambda pair: (pair[0], pair[0] + pair[1]))
SPANS = st.lists(HALF_HOURS, max_size=4).map(
    lambda found: [tuple(when("Mon 00:00") + timedelta(minutes=30 * n) for n in span) for span in found]
)


@settings(max_examples=examples(200), deadline=None)
@given(
    SPANS, SPANS, SPANS, st.integers(0, 200), st.integers(0, 200), st.sampled_from(["8h", "30h wall", "2d"])
)
def test_spans_add_up_whatever_is_paused_and_excluded(
    pauses: list[Any], written: list[Any], later: list[Any], start: int, length: int, budget: str
) -> None:
    """Pauses and exclusions of either kind may overlap, touch, and lie outside the clock's time."""
    excluded = [{"from": format_instant(a), "to": format_instant(b), "reason": "x"} for a, b in written]
    agreements = Agreements((agreement(target("resolution", budget), exclusions=excluded),))
    begun = when("Mon 00:00") + timedelta(minutes=30 * start)
    clock = Clock(
        slot="",
        agreement="gold",
        version=1,
        target="resolution",
        metric="resolution",
        budget=budget,
        calendar="office",
        started_at=begun,
        pauses=tuple(_apart(pauses)),
        excluded=tuple(sorted(later)),
    )
    ticket = Ticket("acme", "1", begun, clocks=(clock,))
    until = begun + timedelta(minutes=30 * length)
    (explained,) = explain(ticket, [], agreements, until)
    assert (explained.spans[0].begin, explained.spans[-1].end) == (begun, until)
    assert all(one.end == other.begin for one, other in pairwise(explained.spans))
    running = [span.counted for span in explained.spans if span.state == "running"]
    assert sum(running, timedelta()) == explained.worked == worked(clock, explained.terms, until)


def _apart(spans_: list[Any]) -> list[Any]:
    """Spans in order, without those that begin before the one before has ended."""
    kept: list[Any] = []
    for span in sorted(spans_):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


NAMES = st.sampled_from(["a", "b", "c"])
TESTS = st.dictionaries(
    st.sampled_from(["any", "all", "not"]), st.lists(NAMES, min_size=1), min_size=1
) | st.just({"known": True})
MEMBERS = st.dictionaries(st.sampled_from(["custom.x", "custom.y", "assignee", "plan"]), TESTS, max_size=2)
JOINED = st.fixed_dictionaries({"any": st.lists(MEMBERS, min_size=1, max_size=2)}) | st.fixed_dictionaries(
    {"not": MEMBERS}
)
CONDITIONS = MEMBERS | JOINED | st.fixed_dictionaries({"any": st.lists(JOINED, min_size=1, max_size=2)})
VALUES = st.none() | st.sampled_from(["a", "z", 7, True]) | st.lists(st.sampled_from(["a", "b", "z"]))
PEOPLE = st.none() | st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "z", None]), "name": st.sampled_from(["b", "z", None])}
)


@settings(max_examples=examples(300), deadline=None)
@given(CONDITIONS, CONDITIONS, st.dictionaries(st.sampled_from("xy"), VALUES), PEOPLE, NAMES)
def test_a_masked_ticket_is_judged_as_the_ticket(
    one: dict[str, Any], other: dict[str, Any], custom: dict[str, Any], assignee: Any, plan: str
) -> None:
    """So that the reasons told of it are the reasons; and what no agreement names is not in it."""
    promise = target("resolution", "8h")
    versions = (agreement(promise, applies_to=one), agreement(promise, agreement="b", applies_to=other))
    attributes = {"custom": custom, "assignee": assignee, "plan": plan}
    seen = masked(attributes, versions)
    assert [holds(each.applies_to, seen) for each in versions] == [
        holds(each.applies_to, attributes) for each in versions
    ]
    assert "z" not in str(seen)


# -- why an agreement applies ----------------------------------------------------------------------------


def test_every_agreement_says_why_it_applies_or_not() -> None:
    """In the order of asking, as the ticket is now."""
    promise = target("resolution", "8h")
    gold = agreement(promise, agreement="gold", applies_to={"plan": {"any": ["gold"]}})
    basic = agreement(promise, agreement="basic", order=20)
    late = agreement(promise, agreement="late", order=30, effective={"from": "2027-01-01T00:00:00Z"})
    story = Story(gold, basic, late)
    story.at("Fri 09:00", created(plan="silver"), "started resolution, due Fri 17:00")
    assert story.ticket is not None
    asked = considered_to_json(story.ticket, story.agreements, when("Fri 10:00"))
    assert [(each["agreement"], each["applies"], each["reasons"]) for each in asked] == [
        ("gold", False, ["plan is silver, not gold"]),
        ("basic", True, ["it applies to every ticket"]),
        ("late", False, ["in effect only from 2027-01-01T00:00:00Z"]),
    ]


def test_a_ticket_that_keeps_an_older_version_says_so() -> None:
    """The newest version is asked; the clock stays with the one that it started under."""
    promise = target("resolution", "8h")
    old = agreement(promise, version=1, published_at=when("Mon 09:00"))
    story = Story(old)
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    newer = Agreements((old, agreement(promise, version=2, published_at=when("Fri 12:00"))))
    assert story.ticket is not None
    (asked,) = considered_to_json(story.ticket, newer, when("Fri 13:00"))
    assert (asked["version"], asked["reasons"]) == (
        2,
        ["it applies to every ticket", "the ticket keeps version 1, under which it started"],
    )


def test_a_newer_version_for_open_tickets_says_from_when_it_counts() -> None:
    """The older one is not kept for good (rule 25)."""
    promise = target("resolution", "8h")
    old = agreement(promise, version=1, published_at=when("Mon 09:00"))
    story = Story(old)
    story.at("Fri 09:00", created(), "started resolution, due Fri 17:00")
    newer = agreement(promise, version=2, published_at=when("Fri 12:00"), applies_to_open=True)
    assert story.ticket is not None
    (asked,) = considered_to_json(story.ticket, Agreements((old, newer)), when("Fri 13:00"))
    assert asked["reasons"][1] == (
        "version 2 counts from the ticket's next event, or as soon as its publication has reached it; "
        "until then version 1 does"
    )


def test_an_ended_agreement_says_why_it_ended() -> None:
    """Nothing starts under it any more."""
    ended = AgreementEnd("gold", when("Fri 08:00"), "the contract was cancelled", "ada")
    story = Story(agreement(target("resolution", "8h")))
    story.agreements = Agreements(story.agreements.versions, endings=(ended,))
    story.at("Fri 09:00", created())
    assert story.ticket is not None
    (asked,) = considered_to_json(story.ticket, story.agreements, when("Fri 10:00"))
    assert (asked["applies"], asked["reasons"]) == (
        False,
        ["ended at 2026-03-27T07:00:00Z: the contract was cancelled"],
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"custom": {"site": "12 Elm Street"}}, "custom.site is another value, not Aarhus"),
        ({"custom": {"site": ["Aalborg", "Odense"]}}, "custom.site is Odense, another value, not Aarhus"),
        ({}, "custom.site is unknown, not Aarhus"),
    ],
)
def test_no_reason_names_what_a_field_holds_unless_an_agreement_names_it(
    said: dict[str, Any], reason: str
) -> None:
    """A helpdesk's own fields may hold anything; the values that agreements name are theirs."""
    promise = target("resolution", "8h")
    aarhus = agreement(promise, agreement="aarhus", applies_to={"custom.site": {"any": ["Aarhus"]}})
    odense = agreement(
        promise, agreement="odense", order=20, applies_to={"not": {"custom.site": {"any": ["Odense"]}}}
    )
    story = Story(aarhus, odense)
    story.give(story._given(created(**said), when("Fri 09:00")), when("Fri 09:00"))  # noqa: SLF001
    assert story.ticket is not None
    assert considered_to_json(story.ticket, story.agreements, when("Fri 10:00"))[0]["reasons"] == [reason]


def test_no_reason_names_the_assignee() -> None:
    """That an agreement asks for somebody else is enough, and that it changed."""
    story = Story(agreement(target("resolution", "8h"), applies_to={"assignee": {"not": ["bot"]}}))
    story.at("Fri 09:00", created(assignee={"id": "7", "name": "Ada"}), "started resolution, due Fri 17:00")
    story.at("Fri 10:00", event("updated", assignee={"id": "8", "name": "Bo"}, custom={"phone": "555"}))
    story.at("Fri 10:30", status("pending"), "paused resolution")
    said = str(document(story, "Fri 11:00"))
    assert "Bo" not in said
    assert "555" not in said


def test_a_value_that_a_custom_metric_names_is_shown() -> None:
    """Wherever its declaration names it; any other value of the field is not."""
    site = {
        name: {"custom.site": {"any": [value]}}
        for name, value in zip(("start", "while", "pause", "stop", "again"), "abcde", strict=True)
    }
    declared = {name: site[name] for name in ("start", "while", "pause", "stop")}
    gone = {"when": {"any": [{"custom.site": {"not": ["f"]}}]}, "reason": "gone"}
    metrics = {
        "own": {**declared, "repeat": site["again"], "cancel": gone},
        "dated": {"start": {"at": "custom.x"}, "stop": "solved"},
    }
    version = agreement(target("own", "8h"), metrics=metrics)
    seen = [masked({"custom": {"site": value}}, [version])["custom"]["site"] for value in "abcdefg"]
    assert seen == ["a", "b", "c", "d", "e", "f", "another value"]


def test_a_field_that_no_agreement_names_has_changed_and_no_more_is_said() -> None:
    """Of a field whose values the agreement names, those are told."""
    sites = target("resolution", "8h", budgets={"sev1": "4h", "default": "8h"}, budgets_by="custom.severity")
    story = Story(agreement(sites))
    story.give(story._given(created(), when("Fri 09:00")), when("Fri 09:00"))  # noqa: SLF001
    raised = event("updated", custom={"severity": "sev1", "site": "12 Elm Street"}, assignee={"id": "7"})
    story.give(story._given(raised, when("Fri 10:00")), when("Fri 10:00"))  # noqa: SLF001
    assert document(story, "Fri 11:00")["budget_set_by"]["changes"] == [
        "assignee changed",
        "custom.severity is now sev1",
        "custom.site changed",
    ]


def test_time_that_is_not_woken_for_changes_no_explanation() -> None:
    """What was worked is a matter of the log and of now, not of who noticed."""
    story = Story(agreement(target("resolution", "4h")))
    story.at("Fri 09:00", created(), "started resolution, due Fri 13:00")
    before = document(story, "Fri 12:00")
    story.give(Wake("auditor"), when("Fri 12:00"))
    assert document(story, "Fri 12:00") == before
    assert before["until"] == format_instant(when("Fri 12:00"))
