"""The parts of a stack that commands on seals and rollups work with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slaclock.cli import deployed, redrive_stack

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from slaclock.wiring import Wiring


def reached(args: argparse.Namespace, needed: tuple[str, ...]) -> Wiring:
    """The parts of the stack that the arguments name, or else the environment."""
    environ: Mapping[str, str] = os.environ
    if args.stack:
        environ = {**environ, **redrive_stack.environment(args.stack, "Seal")}
    return deployed.stack(environ, needed)
