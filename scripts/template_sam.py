"""SAM's own commands on the template: it validates and builds, without Docker, an account or a network."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from scripts.template_source import REGION, ROOT, TEMPLATE, written

TOOLS = ROOT / ".venv-template" / "bin"
BUILT = ROOT / "build" / "sam"
_HOME = ROOT / "build" / "sam-home"  # SAM keeps there when it last asked for a newer version of itself


def validated() -> Iterator[str]:
    """What `sam validate --lint` says."""
    yield from _failed("validate", "--lint", "--template", str(TEMPLATE), "--region", REGION)


def built() -> Iterator[str]:
    """What `sam build` says, and what is not in what it built; its Python is this environment's."""
    shutil.rmtree(BUILT, ignore_errors=True)
    cache = ROOT / "build" / "sam-cache"
    where = ("--build-dir", str(BUILT), "--cache-dir", str(cache), "--region", REGION)
    yield from _failed("build", "--template", str(TEMPLATE), *where)
    yield from (f"sam build: there is no {each}" for each in _wanted() if not (BUILT / each).exists())


def _wanted() -> Iterator[str]:
    """A file of each function and of the layer, where Lambda looks for it."""
    for name, each in written()["Resources"].items():
        if each["Type"] == "AWS::Serverless::Function":
            yield f"{name}/app.py"
        if each["Type"] == "AWS::Serverless::LayerVersion":
            yield f"{name}/python/slaclock/wiring.py"


def _failed(*argv: str) -> Iterator[str]:
    _HOME.mkdir(parents=True, exist_ok=True)
    asked: dict[str, Any] = {"lastVersionCheck": time.time(), "telemetryEnabled": False}
    (_HOME / "metadata.json").write_text(json.dumps(asked), encoding="utf-8")
    environ = {
        **os.environ,
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(_HOME),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "none",  # else it looks for some
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    command = [str(TOOLS / "sam"), *argv]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environ)  # noqa: S603
    if ran.returncode:
        yield f"sam {argv[0]}: {(ran.stdout + ran.stderr).strip()[-2000:]}"
