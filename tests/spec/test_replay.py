"""`slaclock replay`: the facts of a history, with no AWS at all."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.cli import main
from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.choosing import Agreements
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import public_id
from slaclock.domain.replay import replay
from tests.spec.story import agreement, level, line, target, when

if TYPE_CHECKING:
    from pathlib import Path

    from slaclock.domain.inputs import Given

DOCUMENT = """\
agreement: gold
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
calendar: office
targets:
  first_response: 1h
reminders: [50%]
"""
NEVER = when("Mon 00:00")
PROMISE = Agreements(
    (agreement(target("first_response", "1h", reminders=["50%"], escalation=[level("0m", "oncall")])),)
)


def at(instant: str, kind: str, ticket: str = "1", *, seen: str | None = None, key: str = "") -> TicketEvent:
    number = key or f"{ticket}-{kind}-{instant}"
    return TicketEvent(number, "acme", ticket, kind, when(instant), when(seen or instant))


def lines(given: list[Given], until: str | None = None, *, arrival: bool = False) -> list[str]:
    facts = replay(given, PROMISE, when(until) if until else None, arrival=arrival)
    return [f"{fact.ticket_id} {line(fact, NEVER)}" for fact in facts]


LATE = [
    at("Wed 10:00", "created"),
    at("Wed 11:15", "note_added"),
    at("Wed 10:58", "agent_replied", seen="Wed 11:20"),
]


def test_replay_tells_every_fact_in_the_order_of_its_time() -> None:
    """Of all tickets, whatever the order of the lines; a cause before its effect."""
    late = at("Wed 11:30", "agent_replied")
    given: list[Given] = [late, at("Wed 10:10", "created", "2"), at("Wed 10:00", "created")]
    assert lines(given) == [
        "1 started first_response at Wed 10:00, due Wed 11:00",
        "2 started first_response at Wed 10:10, due Wed 11:10",
        "1 reminder_due first_response at Wed 10:30, due Wed 11:00: 50%",
        "2 reminder_due first_response at Wed 10:40, due Wed 11:10: 50%",
        "1 breached first_response at Wed 11:00, due Wed 11:00",
        "1 escalation_due first_response at Wed 11:00: level 1 to oncall",
        "2 breached first_response at Wed 11:10, due Wed 11:10",
        "2 escalation_due first_response at Wed 11:10: level 1 to oncall",
        "1 breach_ended first_response at Wed 11:30, due Wed 11:00: an agent replied",
    ]


@pytest.mark.parametrize(("until", "told"), [("Wed 10:59:59", 2), ("Wed 11:00", 4), (None, 1)])
def test_moments_are_told_up_to_and_including_the_end(until: str | None, told: int) -> None:
    """The end is the last event, unless it is said."""
    assert len(lines([at("Wed 10:00", "created")], until)) == told


def test_events_after_the_end_have_not_happened() -> None:
    """Replay stops at `until`."""
    given: list[Given] = [at("Wed 10:00", "created"), at("Wed 10:20", "agent_replied")]
    assert len(lines(given, "Wed 10:10")) == 1


def test_replay_folds_in_the_order_of_time_unless_it_is_asked_for_arrival() -> None:
    """The reply of 10:58 counts."""
    assert lines(list(LATE)) == [
        "1 started first_response at Wed 10:00, due Wed 11:00",
        "1 reminder_due first_response at Wed 10:30, due Wed 11:00: 50%",
        "1 met first_response at Wed 10:58, due Wed 11:00",
    ]


def test_replay_by_arrival_tells_what_was_told_and_withdrawn() -> None:
    """Rule 17; the breach was noticed by the replay, at its deadline."""
    facts = list(replay(list(LATE), PROMISE, arrival=True))
    assert [line(fact, NEVER) for fact in facts] == [
        "started first_response at Wed 10:00, due Wed 11:00",
        "reminder_due first_response at Wed 10:30, due Wed 11:00: 50%",
        "met first_response (revision 1) at Wed 10:58, due Wed 11:00",
        "breached first_response at Wed 11:00, due Wed 11:00",
        "escalation_due first_response at Wed 11:00: level 1 to oncall",
        "outcome_corrected first_response at Wed 11:20, due Wed 11:00",
    ]
    breach = facts[3]
    assert breach.details["detected_by"] == "replay"
    assert breach.details["detected_at"] == "2026-03-25T10:00:00Z"


def test_the_same_event_twice_is_one_and_the_first_to_arrive_counts() -> None:
    """Rule 28; an id is one ticket's own."""
    given: list[Given] = [
        at("Wed 10:00", "created"),
        at("Wed 10:50", "agent_replied", seen="Wed 10:55", key="r"),
        at("Wed 10:20", "agent_replied", seen="Wed 10:56", key="r"),
        at("Wed 10:00", "created", "2"),
        at("Wed 10:20", "agent_replied", "2", key="r"),
    ]
    met = [said for said in lines(given) if "met" in said]
    assert met == [
        "2 met first_response at Wed 10:20, due Wed 11:00",
        "1 met first_response at Wed 10:50, due Wed 11:00",
    ]


