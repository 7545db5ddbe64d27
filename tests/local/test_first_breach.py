"""docs/operations.md, the first breach in ten minutes: its commands, run against the local stack."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.template import ROOT
from slaclock.domain.instants import format_instant
from tests.local.test_server import Server

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = PAGE.split("### The first breach in ten minutes")[1].split("\n### ")[0]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
# In AWS's place: outputs are what `make dev` says, and a deployment is said and not done.
STUB = """
STACK=desk
out() {
  case $1 in
    Url) echo "$SLACLOCK_URL" ;;
    *) echo "arn:$1" ;;
  esac
}
sam() { echo "sam $*" >> said; }
aws() { echo "aws $*" >> said; }
"""


@pytest.fixture
def server() -> Iterator[Server]:
    """The local stack from now on: the page signs with the time of this machine."""
    started = Server(START=format_instant(datetime.now(UTC).replace(microsecond=0)))
    yield started
    started.process.kill()
    started.process.communicate()


def exports(server: Server) -> dict[str, str]:
    """What the server prints for commands."""
    assert server.process.stdout is not None
    found: dict[str, str] = {}
    for line in iter(server.process.stdout.readline, ""):
        if said := re.fullmatch(r"  export (\w+)=(.*)\n", line):
            found[said[1]] = said[2].strip("'")
        elif found:
            return found
    raise EOFError


def ran(environ: dict[str, str], folder: Path, *blocks: str) -> str:
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    script = STUB + "\n".join(blocks).replace(' --stack "$STACK"', "")
    environ = {"HOME": str(folder), **environ, "PATH": path, "AWS_SESSION_TOKEN": ""}
    done = subprocess.run(
        ["bash", "-eu", "-c", script], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_leads_from_nothing_to_a_breach(server: Server, tmp_path: Path) -> None:
    """Deployed, subscribed, published, connected, posted: two minutes later a breach, and no secret left."""
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    deploy, subscribe, connect, post, look = BLOCKS
    environ = exports(server)
    said = ran(environ, tmp_path, deploy.replace("export PATH", "ignored"), subscribe, connect, post)
    assert json.loads(said.splitlines()[-1])["accepted"] == 1
    assert server.call("/local/clock", {"advance": "2m"})[0] == 200
    asked = next(line for line in look.replace("\\\n", "").splitlines() if line.startswith("curl"))
    (breach,) = json.loads(ran(environ, tmp_path, asked))["breaches"]
    assert (breach["agreement"], breach["target_seconds"]) == ("trial", 120)
    assert (tmp_path / "connection.txt").exists()
    ran(environ, tmp_path, next(line for line in look.splitlines() if line.startswith("rm ")))
    assert not (tmp_path / "connection.txt").exists()
    assert "connection.txt" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    built, deployed, subscribed = (tmp_path / "said").read_text().splitlines()
    assert built == "sam build"
    assert deployed.startswith("sam deploy --guided --stack-name desk --region eu-north-1 --capabilities ")
    assert subscribed.startswith("aws sns subscribe --topic-arn arn:OnCall1Topic --protocol email ")
