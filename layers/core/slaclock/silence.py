"""Connections that fall silent against their own habit: some helpdesks stop sending, and say so to nobody."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from slaclock.problems import fault
from slaclock.store.contract import ActivityStore, AgreementStore

SPANS = (4, 24)  # hours
LIVELY = 3  # of them
WEEKS = 3
MOST = 200  # connections that are looked at, each by a read of some kilobytes
_HOUR, _WEEK = timedelta(hours=1), timedelta(weeks=1)
_log = logging.getLogger(__name__)


def is_silent(hours: Mapping[datetime, int], now: datetime) -> bool:
    """Whether a connection is silent, by the deliveries of each hour.

    The rule: none of the last 4 full hours had a delivery, though in each of the last three weeks at least 3
    of the same 4 hours had one. The same holds for the last 24 hours, for whoever hears little in a day.

    Hours are counted and not deliveries, for these come in clumps, a handful about one ticket. Where tickets
    come by chance, at whatever rate, the rule is wrong in less than one of a hundred such spans. Four hours
    are more than any helpdesk tries a delivery again for (Freshdesk, an hour and a half), and leave two of
    three lively hours where the clocks have changed. A day off on a weekday looks like silence.
    """
    end = now.replace(minute=0, second=0, microsecond=0)

    def lively(span: int, weeks: int) -> int:
        ends = end - weeks * _WEEK
        return sum(1 for hour in range(1, span + 1) if hours.get(ends - hour * _HOUR))

    return any(
        not lively(span, 0) and all(lively(span, weeks) >= LIVELY for weeks in range(1, WEEKS + 1))
        for span in SPANS
    )


@dataclass(frozen=True, slots=True)
class Silence:
    """Looks for connections that are silent."""

    connections: AgreementStore
    activity: ActivityStore
    now: Callable[[], datetime]

    def count(self) -> int:
        """How many connections are silent; each is logged by the beginning of its id: all of it is secret."""
        since = self.now() - WEEKS * _WEEK - max(SPANS) * _HOUR - _HOUR
        silent = 0
        try:
            for account, each in islice(self.connections.connections(), MOST):
                if is_silent(self.activity.heard(each, since).hours, self.now()):
                    silent += 1
                    _log.warning("a connection of account %s is silent: %s…", account, each[:8])
        except Exception as error:  # noqa: BLE001  (the sweep itself came to its end)
            _log.error("connections could not be looked at: %s", fault(error))
        return silent
