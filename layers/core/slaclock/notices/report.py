"""News of a report, which is about no ticket: each as the messages that people and programs get of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.notices.catalogue import ENGLISH, Catalogue, catalogue
from slaclock.notices.channel import CHAT, PLAIN, Channel
from slaclock.notices.chat import listing
from slaclock.notices.composing import PROGRAMS, Notice
from slaclock.notices.document import VERSION
from slaclock.notices.email import subject
from slaclock.notices.events import news
from slaclock.notices.sms import fitting
from slaclock.notices.telling import on_one_line

REPORT = "report"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report has to tell of an account: `news` is a text of the catalogue, `credits_at_risk`.

    `told` fills in its placeholders. `about` is what it is of, and what tells it from others; `figures` are
    values by the names of the catalogue's lines, as they are at that time.
    """

    news: str
    account: str
    at: datetime
    told: Mapping[str, str]
    about: Mapping[str, Any]
    figures: Mapping[str, str]
    severity: str = "warning"

    @property
    def notification_id(self) -> str:
        """What tells a doubled delivery; a function of the account, the news and what it is about."""
        named = json.dumps([self.account, self.news, self.about], sort_keys=True)
        return f"report-{sha256(named.encode()).hexdigest()[:32]}"


def report_notice(report: Report, audience: str, channel: Channel = PLAIN) -> Notice:
    """The message for an audience, in its channel's language and format; never one for a customer."""
    said = catalogue(channel.language)
    headline, lines = _headline(report, said), _lines(report, said)
    name = said.say("notification", id=report.notification_id)
    text = "\n".join([said.say("sentence", text=headline), "", *lines, "", name])
    short = fitting([headline, _headline(report, catalogue(ENGLISH))], None)
    machine = dict.fromkeys(PROGRAMS, json.dumps(_body(report, audience, channel, headline, lines)))
    message = json.dumps({"default": text, "email": text, "sms": short, **machine}, ensure_ascii=False)
    return Notice(subject(headline), message, _attributes(report))


def _headline(report: Report, said: Catalogue) -> str:
    return on_one_line(said.say(f"headline.{report.news}", **report.told))


def _lines(report: Report, said: Catalogue) -> list[str]:
    return [
        on_one_line(said.say("line", name=said.texts[f"line.{name}"], value=value))
        for name, value in report.figures.items()
    ]


def _body(report: Report, audience: str, channel: Channel, headline: str, lines: list[str]) -> dict[str, Any]:
    name = report.notification_id
    if channel.format == CHAT:
        return listing(name, REPORT, headline, lines)
    if channel.incidents:
        return news(channel.format, name, headline, report.severity, {"account": report.account})
    return {
        "version": VERSION,
        "notification_id": name,
        "audience": audience,
        "severity": report.severity,
        "language": channel.language,
        "headline": headline,
        "fact": REPORT,
        "report": report.news,
        "account": report.account,
        "at": format_instant(report.at),
        **report.about,
        "figures": dict(report.figures),
    }


def _attributes(report: Report) -> dict[str, str]:
    attributes = {
        "notification_id": report.notification_id,
        "event": REPORT,
        "account": report.account,
        "severity": report.severity,
    }
    return {name: on_one_line(value) for name, value in attributes.items()}
