"""`GET /v1/reports/credits`: statements over the record, provisional and issued, and what is at risk."""

import json
from datetime import date
from typing import Any

import pytest

from slaclock.domain.case_entry import WAIVED
from slaclock.domain.choosing import AgreementEnd
from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.cycles import cycles
from slaclock.evidence.rollup import rolled_up
from slaclock.records import credits_http
from slaclock.store.due import rows_due
from slaclock.store.memory import MemoryStore
from slaclock.store.reports import ALL, Made
from slaclock.store.statements import Issued
from tests.functions.test_records import ask, breached
from tests.functions.world import World

PATH = "/v1/reports/credits"
CREDITS = {
    "period": "month",
    "fee": {"amount": "12000.00", "currency": "DKK"},
    "each": {"credit": {"amount": "500.00"}},
    "grace": 1,
    "warn": [{"breaches_left": 1, "notify": "legal"}],
}
OF = {"account": "example", "agreement": "acme-gold"}
MARCH = {**OF, "month": "2026-03"}


@pytest.fixture
def world() -> World:
    """Two breaches of March: a first response at 14:35, and a resolution at 18:05."""
    world = World("2026-03-27T14:05:00Z")
    agree(world, CREDITS)
    breached(world)
    return world


def agree(world: World, credits: dict[str, Any]) -> None:  # noqa: A002
    """The published agreement, as if it had said that."""
    assert isinstance(world.store, MemoryStore)
    for (_, sk), item in world.store.tables["agreements"].items():
        if sk.startswith("AGREEMENT#"):
            frozen = {**json.loads(item["body"]), "credits": credits}
            item |= {"body": json.dumps(frozen), "hash": content_hash(frozen)}
    world.__dict__.pop("agreements", None)  # they are kept for a minute


def roll_up(world: World, sealed: str) -> None:
    """The nights up to a day."""
    day = date(2026, 3, 27)
    rows = list(rows_due(world.store, "example", ALL, day, day))
    rolled = rolled_up("example", cycles(rows))
    number = len(world.books.made("example", day, day)) + 1
    made = Made(day, number, rolled.digest(), world.now(), day)
    world.books.keep_rollup("example", made, {ALL: rolled.packed()})
    world.books.note_rolled(date.fromisoformat(sealed))


def report(world: World, **query: str) -> Any:
    status, body, _ = ask(world, "GET", PATH, query=query or MARCH)
    assert status == 200, body
    return body


def test_a_running_period_has_a_provisional_statement_and_what_is_at_risk(world: World) -> None:
    """From rows, before anything was rolled up."""
    found = report(world)
    statement = found["statement"]
    assert found["provisional"]
    assert (statement["met"], statement["breached"], statement["total"]) == (0, 1, "500.00")
    assert [line["of"] for line in statement["lines"]] == ["resolution"]
    listed = ask(world, "GET", "/v1/breaches", query={"account": "example"})[1]["breaches"]
    by_target = {each["target"]: each["id"] for each in listed}
    assert statement["forgiven"] == [by_target["first_response"]]
    assert statement["lines"][0]["rows"] == [by_target["resolution"]]
    assert (found["issued"], found["earlier"], found["difference"]) == (None, [], None)
    assert found["at_risk"]["each"] == {"breaches_left": 0}
    assert found["at_risk"]["warnings"] == [{"breaches_left": 1, "notify": "legal", "passed": True}]


def test_without_a_period_it_is_the_running_one(world: World) -> None:
    """Of the agreement's length and zone."""
    assert report(world, **OF)["period"] == {
        "name": "2026-03",
        "from": "2026-03-01",
        "to": "2026-04-01",
        "zone": "Europe/Copenhagen",
    }


def test_a_period_is_provisional_until_its_last_day_is_sealed(world: World) -> None:
    """The 31st of March, which ends in Copenhagen at 22:00 in UTC."""
    world.at("2026-04-02T12:00:00Z")
    roll_up(world, "2026-03-30")
    assert report(world)["provisional"]
    roll_up(world, "2026-03-31")
    assert not report(world)["provisional"]
    assert report(world)["at_risk"] is None


def test_rows_and_rollups_give_the_same_statement(world: World) -> None:
    """To the last byte."""
    before = report(world)["statement"]
    roll_up(world, "2026-03-27")
    assert report(world)["statement"] == before


