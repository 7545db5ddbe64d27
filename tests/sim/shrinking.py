"""The shortest story that still fails: arrivals, outages, releases and faults are taken out while it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slaclock.domain.events import TicketEvent
from tests.sim.judging import judge
from tests.sim.run import Run
from tests.spec.story import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from tests.sim.lives import Arrival, Life
    from tests.sim.run import Profile, Ran


@dataclass(frozen=True)
class Verdict:
    """What a run came to: the checks that do not hold, and the run, unless it could not be finished."""

    seed: int
    life: Life
    profile: Profile
    wrong: Sequence[str]
    ran: Ran | None
    faults: Mapping[str, str]
    happened: Sequence[tuple[datetime, str]]

    @property
    def checks(self) -> frozenset[str]:
        return frozenset(each.partition(":")[0] for each in self.wrong)


def tried(seed: int, life: Life, profile: Profile) -> Verdict:
    """Live a life and judge it; a run that can't be finished is wrong, too."""
    run = Run(seed, life, profile)
    try:
        ran = run.live()
        return Verdict(seed, life, profile, judge(ran), ran, run.faults.happened, run.region.story)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a verdict)
        wrong = f"{error} ({type(error).__name__}): the run ends"
        return Verdict(seed, life, profile, [wrong], None, run.faults.happened, run.region.story)


def shortest(failed: Verdict) -> Verdict:
    """The least of a failed run that fails a check that failed in it."""
    best = _with(failed, _parts(failed))
    if not best.checks & failed.checks:
        return failed
    parts, size = _parts(best), max(1, len(_parts(best)) // 2)
    while size:
        for start in range(0, len(parts), size):
            fewer = parts[:start] + parts[start + size :]
            verdict = _with(failed, fewer)
            if verdict.checks & failed.checks:
                best, parts = verdict, _parts(verdict)
                break
        else:
            size //= 2
    return best


def story(verdict: Verdict) -> Iterator[str]:
    """A run for people to read: what was said, what went wrong, and what came of it."""
    yield f"seed {verdict.seed}, a leg of a call takes up to {verdict.profile.pace} s, "
    yield f"  clocks {'up to 2 s off' if verdict.profile.skewed else 'right'}, times in Copenhagen"
    for arrival in verdict.life.arrivals:
        yield f"  {shown(arrival.at)}  {_told(arrival)}"
    for outage in verdict.life.outages:
        yield f"  {shown(outage.begins)} to {shown(outage.ends)}  {outage.service} can't be had"
    yield from (f"  {shown(at)}  version 2 of {said['agreement']}" for at, said in verdict.life.releases)
    yield from (f"  fault: {kind}: {place}" for place, kind in verdict.faults.items())
    yield from (f"    {shown(at)}  {what}" for at, what in verdict.happened)
    yield from (f"  does not hold: {wrong}" for wrong in verdict.wrong)


def _told(arrival: Arrival) -> str:
    given = arrival.given
    if isinstance(given, TicketEvent):
        late = f", which happened {shown(given.occurred_at)}" if arrival.at > given.occurred_at else ""
        return f"{given.id} {given.type} {dict(given.attributes)}{late}"
    return str(given)


def _parts(verdict: Verdict) -> list[tuple[str, Any]]:
    """What can be taken out of a run."""
    life = verdict.life
    return [
        *(("fault", each) for each in verdict.faults.items()),
        *(("outage", each) for each in life.outages),
        *(("release", each) for each in life.releases),
        *(("arrival", each) for each in life.arrivals[1:]),
    ]


def _with(failed: Verdict, parts: Sequence[tuple[str, Any]]) -> Verdict:
    """The same run with these parts only; the ticket's first event always comes."""

    def of(kind: str) -> list[Any]:
        return [each for part, each in parts if part == kind]

    arrivals = [failed.life.arrivals[0], *of("arrival")]
    life = replace(failed.life, arrivals=arrivals, outages=of("outage"), releases=of("release"))
    return tried(failed.seed, life, replace(failed.profile, plan=dict(of("fault"))))
