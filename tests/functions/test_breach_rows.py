"""Every row of a breach is where the breach itself is: whichever index is read, it says the same of it."""

from typing import Any

import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import public_id
from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.store.agreements import Version
from tests.functions.past import GOLD
from tests.functions.test_records import BREACH_KEY, ask
from tests.functions.world import World

SUBJECT = "ticket#all#9"
DAY = "2026-03-27T"
PERIOD = {"from": "2026-03-20", "to": "2026-04-10"}
Listed = tuple[Any, ...]  # whose a breach is, its revision, its status and its end
ACME, BETA = ({"customer": {"id": each, "name": each.title()}} for each in ("acme", "beta"))


def opened(**said: Any) -> World:
    """A ticket whose resolution was breached a minute ago, under an agreement for every customer."""
    world = World(f"{DAY}14:05:00Z")
    document = {**GOLD, "agreement": "gold", "applies_to": {}}
    world.memory.publish("all", [Version(document, 1, content_hash(document))], world.time, 0)
    take(world, "14:05:00", "created", status="new", priority="urgent", **said)
    world.at(f"{DAY}18:06:00Z")
    world.workflow.wake(SUBJECT, "timer")
    return world


@pytest.fixture
def world() -> World:
    """Of acme's ticket."""
    return opened(**ACME)


def take(world: World, at: str, kind: str, **said: Any) -> None:
    """Something happened on the day of the breach, and reaches us now, or then if that is later."""
    happened = parse_instant(f"{DAY}{at}Z")
    world.time = max(world.time, happened)
    event = TicketEvent(f"{at} {kind}", "all", "9", kind, happened, world.time, said)
    assert world.workflow.take(event)


def post(world: World, entry: str, key: str = BREACH_KEY, **said: str) -> None:
    """Write into the case of the breach."""
    world.at(f"{DAY}23:00:00Z")
    path = f"/v1/breaches/{public_id(SUBJECT, key)}/{entry}"
    assert ask(world, "POST", path, body=said)[0] == 201


def listed(world: World, **scope: str) -> list[Listed]:
    """The resolution's breaches as a list has them: customer, revision, status and end."""
    status, answer, _ = ask(world, "GET", "/v1/breaches", query={**scope, **PERIOD, "metric": "resolution"})
    assert status == 200, answer
    names = ("customer", "revision", "status", "ended_at")
    return [tuple(map(each.get, names)) for each in answer["breaches"]]


def everywhere(world: World) -> list[list[Listed]]:
    """By account, by all breaches of the month, of acme and of beta."""
    return [
        listed(world, **scope)
        for scope in ({"account": "all"}, {}, {"customer": "acme"}, {"customer": "beta"})
    ]


def told(world: World) -> list[tuple[str, str | None]]:
    """The rows of the breach, and whose each is."""
    _, breach, _ = ask(world, "GET", f"/v1/breaches/{public_id(SUBJECT, BREACH_KEY)}")
    return [(row["fact"], row["customer"]) for row in breach["rows"]]


@pytest.mark.parametrize("moved", ["17:00:00", "18:30:00"])
def test_what_becomes_of_a_breach_is_said_of_the_customer_of_whom_it_was(world: World, moved: str) -> None:
    """The ticket's customer was another one before the breach, as we hear late; or is since."""
    world.at(f"{DAY}18:30:00Z")
    take(world, moved, "updated", **BETA)
    take(world, "19:00:00", "solved", status="solved")
    ended = ("acme", 0, "ended", f"{DAY}19:00:00Z")
    assert everywhere(world) == [[ended], [ended], [ended], []]
    take(world, "20:00:00", "reopened", status="open")
    again = ("acme", 0, "open", None)
    assert everywhere(world) == [[again], [again], [again], []]
    post(world, "dispute", decision="waived", reason="goodwill")
    waived = ("acme", 0, "waived", None)
    assert everywhere(world) == [[waived], [waived], [waived], []]
    facts = ("clock_breached", "breach_ended", "breach_reopened", "case_dispute")
    assert told(world) == [(fact, "acme") for fact in facts]


