"""When each side of a ticket was heard: what a clock that is promised late starts and stops with."""

from datetime import datetime
from typing import NamedTuple

Times = tuple[datetime, datetime]


class Heard(NamedTuple):
    """The first and the last public reply of each side, and since when the last side waits for the other."""

    agent: Times | None = None
    customer: Times | None = None
    side: str = ""
    since: datetime | None = None

    def again(self, reply: str, at: datetime) -> "Heard":
        """The same after one more reply, `agent_reply` or `customer_reply`."""
        since = self.since if self.side == reply else at
        if reply == "agent_reply":
            return Heard((self.agent[0] if self.agent else at, at), self.customer, reply, since)
        return Heard(self.agent, (self.customer[0] if self.customer else at, at), reply, since)

    def first(self, reply: str) -> datetime | None:
        """When that side was first heard."""
        times = self._times(reply)
        return times[0] if times else None

    def last(self, reply: str) -> datetime | None:
        """When that side was last heard."""
        times = self._times(reply)
        return times[1] if times else None

    def unanswered(self, reply: str) -> datetime | None:
        """Since when that side has had no answer; None where the other was heard last."""
        return self.since if self.side == reply else None

    def _times(self, reply: str) -> Times | None:
        return {"agent_reply": self.agent, "customer_reply": self.customer}.get(reply)


NOTHING_HEARD = Heard()
