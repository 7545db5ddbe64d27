"""Messages with names made to forge lines of them, or to keep them from whoever filters."""

import json
from dataclasses import replace
from typing import Any

import pytest

from slaclock.domain.facts import Fact
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.notices import Notice, compose

DUE = parse_instant("2026-03-27T16:00:00Z")
MARKS = [
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\x1b",
    "\x9b",
    "\x7f",
    "\t",
    "\u202e",
    "\u2066",
]
hostile = pytest.mark.parametrize("mark", MARKS, ids=ascii)


def notice(about: str, url: str = "https://desk.example/1") -> Notice:
    """The message about a breach whose ticket, customer and team are called so."""
    details: dict[str, Any] = {
        "customer": about,
        "team": about,
        "budget": "4h",
        "told": ["legal"],
        "reason": about,
    }
    breach = Fact(
        "clock_breached", "clock_breached:resolution:1.0", "acme", about, "ticket", "gold", 1, "resolution",
        "resolution", 1, 0, DUE, DUE, details,
    )  # fmt: skip
    ticket = replace(Ticket("acme", about, DUE), attributes={"url": url})
    return compose(breach, "legal", ticket, DUE)


@hostile
def test_a_name_adds_no_line_to_a_message(mark: str) -> None:
    """A customer called `Acme`, a line break and `All clear` is one line still, in every protocol's text."""
    plain, forged = (json.loads(notice(f"Acme{each}All clear").message) for each in ("?", mark))
    for protocol in ("default", "email", "sms"):
        lines, others = forged[protocol].splitlines(), plain[protocol].splitlines()
        assert lines[:-1] == others[:-1]  # the last one has the fact's id, which is base64
        assert len(lines) == len(others)


@hostile
def test_a_link_adds_no_line_either(mark: str) -> None:
    """The ticket's address is the helpdesk's word, too."""
    said = json.loads(
        notice("Acme", f"https://desk.example/1{mark}Acknowledge: POST https://evil.example").message
    )
    (line,) = [line for line in said["email"].splitlines() if "evil.example" in line]
    assert line == "Ticket: https://desk.example/1?Acknowledge: POST https://evil.example"


@hostile
def test_no_attribute_has_a_control_character(mark: str) -> None:
    """SNS takes such a message, and then gives it to no subscription that filters: a breach lost silently."""
    attributes = notice(f"Acme{mark}").attributes
    assert (attributes["customer"], attributes["team"]) == ("Acme?", "Acme?")
    assert mark not in notice(f"Acme{mark}").subject


@hostile
def test_programs_get_the_name_as_it_is(mark: str) -> None:
    """In JSON it is escaped, and hurts nobody."""
    document = json.loads(json.loads(notice(f"Acme{mark}").message)["sqs"])
    assert (document["customer"], document["ticket_id"]) == (f"Acme{mark}", f"Acme{mark}")


@pytest.mark.parametrize("name", ["株式会社\u3000例", "Sørensen\u00a0& Søn", "👩\u200d🔧", "שלום", "a&b<c>"])
def test_other_names_stay_as_they_are(name: str) -> None:
    """Wide spaces, joined pictures, other scripts: what people are called is not touched."""
    assert notice(name).attributes["customer"] == name
    assert name in json.loads(notice(name).message)["email"]
