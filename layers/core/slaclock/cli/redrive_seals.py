"""Nights that seal failed at: whatever is over and has no seal gets it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.cli.redrive_letters import Letter, Outcome, together
from slaclock.cli.seal_run import sealed_by

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.wiring import Wiring


def seal(_: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Seal once, however many nights failed: a run seals every day that is over."""
    return together(letters, _asked, lambda _: _seal(args))


def _asked(letter: Letter) -> Any:
    return letter.record("Seal", "requestPayload")


def _seal(args: argparse.Namespace) -> tuple[str, bool]:
    if args.dry_run:
        return "every day that is over would be sealed", True
    ran = sealed_by(args.stack)
    days = ", ".join(seal["day"] for seal in ran["sealed"]) or "none"
    if ran["mismatches"]:
        return f"sealed: {days}; {ran['mismatches']} things are not as they were sealed", False
    return f"sealed: {days}", not ran["left"]
