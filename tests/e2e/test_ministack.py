"""The emulator itself: what the races and the load rest on."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.template import ROOT
from tests.e2e.ministack import Emulator, emulator

KEY = {"pk": {"S": "counter"}}
CLIENTS, EACH = 8, 25
# Whoever is started in the background of a shell has SIGINT ignored, and hands that on.
PARENT = """\
import signal, time
from tests.e2e.microburst import microburst
from tests.e2e.ministack import emulator
signal.signal(signal.SIGINT, signal.default_int_handler)
with emulator() as running, microburst(running) as proxy:
    print(running.endpoint, proxy.endpoint, running.log.parent, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def running() -> Iterator[Emulator]:
    """An emulator with a table that counts."""
    with emulator() as running:
        running.client("dynamodb").create_table(
            TableName="counters",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        running.client("dynamodb").put_item(TableName="counters", Item={**KEY, "n": {"N": "0"}})
        yield running


def counted(client: Any) -> int:
    item = client.get_item(TableName="counters", Key=KEY, ConsistentRead=True)["Item"]
    return int(item["n"]["N"])


def incremented(client: Any, *, conditional: bool) -> int:
    """Read, add one, write, again where somebody else was first; how often that was."""
    for beaten in range(10_000):
        before = counted(client)
        put = {"TableName": "counters", "Item": {**KEY, "n": {"N": str(before + 1)}}}
        if conditional:
            put |= {
                "ConditionExpression": "n = :n",
                "ExpressionAttributeValues": {":n": {"N": str(before)}},
            }
        other = {"TableName": "counters", "Item": {"pk": {"S": f"log-{before + 1}"}}}
        new = {"ConditionExpression": "attribute_not_exists(pk)"} if conditional else {}
        try:
            client.transact_write_items(TransactItems=[{"Put": put}, {"Put": {**other, **new}}])
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            continue
        return beaten
    raise AssertionError("nobody is beaten ten thousand times")


def all_at_once(running: Emulator, *, conditional: bool) -> tuple[int, int]:
    """Eight clients add one, 25 times each; the sum, and how often one was beaten."""
    clients = [running.client("dynamodb") for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        beaten = pool.map(
            lambda client: sum(incremented(client, conditional=conditional) for _ in range(EACH)), clients
        )
        return sum(beaten), counted(clients[0])


def test_conditional_transactions_lose_nothing(running: Emulator) -> None:
    """Two hundred increments by eight clients at once are two hundred, and they do meet."""
    beaten, sum_of_all = all_at_once(running, conditional=True)
    assert sum_of_all == CLIENTS * EACH
    assert beaten > 0
    items = running.client("dynamodb").scan(TableName="counters", Select="COUNT")
    assert items["Count"] == 1 + CLIENTS * EACH


def test_without_the_condition_increments_are_lost(running: Emulator) -> None:
    """So the test before this one can fail."""
    _, sum_of_all = all_at_once(running, conditional=False)
    assert sum_of_all < CLIENTS * EACH


def test_a_transaction_that_is_refused_writes_nothing(running: Emulator) -> None:
    """All of it or none: the first item is not there when the second was refused."""
    client = running.client("dynamodb")
    first = {"Put": {"TableName": "counters", "Item": {"pk": {"S": "first"}}}}
    refused = {"TableName": "counters", "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        client.transact_write_items(TransactItems=[first, {"Put": refused}])
    assert "Item" not in client.get_item(TableName="counters", Key={"pk": {"S": "first"}})


def test_only_this_machine_can_reach_it(running: Emulator) -> None:
    """It listens on 127.0.0.1, and on no other address: not even on this machine's second one."""
    assert listens(running.endpoint)
    assert not listens(running.endpoint.replace("127.0.0.1", "127.0.0.2"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_whoever_started_it(how: signal.Signals, tmp_path: Path) -> None:
    """However that ends: nothing is left that listens, and no folder."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,  # a signal to the whole group reaches all but what is tethered
    ) as parent:
        assert parent.stdout is not None
        *endpoints, folder = parent.stdout.readline().split()
        assert all(map(listens, endpoints))
        assert Path(folder).is_dir()
        assert list(tmp_path.glob("microburst-*"))
        os.killpg(parent.pid, how)
        assert parent.wait(30) != 0
    until = time.monotonic() + 30
    while left_of(endpoints, Path(folder), tmp_path):
        assert time.monotonic() < until, left_of(endpoints, Path(folder), tmp_path)
        time.sleep(0.05)


def left_of(endpoints: list[str], folder: Path, others: Path) -> list[object]:
    """What still listens, the folder if it is there, and what lies in the one of others."""
    return [*filter(listens, endpoints), *filter(Path.exists, [folder]), *others.iterdir()]


def listens(endpoint: str) -> bool:
    with socket.socket() as probe:
        host, _, port = endpoint.removeprefix("http://").partition(":")
        return probe.connect_ex((host, int(port))) == 0


def test_without_the_emulator_every_test_here_fails_in_a_line(tmp_path: Path) -> None:
    """It names what to make, and nothing is skipped."""
    missing = tmp_path / "python"
    told = f"{missing} is missing: make .venv-emulator/.installed"
    code = (
        "import sys, pathlib, pytest; from tests.e2e import ministack; "
        f"ministack.PYTHON = pathlib.Path({str(missing)!r}); "
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', 'tests/e2e/test_ministack.py']))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "passed" not in run.stdout
    assert "skipped" not in run.stdout
    assert told in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
