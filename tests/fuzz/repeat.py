"""`python -m tests.fuzz.repeat TARGET FILE …`: give a target these inputs, and say what was found."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.fuzz.frame import first_finding, targets


def main(name: str, *files: str) -> int:
    found = first_finding(targets()[name], (Path(file).read_bytes() for file in files))
    print(found or f"{name}: nothing found in {len(files)} inputs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
