"""`slaclock report`, and the local stack that makes reports by itself in the morning."""

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.functions import variables_of
from local.stack import inbox
from slaclock.cli import main
from tests.local.desk import GOLD, Desk, open_desk

MONTHLY = f"{GOLD}reports: {{monthly: {{on: 2, notify: legal}}}}\n"
FOLDER = "reports/example/gold/2026-03"
BUCKET = "local-reportfiles"


@dataclass(slots=True)
class Office:
    """A desk with a ticket of March that nobody answers, and whoever asks for its month."""

    desk: Desk
    capsys: pytest.CaptureFixture[str]

    def ask(self, *argv: str) -> tuple[int, str, str]:
        """Exit status, and what stands on stdout and stderr."""
        self.capsys.readouterr()
        code = main(["report", *argv])
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def report(self, *argv: str, month: str = "2026-03") -> tuple[int, str, str]:
        return self.ask("--account", "example", "--month", month, *argv)

    def files(self) -> list[str]:
        listed = boto3.client("s3").list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in listed.get("Contents", ())]


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=MONTHLY) as desk:
        os.environ.update(variables_of("Report", desk.stack.cloud))
        desk.event("1")
        desk.event("2")
        desk.advance(hours=1)
        desk.event("2", "solved", status="solved")
        yield Office(desk, capsys)


def test_the_local_stack_makes_a_months_report_in_the_morning_of_its_day(office: Office) -> None:
    """Not before, and once; its audience hears where it lies."""
    office.desk.stack.advance(datetime(2026, 4, 2, 5, 59, tzinfo=UTC))
    assert office.files() == []
    office.desk.stack.advance(datetime(2026, 4, 5, 6, 1, tzinfo=UTC))
    assert office.files() == [f"{FOLDER}/report.{form}" for form in ("csv", "html", "json")]
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key=f"{FOLDER}/report.json")["Body"].read()
    report: dict[str, Any] = json.loads(body)
    assert (report["as_of"], report["sealed"]) == ("2026-04-02T06:00:00Z", True)
    assert (report["total"]["met"], report["total"]["breached"]) == (1, 1)
    assert [each["day"] for each in report["seals"]][:2] == ["2026-03-02", "2026-03-03"]
    assert len(report["seals"]) == 30
    told = [each["json"] for each in inbox(office.desk.stack) if each["json"]["fact"] == "report"]
    assert [each["figures"] for each in told] == [
        {"attained": "50.00%", "missed": "1 / 2", "page": f"s3://{BUCKET}/{FOLDER}/report.html"}
    ]


@pytest.mark.parametrize("suffix", ["html", "csv", "json"])
def test_a_report_is_written_as_its_file_is_called(office: Office, tmp_path: Path, suffix: str) -> None:
    """Of days that no night has rolled up yet as well."""
    office.desk.advance(hours=5)
    path = tmp_path / f"report.{suffix}"
    assert office.report("-o", str(path)) == (0, "", "")
    text = path.read_text(encoding="utf-8")
    if suffix == "html":
        assert text.startswith("<!doctype html>")
        assert "Provisional" in text
    elif suffix == "csv":
        (total, *_) = csv.DictReader(io.StringIO(text))
        assert (total["met"], total["breached"], total["open_overdue"]) == ("1", "1", "1")
    else:
        assert json.loads(text)["worst"][0]["ticket_id"] == "1"


def test_without_a_file_it_goes_to_standard_output(office: Office) -> None:
    """A page, unless another format is named; of an agreement in its zone, of an account in UTC."""
    office.desk.advance(hours=5)
    code, out, _ = office.report()
    assert (code, out.startswith("<!doctype html>")) == (0, True)
    _, out, _ = office.report("--format", "json", "--agreement", "gold", "--zone", "Europe/Copenhagen")
    assert json.loads(out)["period"]["zone"] == "Europe/Copenhagen"


@pytest.mark.parametrize(
    ("argv", "month", "names"),
    [
        (("--customer", "ACNE"), "2026-03", "account 'example', customer 'ACNE'"),
        (("--account", "exampel"), "2026-03", "account 'exampel'"),
        (("--agreement", "gold"), "2026-02", "account 'example', agreement 'gold'"),
    ],
)
def test_where_nothing_is_known_it_is_asked_whether_the_name_is_right(
    office: Office, argv: tuple[str, ...], month: str, names: str
) -> None:
    """On standard error: the report is made all the same, and says that nothing was due."""
    code, out, err = office.report("--format", "json", *argv, month=month)
    assert (code, json.loads(out)["total"]["attainment"]) == (0, None)
    assert err == f"slaclock: nothing is known of {names} in {month}: is the name right?\n"


@pytest.mark.parametrize("option", ["--zone", "-o"])
def test_an_option_without_a_value_is_refused_in_words(office: Office, option: str) -> None:
    """Rather than taken for UTC, or for the folder."""
    with pytest.raises(SystemExit):
        office.report(option, "")
    (*_, said) = office.capsys.readouterr().err.splitlines()
    assert said.startswith(f"slaclock report: error: argument {option}")
    assert ": '' is no" in said


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--month", "2026-13"), "--month '2026-13' is no month such as 2026-10"),
        (("--month", "2026-Q1"), "--month '2026-Q1' is no month such as 2026-10"),
        (("--zone", "Mars/Base"), "--zone: "),
        (("--agreement", "silver"), "there is no agreement 'silver'"),
        (("-o", "report.pdf"), "-o report.pdf: call it .html, .csv, .json, or say which with --format"),
        (("-o", "/nowhere/report.html"), "-o /nowhere/report.html: No such file or directory"),
    ],
)
def test_what_can_not_be_is_told_in_a_line(office: Office, argv: tuple[str, ...], said: str) -> None:
    """And nothing is written."""
    code, out, err = office.report(*argv)
    assert (code, out) == (1, "")
    assert err.startswith(f"slaclock: {said}")
    assert err.count("\n") == 1
