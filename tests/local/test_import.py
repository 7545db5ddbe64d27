"""`slaclock import`: an export put into a stack, once, with nobody woken for what is long past."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import inbox
from local.template import ROOT
from slaclock.cli import import_lines, main, stacks
from slaclock.domain.events import TicketEvent
from slaclock.domain.inputs import learned_at
from slaclock.domain.instants import parse_instant
from slaclock.helpdesks import zendesk
from slaclock.store.commit import Commit, Saved
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreUnavailableError
from tests.local.desk import BASIC, GOLD, Desk, interrupted, open_desk

# The desk opens on Monday 2 March 2026 at nine; a resolution takes four hours, around the clock.
OPENED = {"status": "new", "priority": "high", "plan": "gold"}
NOTHING_TOLD = ["facts: 0", "of these told to nobody: 0"]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD, basic=BASIC) as desk:
        yield desk


def line(ticket_id: str, at: str, kind: str = "created", **ticket: Any) -> dict[str, Any]:
    """A canonical event, without what the connection says of it."""
    ticket = ticket or ({**OPENED, "created_at": at} if kind == "created" else {"status": kind})
    return {
        "schema": "ticket-event/1",
        "event_id": f"{ticket_id}:{kind}:{at}",
        "source": "generic",
        "ticket_id": ticket_id,
        "type": kind,
        "occurred_at": at,
        "time_quality": "event",
        "ticket": ticket,
        "known": sorted(ticket),
    }


# Solved in time; solved an hour late; and one that nobody has solved.
HISTORY = [
    line("1", "2026-02-02T09:00:00Z"),
    line("2", "2026-02-03T09:00:00Z"),
    line("1", "2026-02-02T10:00:00Z", "solved"),
    line("2", "2026-02-03T14:00:00Z", "solved"),
    line("3", "2026-02-04T09:00:00Z"),
]


def export(desk: Desk, *lines: Any, name: str = "export.ndjson") -> str:
    """A file of such lines; text is written as it is."""
    path = desk.folder / name
    texts = (each if isinstance(each, str) else json.dumps(each) for each in lines)
    path.write_text("".join(f"{each}\n" for each in texts))
    return str(path)


def imported(desk: Desk, *argv: str, connection: str = "generic-local") -> tuple[int, list[str], list[str]]:
    """The command's exit status and lines; what follows from it has happened."""
    desk.capsys.readouterr()
    code = main(["import", "--connection", connection, *argv])
    said = desk.capsys.readouterr()
    desk.stack.settle()
    return code, said.out.splitlines(), said.err.splitlines()


def test_an_export_is_recorded_and_nobody_hears_of_it(desk: Desk) -> None:
    """Three tickets of February: what was met, what was missed and ended, and what still waits."""
    assert imported(desk, export(desk, *HISTORY)) == (
        0,
        [
            "lines read: 5",
            "lines that say nothing of a ticket: 0",
            "tickets imported: 3",
            "new events: 5",
            "events known before: 0",
            "facts: 7",
            "  breach_ended: 1",
            "  clock_breached: 2",
            "  clock_met: 1",
            "  clock_started: 3",
            "of these told to nobody: 3",
        ],
        [],
    )
    assert desk.facts("1")[1:] == [("clock_met", "2026-02-02T10:00:00Z")]
    assert desk.facts("2")[1:] == [
        ("clock_breached", "2026-02-03T13:00:00Z"),
        ("breach_ended", "2026-02-03T14:00:00Z"),
    ]
    breach = desk.ticket("3")["facts"][1]
    assert (breach["detected_at"], breach["detected_by"]) == ("2026-03-02T09:00:00Z", "late event")
    assert desk.clock("3") == ("gold", 1, "breached", "2026-02-04T13:00:00Z")
    desk.advance(hours=10)
    assert inbox(desk.stack) == []


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    """Also with more lines beside it: only those are new."""
    imported(desk, export(desk, *HISTORY))
    code, out, _ = imported(desk, export(desk, *HISTORY))
    assert (code, out[3:]) == (0, ["new events: 0", "events known before: 5", *NOTHING_TOLD])
    _, out, _ = imported(desk, export(desk, *HISTORY, line("3", "2026-02-05T09:00:00Z", "solved")))
    assert out[3:5] == ["new events: 1", "events known before: 5"]
    assert desk.facts("3")[2:] == [("breach_ended", "2026-02-05T09:00:00Z")]
    assert inbox(desk.stack) == []


