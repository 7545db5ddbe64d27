"""`slaclock worktime`, and the official days that its calendars name."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import pytest

from slaclock.agreements.holidays import official_days
from slaclock.cli import worktime
from slaclock.domain.errors import InvalidCalendar, SlaError

OFFICE = """\
timezone: Europe/Copenhagen
hours: {mon-fri: ["08:00-12:00", "12:30-17:00"], sat: ["22:00-04:30"]}
holidays: [2026-12-24, 12-25, {country: DK}]
exceptions: {2026-03-25: ["08:00-12:15"], 2026-03-24: []}
"""

MARCH = """\
2026-W13 in Europe/Copenhagen, tzdata VERSION

            00    03    06    09    12    15    18    21    24
Mon 23 Mar  ................########.#########..............  08:00-12:00 12:30-17:00 = 8h30m
Tue 24 Mar  ................................................  closed, exception
Wed 25 Mar  ................########+.......................  08:00-12:15 = 4h15m, exception
Thu 26 Mar  ................########.#########..............  08:00-12:00 12:30-17:00 = 8h30m
Fri 27 Mar  ................########.#########..............  08:00-12:00 12:30-17:00 = 8h30m
Sat 28 Mar  ............................................####  22:00-24:00 = 2h
Sun 29 Mar  ####//###.......................................  00:00-04:30 = 3h30m, the clocks skip 02:00-03:00
                                                              35h15m in the week

# open  . closed  + partly  / skipped by the clocks  @ open twice  : closed twice
"""

EXPLAINED = """\
2026-03-30T06:30:00Z  Mon 2026-03-30 08:30 +02:00 in Europe/Copenhagen

start Fri 2026-03-27 15:00 +01:00
      Fri 2026-03-27 15:00 +01:00  to  Fri 2026-03-27 17:00 +01:00       2h        2h
      Sat 2026-03-28 22:00 +01:00  to  Sun 2026-03-29 04:30 +02:00    5h30m     7h30m
      Mon 2026-03-30 08:00 +02:00  to  Mon 2026-03-30 08:30 +02:00      30m        8h
due   Mon 2026-03-30 08:30 +02:00
"""


@pytest.fixture
def office(tmp_path: Path) -> str:
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE, encoding="utf-8")
    return str(path)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    worktime.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["worktime", *words])
    status: int = args.run(args)
    return status


def test_a_week_is_drawn_with_its_change_of_clocks(office: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` draws half hours of the wall clock, says what is special, and adds up the week."""
    assert run("show", "--calendar", office, "--week", "2026-W13") == 0
    drawn = capsys.readouterr().out.splitlines()
    assert drawn[0].startswith("2026-W13 in Europe/Copenhagen, tzdata 20")
    assert drawn[1:] == MARCH.splitlines()[1:]


@pytest.mark.parametrize(
    ("week", "line"),
    [
        ("2026-W43", "Sun 25 Oct  ####@@###......................................."),
        ("2026-W52", "Fri 25 Dec  ................................................  closed, holiday"),
        ("2026-W20", "Thu 14 May  ................................................  closed, holiday"),
    ],
)
def test_repeated_hours_and_holidays_are_marked(
    office: str, capsys: pytest.CaptureFixture[str], week: str, line: str
) -> None:
    """An hour that is open twice, a yearly holiday, and an official day of the country (Ascension Day)."""
    run("show", "--calendar", office, "--week", week)
    assert line in capsys.readouterr().out


