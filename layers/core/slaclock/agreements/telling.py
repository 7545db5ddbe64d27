"""Whom a frozen agreement tells, and when, in words: rotas, the audiences of reminders, the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.comparing import Difference, arrow, or_else, unequal
from slaclock.agreements.page import entry
from slaclock.agreements.wording import length_words, listed
from slaclock.domain.rota import TEAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from slaclock.agreements.wording import Frozen


TOLD = ("remind", "remind_during")  # the members of a promise that say to whom its reminders go, and when


def level_words(level: Mapping[str, Any]) -> str:
    """Say what a level of a ladder does: when it tells whom, how often, until what, and what to do."""
    begun, repeat = begun_words(level["after"]), level.get("repeat")
    until = "somebody takes it in hand" if level["until"] == "acknowledged" else "the clock stops"
    again = f"; again {repeat['times']} times, every {length_words(repeat['every'])}" if repeat else ""
    runbook = f"; runbook {level['runbook']}" if "runbook" in level else ""
    return f"{begun}, to {level['notify']}, until {until}{again}{runbook}"


def begun_words(after: str) -> str:
    """Say when a level first tells anybody."""
    return "at the breach" if after == "0m" else f"{length_words(after)} after the breach"


def reminded_words(target: Frozen) -> str:
    """Say whom the reminders of a promise are for, and in which hours."""
    names = [f"the {name}" if name == TEAM else name for name in target.get("remind", (TEAM,))]
    gate = f", in the hours of {target['remind_during']}" if "remind_during" in target else ""
    return f"to {listed(names, 'and')}{gate}"


def rota_words(shifts: Sequence[Mapping[str, str]]) -> str:
    """Say who an audience is at which hours.

    >>> rota_words([{"during": "office", "notify": "team"}, {"notify": "oncall-1"}])
    'team in the hours of office, else oncall-1'
    """
    return ", else ".join(
        f"{each['notify']} in the hours of {each['during']}" if "during" in each else each["notify"]
        for each in shifts
    )


def told_differences(old: Frozen, new: Frozen) -> Iterator[str]:
    """Give what changes in whom the reminders of a promise are for, and in which hours."""
    if any(unequal(member, old, new) for member in TOLD):
        was, now = (reminded_words(each) for each in (old, new))
        said = arrow(was, now) if was != now else "as before, written in another way"
        yield f"reminders are told {said}"


def rotas(frozen: Frozen) -> Iterator[str]:
    """Write the rotas of an agreement; nothing where it has none."""
    if not frozen.get("audiences"):
        return
    yield "AUDIENCES"
    for name, shifts in frozen["audiences"].items():
        yield from entry(name, rota_words(shifts))
    yield ""


def rota_differences(old: Frozen, new: Frozen) -> list[Difference]:
    """Give what changes in who an audience is."""
    before, after = old.get("audiences", {}), new.get("audiences", {})
    found = (
        Difference(
            f"audience {name}",
            arrow(*(rota_words(each[name]) if name in each else None for each in (before, after))),
        )
        for name in [*before, *(name for name in after if name not in before)]
        if unequal(name, before, after)
    )
    return or_else("audiences", old, new, found)


def by_hours_of(calendar: str, frozen: Frozen) -> Iterator[str]:
    """Give what is told by the hours of a calendar: who an audience is, and reminders."""
    for name, shifts in frozen.get("audiences", {}).items():
        if any(each.get("during") == calendar for each in shifts):
            yield f"it says who {name} is"
    named = [each["name"] for each in frozen["targets"] if each.get("remind_during") == calendar]
    if named:
        yield f"reminders of {listed(named, 'and')} are told in its hours"
