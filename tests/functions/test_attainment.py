"""GET /v1/reports/attainment, and the nights that roll up what it counts."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.facts import Fact
from slaclock.domain.instants import parse_instant
from slaclock.records import attainment_http
from slaclock.records.attainment import COLUMNS, attainment
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.records.http import json_text
from slaclock.register import Act, Register
from slaclock.rollups import Roller
from slaclock.store.errors import WriteConflictError
from slaclock.store.memory import MemoryStore
from slaclock.store.reports import ALL, sealed_until, whose_of
from tests.functions.test_records import LATER, OPENED, ask, breached
from tests.functions.vault import MONDAY, TUESDAY, WEDNESDAY, Vault, opened
from tests.functions.world import World
from tests.store.samples import commit, fact, ticket

PATH = "/v1/reports/attainment"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return World(OPENED)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def told(vault: Vault, ticket_id: str, due: str, name: str = "clock_met", at: str = "", **more: Any) -> Fact:
    """Record an outcome of a ticket, `at` an instant, else when it is due."""
    about, instant = ticket(ticket_id, account="example"), parse_instant(due)
    details = {"customer": "acme", "team": "t-1", "worked_seconds": 60, "wall_seconds": 90, **more}
    row = fact(name, about=about, due_at=instant, at=instant)
    row = replace(row, details={key: value for key, value in details.items() if value is not None})
    vault.memory.commit(commit(None, about, row, at=parse_instant(at or due)))
    return row


def figures(memory: MemoryStore, **query: str) -> Mapping[str, Any]:
    asked = parse_attainment_query({"account": "example", "from": "2026-03-01", "to": "2026-03-10", **query})
    return attainment(memory, asked, datetime(2026, 3, 6, tzinfo=UTC))


def test_a_report_counts_what_the_record_has(world: World) -> None:
    """Before any night was sealed, from the rows: two clocks of a ticket, both of them late."""
    breached(world)
    status, body, headers = ask(
        world, "GET", PATH, query={"account": "example", "month": "2026-03", "by": "metric"}
    )
    assert (status, headers["vary"]) == (200, "Accept")
    assert {name: body[name] for name in ("period", "as_of", "sealed", "by")} == {
        "period": {"from": "2026-03-01", "to": "2026-04-01", "zone": "UTC"},
        "as_of": LATER,
        "sealed": False,
        "by": ["metric"],
    }
    assert [(each["metric"], each["breached"], each["open_overdue"]) for each in body["groups"]] == [
        ("first_response", 1, 1),
        ("resolution", 1, 1),
    ]
    assert body["total"] == {
        "met": 0,
        "breached": 2,
        "attainment": "0.0000",
        "open_overdue": 2,
        "cancelled": 0,
        "excluded": 0,
        "corrected": 0,
        "reopened_share": "0.0000",
        "worked_seconds": {"median": None, "p90": None},
        "wall_seconds": {"median": None, "p90": None},
        "ratings": {"number": 0, "mean": None, "values": {}},
    }


def test_a_report_comes_as_csv(world: World) -> None:
    """A line for each group; what is not known is an empty cell."""
    breached(world)
    query = {"account": "example", "month": "2026-03", "by": "customer,team"}
    status, body, headers = ask(world, "GET", PATH, query=query, headers={"accept": "text/csv"})
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8; header=present")
    assert body.startswith('"customer","team","met",')
    header, row = csv.reader(io.StringIO(body))
    assert tuple(header) == ("customer", "team", *COLUMNS)
    assert dict(zip(header, row, strict=True)) == dict.fromkeys(header, "") | {
        "customer": "acme", "team": "t-1", "met": "0", "breached": "2", "attainment": "0.0000",
        "open_overdue": "2", "cancelled": "0", "excluded": "0", "corrected": "0", "reopened_share": "0.0000",
        "ratings": "0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"account": None}, "account"),
        ({"month": None}, "from"),
        ({"month": None, "from": "2026-03-01"}, "to"),
        ({"from": "2026-03-01"}, "from"),
        ({"month": "2026-13"}, "month"),
        ({"month": "0000-01"}, "month"),
        ({"month": None, "from": "2026-03-02", "to": "2026-03-02"}, "from"),
        ({"month": None, "from": "2025-03-01", "to": "2026-03-03"}, "from"),
        ({"month": None, "from": "2026-02-30", "to": "2026-03-03"}, "from"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"by": "clause"}, "by"),
        ({"by": "team,team"}, "by"),
        ({"by": "team,metric,hour"}, "by"),
        ({"kind": "response"}, "kind"),
        ({"team": "x" * 257}, "team"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    world: World, change: dict[str, str | None], parameter: str
) -> None:
    """By the parameter that is at fault."""
    query = {"account": "example", "month": "2026-03", **change}
    given = {name: value for name, value in query.items() if value is not None}
    status, body, _ = ask(world, "GET", PATH, query=given)
    assert (status, body["parameter"]) == (400, parameter)


def test_too_many_groups_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says how many there may be."""
    monkeypatch.setattr("slaclock.evidence.attainment.MOST_GROUPS", 1)
    breached(world)
    status, body, _ = ask(
        world, "GET", PATH, query={"account": "example", "month": "2026-03", "by": "metric"}
    )
    assert (status, body["parameter"]) == (400, "by")


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_report_that_is_too_large_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    """A function may answer six million bytes, as JSON in which the report is a text: quotes count twice."""
    breached(world, team={"id": "Ж" * 30})
    asked = {"query": {"account": "example", "month": "2026-03", "by": "team"}, "headers": {"accept": accept}}
    _, body, _ = ask(world, "GET", PATH, **asked)
    text = body if isinstance(body, str) else json_text(body)
    monkeypatch.setattr(attainment_http, "LARGEST", len(json.dumps(text)) - 1)
    assert ask(world, "GET", PATH, **asked)[0] == 413
    monkeypatch.setattr(attainment_http, "LARGEST", len(json.dumps(text)))
    assert ask(world, "GET", PATH, **asked)[0] == 200


