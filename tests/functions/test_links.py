"""Links that acknowledge: made with each escalation, opened by anybody, used once by somebody."""

import json
import logging
import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from slaclock.domain.facts import public_id
from slaclock.domain.instants import parse_instant
from slaclock.links import LASTS, token_of
from slaclock.notices import Channel
from slaclock.records.ack_form import LARGEST, MEDIA_TYPE
from slaclock.records.ack_links import Door
from slaclock.records.ack_page import HEADERS, Breach, asking, saying
from slaclock.records.handing_over import hand_over
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.keys import link_key
from slaclock.store.messages import Link, link_item
from tests.functions.emitted import values
from tests.functions.events import http_event
from tests.functions.test_notify_and_audit import announced, gathered, outbox
from tests.functions.test_records import ARN, acknowledged, breached, found, opened, take
from tests.functions.world import SECRETS, World, refused

SUBJECT, LATER = "ticket#example#4711", "2026-03-27T18:06:00Z"
LEVEL = "escalation_due:resolution:1.0:1.0"
NEXT = "2026-03-27T18:35:00Z"  # when level 2 is due
KEY = "link-key"
FORM = {"content-type": MEDIA_TYPE}


@pytest.fixture(autouse=True)
def keys() -> Any:
    """Secrets as they were, afterwards."""
    before = dict(SECRETS)
    yield
    SECRETS.clear()
    SECRETS.update(before)


@pytest.fixture
def world() -> World:
    """A ticket whose resolution was breached a minute ago."""
    world = World("2026-03-27T14:05:00Z")
    breached(world)
    return world


def told(world: World, key: str = LEVEL) -> str:
    """The text of the one message about a fact."""
    world.sns.sent.clear()
    announced(world, outbox(world, key))
    if world.sqs.messages:
        gathered(world)
    (message,) = world.sns.sent
    text: str = json.loads(message["Message"])["email"]
    return text


def token(world: World, key: str = LEVEL) -> str:
    """The token of the link in that message."""
    linked = re.search(r"^Acknowledge: https://sla\.example/ack/([\w-]{22})$", told(world, key), re.MULTILINE)
    assert linked
    return linked[1]


def opens(
    world: World, token: str, method: str = "GET", **headers: str
) -> tuple[int, str, Mapping[str, str]]:
    """Status, page and headers of what a link leads to."""
    answer = world.function("records").handler(http_event(method, f"/ack/{token}", headers=headers), None)
    return answer["statusCode"], answer["body"], answer["headers"]


def presses(
    world: World, token: str, name: str | None = "Kim", body: Any = None, **headers: str
) -> tuple[int, str]:
    """Status and page of what the button does."""
    form = urlencode({} if name is None else {"name": name}) if body is None else body
    sent = http_event("POST", f"/ack/{token}", body=form, headers=headers or FORM, base64=True)
    answer = world.function("records").handler(sent, None)
    return answer["statusCode"], answer["body"]


def tables(world: World) -> dict[str, Any]:
    """All that is stored."""
    return deepcopy(world.memory.tables)


def facts(world: World, name: str) -> list[Any]:
    return [each.fact for each in world.memory.told(SUBJECT) if each.fact.fact == name]


# -- made ------------------------------------------------------------------------------------------------


def test_each_escalation_has_a_link_of_its_own(world: World) -> None:
    """By level and audience; it is good for 72 hours, and what is stored goes by itself a while later."""
    first = token(world)
    world.at(NEXT)
    world.workflow.wake(SUBJECT, "timer")
    second = token(world, "escalation_due:resolution:1.0:2.0")
    assert first != second
    link = world.memory.link(first)
    assert link == Link(SUBJECT, LEVEL, "oncall-1", parse_instant(LATER) + timedelta(hours=72))
    item = world.memory.tables["tickets"][link_key(first), "LINK"]
    assert item["expires_at"] == int((link.expires_at + timedelta(days=14)).timestamp())


def test_a_link_is_stored_before_anybody_gets_it(world: World) -> None:
    """A message that can't be published leaves a link behind that nobody has, never one that is unknown."""
    world.sns.down = True
    announced(world, outbox(world, LEVEL))
    assert [sk for _, sk in world.memory.tables["tickets"] if sk == "LINK"] == ["LINK"]