def test_a_clock_that_still_runs_is_watched_and_told_as_ever(desk: Desk) -> None:
    """Opened an hour ago: due in three."""
    imported(desk, export(desk, line("4", "2026-03-02T08:00:00Z")))
    assert desk.clock("4") == ("gold", 1, "running", "2026-03-02T12:00:00Z")
    desk.advance(hours=4)
    assert [each["json"]["fact"] for each in inbox(desk.stack)] == ["clock_breached"] * 2


@pytest.mark.parametrize(
    ("quiet", "told"),
    [
        ((), 2),
        (("--quiet-before", "2026-03-02T08:30:00Z"), 2),
        (("--quiet-before", "2026-03-02T09:31:00+01:00"), 0),
    ],
)
def test_what_is_an_hour_old_at_the_most_is_told_unless_it_is_said_otherwise(
    desk: Desk, quiet: tuple[str, ...], told: int
) -> None:
    """Due at half past eight, half an hour before the import."""
    imported(desk, export(desk, line("4", "2026-03-02T04:30:00Z")), *quiet)
    assert len(inbox(desk.stack)) == told
    assert [fact for fact, _ in desk.facts("4")] == ["clock_started", "clock_breached"]


def test_what_a_webhook_told_already_is_the_same_event(desk: Desk) -> None:
    """A delivery and a line with one id are one: the ticket goes on where the webhooks fell silent."""
    desk.event("5")
    known = f"5:created:{desk.stack.clock.now()}"
    lines = [
        {**line("5", "2026-03-02T09:00:00Z"), "event_id": known},
        line("5", "2026-03-02T10:00:00Z", "solved"),
    ]
    desk.advance(hours=5)
    _, out, _ = imported(desk, export(desk, *lines))
    assert out[3:5] == ["new events: 1", "events known before: 1"]
    assert desk.facts("5")[1:] == [
        ("clock_breached", "2026-03-02T13:00:00Z"),
        ("outcome_corrected", "2026-03-02T14:00:00Z"),
        ("clock_met", "2026-03-02T10:00:00Z"),
    ]
    withdrawn = [each["json"] for each in inbox(desk.stack) if each["json"]["fact"] == "outcome_corrected"]
    assert {each["because"] for each in withdrawn} == {lines[1]["event_id"]}
    assert sorted(each["audience"] for each in withdrawn) == ["legal", "team"]


