"""What reads cost by DynamoDB's rule: a unit for 4 KB of what was looked at, half where it may be stale.

What ministack says of it is no help (`gaps.A_READ`), so this counts what was looked at, in the answers.
A Query or Scan rounds up its whole page, BatchGetItem each item.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.session import Session

UNIT = 4096  # bytes
# What an auditor's sweep reads; docs/operations.md has it as a table, which a test holds to these.
EMPTY = 12.0  # units: half of one for each of eight shards, thrice
TICKET = (580, 610)  # bytes, as it is stored; its state is packed, by whatever zlib there is


def swept(overdue: int) -> float:
    """The units of a sweep that wakes so many tickets: one for each, and one for their agreements."""
    return EMPTY + (overdue + 1 if overdue else 0)


@dataclass(slots=True)
class Meter:
    """Sums the reads of all DynamoDB clients that its session makes from now on.

    `looked_at` is the size of an item where an answer does not show what was looked at: a filter hid it.
    """

    looked_at: int
    units: float = 0.0
    items: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    def watch(self, session: Session) -> None:
        """Count what this session's clients read; to be called before it makes them."""
        session.register("before-parameter-build.dynamodb.*", self._asked)
        session.register("after-call.dynamodb.*", self._answered)

    @staticmethod
    def _asked(**call: Any) -> None:
        call["context"]["asked"] = dict(call["params"])

    def _answered(self, **call: Any) -> None:
        name, asked, parsed = call["model"].name, call["context"]["asked"], call["parsed"]
        self.requests[name] += 1
        if name in ("Query", "Scan"):
            self._page(parsed, consistent=asked.get("ConsistentRead", False))
        elif name == "GetItem":
            self._each([parsed["Item"]] if "Item" in parsed else [], {**asked, "Keys": [asked["Key"]]})
        elif name == "BatchGetItem":
            for table, wanted in asked["RequestItems"].items():
                self._each(parsed["Responses"].get(table, []), wanted)

    def _page(self, parsed: Mapping[str, Any], *, consistent: bool) -> None:
        found, looked_at = parsed.get("Items", ()), parsed["ScannedCount"]
        hidden = looked_at - len(found)
        size = sum(map(size_of, found)) + hidden * self.looked_at
        self.items += looked_at
        self.units += units(size, consistent=consistent)

    def _each(self, found: Iterable[Mapping[str, Any]], asked: Mapping[str, Any]) -> None:
        """Items one by one; what is not there costs as much as the smallest."""
        sizes, consistent = [size_of(item) for item in found], asked.get("ConsistentRead", False)
        self.items += len(sizes)
        absent = [0] * (len(asked["Keys"]) - len(sizes))
        self.units += sum(units(size, consistent=consistent) for size in sizes + absent)


def units(size: int, *, consistent: bool) -> float:
    """The units that reading so many bytes at once costs."""
    return max(1, -(-size // UNIT)) * (1.0 if consistent else 0.5)


def size_of(item: Mapping[str, Mapping[str, Any]]) -> int:
    """An item's size in bytes: its names, and its values as DynamoDB counts them."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    return len(content) // 2 + 1 if kind == "N" else 1  # a boolean; no other kind is stored
