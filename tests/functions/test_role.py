"""The role's credentials: none in a snapshot, asked for by each process that begins as one, once."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from slaclock.starting import SNAPSHOT
from slaclock.wiring import Wiring

ENVIRON = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
    "AWS_REGION": "eu-north-1",
    **{f"{name}_TABLE": name for name in ("TICKETS", "LEDGER", "AGREEMENTS", "REPORTS", "ACCESSES")},
    **dict.fromkeys(("QUARANTINE_BUCKET", "SEALS_BUCKET", "LINK_KEY"), "x"),
}
SIGNED = re.compile("Credential=([A-Z0-9]+)/")


class Served(ThreadingHTTPServer):
    """AWS, and the endpoint that Lambda has for credentials; what was asked, in order, and by whose key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.connections, self.asked = 0, list[str]()
        self.lent, self.minutes, self.broken = "ONE", 60, False

    def get_request(self) -> tuple[object, object]:  # type: ignore[override]
        self.connections += 1
        return super().get_request()


class Handler(BaseHTTPRequestHandler):
    """Answers credentials to a GET with Lambda's token, and to all else an empty answer."""

    server: Served

    def do_GET(self) -> None:
        aws = self.server
        aws.asked.append(f"credentials for {self.headers['Authorization']}")
        ends = datetime.now(UTC) + timedelta(minutes=aws.minutes)
        said = {"AccessKeyId": aws.lent, "SecretAccessKey": "x", "Token": "x", "Expiration": ends.isoformat()}
        self._answer(404 if aws.broken else 200, said)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        (key,) = SIGNED.findall(self.headers["Authorization"])
        self.server.asked.append(f"a call by {key}")
        self._answer(200, {})

    def _answer(self, status: int, said: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    """A server to which the environment leads as Lambda's does."""
    runtime = ModuleType("snapshot_restore_py")
    runtime.register_after_restore = lambda _: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, runtime.__name__, runtime)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with Served() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token")
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def dynamodb(wiring: Wiring) -> None:
    wiring.connection.dispatch("ListTables", {})


def secret(wiring: Wiring) -> None:
    wiring.client("secretsmanager").get_secret_value(SecretId="x")


@pytest.mark.parametrize("name", sorted(SNAPSHOT))
def test_a_start_for_a_snapshot_asks_nobody_for_credentials(name: str, aws: Served) -> None:
    """No connection is made, so none is left open; all clients are made nevertheless."""
    wiring = Wiring.of_function(name, ENVIRON)
    assert "s3" in vars(wiring)["_clients"]
    assert aws.connections == 0


def test_a_process_asks_for_credentials_once_at_its_first_call(aws: Served) -> None:
    """What is lent in a process is that process's; its clients share it."""
    wiring = Wiring.of_function("webhook", ENVIRON)
    dynamodb(wiring)
    secret(wiring)
    dynamodb(wiring)
    assert aws.asked == ["credentials for token", "a call by ONE", "a call by ONE", "a call by ONE"]


def test_credentials_that_are_about_to_end_are_asked_for_again(aws: Served) -> None:
    """Ten minutes before their end a call waits for the next ones: botocore's own rule still holds."""
    wiring = Wiring.of_function("webhook", ENVIRON)
    aws.minutes = 9
    dynamodb(wiring)
    aws.lent, aws.minutes, before = "TWO", 60, len(aws.asked)
    secret(wiring)
    dynamodb(wiring)
    assert aws.asked[before:] == ["credentials for token", "a call by TWO", "a call by TWO"]


def test_where_lambda_lends_nothing_the_next_call_asks_again(
    aws: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault at the first call does not stay."""
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    wiring = Wiring.of_function("webhook", ENVIRON)
    aws.broken = True
    with pytest.raises(CredentialRetrievalError):
        dynamodb(wiring)
    aws.broken = False
    dynamodb(wiring)
    assert aws.asked[-1] == "a call by ONE"


def test_without_credentials_a_call_says_so(aws: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """As botocore does: it is not sent."""
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    wiring = Wiring.of_function("webhook", ENVIRON)
    with pytest.raises(NoCredentialsError):
        dynamodb(wiring)
    assert aws.connections == 0
