"""botocore's list of endpoints, of those services alone that functions call: `endpoints.py LIST` prints it.

The layer's build runs it. What is said of such a service stays, in every partition, and what is said of a
partition.
"""

import json
import sys
from pathlib import Path
from typing import Any

from slaclock.patience import FUNCTIONS

SERVICES = frozenset(service for each in FUNCTIONS.values() for service in each.calls)


def read(path: Path) -> dict[str, Any]:
    """A list as it is written; botocore changes one that it has."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def cut(endpoints: dict[str, Any]) -> dict[str, Any]:
    """The list, of `SERVICES` alone."""
    return endpoints | {"partitions": [_cut(each) for each in endpoints["partitions"]]}


def _cut(partition: dict[str, Any]) -> dict[str, Any]:
    return partition | {"services": {k: v for k, v in partition["services"].items() if k in SERVICES}}


if __name__ == "__main__":
    json.dump(cut(read(Path(sys.argv[1]))), sys.stdout, separators=(",", ":"))
