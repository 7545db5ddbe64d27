"""What a function takes to start and to handle its first event, as ratios to bare clients. CPU time.

    make bench-coldstart
    make bench-coldstart COUNTED=yes

The local stack plays a story; the first event of each function in it is kept, with what AWS answers
meanwhile (first_events.py). Then a fresh interpreter imports the function, from the layer where that is
built, starts it as Lambda does, without a snapshot, and handles that event; a server in this process
answers the same again. The CPU time of that process, from its start to the function's answer, less that of
an interpreter which does nothing, is what counts: the least of some rounds, in which all take turns.

They are compared with (a) three clients of bare botocore and (b) a model of PynamoDB, three clients of
boto3, and Powertools' Logger and Metrics. These, too, are measured through a first event: each client makes
one call. Beside it stands what merely making the clients takes. No call is encrypted, on either side.

Of the functions that a deadline or a helpdesk waits for at most 1.3 x (a) and 0.85 x (b) is asked; the exit
status is 1 where one of them takes more.

Where others share the machine, times differ by a fifth from run to run. COUNTED=yes counts instructions in
place of them, with valgrind, which takes some minutes. They hardly differ; what memory costs is not in them.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import asked
from benchmarks.first_events import Answer, FirstEvent, Line, as_json, first_events, line

ROOT = Path(__file__).parents[1]
LAYER = ROOT / "build" / "layer" / "python"
ROUNDS = 15
HOT = ("Webhook", "Timer", "Arm", "Notify")
ASKED = {"a": 1.3, "b": 0.85}
TOLD = "import time; print(time.process_time())"
COUNTER = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")

FUNCTION = """
import json, sys
from datetime import datetime
with open(sys.argv[1]) as file:
    given = json.load(file)
from slaclock.wiring import Wiring
Wiring.public_secrets = ()  # the local stack's own are, and count all the same
import app
at = datetime.fromisoformat(given["at"])
app.WIRING._now = lambda: at
class Context: function_name = "measured"; memory_limit_in_mb = 512; aws_request_id = "1"
Context.invoked_function_arn = "arn:aws:lambda:eu-north-1:123456789012:function:measured"
app.handler(given["event"], Context)
"""
MADE = {
    "a": """
from botocore.session import Session
session = Session()
dynamodb, scheduler, sns = (session.create_client(each) for each in ("dynamodb", "scheduler", "sns"))
""",
    "b": """
import boto3
from aws_lambda_powertools import Logger, Metrics
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model
class Item(Model):
    class Meta: table_name = "x"
    pk = UnicodeAttribute(hash_key=True)
    body = UnicodeAttribute(null=True)
Item._get_connection().connection.client
scheduler, sns, secrets = (boto3.client(each) for each in ("scheduler", "sns", "secretsmanager"))
logger, metrics = Logger(service="b"), Metrics(service="b")
""",
}
TARGET = '{"Arn": "arn:aws:lambda:eu-north-1:123456789012:function:x", "RoleArn": "arn:aws:iam::1:role/x"}'
CALLS = f"""
scheduler.create_schedule(Name="x", ScheduleExpression="at(2026-01-01T00:00:00)",
                          FlexibleTimeWindow={{"Mode": "OFF"}}, Target={TARGET})
sns.publish(TopicArn="arn:aws:sns:eu-north-1:123456789012:x", Message="x")
"""
CALLED = {
    "a": f"""{CALLS}
dynamodb.get_item(TableName="x", Key={{"pk": {{"S": "x"}}}})
""",
    "b": f"""{CALLS}
