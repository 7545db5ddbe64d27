"""`slaclock connection`: which helpdesks may post to a stack, and what their words mean.

Each action is a module of its own with a `register` that adds it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

MODULES = ("add", "list", "show", "trial", "set", "rotate", "remove")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection` and what can be done with connections."""
    connection = commands.add_parser("connection", help="helpdesks that may post to a stack")
    actions = connection.add_subparsers(required=True, metavar="ACTION")
    for module in MODULES:
        import_module(f"slaclock.cli.connection_{module}").register(actions)
