"""docs/queries over the lake's files: to the last digit what the reports say of the same rows."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from slaclock.domain.facts import fact_key
from slaclock.evidence.columns import COLUMNS
from slaclock.evidence.credit_counting import count
from slaclock.evidence.credit_periods import period_of
from slaclock.evidence.credit_terms import CreditTerms
from slaclock.evidence.cycles import Cycle, cycles
from slaclock.records.attainment import attainment
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.reporting.counting import rank, worst
from slaclock.store.due import rows_due
from slaclock.store.reports import ALL
from tests.functions.asking import QUERIES, asked, fetched, opened_lake, view_text
from tests.functions.vault import LAKE, Vault, opened
from tests.store.samples import commit, fact, ticket

NAMES = sorted(each.stem for each in QUERIES.glob("*.sql"))
FIRST, DAYS = date(2026, 2, 25), 42  # a month, with days before and after it that do not count
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TERMS = CreditTerms(
    "gold", 1, "sha256:aa", "month", "Europe/Copenhagen", "DKK", None,
    grace=2, excluding=frozenset({"customer", "third-party"}),
)  # fmt: skip
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)  # as the query of the worst tickets says
MARCH = period_of("month", date(2026, 3, 1), "Europe/Copenhagen")
# What both Trino and DuckDB have; any other name before a parenthesis is looked at twice.
COMMON = {"ABS", "CAST", "COALESCE", "COUNT", "EXTRACT", "MAX", "MIN", "NULLIF", "ROW_NUMBER", "SUM"}
SQL_TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN"}
WORDS = {"AND", "AS", "DECIMAL", "FILTER", "FROM", "IN", "OVER", "SELECT"}


def moment(chance: random.Random, day: date) -> datetime:
    """Any microsecond of a day."""
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(
        microseconds=chance.randrange(86_400 * 10**6)
    )


class Teller:
    """Tells lives of cycles at random, some turned, corrected, disputed or rated, each row on some day."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  (chance is of a seed)
        self.told: list[tuple[datetime, Any, Any]] = []

    def cycle(self, number: int) -> None:
        chance = self.chance
        about = ticket(str(number), account="example")
        due = moment(chance, FIRST + timedelta(days=chance.randrange(DAYS - 4)))
        common = {
            "customer": chance.choice(["acme", "b", None]),
            "team": chance.choice(["t-1", 'Ünïted "x"', None]),
            "priority": chance.choice(["high", None]),
        }
        revision, at = 0, due + timedelta(minutes=chance.randrange(-600, 60))
        while True:
            name = chance.choice(["clock_met", "clock_breached", "clock_breached", "clock_cancelled"])
            told = self.tell(about, name, due, at, revision, common, reopened=chance.random() < 0.1)
            if name == "clock_breached":
                self.breach(about, due, at, revision, common)
            if chance.random() > 0.2:
                return
            at += timedelta(hours=chance.randrange(1, 60))
            self.tell(about, "outcome_corrected", due, at, revision, common, corrects=told.id)
            if chance.random() < 0.2:
                return
            revision += 1

    def breach(self, about: Any, due: datetime, at: datetime, revision: int, common: Any) -> None:
        chance = self.chance
        for turn in range(chance.randrange(4)):
            at += timedelta(seconds=chance.randrange(0, 90_000))
            name = "breach_reopened" if turn % 2 else "breach_ended"
            told = self.tell(about, name, due, at, revision, common, mark=str(turn))
            if chance.random() < 0.2:
                self.tell(
                    about, "outcome_corrected", due, at, revision, common, mark=f"c{turn}", corrects=told.id
                )
        for number in range(chance.choice([0, 0, 1, 2])):
            at += timedelta(hours=chance.randrange(2))  # some at one instant
            cause = chance.choice(["staffing", "customer", "third-party"])
            self.tell(about, "case_cause", due, at, revision, common, mark=f"k{number}", root_cause=cause)
        for number in range(chance.choice([0, 0, 0, 2])):
            at += timedelta(hours=chance.randrange(2))
            word = chance.choice(["raised", "upheld", "waived"])
            self.tell(about, "case_dispute", due, at, revision, common, mark=f"d{number}", decision=word)

    def rating(self, number: int) -> None:
        at = moment(self.chance, FIRST + timedelta(days=self.chance.randrange(DAYS)))
        value = self.chance.choice([1, 2, 4, 5, 2.5, 4.125, 4.0049999, -1])
        common = {"customer": self.chance.choice(["acme", None]), "team": "t-1"}
        self.tell(ticket(str(number), account="example"), "ticket_rated", None, at, 0, common, rating=value)

    def tell(
        self, about: Any, name: str, due: datetime | None, at: datetime, revision: int, common: Any,
        mark: str = "", **details: Any,
    ) -> Any:  # fmt: skip
        seconds = {}
        if name in ("clock_met", "breach_ended"):
            seconds = {
                "worked_seconds": self.chance.randrange(9),
                "wall_seconds": self.chance.randrange(10**6),
            }
            if self.chance.random() < 0.1:
                del seconds["wall_seconds"]  # an older engine told it
        said = {**common, **seconds, **details}
        row = replace(
            fact(name, about=about, mark=mark),
            key=fact_key(name, "*rating" if name == "ticket_rated" else "resolution", 1, revision, mark),
            revision=revision, due_at=due, at=at,
            details={key: value for key, value in said.items() if value is not None and value is not False},
        )  # fmt: skip
        self.told.append((at, about, row))
        return row

    def record(self, vault: Vault) -> None:
        """Commit what was told, each ticket's in its order; and seal each day of it."""
        first = datetime.combine(FIRST, datetime.min.time(), UTC)
        last = first + timedelta(days=DAYS - 1)
        for number, (at, about, row) in enumerate(self.told):
            saved = vault.memory.load(f"ticket#example#{about.ticket_id}").saved
            when = min(max(at, first), last) + timedelta(microseconds=number)
            vault.memory.commit(commit(saved, about, row, at=when))
        for number in range(DAYS):
            vault.seal(FIRST + timedelta(days=number))


