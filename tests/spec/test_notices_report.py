"""News of a report, as each protocol gets it: about a period, and no ticket."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.notices import MOST_BYTES, Channel, Notice
from slaclock.notices.catalogue import LANGUAGES
from slaclock.notices.channel import FORMATS
from slaclock.notices.report import Report, report_notice
from slaclock.notices.sms import fits
from tests.spec.test_notices_protocols import validate

RISK = Report(
    news="credits_at_risk",
    account="acme",
    at=parse_instant("2026-10-15T00:30:00Z"),
    told={"agreement": "acme-gold", "period": "2026-10"},
    about={
        "agreement": "acme-gold",
        "agreement_version": 2,
        "period": "2026-10",
        "threshold": {"breaches_left": 1},
    },
    figures={"attainment": "0.9912", "breaches_left": "1", "gone": "0.4516", "threshold": "≤ 1"},
)


def notice(report: Report = RISK, **how: Any) -> Notice:
    return report_notice(report, "legal", Channel("arn:x", **how))


def texts(found: Notice) -> dict[str, str]:
    read: dict[str, str] = json.loads(found.message)
    return read


def test_the_mail_says_which_agreement_and_how_it_stands() -> None:
    """With the figures of now, each under its name."""
    found = notice()
    assert found.subject == "Service credits at risk: acme-gold, 2026-10"
    assert texts(found)["email"].splitlines() == [
        "Service credits at risk: acme-gold, 2026-10.",
        "",
        "Attainment so far: 0.9912",
        "Breaches left: 1",
        "Share of the period gone: 0.4516",
        "Threshold: ≤ 1",
        "",
        f"Notification {RISK.notification_id}",
    ]


def test_programs_get_a_document_as_its_schema_says() -> None:
    """The same threshold has the same id, whatever the figures are by then."""
    document = json.loads(texts(notice())["sqs"])
    validate(document)
    assert document == {
        "version": 1,
        "notification_id": RISK.notification_id,
        "audience": "legal",
        "severity": "warning",
        "language": "en",
        "headline": "Service credits at risk: acme-gold, 2026-10",
        "fact": "report",
        "report": "credits_at_risk",
        "account": "acme",
        "at": "2026-10-15T00:30:00Z",
        "agreement": "acme-gold",
        "agreement_version": 2,
        "period": "2026-10",
        "threshold": {"breaches_left": 1},
        "figures": {"attainment": "0.9912", "breaches_left": "1", "gone": "0.4516", "threshold": "≤ 1"},
    }
    later = replace(RISK, at=RISK.at + timedelta(days=9), figures={**RISK.figures, "gone": "0.9999"})
    assert later.notification_id == RISK.notification_id


def test_filters_read_which_event_and_whose() -> None:
    """`report` is an event like any other."""
    assert notice().attributes == {
        "notification_id": RISK.notification_id,
        "event": "report",
        "account": "acme",
        "severity": "warning",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words_and_a_text_message_has_one_part(language: str) -> None:
    """And a subject line that SNS takes."""
    found = notice(language=language)
    assert fits(texts(found)["sms"])
    assert "acme-gold" in found.subject
    assert len(found.subject) < 100
    assert found.size < MOST_BYTES


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_has_its_shape(form: str) -> None:
    """On-call services make an incident of it, which nobody resolves for them."""
    body = json.loads(texts(notice(format=form))["https"])
    told = {
        "text": lambda: body["fact"],
        "chat": lambda: body["metadata"]["eventType"],
        "pagerduty": lambda: body["event_action"],
        "opsgenie": lambda: body["action"],
    }
    expected = {"text": "report", "chat": "report", "pagerduty": "trigger", "opsgenie": "create"}
    assert told[form]() == expected[form]


def test_names_from_outside_end_no_line() -> None:
    """An agreement's id is ours, an account's is not."""
    odd = replace(RISK, account="ac\nme", figures={"gone": "0\n1"})
    assert "0?1" in texts(notice(odd))["email"]
    assert notice(odd).attributes["account"] == "ac?me"