@pytest.mark.parametrize("team", ["=1+1", " @sum", "\uff0b1", "\u2212cmd"])
def test_no_cell_of_a_report_is_a_formula(world: World, team: str) -> None:
    """As in the list of breaches: a team's name is somebody else's words."""
    breached(world, team={"id": team})
    query = {"account": "example", "month": "2026-03", "by": "team"}
    _, body, _ = ask(world, "GET", PATH, query=query, headers={"accept": "text/csv"})
    assert [row["team"] for row in csv.DictReader(io.StringIO(body))] == [f"'{team}"]


def test_other_forms_and_methods_are_refused(world: World) -> None:
    """Neither NDJSON nor POST, nor a byte order mark that is neither wanted nor not."""
    query = {"account": "example", "month": "2026-03"}
    assert ask(world, "GET", PATH, query=query, headers={"accept": "application/x-ndjson"})[0] == 406
    assert ask(world, "GET", PATH, query=query, headers={"accept": "text/csv;bom=yes"})[0] == 406
    status, _, headers = ask(world, "POST", PATH, query=query)
    assert (status, headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("zone", "first", "met"),
    [
        ("UTC", "2026-03-02", 1),
        ("Europe/Copenhagen", "2026-03-02", 0),
        ("Europe/Copenhagen", "2026-03-03", 1),
    ],
)
def test_days_are_those_of_the_zone(vault: Vault, zone: str, first: str, met: int) -> None:
    """Half past eleven at night of UTC is the next day in Copenhagen; sealed or not."""
    told(vault, "1", "2026-03-02T23:30:00Z")
    query = {"zone": zone, "from": first, "to": (date.fromisoformat(first) + DAY).isoformat()}
    assert figures(vault.memory, **query)["total"]["met"] == met
    vault.seal(MONDAY)
    assert figures(vault.memory, **query)["total"]["met"] == met


