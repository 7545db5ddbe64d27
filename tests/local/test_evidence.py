"""Evidence, from the helpdesk to the lawyer: breach, late event, correction, case, seal, export, check."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.clock import VirtualClock
from local.door import environment
from local.front import Request
from local.sample_evidence import BUNDLE, FOLDER, KEY, STORY, Sample, made, story
from local.sending import sign
from local.stack import ACCOUNT, Stack, running
from local.story import STEPS, delivery
from slaclock.cli import main
from slaclock.evidence.signatures import public_key
from slaclock.evidence.verify import verify

LATE = replace(STEPS[1], at=STEPS[0].at + timedelta(minutes=25))  # an agent's answer, within the half hour


def document(sample: Sample) -> dict[str, Any]:
    """A bundle without what is another one in each run: keys of seals and of people, and all made by them.

    Hashes and what stands for people are numbered as they come: the same one has the same number.
    """
    bundle: dict[str, Any] = json.loads(sample.bundle)
    bundle |= {"hash": "", "made_at": ""}
    for sealed in bundle["seals"].values():
        sealed |= {"signature": "", "seal": {**sealed["seal"], "key": {}}}
        if sealed["seal"]["previous"]:
            sealed["seal"]["previous"] |= {"hash": ""}
    found: dict[str, Any] = numbered(bundle, {})
    return found


def numbered(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: numbered(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [numbered(each, names) for each in value]
    if isinstance(value, str) and re.fullmatch(r"sha256:[0-9a-f]{64}|[A-Za-z0-9_-]{22}", value):
        return names.setdefault(value, f"#{len(names) + 1}")
    return value


def committed() -> Sample:
    return Sample((FOLDER / BUNDLE).read_text("utf-8"), (FOLDER / KEY).read_text("utf-8"))


def test_the_sample_holds() -> None:
    """By the key beside it, and by no other."""
    sample = committed()
    assert verify(sample.bundle.encode(), [public_key(sample.key.encode())]).outcome == "holds"
    assert verify(sample.bundle.encode(), []).outcome == "does not hold"


def test_the_sample_is_what_the_story_makes_now() -> None:
    """But for its key, its signatures and when it was made: else `make sample-evidence`."""
    assert document(made()) == document(committed())


def test_the_samples_story_is_its_own() -> None:
    """With what the check of it says: else `make sample-evidence`."""
    assert (FOLDER / STORY).read_text("utf-8") == story(FOLDER)


def test_the_sample_can_be_checked_by_hand(tmp_path: Path) -> None:
    """As docs/evidence.md says, with jq, OpenSSL and xxd: signature, way to the root, and rows."""
    if not all(map(shutil.which, ("jq", "openssl", "xxd"))):
        pytest.skip("jq, openssl or xxd is not installed")
    shutil.copytree(FOLDER, tmp_path / "docs" / "evidence")
    page = (FOLDER.parent / "evidence.md").read_text("utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    ran = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == [
        "Verified OK",
        *(f"row {seq}: in the seal of 2026-03-28" for seq in (23, 29, 33)),
        "head 33: in the seal of 2026-03-28",
        *(f"row {seq}: as it was sealed" for seq in (23, 29, 33)),
    ]


@pytest.fixture
def stack() -> Iterator[Stack]:
    with running(VirtualClock(STEPS[0].at, speed=0)) as stack:
        yield stack


def posted(stack: Stack, step: Any) -> None:
    signed = sign(delivery(step), stack.clock.now())
    assert stack.request(Request("POST", signed.path, signed.headers, signed.body)).status == 202


def breaches(stack: Stack) -> list[dict[str, Any]]:
    path = f"/v1/breaches?account={ACCOUNT}&from=2026-03-01&to=2026-04-01"
    found: list[dict[str, Any]] = json.loads(stack.request(Request("GET", path)).body)["breaches"]
    return found


def test_a_breach_that_a_late_event_withdraws_is_proven_with_its_withdrawal(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Webhook, timer, a late event, the correction, a case, two nights of seals; then the command, alone."""
    posted(stack, STEPS[0])
    stack.advance(STEPS[0].at + timedelta(minutes=40))
    (first,) = breaches(stack)
    assert (first["target"], first["status"]) == ("first_response", "open")
    posted(stack, LATE)
    stack.advance(STEPS[0].at + timedelta(hours=6))
    corrected, second = breaches(stack)
    assert (corrected["id"], corrected["status"]) == (first["id"], "corrected")
    assert (second["target"], second["status"]) == ("resolution", "open")
    written = [
        post(stack, second, "cause", cause="third party", note="the carrier"),
        post(stack, second, "dispute", decision="raised", reason="the line was down"),
        post(stack, second, "dispute", decision="waived", reason="agreed by both"),
        post(stack, corrected, "note", note="too late"),
    ]
    assert written == [201, 201, 201, 409]
    assert [each["status"] for each in breaches(stack)] == ["corrected", "waived"]
    key = tmp_path / "public.pem"
    key.write_text(stack.public_key)
    files = {}
    for day, of in ((0, "early"), (2, "sealed")):
        stack.advance(stack.clock.now() + timedelta(days=day))
        for each in (corrected, second):
            answer = stack.request(Request("GET", f"/v1/breaches/{each['id']}/evidence"))
            assert answer.status == 200
            files[of, each["target"]] = tmp_path / f"{of}-{each['target']}.json"
            files[of, each["target"]].write_bytes(_bytes(answer.body))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    told = {name: _verified(file, key, capsys) for name, file in files.items()}
    assert {name: code for name, (code, _) in told.items()} == {
        ("early", "first_response"): 3,
        ("early", "resolution"): 3,
        ("sealed", "first_response"): 0,
        ("sealed", "resolution"): 0,
    }
    assert told["sealed", "first_response"][1][-1].startswith(
        "All of it holds: this proves a breach that was corrected: it was withdrawn at 2026-03-27T14:45:00Z"
    )
    assert told["sealed", "resolution"][1][-1].startswith(
        "All of it holds: this proves a breach that was waived"
    )


