"""A breach is worked like an incident: each cause, note, remedy, review and dispute is a fact of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.case_entry import CaseEntry, case_entry_from_json, case_entry_to_json
from slaclock.domain.casework import MOST_ENTRIES
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import CASE, public_id
from slaclock.domain.logged import given_from_json, given_to_json
from slaclock.domain.repeating import latest_of
from slaclock.domain.replay import replay
from slaclock.domain.taxonomy import CAUSES, KINDS, cause_named, cause_words
from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    excluded,
    priority,
    shown,
    solved,
    status,
    target,
    when,
    written,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tests.spec.story import Happening

BREACHED = "breached resolution, due Wed 16:00"
ENDED = "breach_ended resolution, due Wed 16:00: the ticket was solved"


def broken(*targets: dict[str, Any], **members: Any) -> Story:
    """Tell of a resolution that breaks on Wednesday at 16:00."""
    story = Story(agreement(target("resolution", "4h", clause="§4.2"), *targets, **members))
    story.at("Wed 12:00", created(customer="acme"), "started resolution, due Wed 16:00")
    story.at("Wed 16:00", TIME, BREACHED)
    return story


def give(story: Story, happening: Happening, now: datetime) -> None:
    """Let something happen, whatever is told of it."""
    story.give(story._given(happening, now), now)  # noqa: SLF001


# -- entries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "said", "told", "details"),
    [
        ("cause", {"cause": "staffing", "note": "two were ill"}, "staffing",
         {"root_cause": "staffing", "note": "two were ill"}),
        ("cause", {"cause": "third-party"}, "third-party", {"root_cause": "third-party"}),
        ("note", {"note": "the customer was called"}, "the customer was called",
         {"note": "the customer was called"}),
        ("remedy", {"remedy": "a second shift", "owner": "eve", "due": "2026-04-30"}, "a second shift",
         {"remedy": "a second shift", "owner": "eve", "due": "2026-04-30"}),
        ("review", {"note": "the shift helps", "outcome": "closed"}, "the shift helps",
         {"note": "the shift helps", "outcome": "closed"}),
        ("dispute", {"decision": "raised", "reason": "we were away"}, "raised",
         {"decision": "raised", "reason": "we were away"}),
    ],
)  # fmt: skip
def test_an_entry_is_a_fact_of_its_breach(
    entry: str, said: dict[str, str], told: str, details: dict[str, str]
) -> None:
    """With who and when, the breach's deadline, and what the breach says of ticket and promise."""
    story = broken()
    (fact,) = story.at("Thu 10:00", written(entry, **said), f"case_{entry} resolution, due Wed 16:00: {told}")
    about = {
        "customer": "acme",
        "team": None,
        "priority": None,
        "timezone": "Europe/Copenhagen",
        "kind": "resolution",
        "clause": "§4.2",
    }
    assert fact.details == {**about, "by": "ada", **details}
    assert (fact.agreement, fact.agreement_version, fact.cycle, fact.revision) == ("gold", 1, 1, 0)
    assert fact.cause == story.log[-1].id


def test_a_breach_is_worked_before_and_after_its_end() -> None:
    """And on a ticket that was closed long ago."""
    story = broken()
    story.at("Wed 16:30", written("note", note="one"), "case_note resolution, due Wed 16:00: one")
    story.at("Wed 17:00", solved(), ENDED)
    story.at("Fri+9 09:00", written("note", note="two"), "case_note resolution, due Wed 16:00: two")


def test_an_entry_may_come_at_the_very_instant_of_the_breach() -> None:
    """It is about the moment, and so comes after it: also where nobody was woken for it yet."""
    story = broken()
    story.at("Wed 16:00", written("note", note="so late"), "case_note resolution, due Wed 16:00: so late")
    story = Story(agreement(target("resolution", "4h")))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    story.at(
        "Wed 16:00", written("note", note="at once"), BREACHED, "case_note resolution, due Wed 16:00: at once"
    )


