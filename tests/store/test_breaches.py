"""Finding breaches: which, in what order, in which state, page by page, in both stores."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from slaclock.domain.case_entry import DECISIONS
from slaclock.domain.facts import Fact
from slaclock.records import breaches
from slaclock.records.breach_query import parse_query
from slaclock.records.breaches import Page, breach_to_json, find_breaches
from slaclock.store.rows import LedgerRow
from tests.spec.signing import CURSORS
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY, commit, fact, ticket

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
DUE = MONDAY + HOUR


def told(store: Store, *facts: Fact, ticket_id: str = "1") -> None:
    store.commit(commit(None, ticket(ticket_id), *facts))


def breach(ticket_id: str = "1", due: datetime = DUE, **members: Any) -> Fact:
    return fact(about=ticket(ticket_id), at=due, due_at=due, **members)


def after(name: str, hours: int, **members: Any) -> Fact:
    """What became of the breach of ticket 1, so many hours later."""
    return fact(name, at=DUE + hours * HOUR, mark=f"{hours:016x}", **members)


def written(name: str, hours: int) -> Fact:
    """What became of it, or a decision about its dispute."""
    if name in DECISIONS:
        return after("case_dispute", hours, details={"decision": name, "reason": "so", "by": "ada"})
    because = {"corrects": breach().id, "because": "e9", "told": []} if name == "outcome_corrected" else {}
    return after(name, hours, details={"by": "ada", **because})


def find(store: Store, **parameters: str) -> Page:
    return find_breaches(store, parse_query({**MARCH, **parameters}, MONDAY, CURSORS))


def ids(page: Page) -> list[str]:
    return [each.standing.told.ticket_id for each in page.breaches]


def status(store: Store) -> str:
    (found,) = find(store).breaches
    return found.standing.status


def test_a_breach_is_listed_from_the_moment_it_is_told(store: Store) -> None:
    """While its ticket is still open."""
    told(store, breach())
    assert status(store) == "open"


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ([("breach_acknowledged", 1)], "acknowledged"),
        ([("breach_acknowledged", 1), ("breach_ended", 2)], "ended"),
        ([("breach_ended", 2), ("breach_reopened", 3)], "open"),
        ([("breach_acknowledged", 1), ("breach_ended", 2), ("breach_reopened", 3)], "acknowledged"),
        ([("breach_ended", 2), ("breach_reopened", 3), ("breach_ended", 4)], "ended"),
        ([("breach_ended", 4), ("breach_ended", 2), ("breach_reopened", 3)], "ended"),
        ([("case_note", 1), ("case_cause", 2)], "open"),
        ([("breach_ended", 1), ("raised", 2)], "disputed"),
        ([("raised", 1), ("upheld", 2)], "open"),
        ([("breach_acknowledged", 1), ("raised", 2), ("upheld", 3)], "acknowledged"),
        ([("raised", 1), ("waived", 2), ("breach_ended", 3)], "waived"),
        ([("waived", 1), ("raised", 2)], "disputed"),
        ([("raised", 2), ("waived", 1)], "disputed"),
        ([("waived", 1), ("outcome_corrected", 2)], "corrected"),
    ],
)
def test_a_status_is_the_first_that_holds(store: Store, then: list[tuple[str, int]], found: str) -> None:
    """Of corrected, waived, disputed, ended, acknowledged, open; in the order of what happened."""
    told(store, breach(), *(written(name, hours) for name, hours in then))
    assert status(store) == found


def test_the_case_of_a_breach_comes_with_it(store: Store) -> None:
    """Its rows lie together with the breach's own, whoever asks for it; each kind's latest is shown."""
    said = {"remedy": "more people", "owner": "kim", "due": "2026-04-30", "by": "ada"}
    told(
        store,
        breach(),
        after("case_cause", 1, details={"root_cause": "staffing", "by": "ada"}),
        after("case_cause", 3, details={"root_cause": "third-party", "by": "ada"}),
        after("case_remedy", 2, details=said),
        after("case_review", 4, details={"note": "it helps", "by": "ada"}),
        *(after("case_note", hours, details={"note": "a", "by": "ada"}) for hours in range(5, 9)),
    )
    told(store, breach("2"), ticket_id="2")
    for asked in ({}, {"account": "acme"}, {"customer": "acme"}):
        first, second = (breach_to_json(each) for each in find(store, **asked).breaches)
        shown = ("cause", "remedy", "remedy_owner", "remedy_due", "review_outcome", "dispute", "entries")
        assert [first[name] for name in shown] == [
            "third-party", "more people", "kim", "2026-04-30", None, None, 8,
        ]  # fmt: skip
        assert first["reviewed_at"] == "2026-03-02T14:00:00Z"
        assert (second["cause"], second["entries"]) == (None, 0)


def test_a_withdrawn_breach_is_corrected_and_the_next_telling_is_another(store: Store) -> None:
    """Both are listed: what was told is never taken away."""
    because = {"corrects": breach().id, "because": "e9", "told": []}
    again = breach(revision=1)
    told(store, breach(), after("breach_ended", 1), after("outcome_corrected", 2, details=because), again)
    found = find(store).breaches
    assert [each.standing.status for each in found] == ["corrected", "open"]
    assert breach_to_json(found[0])["corrected_because"] == "e9"


def test_rows_without_their_breach_are_passed_over(store: Store) -> None:
    """As where a ticket changed its customer: what ended is listed where it was breached."""
    told(store, after("breach_ended", 1))
    assert find(store) == Page([], None)


def test_breaches_come_by_deadline(store: Store) -> None:
    """Over months and shards, whoever wrote first."""
    for number, hours in enumerate([900, 5, 30, 1], start=1):
        told(store, breach(str(number), DUE + hours * HOUR), ticket_id=str(number))
    everything = {"from": "2026-01-01", "to": "2026-06-01", "account": "acme"}
    assert ids(find(store, **everything)) == ["4", "2", "3", "1"]
    assert ids(find(store)) == ["4", "2", "3"]


def test_the_period_bounds_the_deadline_and_its_end_is_excluded(store: Store) -> None:
    """Due at ten: in the hour that begins at ten, not in the one that ends then."""
    told(store, breach())
    assert ids(find(store, **{"from": "2026-03-02T10:00:00Z", "to": "2026-03-02T11:00:00Z"})) == ["1"]
    assert ids(find(store, **{"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T10:00:00Z"})) == []


@pytest.mark.parametrize(
    ("name", "this", "another"),
    [
        ("customer", "x", "y"),
        ("team", "x", "y"),
        ("agreement", "x", "y"),
        ("priority", "low", "none"),
        ("service", "x", "y"),
        ("kind", "quality", "resolution"),
        ("metric", "next_response", "first_response"),
        ("metric", "vendor-wait", "first_response"),
    ],
)
def test_other_parameters_narrow(store: Store, name: str, this: str, another: str) -> None:
    """Each by what the breach says of itself."""
    members: dict[str, Any] = {name: this} if name in ("agreement", "metric") else {"details": {name: this}}
    told(store, breach("1", **members), ticket_id="1")
    told(store, breach("2"), ticket_id="2")
    assert ids(find(store, **{name: this})) == ["1"]
    assert ids(find(store, account="acme", **{name: this})) == ["1"]
    assert ids(find(store, **{name: another})) == []


def test_a_customers_breaches_are_found_in_every_account_or_in_one(store: Store) -> None:
    """Two accounts may serve the same customer."""
    told(store, breach("1"), ticket_id="1")
    other = ticket("2", account="other")
    store.commit(commit(None, other, fact(about=other)))
    assert sorted(ids(find(store, customer="acme"))) == ["1", "2"]
    assert ids(find(store, customer="acme", account="other")) == ["2"]


def test_pages_follow_each_other_without_gap_or_repeat(store: Store) -> None:
    """Two rows of a breach never come apart; the last page has no cursor."""
    for number in range(7):
        row = breach(str(number), DUE + number // 3 * HOUR)
        told(
            store,
            row,
            fact("breach_ended", about=ticket(str(number)), due_at=row.due_at),
            ticket_id=str(number),
        )
    found: list[str] = []
    cursor: dict[str, str] = {}
    sizes = []
    while True:
        page = find(store, limit="3", **cursor)
        found += ids(page)
        sizes.append(len(page.breaches))
        if page.next_cursor is None:
            break
        cursor = {"cursor": page.next_cursor}
    assert sorted(found) == [str(number) for number in range(7)]
    assert sizes == [3, 3, 1]


def test_a_full_last_page_has_no_cursor(store: Store) -> None:
    """There is nothing after it."""
    told(store, breach("1"), ticket_id="1")
    told(store, breach("2"), ticket_id="2")
    assert find(store, limit="2").next_cursor is None
    assert find(store, limit="1").next_cursor is not None


def test_a_page_ends_early_where_little_of_much_is_wanted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its cursor goes on behind what was looked at, so that every page takes bounded time."""
    monkeypatch.setattr(breaches, "MOST_READ", 2)
    for number in range(5):
        team = {"team": "x"} if number == 4 else {}
        told(store, breach(str(number), DUE + number * HOUR, details=team), ticket_id=str(number))
    first = find(store, team="x")
    assert (ids(first), first.next_cursor is None) == ([], False)
    second = find(store, team="x", cursor=first.next_cursor or "")
    third = find(store, team="x", cursor=second.next_cursor or "")
    assert (ids(third), third.next_cursor) == (["4"], None)


