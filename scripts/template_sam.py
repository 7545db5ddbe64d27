"""SAM's own commands on the template: it validates and builds, without Docker, an account or a network."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.template_source import REGION, ROOT, TEMPLATE, Template, written

TOOLS = ROOT / ".venv-template" / "bin"
BUILT = ROOT / "build" / "sam"  # another's than this project's is built beside it
_HOME = ROOT / "build" / "sam-home"  # SAM keeps there when it last asked for a newer version of itself
_WRONG = re.compile(r"^(\[\[.*|\w*Error: .*)", re.MULTILINE)  # of all that it says, what it says is wrong


def validated(path: Path = TEMPLATE) -> Iterator[str]:
    """What `sam validate --lint` says."""
    yield from _failed("validate", "--lint", "--template", str(path), "--region", REGION)


def built(path: Path = TEMPLATE) -> Iterator[str]:
    """What `sam build` says, and what is not in what it built: where it finds no code, it is content.

    Folders are below the project's; its Python is this environment's.
    """
    into = BUILT if path == TEMPLATE else path.with_suffix(".built")
    shutil.rmtree(into, ignore_errors=True)
    cache = ROOT / "build" / "sam-cache"
    where = ("--base-dir", str(ROOT), "--build-dir", str(into), "--cache-dir", str(cache), "--region", REGION)
    failed = list(_failed("build", "--template", str(path), *where))
    yield from failed or (
        f"sam build: there is no {each}" for each in _wanted(path) if not (into / each).exists()
    )


def _wanted(path: Path) -> Iterator[str]:
    """A file of each function and of the layer, where Lambda looks for it."""
    template = Template(written(path))
    for name, _ in template.of_type("AWS::Serverless::Function"):
        yield f"{name}/app.py"
    for name, _ in template.of_type("AWS::Serverless::LayerVersion"):
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
        said = ran.stdout + ran.stderr
        yield f"sam {argv[0]}: {' '.join(_WRONG.findall(said)) or said[-200:]}"
