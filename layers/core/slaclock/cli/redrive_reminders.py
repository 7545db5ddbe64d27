"""Reminders that were to be told with others, and that `notify` gave up on: each is told alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli import deployed
from slaclock.cli.redrive_letters import InvalidLetter, Outcome
from slaclock.domain.facts import split_subject
from slaclock.waiting_room import Asked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


def reminders(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Tell each to all its audiences that have not heard of it; what was told meanwhile is done with."""
    for letter in letters:
        try:
            asked = _asked(letter)
            named = f"reminder_due of {deployed.named(asked.subject)} to {asked.audience}"
            yield Outcome(letter, f"{named}: {_tell(wiring, asked, dry_run=args.dry_run)}")
        except InvalidLetter as error:
            yield Outcome(letter, str(error), done=False)
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            yield Outcome(letter, f"{type(error).__name__}: {error}", done=False)


def _asked(letter: Letter) -> Asked:
    try:
        asked = Asked.read(letter.body)
        whole = all(split_subject(asked.subject))
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise InvalidLetter("it asks for no reminder")
    return asked


def _tell(wiring: Wiring, asked: Asked, *, dry_run: bool) -> str:
    announcement = wiring.store.announcement(asked.subject, asked.key)
    if announcement is None:
        return "nothing to do, it was told or had nothing to say"
    if dry_run:
        return "would be told"
    wiring.announcer.announce(announcement)
    return "done"
