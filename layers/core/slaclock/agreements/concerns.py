"""What is right as it is written, and may yet not be meant: told as warnings, for people to judge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slaclock.agreements.document import Document
    from slaclock.agreements.problems import Warned


def concerns(document: Document, today: date, together: Sequence[Document] = ()) -> Iterator[Warned]:
    """Give the warnings about one document; `together` are those given with it, which may extend it."""
    review = document.values.get("review")
    if review and date.fromisoformat(review) < today:
        yield document.warned(
            f"the review was due on {review}: look at it again, and write the next date", "review"
        )
    extending = [each for each in together if document.values["agreement"] in each.bases]
    used = {name for each in (document, *extending) for name in _used(each)}
    for name in document.own.get("metrics", {}):
        if name not in used:
            yield document.warned("no target has this metric", "metrics", name)


def _used(document: Document) -> Iterator[str]:
    for name, target in document.values["targets"].items():
        yield target.get("metric", name)
    for declared in document.values.get("metrics", {}).values():
        yield declared.get("unless", "")
