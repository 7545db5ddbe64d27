"""`slaclock evidence verify`: a verdict for people who decide, on a machine that knows nothing of AWS."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from slaclock.cli import main
from slaclock.domain.case_entry import CaseEntry
from slaclock.records.evidence import record_of
from tests.spec.evidencing import Sealing, pem, stamped
from tests.spec.test_evidence import breached, made
from tests.spec.test_evidence_tampered import bundle, forged, replied_in_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AS_OF = "as of the seal of 2026-03-27 (sealed_at 2026-03-28T00:30:00Z): what was recorded later is not in it."

OTHER_ROOT = "sha256:" + "0" * 64


class Desk:
    """A folder with a file and keys, and the command in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        for number in (1, 2):
            (folder / f"{number}.pem").write_bytes(pem(number))

    def write(self, document: Any) -> None:
        (self.folder / "file.json").write_text(json.dumps(document), encoding="utf-8")

    def verify(self, *words: str) -> tuple[int, str, str]:
        code = main(["evidence", "verify", *words])
        return code, *self.capsys.readouterr()


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a folder with keys, as the one that the command runs in."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def test_a_proof_is_told_line_by_line(desk: Desk) -> None:
    """Exit status 0; what it is of comes first, the verdict last."""
    desk.write(made())
    code, out, err = desk.verify("file.json", "--key", "1.pem")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == [
        "ticket 1 of account acme: first_response by gold",
        "  2026-03-26T15:00:00Z  clock breached (due 2026-03-26T15:00:00Z, reason the deadline passed)",
        "  2026-03-27T08:10:00Z  breach ended (due 2026-03-26T15:00:00Z, reason an agent replied)",
    ]
    assert [text.split()[:2] for text in lines[4:-4]] == [
        ["holds", name]
        for name in (
            "schema", "engine", "hashes", "chain", "derived", "fold", "rows", "inclusion", "key", "signature",
            "sealed", "file",
        )
    ]  # fmt: skip
    assert lines[-1] == f"All of it holds: this proves the breach, {AS_OF}"


def test_of_a_breach_that_was_withdrawn_the_verdict_says_so(desk: Desk) -> None:
    """Its record is proven, and that it says so."""
    desk.write(bundle("resolution"))
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert code == 0
    assert out.splitlines()[-1].startswith(
        "All of it holds: this proves a breach that was corrected: it was withdrawn at 2026-03-26T16:20:00Z, "
    )


@pytest.mark.parametrize(
    ("decisions", "named"),
    [
        ([], "the breach"),
        (["raised"], "a breach that is disputed since 2026-03-27T09:00:00Z"),
        (["raised", "upheld"], "a breach that was disputed, and upheld at 2026-03-27T10:00:00Z"),
        (["raised", "waived"], "a breach that was waived at 2026-03-27T10:00:00Z"),
        (["waived"], "a breach that was waived at 2026-03-27T09:00:00Z"),
        (["waived", "raised"], "a breach that is disputed since 2026-03-27T10:00:00Z"),
    ],
)
def test_what_was_decided_of_a_breach_stands_in_the_verdict(
    desk: Desk, decisions: list[str], named: str
) -> None:
    """One that was waived must not pass for one that nobody questions."""
    desk.write(worked([("dispute", {"decision": each, "reason": "why"}) for each in decisions]))
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert code == 0
    assert out.splitlines()[-1] == f"All of it holds: this proves {named}, {AS_OF}"
    for each in decisions:
        assert f"case dispute (decision {each}, by ada, reason why)" in out


@pytest.mark.parametrize(
    ("entry", "said", "words"),
    [
        (
            "cause",
            {"cause": "staffing", "note": "two ill"},
            "case cause (cause staffing, note two ill, by ada)",
        ),
        ("note", {"note": "rang them"}, "case note (note rang them, by ada)"),
        (
            "remedy",
            {"remedy": "hire", "owner": "bo", "due": "2026-05-01"},
            "case remedy (remedy hire, owner bo, due 2026-05-01, by ada)",
        ),
        ("review", {"note": "fine", "outcome": "kept"}, "case review (note fine, outcome kept, by ada)"),
    ],
)
def test_what_was_written_into_the_case_is_shown(
    desk: Desk, entry: str, said: dict[str, str], words: str
) -> None:
    """Each entry with all that it says."""
    desk.write(worked([(entry, said)]))
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert (code, words in out) == (0, True), out