def test_a_night_rolls_up_what_its_day_brought(vault: Vault) -> None:
    """For the account and for each customer; the report from rollups is the one from rows."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    told(vault, "2", "2026-03-02T10:00:00Z", "clock_breached", customer="b", team=None)
    told(
        vault, "3", "2026-03-02T11:00:00Z", "ticket_rated", customer=None, rating=4, at="2026-03-02T11:00:00Z"
    )
    queries = [
        {},
        {"by": "customer,team"},
        {"customer": "b"},
        {"customer": "-"},
        {"customer": "other"},
        {"team": "-"},
    ]
    before = [figures(vault.memory, **query) for query in queries]
    vault.seal(MONDAY)
    made = vault.memory.made("example", MONDAY, MONDAY)
    assert {each.version for each in made.values()} == {1}
    assert len(list(vault.memory.rollups("example", ALL, made))) == 1
    assert len(list(vault.memory.rollups("example", whose_of("b"), made))) == 1
    vault.memory.tables["ledger"].clear()  # from here on only rollups can tell
    assert [figures(vault.memory, **query) for query in queries] == before


def test_a_period_is_sealed_when_its_last_day_is(vault: Vault) -> None:
    """Of UTC: a day in New York ends in the next one."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    day = {"from": "2026-03-02", "to": "2026-03-03"}
    assert not figures(vault.memory, **day)["sealed"]
    vault.seal(MONDAY)
    assert figures(vault.memory, **day)["sealed"]
    assert not figures(vault.memory, **day, zone="America/New_York")["sealed"]
    vault.seal(TUESDAY)
    assert figures(vault.memory, **day, zone="America/New_York")["sealed"]


def test_a_row_of_an_earlier_deadline_makes_a_new_version_of_that_day(vault: Vault) -> None:
    """What was told late or corrected is about a day that was rolled up; the version before stays."""
    wrong = told(vault, "1", "2026-03-02T09:00:00Z", "clock_breached")
    vault.seal(MONDAY)
    assert figures(vault.memory)["total"]["breached"] == 1
    right = replace(
        fact("outcome_corrected", about=ticket("1", account="example"), mark="x"),
        due_at=wrong.due_at,
        details={"customer": "acme", "corrects": wrong.id},
    )
    before = vault.memory.load("ticket#example#1").saved
    about = ticket("1", account="example")
    vault.memory.commit(commit(before, about, right, at=parse_instant("2026-03-03T08:00:00Z")))
    assert figures(vault.memory)["total"]["breached"] == 1  # as of the last night
    vault.seal(TUESDAY)
    assert figures(vault.memory)["total"]["breached"] == 0
    assert vault.memory.made("example", MONDAY, MONDAY)[MONDAY].version == 2


def test_what_had_no_deadline_is_withdrawn_on_its_own_day(vault: Vault) -> None:
    """What the correction says it was `of_at` is made anew; nothing of the day of the correction is."""
    about, at = ticket("1", account="example"), parse_instant("2026-03-02T09:00:00Z")
    met = replace(fact("clock_met", about=about, due_at=None, at=at), details={"worked_seconds": 60})
    vault.memory.commit(commit(None, about, met, at=at))
    vault.seal(MONDAY)
    assert figures(vault.memory)["total"]["met"] == 1
    later = parse_instant("2026-03-03T08:00:00Z")
    wrong = fact("outcome_corrected", about=about, due_at=None, at=later, mark="x")
    wrong = replace(wrong, details={"corrects": met.id, "of_at": "2026-03-02T09:00:00Z"})
    before = vault.memory.load("ticket#example#1").saved
    vault.memory.commit(commit(before, about, wrong, at=later))
    vault.seal(TUESDAY)
    assert figures(vault.memory)["total"]["met"] == 0


def test_what_retention_removed_stays_counted(vault: Vault) -> None:
    """A row about an old day, of which others are gone: what the last version has of them is taken over."""
    wrong, gone, rated = (
        told(vault, "1", "2026-03-02T09:00:00Z", "clock_breached"),
        told(vault, "2", "2026-03-02T10:00:00Z", customer="b"),
        told(vault, "3", "2026-03-02T11:00:00Z", "ticket_rated", rating=4),
    )
    told(vault, "4", "2026-03-02T12:00:00Z", "clock_breached")
    vault.seal(MONDAY)
    before = [figures(vault.memory, **query) for query in ({}, {"customer": "b"})]
    for row in (wrong, gone, rated):
        vault.remove(row.id)
    about = ticket("4", account="example")
    cause = fact("case_cause", about=about, due_at=parse_instant("2026-03-02T12:00:00Z"), mark="x")
    cause = replace(cause, details={"customer": "acme", "root_cause": "staffing"})
    saved = vault.memory.load("ticket#example#4").saved
    vault.memory.commit(commit(saved, about, cause, at=parse_instant("2026-03-03T08:00:00Z")))
    vault.seal(TUESDAY)
    assert vault.memory.made("example", MONDAY, MONDAY)[MONDAY].version == 2
    assert [figures(vault.memory, **query) for query in ({}, {"customer": "b"})] == before
    assert not vault.roller.build("example", MONDAY, TUESDAY)


