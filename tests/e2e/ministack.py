"""ministack, an emulator of AWS, as a process of its own on 127.0.0.1, for as long as a block lasts."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from botocore.session import Session

from local.cloud import REGION
from local.template import ROOT

PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
TETHERED = Path(__file__).with_name("tethered.py")
_ROOM = 2 * 1024**3  # bytes
_STARTS = 3  # the free port that was found may be taken before ministack takes it
_PATIENCE = 60.0  # seconds until it must answer
_ENDING = 10.0  # and until it must be gone


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running ministack. `log` is what it says."""

    endpoint: str
    log: Path

    def environ(self) -> dict[str, str]:
        """The environment in which every AWS call goes to it, and none can go elsewhere."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, service: str) -> Any:
        """A client of a service, made in the environment of the block."""
        return Session().create_client(service, REGION, endpoint_url=self.endpoint)


@contextmanager
def emulator(*, auth: bool = False) -> Iterator[Emulator]:
    """An empty cloud, which all AWS clients that are made within the block speak to.

    With `auth` it holds every call to the policies of whoever makes it; ours are root's.
    """
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="ministack-", dir=_memory())))
        started = ending.enter_context(_started(folder, auth=auth))
        ending.enter_context(_environment(started.environ()))
        yield started


def _memory() -> str | None:
    """A folder in memory, where there is room: each of a function's processes unpacks the whole layer anew.

    On a disk it takes as long to remove them all as the rest of a test.
    """
    shared = Path("/dev/shm")  # noqa: S108  (the folder is made below it, by a name that nobody knows)
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > _ROOM else None


@contextmanager
def _started(folder: Path, *, auth: bool) -> Iterator[Emulator]:
    if not PYTHON.exists():
        raise FileNotFoundError(f"{PYTHON} is missing: make .venv-emulator/.installed")
    for _ in range(_STARTS):
        port, edition, log = free_port(), uuid.uuid4().hex, folder / "ministack.log"
        own = _own_environment(port, folder, edition) | ({"AUTH": "true"} if auth else {})
        with log.open("wb") as out, tethered(own, folder, out, "ministack") as process:
            running = Emulator(f"http://127.0.0.1:{port}", log)
            if _answers(running, edition, process):
                yield running
                return
    raise ChildProcessError(f"ministack did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def tethered(
    environ: Mapping[str, str], folder: Path, out: Any, *module: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A module with its arguments in a process that is tethered to this one; it is gone when the block is.

    Where this one ends without leaving the block, the folder is gone as well.
    """
    process = subprocess.Popen(
        [PYTHON, "-P", TETHERED, *module],
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=subprocess.STDOUT,
        env=environ,
        cwd=folder,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(b"the folder is ours to remove")
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _own_environment(port: int, folder: Path, edition: str) -> dict[str, str]:
    """Nothing of ours but the path: what it keeps lies in the folder, and it listens on this machine only."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(folder),
        "HOME": str(folder),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",  # else it listens on a port of all addresses, too
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_EDITION": edition,
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }


def _answers(running: Emulator, edition: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until it answers, and no other that took the port; False where it ended, or never does."""
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            return _edition(running.endpoint.removeprefix("http://")) == edition
        except (OSError, HTTPException, ValueError):
            time.sleep(0.05)
    return False


def _edition(host: str) -> object:
    with closing(HTTPConnection(host, timeout=2)) as line:
        line.request("GET", "/_ministack/health")
        return json.load(line.getresponse()).get("edition")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """The environment with this in it and nothing else of AWS; afterwards as it was."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