def test_who_reads_the_table_can_use_no_link(world: World) -> None:
    """Its key is a hash of the token, and the token is nowhere in it."""
    given = token(world)
    assert given not in json.dumps([list(tables(world)["tickets"]), list(tables(world)["tickets"].values())])


def test_a_token_depends_on_all_that_it_is_for_and_on_the_key() -> None:
    """128 bits of an HMAC, in 22 characters: no two links share one, and nobody makes one without the key."""
    link = Link(SUBJECT, LEVEL, "oncall-1", parse_instant(LATER))
    others = [
        link,
        link._replace(subject="ticket#example#4712"),
        link._replace(key="escalation_due:resolution:1.0:2.0"),
        link._replace(audience="oncall-2"),
        link._replace(expires_at=link.expires_at + timedelta(seconds=1)),
    ]
    tokens = [token_of("a key", each) for each in others] + [token_of("another", link)]
    assert len(set(tokens)) == len(tokens)
    assert all(re.fullmatch(r"[\w-]{22}", each) for each in tokens)
    assert token_of("a key", link) == "49C1pWUiD7ZTxqFH9wFMow"


def test_nobody_gets_a_link_who_has_nothing_to_take_in_hand(world: World) -> None:
    """Legal hears of the breach for the record; a reminder tells of none."""
    assert "Acknowledge" not in told(world, "clock_breached:resolution")
    opened(world, "4712")
    world.at("2026-03-27T14:20:00Z")
    world.workflow.wake("ticket#example#4712", "timer")
    assert "Acknowledge" not in told(world, "reminder_due:first_response:1.0:b0.0")


def test_without_an_address_messages_say_what_they_always_did(world: World) -> None:
    """How a program acknowledges."""
    world.settings.environ["PUBLIC_URL"] = ""  # type: ignore[index]
    assert f"Acknowledge: POST /v1/escalations/{public_id(SUBJECT, LEVEL)}/acknowledge" in told(world)


