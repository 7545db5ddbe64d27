"""Sweeps of the auditor that failed: one is run here, through the same code."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from slaclock.cli.redrive_letters import InvalidLetter, Outcome, together
from slaclock.sweeping import Auditor

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


def audit(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Sweep once, however many sweeps failed: they are made up for where this one leaves nothing behind."""
    return together(letters, _asked, lambda _: _sweep(wiring, args))


def _asked(letter: Letter) -> Any:
    """What the auditor was given; `InvalidLetter` where that is the input of a schedule for `timer`."""
    asked = letter.record("Audit", "requestPayload")
    if isinstance(asked, dict) and "subject" in asked:
        raise InvalidLetter("it is of a ticket's schedule: another queue's")
    return asked


def _sweep(wiring: Wiring, args: argparse.Namespace) -> tuple[str, bool]:
    if args.dry_run:
        return "a sweep would be run", True
    swept = Auditor(wiring.workflow, wiring.announcer, wiring.intake, wiring.forgetter).sweep()
    found = ", ".join(f"{count} {name}" for name, count in asdict(swept).items() if count)
    return f"swept: {found or 'nothing was left behind'}", swept.clean
