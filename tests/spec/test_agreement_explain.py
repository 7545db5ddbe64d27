"""`slaclock agreement explain`: why a ticket's clocks stand where they do, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.cli import deployed, main
from slaclock.domain.events import TicketEvent
from tests.functions.world import World

if TYPE_CHECKING:
    from pathlib import Path

GOLD = """\
agreement: gold
applies_to: {plan: gold}
order: 1
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}, holidays: [2026-03-30]}
calendar: office
targets:
  resolution: {budget: 8h, clause: "§4", reminders: [75%], goal: 4h}
"""
BASIC = """\
agreement: basic
calendars: {always: {timezone: UTC, hours: 24x7}}
targets: {resolution: 5d}
"""
PAUSED, RESUMED = {"status": "pending"}, {"status": "open"}


def line(event_id: str, kind: str, at: str, account: str = "acme", **ticket: Any) -> dict[str, Any]:
    """An event as a history has it."""
    return {
        "schema": "ticket-event/1",
        "event_id": event_id,
        "source": "generic",
        "connection": "c",
        "account": account,
        "ticket_id": "1",
        "type": kind,
        "occurred_at": at,
        "time_quality": "event",
        "received_at": at,
        "ticket": ticket,
        "known": sorted(ticket),
    }


HISTORY = [
    line("opened", "created", "2026-03-27T14:00:00Z", status="new", plan="gold", priority="high"),
    line("asked", "status_changed", "2026-03-27T15:00:00Z", **PAUSED),
    line("answered", "status_changed", "2026-03-31T08:00:00Z", **RESUMED),
]
CUT = {
    "schema": "exclusion/1",
    "id": "cut",
    "from": "2026-03-31T08:00:00Z",
    "to": "2026-03-31T09:00:00Z",
    "reason": "a power cut",
    "by": "ada",
    "scope": {"target": "resolution"},
    "entered_at": "2026-03-31T10:00:00Z",
}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The arguments that name two documents and a history."""
    (tmp_path / "gold.yaml").write_text(GOLD, encoding="utf-8")
    (tmp_path / "basic.yaml").write_text(BASIC, encoding="utf-8")
    return [
        *written(tmp_path, *HISTORY),
        "--agreement",
        str(tmp_path / "gold.yaml"),
        "--agreement",
        str(tmp_path / "basic.yaml"),
    ]


def written(folder: Path, *lines: dict[str, Any]) -> list[str]:
    path = folder / "events.ndjson"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines), encoding="utf-8")
    return [str(path)]


def explained(arguments: list[str], capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["agreement", "explain", "--ticket", "1", *arguments, *more]) == 0
    return capsys.readouterr().out


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["agreement", "explain", *arguments]) == 1
    return capsys.readouterr().err


