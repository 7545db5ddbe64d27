"""How the code is laid out: imports go one way, and hot functions stay light."""

import ast
import json
import subprocess
import sys
from itertools import accumulate
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER, FUNCTIONS = ROOT / "layers" / "core", ROOT / "functions"
PACKAGE = LAYER / "slaclock"
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
        "role",
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
    {"functions"},
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
    "cryptography",
    "moto",
    "slaclock.cli",
    "argparse",
}
# What imports one of them, wherever it is imported from.
BARRED_OF_OTHERS = {
    "aws_lambda_powertools.Tracer",
    "aws_lambda_powertools.tracing",
    "aws_lambda_powertools.utilities.parser",
}

# What each start does without; annotations alone import nothing.
_BOOKS = {"store.dynamo_books", "store.accesses", "store.reports", "store.statements"}
_OF_OTHERS = {*_BOOKS, "store.contract", "store.life", "store.changes", "evidence.seal", "reporting"}
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
    """The modules that a file imports, anywhere in it; of `from x import y` both `x` and `x.y`."""
    return {name for node in ast.walk(ast.parse(path.read_text())) for name in imported(node)}


def imported(node: ast.AST) -> set[str]:
    """What this one statement or call imports; by a name that is written there, in whatever way."""
    match node:
        case ast.Import(names):
            return {each.name for each in names}
        case ast.ImportFrom(module, names, level):
            assert module, "say where from"
            assert not level, "say where from"
            return {module, *(f"{module}.{each.name}" for each in names)}
        case ast.Call(
            ast.Name("import_module" | "__import__") | ast.Attribute(_, "import_module"),
            [ast.Constant(name), *_],
        ):
            return {str(name)}
    return set()


def running(path: Path) -> set[str]:
    """The modules that a file may import while it runs, with what they lie in; not those for mypy only."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        match node:
            case ast.If(ast.Name("TYPE_CHECKING")):
                node.body = []
    found = {name for node in ast.walk(tree) for name in imported(node)}
    return {each for name in found for each in accumulate(name.split("."), "{}.{}".format)}


def reachable(path: Path) -> dict[str, set[str]]:
    """What a function may ever import, by the module of ours that does; within a call, too."""
    found = {"app": running(path)}
    ahead = list(found["app"])
    while ahead:
        name = ahead.pop()
        if name in SOURCES and name not in found:
            found[name] = running(SOURCES[name])
            ahead += found[name]
    return found


def barred(name: str) -> bool:
    return any(f"{name}.".startswith(f"{each}.") for each in BARRED | BARRED_OF_OTHERS)


def room_of(path: Path) -> str:
    folder = FUNCTIONS.parent if path.is_relative_to(FUNCTIONS) else PACKAGE
    return path.relative_to(folder).parts[0].removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
APPS = sorted(FUNCTIONS.glob("*/*.py"))
SOURCES = {
    ".".join(path.relative_to(LAYER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


@pytest.mark.parametrize("path", [*MODULES, *APPS], ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    """A room imports from those before it, or from its own: see ORDER."""
    found = [name.split(".") for name in imports(path) if name.startswith("slaclock.")]
    rooms = {parts[1] for parts in found if ".".join(parts[:2]) in SOURCES}
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


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_a_function_imports_nothing_heavy_later_either(path: Path) -> None:
    """What an event comes to has to be light, too: no call of any function imports what none starts with."""
    found = reachable(path)
    assert "slaclock.wiring" in found
    assert {(module, name) for module, names in found.items() for name in names if barred(name)} == set()


def test_what_is_imported_by_any_way_of_writing_it_is_found() -> None:
    """The checks above bite: a statement in a call, a package's part, a module that is named to a call."""
    source = """
def later():
    import yaml.nodes
    from slaclock import cli
    importlib.import_module("holidays")
    from aws_lambda_powertools import Logger, Tracer
    __import__("boto3")
"""
    found = {name for node in ast.walk(ast.parse(source)) for name in imported(node)}
    assert {name for name in found if barred(name)} == {
        "yaml.nodes",
        "slaclock.cli",
        "holidays",
        "aws_lambda_powertools.Tracer",
        "boto3",
    }


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
