"""`slaclock simulate`: what another agreement would have made of a history."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.cli import history, main
from slaclock.domain.instants import format_instant
from tests.spec.story import when

if TYPE_CHECKING:
    from pathlib import Path


NEW = """\
agreement: gold
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
calendar: office
targets:
  first_response: 1h
  resolution: {budget: {urgent: 2h, default: 4h}}
"""
OLD = NEW.replace("first_response: 1h", "first_response: 2h")
OTHER = """\
agreement: gold-2025
calendars: {always: {timezone: UTC, hours: 24x7}}
calendar: always
targets: {resolution: 2h wall, answers: {metric: next_response, budget: 5h}}
"""
RUN = "import sys; from slaclock.cli import history, main; history.SMALLEST = 900; sys.exit(main())"
SPAWN = f"import multiprocessing; multiprocessing.set_start_method('spawn'); {RUN}"
FORK = SPAWN.replace("spawn", "fork")


def told(instant: str, kind: str, ticket: str = "1", **members: Any) -> dict[str, Any]:
    """Write one line; statuses and priorities are the ticket's, all else is the event's."""
    ticket_members = {name: members.pop(name) for name in ("status", "priority") if name in members}
    at = format_instant(when(instant))
    return {
        "schema": "ticket-event/1",
        "event_id": f"{ticket}-{kind}-{instant}",
        "source": "generic",
        "connection": "anybody",
        "account": "acme",
        "ticket_id": ticket,
        "type": kind,
        "occurred_at": at,
        "time_quality": "event",
        "received_at": at,
        "ticket": ticket_members,
        "known": sorted(ticket_members),
        **members,
    }


def solved(instant: str, ticket: str = "1") -> dict[str, Any]:
    return told(instant, "solved", ticket, status="solved")


WEEK = [
    told("Mon 09:00", "created", "1"),
    told("Mon 09:30", "agent_replied", "1"),
    solved("Mon 12:00", "1"),
    told("Mon 10:00", "created", "2"),
    told("Mon 11:30", "agent_replied", "2"),
    solved("Mon 16:00", "2"),
    told("Mon 16:30", "created", "3"),
    told("Tue 09:20", "agent_replied", "3"),
    told("Tue 10:00", "status_changed", "3", status="pending"),
    solved("Wed 12:00", "3"),
]
REST = [
    told("Tue 10:00", "created", "4"),
    told("Wed 11:30", "created", "5"),
    solved("Wed 11:45", "5"),
    told("Wed 11:50", "created", "6"),
]


class Command:
    """The command in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        for name, text in (("new", NEW), ("old", OLD), ("other", OTHER)):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def simulate(self, events: list[Any], *more: str) -> tuple[int, list[str], str]:
        self.write(events)
        return self.run("simulate", "--agreement", "new.yaml", "events.ndjson", *more)

    def report(self, events: list[Any], *more: str) -> Any:
        code, out, err = self.simulate(events, "--json", *more)
        assert (code, err, len(out)) == (0, "", 1)
        return json.loads(out[0])

    def write(self, events: list[Any]) -> None:
        text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in events)
        (self.folder / "events.ndjson").write_text(text, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, list[str], str]:
        code = main(words)
        out, err = self.capsys.readouterr()
        return code, out.splitlines(), err

    def apart(self, program: str, *words: str) -> tuple[int, str, str]:
        """Run it in a process of its own, which the jobs belong to."""
        command = [
            sys.executable,
            "-c",
            program,
            "simulate",
            "--agreement",
            "new.yaml",
            "events.ndjson",
            *words,
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command, in a folder with three agreements."""
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, capsys)


def test_a_week_is_counted_by_target_with_the_difference_to_the_old_document(command: Command) -> None:
    """Ticket 2 waits 1h30m for a reply, ticket 4 for ever; 5 is solved without one, 6 is still young."""
    code, out, err = command.simulate([*WEEK, *REST], "--against", "old.yaml")
    assert (code, err) == (0, "")
    assert out == [
        "6 tickets, told until 2026-03-25T11:00:00Z",
        "",
        "agreement  target                  met  breached  cancelled  open  attainment",
        "gold       first_response  new       2         2          1     1      50.00%",
        "gold       first_response  old       3         1          1     1      75.00%",
        "                           change   -1        +1         +0    +0      -25.00",
        "gold       resolution      new       3         2          0     1      60.00%",
        "gold       resolution      old       3         2          0     1      60.00%",
        "                           change   +0        +0         +0    +0       +0.00",
        "",
        "The tightest target that would have been kept by so many of the cycles that stopped or breached:",
        "agreement  target          budget  cycles            90%            95%            99%",
        "gold       first_response  1h           4  not reachable  not reachable  not reachable",
        "gold       resolution      4h           5  not reachable  not reachable  not reachable",
        "",
        "With another outcome: 1 cycle of 1 ticket",
        "account  ticket  target          cycle  old  new       due under old         due under new",
        "acme     2       first_response  1      met  breached  2026-03-23T11:00:00Z  2026-03-23T10:00:00Z",
    ]


def test_without_another_document_only_the_new_one_is_counted(command: Command) -> None:
    """The tightest target is a time that a cycle took: 1h30m to answer, 6h to solve."""
    code, out, _ = command.simulate(WEEK)
    assert code == 0
    assert out == [
        "3 tickets, told until 2026-03-25T11:00:00Z",
        "",
        "agreement  target               met  breached  cancelled  open  attainment",
        "gold       first_response  new    2         1          0     0      66.66%",
        "gold       resolution      new    2         1          0     0      66.66%",
        "",
        "The tightest target that would have been kept by so many of the cycles that stopped or breached:",
        "agreement  target          budget  cycles    90%    95%    99%",
        "gold       first_response  1h           3  1h30m  1h30m  1h30m",
        "gold       resolution      4h           3     6h     6h     6h",
    ]


def test_json_says_all_to_the_second(command: Command) -> None:
    """Attainment as a share, the tightest targets by budget, too, and each change with its deadlines."""
    urgent = told("Mon 09:00", "created", "7", priority="urgent")
    report = command.report([*WEEK, urgent, solved("Mon 10:00:30", "7")], "--against", "old.yaml")
    first, resolution = report["targets"]
    assert (report["until"], report["tickets"]) == ("2026-03-25T11:00:00Z", 4)
    assert first["new"] == {
        "agreement": "gold",
        "met": 2,
        "breached": 2,
        "cancelled": 0,
        "open": 0,
        "attainment": 0.5,
    }
    assert first["difference"] == {"met": -1, "breached": 2, "cancelled": -1, "open": 0, "attainment": -0.5}
    assert resolution["tightest"] == {
        "cycles": 4,
        "stopped": 4,
        "seconds": {"90%": 21600, "95%": 21600, "99%": 21600},
        "by_budget": {
            "2h": {"cycles": 1, "stopped": 1, "seconds": {"90%": 3630, "95%": 3630, "99%": 3630}},
            "4h": {"cycles": 3, "stopped": 3, "seconds": {"90%": 21600, "95%": 21600, "99%": 21600}},
        },
    }
    assert report["changes"][1] == {
        "account": "acme",
        "ticket_id": "7",
        "target": "first_response",
        "cycle": 1,
        "old": {
            "agreement": "gold",
            "budget": "2h",
            "outcome": "cancelled",
            "due_at": "2026-03-23T10:00:00Z",
        },
        "new": {
            "agreement": "gold",
            "budget": "1h",
            "outcome": "breached",
            "due_at": "2026-03-23T09:00:00Z",
        },
    }


def test_the_same_document_on_both_sides_changes_nothing(command: Command) -> None:
    """Old equal to new: no difference, no ticket that changes."""
    report = command.report([*WEEK, *REST], "--against", "new.yaml")
    assert report["changes"] == []
    assert all(each["new"] == each["old"] for each in report["targets"])
    _, out, _ = command.simulate([*WEEK, *REST], "--against", "new.yaml")
    assert out[-1] == "With another outcome: none"


def test_an_agreement_alone_of_its_kind_is_compared_whatever_its_id(command: Command) -> None:
    """A target that only one side promises stands there alone; `worked` of wall time is wall time."""
    report = command.report(WEEK, "--against", "other.yaml")
    sides = [
        (each["target"], each["new"] and each["new"]["agreement"], each["old"] and each["old"]["agreement"])
        for each in report["targets"]
    ]
    assert sides == [
        ("first_response", "gold", None),
        ("resolution", "gold", "gold-2025"),
        ("answers", None, "gold-2025"),
    ]
    changed = [
        (
            each["ticket_id"],
            each["target"],
            *(side and side["outcome"] for side in (each["old"], each["new"])),
        )
        for each in report["changes"]
    ]
    assert changed == [
        ("1", "answers", "met", None),
        ("1", "first_response", None, "met"),
        ("1", "resolution", "breached", "met"),
        ("2", "answers", "met", None),
        ("2", "first_response", None, "breached"),
        ("3", "answers", "breached", None),
        ("3", "first_response", None, "met"),
        ("3", "resolution", "breached", "met"),
    ]
    code, out, _ = command.run("simulate", "--agreement", "other.yaml", "events.ndjson")
    assert code == 0
    assert [row for row in out if "answers (next_response)  new    2         1" in row]
    # Mon 09:00-12:00 is 3h, Mon 10:00-16:00 6h; Mon 16:30 to Tue 10:00, then pending: 17h30m.
    assert out[-2].split() == ["gold-2025", "resolution", "2h", "wall", "3", "17h30m", "17h30m", "17h30m"]


def test_until_is_the_last_moment_that_counts(command: Command) -> None:
    """The reply of Mon 11:30 has not happened; the breach at 11:00 has."""
    report = command.report(WEEK, "--until", "2026-03-23T11:00:00+01:00")
    assert report["targets"][0]["new"] == {
        "agreement": "gold",
        "met": 1,
        "breached": 1,
        "cancelled": 0,
        "open": 0,
        "attainment": 0.5,
    }
    assert report["targets"][0]["tightest"]["stopped"] == 1


def test_the_text_bounds_the_changes_and_says_how_many_are_left_out(command: Command) -> None:
    """Fifty, ticket 9 before ticket 10; JSON has them all."""
    many = [
        each
        for number in range(1, 61)
        for each in (
            told("Mon 10:00", "created", f"T-{number}"),
            told("Mon 11:30", "agent_replied", f"T-{number}"),
        )
    ]
    code, out, _ = command.simulate(many, "--against", "old.yaml")
    assert code == 0
    assert [row.split()[1] for row in out[-52:-49]] == ["ticket", "T-1", "T-2"]
    assert out[-43].split()[1:4] == ["T-9", "first_response", "1"]
    assert out[-42].split()[1] == "T-10"
    assert out[-1] == "and 10 more: --json lists all"
    assert len(command.report(many, "--against", "old.yaml")["changes"]) == 60


def test_names_from_elsewhere_cannot_steer_a_terminal(command: Command) -> None:
    """What cannot be printed is a question mark in the text."""
    ticket = "1\x1b[2J"
    events = [told("Mon 10:00", "created", ticket), told("Mon 11:30", "agent_replied", ticket)]
    _, out, _ = command.simulate(events, "--against", "old.yaml")
    assert out[-1].split()[1] == "1?[2J"


def test_acknowledgements_are_read_and_change_no_count(command: Command) -> None:
    """A line of a history, as for `slaclock replay`; one alone is no history."""
    taken = {
        "schema": "acknowledgement/1",
        "account": "acme",
        "ticket_id": "4",
        "agreement": "gold",
        "metric": "first_response",
        "by": "ada",
        "at": format_instant(when("Wed 10:00")),
    }
    assert command.report([*REST, taken]) == command.report(REST)
    code, _, err = command.simulate([taken])
    assert (code, err) == (1, "slaclock: events.ndjson holds no event of a ticket\n")


def test_an_exclusion_is_for_every_ticket_in_its_scope(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever part of the history it stands: from 10:00 to 11:00 nothing counts for ticket 2 either."""
    excluded = {
        "schema": "exclusion/1",
        "from": format_instant(when("Mon 10:00")),
        "to": format_instant(when("Mon 11:00")),
        "reason": "maintenance",
        "by": "ada",
        "scope": {"target": "first_response"},
        "entered_at": format_instant(when("Mon 09:45")),
    }
    monkeypatch.setattr(history, "SMALLEST", 900)
    first, resolution = command.report([*WEEK, excluded])["targets"]
    assert (first["new"]["met"], first["new"]["breached"]) == (3, 0)
    assert first["tightest"]["seconds"] == {"90%": 3000, "95%": 3000, "99%": 3000}
    assert (resolution["new"]["met"], resolution["new"]["breached"]) == (2, 1)


def test_stdin_and_pipes_are_read(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-`; what cannot be read twice is copied first."""
    text = "\n".join(json.dumps(each) for each in WEEK)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = command.run("simulate", "--agreement", "new.yaml", "-")
    assert (code, out[0]) == (0, "3 tickets, told until 2026-03-25T11:00:00Z")


def a_history(tickets: int) -> list[dict[str, Any]]:
    """Many lives, their lines in no order: late, doubled and reopened, in two accounts."""
    random, lines = Random(4), []  # noqa: S311  (the same history every time)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Mon+1", "Tue+1")
    for number in range(tickets):
        moments = sorted(random.sample([(day, hour) for day in range(8) for hour in range(7, 19)], 8))
        names = [f"{days[day]} {hour:02}:{random.randrange(60):02}" for day, hour in moments]
        about = {"account": random.choice(["acme", "beta"])}
        kinds = ["agent_replied", "customer_replied", "priority_changed", "pending", "open", "solved", "open"]
        lines.append(told(names[0], "created", str(number), priority="normal", **about))
        for name, kind in zip(names[1:], random.sample(kinds, random.randrange(8)), strict=False):
            if kind in ("pending", "open", "solved"):
                lines.append(told(name, "status_changed", str(number), status=kind, **about))
            else:
                lines.append(
                    told(name, kind, str(number), priority=random.choice(["urgent", "low"]), **about)
                )
    # The same event twice, later and with a later time: it is one, and no end of the history.
    again = lines[0] | {
        "occurred_at": format_instant(when("Fri+2 10:00")),
        "received_at": format_instant(when("Fri+2 10:00")),
    }
    return [*random.sample(lines, len(lines)), again]


def test_the_counts_are_those_of_the_replayed_facts(command: Command) -> None:
    """The same engine, and nothing counted twice or lost; the end is the same moment, too."""
    command.write(a_history(60))
    _, out, _ = command.run("replay", "--agreement", "new.yaml", "events.ndjson")
    standing: dict[tuple[str, ...], dict[str, str]] = {}
    for fact in map(json.loads, out):
        of = tuple(str(fact[name]) for name in ("account", "ticket_id", "target", "cycle"))
        outcomes = standing.setdefault(of, {})
        if fact["fact"] in ("clock_met", "clock_breached", "clock_cancelled"):
            outcomes[fact["id"]] = fact["fact"].removeprefix("clock_")
        if fact["fact"] == "outcome_corrected":
            outcomes.pop(fact["corrects"], None)
    replayed = Counter((of[2], ["open", *outcomes.values()][-1]) for of, outcomes in standing.items())
    report = command.report(a_history(60))
    simulated = {
        (each["target"], outcome): each["new"][outcome]
        for each in report["targets"]
        for outcome in ("met", "breached", "cancelled", "open")
    }
    assert simulated == {key: replayed[key] for key in simulated}
    assert sum(simulated.values()) == sum(replayed.values())
    assert min(simulated["resolution", each] for each in ("met", "breached", "open")) > 0


@pytest.mark.parametrize("program", [FORK, SPAWN], ids=["fork", "spawn"])
def test_the_answer_is_the_same_however_many_processes_share_the_work(command: Command, program: str) -> None:
    """Whether they are forked or begin anew."""
    command.write(a_history(40))
    words = ("--against", "old.yaml", "--json")
    code, alone, err = command.apart(RUN, *words, "--jobs", "1")
    assert (code, err) == (0, "")
    assert command.apart(program, *words, "--jobs", "2") == (0, alone, "")
    assert json.loads(alone) == command.report(a_history(40), "--against", "old.yaml")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_first_wrong_line_is_named_whoever_reads_it(command: Command, jobs: str) -> None:
    """File and line, JSON pointer, and reason, as `slaclock replay` says it."""
    lines = a_history(40)
    lines[60] |= {"type": "vanished"}
    lines[150] |= {"occurred_at": "yesterday"}
    command.write(lines)
    code, out, err = command.apart(RUN, "--jobs", jobs)
    assert (code, out) == (1, "")
    assert err.startswith("slaclock: events.ndjson:61: /type: must be one of")
    assert len(err.splitlines()) == 1
    assert main(["replay", "--agreement", "new.yaml", "events.ndjson"]) == 1
    assert command.capsys.readouterr().err == err


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", "events.ndjson:12: the line is not JSON"),
        ("[]", "events.ndjson:12: must be object"),
        ({"schema": "ticket-event/2"}, "events.ndjson:12: /schema: is neither ticket-event/1 nor"),
        (WEEK[0] | {"occurred_at": "yesterday"}, "events.ndjson:12: /occurred_at: 'yesterday' is no instant"),
        ({"schema": "acknowledgement/1", "by": "ada"}, "events.ndjson:12: /at: is missing"),
    ],
)
def test_a_wrong_line_is_named_with_its_member(
    command: Command, wrong: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blank lines count, and parts of the history are counted on; nothing is written."""
    monkeypatch.setattr(history, "SMALLEST", 1500)
    code, out, err = command.simulate([*WEEK, "", wrong, *REST])
    assert (code, out) == (1, [])
    assert err.startswith(f"slaclock: {message}")


TWIN = NEW.replace("agreement: gold", "agreement: silver")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--agreement", "new.yaml", "missing.ndjson"], "missing.ndjson cannot be read: No such file"),
        (["--agreement", "new.yaml", "."], ". cannot be read: Is a directory"),
        (["--agreement", "new.yaml", "none.ndjson"], "none.ndjson holds no event of a ticket"),
        (["--agreement", "missing.yaml", "events.ndjson"], "missing.yaml:1:1: cannot be read"),
        (
            ["--agreement", "new.yaml", "--against", "missing.yaml", "events.ndjson"],
            "missing.yaml:1:1: cannot",
        ),
        (["--agreement", "new.yaml", "events.ndjson", "--until", "noon"], "--until 'noon' is no instant"),
        (
            ["--agreement", "new.yaml", "events.ndjson", "--until", "2026-03-22T00:00:00Z"],
            "--until 2026-03-22T00:00:00Z: nothing happened before 2026-03-23T08:00:00Z, the first event",
        ),
        (
            ["--agreement", "new.yaml", "--agreement", "new.yaml", "events.ndjson"],
            "two documents have the id 'gold'",
        ),
        (
            ["--agreement", "old.yaml", "--against", "new.yaml", "--against", "twin.yaml", "events.ndjson"],
            "a ticket could fit 'gold' as well as 'silver'",
        ),
    ],
)
def test_what_cannot_be_used_is_said(command: Command, words: list[str], message: str) -> None:
    """On stderr, with exit status 1; a history without events is a mistake."""
    command.write(WEEK)
    (command.folder / "none.ndjson").write_text("\n", encoding="utf-8")
    (command.folder / "twin.yaml").write_text(TWIN, encoding="utf-8")
    code, out, err = command.run("simulate", *words)
    assert (code, out) == (1, [])
    assert err.startswith(f"slaclock: {message}")


@pytest.mark.parametrize("words", [["x"], ["--agreement", "a"], ["--agreement", "a", "x", "--jobs", "0"]])
def test_wrong_usage_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And says what would be right."""
    with pytest.raises(SystemExit) as stop:
        main(["simulate", *words])
    assert stop.value.code == 2
    assert "usage: slaclock simulate" in capsys.readouterr().err


def test_the_help_says_what_the_tightest_target_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    """That nothing else changes."""
    with pytest.raises(SystemExit) as stop:
        main(["simulate", "--help"])
    assert stop.value.code == 0
    assert "assumes that nothing else\nchanges" in capsys.readouterr().out


def test_nothing_is_left_behind(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is kept in a temporary folder, which goes with the answer."""
    (command.folder / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(command.folder / "tmp"))
    assert command.simulate(WEEK)[0] == 0
    assert command.simulate(["{"])[0] == 1
    assert list((command.folder / "tmp").iterdir()) == []