def test_an_acknowledgement_is_folded_at_its_time() -> None:
    """One of a ticket that nobody has heard of says nothing."""
    names: dict[str, Any] = {"agreement": "gold", "metric": "first_response"}
    given: list[Given] = [
        Acknowledgement("acme", "1", "ada", when("Wed 11:05"), **names),
        Acknowledgement("acme", "9", "ada", when("Wed 11:06"), **names),
        at("Wed 10:00", "created"),
    ]
    assert lines(given)[-1] == "1 breach_acknowledged first_response at Wed 11:05, due Wed 11:00"


def test_nothing_gives_nothing() -> None:
    """No event, no fact."""
    assert lines([]) == []


def written(instant: str, kind: str, **members: Any) -> dict[str, Any]:
    return {
        "schema": "ticket-event/1",
        "event_id": f"{kind}-{instant}",
        "source": "generic",
        "connection": "anybody",
        "account": "acme",
        "ticket_id": "1",
        "type": kind,
        "occurred_at": instant,
        "time_quality": "event",
        "received_at": instant,
        "ticket": {},
        "known": [],
        **members,
    }


STORY = [written("2026-03-25T10:00:00+01:00", "created"), written("2026-03-25T09:20:00Z", "agent_replied")]


class Command:
    """The command in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "gold.yaml").write_text(DOCUMENT, encoding="utf-8")

    def replay(self, events: list[Any], *more: str) -> tuple[int, list[str], str]:
        text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in events)
        (self.folder / "events.ndjson").write_text(text, encoding="utf-8")
        return self.run("replay", "--agreement", "gold.yaml", "events.ndjson", *more)

    def run(self, *words: str) -> tuple[int, list[str], str]:
        code = main(words)
        out, err = self.capsys.readouterr()
        return code, out.splitlines(), err


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command, in a folder with one agreement."""
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, capsys)


def told(out: list[str]) -> list[tuple[str, str, str | None]]:
    facts = [json.loads(text) for text in out]
    return [(fact["fact"], fact["at"], fact["due_at"]) for fact in facts]


