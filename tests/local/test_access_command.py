"""`slaclock access list`, against a stack in moto."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.front import Request
from local.stack import ACCOUNT
from slaclock.cli import main
from slaclock.cli.access import _line
from slaclock.store.accesses import Access
from tests.local.desk import GOLD, Desk, open_desk

LIST = ("access", "list", "--account", ACCOUNT)


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        yield desk


def test_who_took_a_list_away_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each: when, what came of it, who, which route, what was asked, and as what it was taken."""
    for accept in ("text/csv", "application/json", "application/x-ndjson"):
        target = f"/v1/breaches?account={ACCOUNT}&status=open"
        assert desk.stack.request(Request("GET", target, {"Accept": accept})).status == 200
        desk.advance(minutes=1)
    day = desk.stack.clock.now().date().isoformat()
    capsys.readouterr()
    assert main([*LIST, "--from", day, "--to", day]) == 0
    lines = capsys.readouterr().out.splitlines()
    rest = f"200  nobody  GET /v1/breaches  account={ACCOUNT} status=open"
    found = [line.split("  ", 1)[1] for line in lines]
    assert found == [f"{rest}  text/csv", f"{rest}  application/x-ndjson"]
    assert main([*LIST, "--from", day, "--to", day, "--json"]) == 0
    first: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["asked"], first["status"]) == ({"account": ACCOUNT, "status": "open"}, 200)


def test_what_a_caller_chose_can_not_be_taken_for_another_word() -> None:
    """It stands in quotes where it has spaces, `=`, quotes, or would read as nobody."""
    at, asked = datetime(2026, 3, 2, tzinfo=UTC), {"note": "x  200  eve", "a=b": 'c"', "id": "dGl-_"}
    access = Access(at, "example", "ada  200", "GET /v1/queue", asked, 404, why="there is no 'x  200'")
    assert _line(access) == (
        '2026-03-02T00:00:00Z  404  "ada  200"  GET /v1/queue'
        '  note="x  200  eve" "a=b"="c\\"" id=dGl-_  "there is no \'x  200\'"'
    )
    assert '  "nobody"  GET' in _line(replace(access, who="nobody"))
    assert "  nobody  GET" in _line(replace(access, who=None))


@pytest.mark.parametrize(("first", "last"), [("2026-03-02", "2026-03-01"), ("2016-01-01", "2026-03-01")])
def test_a_time_that_is_none_or_too_long_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], first: str, last: str
) -> None:
    """Before anything is read."""
    assert desk.stack.store
    capsys.readouterr()
    assert main([*LIST, "--from", first, "--to", last]) == 1
    assert capsys.readouterr().err == f"slaclock: --from {first} --to {last} are not 1 to 3660 days\n"
