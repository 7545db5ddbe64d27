"""`make check-template` finds what it is for: what checkov sees, and suppressions for nothing."""

import copy
from typing import Any

import pytest

from scripts import template_checkov
from scripts.template_source import translated, written


def skips(template: dict[str, Any], resource: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = template["Resources"][resource]["Metadata"]["checkov"]["skip"]
    return found


def as_suppressed(_plain: object) -> template_checkov.Found:
    """Checkov finds what the template accounts for."""
    return dict.fromkeys(template_checkov.suppressed(written()), "is not as it should be")


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
