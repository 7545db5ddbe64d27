"""What whoever folded an event knew of agreements, where the times alone can't tell.

An admin's command says when it enters something, then writes it; a function says as of when it knows the
agreements, then reads them. Where the two meet, the one may not have seen what the other wrote, though its
time is later. Their clocks may differ, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice, product

from slaclock.domain.events import TicketEvent
from slaclock.evidence.commits import Link
from slaclock.evidence.known import Known

CLOSE = timedelta(minutes=5)
_MOST = 32  # readings that are tried
_AFTER = timedelta(microseconds=1)


def readings(links: Sequence[Link], known: Known) -> Iterator[Known]:
    """What may have been known, the likeliest first: all that bears an earlier time."""
    events = (link for link in links if isinstance(link.given, TicketEvent))
    asked = sorted(
        {link.given.agreements_at or link.at for link in events if isinstance(link.given, TicketEvent)}
    )
    close = {
        name: [None, *(at + _AFTER for at in asked if since <= at <= since + CLOSE)]
        for name, since in known.since.items()
    }
    unsure = {name: choices for name, choices in close.items() if len(choices) > 1}
    for later in islice(product(*unsure.values()), _MOST):
        named = zip(unsure, later, strict=True)
        yield replace(known, later={name: at for name, at in named if at is not None}, _kept={})
