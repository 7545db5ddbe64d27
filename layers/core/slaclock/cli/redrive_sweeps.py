"""Sweeps of the auditor that failed: one is run here, through the same code."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from slaclock.cli.redrive_letters import Outcome, together
from slaclock.sweeping import Auditor

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


def audit(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Sweep once, however many sweeps failed: they are made up for where this one leaves nothing behind."""
    return together(letters, lambda letter: letter.document("requestPayload"), lambda _: _sweep(wiring, args))


def _sweep(wiring: Wiring, args: argparse.Namespace) -> tuple[str, bool]:
    if args.dry_run:
        return "a sweep would be run", True
    swept = Auditor(wiring.workflow, wiring.announcer, wiring.intake).sweep()
    found = ", ".join(f"{count} {name}" for name, count in asdict(swept).items() if count)
    return f"swept: {found or 'nothing was left behind'}", swept.clean
