"""`slaclock agreement schema`: the grammar of agreement documents as JSON Schema, for editors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from slaclock.agreements.grammar import SCHEMA

if TYPE_CHECKING:
    import argparse


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement schema`."""
    parser = actions.add_parser("schema", help="print the JSON Schema of agreement documents, for editors")
    parser.set_defaults(run=schema)


def schema(_: argparse.Namespace) -> int:
    """Write the schema (JSON Schema 2020-12), made of the checks themselves."""
    sys.stdout.write(json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n")
    return 0
