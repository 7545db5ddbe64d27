"""What a message says of a clock that meanwhile was paused, or of a breach that is over by now."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from slaclock.domain.clock import Clock
from slaclock.domain.instants import parse_instant
from slaclock.notices import Channel, compose
from tests.spec.notice_samples import ABOUT, LINK, NOW, SAMPLES, TICKET

REMINDER, LEVEL, BREACH = (SAMPLES[each] for each in ("reminder_due", "escalation_due", "clock_breached"))
PAUSED = replace(REMINDER, due_at=None, details={**REMINDER.details, "paused": True, "left_seconds": 900})
(CLOCK,) = TICKET.clocks
ENDED = replace(CLOCK, stopped_at=parse_instant("2026-03-28T13:00:00Z"))
MET = Clock(
    "", "acme-gold", 1, "resolution", "resolution", "4h", "office", CLOCK.started_at, revision=1,
    outcome="met", stopped_at=parse_instant("2026-03-28T12:45:00Z"),
)  # fmt: skip


def said(fact: Any = LEVEL, clock: Clock = CLOCK, **how: Any) -> tuple[str, dict[str, str]]:
    """Subject and texts of a message; `how` is its channel's, but for `cleared` and `link`."""
    more = {name: how.pop(name) for name in ("cleared", "link") if name in how}
    ticket = replace(TICKET, clocks=(clock,))
    notice = compose(fact, "oncall-2", ticket, NOW, channel=Channel("arn:x", **how), **more)
    return notice.subject, json.loads(notice.message)


@pytest.mark.parametrize(
    ("language", "customer", "subject", "sms"),
    [
        ("en", False,
         ("Reminder (15m before): resolution of ticket 4711 (acme, urgent) is paused, "
          "15 min left once it goes on"),
         "Reminder: resolution of ticket 4711 is paused, 15 min left once it goes on"),
        ("da", False,
         ("Påmindelse (15m før): løsning på sag 4711 (acme, haster) er sat på pause, "
          "15 min. tilbage når uret går igen"),
         "Påmindelse: løsning på sag 4711 er sat på pause, 15 min. tilbage når uret går igen"),
        ("zh-Hant", False,
         "提醒（到期前 15m）：工單 4711 的問題解決（acme、緊急）計時暫停中，恢復計時後尚餘 15 分鐘",
         "提醒：工單 4711 問題解決計時暫停中，恢復計時後尚餘 15 分鐘"),
        ("en", True, "Ticket 4711: resolution is paused, 15 min left once it goes on",
         "Ticket 4711: resolution is paused, 15 min left once it goes on"),
        ("da", True, "Sag 4711: løsning er sat på pause, 15 min. tilbage når uret går igen",
         "Sag 4711: løsning er sat på pause, 15 min. tilbage når uret går igen"),
        ("zh-Hant", True, "工單 4711：問題解決計時暫停中，恢復計時後尚餘 15 分鐘",
         "工單 4711：問題解決計時暫停中，恢復計時後尚餘 15 分鐘"),
    ],
)  # fmt: skip
def test_a_reminder_of_a_paused_clock_says_so_and_what_is_left(
    language: str, subject: str, sms: str, *, customer: bool
) -> None:
    """In every language and protocol; a deadline it has none, so none is named (rule 14)."""
    found, texts = said(PAUSED, language=language, customer=customer)
    mail = texts["email"]
    assert found == (subject if len(subject) < 100 else subject[:96] + "...")
    assert mail.splitlines()[0].startswith(subject)
    assert texts["sms"] == sms
    document = json.loads(texts["sqs"])
    assert (document["due_at"], document["paused"], document["left_seconds"]) == (None, True, 900)
    assert not [each for each in ("13:50", "12:50") if each in found + str(texts)]


def test_a_paused_reminder_of_a_goal_says_what_is_left_of_the_goal() -> None:
    """It is of the goal still, though that is not due at any time."""
    goal = {**PAUSED.details, "reminder": "30m before the goal of 2h", "goal_due_at": None}
    _, texts = said(replace(PAUSED, details=goal))
    assert texts["email"].splitlines()[0] == (
        "Reminder (30m before the goal of 2h): the goal for resolution of ticket 4711 (acme, urgent) "
        "is paused, 15 min left once it goes on."
    )


def test_where_nobody_knows_what_is_left_the_pause_alone_is_told() -> None:
    """Of a ticket that an older version stored."""
    bare = replace(
        PAUSED, details={name: each for name, each in PAUSED.details.items() if name != "left_seconds"}
    )
    assert said(bare)[1]["sms"] == "Reminder: resolution of ticket 4711 is paused"


@pytest.mark.parametrize("name", ["clock_breached", "escalation_due", "escalation_handed_over"])
@pytest.mark.parametrize(
    ("language", "ended", "withdrawn"),
    [
        ("en", "Ended since: ", "Withdrawn since: "),
        ("da", "Siden afsluttet: ", "Siden trukket tilbage: "),
        ("zh-Hant", "【其後已結束】", "【其後已撤回】"),
    ],
)
def test_what_is_over_by_now_says_so_first(name: str, language: str, ended: str, withdrawn: str) -> None:
    """Subject, mail and text message: nobody gets up for what was."""
    for clock, mark in ((ENDED, ended), (MET, withdrawn)):
        subject, texts = said(SAMPLES[name], clock, language=language)
        assert subject.startswith(mark)
        assert texts["email"].startswith(mark)
        assert texts["sms"].startswith(mark)
        assert "/acknowledge" not in str(texts)
    subject, texts = said(SAMPLES[name], language=language)
    assert not subject.startswith((ended, withdrawn))
    assert not texts["sms"].startswith((ended, withdrawn))


def test_a_breach_that_was_withdrawn_says_how_it_is_in_truth() -> None:
    """And of no lateness, for there was none."""
    _, texts = said(BREACH, MET)
    lines = texts["email"].splitlines()
    assert "Meanwhile: it was withdrawn" in lines
    assert "In truth: it was met at Sat 28 Mar 2026 13:45 CET (12:45 UTC)" in lines
    assert not [line for line in lines if line.startswith("Late by")]


def test_a_breach_of_a_cycle_that_never_began_was_withdrawn() -> None:
    """The ticket does not know it any more."""
    notice = compose(BREACH, "legal", replace(TICKET, clocks=()), NOW)
    assert notice.subject.startswith("Withdrawn since: BREACH")
    assert compose(BREACH, "legal", None, NOW).subject.startswith("BREACH")


@pytest.mark.parametrize(
    ("clock", "cleared", "action"),
    [
        (CLOCK, False, "trigger"),
        (ENDED, False, "trigger"),
        (ENDED, True, "resolve"),
        (MET, False, "resolve"),
        (MET, True, "resolve"),
    ],
)
@pytest.mark.parametrize("name", ["clock_breached", "escalation_due"])
def test_an_on_call_service_opens_no_incident_that_nothing_would_close(
    name: str, clock: Clock, action: str, *, cleared: bool
) -> None:
    """After the all-clear, or of what never was, a message resolves; before it one triggers."""
    pager, alert = (
        json.loads(said(SAMPLES[name], clock, format=each, cleared=cleared)[1]["sqs"])
        for each in ("pagerduty", "opsgenie")
    )
    assert pager["event_action"] == action
    assert alert["action"] == {"trigger": "create", "resolve": "close"}[action]


def test_a_level_of_an_open_breach_has_its_link() -> None:
    """The text around it is as ever."""
    assert said(link=LINK)[1]["email"].count(LINK) == 1
    assert ABOUT["priority"] in said(link=LINK)[0]