def test_an_interrupted_import_is_finished_by_the_same_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after any of its writes, and once more: as if it had never been interrupted."""
    path = export(desk, *HISTORY)
    for after in (0, 1, 0, 2):
        with monkeypatch.context() as patched:
            patched.setattr(DynamoStore, "commit", interrupted(DynamoStore.commit, after=after))
            assert imported(desk, path)[0] == 130
    assert imported(desk, path)[0] == 0
    assert [len(desk.facts(each)) for each in "123"] == [2, 3, 2]
    assert inbox(desk.stack) == []


def test_a_dry_run_says_what_would_follow_and_writes_nothing(desk: Desk) -> None:
    """The same counts in other words."""
    path = export(desk, *HISTORY)
    would = imported(desk, path, "--dry-run")
    assert would[1][2:6] == [
        "tickets that would be imported: 3",
        "events that would be new: 5",
        "events known before: 0",
        "facts that would follow: 7",
    ]
    assert desk.stack.store.load("ticket#example#1").saved is None
    assert imported(desk, path)[1][6:] == would[1][6:]


def test_what_the_helpdesk_would_deliver_is_read_by_its_adapter(desk: Desk) -> None:
    """As it is, or in an envelope that says when it was received; what maps to nothing is counted."""
    raw = (
        (ROOT / "events" / "zendesk" / "ticket_created_urgent.json").read_text().replace("-03-27T", "-02-02T")
    )
    body = json.loads(raw)["body"]
    envelope: dict[str, Any] = {
        "received_at": "2026-02-02T14:05:10Z",
        "headers": {"X-Any": "1"},
        "body": json.dumps(body),
    }
    noise = {**body, "type": "zen:event-type:user.created", "id": "noise"}
    path = export(desk, body, envelope, {"body": body}, noise)
    _, out, _ = imported(desk, path, "--dry-run", connection="zendesk-local")
    assert out[:5] == [
        "lines read: 4",
        "lines that say nothing of a ticket: 1",
        "tickets that would be imported: 1",
        "events that would be new: 1",
        "events known before: 2",
    ]
    imported(desk, path, connection="zendesk-local")
    (given,) = desk.stack.store.history("ticket#example#4711")[0].given
    assert learned_at(given) == parse_instant("2026-03-02T09:00:00Z")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "the line is not JSON"),
        ("[]", "the line is no JSON object"),
        ({**HISTORY[0], "occurred_at": "yesterday"}, "/occurred_at: 'yesterday' is no instant"),
        ({**HISTORY[0], "ticket": {"status": "lost"}}, "/ticket/status: must be one of"),
        ({**HISTORY[0], "account": "other"}, "/account: is not the account of the connection"),
        ({**HISTORY[0], "received_at": "2026-03-02T09:00:01Z"}, "/received_at: is still to come"),
        ({"body": {}, "received_at": "noon"}, "/received_at: is no instant"),
        ({"body": {}, "headers": ["a"]}, "/headers: is no object of texts"),
        ({"body": {}}, "/schema: is missing"),
        (f'{{"x": "{"y" * import_lines.LONGEST}"}}', "the line is longer than 1048576 bytes"),
    ],
)
def test_a_mistake_names_file_line_and_member_and_nothing_is_written(
    desk: Desk, wrong: Any, said: str
) -> None:
    """All lines are read first, those behind the mistake too."""
    path = export(desk, HISTORY[0], "", wrong, HISTORY[1])
    code, out, err = imported(desk, path)
    assert (code, out, len(err)) == (1, [], 2)
    assert err[0].startswith(f"slaclock: {path}:3: {said}")
    assert err[1] == "slaclock: of 3 lines 1 are wrong; nothing was imported"
    assert desk.stack.store.load("ticket#example#1").saved is None


def test_of_many_mistakes_twenty_are_named(desk: Desk) -> None:
    """In whichever files; the others are counted."""
    first = export(desk, *["{"] * 15)
    other = export(desk, *["{"] * 15, HISTORY[0], name="other.ndjson")
    code, _, err = imported(desk, first, other)
    assert (code, len(err)) == (1, 22)
    assert err[19:] == [
        f"slaclock: {other}:5: the line is not JSON",
        "slaclock: and 10 more",
        "slaclock: of 31 lines 30 are wrong; nothing was imported",
    ]


def test_a_fault_of_an_adapter_is_named_by_its_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody finds a line in a million by a traceback."""

    def faulty(*_: Any) -> Any:
        raise KeyError("detail")

    monkeypatch.setattr(zendesk, "read", faulty)
    path = export(desk, "{}")
    assert (
        imported(desk, path, connection="zendesk-local")[2][0] == f"slaclock: {path}:1: met a fault, KeyError"
    )