def worked(entries: Sequence[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    """Evidence of a breach into whose case this was written, an hour apart."""
    desk = breached()
    for number, (entry, said) in enumerate(entries):
        at = datetime(2026, 3, 27, 9 + number, tzinfo=UTC)
        desk.give(at, CaseEntry("acme", "1", desk.breaches[0].id, entry, "ada", at, said))
    return desk.bundle(desk.breaches[0].id, Sealing(record_of(desk.life)))


def test_what_does_not_hold_is_named_with_its_place_and_what_that_means(desk: Desk) -> None:
    """Exit status 1: a reply that was put into the log, everything hashed and signed anew."""
    desk.write(forged(replied_in_time))
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert code == 1
    assert "DOES NOT HOLD derived   /" in out
    assert "What is recorded does not follow from the ticket's log and agreements, whoever signed it." in out
    assert out.splitlines()[-1].startswith("This does not prove the breach: derived, /")


def test_one_changed_byte_is_named(desk: Desk) -> None:
    """Where it stands, as a JSON pointer."""
    document = made()
    document["facts"][1]["fact"]["worked_seconds"] = 3601
    desk.write(document)
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert code == 1
    assert "DOES NOT HOLD chain     /facts/1: link 3 does not follow from those before it" in out


def test_what_is_not_sealed_yet_has_a_status_of_its_own(desk: Desk) -> None:
    """Exit status 3: it contradicts nothing, and proves nothing yet."""
    desk.write(made(until="2026-03-26"))
    code, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert code == 3
    assert "NOT YET       sealed    breach_ended (link 5" in out
    assert out.splitlines()[-1] == "Nothing contradicts the breach, but not all of it is sealed yet."


@pytest.mark.parametrize(("day", "code"), [("2026-03-27", 0), ("2026-03-28", 1)])
def test_a_file_that_is_older_than_asked_for_is_refused(desk: Desk, day: str, code: int) -> None:
    """Its last seal is of the 27th: what was recorded on the 28th would not be in it."""
    desk.write(made())
    found, out, _ = desk.verify("file.json", "--key", "1.pem", "--not-before", day)
    assert found == code
    assert f"age       {'/seals/2026-03-27: ' if code else ''}it is as of 2026-03-27" in out


def test_each_seal_is_told_with_its_stack_and_root(desk: Desk) -> None:
    """So that whoever keeps roots can hold it against them."""
    desk.write(made())
    _, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert [line for line in out.splitlines() if line.startswith("seal of ")] == [
        f"seal of {day} by stack slaclock, sealed_at {at}: {made()['seals'][day]['seal']['root']}"
        for day, at in (("2026-03-26", "2026-03-27T00:30:00Z"), ("2026-03-27", "2026-03-28T00:30:00Z"))
    ]


@pytest.mark.parametrize(
    ("kept", "code", "said"),
    [
        ({"2026-03-26": None}, 0, "1 of 2 seals, compared with what you keep"),
        ({"2026-03-26": None, "2026-03-27": None}, 0, "2 of 2 seals, compared with what you keep"),
        ({"2026-03-26": None, "2026-03-20": OTHER_ROOT}, 0, "1 of 2 seals, compared with what you keep"),
        (
            {"2026-03-26": None, "2026-03-27": OTHER_ROOT},
            1,
            "/seals/2026-03-27/seal/root: it is not the root that you keep of 2026-03-27",
        ),
        ({"2026-03-20": OTHER_ROOT}, 1, "/seals: the file has no seal of a day whose root you keep"),
    ],
)
def test_roots_that_somebody_kept_are_compared(
    desk: Desk, kept: dict[str, str | None], code: int, said: str
) -> None:
    """Whoever holds the key could sign another seal of a day; nobody can make it have a root kept before.

    None stands for the root that the file has.
    """
    desk.write(made())
    words = [f"--root={day}={root or made()['seals'][day]['seal']['root']}" for day, root in kept.items()]
    found, out, _ = desk.verify("file.json", "--key", "1.pem", *words)
    assert (found, f"roots     {said}" in out) == (code, True), out


def test_of_a_day_one_root_is_kept(desk: Desk) -> None:
    """Exit status 2: the other one would not be compared."""
    desk.write(made())
    words = [f"--root=2026-03-27={root}" for root in (OTHER_ROOT, OTHER_ROOT.replace("0", "1"))]
    code, out, err = desk.verify("file.json", "--key", "1.pem", *words)
    assert (code, out) == (2, "")
    assert err == "slaclock: --root: a day has one root, and of one there are two\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--not-before", "tomorrow"],
        ["--root", "2026-03-27"],
        ["--root", "2026-03-27=sha256:0"],
        ["--root", f"tomorrow={OTHER_ROOT}"],
    ],
)
def test_what_is_no_day_or_root_is_wrong_usage(desk: Desk, words: list[str]) -> None:
    """Exit status 2."""
    with pytest.raises(SystemExit) as stop:
        desk.verify("file.json", "--key", "1.pem", *words)
    assert stop.value.code == 2


