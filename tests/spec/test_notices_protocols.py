"""One fact, as each protocol gets it: literal texts, bounds, and the schema of the document."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from slaclock.domain.instants import parse_instant
from slaclock.notices import MOST_BYTES, Channel, Notice, compose
from slaclock.notices.catalogue import LANGUAGES
from slaclock.notices.channel import FORMATS
from slaclock.notices.identity import name_in
from slaclock.notices.storm import gather
from tests.spec.notice_samples import HISTORY, LINK, NOW, RUNBOOK, SAMPLES, TICKET, URL

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / "notice-1.schema.json").read_text(encoding="utf-8")
)
validate = fastjsonschema.compile(SCHEMA)
LEVEL = SAMPLES["escalation_due"]
kinds = pytest.mark.parametrize("name", SAMPLES)


def notice(name: str = "escalation_due", **how: Any) -> Notice:
    """The message about a sample; `how` is a channel's language, format and customer."""
    return compose(SAMPLES[name], "oncall-2", TICKET, NOW, channel=Channel("arn:x", **how), link=LINK)


def body(name: str = "escalation_due", **how: Any) -> dict[str, Any]:
    """What programs get of it."""
    found: dict[str, Any] = json.loads(json.loads(notice(name, **how).message)["https"])
    return found


@kinds
@pytest.mark.parametrize("customer", [False, True])
def test_the_document_is_as_its_schema_says(name: str, *, customer: bool) -> None:
    """Every kind of fact, for staff and for customers."""
    validate(body(name, customer=customer))


@pytest.mark.parametrize(
    "lost", ["version", "notification_id", "incident", "severity", "fact", "due_at", "links"]
)
def test_the_schema_notices_what_is_missing(lost: str) -> None:
    """It would be no schema otherwise."""
    document = body()
    del document[lost]
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(document)


def test_the_mail_says_who_what_and_when_and_what_happened_so_far() -> None:
    """Who, which promise, due when in both times, how late, the cycle's story, and where to look."""
    said = compose(LEVEL, "oncall-2", TICKET, NOW, link=LINK, history=HISTORY)
    assert json.loads(said.message)["email"].splitlines() == [
        "BREACH, level 2: resolution of ticket 4711 (acme, urgent) was missed.",
        "",
        "Promise: resolution (4h) in acme-gold version 1, clause §4.2",
        "Due: Sat 28 Mar 2026 13:50 CET (12:50 UTC)",
        "Late by: 30 min",
        "Customer: acme",
        "Team: t2",
        f"Ticket: {URL}",
        f"Runbook: {RUNBOOK}",
        f"Acknowledge: {LINK}",
        "",
        "So far:",
        "Sat 28 Mar 2026 09:50 CET (08:50 UTC)  clock started, created",
        "Sat 28 Mar 2026 10:00 CET (09:00 UTC)  clock paused, status is pending",
        "Sat 28 Mar 2026 10:10 CET (09:10 UTC)  clock resumed, status is open",
        "Sat 28 Mar 2026 13:35 CET (12:35 UTC)  reminder, 15m before",
        "Sat 28 Mar 2026 13:50 CET (12:50 UTC)  BREACH, the deadline passed",
        "Sat 28 Mar 2026 13:50 CET (12:50 UTC)  level 1 to oncall-1",
        "Sat 28 Mar 2026 13:58 CET (12:58 UTC)  acknowledged by kim, on call",
        "",
        f"Notification {LEVEL.id}",
    ]


def test_of_a_long_story_the_mail_tells_the_beginning_and_the_end() -> None:
    """Ten lines: a clock may pause two hundred times."""
    pauses = [
        replace(
            HISTORY[1],
            key=f"clock_paused:resolution:1.0:{number}",
            at=parse_instant(f"2026-03-28T09:{number}:00Z"),
        )
        for number in range(10, 60)
    ]
    said = compose(LEVEL, "oncall-2", TICKET, NOW, history=[HISTORY[0], *pauses])
    lines = json.loads(said.message)["email"].partition("So far:\n")[2].split("\n\n")[0].splitlines()
    assert len(lines) == 10
    assert lines[:2] == ["Sat 28 Mar 2026 09:50 CET (08:50 UTC)  clock started, created", "…"]
    assert lines[-1] == "Sat 28 Mar 2026 10:59 CET (09:59 UTC)  clock paused, status is pending"


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "BREACH, level 2: resolution of ticket 4711 (acme, urgent) was missed"),
        ("da", "BRUD, niveau 2: fristen er overskredet for løsning på sag 4711 (acme, haster)"),
        ("zh-Hant", "【違約】第 2 級通報：工單 4711 的問題解決（acme、緊急）已逾期"),
    ],
)
def test_a_message_is_in_its_audiences_language(language: str, subject: str) -> None:
    """Subject, texts and the document's headline; what programs read has the same members in each."""
    said, english = notice(language=language), body()
    assert said.subject == body(language=language)["headline"] == subject
    assert body(language=language).keys() == english.keys()


