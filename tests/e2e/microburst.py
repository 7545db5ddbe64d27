"""microburst between the functions and ministack: calls take effect, and their replies are lost."""

import copy
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.e2e import gaps
from tests.e2e.ministack import Emulator, free_port, tethered

_PATIENCE = 30.0  # seconds until it must answer


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running microburst, in front of an emulator."""

    host: str

    @property
    def endpoint(self) -> str:
        return f"http://{self.host}"

    def lose(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """From now on these are its rules, as microburst writes them."""
        self._ask("POST", "/_microburst/rules", rules)

    def fired(self) -> Counter[str]:
        """How often each operation met a rule."""
        found = self._ask("GET", "/_microburst/fired?limit=10000")
        return Counter(each["operation"] for each in found)

    def health(self) -> Any:
        return self._ask("GET", "/_microburst/health")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        with closing(HTTPConnection(self.host, timeout=5)) as line:
            content = json.dumps(body) if body is not None else None
            line.request(method, path, content, {"content-type": "application/json"})
            answer = line.getresponse()
            said = answer.read()
        if answer.status >= 300:
            raise ValueError(f"{method} {path}: {said!r}")
        return json.loads(said)


def lost(service: str, operation: str, of: int) -> dict[str, Any]:
    """A rule: of so many calls, the first takes effect and its reply is lost, over and over."""
    return {
        "service": service,
        "operation": operation,
        "sequence": {"fail": 1, "pass": of - 1},
        "response": {"abort_bytes": 0},
    }


def through(proxy: Proxy) -> Callable[[gaps.Template], gaps.Template]:
    """What changes a template so that its functions speak to AWS through a proxy."""

    def changed(template: gaps.Template) -> gaps.Template:
        made = copy.deepcopy(gaps.deployable(template))
        variables = made["Globals"]["Function"]["Environment"]["Variables"]
        variables["AWS_ENDPOINT_URL"] = proxy.endpoint
        return made

    return changed


@contextmanager
def microburst(emulator: Emulator) -> Iterator[Proxy]:
    """A proxy before the emulator, without a rule, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="microburst-") as name:
        folder, proxy = Path(name), Proxy(f"127.0.0.1:{free_port()}")
        port = proxy.host.rpartition(":")[2]
        arguments = ("microburst", "--upstream", emulator.endpoint, "--host", "127.0.0.1", "--port", port)
        environ = {"HOME": name, "TMPDIR": name, "AWS_EC2_METADATA_DISABLED": "true"}
        with (folder / "log").open("wb") as out, tethered(environ, folder, out, *arguments):
            if not _answers(proxy, emulator):
                raise ChildProcessError((folder / "log").read_text()[-2000:])
            yield proxy


def _answers(proxy: Proxy, emulator: Emulator) -> bool:
    """Wait until it answers, and no other that took the port."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            return str(proxy.health()["upstream"]).rstrip("/") == emulator.endpoint
        except (OSError, HTTPException, ValueError, KeyError):
            time.sleep(0.05)
    return False