@pytest.mark.parametrize("trouble", ["no key", "no table", "no secret"])
def test_a_message_goes_out_without_a_link_rather_than_late(
    world: World,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever keeps the link from being made; it is logged and counted, and nothing secret with it."""

    def down(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    if trouble == "no key":
        del SECRETS[KEY]
    elif trouble == "no table":
        monkeypatch.setattr(world.memory, "put_link", down)
    else:
        SECRETS[KEY] = '{"current": 7}'
    with caplog.at_level(logging.WARNING):
        assert "Acknowledge: POST /v1/escalations/" in told(world)
    (line,) = [vars(each) for each in caplog.records if "without a link" in each.message]
    assert (line["levelname"], line["fact_id"]) == ("ERROR", public_id(SUBJECT, LEVEL))
    assert (line["account"], line["ticket"], line["clock"]) == ("example", "4711", "resolution")
    assert values(capsys)["WithoutLink"] == [1.0]


def test_the_auditors_messages_without_a_link_are_counted_too(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Level 1 of a breach that is open asks for one; that of a breach that ended, and the others, do not."""
    take(world, "4711", "agent_replied", LATER, status="open")
    del SECRETS[KEY]
    world.at("2026-03-27T18:12:00Z")
    for _ in range(2):
        world.function("audit").handler({}, None)
    assert values(capsys)["WithoutLink"] == [1.0, 0.0]


def test_what_needs_no_link_is_not_missing_one(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A message that has its link, legal's, which asks for nothing, and a stack that makes none."""
    told(world)
    told(world, "clock_breached:resolution")
    world.settings.environ["PUBLIC_URL"] = ""  # type: ignore[index]
    announced(world, outbox(world, "escalation_due:first_response:1.0:1.0"))
    assert values(capsys)["WithoutLink"] == [0.0, 0.0, 0.0]


# -- opened ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-purpose": "prefetch;prerender"}, {"purpose": "preview"}, {"user-agent": "a mail scanner"}],
)
def test_opening_a_link_acknowledges_nothing(world: World, method: str, headers: dict[str, str]) -> None:
    """However often, by whatever scanner, preview or prefetch: nothing that is stored changes."""
    link = token(world)
    before = tables(world)
    for _ in range(3):
        status, page, _ = opens(world, link, method, **headers)
        assert status == 200
        assert bool(page) == (method == "GET")
    assert tables(world) == before


def test_the_page_says_what_was_missed_and_asks_for_a_name(world: World) -> None:
    """Ticket, promise, deadline by the agreement's zone and in UTC, level; a field with a label, a button."""
    _, page, _ = opens(world, token(world))
    for said in (
        "<h1>The promise resolution of ticket 4711 was missed</h1>",
        "<dt>Due</dt><dd>Fri 27 Mar 2026 19:05 CET (18:05 UTC)</dd>",
        "<dt>Level</dt><dd>1</dd>",
        "<dt>Agreement</dt><dd>acme-gold 1</dd>",
        '<label for="name">Your name (optional)</label>',
        '<button type="submit">Acknowledge</button>',
        '<form method="post">',
    ):
        assert said in page


def test_the_page_is_for_any_reader_and_screen(world: World) -> None:
    """A language, a title, one main landmark, one heading, a field described; nobody is kept from zooming."""
    _, page, headers = opens(world, token(world))
    assert page.startswith('<!doctype html><html lang="en"><head><meta charset="utf-8">')
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert [page.count(each) for each in ("<title>", "<main>", "<h1>", "<form")] == [1, 1, 1, 1]
    assert 'aria-describedby="hint"' in page
    assert 'id="hint"' in page
    assert headers["Content-Language"] == "en"


def test_the_page_needs_nothing_from_elsewhere(world: World) -> None:
    """No script, image, font or link: what it has is in it, and its policy lets nothing else in."""
    _, page, headers = opens(world, token(world))
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=|url\(|@import|javascript:", page)
    assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def contrast(one: str, other: str) -> float:
    """How two colours stand out from one another (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = digits if len(digits) == 6 else "".join(each * 2 for each in digits)
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_text_stands_out_by_day_and_by_night(world: World) -> None:
    """At least 7 to 1, which is the strictest of WCAG's levels."""
    _, page, _ = opens(world, token(world))
    schemes = re.findall(r":root{([^}]*)}", page)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+):(#\w+)", scheme))
        pairs = [("ink", "paper"), ("quiet", "paper"), ("bad", "paper"), ("on", "act")]
        assert min(contrast(colours[one], colours[other]) for one, other in pairs) >= 7


@pytest.mark.parametrize(
    ("audience", "accepted", "language"),
    [
        (None, None, "en"), (None, "da-DK,da;q=0.9,en;q=0.8", "da"),
        (None, "fr;q=0.9, zh-TW;q=0.5", "zh-Hant"),
        (None, "zh-Hant-HK", "zh-Hant"), (None, "zh-CN", "en"), (None, "da;q=0, en", "en"), (None, "*", "en"),
        (None, ";;,q=,\x00", "en"), ("da", "en", "da"), ("zh-Hant", None, "zh-Hant"), ("xx", "da", "da"),
    ],
)  # fmt: skip
def test_the_page_speaks_the_audiences_language_or_the_readers(
    world: World, audience: str | None, accepted: str | None, language: str
) -> None:
    """The audience's own, where it has one; else what the browser would rather have; else English."""
    found = world.memory.link(token(world))
    assert found is not None
    link = found._replace(language=audience)
    given = token_of(json.loads(SECRETS[KEY])["current"], link)
    world.memory.put_link(given, link)
    headers = {} if accepted is None else {"accept-language": accepted}
    _, page, answered = opens(world, given, **headers)
    assert f'<html lang="{language}">' in page
    assert answered["Content-Language"] == language


# -- used ------------------------------------------------------------------------------------------------


def test_the_button_takes_the_breach_in_hand(world: World) -> None:
    """The record says who claims to have, when, by a link, and at which level; later levels stay away."""
    status, page = presses(world, token(world), "  Kim Å ")
    assert (status, "In hand since Fri 27 Mar 2026 19:06 CET (18:06 UTC): Kim Å." in page) == (200, True)
    assert "The name is as somebody typed it here." in page
    (taken,) = facts(world, "breach_acknowledged")
    how = {name: taken.details[name] for name in ("by", "claimed", "via", "level")}
    assert how == {"by": "Kim Å", "claimed": True, "via": "link", "level": 1}
    world.at("2026-03-28T18:06:00Z")
    world.workflow.wake(SUBJECT, "timer")
    levels = {fact.details["level"] for fact in facts(world, "escalation_due") if fact.lane == "resolution"}
    assert levels == {1, 3}  # 3 waits for the stop
    resolution = next(each for each in found(world) if each["target"] == "resolution")
    named = ("acknowledged_by", "acknowledged_level", "acknowledged_claimed", "status")
    assert [resolution[name] for name in named] == ["Kim Å", 1, True, "acknowledged"]


@pytest.mark.parametrize("body", [None, "", "name=", "name=++", "other=1"])
def test_a_name_is_not_asked_for_twice(world: World, body: str | None) -> None:
    """Without one it was somebody with the link; a breach at night is no time for forms."""
    link = token(world)
    assert presses(world, link, None, body)[0] == 200
    assert [fact.details["by"] for fact in facts(world, "breach_acknowledged")] == ["somebody with the link"]
    assert "somebody with the link." in opens(world, link)[1]
    assert "nogen med linket." in opens(world, link, **{"accept-language": "da"})[1]


def test_a_link_that_is_used_again_says_who_has_it_and_changes_nothing(world: World) -> None:
    """By the same person, by another, or by another link of the same breach; the first one has it."""
    first = token(world)
    world.at(NEXT)
    world.workflow.wake(SUBJECT, "timer")
    second = token(world, "escalation_due:resolution:1.0:2.0")
    presses(world, second, "Kim")
    before = tables(world)
    for link in (first, second):
        status, page = presses(world, link, "Robin")
        assert (status, ": Kim." in page, "<form" in page) == (200, True, False)
        assert opens(world, link)[0] == 200
    assert tables(world) == before


def test_who_was_let_in_by_aws_is_no_claim(world: World) -> None:
    """The authorised call records the caller; the page then shows the name, not the account."""
    link = token(world)
    _, answer, _ = acknowledged(world, LEVEL, caller=ARN)
    assert (answer["by"], answer["claimed"], answer["level"]) == (ARN, False, 1)
    (taken,) = facts(world, "breach_acknowledged")
    assert "claimed" not in taken.details
    assert "via" not in taken.details
    _, page, _ = opens(world, link)
    assert ": ada." in page
    assert "arn:" not in page
    assert "typed" not in page


def test_nobody_can_type_themselves_into_a_signed_caller(world: World) -> None:
    """A name that looks like AWS's is a claim all the same."""
    link = token(world)
    presses(world, link, ARN)
    (taken,) = facts(world, "breach_acknowledged")
    assert (taken.details["by"], taken.details["claimed"]) == (ARN, True)
    resolution = next(each for each in found(world) if each["target"] == "resolution")
    assert resolution["acknowledged_claimed"] is True
    _, page, _ = opens(world, link)
    assert f": {ARN}." in page
    assert "The name is as somebody typed it here." in page


@pytest.mark.parametrize(
    "name",
    [
        "x" * 65,
        "a\nb",
        "a\rb",
        "a\x00b",
        "a\x1bb",
        "a\u2028b",
        "a\u202eb",
        "a\u0085b",
        "\U000e0001",
        "a\u200eb",
        "a\u200bb",
        "\u200d",
        "愛" * 65,
    ],
)
def test_a_name_that_is_none_is_refused_and_asked_for_again(world: World, name: str) -> None:
    """Longer than 64 characters, of several lines, or with what can't be seen; nothing is changed."""
    link = token(world)
    before = tables(world)
    status, page = presses(world, link, name)
    assert status == 422
    assert tables(world) == before
    for said in (
        'role="alert"',
        'aria-invalid="true"',
        'aria-describedby="error hint"',
        '<form method="post">',
    ):
        assert said in page
    assert "\x00" not in page


def test_what_somebody_typed_is_text_and_no_markup(world: World) -> None:
    """On the page that asks again, and on the one that says who has it."""
    link, name = token(world), '"><script>alert(1)</script>&amp;'
    again = presses(world, link, name + "x" * 64)[1]
    done = presses(world, link, name)[1]
    for page in (again, done):
        assert "<script" not in page
        assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in page


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("王\u3000小明", "王 小明"), ("Kim\u00a0Å", "Kim Å"), ("\u2003Kim\u3000", "Kim"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"), ("👩\u200d💻 Kim", "👩\u200d💻 Kim"),
    ],
)  # fmt: skip
def test_a_name_is_taken_as_people_type_it(world: World, typed: str, taken: str) -> None:
    """Every space of Unicode is a plain one; what joins letters stays."""
    assert presses(world, token(world), typed)[0] == 200
    assert [fact.details["by"] for fact in facts(world, "breach_acknowledged")] == [taken]


def test_what_the_page_shows_is_on_one_line_and_turns_nothing_round() -> None:
    """A ticket's number comes from a helpdesk, a promise's name from whoever wrote the agreement."""
    breach = Breach("47\u202e11\u200b", "reso\u2066lution", "a\u061c 1", None, 1, "UTC")
    for page in (asking("en", breach, "Ki\u200em"), saying("en", "withdrawn", breach)):
        assert not re.search(r"[\u202e\u200b\u2066\u061c\u200e]", page)
    assert "The promise reso?lution of ticket 47?11? was missed" in asking("en", breach)


def test_a_press_that_takes_nothing_in_hand_says_so(world: World) -> None:
    """409 and the page as it was, where the input changed nothing; nobody may believe that they have it."""
    door = Door(world.links, world.store, lambda _: False, world.time, None)
    page = door.use(token(world), b"name=Kim", MEDIA_TYPE)
    assert (page.status, "<form" in page.html) == (409, True)
    assert facts(world, "breach_acknowledged") == []


def test_a_token_in_another_alphabet_is_not_even_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens are ASCII: the table is asked for nothing else."""
    asked: list[str] = []
    monkeypatch.setattr(world.memory, "link", asked.append)
    assert world.links.find("é" * 22) is None
    assert asked == []
    assert world.links.find("A" * 22) is None
    assert asked == ["A" * 22]


def test_no_link_is_made_for_a_customer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored, either: a link is for whoever has it."""
    made: list[Link] = []
    monkeypatch.setattr(world.memory, "put_link", lambda _, link: made.append(link))
    audiences = {"default": Channel("arn:default"), "oncall-1": Channel("arn:c", customer=True)}
    monkeypatch.setattr(world.announcer, "channels", audiences)
    assert "Acknowledge" not in told(world)
    assert made == []


def reopened(world: World) -> str:
    """The key of the fact that says that the breach is open again."""
    take(world, "4711", "solved", "2026-03-27T18:20:00Z", status="solved")
    take(world, "4711", "status_changed", "2026-03-27T18:30:00Z", status="open")
    fact = next(each for each in facts(world, "breach_reopened") if each.lane == "resolution")
    return str(fact.key)


def mails(world: World, key: str) -> dict[str, str]:
    """The text of each message about a fact, by its topic."""
    world.sns.sent.clear()
    announced(world, outbox(world, key))
    return {each["TopicArn"]: json.loads(each["Message"])["email"] for each in world.sns.sent}


def test_a_breach_that_is_open_again_asks_for_somebody_unless_somebody_has_it(world: World) -> None:
    """Whoever was told of it hears of it with a link; legal hears it for the record."""
    said = mails(world, reopened(world))
    assert {topic: "Acknowledge: https://" in mail for topic, mail in said.items()} == {
        "arn:legal": False,
        "arn:oncall-1": True,
    }
    link = re.search(r"/ack/([\w-]{22})", said["arn:oncall-1"])
    assert link
    assert presses(world, link[1])[0] == 200
    assert len(facts(world, "breach_acknowledged")) == 1


def test_a_breach_that_is_open_again_is_still_in_the_hands_of_whoever_took_it(world: World) -> None:
    """An acknowledgement holds for the cycle: no link, and who has it."""
    presses(world, token(world), "Kim")
    for mail in mails(world, reopened(world)).values():
        assert "Acknowledge:" not in mail
        assert "Meanwhile: acknowledged by Kim (name not checked) at" in mail


@pytest.mark.parametrize("taken", [False, True])
def test_what_is_passed_on_asks_for_somebody_unless_somebody_has_it(world: World, *, taken: bool) -> None:
    """Then it says who."""
    if taken:
        presses(world, token(world), "Kim")
    hand_over(world.store, world.workflow.take, public_id(SUBJECT, LEVEL), "legal", "ada", world.time)
    (mail,) = mails(world, "escalation_handed_over").values()
    assert ("Acknowledge: https://" in mail) is not taken
    assert ("Meanwhile: acknowledged by Kim (name not checked) at" in mail) is taken


def test_a_name_of_sixty_four_characters_is_taken(world: World) -> None:
    """Characters, not bytes."""
    name = "愛" * 64
    assert presses(world, token(world), name)[0] == 200
    assert [fact.details["by"] for fact in facts(world, "breach_acknowledged")] == [name]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"name=" + b"x" * LARGEST, MEDIA_TYPE, 413),
        (b'{"name": "Kim"}', "application/json", 415),
        (b"name=Kim", "text/plain", 415),
        (b"name=Kim", "", 415),
        (b"name=%ff", MEDIA_TYPE, 400),
        (b"\xff", MEDIA_TYPE, 400),
        (b"name=a&name=b", MEDIA_TYPE, 400),
        (b"&".join([b"a=b"] * 21), MEDIA_TYPE, 400),
    ],
)
def test_a_form_that_is_none_is_refused(world: World, body: bytes, media_type: str, status: int) -> None:
    """Too large, of another kind, no text, or with two names; nothing is changed."""
    link = token(world)
    before = tables(world)
    assert presses(world, link, None, body, **{"content-type": media_type})[0] == status
    assert tables(world) == before