@pytest.mark.parametrize(
    ("language", "due"),
    [
        ("en", "Due: Thu 05 Mar 2026 00:30 CET (Wed 23:30 UTC)"),
        ("da", "Frist: tors. 5. mar. 2026 kl. 00.30 CET (ons. kl. 23.30 UTC)"),
        ("zh-Hant", "期限：2026年3月5日（週四）00:30 CET（週三 23:30 UTC）"),
    ],
)
def test_instants_are_in_the_agreements_zone_and_in_utc(language: str, due: str) -> None:
    """Where the date differs, the day is said; the words are the catalogue's."""
    said = replace(LEVEL, due_at=parse_instant("2026-03-04T23:30:00Z"))
    mail = json.loads(compose(said, "x", None, NOW, channel=Channel("arn:x", language)).message)["email"]
    assert due in mail.splitlines()


@pytest.mark.parametrize(
    ("reminder", "texts"),
    [
        ("15m before", ("15m before", "15m før", "到期前 15m")),
        ("75%", ("75%", "75%", "75%")),
        ("the goal of 4h", ("the goal of 4h", "det interne mål på 4h", "內部目標 4h")),
        ("30m before the goal of 4h",
         ("30m before the goal of 4h", "30m før det interne mål på 4h", "內部目標 4h 到期前 30m")),
        ("50% of the goal of 4h",
         ("50% of the goal of 4h", "50% af det interne mål på 4h", "內部目標 4h 已用 50%")),
    ],
)  # fmt: skip
def test_a_reminder_is_named_as_the_agreement_has_it(reminder: str, texts: tuple[str, ...]) -> None:
    """The durations as written, the words about them in the audience's language."""
    said = replace(SAMPLES["reminder_due"], details={**SAMPLES["reminder_due"].details, "reminder": reminder})
    for language, text in zip(LANGUAGES, texts, strict=True):
        subject = compose(said, "x", None, NOW, channel=Channel("arn:x", language)).subject
        assert re.split(r"[(（)）]", subject)[1] == text


@pytest.mark.parametrize(
    ("reason", "danish"),
    [
        ("the ticket was solved", "sagen blev løst"),
        ("status is now pending", "status er nu afventer kunden"),
        ("status is now pending; team changed", "status er nu afventer kunden; team er ændret"),
        ("priority is now urgent", "prioritet er nu haster"),
        ("the agreement was ended: moved to gold", "aftalen er ophørt: moved to gold"),
        ("called off by the customer", "called off by the customer"),
    ],
)
def test_reasons_of_ours_are_translated_and_those_of_people_are_not(reason: str, danish: str) -> None:
    """Whoever wrote one is read as they wrote it."""
    ended = SAMPLES["breach_ended"]
    said = replace(ended, details={**ended.details, "reason": reason})
    subject = compose(said, "x", None, NOW, channel=Channel("arn:x", "da")).subject
    assert subject == f"Afblæst: løsning på sag 4711 (acme, haster), {danish}"[:96] + (
        "..." if len(danish) > 51 else ""
    )


@kinds
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("customer", [False, True])
def test_a_subject_is_one_line_of_less_than_100_characters(
    name: str, language: str, *, customer: bool
) -> None:
    """SNS refuses any other, and with it the message."""
    said = replace(SAMPLES[name], ticket_id="9\n" * 200)
    subject = compose(said, "x", TICKET, NOW, channel=Channel("arn:x", language, customer=customer)).subject
    assert 0 < len(subject) < 100
    assert subject.isprintable() or "\u3000" in subject


@kinds
@pytest.mark.parametrize("shape", FORMATS)
def test_the_notification_id_is_the_facts_in_every_shape(name: str, shape: str) -> None:
    """In the body and in the attributes, and the same however often, to whomever and in which language."""
    said = notice(name, format=shape)
    ids = {name_in(json.loads(json.loads(said.message)[each])) for each in ("sqs", "lambda", "http", "https")}
    assert ids == {said.attributes["notification_id"]} == {SAMPLES[name].id}


@kinds
def test_attributes_are_few_and_known(name: str) -> None:
    """SQS takes ten of a raw message; filter policies name these."""
    assert notice(name).attributes.keys() <= {
        "account", "customer", "event", "severity", "level", "team", "notification_id"
    }  # fmt: skip


