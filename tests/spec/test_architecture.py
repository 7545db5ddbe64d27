"""How the code is laid out: imports go one way, and hot functions stay light."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "core" / "slaclock"
# From the inside out; a room may import from those before it and from its own. Every module has its place.
ORDER = (
    {"domain"},
    {"agreements", "helpdesks", "evidence", "problems", "simulation"},
    {
        "access",
        "store",
        "schedules",
        "notices",
        "patience",
        "quarantine",
        "seals",
        "signing",
        "secrets",
        "settings",
        "gauges",
        "heartbeat",
        "models",
        "streaming",
    },
    {"workflow", "links", "identities", "tallying"},
    {"intake", "matters", "arming", "records"},
    {"voice", "reporting"},
    {"announcing", "waiting_room", "together"},
    {
        "drilling",
        "gathering",
        "in_turn",
        "forgetting",
        "register",
        "watching",
        "feeding",
        "importing",
        "rehearsing",
        "sealing",
        "rollups",
        "lake",
        "issuing",
        "monthly",
        "checking",
        "chains",
        "ends",
        "publishing",
        "silence",
        "handshake",
        "refusals",
    },
    {"sweeping"},
    {"starting"},
    {"wiring"},
    {"cli"},
)
HOT = ("webhook", "timer", "arm", "notify")
BARRED = {
    "boto3",
    "pydantic",
    "yaml",
    "ruamel",
    "ruamel.yaml",
    "aws_xray_sdk",
    "holidays",
    "slaclock.cli",
    "argparse",
}

# What each start does without; annotations alone import nothing.
_OF_OTHERS = {"store.contract", "store.accesses", "store.life", "store.changes", "evidence.seal", "reporting"}
SPARED = {
    "webhook": {*_OF_OTHERS, "store.messages", "notices", "schedules"},
    "timer": {*_OF_OTHERS, "store.messages", "notices", "schedules", "helpdesks"},
    "arm": {*_OF_OTHERS, "domain.decide", "domain.agreement", "workflow", "store.dynamo", "helpdesks"},
    "notify": {*_OF_OTHERS, "domain.decide", "domain.agreement", "domain.logged", "workflow", "helpdesks"},
}
# As Lambda starts them: what every event needs is made.
STARTED = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_REGION": "eu-north-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_METRICS_NAMESPACE": "x",
    "POWERTOOLS_SERVICE_NAME": "x",
    "AUDIENCES": '{"default": "arn:aws:sns:eu-north-1:123456789012:x"}',
    **dict.fromkeys(("TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE", "QUARANTINE_BUCKET"), "x"),
    **dict.fromkeys(("SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN"), "x"),
}


def rank(room: str) -> int:
    return next(number for number, rooms in enumerate(ORDER) if room in rooms)


def imports(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    """A room imports from those before it, or from its own: see ORDER."""
    rooms = {name.split(".")[1] for name in imports(path) if name.startswith("slaclock.")}
    assert {room for room in rooms if rank(room) > rank(room_of(path))} == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda path: path.stem)
def test_the_domain_is_pure(path: Path) -> None:
    """Standard library and tzdata only, no environment, no clock of its own."""
    outside = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"slaclock"}
    assert outside <= {"tzdata"}
    source = path.read_text()
    for impure in ("os.environ", "datetime.now(", "time.time(", "utcnow(", "date.today("):
        assert impure not in source


@pytest.mark.parametrize("name", ["webhook", "timer", "arm", "notify", "audit", "records", "seal", "report"])
def test_nothing_imports_a_function_and_functions_are_thin(name: str) -> None:
    """At most 60 lines: parse, call, answer."""
    assert len((ROOT / "functions" / name / "app.py").read_text().splitlines()) <= 60


@pytest.mark.parametrize("name", HOT)
def test_hot_functions_import_nothing_heavy(name: str) -> None:
    """A cold start is bought by imports: no boto3, tracer, Pydantic, YAML, holidays or command packages."""
    code = f"""
import json, runpy, sys
runpy.run_path({str(ROOT / "functions" / name / "app.py")!r})
import slaclock.helpdesks.zendesk
print(json.dumps(sorted(sys.modules)))
"""
    environ = {
        "POWERTOOLS_METRICS_NAMESPACE": "x",
        "POWERTOOLS_SERVICE_NAME": "x",
        "AWS_REGION": "eu-north-1",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert set(json.loads(ran.stdout)) & BARRED == set()


@pytest.mark.parametrize(("name", "spared"), sorted(SPARED.items()))
def test_a_hot_function_starts_without_what_few_of_its_events_need(name: str, spared: set[str]) -> None:
    """Each module counts in every start: a call that few events come to imports what it needs by itself."""
    code = f"""
import json, runpy, sys
runpy.run_path({str(ROOT / "functions" / name / "app.py")!r})
print(json.dumps(sorted(sys.modules)))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], env=STARTED, capture_output=True, text=True, check=True
    )
    assert set(json.loads(ran.stdout)) & {f"slaclock.{each}" for each in spared} == set()


def test_models_never_leave_the_store() -> None:
    """Nothing but `store/` knows PynamoDB's models, and only `wiring` its connection."""
    users = {room_of(path) for path in MODULES for name in imports(path) if name.split(".")[0] == "pynamodb"}
    assert users <= {"store", "wiring"}
