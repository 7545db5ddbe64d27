"""The pipeline runs what a person runs: make's targets, all of those that CI needs, and nothing else."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PIPELINE = YAML(typ="safe").load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# Those of GitHub itself, by their major version; any other would have to be pinned by its commit.
ACTIONS = {"actions/checkout@v4", "actions/setup-python@v5"}


def steps() -> list[dict[str, Any]]:
    return [step for job in PIPELINE["jobs"].values() for step in job["steps"]]


def targets(text: str) -> set[str]:
    """What a script has make do."""
    return {each for line in re.findall(r"^make (.+)$", text, re.MULTILINE) for each in line.split()}


def test_its_steps_are_targets_that_exist() -> None:
    """One line each: whatever else a step did would be tested by nobody."""
    commands = [step["run"].strip() for step in steps() if "run" in step]
    assert all(re.fullmatch(r"make [a-z-]+", each) for each in commands)
    for each in commands:
        assert re.search(rf"^{each.removeprefix('make ')}:", MAKEFILE, re.MULTILINE), each


def test_it_runs_all_that_a_landing_is_judged_by() -> None:
    """`.ci/run` and the pipeline differ in where they run, and in nothing else."""
    commands = "\n".join(step["run"] for step in steps() if "run" in step)
    assert targets(commands) == targets((ROOT / ".ci" / "run").read_text(encoding="utf-8"))


def test_it_uses_few_actions_and_may_only_read() -> None:
    """Whoever changes an action of somebody else could change what is tested."""
    assert {step["uses"] for step in steps() if "uses" in step} == ACTIONS
    assert PIPELINE["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in PIPELINE["jobs"].values())
    assert "secrets." not in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


def test_each_job_has_the_oldest_and_the_newest_python_and_an_end() -> None:
    """The newest comes last, so that it is what `python3` is."""
    for job in PIPELINE["jobs"].values():
        (python,) = [step["with"] for step in job["steps"] if step.get("uses") == "actions/setup-python@v5"]
        assert python["python-version"].split() == ["3.11", "3.13"]
        assert 0 < job["timeout-minutes"] <= 60
