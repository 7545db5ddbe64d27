"""`slaclock evidence`: one file about a breach, and the check of it, which needs nothing but a public key.

Each action is a module of its own, `evidence_<action>`, with a `register` that adds it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

ACTIONS = ("get", "verify")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock evidence`."""
    actions = commands.add_parser("evidence", help="what proves a breach").add_subparsers(
        required=True, metavar="ACTION"
    )
    for action in ACTIONS:
        import_module(f"slaclock.cli.evidence_{action}").register(actions)