def test_what_retention_removed_can_be_withdrawn(vault: Vault) -> None:
    """By a correction that comes after its row has gone; it is not counted twice where it is told anew."""
    wrong = told(vault, "1", "2026-03-02T09:00:00Z", "clock_breached")
    vault.seal(MONDAY)
    vault.remove(wrong.id)
    about, at = ticket("1", account="example"), parse_instant("2026-03-03T08:00:00Z")
    right = fact("outcome_corrected", about=about, mark="x")
    right = replace(right, due_at=wrong.due_at, details={"customer": "acme", "corrects": wrong.id})
    saved = vault.memory.load("ticket#example#1").saved
    vault.memory.commit(commit(saved, about, right, at=at))
    vault.seal(TUESDAY)
    assert figures(vault.memory)["total"]["breached"] == 0


@pytest.mark.parametrize("seal", ["unreadable", "there is none", "as it was made"])
def test_a_row_that_came_late_is_rolled_up(vault: Vault, seal: str) -> None:
    """Of the day before, after its seal: also where nobody can say whether there are such rows."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    vault.seal(MONDAY)
    told(vault, "2", "2026-03-02T10:00:00Z")
    vault.night_of(TUESDAY)
    if seal != "there is none":
        vault.sealer.run()
    if seal == "unreadable":
        vault.put("seals/2026/03/03/seal.json", b"{}")
    vault.roller.run(TUESDAY)
    assert figures(vault.memory)["total"]["met"] == 2


def test_a_night_makes_no_day_anew_of_which_it_sealed_nothing(vault: Vault) -> None:
    """Half past midnight: a row of the day that has just begun waits for the night after it."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    for day in (MONDAY, TUESDAY):
        vault.seal(day)
    told(vault, "2", "2026-03-03T09:00:00Z", at="2026-03-05T00:10:00Z")
    vault.seal(WEDNESDAY)
    assert figures(vault.memory)["total"]["met"] == 1
    vault.seal(WEDNESDAY + DAY)
    assert figures(vault.memory)["total"]["met"] == 2


def test_what_is_done_to_an_account_is_no_day_of_it(vault: Vault) -> None:
    """A row of its register is of no clock: an account without others has no rollups."""
    vault.time = parse_instant("2026-03-02T09:00:00Z")
    act = Act("hold_set", "ada", "suit", {"hold": "case-1"})
    Register(vault.memory, vault.memory, vault.now).enter("example", lambda _: act)
    vault.seal(MONDAY)
    assert vault.memory.accounts() == []