def ended(world: World) -> None:
    take(world, "4711", "solved", "2026-03-27T18:30:00Z", status="solved")


def deleted(world: World) -> None:
    take(world, "4711", "deleted", "2026-03-27T18:30:00Z")


def withdrawn(world: World) -> None:
    take(world, "4711", "solved", "2026-03-27T18:00:00Z", status="solved")
    world.at(LATER)


def forgotten(world: World) -> None:
    for key in [key for key in world.memory.tables["tickets"] if key[0] == SUBJECT]:
        del world.memory.tables["tickets"][key]


@pytest.mark.parametrize(
    ("happened", "opened_as", "used_as", "says"),
    [
        (ended, 200, 409, "It ended at Fri 27 Mar 2026 19:30 CET (18:30 UTC)."),
        (deleted, 200, 409, "It ended at Fri 27 Mar 2026 19:30 CET (18:30 UTC)."),
        (withdrawn, 200, 409, "It did not happen as it was told."),
        (forgotten, 404, 404, "What this link was for is not in the record."),
    ],
)
def test_a_link_to_what_is_over_says_so_and_changes_nothing(
    world: World, happened: Any, opened_as: int, used_as: int, says: str
) -> None:
    """Solved, deleted, withdrawn or gone from the record: no button, and a press of it is in vain."""
    link = token(world)
    happened(world)
    before = tables(world)
    status, page, _ = opens(world, link)
    assert (status, says in page, "<form" in page) == (opened_as, True, False)
    status, page = presses(world, link)
    assert (status, says in page) == (used_as, True)
    assert tables(world) == before


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 410), (1, 410), (13 * 24 * 3600, 410)])
def test_a_link_is_good_for_three_days(world: World, seconds: int, status: int) -> None:
    """Then it says that it was, for two weeks, and changes nothing."""
    link = token(world)
    world.time = parse_instant(LATER) + LASTS + timedelta(seconds=seconds)
    before = tables(world)
    assert opens(world, link)[0] == status
    assert presses(world, link)[0] == status
    assert (tables(world) == before) == (status == 410)


