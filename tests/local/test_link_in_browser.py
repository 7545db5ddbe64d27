"""The page behind a link, opened in Chromium as a person does it: at a desk, and on a phone at night."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.clock import VirtualClock
from local.front import Request
from local.http import serve
from local.sending import happening, sign
from local.stack import Stack, inbox, running
from local.template import ROOT
from slaclock.domain.instants import parse_instant
from tests.local.browser import Browser, browsing

OPENED = parse_instant("2026-03-27T14:06:00Z")
SAMPLE = ROOT / "events" / "zendesk" / "ticket_created_urgent.json"
WINDOWS: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 360, "height": 640, "scale": 3, "dark": True},
}

pytestmark = pytest.mark.slow


@pytest.fixture
def stack() -> Iterator[Stack]:
    """The local stack, served, with a ticket whose first response was breached a minute ago."""
    with running(VirtualClock(OPENED, speed=0)) as stack:
        server = serve(stack, 0)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        stack.settings["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
        posted = sign(happening(json.loads(SAMPLE.read_text()), OPENED), OPENED)
        assert stack.request(Request("POST", posted.path, posted.headers, posted.body)).status == 202
        stack.advance(parse_instant("2026-03-27T14:37:00Z"))
        yield stack
        server.shutdown()
        server.server_close()
        thread.join()


def link(stack: Stack) -> str:
    """The link in the message of level 1."""
    (message,) = [each for each in inbox(stack) if each["json"]["fact"] == "escalation_due"]
    found = re.search(r"^Acknowledge: (http\S+/ack/\S{22})$", message["text"], re.MULTILINE)
    assert found
    return found[1]


def levels(stack: Stack) -> list[tuple[int, int, str]]:
    """The messages about the first response: level, repeat, and until what the level is told."""
    told = [each["json"] for each in inbox(stack)]
    told = [each for each in told if each["fact"] == "escalation_due" and each["target"] == "first_response"]
    return [(each["level"], each["repeat"], each["until"]) for each in told]


def ticket(stack: Stack) -> Any:
    answer = stack.request(Request("GET", "/v1/tickets/example/4711"))
    return json.loads(answer.body)


def photographed(browser: Browser, tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.png").write_bytes(browser.screenshot())


def assert_usable(browser: Browser) -> None:
    """For a screen reader, a thumb and a narrow screen: names, roles, room, nothing beyond the edge."""
    assert browser.run("document.documentElement.lang") == "en"
    assert [browser.count(each) for each in ("main", "h1", "form", "script", "link", "img")] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    field, button = browser.find("input"), browser.find("button")
    assert (field.role, field.label) == ("textbox", "Your name (optional)")
    assert (button.role, button.label) == ("button", "Acknowledge")
    assert min(field.size[1], button.size[1]) >= 44
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert browser.run("getComputedStyle(document.body).fontSize") == "16px"


@pytest.mark.parametrize("window", WINDOWS)
def test_a_person_acknowledges_and_no_level_that_waits_for_it_is_told(
    stack: Stack, window: str, tmp_path: Path
) -> None:
    """Opening the link changes nothing; the button does, once; a day later nobody else was woken for it."""
    address, before = link(stack), ticket(stack)
    with browsing(**WINDOWS[window]) as browser:
        browser.open(address)
        assert browser.find("h1").text == "The promise first response of ticket 4711 was missed"
        assert_usable(browser)
        photographed(browser, tmp_path, f"{window}-asking")
        assert ticket(stack) == before
        assert levels(stack) == [(1, 0, "acknowledged")]

        browser.find("#name").type("Kim Å")
        browser.find("button").click()
        assert (
            browser.find("[role=status]").text
            == "In hand since Fri 27 Mar 2026 15:37 CET (14:37 UTC): Kim Å."
        )
        assert browser.find("h1").text == "Acknowledged"
        photographed(browser, tmp_path, f"{window}-done")
        (taken,) = [each for each in ticket(stack)["facts"] if each["fact"] == "breach_acknowledged"]
        assert [taken[name] for name in ("by", "claimed", "via", "level")] == ["Kim Å", True, "link", 1]

        stack.advance(parse_instant("2026-03-28T14:37:00Z"))
        assert levels(stack) == [(1, 0, "acknowledged"), (3, 0, "stopped")]

        browser.open(address)
        assert browser.count("form") == 0
        assert browser.complaints() == []


def test_without_a_press_of_the_button_every_level_is_told(stack: Stack) -> None:
    """What the person above spared: the page was opened, and closed again."""
    with browsing() as browser:
        browser.open(link(stack))
        browser.open("about:blank")
    stack.advance(parse_instant("2026-03-28T14:37:00Z"))
    told = [(1, 0), (1, 1), (1, 2), (2, 0), (3, 0)]
    assert [(level, repeat) for level, repeat, _ in levels(stack)] == told
