"""How large stored items are in an ordinary life: DynamoDB counts by the kibibyte."""

from collections import defaultdict
from typing import Any

from local.clock import VirtualClock
from local.stack import Stack, running
from local.story import STEPS
from tests.local.test_same_story import played

KIB = 1024


def size(item: dict[str, Any]) -> int:
    """An item's bytes as DynamoDB counts them, nearly: names and values, in UTF-8."""
    values = (next(iter(value.values())) for value in item.values())
    return sum(len(name.encode()) for name in item) + sum(len(str(value).encode()) for value in values)


def largest(stack: Stack, table: str) -> dict[str, int]:
    """The largest item of each kind: by what its sort key begins with."""
    found: dict[str, int] = defaultdict(int)
    for item in stack.cloud.dynamodb.scan(TableName=stack.cloud.names[table])["Items"]:
        kind = item["sk"]["S"].replace("#", ":").split(":")[0]
        found[kind] = max(found[kind], size(item))
    return found


def test_items_are_small_in_ordinary_life() -> None:
    """The demo's story: the ticket within two kibibytes, entries and facts within one, rows within 1.2."""
    with running(VirtualClock(STEPS[0].at, speed=0)) as stack:
        played(stack)
        tickets, ledger = largest(stack, "Tickets"), largest(stack, "Ledger")
    assert tickets.pop("TICKET") <= 2 * KIB
    assert {kind: bytes_ for kind, bytes_ in tickets.items() if bytes_ > KIB} == {}
    assert {kind: bytes_ for kind, bytes_ in ledger.items() if bytes_ > 1.2 * KIB} == {}