Item.get("x")
secrets.get_secret_value(SecretId="x")
logger.info("x", extra={{"x": 1}})
metrics.add_metric(name="X", unit="Count", value=1)
metrics.flush_metrics()
""",
}
JSON = {"content-type": "application/x-amz-json-1.0"}
PUBLISHED = b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
ANSWERS: list[Answer] = [
    (200, {"content-type": "application/json"}, b'{"ScheduleArn": "arn:aws:scheduler:::x"}'),
    (200, {"content-type": "text/xml"}, PUBLISHED),
    (200, JSON, b'{"Item": {"pk": {"S": "x"}, "body": {"S": "x"}}}'),
    (200, JSON, b'{"SecretString": "x"}'),
]


@dataclass(frozen=True, slots=True)
class Start:
    """Code for a fresh interpreter, and what AWS answers it."""

    code: str
    answers: list[Answer]
    environ: Mapping[str, str]
    folder: Path | None = None
    argument: str = ""


def measured(start: Start, aws: Line, counter: Sequence[str] = ()) -> float:
    """The CPU milliseconds of an interpreter from its start to the end of the code.

    With a counter, millions of instructions, in one order of hashes.
    """
    aws.left[:] = start.answers
    path = [each for each in (start.folder, *_packages()) if each]
    seed = {"PYTHONHASHSEED": "0"} if counter else {}
    ran = subprocess.run(  # noqa: S603  (this interpreter)
        [*counter, sys.executable, "-c", f"{start.code}\n{TOLD}", start.argument],
        env={**aws.environ(), **start.environ, **seed, "PYTHONPATH": ":".join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode or aws.left:
        raise ChildProcessError(f"{len(aws.left)} answers were not asked for\n{ran.stdout}\n{ran.stderr}")
    if counter:
        return int(re.findall(r"Collected : (\d+)", ran.stderr)[-1]) / 1e6
    return float(ran.stdout.splitlines()[-1]) * 1000


def _packages() -> list[Path]:
    """Where the package lies: the layer's byte code is 3.13's."""
    return [LAYER] if sys.version_info[:2] == (3, 13) and LAYER.exists() else [ROOT / "layers" / "core"]


def starts(found: Mapping[str, FirstEvent], folder: Path) -> dict[str, Start]:
    """All that is measured, by its name."""
    made = {f"{name}, made": Start(code, [], {}) for name, code in MADE.items()}
    called = {name: Start(MADE[name] + CALLED[name], ANSWERS[: 3 if name == "a" else 4], {}) for name in MADE}
    functions = {}
    for name, first in found.items():
        file = folder / f"{name}.json"
        file.write_text(as_json(first))
        code = ROOT / "functions" / name.lower()
        functions[name] = Start(FUNCTION, list(first.answers), first.environ, code, str(file))
    return {"bare": Start("", [], {}), **made, **called, **functions}


def least(rounds: int, counter: Sequence[str] = ()) -> dict[str, float]:
    """What each takes above a bare interpreter, the least of so many rounds."""
    found = first_events()
    with TemporaryDirectory() as folder, line() as aws:
        all_of_them = starts(found, Path(folder))
        times: dict[str, list[float]] = {name: [] for name in all_of_them}
        for _ in range(rounds + 1):
            for name, start in all_of_them.items():
                times[name].append(measured(start, aws, counter))
    best = {name: min(each[1:]) for name, each in times.items()}  # the first may have had to compile
    return {name: each - best["bare"] for name, each in best.items()}


def main() -> int:
    """Print milliseconds and every ratio; 1 where more is taken than is asked."""
    parser = argparse.ArgumentParser(
        usage="make bench-coldstart [ROUNDS=15] [COUNTED=yes]", description=__doc__
    )
    parser.add_argument("rounds", nargs="?", type=asked.rounds, default=ROUNDS, help="the least counts")
    parser.add_argument("--counted", action="store_true", help="instructions in place of times")
    given = parser.parse_args()
    if given.counted and not shutil.which(COUNTER[0]):
        parser.error("--counted needs valgrind: apt install valgrind")
    took = least(*((1, COUNTER) if given.counted else (given.rounds, ())))
    where = "the layer" if _packages() == [LAYER] else "its sources"
    what = "instructions, in millions," if given.counted else f"CPU, the least of {given.rounds} rounds,"
    print(f"Python {sys.version.split()[0]}, from {where}; {what} above a bare interpreter\n")
    print(f"{'':12}{'million' if given.counted else 'ms':>8}{'x (a)':>8}{'x (b)':>8}")
    for name, each in took.items():
        if name != "bare":
            print(
                f"{name:12}{each:8.0f}{each / took['a']:8.2f}{each / took['b']:8.2f}  {_verdict(name, took)}"
            )
    return int(not all(_kept(name, took) for name in HOT))


def _verdict(name: str, took: Mapping[str, float]) -> str:
    if name not in HOT:
        return ""
    return f"at most {ASKED['a']} and {ASKED['b']} asked: {'kept' if _kept(name, took) else 'MISSED'}"


def _kept(name: str, took: Mapping[str, float]) -> bool:
    return all(took[name] / took[floor] <= asked for floor, asked in ASKED.items())


if __name__ == "__main__":
    sys.exit(main())