def test_of_what_a_customer_reads_nothing_is_internal() -> None:
    """No team, no agreement's name, no level, runbook, link, story or address of the helpdesk's agents."""
    channel = Channel("arn:x", customer=True)
    said = compose(LEVEL, "customer", TICKET, NOW, channel=channel, link=LINK, history=HISTORY)
    assert said.subject == "Ticket 4711: resolution is later than agreed"
    assert json.loads(said.message)["email"].splitlines() == [
        "Ticket 4711: resolution is later than agreed.",
        "",
        "Agreed: 4h, clause §4.2",
        "Due: Sat 28 Mar 2026 13:50 CET (12:50 UTC)",
        "Late by: 30 min",
        "Priority: urgent",
        "",
        f"Notification {said.attributes['notification_id']}",
    ]
    whole = said.subject + said.message + str(said.attributes)
    for internal in ("t2", "acme-gold", "oncall", "level", "escalation", URL, RUNBOOK, LINK, "kim", LEVEL.id):
        assert internal not in whole


@kinds
def test_a_customer_is_not_told_of_the_ladder_by_what_a_message_is_known_by(name: str) -> None:
    """An id that says nothing, the same in mail, document and attributes; a level is the breach it is of."""
    said = notice(name, customer=True)
    texts = json.loads(said.message)
    document, known = json.loads(texts["sqs"]), said.attributes["notification_id"]
    assert re.fullmatch(r"[0-9a-f]{32}", known)
    assert document["notification_id"] == known
    assert texts["email"].endswith(f"Notification {known}")
    assert "id" not in document
    rungs = {"escalation_due": "clock_breached", "escalation_handed_over": "clock_breached"}
    assert document["fact"] == said.attributes["event"] == rungs.get(name, name)


def test_each_message_to_a_customer_is_known_by_an_id_of_its_own() -> None:
    """A doubled one by the same; another one, of the same breach, by another."""
    ids = [notice(name, customer=True).attributes["notification_id"] for name in (*SAMPLES, *SAMPLES)]
    assert len(set(ids)) == len(SAMPLES)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("reminder_due", "Ticket 4711: resolution is due in 10 min"),
        ("breach_ended", "Ticket 4711: the delay of resolution is over"),
        ("breach_reopened", "Ticket 4711: resolution is open again, and later than agreed"),
        (
            "outcome_corrected",
            "Ticket 4711: correction, resolution was later than agreed, but was due 28 Mar 13:50 CET",
        ),
        ("escalation_handed_over", "Ticket 4711: resolution is later than agreed"),
    ],
)
def test_a_customer_reads_how_their_ticket_stands(name: str, line: str) -> None:
    """Whoever is handed what is not their business."""
    now = parse_instant("2026-03-28T12:40:00Z")
    assert compose(SAMPLES[name], "c", TICKET, now, channel=Channel("arn:x", customer=True)).subject == line


def test_a_drill_is_marked_wherever_it_is_read() -> None:
    """Subject, mail, text message, document: nobody gets up for nothing, or stays in bed for something."""
    said = compose(replace(LEVEL, details={**LEVEL.details, "drill": True}), "oncall-2", TICKET, NOW)
    texts = json.loads(said.message)
    assert said.subject.startswith("DRILL, nothing happened: BREACH, level 2: resolution of ticket 4711")
    assert texts["email"].startswith("DRILL, nothing happened")
    assert texts["sms"].startswith("DRILL, nothing happened")
    assert json.loads(texts["sqs"])["drill"] is True


def test_a_chat_channel_gets_one_thread_for_each_ticket() -> None:
    """Amazon Q Developer's custom notification: what to do is in its next steps."""
    said = body(format="chat")
    assert (said["version"], said["source"], said["id"]) == ("1.0", "custom", LEVEL.id)
    assert said["content"]["textType"] == "client-markdown"
    assert said["content"]["nextSteps"] == [f"Ticket: {URL}", f"Runbook: {RUNBOOK}", f"Acknowledge: {LINK}"]
    threads = {body(name, format="chat")["metadata"]["threadId"] for name in SAMPLES}
    assert len(threads) == 1
    other = compose(
        replace(LEVEL, ticket_id="4712"), "x", TICKET, NOW, channel=Channel("arn:x", format="chat")
    )
    assert json.loads(json.loads(other.message)["https"])["metadata"]["threadId"] not in threads