@pytest.mark.parametrize(
    ("most", "pages"),
    [(1, [["1"], ["2"], ["3"]]), (4, [["1"], ["2", "3"]]), (5, [["1", "2"], ["3"]]), (9, [["1", "2", "3"]])],
)
def test_a_page_ends_early_where_cases_are_long(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int, pages: list[list[str]]
) -> None:
    """Rows are counted, four, three and two; a breach that was begun is read to its end."""
    monkeypatch.setattr(breaches, "MOST_READ", most)
    for number, notes in (("1", 3), ("2", 2), ("3", 1)):
        about, due = ticket(number), DUE + int(number) * HOUR
        case = [
            fact("case_note", about=about, at=due, due_at=due, mark=f"{each:016x}", details={"by": "ada"})
            for each in range(notes)
        ]
        told(store, breach(number, due), *case, ticket_id=number)
    found: list[list[tuple[str, int]]] = []
    cursor: dict[str, str] = {}
    while True:
        page = find(store, **cursor)
        found.append([(each.standing.told.ticket_id, each.entries) for each in page.breaches])
        if page.next_cursor is None:
            break
        cursor = {"cursor": page.next_cursor}
    entries = {"1": 3, "2": 2, "3": 1}
    assert [each for each in found if each] == [[(one, entries[one]) for one in page] for page in pages]