def test_a_ticket_that_fails_is_named_and_the_others_are_imported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 1; the same command again imports it."""
    commit = DynamoStore.commit

    def failing(store: DynamoStore, change: Commit) -> Saved:
        if change.ticket.ticket_id == "2":
            raise StoreUnavailableError("ThrottlingException")
        return commit(store, change)

    path = export(desk, *HISTORY)
    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "commit", failing)
        code, out, err = imported(desk, path)
    assert (code, out[2]) == (1, "tickets imported: 2")
    assert err == [
        "slaclock: ticket 2 was not imported: StoreUnavailableError: ThrottlingException",
        "slaclock: run the same command again: what is imported is known before then",
    ]
    assert imported(desk, path)[1][3:5] == ["new events: 2", "events known before: 3"]


def test_lines_come_from_stdin_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name `-`."""

    class Stdin:
        buffer = io.BytesIO(b"{\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    assert imported(desk, "-")[2][0] == "slaclock: stdin:1: the line is not JSON"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--connection", "nobodys", "x"), "there is no connection 'nobodys': see slaclock connection list"),
        (
            ("--connection", "generic-local", "none.ndjson"),
            "none.ndjson cannot be read: No such file or directory",
        ),
    ],
)
def test_what_is_mistyped_is_told_in_a_line(desk: Desk, argv: tuple[str, ...], said: str) -> None:
    """Exit status 1."""
    desk.capsys.readouterr()
    assert main(["import", *argv]) == 1
    assert desk.capsys.readouterr().err == f"slaclock: {said}\n"


EXPORTS = ROOT / "tests" / "spec" / "exports"


def connect(desk: Desk, kind: str) -> str:
    """A connection to a helpdesk of that kind; its id."""
    record = {"id": f"{kind}-local", "kind": kind, "account": "example", "secret": "slaclock/local"}
    desk.stack.store.connect(record)
    return record["id"]


def test_an_export_of_a_helpdesks_api_is_read_by_a_mapping(desk: Desk) -> None:
    """A ticket with its conversations: resolved a day late, while it was closed three days after."""
    ticket = json.loads((EXPORTS / "freshdesk.json").read_text().replace("2026-03-0", "2026-02-0"))
    path = export(desk, ticket)
    argv = (path, "--mapping", "freshdesk_export")
    assert imported(desk, *argv, connection=connect(desk, "freshdesk"))[1][:4] == [
        "lines read: 1",
        "lines that say nothing of a ticket: 0",
        "tickets imported: 1",
        "new events: 6",
    ]
    assert desk.facts("3107")[1:] == [
        ("clock_breached", "2026-02-02T16:00:00Z"),
        ("breach_ended", "2026-02-03T08:30:00Z"),
    ]
    assert imported(desk, *argv, connection=connect(desk, "freshdesk"))[1][3:5] == [
        "new events: 0",
        "events known before: 6",
    ]


def test_words_that_mean_nothing_are_named_with_the_command_that_gives_them_a_meaning(desk: Desk) -> None:
    """Before anything is recorded by them; once they are mapped, nothing is left to say."""
    ticket = json.loads((EXPORTS / "freshdesk.json").read_text()) | {"status": 6, "priority": 9, "tags": []}
    ticket |= {"updated_at": "2026-03-02T08:30:00Z", "created_at": "2026-03-02T08:00:00Z"}
    ticket |= {"stats": {}, "conversations": []}
    path = export(desk, ticket, {**ticket, "id": 3108})
    argv = (path, "--mapping", "freshdesk_export", "--dry-run")
    code, _, err = imported(desk, *argv, connection=connect(desk, "freshdesk"))
    assert (code, err[:2]) == (
        0,
        [
            "slaclock: priority '9' is on no map: it is in 4 events",
            "slaclock: status '6' is on no map: it is in 2 events",
        ],
    )
    command = "slaclock connection set freshdesk-local --priority '9=…' --status '6=…'"
    assert err[2:] == [f"slaclock: say what they mean, before you import: {command}"]
    assert main(["connection", "set", "freshdesk-local", "--status", "6=on_hold", "--priority", "9=low"]) == 0
    assert imported(desk, *argv, connection="freshdesk-local")[::2] == (0, [])