def post(stack: Stack, breach: Mapping[str, Any], entry: str, **body: str) -> int:
    """Write into the case of a breach, and answer the status."""
    path = f"/v1/breaches/{breach['id']}/{entry}"
    headers = {"content-type": "application/json"}
    answered: int = stack.request(Request("POST", path, headers, json.dumps(body).encode())).status
    return answered


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


def _verified(file: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = main(["evidence", "verify", str(file), "--key", str(key)])
    return code, capsys.readouterr().out.splitlines()


def test_the_command_gets_the_same_file_from_the_tables_and_the_seals(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there already is not written over; what is no breach is said."""
    posted(stack, STEPS[0])
    stack.advance(STEPS[0].at + timedelta(days=2))
    breach = breaches(stack)[0]["id"]
    answer = stack.request(Request("GET", f"/v1/breaches/{breach}/evidence"))
    for name, value in environment(stack, "http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SLACLOCK_CLOCK")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr("slaclock.cli.deployed.now", stack.clock.now)
    file = tmp_path / "evidence.json"
    capsys.readouterr()
    assert main(["evidence", "get", breach, "-o", str(file)]) == 0
    assert capsys.readouterr().err == f"{file}: of 1 rows of the breach 1 are sealed\n"
    assert file.read_bytes() == _bytes(answer.body)
    assert main(["evidence", "get", breach, "-o", str(file)]) == 1
    assert capsys.readouterr().err == f"slaclock: {file} cannot be written: File exists\n"
    assert main(["evidence", "get", breach]) == 0
    assert capsys.readouterr().out.encode() == _bytes(answer.body)
    assert main(["evidence", "get", "nonsense"]) == 1
    assert capsys.readouterr().err == "slaclock: this is no id of a fact\n"
