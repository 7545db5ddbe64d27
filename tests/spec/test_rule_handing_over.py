"""Rule 22: a breach can be passed on to another audience, which is a fact with who, whom to and when."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.hand_over import HandOver, hand_over_from_json, hand_over_to_json
from slaclock.domain.logged import given_from_json, given_to_json
from slaclock.domain.notifying import MOST_HEARD
from slaclock.domain.replay import replay
from tests.spec.story import (
    TIME,
    Story,
    acknowledged,
    agreement,
    created,
    handed_over,
    level,
    solved,
    status,
    target,
    when,
)

BREACHED = "breached resolution, due Wed 16:00"
ENDED = "breach_ended resolution, due Wed 16:00: the ticket was solved"
PASSED_ON = "escalation_handed_over resolution, due Wed 16:00: to dbas"


def broken(*ladder: dict[str, object], **members: Any) -> Story:
    """Tell of a resolution that breaks on Wednesday at 16:00."""
    story = Story(agreement(target("resolution", "4h", escalation=list(ladder)), **members))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    levels = [f"escalation_due resolution: level 1 to {ladder[0]['notify']}"] if ladder else []
    story.at("Wed 16:00", TIME, BREACHED, *levels)
    return story


def test_a_hand_over_tells_its_audience_at_once_and_says_by_whom_and_from_which_level() -> None:
    """And the all-clear goes there, too."""
    story = broken(level("0m", "one"))
    (fact,) = story.at(
        "Wed 16:10", handed_over("dbas", metric="resolution", note="the index is gone"), PASSED_ON
    )
    said = {name: fact.details[name] for name in ("by", "to", "level", "note", "told", "budget")}
    assert said == {
        "by": "ada",
        "to": "dbas",
        "level": 1,
        "note": "the index is gone",
        "told": ["dbas"],
        "budget": "4h",
    }
    (end,) = story.at("Wed 16:20", solved(), ENDED)
    assert end.details["told"] == ["dbas", "legal", "one"]


def test_a_hand_over_says_the_last_level_that_was_told() -> None:
    """Of two that were told and one to come, the second, whose hands it is in."""
    story = broken(level("0m", "one"), level("10m", "two"), level("1h", "three"))
    story.at("Wed 16:10", TIME, "escalation_due resolution: level 2 to two")
    (fact,) = story.at("Wed 16:20", handed_over("dbas", metric="resolution"), PASSED_ON)
    assert fact.details["level"] == 2


def test_a_hand_over_stops_no_level_and_undoes_no_acknowledgement() -> None:
    """Those who wait for an acknowledgement wait for it, and one that was given stays."""
    story = broken(level("0m", "one", "acknowledged", times=2, every="10m"))
    story.at("Wed 16:05", handed_over("dbas", metric="resolution"), PASSED_ON)
    story.at("Wed 16:10", TIME, "escalation_due resolution: level 1 to one, again 1")
    story.at(
        "Wed 16:15", acknowledged("eve", metric="resolution"), "breach_acknowledged resolution, due Wed 16:00"
    )
    story.at(
        "Wed 16:16",
        handed_over("lead", metric="resolution"),
        "escalation_handed_over resolution, due Wed 16:00: to lead",
    )
    story.at("Wed 17:00", TIME)


def test_a_hand_over_may_name_the_fact_that_was_told() -> None:
    """Rule 22: the breach's id, or that of one of its levels, or of a hand-over."""
    story = broken(level("0m", "one"))
    for minute, fact in enumerate([*story.facts[1:], None], 1):
        named = fact or story.facts[-1]
        members: dict[str, Any] = {"fact_id": named.id, "agreement": None}
        story.at(f"Wed 16:0{minute}", handed_over("dbas", **members), PASSED_ON)


def test_where_no_breach_is_open_nothing_is_handed_over() -> None:
    """Before it, after its end, and for another promise."""
    story = Story(agreement(target("resolution", "4h", escalation=[level("0m", "one")])))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    story.at("Wed 12:30", handed_over("dbas", metric="resolution"))
    story.at("Wed 16:00", TIME, BREACHED, "escalation_due resolution: level 1 to one")
    story.at("Wed 16:05", handed_over("dbas", metric="first_response"))
    (end,) = story.at("Wed 16:10", solved(), ENDED)
    assert end.details["told"] == ["legal", "one"]
    story.at("Wed 16:20", handed_over("dbas", metric="resolution"))


def test_a_breach_without_a_ladder_is_handed_over_from_no_level() -> None:
    """The team and legal had it."""
    story = broken()
    (fact,) = story.at("Wed 16:10", handed_over("dbas", metric="resolution"), PASSED_ON)
    assert "level" not in fact.details
    (end,) = story.at("Wed 16:20", solved(), ENDED)
    assert end.details["told"] == ["dbas", "legal", "team"]


def test_to_a_rota_means_whoever_is_on_duty_then() -> None:
    """Wednesday at 18:00 the office is closed."""
    rota = {"support": [{"during": "office", "notify": "desk"}, {"notify": "oncall-1"}]}
    story = broken(level("0m", "one"), audiences=rota)
    (fact,) = story.at(
        "Wed 18:00",
        handed_over("support", metric="resolution"),
        "escalation_handed_over resolution, due Wed 16:00: to oncall-1",
    )
    assert (fact.details["told"], fact.details["rota"]) == (["oncall-1"], "support")


