"""`make build` builds the layer anew where what it is made of changed, and only there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.template import ROOT

# Copies what there is, instead of installing requirements and compiling.
LAYERS = """
build-CoreLayer:
\tmkdir -p "$(ARTIFACTS_DIR)"
\tcp -R slaclock "$(ARTIFACTS_DIR)/python"
"""
FILES = {
    "layers/core/Makefile": LAYERS,
    "layers/core/slaclock/kept.py": "kept = 1\n",
    "layers/core/slaclock/gone.py": "",
    "requirements/runtime.txt": "",
    "requirements/development.txt": "",
    "pyproject.toml": "",
    ".venv/.installed": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a layer that is built."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("Makefile", "scripts/find-python", "scripts/endpoints.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    build(tmp_path)
    return tmp_path


def build(project: Path) -> set[str]:
    """The layer's files, once it was asked for."""
    subprocess.run(
        ["make", "-s", "OLDEST=", "build/layer/.built"],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}},
        check=True,
    )
    return {path.name for path in layer(project).iterdir()}


def layer(project: Path) -> Path:
    return project / "build" / "layer" / "python"


def source(project: Path, name: str) -> Path:
    return project / "layers" / "core" / "slaclock" / name


def test_a_layer_that_nothing_changed_of_is_built_once(project: Path) -> None:
    """A date is no change, nor is byte code that a test left there."""
    (layer(project) / "mark").touch()
    source(project, "kept.py").touch()
    source(project, "__pycache__").mkdir()
    source(project, "__pycache__/kept.pyc").touch()
    assert build(project) == {"kept.py", "gone.py", "mark"}


def test_a_file_that_is_removed_is_not_deployed(project: Path) -> None:
    """No file is newer for it."""
    source(project, "gone.py").unlink()
    assert build(project) == {"kept.py"}


def test_a_file_of_any_kind_that_is_added_is_deployed(project: Path) -> None:
    """A table, a text, a marker."""
    source(project, "py.typed").touch()
    assert build(project) == {"kept.py", "gone.py", "py.typed"}


def test_another_content_is_deployed_whatever_its_date(project: Path) -> None:
    """As of a file that was moved there, or taken from an archive."""
    path = source(project, "kept.py")
    path.write_text("kept = 2\n")
    os.utime(path, (0, 0))
    build(project)
    assert (layer(project) / "kept.py").read_text() == "kept = 2\n"


def test_other_requirements_make_another_layer(project: Path) -> None:
    """The versions that are installed into it."""
    (layer(project) / "mark").touch()
    (project / "requirements" / "runtime.txt").write_text("rfc8785==0.1.4\n")
    assert build(project) == {"kept.py", "gone.py"}
