"""What is right as it is written, and may yet not be meant: told as warnings, for people to judge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from slaclock.agreements.targets import PAUSED
from slaclock.domain.metrics import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slaclock.agreements.document import Document
    from slaclock.agreements.problems import Warned

_OPEN = frozenset({"new", "open", "pending", "on_hold"})


def concerns(document: Document, today: date, together: Sequence[Document] = ()) -> Iterator[Warned]:
    """Give the warnings about one document; `together` are those given with it, which may extend it."""
    yield from _dates(document, today)
    extending = [each for each in together if document.values["agreement"] in each.bases]
    used = {name for each in (document, *extending) for name in _used(each)}
    for name, declared in document.own.get("metrics", {}).items():
        if name not in used:
            yield document.warned("no target has this metric", "metrics", name)
        yield from _starts(document, name, declared)
    told = {name for each in (document, *extending) for name in _told(each)}
    for name in document.own.get("audiences", {}):
        if name not in told:
            yield document.warned("no level, reminder, warning or report is for it", "audiences", name)
    yield from dict.fromkeys(_pauses(document))


def _dates(document: Document, today: date) -> Iterator[Warned]:
    review, until = document.values.get("review"), document.values.get("effective", {}).get("until")
    if review and date.fromisoformat(review) < today:
        yield document.warned(
            f"the review was due on {review}: look at it again, and write the next date", "review"
        )
    if until and date.fromisoformat(until) < today:
        yield document.warned(f"{until} is past: no clock starts under it any more", "effective", "until")


def _starts(document: Document, name: str, declared: dict[str, Any]) -> Iterator[Warned]:
    """A metric that has nothing to measure."""
    if declared["start"] == "never":
        yield document.warned("it never starts", "metrics", name, "start")
    elif declared["start"] == declared["stop"]:
        yield document.warned("it stops by what starts it: nothing is measured", "metrics", name, "stop")


def _pauses(document: Document) -> Iterator[Warned]:
    """A clock that never runs, since every status of an open ticket pauses it."""
    metrics = {**BUILT_IN, **document.values.get("metrics", {})}
    for name, target in document.values["targets"].items():
        pausing = metrics[target.get("metric", name)].get("pause", "pausing") == "pausing"
        statuses = target.get("pause_on", document.values.get("pause_on", PAUSED))
        if pausing and _OPEN.issubset(statuses):
            path = ("targets", name, "pause_on") if "pause_on" in target else ("pause_on",)
            yield document.warned("every status of an open ticket pauses the clock: it never runs", *path)


def _told(document: Document) -> Iterator[str]:
    """Give the audiences that a document names."""
    for each in (document.values, *document.values["targets"].values()):
        yield from each.get("remind", ())
        yield from (level["notify"] for level in each.get("escalation", ()))
    yield from (warn["notify"] for warn in document.values.get("credits", {}).get("warn", ()))
    yield from (each["notify"] for each in document.values.get("reports", {}).values())


def _used(document: Document) -> Iterator[str]:
    for name, target in document.values["targets"].items():
        yield target.get("metric", name)
    for declared in document.values.get("metrics", {}).values():
        yield declared.get("unless", "")
