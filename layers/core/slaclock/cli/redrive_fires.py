"""Schedules that came to nothing: Scheduler could not invoke `timer`, or `timer` failed (two queues)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed
from slaclock.cli.redrive_letters import InvalidLetter, Outcome
from slaclock.domain.facts import split_subject
from slaclock.workflow import TooEarlyError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Nudge:
    """A schedule's input."""

    subject: str
    lane: str
    arming: int

    def __str__(self) -> str:
        return f"{deployed.named(self.subject)}, {self.lane}, arming {self.arming}"


def schedules(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Wake tickets for schedules that never got to `timer`: a message is the schedule's input."""
    return _each(wiring, letters, args, lambda letter: letter.document())


def timer(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Wake tickets where `timer` failed: a message is Lambda's record of that, with what it was given."""
    return _each(wiring, letters, args, lambda letter: letter.record("Timer", "requestPayload"))


def _each(
    wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace, payload: Callable[[Letter], Any]
) -> Iterator[Outcome]:
    fire = _would_fire if args.dry_run else _fire
    for letter in letters:
        try:
            nudge = _nudge(payload(letter))
            yield Outcome(letter, f"{nudge}: {fire(wiring, nudge)}")
        except InvalidLetter as error:
            yield Outcome(letter, str(error), done=False)
        except TooEarlyError:
            yield Outcome(letter, f"{nudge}: its moment is yet to come", done=False)
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            yield Outcome(letter, f"{type(error).__name__}: {error}", done=False)


def _nudge(payload: Any) -> Nudge:
    """A schedule's input; `InvalidLetter` for what could only be taken for one that is not current."""
    try:
        nudge = Nudge(payload["subject"], payload["lane"], payload["arming"])
        whole = all(split_subject(nudge.subject)) and isinstance(nudge.lane, str) and nudge.lane
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole or type(nudge.arming) is not int:  # True is an int, too
        raise InvalidLetter("it holds no input of a schedule")
    return nudge


def _fire(wiring: Wiring, nudge: Nudge) -> str:
    fired = wiring.workflow.fire(nudge.subject, nudge.lane, nudge.arming)
    return f"{fired.told} facts told" if fired else "nothing to do, it is not the clock's current schedule"


def _would_fire(wiring: Wiring, nudge: Nudge) -> str:
    saved = wiring.store.load(nudge.subject).saved
    current = saved.wakes.get(nudge.lane) if saved else None
    return "would be woken" if current and current.number == nudge.arming else "nothing to do"
