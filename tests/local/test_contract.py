"""docs/openapi.json is true of what is answered."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from local.sending import happening, sign
from local.template import ROOT
from slaclock.domain.instants import parse_instant
from tests.local.test_server import SAMPLE, Server

OPENAPI = ROOT / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
CONTRACT = ROOT / ".venv-contract" / "bin"
NOW = "2026-03-27T14:06:00Z"  # the server's


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The local stack, with a ticket whose two deadlines have passed."""
    started = Server()
    posted = sign(happening(json.loads(SAMPLE.read_text()), parse_instant(NOW)), parse_instant(NOW))
    with urllib.request.urlopen(
        urllib.request.Request(started.address + posted.path, posted.body, dict(posted.headers))
    ) as answer:
        assert answer.status == 202
    started.call("/local/clock", {"advance": "5h"})
    yield started
    started.process.kill()
    started.process.communicate()


def breach_of(server: Server) -> str:
    """The id of the ticket's breach."""
    found: str = server.call("/v1/breaches?account=example")[1]["breaches"][0]["id"]
    return found


def link_of(server: Server) -> str:
    """The path of a link that a message has."""
    mails = "".join(each["text"] for each in server.call("/local/inbox")[1]["messages"])
    return str(re.findall(r"Acknowledge: http://[^/]+(/ack/\S+)", mails)[-1])


