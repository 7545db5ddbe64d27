"""Partner events that did not come in: EventBridge could not invoke `webhook`, or `webhook` failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed
from slaclock.cli.redrive_letters import InvalidLetter, Outcome
from slaclock.helpdesks import Delivery
from slaclock.quarantine import Kept

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


def partner(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Take each event in, as `webhook` would have; nobody but EventBridge can have sent it."""
    for letter in letters:
        try:
            kept, name = _kept(letter, args.connection, wiring.now())
            said = "would be taken in" if args.dry_run else _taken(wiring, kept)
            yield Outcome(letter, f"event {name}: {said}")
        except InvalidLetter as error:
            yield Outcome(letter, str(error), done=False)
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            yield Outcome(letter, f"{type(error).__name__}: {error}", done=False)


def _taken(wiring: Wiring, kept: Kept) -> str:
    receipt = wiring.intake.apply(kept)
    return (
        f"{receipt.accepted} accepted, {receipt.duplicates} known already"
        if not receipt.ignored
        else "ignored"
    )


def _kept(letter: Letter, connection: str | None, now: datetime) -> tuple[Kept, str]:
    asked = _asked(letter)
    # Where the event never reached Lambda, the message is the event as it came, without its connection.
    event = asked.get("partner", asked)
    given = asked.get("pathParameters") or {"connection": connection}
    if not isinstance(event, dict) or not str(event.get("source", "")).startswith("aws.partner/"):
        raise InvalidLetter("it is no partner event")
    if not isinstance(given, dict) or not isinstance(known := given.get("connection"), str):
        raise InvalidLetter("it does not say which connection it is for: say so with --connection ID")
    delivery = Delivery(json.dumps(event).encode(), {}, now)
    return Kept(known, delivery, verified=True), deployed.escaped(str(event.get("id")))


def _asked(letter: Letter) -> Mapping[str, Any]:
    """What `webhook` was asked, or should have been; of Lambda's record, or the message itself."""
    document = letter.document()
    asked = letter.record("Webhook", "requestPayload") if "requestPayload" in document else document
    if not isinstance(asked, dict):
        raise InvalidLetter("it is no partner event")
    return asked
