"""`python -m scripts.translate UPLOADS` prints what is deployed, template.yaml as CloudFormation, in JSON.

It runs in `.venv-template`, where SAM's translator is; `scripts.template_source.translated` calls it.
"""

import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from scripts.template_source import REGION, TEMPLATE


def translate(uploads: Mapping[str, str], path: Path = TEMPLATE) -> dict[str, Any]:
    """Plain CloudFormation, of code that lies where `uploads` says. Needs no account and no network."""
    logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)  # it laments that nobody collects them
    translator = Translator(None, Parser(), boto_session=Session(region_name=REGION))
    read = yaml_parse(path.read_text(encoding="utf-8"))
    result = translator.translate(_with_code_in_a_bucket(read, uploads), parameter_values={})
    plain: dict[str, Any] = json.loads(json.dumps(result))
    return plain


def _with_code_in_a_bucket(template: dict[str, Any], uploads: Mapping[str, str]) -> dict[str, Any]:
    """Folders are uploaded before a template is translated: here, a name stands for the upload."""
    for logical, resource in template["Resources"].items():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = uploads.get(logical, "s3://bucket/key")
    return template


if __name__ == "__main__":
    json.dump(translate(json.loads(sys.argv[1])), sys.stdout)