def tampered(link: str) -> list[str]:
    """What is nearly a token: a character changed, added or left out, another case, another alphabet."""
    other = "A" if link[-1] != "A" else "Q"
    return [
        link[:-1] + other, link + "A", link[:-1], link.swapcase(), link + "=", link + "%20", f"%20{link}",
        "A" * 22, "é" * 22, "x" * 5000, "..", link + "%00", "%ud800",
    ]  # fmt: skip


def test_a_link_that_nobody_made_is_unknown(world: World) -> None:
    """Tampered with, guessed or cut: 404 as for one that never was, and nothing is changed."""
    link = token(world)
    before = tables(world)
    for wrong in tampered(link):
        for status in (opens(world, wrong)[0], presses(world, wrong)[0]):
            assert status == 404, wrong
    assert tables(world) == before


def test_a_link_of_another_stack_is_unknown(world: World) -> None:
    """It is signed by another key, even where somebody put it into this table."""
    link = Link(SUBJECT, LEVEL, "oncall-1", parse_instant(LATER) + LASTS)
    foreign = token_of("the other stack's key", link)
    world.memory.put_link(foreign, link)
    before = tables(world)
    assert opens(world, foreign)[0] == presses(world, foreign)[0] == 404
    assert tables(world) == before


@pytest.mark.parametrize("member", ["key", "subject", "audience", "expires_at"])
def test_a_link_that_was_changed_in_the_table_is_unknown(world: World, member: str) -> None:
    """What it is for is signed: nobody can turn it to another breach, or let it live longer."""
    given = token(world)
    link = world.memory.link(given)
    assert link is not None
    other: Any = link.expires_at + LASTS if member == "expires_at" else f"{getattr(link, member)}1"
    changed = link_item(given, link._replace(**{member: other}))
    world.memory.tables["tickets"][link_key(given), "LINK"] = changed
    assert opens(world, given)[0] == presses(world, given)[0] == 404
    assert facts(world, "breach_acknowledged") == []


