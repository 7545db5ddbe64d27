"""checkov's findings on the translated template, held against what the template says it does on purpose."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.template_source import ROOT

CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
_ASKED = ("--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--output", "json")
Found = dict[tuple[str, str], str]  # a resource and a check, and what is said of the two


def findings(template: Mapping[str, Any], plain: Mapping[str, Any]) -> Iterator[str]:
    """What fails and is not accounted for in place, and what is accounted for and does not fail.

    `template` is as it is written: translated, what SAM makes of a resource has that one's metadata as well.
    """
    accounted, failed = suppressed(template), failing(plain)
    for (resource, check), said in sorted(failed.items()):
        if not accounted.get((resource, check)):
            yield f"checkov: {resource}: {check} {said}"
    for resource, check in sorted(accounted.keys() - failed.keys()):
        yield f"checkov: {resource}: {check} is suppressed, and nothing is wrong"


def suppressed(template: Mapping[str, Any]) -> Found:
    """What resources suppress in their metadata, where checkov itself looks for it, and why."""
    return {
        (name, each["id"]): each.get("comment", "").strip()
        for name, resource in template["Resources"].items()
        for each in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
    }


def failing(plain: Mapping[str, Any]) -> Found:
    """What checkov says of the template, were nothing suppressed."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(_bare(plain), indent=1), encoding="utf-8")
        command = [str(CHECKOV), "--file", str(file), *_ASKED]
        # 1 is of findings; checkov would ask the instance that it runs on who it is.
        environ = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr[-2000:])
    report = json.loads(ran.stdout)
    if report.get("summary", {}).get("parsing_errors") or "results" not in report:
        raise RuntimeError(f"checkov could not read the template: {report}")
    return {
        (each["resource"].rpartition(".")[2], each["check_id"]): each["check_name"]
        for each in report["results"]["failed_checks"]
    }


def _bare(plain: Mapping[str, Any]) -> dict[str, Any]:
    resources = {
        name: {member: value for member, value in each.items() if member != "Metadata"}
        for name, each in plain["Resources"].items()
    }
    return {**plain, "Resources": resources}