@pytest.fixture(scope="module")
def vault() -> Iterator[Vault]:
    with pytest.MonkeyPatch.context() as patch, opened(patch) as vault:
        teller = Teller(9)
        for number in range(400):
            teller.cycle(number)
        for number in range(400, 460):
            teller.rating(number)
        teller.record(vault)
        yield vault


@pytest.fixture(scope="module")
def lake(vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("lake")
    fetched(vault.s3, LAKE, folder)
    return opened_lake(folder)


def reported(vault: Vault, by: str) -> list[dict[str, Any]]:
    query = {"account": "example", "month": "2026-03", "zone": "Europe/Copenhagen", "by": by}
    found = attainment(vault.memory, parse_attainment_query(query), datetime(2026, 5, 1, tzinfo=UTC))
    assert found["sealed"]
    groups: list[dict[str, Any]] = found["groups"]
    return groups


def in_march(vault: Vault) -> list[Cycle]:
    """The cycles of the month in Copenhagen, straight from the rows."""
    rows = rows_due(vault.memory, "example", ALL, date(2026, 2, 1), date(2026, 4, 30))
    since, until = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    return [each for each in cycles(list(rows)) if since <= each.due < until]


def text(value: Any) -> str | None:
    return None if value is None else str(value)


def test_every_sealed_row_is_in_the_lake_once(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """As many lines as the seals count rows, and as many ids."""
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    sealed = sum(vault.sealed(day).seal["rows"] + vault.sealed(day).seal["late"] for day in days)
    assert lake.execute("SELECT COUNT(*), COUNT(DISTINCT id) FROM ledger_rows").fetchall() == [
        (sealed, sealed)
    ]
    assert sealed > 700


def test_attainment_is_that_of_the_report(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """Each count, and both shares to their fourth place."""
    names = ("customer", "team", "met", "breached", "open_overdue", "cancelled", "excluded", "corrected")
    expected = [
        {name: each[name] for name in (*names, "attainment", "reopened_share")}
        for each in reported(vault, "customer,team")
        if any(each[name] for name in names[2:])  # a group of ratings alone
    ]
    found = [
        {**each, "attainment": text(each["attainment"]), "reopened_share": text(each["reopened_share"])}
        for each in asked(lake, "attainment")
    ]
    assert found == expected
    assert len(found) == 9
    for name in names[2:]:
        assert sum(each[name] for each in found) > 0


def test_percentiles_are_those_of_the_report(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """By nearest rank, none of them reckoned between two; sums are those of the cycles."""
    sums: Counter[Any] = Counter()
    for each in in_march(vault):
        if each.state in ("met", "breached"):
            sums[each.customer, each.team, "worked"] += each.worked or 0
            sums[each.customer, each.team, "wall"] += each.wall or 0
    expected = [
        {
            "customer": each["customer"], "team": each["team"],
            "worked_median": each["worked_seconds"]["median"], "worked_p90": each["worked_seconds"]["p90"],
            "wall_median": each["wall_seconds"]["median"], "wall_p90": each["wall_seconds"]["p90"],
            "worked_sum": sums[each["customer"], each["team"], "worked"],
            "wall_sum": sums[each["customer"], each["team"], "wall"],
        }
        for each in reported(vault, "customer,team")
        if each["met"] + each["breached"]
    ]  # fmt: skip
    assert asked(lake, "percentiles") == expected


def test_ratings_are_those_of_the_report(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """Number and mean, to its second place."""
    found = [
        (each["customer"], each["team"], each["number"], text(each["mean"]))
        for each in asked(lake, "ratings")
    ]
    assert found == [
        (each["customer"], each["team"], each["ratings"]["number"], each["ratings"]["mean"])
        for each in reported(vault, "customer,team")
        if each["ratings"]["number"]
    ]
    assert len(found) == 2


def test_the_heat_map_is_that_of_the_report(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """As the clocks of Copenhagen show it, which go forward on the 29th."""
    found = [
        (WEEKDAYS[each["weekday"] - 1], each["hour_of_day"], each["breached"])
        for each in asked(lake, "heat-map")
    ]
    assert found == [
        (each["weekday"], each["hour"], each["breached"])
        for each in reported(vault, "weekday,hour")
        if each["breached"]
    ]


def test_causes_are_those_of_the_cycles(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """What was said last of each; most have none."""
    causes = Counter(each.cause for each in in_march(vault) if each.state == "breached")
    found = asked(lake, "causes")
    assert {each["cause"]: each["breached"] for each in found} == causes
    assert set(causes) == {None, "staffing", "customer", "third-party"}
    assert [each["breached"] for each in found] == sorted(causes.values(), reverse=True)


def test_the_worst_tickets_are_those_of_the_cycles(vault: Vault, lake: duckdb.DuckDBPyConnection) -> None:
    """In the order of the page, by how long after the deadline they ended: ten of them."""
    found = [(each["id"], each["late"], bool(each["waiting"])) for each in asked(lake, "worst-tickets")]
    assert found == [
        (each["id"], each["late_wall_seconds"], each["open"])
        for each in worst(in_march(vault), AS_OF, team=True)
    ]
    assert len(found) == 10


def test_all_breaches_are_ranked_as_the_page_ranks_them(
    vault: Vault, lake: duckdb.DuckDBPyConnection
) -> None:
    """Those that have ended, too, which are behind in the first ten."""
    text_of = (QUERIES / "worst-tickets.sql").read_text(encoding="utf-8")
    found = lake.execute(text_of.replace("LIMIT 10", "LIMIT 1000")).fetchall()
    breached = [each for each in in_march(vault) if each.state == "breached"]
    in_order = sorted(breached, key=lambda each: rank(each, AS_OF))
    assert [each[-1] for each in found] == [each.id for each in in_order]
    assert {each.open for each in breached} == {True, False}


def test_what_credits_count_is_what_their_statement_counts(
    vault: Vault, lake: duckdb.DuckDBPyConnection
) -> None:
    """With a grace of two and two causes that earn nothing."""
    (found,) = asked(lake, "credits")
    counted = count(TERMS, in_march(vault), MARCH)
    assert found == {
        "met": len(counted.met),
        "breached": len(counted.breached),
        "graced": len(counted.graced),
        "excluded": len(counted.excluded),
        "attainment": found["attainment"],
    }
    assert text(found["attainment"]) == counted.attainment


def test_all_queries_begin_alike() -> None:
    """What a cycle is, is said in one way: but for ratings, which are none."""
    begin = {
        re.split(
            r"^asked AS \(",
            re.split(r"^WITH ", (QUERIES / f"{name}.sql").read_text(), flags=re.MULTILINE)[1],
            flags=re.MULTILINE,
        )[0]
        for name in NAMES
        if name != "ratings"
    }
    assert len(begin) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_query_speaks_no_dialect(name: str) -> None:
    """Functions of both Trino and DuckDB only, none of them approximate; one account, by a literal."""
    said = re.sub(r"--.*|'[^']*'", "''", (QUERIES / f"{name}.sql").read_text(encoding="utf-8"))
    called = set(re.findall(r"\b([A-Za-z_]+)\s*\(", said))
    assert called - WORDS - COMMON <= {"BY"}
    assert "account = ''" in said
    assert '"' not in said
    assert not re.search(r"//|::|\bQUALIFY\b|\bISODOW\b", said)


def test_the_page_lists_every_column_and_query() -> None:
    """As they are declared, with what each says; the view for local files has them, too, and in order."""
    page = (QUERIES.parent / "reports.md").read_text(encoding="utf-8")
    assert re.findall(r"(\w+): '(\w+)'", view_text()) == [
        (each.name, SQL_TYPES[each.type]) for each in COLUMNS
    ]
    for each in COLUMNS:
        assert f"| `{each.name}` | {each.type} | {each.says} |\n" in page
    assert sorted(re.findall(r"\(queries/([a-z-]+)\.sql\)", page)) == NAMES
