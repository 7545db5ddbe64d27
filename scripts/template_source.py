"""The template as data: as it is written, and as CloudFormation sees it once SAM has translated it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
REGION = "eu-west-1"
NO_VALUE = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True)
class Template:
    """A template and the questions that the rules ask of it."""

    body: dict[str, Any]

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and properties of the resources of one type."""
        for name, resource in self.body["Resources"].items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties", {})

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement of every role, with the role's name; those under a condition as well."""
        for role, properties in self.of_type("AWS::IAM::Role"):
            for policy in properties.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    branches = statement["Fn::If"][1:] if "Fn::If" in statement else [statement]
                    yield from ((role, each) for each in branches if each != NO_VALUE)


def written(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template as its author wrote it, every short intrinsic spelled out."""
    template: dict[str, Any] = yaml_parse(path.read_text(encoding="utf-8"))
    return template


def translated(path: Path = TEMPLATE, uploads: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What is deployed: plain CloudFormation. Needs no account and no network.

    `uploads` says by a resource's name where its code lies; that of the others lies where it always did.
    """
    translator = Translator(None, Parser(), boto_session=Session(region_name=REGION))
    result = translator.translate(_with_code_in_a_bucket(written(path), uploads or {}), parameter_values={})
    plain: dict[str, Any] = json.loads(json.dumps(result))
    return plain


def _with_code_in_a_bucket(template: dict[str, Any], uploads: Mapping[str, str]) -> dict[str, Any]:
    """Folders are uploaded before a template is translated: here, a name stands for the upload."""
    for logical, resource in template["Resources"].items():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = uploads.get(logical, "s3://bucket/key")
    return template