def test_a_page_holds_no_more_of_a_long_case_than_it_shows(store: Store) -> None:
    """The latest entry of each kind, and how many there are: memory does not grow with the cases."""
    kinds = ("case_note", "case_cause", "case_remedy", "case_review", "case_dispute")
    details = {"by": "ada", "decision": "raised", "root_cause": "staffing"}
    case = [after(kinds[hours % 5], hours, details=details) for hours in range(40)]
    told(store, breach(), *case)
    (found,) = find(store).breaches
    assert found.entries == 40
    assert sorted(each.at for each in found.standing.entries) == [
        DUE + hours * HOUR for hours in range(35, 40)
    ]


def test_of_two_entries_at_one_instant_the_last_one_told_counts(store: Store) -> None:
    """As in the breach's own answer."""
    causes = ("staffing", "customer", "monitoring")
    told(
        store,
        breach(),
        *(
            fact("case_cause", at=DUE, mark=mark * 16, details={"root_cause": cause, "by": "ada"})
            for mark, cause in zip("cab", causes, strict=True)
        ),
    )
    assert find(store).breaches[0].standing.cause == "monitoring"


def test_reading_stops_at_the_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later months are not asked for once the page is full."""
    for number, hours in enumerate([0, 1, 2, 24 * 40]):
        told(store, breach(str(number), DUE + hours * HOUR), ticket_id=str(number))
    asked: list[str] = []
    rows = store.rows

    def noted(partitions: list[tuple[str, str]], *wanted: Any) -> Iterator[LedgerRow]:
        asked.extend(key for _, key in partitions)
        return rows(partitions, *wanted)

    monkeypatch.setattr(store, "rows", noted)
    find(store, account="acme", limit="1", **{"from": "2026-03-01", "to": "2026-06-01"})
    assert asked == ["month#acme#2026-03"]


def test_status_and_cause_narrow_by_what_they_are_now(store: Store) -> None:
    """By the latest of each, whatever was said before."""
    causes = [("staffing", 1), ("monitoring", 2)]
    told(
        store,
        breach("1"),
        *(after("case_cause", hours, details={"root_cause": cause, "by": "ada"}) for cause, hours in causes),
        ticket_id="1",
    )
    told(store, breach("2"), ticket_id="2")
    assert ids(find(store, cause="monitoring")) == ["1"]
    assert ids(find(store, cause="staffing")) == []
    assert ids(find(store, status="open")) == ["1", "2"]
    assert ids(find(store, status="disputed")) == []


def test_a_service_that_is_the_subject_is_the_service(store: Store) -> None:
    """A breach of a promise about a service, not about a ticket."""
    about = ticket("mail", subject="service")
    store.commit(commit(None, about, fact(about=about)))
    assert ids(find(store, service="mail")) == ["mail"]
    assert breach_to_json(find(store).breaches[0])["service"] == "mail"