def test_two_hand_overs_at_one_instant_are_both_told_whichever_we_hear_of_first() -> None:
    """Rule 28: they differ by what they say."""
    story = broken(level("0m", "one"))
    story.at(
        "Wed 16:10",
        handed_over("zeta", metric="resolution"),
        "escalation_handed_over resolution, due Wed 16:00: to zeta",
    )
    story.at(
        "Wed 16:10",
        handed_over("alpha", metric="resolution"),
        "escalation_handed_over resolution, due Wed 16:00: to alpha",
    )
    (end,) = story.at("Wed 16:20", solved(), ENDED)
    assert end.details["told"] == ["alpha", "legal", "one", "zeta"]


def test_a_breach_that_falls_away_is_withdrawn_from_whoever_it_was_handed_over_to() -> None:
    """Rule 17: everybody who was told hears that it did not happen."""
    story = broken(level("0m", "one"))
    story.at("Wed 16:10", handed_over("dbas", metric="resolution"), PASSED_ON)
    (wrong, _met) = story.at(
        "Wed 16:20",
        solved(at="Wed 15:50"),
        "outcome_corrected resolution, due Wed 16:00",
        "met resolution (revision 1) at Wed 15:50, due Wed 16:00",
    )
    assert wrong.details["told"] == ["dbas", "legal", "one"]


def test_a_breach_told_anew_is_handed_over_anew() -> None:
    """Rule 17: a pause of which we hear late moves the deadline; what stands is handed over."""
    story = broken(level("0m", "one"))
    story.at("Wed 16:30", handed_over("dbas", metric="resolution"), PASSED_ON)
    (wrong, _) = story.at(
        "Wed 16:40",
        status("pending", at="Wed 13:00"),
        "outcome_corrected resolution, due Wed 16:00",
        "paused resolution (revision 1) at Wed 13:00",
    )
    assert wrong.details["told"] == ["dbas", "legal", "one"]
    facts = story.at(
        "Wed 16:41",
        status("open", at="Wed 13:10"),
        "resumed resolution (revision 1) at Wed 13:10, due Wed 16:10",
        "breached resolution (revision 1) at Wed 16:10, due Wed 16:10",
        "escalation_due resolution (revision 1) at Wed 16:10: level 1 to one",
        "escalation_handed_over resolution (revision 1) at Wed 16:30, due Wed 16:10: to dbas",
    )
    assert facts[-1].details["told"] == ["dbas"]


def test_a_breach_is_handed_over_to_fifty_audiences_at_most() -> None:
    """A ticket has to fit into its item; who has it already may get it again."""
    story = broken(level("0m", "one"))
    for number in range(MOST_HEARD + 2):
        story.give(
            HandOver(
                "acme", "1", f"a{number:02}", "ada", when("Wed 16:10"), agreement="gold", metric="resolution"
            ),
            when("Wed 16:10"),
        )
    again = f"a{MOST_HEARD - 1}"
    story.at(
        "Wed 16:11",
        handed_over(again, metric="resolution"),
        f"escalation_handed_over resolution, due Wed 16:00: to {again}",
    )
    told = [fact for fact in story.facts if fact.fact == "escalation_handed_over"]
    assert [len(told), told[-2].details["to"]] == [MOST_HEARD + 1, again]


def test_replay_gives_the_facts_that_were_told_step_by_step() -> None:
    """The log alone is enough."""
    story = broken(level("0m", "one"))
    story.at("Wed 16:10", handed_over("dbas", metric="resolution"), PASSED_ON)
    story.at("Wed 16:20", solved(), ENDED)
    read = [given_from_json(json.loads(json.dumps(given_to_json(each)))) for each in story.log]
    assert read == story.log
    told = list(replay(read, story.agreements))
    assert [(each.key, each.details.get("told")) for each in told] == [
        (each.key, each.details.get("told")) for each in story.facts
    ]


LINE = {
    "schema": "handover/1",
    "account": "acme",
    "ticket_id": "1",
    "to": "dbas",
    "by": "ada",
    "at": "2026-03-25T15:10:00Z",
    "agreement": "gold",
    "metric": "resolution",
}


def test_a_hand_over_is_read_as_it_is_written() -> None:
    """As a line of a history, and in the log."""
    given = hand_over_from_json(LINE)
    assert given == HandOver(
        "acme", "1", "dbas", "ada", when("Wed 16:10"), agreement="gold", metric="resolution"
    )
    assert hand_over_to_json(given) == {**LINE, "subject": "ticket", "note": None, "fact_id": None}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"to": None}, "/to: is missing"),
        ({"to": "a\nb"}, "/to: is no line of 1 to 64 characters"),
        ({"to": "x" * 65}, "/to: is no line of 1 to 64 characters"),
        ({"note": "x" * 501}, "/note: is no line of 1 to 500 characters"),
        ({"note": 7}, "/note: is no text"),
        ({"by": ""}, "/by: is missing"),
        ({"at": "soon"}, "/at: 'soon' is no instant such as 2026-03-27T15:00:00Z"),
        ({"metric": None}, "/fact_id: it names neither a fact nor an agreement and its metric"),
        ({"fact_id": "x"}, "/fact_id: this is no id of a fact"),
    ],
)
def test_a_hand_over_that_cannot_be_read_says_which_member_is_wrong(
    members: dict[str, object], said: str
) -> None:
    """Its audience and note go into messages, so they are one line."""
    with pytest.raises(InvalidEvent) as raised:
        hand_over_from_json({**LINE, **members})
    assert str(raised.value) == said
