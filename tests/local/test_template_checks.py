"""`make check-template` finds what it is for: what each tool sees, and suppressions for nothing."""

import copy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts import template_checkov
from scripts.template_source import ROOT, TEMPLATE, translated, written


def skips(template: dict[str, Any], resource: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = template["Resources"][resource]["Metadata"]["checkov"]["skip"]
    return found


def as_suppressed(_plain: object) -> template_checkov.Found:
    """Checkov finds what the template accounts for."""
    return dict.fromkeys(template_checkov.suppressed(written()), "is not as it should be")


def checked(path: Path, *steps: str) -> tuple[int, list[str]]:
    """What some of its steps say of a template, and the status they end with."""
    command = [str(ROOT / ".venv-template/bin/python"), "-m", "scripts.check_template", str(path), *steps]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()[:-2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "step", "said"),
    [
        (
            " SEAL_KEY: !If [HasSealKeyArn, !Ref SealKeyArn, !GetAtt SealKey.Arn]",
            " SEAL_KEY: !If [HasSealKeyArn, !Ref SealKeyArn, !GetAtt SealKey.Arnn]",
            "cfn-lint as translated",
            "translated: Resources/Seal/Properties/Environment/Variables/SEAL_KEY/Fn::If/2/Fn::GetAtt/1: E",
        ),
        ("functions/webhook/", "functions/webhok/", "sam build", "sam build: there is no Webhook/app.py"),
        (
            "BuildMethod: makefile",
            "BuildMethod: makefil",
            "sam build",
            "sam build: Error: 'makefil' does not have a supported builder",
        ),
    ],
)
def test_each_tool_is_there_for_what_no_other_sees(
    tmp_path: Path, right: str, wrong: str, step: str, said: str
) -> None:
    """A name that is wrong only where something is deployed, or only where it is built."""
    text = TEMPLATE.read_text(encoding="utf-8")
    assert text.count(right) == 1
    (tmp_path / "template.yaml").write_text(text.replace(right, wrong), encoding="utf-8")
    status, (line,) = checked(tmp_path / "template.yaml", step)
    assert (status, line[: len(said)]) == (1, said)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "Resources:\n  A: {Properties: {}}\n"])
def test_a_template_that_is_none_is_told_in_lines(tmp_path: Path, text: str) -> None:
    """By who reads it first, cfn-lint; what can't be asked any more says so in a line, and nobody fails."""
    (tmp_path / "none.yaml").write_text(text, encoding="utf-8")
    status, lines = checked(tmp_path / "none.yaml", "cfn-lint as written", "rules")
    assert status == 1
    assert lines[0].startswith("none.yaml: ")
    assert max(map(len, lines)) < 250


@pytest.mark.slow
def test_a_step_that_is_none_is_refused(tmp_path: Path) -> None:
    """Else nothing would be looked at, and nothing found."""
    command = [str(ROOT / ".venv-template/bin/python"), "-m", "scripts.check_template", str(tmp_path), "rule"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.split(":")[0]) == (1, "no step is called rule")


def test_every_suppression_says_why_where_it_stands() -> None:
    """In the resource's own metadata, where checkov looks for it, in a sentence."""
    accounted = template_checkov.suppressed(written())
    assert len(accounted) > 50
    assert [each for each, why in accounted.items() if len(why.split()) < 5] == []


def test_checkov_finds_what_is_wrong_and_only_that() -> None:
    """The template is as it accounts for, but for a fault: a bucket that anybody may see into."""
    plain = copy.deepcopy(translated())
    del plain["Resources"]["Lake"]["Properties"]["PublicAccessBlockConfiguration"]
    told = list(template_checkov.findings(written(), plain))
    assert {each.split(": ")[1] for each in told} == {"Lake"}
    assert {each.split(": ")[2].split(" ")[0] for each in told} >= {"CKV_AWS_53", "CKV_AWS_54"}


@pytest.mark.parametrize("said", [None, "", " "])
def test_a_finding_that_nobody_accounts_for_is_told(
    monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    """Nor is one without a reason."""
    template = written()
    monkeypatch.setattr(template_checkov, "failing", as_suppressed)
    if said is None:
        skips(template, "ArmFailures").clear()
    else:
        skips(template, "ArmFailures")[0]["comment"] = said
    told = list(template_checkov.findings(template, translated()))
    assert told == ["checkov: ArmFailures: CKV_AWS_27 is not as it should be"]


def test_a_suppression_for_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was for is mended, and what comes next must not be hidden by it."""
    template = written()
    monkeypatch.setattr(template_checkov, "failing", as_suppressed)
    skips(template, "ArmFailures").append({"id": "CKV_AWS_1", "comment": "there was something once"})
    told = list(template_checkov.findings(template, translated()))
    assert told == ["checkov: ArmFailures: CKV_AWS_1 is suppressed, and nothing is wrong"]
