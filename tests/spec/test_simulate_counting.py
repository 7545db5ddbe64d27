"""What `slaclock simulate` counts: cycles, attainment, the tightest target, and what changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from slaclock.cli.simulate_report import hundredths, length_of, whole_minutes
from slaclock.domain.choosing import Agreements
from slaclock.domain.events import TicketEvent
from slaclock.domain.replay import replay
from slaclock.simulation.comparing import Change, changes, paired
from slaclock.simulation.counting import BY_DATE, Promise, Stops, Tally, count, merge, together
from slaclock.simulation.cycles import Cycle, cycles_of
from tests.spec.story import agreement, shown, target, when

if TYPE_CHECKING:
    from slaclock.domain.facts import Fact

GOLD = Agreements((agreement(target("first_response", "1h"), target("resolution", "4h")),))


def at(instant: str, kind: str, status: str = "", priority: str = "") -> TicketEvent:
    said = {"status": status, "priority": priority}
    attributes = {name: value for name, value in said.items() if value}
    return TicketEvent(f"{kind}-{instant}", "acme", "1", kind, when(instant), when(instant), attributes)


def became(*given: TicketEvent, until: str, agreements: Agreements = GOLD) -> list[str]:
    """What became of each cycle, in a line."""
    cycles = cycles_of(replay(given, agreements, when(until)))
    return [f"{lane} {number}: {said(cycle)}" for (lane, number), cycle in cycles.items()]


def said(cycle: Cycle) -> str:
    due = f", due {shown(cycle.due_at)}" if cycle.due_at else ""
    return f"{cycle.outcome}{due}" + (f", worked {cycle.worked // 60}m" if cycle.worked is not None else "")


CREATED, REPLIED = at("Mon 09:00", "created"), at("Mon 09:30", "agent_replied")


@pytest.mark.parametrize(
    ("until", "outcome"),
    [
        ("Mon 12:59:59", "open, due Mon 13:00"),
        ("Mon 13:00", "breached, due Mon 13:00"),
        ("Mon 13:59:59", "breached, due Mon 13:00"),
        ("Mon 14:00", "breached, due Mon 13:00, worked 300m"),
        ("Mon 15:00", "breached, due Mon 13:00"),
        ("Mon 16:00", "breached, due Mon 13:00, worked 360m"),
    ],
)
def test_a_breach_has_worked_until_its_last_end(until: str, outcome: str) -> None:
    """Solved at 14:00, reopened at 15:00, solved at 16:00: the gap is not worked, and the last end counts."""
    life = [
        CREATED,
        REPLIED,
        at("Mon 14:00", "solved", "solved"),
        at("Mon 15:00", "reopened", "open"),
        at("Mon 16:00", "solved", "solved"),
    ]
    assert became(*life, until=until)[1] == f"resolution 1: {outcome}"


def test_a_cycle_met_and_reopened_is_two() -> None:
    """The second goes on with the hour of the first, and counts for itself."""
    life = [
        CREATED,
        REPLIED,
        at("Mon 10:00", "solved", "solved"),
        at("Mon 11:00", "reopened", "open"),
        at("Mon 12:00", "solved", "solved"),
    ]
    assert became(*life, until="Tue 09:00") == [
        "first_response 1: met, due Mon 10:00, worked 30m",
        "resolution 1: met, due Mon 13:00, worked 60m",
        "resolution 2: met, due Mon 14:00, worked 120m",
    ]


def test_a_pause_is_not_worked_and_has_no_deadline() -> None:
    """Pending from 10:00; open again at 15:00 with three hours left, one of them today."""
    life = [CREATED, REPLIED, at("Mon 10:00", "status_changed", "pending")]
    assert became(*life, until="Mon 14:00")[1] == "resolution 1: open"
    more = [*life, at("Mon 15:00", "status_changed", "open"), at("Tue 10:00", "solved", "solved")]
    assert became(*more, until="Tue 10:00")[1] == "resolution 1: met, due Tue 10:00, worked 240m"


def test_an_outcome_withdrawn_does_not_count() -> None:
    """A promise lost with its priority is cancelled; regained, its cycle goes on."""
    promises = Agreements((agreement(target("resolution", {"urgent": "4h"})),))
    life = [
        at("Mon 09:00", "created", priority="urgent"),
        at("Mon 10:00", "priority_changed", priority="low"),
        at("Mon 11:00", "priority_changed", priority="urgent"),
        at("Mon 12:00", "solved", "solved"),
    ]
    assert became(*life, until="Mon 10:30", agreements=promises) == ["resolution 1: cancelled, due Mon 13:00"]
    outcome = became(*life, until="Mon 12:00", agreements=promises)
    assert [line.split(",")[0] for line in outcome] == ["resolution 1: met"]


def test_a_breach_withdrawn_on_arrival_does_not_count() -> None:
    """The reply of 09:58 reaches us at 10:20: met, as was not known before."""
    late = replace(at("Mon 09:58", "agent_replied"), received_at=when("Mon 10:20"))
    told = list(replay([CREATED, late], GOLD, when("Mon 10:30"), arrival=True))
    assert said(cycles_of(told)["first_response", 1]) == "met, due Mon 10:00, worked 58m"
    early = [fact for fact in told if fact.at <= when("Mon 10:00") and fact.fact != "clock_met"]
    assert said(cycles_of(early)["first_response", 1]) == "breached, due Mon 10:00"


def test_an_end_withdrawn_is_no_end() -> None:
    """A breach whose end did not happen waits still."""
    life = [CREATED, at("Mon 11:00", "agent_replied")]
    told = [fact for fact in replay(life, GOLD, when("Mon 11:00")) if fact.target == "first_response"]
    wrong = told[-1]
    assert wrong.fact == "breach_ended"
    corrected: Fact = replace(wrong, fact="outcome_corrected", details={"corrects": wrong.id})
    assert said(cycles_of([*told, corrected])["first_response", 1]) == "breached, due Mon 10:00"


@pytest.mark.parametrize(
    ("worked", "never", "answers"),
    [
        ([], 0, [None, None, None]),
        ([], 1, [None, None, None]),
        ([600], 0, [600, 600, 600]),
        (list(range(1, 21)), 0, [18, 19, 20]),
        (list(range(1, 20)), 1, [18, 19, None]),
        (list(range(1, 18)), 3, [None, None, None]),
        (list(range(1, 101)), 0, [90, 95, 99]),
        (list(range(1, 101)), 1, [91, 96, 100]),
        (list(range(1, 101)), 2, [92, 97, None]),
        ([5, 5, 5, 5, 5, 5, 5, 5, 5, 9], 0, [5, 9, 9]),
    ],
)
def test_the_tightest_target_is_the_nearest_rank(
    worked: list[int], never: int, answers: list[int | None]
) -> None:
    """Of n cycles the ceil(share x n)-th shortest; those that never stopped come after all others."""
    stops = Stops(worked[::-1], never)
    assert [stops.tightest(share) for share in (90, 95, 99)] == answers


A, B = Promise("gold", "a", "a"), Promise("gold", "b", "b")


def cycle(outcome: str, worked: int | None = None, budget: str = "1h", target_: str = "a") -> Cycle:
    return Cycle("gold", target_, target_, budget, outcome, None, worked)


def test_cycles_are_counted_by_promise_and_budget() -> None:
    """Attainment is of those met or breached; one open or cancelled says nothing of either."""
    tallies: dict[Promise, Tally] = {}
    count(tallies, [cycle("met", 60), cycle("breached", 7200), cycle("breached"), cycle("met", 90, "2h")])
    count(tallies, [cycle("cancelled"), cycle("open"), cycle("cancelled", target_="b")])
    one = tallies[A]
    assert (one.met, one.breached, one.cancelled, one.open, one.attainment) == (2, 2, 1, 1, 0.5)
    assert one.stops == {"1h": Stops([60, 7200], 1), "2h": Stops([90])}
    assert together(one.stops.values()) == Stops([60, 7200, 90], 1)
    assert tallies[B].attainment is None


def test_deadlines_that_tickets_give_themselves_are_counted_together() -> None:
    """Each has its own date; as budgets they would be one apiece."""
    tally = Tally()
    for number, budget in enumerate(["2026-04-03T15:00:00Z", "end of day of 2026-04-07", "2h wall"]):
        tally.add(cycle("met", number, budget))
    assert tally.stops == {BY_DATE: Stops([0, 1]), "2h wall": Stops([2])}


def test_counts_of_several_processes_add_up() -> None:
    """As if one had counted all."""
    alone: dict[Promise, Tally] = {}
    parts = [[cycle("met", 60), cycle("open")], [cycle("met", 90, "2h"), cycle("breached", None)]]
    merged: dict[Promise, Tally] = {}
    for part in parts:
        count(alone, part)
        its: dict[Promise, Tally] = {}
        count(its, part)
        merge(merged, its)
    assert merged == alone


@pytest.mark.parametrize(
    ("met", "breached", "shown_"), [(2, 1, 6666), (99_999, 1, 9999), (3, 0, 10_000), (0, 3, 0), (0, 0, None)]
)
def test_attainment_is_never_shown_better_than_it_is(met: int, breached: int, shown_: int | None) -> None:
    """Cut off after two decimals: 100 % means that nothing was breached."""
    assert hundredths(Tally(met, breached)) == shown_


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0m"), (1, "1m"), (60, "1m"), (61, "2m"), (3541, "1h"), (25_861, "7h12m")]
)
def test_lengths_are_shown_up_to_the_next_whole_minute(seconds: int, text: str) -> None:
    """A budget of what is shown would have been enough; a document can say it so."""
    assert whole_minutes(seconds) == text


def test_budgets_are_ordered_by_length() -> None:
    """Those that a date of the ticket gives come last."""
    budgets = [BY_DATE, "2d", "8h", "1d wall", "30m"]
    assert sorted(budgets, key=length_of) == ["30m", "8h", "1d wall", "2d", BY_DATE]


def test_a_change_is_another_outcome_of_the_same_cycle() -> None:
    """Another deadline alone is none; a clock that one side lacks is."""
    met, later = cycle("met", 60), replace(cycle("met", 60), due_at=when("Mon 09:00"))
    breached = cycle("breached")
    old = {("a", 1): met, ("a", 2): met, ("b", 1): cycle("open", target_="b")}
    new = {("a", 1): later, ("a", 2): breached, ("a", 3): met}
    one, other = ("acme", "1", "ticket"), ("beta", "1", "ticket")
    found = sorted(changes(old={one: old}, new={one: new, other: old}), key=lambda each: each.order)
    assert found == [
        Change("acme", "1", 2, met, breached),
        Change("acme", "1", 3, None, met),
        Change("acme", "1", 1, old["b", 1], None),
        Change("beta", "1", 1, None, met),
        Change("beta", "1", 2, None, met),
        Change("beta", "1", 1, None, old["b", 1]),
    ]
    assert [each.target for each in found] == ["a", "a", "b", "a", "a", "b"]


def test_tickets_are_ordered_as_people_number_them() -> None:
    """T-9 before T-10, whatever else ids are made of."""
    ids = ["T-10", "T-9", "9", "10", "", "U2-1", "U1-2", "7" * 40]
    ordered = sorted(
        (Change("acme", each, 1, None, cycle("met", 1)) for each in ids), key=lambda one: one.order
    )
    assert [each.ticket_id for each in ordered] == ["", "9", "10", "7" * 40, "T-9", "T-10", "U1-2", "U2-1"]


NEW, OLD = Promise("gold-2027", "a", "a"), Promise("gold-2026", "a", "a")


@pytest.mark.parametrize(
    ("kinds", "old_kinds", "pairs"),
    [
        ({"gold-2027": "customer"}, {"gold-2026": "customer"}, [(NEW, OLD)]),
        ({"gold-2027": "customer"}, {"gold-2026": "internal"}, [(NEW, None), (None, OLD)]),
        (
            {"gold-2027": "customer", "silver": "customer"},
            {"gold-2026": "customer"},
            [(NEW, None), (None, OLD)],
        ),
        ({"gold-2027": "customer"}, {"gold-2026": "customer", "ola": "internal"}, [(NEW, OLD)]),
    ],
)
def test_promises_stand_beside_those_whose_place_they_take(
    kinds: dict[str, str], old_kinds: dict[str, str], pairs: list[tuple[Promise | None, Promise | None]]
) -> None:
    """By the agreement's id; or by its kind, where it is the only one of its kind on each side."""
    assert paired([NEW], [OLD], kinds, old_kinds) == pairs
