"""A bundle under check: its document, and what several checks need of it, worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.evidence.commits import Link
from slaclock.evidence.known import Known
from slaclock.evidence.reading import Unreadable, known_of, links_of
from slaclock.evidence.stepping import folded
from slaclock.evidence.steps import Diverged, Step
from slaclock.evidence.verdict import Fault

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """A bundle whose shape is as it must be."""

    document: Document

    @cached_property
    def links(self) -> Sequence[Link]:
        """The chain's links; `Fault` where one can't be read."""
        try:
            return links_of(self.document)
        except Unreadable as wrong:
            raise Fault(wrong.pointer, wrong.detail) from None

    @cached_property
    def known(self) -> Known:
        try:
            return known_of(self.document)
        except Unreadable as wrong:
            raise Fault(wrong.pointer, wrong.detail) from None

    @cached_property
    def steps(self) -> tuple[Sequence[Step], Diverged | None]:
        """Every decision, taken again, and where the chain is not what comes out, if anywhere."""
        return folded(self.links, self.known)

    @cached_property
    def places(self) -> dict[int, str]:
        """Where each link stands in the file, by its place in the chain."""
        found = ((each["seq"], f"/{member}/{n}") for member, n, each in self._entries)
        return dict(sorted(found))

    @cached_property
    def heads(self) -> dict[int, str]:
        """The chain's head after each link, as it comes out of the links themselves."""
        return heads_of(self.document["log"], self.document["facts"])

    @cached_property
    def facts(self) -> dict[str, Document]:
        """The entries of the facts, by their public ids."""
        return {each["fact"]["id"]: each for each in self.document["facts"]}

    @property
    def last(self) -> int:
        """The place of the chain's last link."""
        return max(self.places)

    @property
    def _entries(self) -> list[tuple[str, int, Document]]:
        return [
            (member, number, each)
            for member in ("log", "facts")
            for number, each in enumerate(self.document[member])
        ]


def heads_of(log: Sequence[Document], facts: Sequence[Document]) -> dict[int, str]:
    """The chain's head after each link, by its place."""
    entries = [
        *(fact_entry(each["seq"], each["at"], each["fact"], each["cause_hash"]) for each in facts),
        *(
            input_entry(each["seq"], each["at"], content_hash(each["given"]), each.get("agreements_at"))
            for each in log
        ),
    ]
    head, heads = START, {}
    for entry in sorted(entries, key=lambda entry: entry["seq"]):
        head = heads[entry["seq"]] = link(head, entry)
    return heads
