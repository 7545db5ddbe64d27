"""What is measured beside a load: the emulator's own pace, and the memory of a function's processes."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.deployed import Deployed

_TABLE = "floor"
_PUTS = 5  # a delivery writes about so many items
_EVERY = 0.5  # seconds
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Floor:
    """Bare calls, one after the other while the load runs: what ministack alone takes, however busy it is.

    `reads` are signed GetItems, `writes` transactions that put five items of a kilobyte, in seconds each.
    """

    client: Any
    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was measured: another part of the load begins."""
        self.reads.clear()
        self.writes.clear()

    def measure(self) -> None:
        began = time.perf_counter()
        self.client.get_item(TableName=_TABLE, Key={"pk": {"S": "0"}})
        read = time.perf_counter()
        items = [{"pk": {"S": str(number)}, "body": {"S": "x" * 1000}} for number in range(_PUTS)]
        self.client.transact_write_items(
            TransactItems=[{"Put": {"TableName": _TABLE, "Item": item}} for item in items]
        )
        self.reads.append(read - began)
        self.writes.append(time.perf_counter() - read)


@contextmanager
def floor(deployed: Deployed) -> Iterator[Floor]:
    """Measured twice a second until the block ends."""
    measured, over = Floor(deployed.emulator.client("dynamodb")), threading.Event()
    measured.client.create_table(
        TableName=_TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def repeat() -> None:
        while not over.wait(_EVERY):
            measured.measure()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield measured
    finally:
        over.set()
        thread.join()


def memory(deployed: Deployed, function: str) -> dict[int, float]:
    """The resident memory of each process of a function, in MiB, by its id. Linux only."""
    marker = f"AWS_LAMBDA_FUNCTION_NAME={deployed.names[function]}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if marker in (process / "environ").read_bytes().split(b"\0"):
                pages = int((process / "statm").read_text().split()[1])
                found[int(process.name)] = pages * _PAGE / 1024**2
    return found