def test_the_command_writes_facts_as_ndjson(command: Command) -> None:
    """One a line; an unpublished document counts as version 1."""
    code, out, err = command.replay([*STORY, ""])
    assert (code, err) == (0, "")
    assert told(out) == [
        ("clock_started", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z"),
        ("clock_met", "2026-03-25T09:20:00Z", "2026-03-25T10:00:00Z"),
    ]
    assert json.loads(out[0])["agreement_version"] == 1


def test_the_command_takes_an_end_and_arrival(command: Command) -> None:
    """`--until` and `--arrival`."""
    code, out, _ = command.replay(STORY[:1], "--until", "2026-03-25T11:00:00+01:00", "--arrival")
    assert code == 0
    assert [fact for fact, _, _ in told(out)] == ["clock_started", "reminder_due", "clock_breached"]


def test_the_command_reads_stdin(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-`, and acknowledgements between the events."""
    taken = {
        "schema": "acknowledgement/1",
        "account": "acme",
        "ticket_id": "1",
        "agreement": "gold",
        "metric": "first_response",
        "by": "ada",
        "at": "2026-03-25T10:30:00Z",
    }
    text = "\n".join(json.dumps(each) for each in [STORY[0], taken])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = command.run("replay", "--agreement", "gold.yaml", "-")
    assert code == 0
    assert told(out)[-1][0] == "breach_acknowledged"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", "events.ndjson:2: the line is not JSON"),
        ("[]", "events.ndjson:2: must be object"),
        ({"schema": "ticket-event/2"}, "events.ndjson:2: /schema: is neither ticket-event/1 nor"),
        (STORY[0] | {"occurred_at": "yesterday"}, "events.ndjson:2: /occurred_at: 'yesterday' is no instant"),
        (STORY[0] | {"received_at": "later"}, "events.ndjson:2: /received_at: 'later' is no instant"),
        (STORY[0] | {"received_at": 7}, "events.ndjson:2: /received_at: must be string"),
        (STORY[0] | {"type": "vanished"}, "events.ndjson:2: /type: must be one of"),
        (
            {"schema": "acknowledgement/1", "by": "ada", "at": "2026-03-27T14:06:00Z"},
            "events.ndjson:2: /account: is missing",
        ),
        ({"schema": "acknowledgement/1", "by": "ada"}, "events.ndjson:2: /at: is missing"),
        ({"schema": "exclusion/1"}, "events.ndjson:2: /from: is missing"),
    ],
)
def test_a_wrong_line_is_named_with_its_member(command: Command, wrong: Any, message: str) -> None:
    """File and line, JSON pointer, and reason; nothing is written."""
    code, out, err = command.replay([STORY[0], wrong])
    assert (code, out) == (1, [])
    assert err.startswith(f"slaclock: {message}")


BREACH = public_id("ticket#acme#1", "clock_breached:first_response:1.0")


def entered(entry: str, at: str = "2026-03-25T10:30:00Z", **members: Any) -> dict[str, Any]:
    return {"schema": "case/1", "fact_id": BREACH, "entry": entry, "by": "ada", "at": at, **members}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entered("note", note="x", account="other"), "/account: the breach is of 'acme'"),
        (entered("note", note="x", ticket_id="77"), "/ticket_id: the breach is of '1'"),
        (entered("note", note="x", subject="service"), "/subject: the breach is of 'ticket'"),
        (entered("note", note="x", notes="y"), "/notes: there is no such member: did you mean note?"),
        (entered("note", note="x", owner="kim"), "/owner: there is no such member: one of schema, account"),
        (entered("note", note="a\u202eb"), "/note: is no line of 1 to 500 characters"),
        (entered("note", "1969-12-31T23:59:59Z", note="x"), "/at: it is not of the years 1970 to 2200"),
        (entered("note", "2201-01-01T00:00:00Z", note="x"), "/at: it is not of the years 1970 to 2200"),
        (
            entered("cause", cause="weather"),
            "/cause: gold knows no such cause: one of staffing, communication",
        ),
    ],
)
def test_a_line_of_a_case_is_read_as_strictly_as_what_is_posted(
    command: Command, wrong: Any, message: str
) -> None:
    """What is mistyped is not left out unseen, and the line is named."""
    fine = entered("note", note="y", account="acme", ticket_id="1", subject="ticket")
    code, out, err = command.replay([STORY[0], fine, "", wrong])
    assert (code, out) == (1, [])
    assert err.startswith(f"slaclock: events.ndjson:4: {message}")


def test_a_line_of_a_case_that_tells_nothing_is_named(command: Command) -> None:
    """Before the breach, no dispute to uphold, another cycle's or telling's; and what is only repeated."""
    early, late, again = "2026-03-25T09:59:59Z", "2026-03-25T10:30:01Z", "2026-03-25T10:31:00Z"
    other, another = (
        public_id("ticket#acme#1", f"clock_breached:first_response:{each}") for each in ("2.0", "1.7")
    )
    lines = [
        STORY[0],
        entered("note", early, note="x"),
        entered("dispute", decision="upheld", reason="x"),
        entered("cause", cause="Third party"),
        entered("note", late, note="x") | {"fact_id": other},
        entered("note", late, note="x"),
        entered("note", late, note="z") | {"fact_id": another},
        entered("note", again, note="x"),
        entered("note", "2026-03-25T10:31:02Z", note="x") | {"by": "eve"},
    ]
    nothing, repeats = (
        f"it tells nothing: {why}"
        for why in (
            "no breach that takes it stands then",
            "it repeats what was said less than a minute before",
        )
    )
    whys = {2: nothing, 3: nothing, 5: nothing, 7: nothing, 8: repeats}
    for order in ([], ["--arrival"]):
        code, out, err = command.replay(lines, *order)
        said = ["clock_breached", "case_cause", "case_note", "case_note"]
        assert (code, [fact for fact, _, _ in told(out)][-4:]) == (0, said)
        assert err.splitlines() == [f"events.ndjson:{number}: {why}" for number, why in whys.items()]
    code, _, err = command.replay(lines, "--until", "2026-03-25T10:30:00Z")
    assert err.splitlines() == [f"events.ndjson:{number}: {nothing}" for number in (2, 3)]


def test_of_two_tickets_each_has_its_line_named(command: Command) -> None:
    """The same words at the same instant, of tickets that are broken alike: one of them is not there."""
    other = {"fact_id": public_id("ticket#acme#2", "clock_breached:first_response:1.0")}
    code, _, err = command.replay([STORY[0], entered("note", note="x"), entered("note", note="x") | other])
    assert (code, err) == (0, "events.ndjson:3: it tells nothing: no breach that takes it stands then\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--agreement", "gold.yaml", "missing.ndjson"], "missing.ndjson cannot be read: No such file"),
        (["--agreement", "missing.yaml", "none.ndjson"], "missing.yaml:1:1: cannot be read"),
        (["--agreement", "gold.yaml", "none.ndjson", "--until", "noon"], "--until 'noon' is no instant"),
        (
            ["--agreement", "gold.yaml", "--agreement", "gold.yaml", "none.ndjson"],
            "two documents have the id",
        ),
    ],
)
def test_what_cannot_be_used_is_said(command: Command, words: list[str], message: str) -> None:
    """On stderr, with exit status 1."""
    (command.folder / "none.ndjson").write_text("", encoding="utf-8")
    code, out, err = command.run("replay", *words)
    assert (code, out) == (1, [])
    assert err.startswith(f"slaclock: {message}")


@pytest.mark.parametrize("words", [[], ["replay"], ["replay", "x"], ["fly"], ["replay", "--agreement", "a"]])
def test_wrong_usage_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And says what would be right."""
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "usage: slaclock" in capsys.readouterr().err


def test_help_works_without_the_packages_of_one_noun(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The noun says what it lacks when it is used."""

    def without(name: str) -> Any:
        if name.endswith(".agreement"):
            raise ModuleNotFoundError(name="ruamel")
        return import_module(name)

    monkeypatch.setattr("slaclock.cli.import_module", without)
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "replay" in capsys.readouterr().out
    assert main(["agreement", "check", "--x", "file"]) == 1
    assert "agreement needs the package ruamel" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error_worth_a_traceback(tmp_path: Path) -> None:
    """As with `slaclock replay … | head -1`."""
    (tmp_path / "gold.yaml").write_text(DOCUMENT, encoding="utf-8")
    many = (written("2026-03-25T09:00:00Z", "created", ticket_id=str(n)) for n in range(2000))
    (tmp_path / "events.ndjson").write_text("\n".join(map(json.dumps, many)), encoding="utf-8")
    read, write = os.pipe()
    os.close(read)
    program = "import sys; from slaclock.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", program, "replay", "--agreement", "gold.yaml", "events.ndjson"]
    done = subprocess.run(words, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