def test_where_no_breach_stands_an_entry_says_nothing() -> None:
    """Before it, of another promise, of another cycle."""
    story = Story(agreement(target("resolution", "4h")))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    story.at("Wed 15:00", written("note", note="early"))
    story.at("Wed 16:00", TIME, BREACHED)
    story.at("Wed 16:10", written("note", "first_response:1.0", note="another"))
    story.at("Wed 16:20", written("note", "resolution:2.0", note="another"))


def test_a_breach_of_an_earlier_cycle_is_worked_by_its_id() -> None:
    """Its clock may be measuring a later wait by now."""
    story = Story(agreement(target("next_response", "1h")))
    story.at("Wed 09:00", created(), "started next_response, due Wed 10:00")
    story.at("Wed 10:00", TIME, "breached next_response, due Wed 10:00")
    story.at(
        "Wed 10:30",
        agent_replies(),
        "breach_ended next_response, due Wed 10:00: an agent replied",
    )
    story.at("Wed 11:00", customer_writes(), "started next_response 2, due Wed 12:00")
    (fact,) = story.at(
        "Wed 11:30",
        written("cause", "next_response:1.0", cause="monitoring"),
        "case_cause next_response, due Wed 10:00: monitoring",
    )
    assert fact.key.startswith("case_cause:next_response:1.0:")
    story.at("Wed 12:00", TIME, "breached next_response 2, due Wed 12:00")
    story.at(
        "Wed 12:30",
        written("note", "next_response:2.0", note="again"),
        "case_note next_response 2, due Wed 12:00: again",
    )


def test_two_entries_of_one_instant_are_both_told_and_the_same_one_twice_is_one() -> None:
    """Rule 28: they differ by what they say."""
    story = broken()
    for note in ("one", "two", "three"):
        story.at("Thu 10:00", written("note", note=note), f"case_note resolution, due Wed 16:00: {note}")
    assert len({each.id for each in story.log}) == 4


REMEDY = {"remedy": "more people", "owner": "eve", "due": "2026-04-01"}


def test_a_case_takes_two_hundred_notes_and_as_many_remedies() -> None:
    """Whoever reads a page of breaches holds them all. What the breach comes to is decided all the same."""
    story = broken()
    for number in range(MOST_ENTRIES + 1):
        now = when("Thu 10:00") + timedelta(seconds=number)
        give(story, written("note", note=f"{number}"), now)
        give(story, written("remedy", **{**REMEDY, "owner": f"eve {number}"}), now)
    assert [sum(fact.fact == f"case_{each}" for fact in story.facts) for each in ("note", "remedy")] == [
        200
    ] * 2
    for entry, said in (
        ("cause", {"cause": "staffing"}),
        ("review", {"note": "done"}),
        ("dispute", {"decision": "raised", "reason": "no"}),
        ("dispute", {"decision": "waived", "reason": "goodwill"}),
    ):
        (fact,) = story.happens("Fri 10:00", written(entry, **said))
        assert fact.fact == f"case_{entry}"