def test_a_rollup_made_again_from_rows_is_equal_and_makes_no_version(vault: Vault) -> None:
    """Nothing is written where nothing is new."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    vault.seal(MONDAY)
    items = dict(vault.memory.tables["reports"])
    assert not vault.roller.build("example", MONDAY, MONDAY)
    assert vault.memory.tables["reports"] == items


def test_what_is_due_later_is_rolled_up_when_its_day_is_sealed(vault: Vault) -> None:
    """Met on Monday, due on Wednesday: no day has a rollup before it is over, and each has one then."""
    told(vault, "1", "2026-03-04T09:00:00Z", at="2026-03-02T09:00:00Z")
    vault.seal(MONDAY)
    assert vault.memory.made("example", MONDAY, WEDNESDAY).keys() == {MONDAY}
    assert figures(vault.memory)["total"]["met"] == 1
    vault.seal(TUESDAY)
    vault.seal(WEDNESDAY)
    assert vault.memory.made("example", MONDAY, WEDNESDAY).keys() == {MONDAY, TUESDAY, WEDNESDAY}
    vault.memory.tables["ledger"].clear()
    assert figures(vault.memory)["total"]["met"] == 1


def test_an_account_that_failed_is_made_up_for_and_stops_no_other(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day is sealed, the others' reports with it; its own rollups come with the next night's."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    vault.breach("2", "2026-03-02T14:00:00Z")  # of the account `acme`
    build = Roller.build

    def failing(roller: Roller, account: str, *day: date) -> bool:
        if account == "example":
            raise TypeError
        return build(roller, account, *day)

    vault.night_of(MONDAY)
    with monkeypatch.context() as patched:
        patched.setattr(Roller, "build", failing)
        with pytest.raises(RuntimeError, match="1 accounts can't be rolled up"):
            vault.run()
    assert [list(vault.memory.made(each, MONDAY, MONDAY)) for each in ("acme", "example")] == [[MONDAY], []]
    assert [sealed_until(vault.memory, each) for each in ("acme", "example")] == [MONDAY, MONDAY - DAY]
    vault.run()
    assert list(vault.memory.made("example", MONDAY, MONDAY)) == [MONDAY]
    assert (vault.memory.behind(), sealed_until(vault.memory, "example")) == ({}, MONDAY)


def test_an_account_that_fails_again_is_behind_since_the_first_day_that_failed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many nights it fails on: the next one goes back to that day."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    told(vault, "2", "2026-03-03T09:00:00Z")

    def failing(*_: object, **__: object) -> bool:
        raise TypeError

    with monkeypatch.context() as patched:
        patched.setattr(Roller, "build", failing)
        for day in (MONDAY, TUESDAY):
            vault.night_of(day)
            with pytest.raises(RuntimeError, match="1 accounts can't be rolled up"):
                vault.run()
    assert vault.memory.behind() == {"example": MONDAY}
    vault.seal(WEDNESDAY)
    assert list(vault.memory.made("example", MONDAY, WEDNESDAY)) == [MONDAY, TUESDAY, WEDNESDAY]


def test_days_between_the_last_rollup_and_the_first_night_are_made_up_for(vault: Vault) -> None:
    """Monday was rolled up by the command; nights begin three weeks later, and go back a week."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    told(vault, "2", "2026-03-05T09:00:00Z")
    assert vault.roller.build("example", MONDAY, MONDAY)
    last = MONDAY + 20 * DAY
    vault.roller.run(last)
    assert list(vault.memory.made("example", MONDAY, last)) == [MONDAY + n * DAY for n in range(21)]


def test_a_name_may_be_empty(vault: Vault) -> None:
    """As any text: it stands after none, before the others, in rows and in rollups."""
    for number, team in enumerate(("", "t-1", None)):
        told(vault, str(number), "2026-03-02T09:00:00Z", team=team)
    before = figures(vault.memory, by="team")
    vault.seal(MONDAY)
    assert figures(vault.memory, by="team") == before
    assert sorted(group["team"] or "-" for group in before["groups"]) == ["-", "-", "t-1"]


def test_a_version_that_was_left_half_way_is_passed_over(vault: Vault) -> None:
    """Its parts count for nobody."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    vault.seal(MONDAY)
    (key,) = [key for key in vault.memory.tables["reports"] if key[0].startswith("made#")]
    del vault.memory.tables["reports"][key]
    assert vault.roller.build("example", MONDAY, MONDAY)
    assert vault.memory.made("example", MONDAY, MONDAY)[MONDAY].version == 2
    assert figures(vault.memory)["total"]["met"] == 1


def test_where_no_number_is_free_a_night_gives_up(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than try for ever."""

    def taken(*_: object) -> None:
        raise WriteConflictError

    told(vault, "1", "2026-03-02T09:00:00Z")
    monkeypatch.setattr(MemoryStore, "keep_rollup", taken)
    with pytest.raises(WriteConflictError, match="10 versions of the rollup of 2026-03-02 are taken"):
        vault.roller.build("example", MONDAY, MONDAY)


def test_days_that_time_leaves_are_for_the_next_night(vault: Vault) -> None:
    """As with seals."""
    told(vault, "1", "2026-03-02T09:00:00Z")
    ticks = iter(range(0, 10_000, 100))
    roller = replace(vault.roller, elapsed=lambda: float(next(ticks)))
    ran = roller.run(WEDNESDAY, lasts=150.0)
    assert ran.left == 6
    assert vault.memory.rolled_until() == WEDNESDAY - 6 * DAY