def test_several_keys_may_be_trusted(desk: Desk) -> None:
    """After a rotation days are sealed by another one."""
    desk.write(made(key=2))
    assert desk.verify("file.json", "--key", "1.pem")[0] == 1
    assert desk.verify("file.json", "--key", "1.pem", "--key", "2.pem")[0] == 0


def test_it_reads_stdin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-`."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(made()).encode())))
    assert desk.verify("-", "--key", "1.pem")[0] == 0


def test_nothing_of_a_file_reaches_the_terminal_as_a_command(desk: Desk) -> None:
    """Others may have written it."""
    document = made()
    document["facts"][1]["fact"]["target"] = "\x1b[2Jowned"
    desk.write(stamped(document))
    _, out, _ = desk.verify("file.json", "--key", "1.pem")
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.json", "--key", "1.pem"], "missing.json cannot be read: No such file or directory"),
        (["file.json", "--key", "none.pem"], "none.pem cannot be read: No such file or directory"),
        (["file.json", "--key", "file.json"], "file.json: it is no public key in PEM"),
        (["file.json", "--key", "ed.pem"], "ed.pem: it is no public key of the curve P-256, by which seals"),
    ],
)
def test_what_cannot_be_used_is_no_verdict(desk: Desk, words: list[str], said: str) -> None:
    """Exit status 2, as for wrong usage."""
    desk.write(made())
    other = Ed25519PrivateKey.generate().public_key()
    (desk.folder / "ed.pem").write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    code, out, err = desk.verify(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"slaclock: {said}")


@pytest.mark.parametrize("words", [["file.json"], ["--key", "1.pem"]])
def test_without_a_file_or_a_key_there_is_nothing_to_check(desk: Desk, words: list[str]) -> None:
    """Nothing is trusted unless it is named."""
    with pytest.raises(SystemExit) as stop:
        desk.verify(*words)
    assert stop.value.code == 2


ALONE = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("a socket was opened")

class Refused(socket.socket):
    __init__ = refuse

socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refuse, refuse
from slaclock.cli import main
sys.exit(main(["evidence", "verify", "file.json", "--key", "1.pem"]))
"""


def test_it_needs_no_network_and_no_aws(desk: Desk) -> None:
    """No socket is opened, and no variable of the environment is needed."""
    desk.write(made())
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.folder)}
    words = [sys.executable, "-c", ALONE]
    ran = subprocess.run(words, cwd=desk.folder, env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith(f"All of it holds: this proves the breach, {AS_OF}\n")


def test_what_checks_knows_of_no_package_of_aws() -> None:
    """Its code is short enough to be read by whoever does not trust it."""
    code = "import sys, slaclock.cli.evidence_verify; print(*{each.split('.')[0] for each in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"boto3", "botocore", "pynamodb", "urllib3", "cryptography"} & set(ran.stdout.split())


def test_without_the_package_for_signatures_it_says_which_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer has none, and needs none."""
    desk.write(made())
    for name in [each for each in sys.modules if each.split(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    code, out, err = desk.verify("file.json", "--key", "1.pem")
    assert (code, out) == (2, "")
    assert "pip install 'slaclock[command]'" in err