def test_the_entries_of_an_earlier_telling_do_not_fill_the_case_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told for the breach that stands they count once, though the record has them twice."""
    monkeypatch.setattr("slaclock.domain.casework.MOST_ENTRIES", 2)
    story = broken()
    story.at("Wed 17:00", written("note", note="one"), "case_note resolution, due Wed 16:00: one")
    story.at(
        "Thu 10:00",
        excluded("Wed 13:00", "Wed 13:30"),
        "outcome_corrected resolution, due Wed 16:00",
        "breached resolution (revision 1) at Wed 16:30, due Wed 16:30",
        "case_note resolution (revision 1) at Wed 17:00, due Wed 16:30: one",
    )
    story.at(
        "Thu 11:00",
        written("note", "resolution:1.1", note="two"),
        "case_note resolution (revision 1), due Wed 16:30: two",
    )
    story.at("Thu 12:00", written("note", "resolution:1.1", note="three"))


def test_an_entry_that_says_nothing_is_not_kept() -> None:
    """It was refused: nothing that comes later makes it true."""
    story = broken()
    story.at("Wed 16:10", written("dispute", decision="upheld", reason="it was late"))
    story.at(
        "Wed 16:20",
        written("dispute", at="Wed 16:05", decision="raised", reason="no"),
        "case_dispute resolution at Wed 16:05, due Wed 16:00: raised",
    )
    assert [each.id for each in story.log if isinstance(each, CaseEntry)] == [story.facts[-1].cause]
    story.at("Thu 10:00", agent_replies(at="Wed 13:00"))


# -- disputes --------------------------------------------------------------------------------------------


def test_a_dispute_is_upheld_where_one_is_open_and_only_there() -> None:
    """Upheld, the breach stands; a decision answers what was raised."""
    story = broken()
    upheld = written("dispute", decision="upheld", reason="it was late")
    story.at("Thu 10:00", upheld)
    story.at(
        "Thu 11:00",
        written("dispute", decision="raised", reason="no"),
        "case_dispute resolution, due Wed 16:00: raised",
    )
    story.at("Thu 12:00", upheld, "case_dispute resolution, due Wed 16:00: upheld")
    story.at("Thu 13:00", upheld)


def test_a_breach_may_be_waived_without_a_dispute() -> None:
    """Of goodwill; and disputed again afterwards."""
    story = broken()
    story.at(
        "Thu 10:00",
        written("dispute", decision="waived", reason="goodwill"),
        "case_dispute resolution, due Wed 16:00: waived",
    )
    story.at(
        "Thu 11:00",
        written("dispute", decision="raised", reason="but it was late"),
        "case_dispute resolution, due Wed 16:00: raised",
    )


def test_of_one_instant_a_dispute_is_raised_before_it_is_decided() -> None:
    """Whichever we hear of first."""
    story = broken()
    for decision in ("raised", "upheld", "raised", "waived"):
        story.at(
            "Thu 10:00",
            written("dispute", decision=decision, reason=f"r{len(story.log)}"),
            f"case_dispute resolution, due Wed 16:00: {decision}",
        )


@pytest.mark.parametrize("reason", [f"r{number}" for number in range(8)])
def test_of_one_instant_the_raising_has_its_place_before_the_decisions(reason: str) -> None:
    """Also as a history has them, in any order; however the ids sort."""
    now, named = when("Thu 10:00"), public_id("ticket#acme#1", "clock_breached:resolution:1.0")
    entries = [
        CaseEntry("acme", "1", named, "dispute", "ada", now, {"decision": decision, "reason": reason})
        for decision in ("waived", "upheld", "raised")
    ]
    in_place = sorted(entries, key=lambda entry: entry.position)
    assert [entry.said["decision"] for entry in in_place] == ["raised", "upheld", "waived"]
    story = broken()
    told = list(replay([*story.log, *entries[1:]], story.agreements))
    assert [fact.details["decision"] for fact in told if fact.fact in CASE] == ["raised", "upheld"]


def test_of_several_entries_at_one_instant_the_one_told_last_counts() -> None:
    """Of those at different instants the latest, whichever was told last."""
    story = broken()
    for note in ("one", "two"):
        story.happens("Thu 10:00", written("note", note=note))
    story.happens("Thu 11:00", written("note", at="Thu 09:00", note="three"))
    latest = latest_of([fact for fact in story.facts if fact.fact in CASE], "case_note")
    assert latest is not None
    assert latest.details["note"] == "two"


# -- folding again ---------------------------------------------------------------------------------------


def test_folding_again_keeps_the_case() -> None:
    """A late event that changes nothing about the breach tells nothing of its case, either."""
    story = broken()
    story.at("Thu 10:00", written("note", note="one"), "case_note resolution, due Wed 16:00: one")
    story.at("Thu 11:00", agent_replies(at="Wed 13:00"))
    story.at("Thu 12:00", written("note", note="two"), "case_note resolution, due Wed 16:00: two")


def test_an_entry_folds_nothing_again() -> None:
    """Years later, by whatever engine and time zone rules: a note tells its own fact, and corrects none."""
    story = broken()
    story.agreements = type(story.agreements)((agreement(target("resolution", "1h")),))
    story.at("Thu 10:00", written("note", note="one"), "case_note resolution, due Wed 16:00: one")


def test_a_breach_told_anew_keeps_what_was_written_of_it() -> None:
    """Rule 17: a pause of which we hear late moves the deadline; the case goes with what stands.

    What was written before the new deadline follows the breach at once.
    """
    story = broken()
    story.at("Wed 16:05", written("note", note="early"), "case_note resolution, due Wed 16:00: early")
    story.at(
        "Wed 16:30",
        written("cause", cause="staffing"),
        "case_cause resolution, due Wed 16:00: staffing",
    )
    story.at(
        "Wed 16:40",
        status("pending", at="Wed 13:00"),
        "outcome_corrected resolution, due Wed 16:00",
        "paused resolution (revision 1) at Wed 13:00",
    )
    story.at(
        "Wed 16:41",
        status("open", at="Wed 13:10"),
        "resumed resolution (revision 1) at Wed 13:10, due Wed 16:10",
        "breached resolution (revision 1) at Wed 16:10, due Wed 16:10",
        "case_note resolution (revision 1) at Wed 16:05, due Wed 16:10: early",
        "case_cause resolution (revision 1) at Wed 16:30, due Wed 16:10: staffing",
    )
    story.at(
        "Wed 17:00",
        written("note", "resolution:1.1", note="late"),
        "case_note resolution (revision 1), due Wed 16:10: late",
    )


def test_a_withdrawn_breach_takes_no_entry_and_what_was_written_stays() -> None:
    """The solving had only reached us late; nothing of the case is taken back."""
    story = broken()
    story.at("Wed 16:10", written("note", note="one"), "case_note resolution, due Wed 16:00: one")
    story.at(
        "Wed 16:20",
        solved(at="Wed 15:50"),
        "outcome_corrected resolution, due Wed 16:00",
        "met resolution (revision 1) at Wed 15:50, due Wed 16:00",
    )
    story.at("Wed 16:30", written("note", note="two"))


def test_a_breach_that_an_exclusion_takes_away_and_gives_back_has_its_case() -> None:
    """Entered afterwards, half an hour moves the deadline; the entry comes after the new one."""
    story = broken()
    story.at("Wed 17:00", written("note", note="one"), "case_note resolution, due Wed 16:00: one")
    story.at(
        "Thu 10:00",
        excluded("Wed 13:00", "Wed 13:30"),
        "outcome_corrected resolution, due Wed 16:00",
        "breached resolution (revision 1) at Wed 16:30, due Wed 16:30",
        "case_note resolution (revision 1) at Wed 17:00, due Wed 16:30: one",
    )


def test_what_was_waived_is_waived_still_when_its_deadline_moves_past_the_waiver() -> None:
    """Its dispute, too, which was upheld or waived before and after the new deadline, in their order."""
    story = broken()
    for at, decision in (("Wed 16:05", "raised"), ("Wed 16:06", "upheld"), ("Wed 16:07", "waived")):
        story.happens(at, written("dispute", decision=decision, reason="so"))
    story.happens("Wed 16:20", written("dispute", decision="raised", reason="again"))
    story.happens("Wed 16:21", written("dispute", decision="upheld", reason="it stands"))
    told = story.happens("Thu 10:00", excluded("Wed 13:00", "Wed 13:10"))
    assert [fact.details["decision"] for fact in told if fact.fact in CASE] == [
        *("raised", "upheld", "waived"),
        *("raised", "upheld"),
    ]
    assert {(fact.revision, shown(fact.due_at)) for fact in told if fact.fact in CASE and fact.due_at} == {
        (1, "Wed 16:10")
    }


def test_what_was_written_waits_for_its_breach_while_the_new_deadline_is_ahead() -> None:
    """Withdrawn for now, the breach comes again with its case: by the passing of time, or before an event."""
    note = "case_note resolution (revision 1), due Wed 16:45: now"
    for last, of_its_own in (
        (TIME, []),
        (priority("high"), []),
        (written("note", "resolution:1.1", note="now"), [note]),
    ):
        waived_before_its_deadline().at(
            "Wed 16:46",
            last,
            "breached resolution (revision 1) at Wed 16:45, due Wed 16:45",
            "case_dispute resolution (revision 1) at Wed 16:10, due Wed 16:45: waived",
            *of_its_own,
        )


def test_a_history_tells_what_was_written_before_the_deadline_that_is_known_in_the_end() -> None:
    """In order, where the breach comes after it, and as it arrived. What said nothing then is none of it."""
    story = broken()
    story.happens("Wed 16:10", written("dispute", decision="waived", reason="goodwill"))
    story.happens("Wed 16:20", status("pending", at="Wed 13:00"))
    story.happens("Wed 16:21", status("open", at="Wed 13:45"))
    refused = CaseEntry("acme", "1", BREACH, "cause", "ada", when("Wed 16:30"), {"cause": "staffing"})
    for arrival, given, revisions in (
        (False, story.log, [0]),
        (True, story.log, [0, 1]),
        (True, [*story.log, refused], [0, 1]),
    ):
        facts = list(replay(given, story.agreements, when("Wed 17:00"), arrival=arrival))
        of_its_case = [(fact.fact, fact.revision, fact.at) for fact in facts if fact.fact in CASE]
        assert of_its_case == [("case_dispute", revision, when("Wed 16:10")) for revision in revisions]


def test_of_several_breaches_told_anew_each_has_its_own_case() -> None:
    """What was written of one waits on while another one is told."""
    story = Story(agreement(target("resolution", "4h"), target("first_response", "245m")))
    story.happens("Wed 12:00", created())
    story.happens("Wed 16:05", TIME)
    story.happens("Wed 16:10", written("note", "resolution:1.0", note="one"))
    story.happens("Wed 16:11", written("note", "first_response:1.0", note="two"))
    story.happens("Wed 16:47", event("note_added"))
    told = story.happens("Thu 10:00", excluded("Wed 13:00", "Wed 13:45"))
    assert [(fact.target, fact.details["note"]) for fact in told if fact.fact in CASE] == [
        ("resolution", "one"),
        ("first_response", "two"),
    ]


def test_what_waited_is_told_in_the_order_of_its_times() -> None:
    """Not in that in which we heard of it."""
    story = broken()
    story.happens("Wed 16:10", written("dispute", decision="waived", reason="goodwill"))
    story.happens("Wed 16:12", written("dispute", at="Wed 16:05", decision="raised", reason="no"))
    story.happens("Wed 16:20", excluded("Wed 13:00", "Wed 13:45"))
    told = story.happens("Wed 16:46", TIME)
    assert [fact.details["decision"] for fact in told if fact.fact in CASE] == ["raised", "waived"]


@pytest.mark.parametrize("entry", ["note", "dispute"])
def test_the_same_entry_of_two_breaches_is_two(entry: str) -> None:
    """At one instant, of one ticket, by one person and in the same words."""
    story = Story(agreement(target("resolution", "4h"), target("first_response", "4h")))
    story.happens("Wed 12:00", created())
    story.happens("Wed 16:00", TIME)
    said = {"note": "x"} if entry == "note" else {"decision": "waived", "reason": "x"}
    for lane in ("resolution", "first_response"):
        story.happens("Wed 16:10", written(entry, f"{lane}:1.0", **said))
    for arrival in (False, True):
        told = replay(story.log, story.agreements, when("Wed 17:00"), arrival=arrival)
        assert {fact.target for fact in told if fact.fact in CASE} == {"resolution", "first_response"}


def test_what_is_written_of_a_breach_told_anew_is_in_a_history_in_order_too() -> None:
    """As events happened there is one telling only: that is the breach of which the second one was told."""
    story = broken()
    story.happens("Wed 16:20", status("pending", at="Wed 13:00"))
    story.happens("Wed 16:21", status("open", at="Wed 13:10"))
    story.happens("Wed 16:30", written("cause", "resolution:1.1", cause="staffing"))
    for arrival, revision in ((False, 0), (True, 1)):
        facts = replay(story.log, story.agreements, when("Wed 17:00"), arrival=arrival)
        assert [fact.revision for fact in facts if fact.fact in CASE] == [revision]


@pytest.mark.parametrize("arrival", [False, True])
@pytest.mark.parametrize(
    ("at", "breach", "told"),
    [
        ("Wed 15:59", "resolution:1.0", []),  # before it was told
        ("Wed 16:00", "resolution:1.0", ["case_note"]),
        ("Wed 16:10", "resolution:1.1", []),  # a telling that never was
        ("Wed 16:10", "resolution:2.0", []),
        ("Wed 16:10", "first_response:1.0", []),
    ],
)
def test_a_history_tells_an_entry_of_a_telling_that_was_by_then(
    at: str, breach: str, told: list[str], *, arrival: bool
) -> None:
    """As over HTTP: nobody knew of another one."""
    story = broken()
    named = public_id("ticket#acme#1", f"clock_breached:{breach}")
    given = CaseEntry("acme", "1", named, "note", "ada", when(at), {"note": "x"})
    facts = replay([*story.log, given], story.agreements, when("Wed 17:00"), arrival=arrival)
    assert [fact.fact for fact in facts if fact.fact in CASE] == told


def waived_before_its_deadline() -> Story:
    """Tell of a breach that was waived, and of which we hear then that its deadline is ahead."""
    story = broken()
    story.at(
        "Wed 16:10",
        written("dispute", decision="waived", reason="goodwill"),
        "case_dispute resolution, due Wed 16:00: waived",
    )
    story.at("Wed 16:20", excluded("Wed 13:00", "Wed 13:45"), "outcome_corrected resolution, due Wed 16:00")
    return story


def test_an_entry_that_comes_late_is_told_in_its_place() -> None:
    """As from a history: of two disputes, that counts which was later, whichever we heard of first."""
    story = broken()
    story.at(
        "Thu 12:00",
        written("dispute", decision="waived", reason="goodwill"),
        "case_dispute resolution, due Wed 16:00: waived",
    )
    story.at(
        "Thu 13:00",
        written("dispute", at="Thu 11:00", decision="raised", reason="no"),
        "case_dispute resolution at Thu 11:00, due Wed 16:00: raised",
    )


def test_replay_gives_the_facts_that_were_told_step_by_step() -> None:
    """The log alone is enough, in order or as it arrived."""
    story = Story(agreement(target("resolution", "4h"), target("next_response", "1h")))
    now = when("Wed 09:00")
    steps = [
        created(),
        customer_writes(),
        agent_replies(),
        customer_writes(),
        written("cause", "next_response:1.0", cause="staffing"),
        written("dispute", "next_response:2.0", decision="raised", reason="no"),
        priority("high"),
        written("dispute", "next_response:2.0", decision="upheld", reason="yes"),
        event("note_added"),
        written("remedy", "resolution:1.0", remedy="more people", owner="eve", due="2026-04-01"),
        solved(),
        written("review", "resolution:1.0", note="done"),
    ]
    for number, step in enumerate(steps):
        now = when("Wed 09:00") + timedelta(minutes=45 * number)
        give(story, step, now)
    read = [given_from_json(json.loads(json.dumps(given_to_json(each)))) for each in story.log]
    assert read == story.log
    ours = sorted((each.key, each.at, each.cause) for each in story.facts)
    for arrival in (False, True):
        told = list(replay(read, story.agreements, now, arrival=arrival))
        assert sorted((each.key, each.at, each.cause) for each in told) == ours
    assert sum(each.fact in CASE for each in story.facts) == 5


# -- lines of a history ----------------------------------------------------------------------------------

BREACH = public_id("ticket#acme#1", "clock_breached:resolution:1.0")
LINE = {
    "schema": "case/1",
    "fact_id": BREACH,
    "entry": "remedy",
    "remedy": "a second shift",
    "owner": "eve",
    "due": "2026-04-30",
    "by": "ada",
    "at": "2026-03-26T09:00:00Z",
}


def test_an_entry_is_read_as_it_is_written() -> None:
    """As a line of a history, and in the log."""
    given = case_entry_from_json(LINE)
    said = {"remedy": "a second shift", "owner": "eve", "due": "2026-04-30"}
    assert given == CaseEntry("acme", "1", BREACH, "remedy", "ada", when("Thu 10:00"), said)
    written_ = case_entry_to_json(given)
    assert written_ == {**LINE, "account": "acme", "ticket_id": "1", "subject": "ticket"}
    assert case_entry_from_json(written_) == given


def test_spaces_around_a_text_do_not_count() -> None:
    """Nor does how a cause is written."""
    given = case_entry_from_json({**LINE, "entry": "cause", "cause": " Unforeseen  Event ", "note": " why "})
    assert given.said == {"cause": "unforeseen-event", "note": "why"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("note", {"note": "\U0010fffd"}),  # a character that no Unicode has yet
        ("note", {"note": " a\u2028b "}),
        ("cause", {"cause": "\U0010fffd \u0130", "note": ""}),
        ("remedy", {"remedy": "x" * 501, "owner": "x" * 65, "due": "2201-01-01"}),
        ("review", {"note": "x", "outcome": "\u202e"}),
        ("dispute", {"decision": "waived", "reason": "\U0010fffd"}),
    ],
)
def test_what_was_taken_is_read_whatever_may_be_typed_now(entry: str, said: dict[str, str]) -> None:
    """A log outlives the Python that wrote it, and its Unicode: it is read as it is, to the letter."""
    stored = {**case_entry_to_json(case_entry_from_json(LINE)), "entry": entry, "by": "\U0010fffd"}
    stored = {name: stored[name] for name in stored.keys() - {"remedy", "owner", "due"}} | said
    read = given_from_json(stored)
    assert isinstance(read, CaseEntry)
    assert (read.said, read.by) == (said, "\U0010fffd")
    assert given_to_json(read) == stored


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"entry": "secret"}, "/entry: is none of cause, note, remedy, review, dispute"),
        ({"fact_id": "x"}, "/fact_id: this is no id of a fact"),
        ({"remedy": None}, "/remedy: is missing"),
        ({"remedy": 7}, "/remedy: is no text"),
        ({"entry": "dispute", "reason": "so", "decision": "won"},
         "/decision: is none of raised, upheld, waived"),
    ],
)  # fmt: skip
def test_what_never_was_an_entry_is_not_read_as_one(members: dict[str, object], said: str) -> None:
    """Its members are there, and its decision is one: whoever folds it relies on that."""
    with pytest.raises(InvalidEvent) as raised:
        given_from_json({**LINE, **members})
    assert str(raised.value) == said


LONG = "x" * 501


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"fact_id": None}, "/fact_id: is missing"),
        ({"fact_id": "x"}, "/fact_id: this is no id of a fact"),
        ({"fact_id": public_id("ticket#acme#1", "escalation_due:resolution:1.0:1.0")},
         "/fact_id: this is no id of a breach"),
        ({"fact_id": public_id("ticket#acme#1", "clock_breached:resolution:x.0")},
         "/fact_id: this is no id of a breach"),
        ({"fact_id": public_id("ticket#acme#1", "clock_breached:resolution:1.0:mark")},
         "/fact_id: this is no id of a breach"),
        ({"entry": None}, "/entry: is missing"),
        ({"entry": "secret"}, "/entry: is none of cause, note, remedy, review, dispute"),
        ({"by": None}, "/by: is missing"),
        ({"by": "a\nb"}, "/by: is no line of 1 to 1024 characters"),
        ({"by": " "}, "/by: is no line of 1 to 1024 characters"),
        ({"at": "soon"}, "/at: 'soon' is no instant such as 2026-03-27T15:00:00Z"),
        ({"remedy": None}, "/remedy: is missing"),
        ({"remedy": ""}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": LONG}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": "a\x00b"}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": "a\u202eb"}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": "a\u2028b"}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": "\ud800"}, "/remedy: is no line of 1 to 500 characters"),
        ({"remedy": 7}, "/remedy: is no text"),
        ({"owner": None}, "/owner: is missing"),
        ({"owner": "x" * 65}, "/owner: is no line of 1 to 64 characters"),
        ({"due": None}, "/due: is missing"),
        ({"due": "2026-02-29"}, "/due: '2026-02-29' is no date such as 2026-10-31"),
        ({"due": "20260430"}, "/due: '20260430' is no date such as 2026-10-31"),
        ({"due": "2026-04-30T00:00:00Z"}, "/due: '2026-04-30T00:00:00Z' is no date such as 2026-10-31"),
        ({"due": "1969-12-31"}, "/due: '1969-12-31' is no date such as 2026-10-31"),
        ({"due": "2201-01-01"}, "/due: '2201-01-01' is no date such as 2026-10-31"),
        ({"due": "٢٠٢٦-04-30"}, "/due: '٢٠٢٦-04-30' is no date such as 2026-10-31"),
        ({"entry": "note"}, "/note: is missing"),
        ({"entry": "cause"}, "/cause: is missing"),
        ({"entry": "cause", "cause": "a/b"}, "/cause: 'a/b' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "\u0301a"},
         "/cause: '\u0301a' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "a \u0301"},
         "/cause: 'a \u0301' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "a\u200d"},
         "/cause: 'a\\u200d' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "a\u20dd"},
         "/cause: 'a\u20dd' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "staffing\n"},
         "/cause: 'staffing\\n' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "-"}, "/cause: '-' is no name of letters, digits, spaces and -"),
        ({"entry": "cause", "cause": "x" * 65}, "/cause: it is longer than 64 characters"),
        ({"entry": "cause", "cause": "staffing", "note": LONG}, "/note: is no line of 1 to 500 characters"),
        ({"entry": "review", "note": "a", "outcome": "x" * 65}, "/outcome: is no line of 1 to 64 characters"),
        ({"entry": "dispute", "reason": "a"}, "/decision: is missing"),
        ({"entry": "dispute", "reason": "a", "decision": "won"},
         "/decision: is none of raised, upheld, waived"),
        ({"entry": "dispute", "decision": "raised"}, "/reason: is missing"),
        ({"entry": "dispute", "decision": "raised", "reason": LONG},
         "/reason: is no line of 1 to 500 characters"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_says_which_member_is_wrong(
    members: dict[str, object], said: str
) -> None:
    """What people type goes into reports, so it is one line, and bounded."""
    with pytest.raises(InvalidEvent) as raised:
        case_entry_from_json({**LINE, **members})
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("entry", "members"),
    [
        ("note", {"note": "x" * 500}),
        ("remedy", {"remedy": "x" * 500, "owner": "x" * 64, "due": "1970-01-01"}),
        ("remedy", {"remedy": "x", "owner": "x", "due": "2200-12-31"}),
        ("cause", {"cause": "x" * 64}),
        ("review", {"note": "x", "outcome": "x" * 64}),
    ],
)
def test_what_is_as_long_as_may_be_is_read(entry: str, members: dict[str, str]) -> None:
    """The bounds themselves are within."""
    assert case_entry_from_json({**LINE, "entry": entry, **members}).said == members


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Third party", "third-party"),
        ("third_party", "third-party"),
        (" unclear -- terms ", "unclear-terms"),
        ("Uforudset hændelse", "uforudset-hændelse"),
        ("ha\u0308ndelse", "händelse"),
        ("停電", "停電"),
        ("कर्मचारी की कमी", "कर्मचारी-की-कमी"),  # vowels and their absence are marks of the letter before
        ("พนักงานไม่พอ", "พนักงานไม่พอ"),
        ("क्\u200dष", "क्\u200dष"),
        ("پیش\u200cبینی نشده", "پیش\u200cبینی-نشده"),
        ("人員\u3000不足", "人員-不足"),  # a space of a Japanese keyboard
        ("e\u0301te\u0301", "été"),
    ],
)
def test_a_cause_is_one_however_it_is_written(text: str, name: str) -> None:
    """By a name that a URL and a cell of a table take as it is."""
    assert cause_named(text) == name == cause_named(name) == cause_named(cause_words(name))


def test_every_cause_that_is_known_is_a_name() -> None:
    """And every built-in metric has a kind that there is."""
    assert [cause_named(cause_words(each)) for each in CAUSES] == list(CAUSES)
    promise = agreement(target("resolution", "1h"), target("first_response", "1h"))
    kinds = {name: promise.named(each)["kind"] for name, each in promise.targets.items()}
    assert kinds == {"resolution": "resolution", "first_response": "response"}
    assert set(kinds.values()) <= set(KINDS)