def test_while_the_key_is_rotated_links_of_both_keys_work(world: World) -> None:
    """The one before, until it is taken out; a link of the new one at once, though the old one was kept."""
    old = token(world)
    assert opens(world, old)[0] == 200  # whoever opens links has the old key for a minute
    records = world.links
    before = json.loads(SECRETS[KEY])["current"]
    SECRETS[KEY] = json.dumps({"current": "a new key", "previous": before})
    link = world.memory.link(old)
    assert link is not None
    new = token_of("a new key", link._replace(audience="oncall-2"))
    world.memory.put_link(new, link._replace(audience="oncall-2"))
    assert records.find(new) is not None
    assert records.find(old) is not None
    SECRETS[KEY] = json.dumps({"current": "a new key"})
    world.time += timedelta(seconds=60)
    assert records.find(old) is None
    assert records.find(new) is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_the_record_can_not_be_had_the_page_says_to_try_again(
    world: World, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, a page as the others are, and nothing of what is wrong."""
    link = token(world)

    def down(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(world.memory, "told", down)
    answer = world.function("records").handler(http_event(method, f"/ack/{link}", headers=FORM), None)
    assert answer["statusCode"] == 503
    assert "Try again in a minute." in answer["body"]
    assert answer["headers"]["Retry-After"] == "60"
    assert "Internal" not in answer["body"]


def test_where_the_key_can_not_be_had_the_page_says_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the table can't."""
    link = token(world)
    world.__dict__.pop("links")
    world.__dict__.pop("secrets")

    class Down:
        def get_secret_value(self, **_: Any) -> None:
            raise refused("InternalServiceError")

    monkeypatch.setattr(world, "client", lambda _: Down())
    assert opens(world, link)[0] == 503


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_link_takes_nothing_else(world: World, method: str) -> None:
    """405, with what it takes; API Gateway has no such route in the first place."""
    event = http_event("GET", f"/ack/{token(world)}")
    event["requestContext"]["http"]["method"] = method
    answer = world.function("records").handler(event, None)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET, HEAD, POST")
