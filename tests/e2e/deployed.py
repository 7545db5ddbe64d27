"""template.yaml deployed in ministack: functions in processes of their own, streams, schedules, routes."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from local.cloud import REGION
from local.template import ROOT
from scripts.template_source import written
from tests.e2e import gaps
from tests.e2e.ministack import Emulator

LAYER = ROOT / "build" / "layer"
STACK, BUCKET = "slaclock", "deployment"
TABLES = ("Tickets", "Ledger", "Agreements", "Reports", "Accesses")
Change = Callable[[gaps.Template], gaps.Template]
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
        tables = {f"{name.upper()}_TABLE": self.names[name] for name in TABLES}
        return {"AWS_REGION": REGION, **tables}

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells of itself."""
        (stack,) = self.emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """A function's answer; what it raises is an error here."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=self.names[function], Payload=json.dumps(event).encode()
        )
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{function}: {payload}")
        return payload


def deploy(emulator: Emulator, changed: Change = gaps.deployable, **parameters: str) -> Deployed:
    """Package and deploy the template, but for what `gaps` has to change in it."""
    if not LAYER.exists():
        raise FileNotFoundError(f"{LAYER} is missing: make build/layer/.built")
    emulator.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    emulator.client("cloudformation").create_stack(**_asked(emulator, changed, parameters))
    return _settled(emulator, "CREATE_COMPLETE")


def update(emulator: Emulator, changed: Change = gaps.deployable, **parameters: str) -> Deployed:
    """Deploy the template again, in place, with these parameters."""
    emulator.client("cloudformation").update_stack(**_asked(emulator, changed, parameters))
    return _settled(emulator, "UPDATE_COMPLETE")


def delete(emulator: Emulator) -> None:
    """Take the stack away, and what of it is not retained."""
    cloudformation = emulator.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    cloudformation.delete_stack(StackName=STACK)
    _status(emulator, stack["StackId"], "DELETE_COMPLETE")


def _asked(emulator: Emulator, changed: Change, parameters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "StackName": STACK,
        "TemplateURL": _packaged(emulator, changed, parameters.get("Release", "")),
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }


def _settled(emulator: Emulator, wanted: str) -> Deployed:
    _status(emulator, STACK, wanted)
    found = emulator.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployed(emulator, {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found})


def _status(emulator: Emulator, stack: str, wanted: str) -> None:
    """Wait until CloudFormation is done; anything but the status that is wanted is an error."""
    cloudformation = emulator.client("cloudformation")
    status, until = "IN_PROGRESS", time.monotonic() + _PATIENCE
    while status.endswith("IN_PROGRESS") and time.monotonic() < until:
        time.sleep(0.1)
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    if status != wanted:
        raise ChildProcessError(f"{status}\n{emulator.log.read_text()[-2000:]}")


def _packaged(emulator: Emulator, changed: Change, release: str) -> str:
    """Upload the code and the template that names it, as `sam package` would; the template's address.

    Each is named after its content, of which the release is a part.
    """
    s3, template = emulator.client("s3"), changed(written())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for member, folder in (("CodeUri", ROOT / properties.get("CodeUri", "")), ("ContentUri", LAYER)):
            if member in properties:
                body = _zipped(folder, release)
                key = f"{sha256(body).hexdigest()}.zip"
                s3.put_object(Bucket=BUCKET, Key=key, Body=body)
                properties[member] = f"s3://{BUCKET}/{key}"
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template, default=str).encode())
    return f"{emulator.endpoint}/{BUCKET}/template.json"


def _zipped(folder: Path, release: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("RELEASE"), release)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (folder == LAYER or "__pycache__" not in path.parts):
                archive.write(path, path.relative_to(folder))
    return out.getvalue()
