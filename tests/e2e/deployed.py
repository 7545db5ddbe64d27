"""template.yaml deployed in ministack: functions in processes of their own, streams, schedules, routes."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloud import REGION
from local.template import ROOT
from scripts.template_source import written
from tests.e2e.ministack import Emulator

LAYER = ROOT / "build" / "layer"
STACK, BUCKET = "slaclock", "deployment"
_PATIENCE = 60.0  # seconds until every resource must be there


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack. `names` gives what CloudFormation called each resource, by its name in the template."""

    emulator: Emulator
    names: Mapping[str, str]

    @property
    def api(self) -> str:
        """The path under which ministack serves the HTTP API."""
        return f"/_aws/execute-api/{self.names['Api']}/$default"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that a function or command finds its tables by."""
        tables = {f"{name.upper()}_TABLE": self.names[name] for name in ("Tickets", "Ledger", "Agreements")}
        return {"AWS_REGION": REGION, **tables}

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """A function's answer; what it raises is an error here."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=self.names[function], Payload=json.dumps(event).encode()
        )
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{function}: {payload}")
        return payload


def deploy(emulator: Emulator, **parameters: str) -> Deployed:
    """Package and deploy the template: all but alarms on an expression, which ministack knows not."""
    if not LAYER.exists():
        raise FileNotFoundError(f"{LAYER} is missing: make build/layer/.built")
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=_packaged(emulator),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    status, until = "CREATE_IN_PROGRESS", time.monotonic() + _PATIENCE
    while status.endswith("IN_PROGRESS") and time.monotonic() < until:
        time.sleep(0.1)
        status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    if status != "CREATE_COMPLETE":
        raise ChildProcessError(f"{status}\n{emulator.log.read_text()[-2000:]}")
    found = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployed(emulator, {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found})


def _packaged(emulator: Emulator) -> str:
    """Upload the code and the template that names it, as `sam package` would; the template's address."""
    s3, template = emulator.client("s3"), written()
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    kept = {name: each for name, each in template["Resources"].items() if not _unknown(each)}
    for name, resource in kept.items():
        properties = resource.get("Properties", {})
        for member, folder in (("CodeUri", ROOT / properties.get("CodeUri", "")), ("ContentUri", LAYER)):
            if member in properties:
                s3.put_object(Bucket=BUCKET, Key=f"{name}.zip", Body=_zipped(folder))
                properties[member] = f"s3://{BUCKET}/{name}.zip"
    body = json.dumps({**template, "Resources": kept}, default=str)
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
    return f"{emulator.endpoint}/{BUCKET}/template.json"


def _unknown(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (folder == LAYER or "__pycache__" not in path.parts):
                archive.write(path, path.relative_to(folder))
    return out.getvalue()