@pytest.mark.parametrize(
    ("customer", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<https://evil.example|all clear>", "&lt;https:∕∕evil.example|all clear&gt;"),
        ("[all clear](https://evil.example)", "(all clear)(https:∕∕evil.example)"),
        ("https://evil.example", "https:∕∕evil.example"),
        ("R&D", "R&amp;D"),
        ("@here", "\uff20here"),
        ("*bold*", "\u2217bold\u2217"),
        ("`code`", "'code'"),
    ],
)
def test_no_name_rings_a_whole_channel_or_hides_a_link(customer: str, shown: str) -> None:
    """What a customer is called is text in a chat, and nothing else."""
    said = replace(LEVEL, details={**LEVEL.details, "customer": customer})
    channel = Channel("arn:x", format="chat")
    chat = json.loads(json.loads(compose(said, "x", TICKET, NOW, channel=channel).message)["https"])
    assert f"Customer: {shown}\n" in chat["content"]["description"]
    assert f"({shown}, urgent)" in chat["content"]["title"]


@pytest.mark.parametrize("sign", ["<", "&", ">"])
@pytest.mark.parametrize("before", range(8))
def test_a_chats_title_is_not_cut_inside_an_entity(sign: str, before: int) -> None:
    """`&l` or `&amp` at its end would be shown as they are; at most 250 characters."""
    said = replace(LEVEL, details={**LEVEL.details, "customer": "x" * before + sign * 200})
    channel = Channel("arn:x", format="chat")
    chat = json.loads(json.loads(compose(said, "x", TICKET, NOW, channel=channel).message)["https"])
    for title in (chat["content"]["title"], chat["metadata"]["summary"]):
        assert 245 <= len(title) <= 250
        assert re.fullmatch(r"(?:[^&]|&(?:lt|gt|amp);)*", title)


def test_a_link_in_a_chat_ends_where_it_ends() -> None:
    """A bar or a bracket in an address would begin another text for it."""
    ticket = replace(TICKET, attributes={"url": "https://desk.example/<a>|all clear"})
    channel = Channel("arn:x", format="chat")
    chat = json.loads(json.loads(compose(LEVEL, "x", ticket, NOW, channel=channel).message)["https"])
    assert chat["content"]["nextSteps"][0] == "Ticket: https://desk.example/%3Ca%3E%7Call%20clear"


@pytest.mark.parametrize(
    "sign",
    ["\n", "\x00", "\x85", "\u2028", "\u202e", *"\u2066\u2067\u2068\u2069", "\u200e", "\u200f", "\u061c",
     "\u200b", "\ufeff", "\U000e0041", "\U000e007f", "\ud800"],
)  # fmt: skip
def test_what_turns_or_hides_text_is_in_no_message(sign: str) -> None:
    """In no subject, text, attribute or chat: a mark stands for it. The document has names as they are."""
    details = {**LEVEL.details, "customer": f"ac{sign}me", "team": f"t{sign}2"}
    said = compose(replace(LEVEL, details=details), "x", TICKET, NOW, history=HISTORY)
    email = json.loads(said.message)["email"]
    assert "(ac?me, urgent)" in said.subject
    assert "Customer: ac?me\nTeam: t?2\n" in email
    assert (said.attributes["customer"], said.attributes["team"]) == ("ac?me", "t?2")
    assert sign == "\n" or sign not in said.subject + email


@pytest.mark.parametrize("joined", ["\u0645\u06cc\u200c\u062e", "👩\u200d💻"])
def test_what_joins_letters_stays(joined: str) -> None:
    """Persian and pictures are not written without."""
    said = compose(replace(LEVEL, details={**LEVEL.details, "customer": joined}), "x", TICKET, NOW)
    assert f"Customer: {joined}\n" in json.loads(said.message)["email"]


def test_the_size_of_a_message_is_that_of_its_text_and_attributes() -> None:
    """As SNS counts: names, types and values."""
    assert Notice("s", "æ", {"account": "ø"}).size == 2 + len("account") + len("String") + 2


@pytest.mark.parametrize(
    ("name", "action", "severity"),
    [
        ("reminder_due", "trigger", "warning"),
        ("clock_breached", "trigger", "critical"),
        ("escalation_due", "trigger", "critical"),
        ("escalation_handed_over", "trigger", "critical"),
        ("breach_reopened", "trigger", "critical"),
        ("breach_ended", "resolve", "info"),
        ("outcome_corrected", "resolve", "info"),
    ],
)
def test_an_on_call_service_opens_one_incident_and_closes_it(name: str, action: str, severity: str) -> None:
    """All messages of a cycle have one `dedup_key`, or alias; its end resolves what its breach opened."""
    event, alert = body(name, format="pagerduty"), body(name, format="opsgenie")
    assert (event["event_action"], event["payload"]["severity"]) == (action, severity)
    assert alert["action"] == {"trigger": "create", "resolve": "close"}[action]
    incident = body("clock_breached")["incident"]
    assert {event["dedup_key"], alert["alias"]} == {incident}
    assert "routing_key" not in event


