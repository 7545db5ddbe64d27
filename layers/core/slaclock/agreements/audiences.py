"""The audiences of an agreement document: rotas by calendar, whom reminders are for, and runbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slaclock.agreements.checks import ANY_TEXT, fail, items, mapping, members, scalar
from slaclock.agreements.nodes import Items, Node
from slaclock.agreements.problems import Place, suggest
from slaclock.agreements.values import IDENTIFIER
from slaclock.domain.rota import BUILT_IN, LEGAL

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems
    from slaclock.agreements.whole import Whole

MOST_ROTAS, MOST_SHIFTS, MOST_REMINDED = 20, 10, 5
LONGEST_LINK = 255

_SHIFT = members(
    {
        "during": IDENTIFIER.said(
            "While this calendar of the document is open; the last entry has none.", "office"
        ),
        "notify": IDENTIFIER.said("The audience that is told then.", "oncall-1"),
    },
    required={"notify": "an audience such as oncall-1"},
)


def _own_name(node: Node, name: str, problems: Problems) -> Any:
    if name in BUILT_IN:
        problems.add(
            node.place, f"{name!r} has a meaning of its own: give the rota another name, such as support"
        )
    return name


def _ending(node: Node, shifts: Any, problems: Problems) -> Any:
    """Somebody is told at every hour: by the last entry, and by no other one without a calendar."""
    given: list[str] = []
    for number, shift in enumerate(shifts):
        place, during, last = _entry(node, number), shift.get("during"), number == len(shifts) - 1
        if last and during:
            problems.add(place, "nobody is told outside these hours: end with an entry that has no `during`")
        elif not last and not during:
            problems.add(place, "what follows would never be told: only the last entry has no `during`")
        elif during and during in given:
            problems.add(place, f"{during!r} is given twice: the first entry counts")
        given.append(during or "")
    return shifts


def _entry(node: Node, number: int) -> Place:
    return node.items[number].place if isinstance(node, Items) else node.place


def each_once(node: Node, names: Any, problems: Problems) -> Any:
    """Check that nothing in a list is given twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            problems.add(_entry(node, number), f"{name!r} is given twice")
    return names


def of_no_ticket(node: Node, name: Any, problems: Problems) -> Any:
    """Check an audience of news about a period: that is nobody's ticket, and the provider's own business."""
    if name in BUILT_IN and name != LEGAL:
        problems.add(node.place, f"{name!r} is of a ticket: name {LEGAL}, or an audience of your own")
    return name


def _read_link(written: str) -> str:
    parts = urlsplit(written)
    safe = written.isascii() and written.isprintable() and " " not in written
    return (
        written
        if safe and parts.scheme == "https" and parts.hostname and len(written) <= LONGEST_LINK
        else fail()
    )


AUDIENCES = mapping(
    IDENTIFIER.then(_own_name),
    items(_SHIFT, at_least=1, at_most=MOST_SHIFTS).then(_ending),
    at_most=MOST_ROTAS,
)
REMIND = (
    items(IDENTIFIER, at_least=1, at_most=MOST_REMINDED)
    .then(each_once)
    .said("The audiences of reminders; the team unless said otherwise.", ["team", "assignee"])
)
REMIND_DURING = IDENTIFIER.said(
    "A calendar: reminders are told in its hours, or at their next opening while the deadline is ahead.",
    "office",
)
RUNBOOK = scalar(
    f"a link such as https://wiki.example.com/late, https and at most {LONGEST_LINK} characters",
    _read_link,
    {**ANY_TEXT, "pattern": "^https://[!-~]+$", "maxLength": LONGEST_LINK},
).said("What to do about it: in each message.", "https://wiki.example.com/late")


def check_audiences(whole: Whole) -> None:
    """Check the calendars that rotas and reminders go by; a rota names audiences and no other rota."""
    calendars, rotas = tuple(whole.of("calendars")), whole.of("audiences")
    for name, shifts in rotas.items():
        for number, shift in enumerate(shifts or ()):
            if not isinstance(shift, dict):
                continue
            path = ("audiences", name, number)
            _known_calendar(whole, calendars, shift.get("during"), *path, "during")
            if shift.get("notify") != name and shift.get("notify") in rotas:
                rota = f"{shift['notify']!r} is a rota itself: name the audience that is told"
                whole.add(rota, *path, "notify")
    _known_calendar(whole, calendars, whole.values.get("remind_during"), "remind_during")
    for name, target in whole.targets():
        _known_calendar(whole, calendars, target.get("remind_during"), "targets", name, "remind_during")


def _known_calendar(whole: Whole, calendars: tuple[str, ...], named: Any, *path: str | int) -> None:
    if named and calendars and named not in calendars:
        whole.add(f"unknown calendar {named!r}: {suggest(named, calendars)}", *path)