def test_a_ticket_is_explained_agreement_by_agreement_and_clock_by_clock(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Local time and UTC, what began each span, and a sum that anyone can check."""
    assert explained(files, capsys, "--at", "2026-03-31T12:00:00+02:00").splitlines() == [
        "ticket 1 of acme at 2026-03-31T10:00:00Z: open, high",
        "",
        "AGREEMENTS, in the order of asking",
        "  gold, version 1: applies",
        "     every condition holds: plan",
        "  basic, version 1: does not apply",
        "     gold is asked first",
        "",
        "resolution (gold, version 1, §4): running",
        "  Promise         8h of working time, measured as resolution",
        "  Calendar        office, Europe/Copenhagen: mon-fri 09:00-17:00",
        "  Unusual dates   2026-03-30",
        "  Due             Tue 2026-03-31 17:00 +02:00 Europe/Copenhagen (2026-03-31T15:00:00Z)",
        "  Goal            4h: Tue 2026-03-31 13:00 +02:00 Europe/Copenhagen (2026-03-31T11:00:00Z)",
        "  Next            reminder 0m before of the goal 4h: Tue 2026-03-31 13:00 +02:00 Europe/Copenhagen",
        "                  (2026-03-31T11:00:00Z)",
        "",
        "  since, in Europe/Copenhagen   UTC                       state           worked           sum",
        "  Fri 2026-03-27 15:00 +01:00   2026-03-27T14:00:00Z      running             1h            1h",
        "       created (event opened, created)",
        "  Fri 2026-03-27 16:00 +01:00   2026-03-27T15:00:00Z      paused            (2h)            1h",
        "       status is now pending (event asked, status_changed)",
        "  Tue 2026-03-31 10:00 +02:00   2026-03-31T08:00:00Z      running             2h            3h",
        "       status is now open (event answered, status_changed)",
        "  Tue 2026-03-31 12:00 +02:00   2026-03-31T10:00:00Z      now                               3h",
        "   3h worked of 8h: 5h left",
    ]


def test_an_exclusion_in_the_history_is_shown_with_its_author(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an input of every ticket in its scope."""
    written(tmp_path, *HISTORY, CUT)
    lines = explained(files, capsys).splitlines()
    assert lines[-6:] == [
        "  Tue 2026-03-31 10:00 +02:00   2026-03-31T08:00:00Z      excluded          (1h)            1h",
        "       a power cut (exclusion cut, entered by ada at 2026-03-31T10:00:00Z)",
        "  Tue 2026-03-31 11:00 +02:00   2026-03-31T09:00:00Z      running             1h            2h",
        "       the exclusion ended: a power cut",
        "  Tue 2026-03-31 12:00 +02:00   2026-03-31T10:00:00Z      now                               2h",
        "   2h worked of 8h: 6h left",
    ]


def test_a_clock_that_began_within_an_exclusion_says_what_began_it(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table says only why its first hour does not count."""
    cut = {**CUT, "from": "2026-03-27T14:00:00Z", "to": "2026-03-27T15:00:00Z"}
    written(tmp_path, *HISTORY, cut)
    lines = explained(files, capsys).splitlines()
    assert lines[9:11] == [
        "  Promise         8h of working time, measured as resolution",
        "  Began           created (event opened, created)",
    ]


def test_a_breach_that_ended_is_headed_as_a_breach(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With how late it was, in its calendar's time; programs read the state that they know."""
    written(tmp_path, HISTORY[0], line("done", "solved", "2026-04-01T07:00:00Z", status="solved"))
    headed = [text for text in explained(files, capsys).splitlines() if text.startswith("resolution")]
    assert headed == ["resolution (gold, version 1, §4): breached, ended 2h late"]
    assert json.loads(explained(files, capsys, "--json"))["clocks"][0]["state"] == "ended"


@pytest.mark.parametrize(
    ("event", "said", "ended"),
    [
        (
            line("done", "solved", "2026-03-27T15:00:00Z", status="solved"),
            "status is now solved (event done, solved)",
            {"reason": "status is now solved", "event": "done"},
        ),
        (
            line("done", "solved", "2026-04-01T07:00:00Z", status="solved"),
            "the ticket was solved (event done, solved)",
            {"reason": "the ticket was solved", "event": "done"},
        ),
        (
            line("gone", "deleted", "2026-03-27T15:00:00Z"),
            "deleted (event gone, deleted)",
            {"reason": "deleted", "event": "gone"},
        ),
    ],
)
def test_a_clock_that_stopped_says_why(
    files: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    event: dict[str, Any],
    said: str,
    ended: dict[str, str],
) -> None:
    """Met, cancelled, or a breach that ended: below the last row, and in JSON."""
    written(tmp_path, HISTORY[0], event)
    lines = explained(files, capsys).splitlines()
    assert (lines[-3].split()[-2], lines[-2].strip()) == ("stopped", said)
    assert json.loads(explained(files, capsys, "--json"))["clocks"][0]["explanation"]["ended"] == ended


def test_a_clock_cancelled_in_its_pause_is_not_due_later(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing will ever take it on again."""
    written(tmp_path, *HISTORY[:2], line("gone", "deleted", "2026-03-27T16:00:00Z"))
    labels = [text.split()[0] for text in explained(files, capsys).splitlines() if text.startswith("  ")]
    assert "Due" not in labels
    assert "  Goal            4h" in explained(files, capsys).splitlines()


def test_a_clock_whose_start_lies_ahead_says_when_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not that it runs; the event that gave the date is named, and the last row is now."""
    metric = "metrics: {starter: {start: {at: custom.first_day}, stop: solved}}\n"
    (tmp_path / "day.yaml").write_text(BASIC.replace("targets: {resolution", metric + "targets: {starter"))
    opened = line("opened", "created", "2026-03-27T14:00:00Z", status="new")
    dated = line("dated", "field_changed", "2026-03-27T15:00:00Z", custom={"first_day": "2026-04-01"})
    files = [*written(tmp_path, opened, dated), "--agreement", str(tmp_path / "day.yaml")]
    lines = explained(files, capsys).splitlines()
    head = next(number for number, text in enumerate(lines) if text.startswith("starter"))
    assert lines[head] == (
        "starter (basic, version 1): begins at Wed 2026-04-01 00:00 +00:00 UTC (2026-04-01T00:00:00Z)"
    )
    assert lines[-4:] == [
        "  Wed 2026-04-01 00:00 +00:00   2026-04-01T00:00:00Z      begins              0m            0m",
        "       the date in custom.first_day: custom.first_day changed (event dated, field_changed)",
        "  Fri 2026-03-27 15:00 +00:00   2026-03-27T15:00:00Z      now                               0m",
        "   0m worked of 120h: 120h left",
    ]


def test_a_breach_that_ended_out_of_hours_is_headed_as_a_breach(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No working time came between the deadline, at the close, and the end."""
    at = "2026-03-27T08:00:00Z"
    opened = line("opened", "created", at, status="new", plan="gold", priority="high")
    written(tmp_path, opened, line("done", "solved", "2026-03-27T17:00:00Z", status="solved"))
    headed = [text for text in explained(files, capsys).splitlines() if text.startswith("resolution")]
    assert headed == ["resolution (gold, version 1, §4): breached, ended"]


def table(said: str) -> list[str]:
    """The rows of the table, without what stands below each."""
    lines = said.splitlines()
    begin = next(number for number, text in enumerate(lines) if text.startswith("  since, in"))
    return [text for text in lines[begin:] if text[2:5] in ("sin", "Fri")]


def test_the_table_has_whole_seconds_and_its_columns_line_up(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Helpdesks tell of microseconds, which nobody asks for."""
    asked = {**HISTORY[1], "occurred_at": "2026-03-27T14:30:00.123456Z"}
    written(tmp_path, HISTORY[0], asked)
    assert table(explained(files, capsys, "--at", "2026-03-27T15:00:00.5Z")) == [
        "  since, in Europe/Copenhagen   UTC                       state           worked           sum",
        "  Fri 2026-03-27 15:00 +01:00   2026-03-27T14:00:00Z      running            30m           30m",
        "  Fri 2026-03-27 15:30 +01:00   2026-03-27T14:30:00Z      paused           (30m)           30m",
        "  Fri 2026-03-27 16:00 +01:00   2026-03-27T15:00:00Z      now                              30m",
    ]


def test_the_table_has_fractions_where_they_tell_two_instants_apart(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then of every instant, and the columns still line up."""
    asked = {**HISTORY[1], "occurred_at": "2026-03-27T14:30:00.123456Z"}
    answered = {**HISTORY[2], "occurred_at": "2026-03-27T14:30:00.5Z"}
    written(tmp_path, HISTORY[0], asked, answered)
    rows = table(explained(files, capsys, "--at", "2026-03-27T15:00:00Z"))
    assert [row[:78] for row in rows] == [
        "  since, in Europe/Copenhagen            UTC                          state   ",
        "  Fri 2026-03-27 15:00 +01:00            2026-03-27T14:00:00Z         running ",
        "  Fri 2026-03-27 15:30:00.123456 +01:00  2026-03-27T14:30:00.123456Z  paused  ",
        "  Fri 2026-03-27 15:30:00.500000 +01:00  2026-03-27T14:30:00.5Z       running ",
        "  Fri 2026-03-27 16:00 +01:00            2026-03-27T15:00:00Z         now     ",
    ]


def test_json_gives_the_parts_of_the_http_answer(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The agreements, and each clock with its explanation."""
    said = json.loads(explained(files, capsys, "--json"))
    assert (said["account"], said["ticket_id"], said["agreement"], said["agreement_version"]) == (
        "acme",
        "1",
        "gold",
        1,
    )
    assert [each["applies"] for each in said["agreements"]] == [True, False]
    (clock,) = said["clocks"]
    assert (clock["state"], clock["explanation"]["worked_seconds"]) == ("running", 3600)


def test_a_ticket_under_no_agreement_says_why_for_each(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is measured, and that has a reason."""
    written(tmp_path, line("opened", "created", "2026-03-27T14:00:00Z", plan="silver"))
    assert explained(files[:3], capsys).splitlines()[2:] == [
        "AGREEMENTS, in the order of asking",
        "  no agreement applies",
        "  gold, version 1: does not apply",
        "     plan is silver, not gold",
    ]


def test_a_promise_without_a_clock_says_why(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Below the agreement that applies; in JSON beside its reasons."""
    gold = tmp_path / "gold.yaml"
    more = "  first_response: {urgent: 1h}\n  updates: {metric: requester_wait, budget: custom.last_day}\n"
    gold.write_text(GOLD + more, encoding="utf-8")
    assert explained(files, capsys).splitlines()[3:8] == [
        "  gold, version 1: applies",
        "     every condition holds: plan",
        "     first_response has no clock: no budget for priority high",
        "     updates has no clock: custom.last_day is unknown",
        "  basic, version 1: does not apply",
    ]
    said = json.loads(explained(files, capsys, "--json"))["agreements"]
    assert said[0]["without_clock"] == [
        {"target": "first_response", "reason": "no budget for priority high"},
        {"target": "updates", "reason": "custom.last_day is unknown"},
    ]
    assert "without_clock" not in said[1]


def test_what_cannot_be_explained_is_said_in_one_line(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown ticket, an instant before it, a broken line, a file that is not there."""
    events = files[0]
    assert (
        refused(["--ticket", "2", *files], capsys) == f"slaclock: {events}: there is no event of ticket '2'\n"
    )
    early = "2026-03-01T00:00:00Z"
    assert refused(["--ticket", "1", *files, "--at", early], capsys) == (
        f"slaclock: ticket '1' has no event until {early}\n"
    )
    assert refused(["--ticket", "1", *files, "--at", "noon"], capsys) == (
        "slaclock: --at 'noon' is no instant such as 2026-03-27T15:00:00Z\n"
    )
    assert refused(["--ticket", "1"], capsys) == (
        "slaclock: say where the ticket is: --account ID, or --agreement FILE and EVENTS.ndjson\n"
    )
    assert refused(["--ticket", "1", *files[1:]], capsys) == (
        "slaclock: --agreement FILE needs EVENTS.ndjson, the events to fold\n"
    )
    written(tmp_path, *HISTORY, {"schema": "nonsense/1"})
    assert refused(["--ticket", "1", *files], capsys).startswith(f"slaclock: {events}:4: /schema: ")
    assert refused(["--ticket", "1", "none.ndjson", *files[1:]], capsys) == (
        "slaclock: none.ndjson cannot be read: No such file or directory\n"
    )


def test_a_ticket_id_of_several_accounts_needs_the_account(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With it, the right one is explained."""
    written(tmp_path, *HISTORY, line("other", "created", "2026-03-27T14:00:00Z", "bolt", status="new"))
    assert refused(["--ticket", "1", *files], capsys) == (
        "slaclock: ticket '1' is in the accounts acme, bolt: add --account\n"
    )
    assert explained(files, capsys, "--account", "bolt").startswith(
        "ticket 1 of bolt at 2026-03-27T14:00:00Z: new\n"
    )


def test_of_a_line_that_is_there_twice_the_first_to_arrive_counts(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in every other folding of it."""
    again = {**HISTORY[1], "occurred_at": "2026-03-27T15:30:00Z", "received_at": "2026-03-27T16:00:00Z"}
    once = explained(files, capsys)
    written(tmp_path, HISTORY[0], again, *HISTORY[1:], HISTORY[0])
    assert explained(files, capsys) == once


def test_a_stored_ticket_is_explained_from_the_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is now, or as it was at another instant; what is not there is said in a line."""
    world = World("2026-03-27T14:05:00Z")
    monkeypatch.setattr(deployed, "stack", lambda *_: world)
    for at, kind, said in (
        (
            "2026-03-27T14:05:00Z",
            "created",
            {"customer": {"id": "acme"}, "priority": "urgent", "status": "new"},
        ),
        ("2026-03-27T14:15:00Z", "status_changed", PAUSED),
    ):
        time = world.at(at)
        assert world.workflow.take(TicketEvent(at, "example", "1", kind, time, time, said))
    world.at("2026-03-27T15:05:00Z")
    now = explained(["--account", "example"], capsys)
    assert "resolution (acme-gold, version 1, §4.2): paused\n" in now
    assert "10m worked of 4h: 3h50m left" in now
    before = explained(["--account", "example"], capsys, "--at", "2026-03-27T14:10:00Z")
    assert "resolution (acme-gold, version 1, §4.2): running\n" in before
    assert "5m worked of 4h: 3h55m left" in before
    assert refused(["--ticket", "9", "--account", "example"], capsys) == (
        "slaclock: account 'example' has no ticket '9'\n"
    )