def test_events_keep_within_the_bounds_of_those_who_take_them() -> None:
    """PagerDuty: a summary of 1,024 characters, a key of 255. Opsgenie: a message of 130; texts."""
    said = replace(LEVEL, ticket_id="9" * 3000, details={**LEVEL.details, "customer": "c" * 3000})
    event, alert = (
        json.loads(json.loads(compose(said, "x", TICKET, NOW, channel=each).message)["sqs"])
        for each in (Channel("arn:x", format="pagerduty"), Channel("arn:x", format="opsgenie"))
    )
    assert len(event["payload"]["summary"]) <= 1024
    assert len(event["dedup_key"]) <= 255
    assert len(alert["message"]) <= 130
    assert len(alert["description"]) <= 15_000
    assert all(isinstance(each, str) for each in alert["details"].values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", FORMATS)
def test_a_message_is_never_longer_than_sns_takes(language: str, shape: str) -> None:
    """256 KiB with all its texts and attributes: what somebody wrote at length is cut, and that is said."""
    long = "工" * 60_000
    details = {**LEVEL.details, "reason": long, "note": long, "runbook": long, "customer": long, "team": long}
    said = replace(LEVEL, details={**details, "told": [long] * 30})
    ticket = replace(TICKET, attributes={"url": long})
    whole = compose(said, "x", ticket, NOW, channel=Channel("arn:x", language, shape), history=HISTORY)
    assert whole.size <= MOST_BYTES
    if shape == "text":
        assert json.loads(json.loads(whole.message)["sqs"])["cut"] is True


def test_an_ordinary_message_is_a_small_part_of_that() -> None:
    """And nothing in it is cut."""
    assert notice().size < 10_000
    assert "cut" not in body()


def reminders(count: int) -> list[Any]:
    """Reminders of as many tickets, a minute apart, the last one due first."""
    first = SAMPLES["reminder_due"]
    due = [
        parse_instant(f"2026-03-28T{13 + number // 60:02}:{59 - number % 60:02}:00Z")
        for number in range(count)
    ]
    return [(replace(first, ticket_id=str(number), due_at=at), TICKET) for number, at in enumerate(due)]


def test_reminders_of_a_storm_are_listed_every_one() -> None:
    """In a mail by nearest deadline, in a document, and counted in a text message (rule 23)."""
    said = gather(reminders(3), "team", NOW, Channel("arn:x"))
    texts = json.loads(said.message)
    assert said.subject == texts["sms"] == "Reminders: 3, the first one due 28 Mar 14:57 CET"
    assert texts["email"].splitlines()[2] == (
        "Reminder (15m before): resolution of ticket 2 (acme, urgent) is due in 37 min: "
        f"Sat 28 Mar 2026 14:57 CET (13:57 UTC) {URL}"
    )
    document = json.loads(texts["default"])
    validate(document)
    assert [each["ticket_id"] for each in document["reminders"]] == ["2", "1", "0"]
    assert said.attributes["event"] == document["fact"] == "reminders_gathered"


def test_a_storm_has_one_id_for_the_same_reminders_in_any_order() -> None:
    """A doubled delivery of it is recognised, too."""
    three = reminders(3)
    ids = {gather(each, "team", NOW).attributes["notification_id"] for each in (three, three[::-1])}
    assert len(ids) == 1
    assert gather(three[:2], "team", NOW).attributes["notification_id"] not in ids


def test_a_storm_in_a_chat_is_a_list_without_a_thread() -> None:
    """It is about several tickets. An on-call service gets each reminder for itself."""
    listed = gather(reminders(2), "team", NOW, Channel("arn:x", format="chat"))
    said = json.loads(json.loads(listed.message)["default"])
    assert said["content"]["title"] == "Reminders: 2, the first one due 28 Mar 14:58 CET"
    assert len(said["content"]["description"].splitlines()) == 2
    assert "threadId" not in said["metadata"]
    assert name_in(said) == said["id"]
    assert [shape for shape in FORMATS if Channel("arn:x", format=shape).gathers] == ["text", "chat"]


def test_a_hundred_reminders_are_one_message() -> None:
    """A batch of the queue fits into what SNS takes."""
    assert gather(reminders(100), "team", NOW, Channel("arn:x", "zh-Hant")).size < MOST_BYTES
