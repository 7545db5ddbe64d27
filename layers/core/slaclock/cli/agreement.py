"""`slaclock agreement`: documents, checked before anybody relies on them, and what was published of them.

Each action is a module of its own, `agreement_<action>`, with a `register` that adds it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

ACTIONS = ("check", "schema", "publish", "end", "show", "diff", "explain")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement` and what can be done with agreements."""
    agreement = commands.add_parser("agreement", help="agreement documents")
    actions = agreement.add_subparsers(required=True, metavar="ACTION")
    for action in ACTIONS:
        import_module(f"slaclock.cli.agreement_{action}").register(actions)
