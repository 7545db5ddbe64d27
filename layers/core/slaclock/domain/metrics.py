"""What starts, stops and ends the clock of each metric, as data. The engine knows no metric by name."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """How a promise is measured.

    `starts` with the ticket's creation or with a wait: the oldest customer message without an answer, or the
    creation where no clock of `unless` measures that wait already. `stops` with a public agent reply or with
    solving; `solving` says why solving cancels the clock, where it does not stop it. `reopens`: reopening the
    ticket goes on with it, as the target's `on_reopen` says.
    """

    name: str
    starts: Literal["created", "wait"]
    stops: Literal["agent_reply", "solved"]
    solving: str | None = None
    unless: str | None = None
    reopens: bool = False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("first_response", starts="created", stops="agent_reply", solving="solved without a reply"),
        Metric(
            "next_response",
            starts="wait",
            stops="agent_reply",
            solving="solved without a reply",
            unless="first_response",
        ),
        Metric("resolution", starts="created", stops="solved", reopens=True),
    )
}
