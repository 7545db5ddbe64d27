"""The template as data: as it is written, and as CloudFormation sees it once SAM has translated it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from local.template import read

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "template.yaml"
REGION = "eu-west-1"
NO_VALUE = {"Ref": "AWS::NoValue"}
_TOOLS = ROOT / ".venv-template" / "bin" / "python"


class Template:
    """A template and the questions that the rules ask of it. What `AWS::NoValue` leaves out is not in it.

    Its sections are there, if empty, and so is each resource's type.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        said = {name: part for name, part in _present(body).items() if part}
        self.body: dict[str, Any] = {"Resources": {}, "Parameters": {}, "Conditions": {}, **said}
        self.body["Resources"] = {
            name: {"Type": "", **(each if isinstance(each, dict) else {})}
            for name, each in self.body["Resources"].items()
        }

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and properties of the resources of one type."""
        for name, resource in self.body["Resources"].items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties") or {}

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement of every role, with the role's name; those under a condition as well."""
        for role, properties in self.of_type("AWS::IAM::Role"):
            for policy in each_of(properties.get("Policies", [])):
                yield from ((role, each) for each in each_of(policy["PolicyDocument"]["Statement"]))


def each_of(value: Any) -> Iterator[Any]:
    """Each of one or many, for both branches of a condition, but for what is left out."""
    if isinstance(value, list):
        yield from (each for part in value for each in each_of(part))
    elif isinstance(value, dict) and value.keys() == {"Fn::If"}:
        yield from each_of(value["Fn::If"][1:])
    elif value != NO_VALUE:
        yield value


def written(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template as its author wrote it, every short intrinsic spelled out."""
    template: dict[str, Any] = _spelled(read(path))
    return template


def translated(uploads: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What is deployed: plain CloudFormation, kept below build/ for as long as nothing of it changes.

    `uploads` says by a resource's name where its code lies; that of the others lies where it always did.
    """
    said = json.dumps(uploads or {})
    sources = (TEMPLATE, ROOT / "scripts" / "translate.py", ROOT / "requirements" / "template.txt")
    state = sha256(b"\0".join((said.encode(), *(each.read_bytes() for each in sources)))).hexdigest()
    kept = ROOT / "build" / "translated" / f"{state[:16]}.json"
    if not kept.exists():
        _keep(kept, said)
    plain: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return plain


def _keep(path: Path, uploads: str) -> None:
    if not _TOOLS.exists():
        raise FileNotFoundError("SAM's translator is not here: make .venv-template/.installed")
    command = [str(_TOOLS), "-m", "scripts.translate", uploads]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{sha256(found).hexdigest()[:8]}")
    part.write_bytes(found)
    part.replace(path)  # whole, or not at all: tests run beside each other


def _present(value: Any) -> Any:
    """A copy without what is left out; a branch of a condition that leaves something out says so still."""
    if isinstance(value, list):
        return [_present(each) for each in value if not _left_out(each)]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::If"}:
        return {"Fn::If": [each if _left_out(each) else _present(each) for each in value["Fn::If"]]}
    return {name: _present(each) for name, each in value.items() if not _left_out(each)}


def _left_out(value: Any) -> bool:
    return isinstance(value, dict) and not list(each_of(value))


def _spelled(value: Any) -> Any:
    """A copy in which `Fn::GetAtt` is a list, as it is in what is translated."""
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], str):
        return {"Fn::GetAtt": value["Fn::GetAtt"].split(".", 1)}
    return {name: _spelled(each) for name, each in value.items()}