def answer_of(
    server: Server, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any, str]:
    """Status, document and media type of an answer."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(server.address + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, _read(answer), answer.headers.get_content_type()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _read(error), error.headers.get_content_type()


def _read(answer: Any) -> Any:
    text = answer.read().decode()
    return json.loads(text) if "json" in answer.headers.get_content_subtype().split("+")[-1:] else text


def schema_of(path: str, method: str, status: int, media_type: str) -> dict[str, Any]:
    """What the document says of an answer."""
    response = DOCUMENT["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema: dict[str, Any] = response["content"][media_type]["schema"]
    return {**schema, "components": DOCUMENT["components"]}


TICKETS, BREACHES = "/v1/tickets/{account}/{ticket_id}", "/v1/breaches"
EVIDENCE = "/v1/breaches/{id}/evidence"
PASS, QUEUE, LINK = "/v1/escalations/{id}/hand-over", "/v1/queue", "/ack/{token}"
TAKE, POST = "/v1/escalations/{id}/acknowledge", "/webhooks/{connection}"
BREACH, CAUSE, NOTE, REMEDY, REVIEW, DISPUTE = (
    f"/v1/breaches/{{id}}{entry}" for entry in ("", "/cause", "/note", "/remedy", "/review", "/dispute")
)


@pytest.mark.parametrize(
    ("method", "path", "asked", "body", "status"),
    [
        ("get", TICKETS, "/v1/tickets/example/4711", None, 200),
        ("get", TICKETS, "/v1/tickets/example/nobody", None, 404),
        ("get", BREACHES, "/v1/breaches?account=example", None, 200),
        ("get", BREACHES, "/v1/breaches?account=example&limit=1", None, 200),
        ("get", BREACHES, "/v1/breaches", None, 400),
        ("get", BREACHES, "/v1/breaches?from=2026-03-01&to=2026-03-31&priority=p1", None, 400),
        (
            "get",
            BREACHES,
            "/v1/breaches?account=example&status=open&kind=resolution&cause=staffing",
            None,
            200,
        ),
        ("get", BREACHES, "/v1/breaches?account=example&status=closed", None, 400),
        ("post", CAUSE, "/v1/breaches/{breach}/cause", {"cause": "third party", "by": "ada"}, 201),
        ("post", CAUSE, "/v1/breaches/{breach}/cause", {"cause": "weather"}, 422),
        ("post", NOTE, "/v1/breaches/{breach}/note", {"note": "so late"}, 201),
        ("post", NOTE, "/v1/breaches/{breach}/note", {}, 422),
        ("post", NOTE, "/v1/breaches/x/note", {"note": "so late"}, 404),
        (
            "post",
            REMEDY,
            "/v1/breaches/{breach}/remedy",
            {"remedy": "a", "owner": "b", "due": "2026-04-30"},
            201,
        ),
        ("post", REVIEW, "/v1/breaches/{breach}/review", {"note": "it helps", "outcome": "closed"}, 201),
        ("post", DISPUTE, "/v1/breaches/{breach}/dispute", {"decision": "upheld", "reason": "so"}, 409),
        ("post", DISPUTE, "/v1/breaches/{breach}/dispute", {"decision": "waived", "reason": "so"}, 201),
        ("get", BREACH, "/v1/breaches/{breach}", None, 200),
        ("get", BREACH, "/v1/breaches/x", None, 404),
        ("get", EVIDENCE, "/v1/breaches/{breach}/evidence", None, 200),
        ("get", EVIDENCE, "/v1/breaches/x/evidence", None, 404),
        ("post", TAKE, "/v1/escalations/{breach}/acknowledge", {"by": "ada"}, 200),
        ("post", TAKE, "/v1/escalations/{breach}/acknowledge", {"by": 7}, 422),
        ("post", TAKE, "/v1/escalations/x/acknowledge", None, 404),
        ("post", PASS, "/v1/escalations/{breach}/hand-over", {"to": "nobody"}, 422),
        ("post", PASS, "/v1/escalations/x/hand-over", {"to": "legal"}, 404),
        ("get", QUEUE, "/v1/queue?account=example&team=-", None, 200),
        ("get", QUEUE, "/v1/queue?account=example&team=360004400101&limit=1", None, 200),
        ("get", QUEUE, "/v1/queue?account=example", None, 400),
        ("get", LINK, "{link}", None, 200),
        ("get", LINK, "/ack/AAAAAAAAAAAAAAAAAAAAAA", None, 404),
        ("post", LINK, "/ack/AAAAAAAAAAAAAAAAAAAAAA", None, 404),
        ("post", POST, "/webhooks/zendesk-local", {}, 401),
        ("post", POST, "/webhooks/nobody", {}, 404),
        ("get", POST, "/webhooks/nobody", None, 404),
        ("get", POST, "/webhooks/zendesk-local", None, 405),
    ],
)
def test_what_is_answered_is_what_the_document_says(
    server: Server, method: str, path: str, asked: str, body: Any, status: int
) -> None:
    """Each with its schema, in which a breach and a receipt have no member that is not described."""
    target = asked.replace("{breach}", breach_of(server)).replace("{link}", link_of(server))
    told, document, media_type = answer_of(server, method.upper(), target, body)
    assert told == status
    fastjsonschema.validate(schema_of(path, method, told, media_type), document)


def test_the_document_is_asked_for_where_it_says(server: Server) -> None:
    """What is served is what is in docs/; who has it already is told so."""
    asked = urllib.request.Request(f"{server.address}/v1/openapi.json")
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer) == DOCUMENT
        tag = answer.headers["etag"]
    asked.add_header("If-None-Match", tag)
    with pytest.raises(urllib.error.HTTPError) as same:
        urllib.request.urlopen(asked)
    with same.value as answer:
        assert (answer.status, answer.read(), answer.headers["etag"]) == (304, b"", tag)


def command(name: str) -> str:
    """A command of the environment that has schemathesis."""
    if not (CONTRACT / name).exists():
        pytest.fail(f"{CONTRACT / name} is missing: make .venv-contract/.installed", pytrace=False)
    return str(CONTRACT / name)


@pytest.mark.slow
def test_the_document_is_openapi() -> None:
    """By the schemas of OpenAPI 3.1, as a validator has them: each schema, default and reference, too."""
    said = [command("openapi-spec-validator"), "--schema", "3.1", "--validation-errors", "all", str(OPENAPI)]
    ran = subprocess.run(said, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_schemathesis_finds_nothing(server: Server, tmp_path: Path) -> None:
    """Requests made of what the document says, right and wrong: each answer is one that it foresees."""
    said = [
        command("schemathesis"), "--config-file", str(ROOT / "schemathesis.toml"), "run", str(OPENAPI),
        "--url", server.address, "--max-examples", "40", "--max-time", "30",
        "--generation-database", "none", "--warnings", "off", "--no-color",
    ]  # fmt: skip
    token = link_of(server).rpartition("/")[2]
    environ = {**os.environ, "BREACH": breach_of(server), "LINK": token}
    ran = subprocess.run(
        said, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=180, check=False
    )
    assert ran.returncode == 0, ran.stdout[-10_000:] + ran.stderr[-2_000:]