def test_an_end_and_another_customer_of_which_we_hear_late_leave_a_breach_where_it_is(world: World) -> None:
    """Both are folded again; what is set right is the breach's, too."""
    take(world, "19:00:00", "solved", status="solved")
    world.at(f"{DAY}20:30:00Z")
    take(world, "17:00:00", "updated", **BETA)
    take(world, "18:40:00", "solved", status="solved")
    breach = ("acme", 0, "ended", f"{DAY}18:40:00Z")
    assert everywhere(world) == [[breach], [breach], [breach], []]
    facts = ("clock_breached", "breach_ended", "outcome_corrected", "breach_ended")
    assert told(world) == [(fact, "acme") for fact in facts]


def test_a_breach_that_was_nobody_s_stays_nobody_s() -> None:
    """The ticket has a customer since: what becomes of the breach is not said of them alone."""
    world = opened()
    take(world, "18:30:00", "updated", **ACME)
    take(world, "19:00:00", "solved", status="solved")
    breach = (None, 0, "ended", f"{DAY}19:00:00Z")
    assert everywhere(world) == [[breach], [breach], [], []]
    assert told(world) == [("clock_breached", None), ("breach_ended", None)]


def test_a_breach_told_anew_is_of_the_customer_known_by_then(world: World) -> None:
    """The withdrawn one is found where it was, and the one that stands where it belongs."""
    world.at(f"{DAY}20:30:00Z")
    take(world, "17:00:00", "updated", **BETA)
    for at, status in (("15:00:00", "pending"), ("15:10:00", "open")):
        take(world, at, "status_changed", status=status)
    before, stands = ("acme", 0, "corrected", None), ("beta", 1, "open", None)
    assert everywhere(world) == [[before, stands], [before, stands], [before], [stands]]
    take(world, "21:00:00", "solved", status="solved")
    ended = ("beta", 1, "ended", f"{DAY}21:00:00Z")
    assert everywhere(world) == [[before, ended], [before, ended], [before], [ended]]


@pytest.mark.parametrize(
    ("at", "kind", "status", "withdrawn", "ended_at"),
    [
        ("18:30:00", "solved", "solved", "breach_ended", "18:30:00"),
        ("19:30:00", "reopened", "open", "breach_reopened", "21:00:00"),
    ],
)
def test_a_withdrawn_turn_of_a_breach_counts_no_more(
    world: World, at: str, kind: str, status: str, withdrawn: str, ended_at: str
) -> None:
    """In any index: its correction lies with the breach, and with all its other rows."""
    take(world, "19:00:00", "solved", status="solved")
    if kind == "reopened":
        take(world, "20:00:00", "reopened", status="open")
        take(world, "21:00:00", "solved", status="solved")
    world.at(f"{DAY}22:00:00Z")
    take(world, at, kind, status=status)
    _, breach, _ = ask(world, "GET", f"/v1/breaches/{public_id(SUBJECT, BREACH_KEY)}")
    taken_back = {row["corrects"] for row in breach["rows"] if row["fact"] == "outcome_corrected"}
    assert {row["fact"] for row in breach["rows"] if row["id"] in taken_back} == {withdrawn}
    found = ("acme", 0, "ended", f"{DAY}{ended_at}Z")
    assert everywhere(world) == [[found], [found], [found], []]
    assert breach["ended_at"] == f"{DAY}{ended_at}Z"
    ledger = [item for item in world.memory.tables["ledger"].values() if ":resolution:" in item["sk"]]
    by_month = sorted((item for item in ledger if "breach_month" in item), key=lambda item: item["due_order"])
    assert [public_id(SUBJECT, item["sk"]) for item in by_month] == [row["id"] for row in breach["rows"]]
    assert len({item["due_order"].rpartition("#")[0] for item in by_month}) == 1