def test_of_many_words_that_mean_nothing_twenty_are_named(desk: Desk) -> None:
    """The most frequent; imported all the same, and the command is then for what comes."""
    ticket = {"created_at": "2026-03-02T08:00:00Z", "updated_at": "2026-03-02T08:30:00Z"}
    path = export(desk, *({**ticket, "id": 50 + code, "status": 50 + code} for code in range(25)))
    code, _, err = imported(
        desk, path, "--mapping", "freshdesk_export", connection=connect(desk, "freshdesk")
    )
    assert (code, len(err), err[20]) == (0, 22, "slaclock: and 5 more such words")
    assert err[21].startswith(
        "slaclock: say what they mean, for what comes; what is imported stays as it is: "
    )


def test_lines_that_all_say_nothing_are_most_likely_of_another_shape(desk: Desk) -> None:
    """An API's ticket is no delivery: exit status 1. A file without lines is no mistake."""
    noise = json.loads((ROOT / "events" / "github" / "ping.json").read_text())["body"]
    code, out, err = imported(desk, export(desk, noise, noise), connection=connect(desk, "github"))
    assert (code, out[1]) == (1, "lines that say nothing of a ticket: 2")
    (said,) = err
    assert said.startswith(
        "slaclock: not one line tells of a ticket: are they what a connection of kind github"
    )
    assert said.endswith("What an API exports needs --mapping")
    assert imported(desk, export(desk), connection=connect(desk, "github"))[::2] == (0, [])


def test_what_tells_no_time_happened_when_its_envelope_was_received_and_is_received_now(desk: Desk) -> None:
    """Received says when we knew; somebody else's archive says when it happened."""
    body = json.loads((ROOT / "events" / "freshdesk" / "rule_reply_by_agent.json").read_text())["body"]
    path = export(desk, {"received_at": "2026-02-02T09:00:00Z", "body": body})
    assert imported(desk, path, connection=connect(desk, "freshdesk"))[0] == 0
    (event,) = desk.stack.store.history("ticket#example#2041")[0].given
    assert isinstance(event, TicketEvent)
    assert event.received_at == parse_instant("2026-03-02T09:00:00Z")
    assert event.occurred_at == parse_instant("2026-02-02T09:00:00Z")


def test_a_sample_is_a_line_too_and_so_is_one_behind_the_mark_of_utf_8(desk: Desk) -> None:
    """As `connection test` takes a file of events/; editors and shells of Windows write the mark."""
    sample = json.loads(
        (ROOT / "events" / "freshdesk" / "app_created.json").read_text().replace("-03-27", "-02-02")
    )
    path = desk.folder / "sample.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(sample).encode() + b"\n")
    _, out, err = imported(desk, str(path), "--dry-run", connection=connect(desk, "freshdesk"))
    assert (out[:3], err) == (
        ["lines read: 1", "lines that say nothing of a ticket: 0", "tickets that would be imported: 1"],
        [],
    )


def test_the_stack_is_named_as_for_the_other_commands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tables are those of the auditor, who reads and writes them all."""
    asked: list[tuple[str, str]] = []
    tables = {name: os.environ[name] for name in ("TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE")}

    def environment(stack: str, function: str) -> dict[str, str]:
        asked.append((stack, function))
        return tables

    monkeypatch.setattr(stacks, "environment", environment)
    for name in tables:
        monkeypatch.delenv(name)
    path = export(desk, *HISTORY)
    assert imported(desk, path, "--stack", "prod")[0] == 0
    assert asked == [("prod", "Audit")]
    code, _, err = imported(desk, path)
    assert (code, len(err)) == (1, 1)