def test_the_windows_that_were_counted_are_explained(office: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`due --explain` adds up the windows until the budget is used."""
    assert (
        run("due", "--budget", "8h", "--from", "2026-03-27T15:00:00+01:00", "--calendar", office, "--explain")
        == 0
    )
    assert capsys.readouterr().out == EXPLAINED


@pytest.mark.parametrize(
    ("budget", "due"),
    [
        (["90m"], "2026-03-27T15:30:00Z"),
        (["2h", "wall"], "2026-03-27T16:00:00Z"),
        (["1d"], "2026-03-28T21:00:00Z"),  # Saturday is a working day, and opens at 22:00
        (["2d", "end", "of", "day"], "2026-03-30T15:00:00Z"),
    ],
)
def test_budgets_are_written_as_in_agreements(
    office: str, capsys: pytest.CaptureFixture[str], budget: list[str], due: str
) -> None:
    """Working time, elapsed time, working days, and the close of a working day."""
    run("due", "--budget", *budget, "--from", "2026-03-27T15:00:00+01:00", "--calendar", office)
    assert capsys.readouterr().out.startswith(f"{due}  ")


def test_conform_prints_each_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 where all agree, 1 where any differs or is refused."""
    calendar = {"timezone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}
    monday = {"calendar": calendar, "start": "2026-03-23T09:00:00Z"}
    pauses = [["2026-03-23T10:00:00Z", "2026-03-23T11:00:00Z"]]
    cases = [
        {"id": "due", "ask": "due_at", "budget_seconds": 3600, "expect": "2026-03-23T10:00:00Z"},
        {
            "id": "paused",
            "ask": "due_at",
            "budget_seconds": 7200,
            "pauses": pauses,
            "expect": "2026-03-23T12:00:00Z",
        },
        {"id": "worked", "ask": "worked", "end": "2026-03-24T09:00:00Z", "expect_seconds": 28800},
        {
            "id": "less",
            "ask": "worked",
            "end": "2026-03-24T09:00:00Z",
            "pauses": pauses,
            "expect_seconds": 25200,
        },
        {"id": "back", "ask": "shift", "offset_seconds": -60, "expect": "2026-03-20T16:59:00Z"},
        {"id": "days", "ask": "due_in_days", "days": 1, "expect": "2026-03-24T09:00:00Z"},
    ]
    file = tmp_path / "cases.ndjson"
    file.write_text("\n".join(json.dumps(monday | case) for case in cases), encoding="utf-8")
    assert run("conform", str(file)) == 0
    assert capsys.readouterr().out == "6 cases, 0 differences\n"

    wrong = {"id": "wrong", "ask": "worked", "end": "2026-03-24T09:00:00Z", "expect_seconds": 1}
    refused = {
        "id": "refused",
        "calendar": calendar | {"timezone": "Mars"},
        "ask": "worked",
        "end": "x",
        "expect_seconds": 1,
    }
    file.write_text(
        "\n".join(json.dumps(monday | case) for case in (*cases, wrong, refused)), encoding="utf-8"
    )
    assert run("conform", str(file)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "wrong: worked gives 28800 s, expected 1 s",
        "refused: unknown time zone 'Mars'",
        "8 cases, 2 differences",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "--calendar", "none.yaml", "--week", "2026-W13"], "none.yaml: No such file"),
        (["show", "--calendar", "OFFICE", "--week", "2026-W54"], "'2026-W54' is no week"),
        (["show", "--calendar", "OFFICE", "--week", "March"], "'March' is no week"),
        (
            ["due", "--budget", "8h", "--calendar", "OFFICE", "--from", "2026-03-27T15:00:00"],
            "is no instant with an offset",
        ),
        (
            ["due", "--budget", "8x", "--calendar", "OFFICE", "--from", "2026-03-27T15:00:00Z"],
            "'8x' is no duration",
        ),
        (["conform", "none.ndjson"], "none.ndjson: No such file"),
        (["conform", "OFFICE"], "office.yaml:1: "),
    ],
)
def test_what_cannot_be_asked_is_told(office: str, words: list[str], message: str) -> None:
    """Errors name the value; the command prints them and exits with 1."""
    with pytest.raises(SlaError, match=message):
        run(*(office if word == "OFFICE" else word for word in words))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timezone: [", "is neither YAML nor JSON"),
        ("24x7", "a calendar is a mapping"),
        (OFFICE.replace("DK", "XX"), "no official days are known for 'XX'"),
        (OFFICE.replace("country: DK", "land: DK"), "'land': 'DK'.* is neither a date nor a country"),
        (OFFICE.replace("{country: DK}", "2026-02-30"), "'2026-02-30' is no date"),
    ],
)
def test_a_calendar_file_that_is_wrong_is_told(tmp_path: Path, text: str, message: str) -> None:
    """The file, the country or the date is named."""
    file = tmp_path / "calendar.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidCalendar, match=message):
        run("show", "--calendar", str(file), "--week", "2026-W13")


def test_json_is_read_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A calendar file may be JSON, which is YAML."""
    file = tmp_path / "always.json"
    file.write_text('{"timezone": "UTC", "hours": "24x7"}', encoding="utf-8")
    run("due", "--budget", "8h", "--from", "2026-03-27T15:00:00+01:00", "--calendar", str(file))
    assert capsys.readouterr().out == "2026-03-27T22:00:00Z  Fri 2026-03-27 22:00 +00:00 in UTC\n"


def test_official_days_are_the_countrys_own() -> None:
    """With a subdivision, its own days as well: Bavaria keeps Corpus Christi, Berlin does not."""
    assert date(2026, 6, 4) in official_days("DE", "BY", [2026])
    assert date(2026, 6, 4) not in official_days("DE", "BE", [2026])
    assert official_days("DK", None, range(2026, 2028))[-1] == date(2027, 12, 26)


@pytest.mark.parametrize(
    ("country", "subdivision", "year", "message"),
    [
        ("XX", None, 2026, "no official days are known for 'XX'"),
        ("DK", "ZZ", 2026, "no official days are known for 'DK-ZZ'"),
        ("DE", None, 2150, "DE has no official days for 2150"),
        ("IN", None, 2040, "IN in 2040: "),
    ],
)
def test_a_country_without_official_days_is_refused(
    country: str, subdivision: str | None, year: int, message: str
) -> None:
    """Unknown, or with no days or an incomplete list for a year that is asked for: named, never left out."""
    with pytest.raises(InvalidCalendar, match=message):
        official_days(country, subdivision, range(year, year + 1))


def test_the_documentation_shows_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command in docs/working-time.md, run with the calendar that stands above it."""
    page = (Path(__file__).parents[2] / "docs/working-time.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("office.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    console = page.split("```console\n")[1].split("```")[0]
    for shown in console.split("$ slaclock worktime ")[1:]:
        command, _, output = shown.partition("\n")
        run(*command.split())
        assert capsys.readouterr().out.splitlines() == output.splitlines()
