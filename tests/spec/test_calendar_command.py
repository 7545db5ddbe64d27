"""`slaclock worktime`, and the official days that its calendars name."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import pytest

from slaclock.agreements.holidays import official_days
from slaclock.cli import main, worktime
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


def test_official_days_are_resolved_up_to_the_deadline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However far a budget reaches, the country's days of all the years until then are not worked."""
    due = []
    file = tmp_path / "calendar.yaml"
    listed = ", ".join(day.isoformat() for day in official_days("DK", None, range(2026, 2040)))
    for holidays in ("{country: DK}", listed):
        file.write_text(f"{{timezone: UTC, hours: {{mon-fri: ['08:00-16:00']}}, holidays: [{holidays}]}}")
        for budget in ("2500d", "2500d end of day", "20000h", "1000d wall"):
            run("due", "--budget", *budget.split(), "--from", "2026-03-27T15:00:00Z", "--calendar", str(file))
            due.append(capsys.readouterr().out)
    assert due[:4] == due[4:]
    assert due[0].startswith("2036-02-04T15:00:00Z")


def test_a_budget_beyond_what_is_known_of_a_country_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """India's list ends in 2035: a deadline after that is an error, one before it is not."""
    file = tmp_path / "calendar.yaml"
    file.write_text("{timezone: UTC, hours: {mon-fri: ['08:00-16:00']}, holidays: [{country: IN}]}")
    words = ["due", "--from", "2033-03-28T15:00:00Z", "--calendar", str(file), "--budget"]
    assert run(*words, "100d") == 0
    assert capsys.readouterr().out.startswith("2033-08-")
    with pytest.raises(InvalidCalendar, match="IN in 2036: "):
        run(*words, "1000d")


@pytest.mark.parametrize("written", ["holidays: [W10-1]", "exceptions: {2026-W10-1: []}"])
def test_an_iso_week_date_is_refused_by_the_check_of_an_agreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    """`agreement check` holds an agreement's calendars to the same rules, and tells the line."""
    file = tmp_path / "sla.yaml"
    file.write_text(
        f"agreement: gold\napplies_to: {{customer: acme}}\ncalendars:\n"
        f"  office: {{timezone: UTC, hours: 24x7, {written}}}\n"
        f"calendar: office\ntargets: {{resolution: 8h}}\n"
    )
    assert main(["agreement", "check", str(file)]) == 1
    told = capsys.readouterr().err
    assert "sla.yaml:4:" in told
    assert "W10-1' is no date" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["due", "--from", "0001-01-01T00:00:00+01:00"], "'0001-01-01T00:00:00+01:00' is no instant"),
        (["due", "--from", "9999-12-31T23:59:59-01:00"], "'9999-12-31T23:59:59-01:00' is no instant"),
        (["due", "--from", "9999-12-31T23:00:00Z"], "too near the first or the last day"),
        (["due", "--from", "0001-01-01T00:00:00Z", "--explain"], "0001-01-0"),
        (["show", "--week", "0001-W01"], "'0001-W01' is too near the first or the last day that there is"),
        (["show", "--week", "9999-W52"], "'9999-W52' is "),
    ],
)
def test_the_ends_of_time_are_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """What lies before the year 1 or after 9999 is no answer, and neither is a traceback."""
    file = tmp_path / "always.yaml"
    file.write_text("{timezone: Europe/Copenhagen, hours: 24x7}")
    budget = ["--budget", "30m", "wall"] if words[0] == "due" else []
    code = main(["worktime", *words, "--calendar", str(file), *budget])
    printed = capsys.readouterr()
    assert message in printed.out + printed.err
    assert code == (0 if not printed.err else 1)
    assert not printed.err or printed.err.startswith("slaclock: ")
    assert not (printed.err and printed.out)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"timezone: " + b"[" * 20_000, "nested too deeply to be a calendar"),
        (
            b'{"timezone": "UTC", "hours": "24x7", "holidays": ' + b"[" * 5000 + b"]" * 5000 + b"}",
            "nested too",
        ),
        (b"timezone: \xff", "neither YAML nor JSON"),
        (OFFICE.replace("DK", "DE, subdivision: [QQ]").encode(), "'DE': write both as text"),
        (OFFICE.replace("DK", "[DK]").encode(), "write both as text"),
        (OFFICE.replace("DK", "__init__").encode(), "no official days are known for '__init__'"),
    ],
)
def test_a_hostile_calendar_file_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, message: str
) -> None:
    """One line that starts with the command's name, and exit 1."""
    file = tmp_path / "calendar.yaml"
    file.write_bytes(text)
    assert main(["worktime", "show", "--calendar", str(file), "--week", "2026-W13"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("slaclock: ")
    assert message in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (b'"budget_seconds": 1e400', "this is no case: OverflowError"),
        (b'"budget_seconds": 1e18', "this is no case: OverflowError"),
        (b'"budget_seconds": ' + b"9" * 5000, ":1: "),
        (b'"expect": "9999-12-31T23:59:59-01:00"', "this is no case: OverflowError"),
        (b'"expect": 5', "this is no case: TypeError"),
        (b'"expect": "soon"', "this is no case: ValueError"),
        (b'"ask": "due_in_days", "days": 1.5', "this is no case: TypeError"),
        (b'"pauses": ' + b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
        (b'"id": "\xff"', "this is no UTF-8"),
        (None, "no cases"),
    ],
)
def test_a_hostile_case_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: bytes | None, message: str
) -> None:
    """The file, the line and what is wrong; a file without cases has not conformed to anything."""
    case = b'{"calendar": {"timezone": "UTC", "hours": "24x7"}, "start": "2026-03-27T15:00:00Z",'
    case += b'"ask": "due_at", "budget_seconds": 60, "expect": "2026-03-27T15:01:00Z"'
    file = tmp_path / "cases.ndjson"
    file.write_bytes(b"\n \n" if changes is None else case + b", " + changes + b"}\n")
    assert main(["worktime", "conform", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"slaclock: {file}")
    assert message in printed.err
    assert not printed.out


def test_a_line_that_is_no_object_is_no_case(tmp_path: Path) -> None:
    """A list or a number is valid JSON, and still no case."""
    file = tmp_path / "cases.ndjson"
    file.write_text("[1]\n")
    with pytest.raises(SlaError, match=r"cases.ndjson:1: this is no case: \[1\]"):
        run("conform", str(file))


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
