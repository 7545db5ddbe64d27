"""`make dev`: the stack as a server, used with HTTP alone."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from local.sending import happening, sign
from local.server import Asked
from local.template import ROOT
from slaclock.domain.instants import parse_instant

SAMPLE = ROOT / "events" / "zendesk" / "ticket_created_urgent.json"


class Server:
    """A server in a process of its own, at speed 0, from Friday afternoon on."""

    def __init__(self, **environ: str) -> None:
        settings = {**os.environ, "PORT": "0", "START": "2026-03-27T14:06:00Z", "SPEED": "0", **environ}
        command = [sys.executable, "-m", "local.server"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.welcome = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", self.welcome)
        self.address = found[0] if found else ""

    def call(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(self.address + path, data) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.process.kill()
    started.process.communicate()


def test_a_person_can_try_it_with_curl_alone(server: Server) -> None:
    """Post a sample with the curl that is printed, move time, and find the message and the breach."""
    assert server.process.stdout is not None
    printed = iter(server.process.stdout.readline, "")
    command = next(line for line in printed if line.startswith("curl "))
    while command.rstrip().endswith("\\"):
        command += next(printed)
    posted = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(posted.stdout) == {"accepted": 1, "duplicates": 0, "ignored": 0, "quarantined": 0}
    schedules = server.call("/local/schedules")[1]["schedules"]
    assert [(each["lane"], each["at"]) for each in schedules] == [
        ("first_response", "2026-03-27T14:20:59Z"),
        ("resolution", "2026-03-27T16:05:59Z"),
    ]
    assert server.call("/local/clock", {"advance": "30m"}) == (200, {"now": "2026-03-27T14:36:00Z"})
    subjects = [each["subject"] for each in server.call("/local/inbox")[1]["messages"]]
    assert "BREACH, level 1: first response of ticket 4711 (acme, urgent) was missed" in subjects
    breaches = server.call("/v1/breaches?account=example&from=2026-03-01&to=2026-04-01")[1]["breaches"]
    assert [(each["metric"], each["due_at"]) for each in breaches] == [
        ("first_response", "2026-03-27T14:35:59Z")
    ]


def test_commands_reach_it_in_the_environment_that_is_printed(server: Server, tmp_path: Path) -> None:
    """A version published from another process is what the next ticket starts under, at the stack's time."""
    assert server.process.stdout is not None
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    for line in iter(server.process.stdout.readline, "Ctrl-C ends it.\n"):
        if line.startswith("  export "):
            (given,) = shlex.split(line.removeprefix("  export "))
            name, _, value = given.partition("=")
            environ[name] = value
    document = tmp_path / "basic.yaml"
    document.write_text(
        "agreement: basic\ncalendars: {always: {timezone: UTC, hours: 24x7}}\ntargets: {resolution: 8h}\n"
    )

    def run(*argv: str) -> str:
        code = "from slaclock.cli import main; raise SystemExit(main())"
        ran = subprocess.run(
            [sys.executable, "-c", code, *argv], env=environ, capture_output=True, text=True, check=True
        )
        return ran.stdout

    account = ("--account", "example")
    drilled = run("escalation", "test", *account, "--agreement", "acme-gold", "--target", "resolution")
    assert drilled.startswith("resolution of acme-gold version 1: 3 levels told, nothing recorded\n")
    told = [each["subject"] for each in server.call("/local/inbox")[1]["messages"]]
    assert told[0].startswith("DRILL, nothing happened: BREACH, level 1:")
    assert run("agreement", "publish", *account, str(document)).startswith("basic: version 1 published")
    span = ("--from", "2026-03-27T15:00:00Z", "--to", "2026-03-27T16:00:00Z", "--reason", "x", "--by", "ada")
    assert run("exclusion", "add", *account, *span, "--settle", "0").endswith(
        "tickets told: 0\ntold breaches withdrawn: 0\n"
    )
    assert "by ada at 2026-03-27T14:06:00Z" in run("exclusion", "list", *account)
    ended = run("agreement", "end", *account, "acme-gold", "--reason", "x", "--yes", "--settle", "0")
    assert ended.startswith("acme-gold is ended, at 2026-03-27T14:06:00Z by ")
    server.call("/local/clock", {"advance": "2m"})  # functions keep what they read for a minute
    later = parse_instant("2026-03-27T14:08:00Z")
    posted = sign(happening(json.loads(SAMPLE.read_text()), later), later)
    request = urllib.request.Request(server.address + posted.path, posted.body, dict(posted.headers))
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["accepted"] == 1
    clocks = server.call("/v1/tickets/example/4711")[1]["clocks"]
    assert [(each["agreement"], each["due_at"]) for each in clocks] == [("basic", "2026-03-27T23:07:59Z")]


def test_an_answer_to_head_says_nothing_of_a_length(server: Server) -> None:
    """It would be that of the body of GET, not 0; the connection goes on (RFC 9110, 8.6)."""
    lengths = []
    with closing(HTTPConnection(server.address.removeprefix("http://"))) as connection:
        for method in ("HEAD", "GET", "HEAD"):
            connection.request(method, "/v1/breaches?account=example")
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("content-type")) == (200, "application/json")
            lengths.append((answer.getheader("content-length"), len(answer.read())))
    assert lengths == [(None, 0), ("27", 27), (None, 0)]


@pytest.mark.parametrize("body", [{}, {"advance": "soon"}, {"advance": 5}])
def test_a_mistyped_advance_is_explained(server: Server, body: dict[str, Any]) -> None:
    """400, and what to send instead; time stands still."""
    status, problem = server.call("/local/clock", body)
    assert (status, problem["detail"]) == (400, 'send {"advance": "2h"}')
    assert server.call("/local/clock")[1] == {"now": "2026-03-27T14:06:00Z"}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_a_kill_ends_it_cleanly(server: Server, ending: signal.Signals) -> None:
    """Exit status 0 and a sentence, no trace."""
    server.process.send_signal(ending)
    out, err = server.process.communicate(timeout=60)
    assert (server.process.returncode, err) == (0, "")
    assert out.endswith("slaclock has ended.\n")


def test_a_kill_while_garbage_is_collected_is_heard() -> None:
    """What is raised there is swallowed, and the server would go on for ever."""

    class Garbage:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        asked = Asked()
        Garbage()
        assert asked.once
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            {"START": "friday"},
            "slaclock: START=friday is no instant of 1970 to 2199, such as 2026-03-27T14:00:00Z\n",
        ),
        ({"PORT": "http"}, "slaclock: PORT=http is no number from 0 to 65535\n"),
        ({"PORT": "99999"}, "slaclock: PORT=99999 is no number from 0 to 65535\n"),
        ({"SPEED": "nan"}, "slaclock: SPEED=nan is no number from 0 to 1000000\n"),
        ({"AGREEMENTS": "/nowhere"}, "slaclock: there is no agreement in /nowhere\n"),
    ],
)
def test_a_mistyped_setting_is_named(setting: dict[str, str], said: str) -> None:
    """Exit status 1 and one line, no trace."""
    started = Server(**setting)
    _, err = started.process.communicate(timeout=20)
    assert started.process.returncode == 1
    assert err.startswith(said)


def test_a_port_that_is_taken_is_named(server: Server) -> None:
    """Exit status 1 and one line, no trace."""
    second = Server(PORT=server.address.rsplit(":", 1)[1])
    _, err = second.process.communicate(timeout=20)
    assert (second.process.returncode, err.count("\n")) == (1, 1)
    assert "Address already in use" in err
