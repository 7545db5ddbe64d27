"""The links of a ticket's chain, as they were recorded: one by one, or several at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from slaclock.domain.facts import fact_from_json
from slaclock.domain.inputs import Given

_NOBODY_IS_KEPT_FROM = datetime.min.replace(tzinfo=UTC)


_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a ticket's chain: an input, or a fact as it was recorded; `at` is when it was."""

    seq: int
    at: datetime
    given: Given | None = None
    fact: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commit:
    """Links that were recorded at once, or one right after the other at the same instant."""

    at: datetime
    inputs: tuple[Link, ...]
    facts: tuple[Link, ...]


def commits_of(links: Sequence[Link]) -> Iterator[Commit]:
    """Tell apart what was recorded at once, by the instants: inputs, then what was told."""
    inputs: tuple[Link, ...] = ()
    for (at, is_input), run in groupby(links, key=lambda link: (link.at, link.given is not None)):
        found = tuple(run)
        if inputs and (is_input or at != inputs[0].at):
            yield Commit(inputs[0].at, inputs, ())
            inputs = ()
        if is_input:
            inputs = found
        else:
            yield Commit(at, inputs, found)
            inputs = ()
    if inputs:
        yield Commit(inputs[0].at, inputs, ())


def quiet_after(later: Iterable[Commit], *, ends_are_news: bool) -> datetime:
    """Before what an import kept its facts from everybody, as far as those that follow it at once say.

    That a breach ended is news of when it is told, where no later turn is told with it.
    """
    latest = _NOBODY_IS_KEPT_FROM
    for commit in later:
        if commit.inputs and latest != _NOBODY_IS_KEPT_FROM:
            break
        for link in commit.facts:
            if link.fact.get("quiet") is True:
                fact = fact_from_json(link.fact)
                news = link.at if ends_are_news and fact.fact == "breach_ended" else fact.at
                latest = max(latest, news + _LEAST)
    return latest
