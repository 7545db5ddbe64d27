"""`slaclock connection test`: what a delivery would give, with no stack, no credentials and no network."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from slaclock.cli import main
from slaclock.cli.connection_kinds import helpdesks
from slaclock.domain.events import event_from_json

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
SAMPLES = sorted(EVENTS.glob("*/*.json"))
# Long after whatever a sample says, for no event is of tomorrow.
RECEIVED = ("--received-at", "2030-01-01T00:00:00Z")
BODY = json.loads((EVENTS / "zendesk" / "status_open.json").read_text())["body"]
Run = Callable[..., tuple[int, list[dict[str, Any]], list[str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status, the events, and the lines of stderr; a body is put into a file."""
    for name in [each for each in os.environ if each.startswith("AWS_") or each.endswith("_TABLE")]:
        monkeypatch.delenv(name)

    def run(*argv: str, body: Any = None) -> tuple[int, list[dict[str, Any]], list[str]]:
        path = tmp_path / "body.json"
        if body is not None:
            path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        code = main(["connection", "test", *RECEIVED, *argv, *([str(path)] if body is not None else [])])
        said = capsys.readouterr()
        return code, list(map(json.loads, said.out.splitlines())), said.err.splitlines()

    return run


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_sample_of_events_gives_canonical_events_or_nothing(run: Run, sample: Path) -> None:
    """By its own folder's kind; what is printed can be read again. A sample that gives nothing says so."""
    code, events, err = run("--kind", sample.parent.name, str(sample))
    assert (
        code,
        [line for line in err if "is on no map" not in line and "maps to nothing" not in line],
    ) == (
        0,
        [],
    )
    assert bool(events) != any("maps to nothing" in line for line in err)
    for event in events:
        assert event_from_json(event).received_at.year == 2030


def test_a_body_is_read_as_it_was_posted(run: Run) -> None:
    """Of an account called test, unless somebody says otherwise."""
    code, (event,), err = run("--kind", "zendesk", body=BODY)
    assert (code, err) == (0, [])
    assert (event["account"], event["connection"], event["type"]) == ("test", "test", "status_changed")
    (event,) = run("--kind", "zendesk", "--account", "acme", body=BODY)[1]
    assert (event["account"], event["event_id"].split(":")[1]) == ("acme", "acme")


def test_a_body_may_come_on_stdin(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `slaclock quarantine show --body` writes it."""
    raw = io.BytesIO(json.dumps(BODY).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=raw))
    assert len(run("--kind", "zendesk", "-")[1]) == 1


def test_maps_are_tried_before_they_are_kept(run: Run, tmp_path: Path) -> None:
    """The same options as those of `add` and `set`, and a file."""
    path = tmp_path / "maps.yaml"
    path.write_text("priorities: {urgent: low}\n")
    argv = ("--status", "open=on_hold", "--customer", "360001234567=acme", "--file", str(path))
    (event,) = run("--kind", "zendesk", *argv, body=BODY)[1]
    found = {name: event["ticket"][name] for name in ("status", "priority", "customer")}
    assert found == {"status": "on_hold", "priority": "low", "customer": {"id": "acme"}}


def test_a_word_that_means_nothing_is_remarked_on(run: Run) -> None:
    """It maps all the same, as unknown; the remark says which option would help."""
    body = {**BODY, "detail": {**BODY["detail"], "status": "IN\x1b TRANSIT"}}
    body["event"] = {**BODY["event"], "current": "IN\x1b TRANSIT"}
    code, (event,), err = run("--kind", "zendesk", body=body)
    assert (code, event["ticket"]["status"]) == (0, "unknown")
    assert len(err) == 1
    assert err[0].startswith("slaclock: status 'IN\\x1b TRANSIT' is on no map: --status ")
    assert "\x1b" not in err[0]


def test_what_maps_to_nothing_is_no_mistake(run: Run) -> None:
    """A ping, a test, somebody else's business: exit 0, nothing printed, and a remark."""
    said = ["slaclock: it maps to nothing, as a ping or somebody else's business does"]
    assert run("--kind", "github", body={"zen": "Keep it logically awesome.", "hook_id": 1}) == (0, [], said)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("zendesk", b"no json", "it does not map: the body is not JSON"),
        ("zendesk", {**BODY, "time": 7}, "it does not map: /time: is of another type than it should be"),
        ("generic", {"schema": "ticket-event/1"}, "it does not map: "),
    ],
)
def test_what_can_not_be_mapped_is_said_with_the_member(run: Run, kind: str, body: Any, said: str) -> None:
    """Exit 1, one line, and no value quoted."""
    code, events, err = run("--kind", kind, body=body)
    assert (code, events, len(err)) == (1, [], 1)
    assert err[0].startswith(f"slaclock: {said}")


def test_a_file_that_is_not_there_is_named(run: Run) -> None:
    """In a line."""
    said = ["slaclock: /no/such.json can't be read: No such file or directory"]
    assert run("--kind", "zendesk", "/no/such.json") == (1, [], said)


def test_a_canonical_event_names_its_account_itself(run: Run) -> None:
    """Else the first try of whoever writes one would fail; a stack still holds it to its connection's."""
    body = json.loads((EVENTS / "generic" / "created.json").read_text())["body"]
    (event,) = run("--kind", "generic", body=body)[1]
    assert (event["account"], event["connection"]) == ("example", "generic-local")
    code, _, err = run("--kind", "generic", "--account", "acme", body=body)
    assert (code, err[0].startswith("slaclock: it does not map: /account")) == (1, True)


def test_headers_make_a_binary_cloudevent(run: Run) -> None:
    """Each `ce-` header as it would come."""
    body = json.loads((EVENTS / "generic" / "created.json").read_text())["body"]
    attributes = {"specversion": "1.0", "id": "e-1", "type": "ticket", "source": "/desk"}
    headers = [f"ce-{name}: {value}" for name, value in attributes.items()]
    argv = [part for each in (*headers, "Content-Type: application/json") for part in ("--header", each)]
    code, events, err = run("--kind", "cloudevents", *argv, body=body)
    assert (code, len(events), err) == (0, 1, [])


@pytest.mark.parametrize("argv", [["--kind", "zendisk"], ["--header", "nothing"], []])
def test_wrong_usage_is_told_before_anything_is_read(run: Run, argv: list[str]) -> None:
    """Exit 2: a kind that is none, a header without a value, neither a kind nor a connection."""
    with pytest.raises(SystemExit) as ended:
        run(*argv, body=BODY)
    assert ended.value.code == 2


def test_no_aws_is_asked(tmp_path: Path) -> None:
    """Where there are no credentials, no region and no way out: nothing is opened."""
    code = """
import socket, sys
def refuse(*_, **__): raise AssertionError("no network")
socket.socket.connect = refuse
from slaclock.cli import main
raise SystemExit(main(sys.argv[1:]))
"""
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "layers/core")}
    sample = str(EVENTS / "zendesk" / "status_open.json")
    command = [sys.executable, "-c", code, "connection", "test", *RECEIVED, "--kind", "zendesk", sample]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["ticket_id"] == "4711"


@pytest.mark.parametrize("name", list(helpdesks()))
def test_every_helpdesk_that_can_be_added_can_be_tried(run: Run, name: str) -> None:
    """An empty object maps to nothing or not at all, and never crashes."""
    code, events, err = run("--kind", name, body={})
    assert (code in (0, 1), events, len(err)) == (True, [], 1)
    assert err[0].startswith(("slaclock: it maps to nothing", "slaclock: it does not map: "))