def test_a_correction_after_a_statement_is_told_as_a_difference(world: World) -> None:
    """What was issued stays as it was; a breach that is waived takes its line away."""
    world.at("2026-04-02T12:00:00Z")
    issued = report(world)["statement"]
    for number in (1, 2):
        world.books.keep_statement("example", "acme-gold", "2026-03", Issued(number, world.now(), issued))
    late = issued["lines"][0]["rows"][0]
    waived = {"decision": WAIVED, "reason": "their own outage"}
    status, _, _ = ask(world, "POST", f"/v1/breaches/{late}/dispute", body=waived)
    assert status == 201
    found = report(world)
    assert found["statement"]["total"] == "0.00"
    assert found["statement"]["excluded"] == [{"id": late, "because": "waived"}]
    assert found["issued"] == {
        "number": 2,
        "at": "2026-04-02T12:00:00Z",
        "total": "500.00",
        "hash": issued["hash"],
        "statement": issued,
    }
    assert [each["number"] for each in found["earlier"]] == [1]
    assert found["difference"] == {"total": "-500.00", "added": [], "removed": issued["lines"]}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"agreement": "acme-gold"}, "account"),
        ({"account": "example"}, "agreement"),
        ({**OF, "month": "2026-13"}, "month"),
        ({**OF, "quarter": "2026-Q5"}, "quarter"),
        ({**OF, "year": "26"}, "year"),
        ({**MARCH, "year": "2026"}, "year"),
        ({**OF, "year": "1969"}, "year"),
        ({**OF, "quarter": "2026-Q1"}, "quarter"),  # it counts by the month
        ({**MARCH, "moth": "2026-03"}, "moth"),
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: dict[str, str], parameter: str) -> None:
    """And nothing is answered in its place."""
    status, body, _ = ask(world, "GET", PATH, query=query)
    assert (status, body["parameter"]) == (400, parameter)


def test_a_period_of_another_length_is_told_by_its_own(world: World) -> None:
    """As the agreement counts."""
    _, body, _ = ask(world, "GET", PATH, query={**OF, "year": "2026"})
    assert body["detail"] == "acme-gold counts credits by the month then: 2026-01"


@pytest.mark.parametrize("month", ["2026-01", "2026-02"])
def test_what_nobody_agreed_is_not_found(world: World, month: str) -> None:
    """Neither an unknown agreement, nor one without credits."""
    query = {"account": "example", "agreement": "nobody's", "month": month}
    assert ask(world, "GET", PATH, query=query)[0] == 404
    agree(world, {})
    assert ask(world, "GET", PATH, query={**OF, "month": month})[0] == 404


@pytest.mark.parametrize(
    ("ended", "status"),
    [("2026-03-31T22:00:00Z", 404), ("2026-03-31T22:00:01Z", 200)],  # April begins at 22:00 in Copenhagen
)
def test_an_agreement_that_was_ended_has_no_running_period_that_began_after_it(
    world: World, ended: str, status: int
) -> None:
    """The answer says so; a period that is named is answered as ever, be it after the end."""
    end = AgreementEnd("acme-gold", parse_instant(ended), "over", "ada")
    assert isinstance(world.store, MemoryStore)
    world.store.end("example", end)
    world.at("2026-04-02T12:00:00Z")
    found, body, _ = ask(world, "GET", PATH, query=OF)
    assert found == status
    if status == 404:
        assert body["detail"] == f"acme-gold was ended at {ended}, before 2026-04: name an earlier period"
    assert [ask(world, "GET", PATH, query={**OF, "month": f"2026-0{n}"})[0] for n in (3, 4)] == [200, 200]


def test_a_share_of_no_fee_is_a_conflict(world: World) -> None:
    """Published before a fee was asked for."""
    agree(world, {"period": "month", "bands": [{"below": "99%", "credit": "5%"}]})
    status, body, _ = ask(world, "GET", PATH, query=MARCH)
    assert (status, body["detail"]) == (
        409,
        "version 1 of acme-gold credits 5% of a fee, and names none",
    )


def test_a_report_that_is_too_large_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function may answer six million bytes."""
    monkeypatch.setattr(credits_http, "LARGEST", 100)
    assert ask(world, "GET", PATH, query=MARCH)[0] == 413
