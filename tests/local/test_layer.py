"""The layer as it is built: small, for any processor, byte-compiled, and enough for a bare runtime."""

import json
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest
from botocore.loaders import Loader

from local.template import ROOT
from scripts import sizes
from scripts.endpoints import cut, read

NEWEST = sys.version_info[:2] == (3, 13)
HOT = ("webhook", "timer", "arm", "notify")
# What the runtime has of its own: botocore, and what that stands on.
RUNTIME = ("botocore", "dateutil", "jmespath", "six", "urllib3")
BARRED = {
    "boto3",
    "pydantic",
    "yaml",
    "ruamel",
    "aws_xray_sdk",
    "holidays",
    "cryptography",
    "argparse",
    "slaclock.cli",
}
FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir())
ENVIRON = {
    "AWS_REGION": "eu-north-1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "slaclock",
    "POWERTOOLS_SERVICE_NAME": "tested",
    "AUTHORIZATION": "none",
    "AUDIENCES": '{"default": "arn:aws:sns:eu-north-1:123456789012:x"}',
    "QUARANTINE_BUCKET": "x",
    "REMINDERS_QUEUE": "https://sqs.invalid/x",
    "LINK_KEY": "x",
    **dict.fromkeys(("SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN"), "x"),
    **{f"{table}_TABLE": table for table in ("TICKETS", "LEDGER", "AGREEMENTS", "REPORTS", "ACCESSES")},
}
EVERYTHING = """
import importlib, json, pkgutil
import slaclock
missing = {}
for each in pkgutil.walk_packages(slaclock.__path__, "slaclock.", onerror=lambda name: None):
    missing[each.name] = None
    try:
        importlib.import_module(each.name)
    except ModuleNotFoundError as error:
        missing[each.name] = error.name.split(".")[0]
print(json.dumps(missing))
"""
# What reads documents and checks signatures does so on somebody's machine.
COMMANDS = {"ruamel", "holidays", "cryptography"}


@pytest.fixture(scope="session")
def layer() -> Path:
    """The layer, built as `sam build` has it built."""
    if not sizes.LAYER.exists():
        pytest.fail(f"{sizes.LAYER} is missing: make build", pytrace=False)
    return sizes.LAYER


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the runtime brings, and nothing else: the locked botocore, from the environment of these tests."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        spec = sys.modules.get(name) or __import__(name)
        (place,) = [spec.__file__] if spec.__file__ else []
        module = Path(str(place))
        found = module.parent if module.name == "__init__.py" else module
        (folder / found.name).symlink_to(found)
    return folder


def ran(code: str, *path: Path, **environ: str) -> str:
    """What a fresh interpreter prints that sees these folders, and no packages of this environment."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**ENVIRON, **environ, "PYTHONPATH": ":".join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_layer_has_at_most_12_mebibytes_and_nothing_for_one_kind_of_processor(layer: Path) -> None:
    """Unzipped, byte code included; it is the same on arm64 and x86-64."""
    assert list(sizes.faults(layer)) == []


def test_too_much_is_found_and_so_is_what_is_compiled_for_a_processor(tmp_path: Path) -> None:
    """The check bites: by how a file is called, and by what it begins with."""
    (tmp_path / "fast.so").write_bytes(b"")
    (tmp_path / "linux").write_bytes(b"\x7fELF\2\1\1\0\0")
    (tmp_path / "mac.bin").write_bytes(b"\xcf\xfa\xed\xfe\7\0\0\1")
    (tmp_path / "windows.dll").write_bytes(b"MZ\x90\0")
    (tmp_path / "zone").write_bytes(b"TZif2")
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(sizes.MOST)
    said = list(sizes.faults(tmp_path))
    assert said == [
        f"the layer has {sizes.MOST + 26} bytes, at most {sizes.MOST} are asked for",
        "fast.so is no Python",
        "linux is no Python",
        "mac.bin is no Python",
        "windows.dll is no Python",
    ]


def test_a_package_is_all_that_is_deployed_for_it(tmp_path: Path) -> None:
    """Its files and those about it; byte code is counted apart."""
    for name, size in {
        "a/x.py": 3,
        "a-1.0.dist-info/METADATA": 4,
        "b.py": 5,
        "__pycache__/b.c.pyc": 6,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * size)
    assert sizes.packages(tmp_path) == {"a": (7, 0), "b": (5, 6)}


@pytest.mark.skipif(not NEWEST, reason="the build makes it with the runtime's Python")
def test_the_layer_has_the_endpoints_of_the_services_that_functions_call(layer: Path) -> None:
    """As the locked botocore has them: its own list of all services takes a tenth of a start to read."""
    there = json.loads((layer / "slaclock" / "endpoints.json").read_bytes())
    assert there == cut(read(Path(Loader.BUILTIN_DATA_PATH) / "endpoints.json"))


def test_the_layer_has_nothing_that_the_runtime_has_and_no_commands(layer: Path) -> None:
    """Two halves of the SDK could meet; and no function runs a command."""
    there = {path.name.split("-")[0].split(".")[0] for path in layer.iterdir()}
    assert there & {*RUNTIME, "python_dateutil", "boto3", "s3transfer"} == set()
    assert not (layer / "slaclock" / "cli").exists()


@pytest.mark.skipif(not NEWEST, reason="byte code is the runtime's, of Python 3.13")
def test_every_module_of_the_layer_is_compiled_and_is_not_compared_with_its_source(layer: Path) -> None:
    """The runtime can write no byte code beside the layer, and a file's date says nothing there."""
    sources = list(layer.rglob("*.py"))
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        head = compiled.read_bytes()[:8]
        assert (head[:4], head[4:]) == (MAGIC_NUMBER, (1).to_bytes(4, "little")), source
    assert len(sources) > 400


@pytest.mark.skipif(not NEWEST, reason="what is deployed runs on Python 3.13")
def test_all_of_the_layer_is_imported_beside_botocore_alone(layer: Path, runtime: Path) -> None:
    """Each module of ours, but for those that only commands use, which have requirements of their own."""
    missing = json.loads(ran(EVERYTHING, layer, runtime))
    assert {each for each in missing.values() if each} <= COMMANDS
    assert {name.split(".")[1] for name, each in missing.items() if each} <= {
        "agreements",
        "checking",
        "evidence",
    }
    assert len(missing) > 350


@pytest.mark.parametrize("kind", ["on-demand", "snap-start"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_starts_beside_botocore_alone(
    name: str, kind: str, layer: Path, runtime: Path, tmp_path: Path
) -> None:
    """As Lambda starts it, its first clients made; the hot ones import nothing heavy for that."""
    (tmp_path / "snapshot_restore_py.py").write_text("def register_after_restore(hook): hook()\n")
    code = "import app, json, sys; print(json.dumps(sorted(sys.modules)))"
    folders = (ROOT / "functions" / name, layer, runtime, tmp_path)
    modules = set(json.loads(ran(code, *folders, AWS_LAMBDA_INITIALIZATION_TYPE=kind)))
    assert "slaclock.wiring" in modules
    if name in HOT:
        assert modules & BARRED == set()
