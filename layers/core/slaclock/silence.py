"""Connections that fall silent against their own habit: some helpdesks stop sending, and say so to nobody."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slaclock.problems import fault
from slaclock.store.activity import KEPT, Heard
from slaclock.store.contract import ActivityStore, AgreementStore

SPANS = (4, 24)  # hours
LIVELY = 3  # of them
WEEKS = 3
MOST = 200  # connections that are looked at, each by a read of some kilobytes
_HOUR, _WEEK = timedelta(hours=1), timedelta(weeks=1)
_MEMORY = _WEEK + max(SPANS) * _HOUR  # after the last delivery: what is later has no habit to stand against
_log = logging.getLogger(__name__)


def is_silent(hours: Mapping[datetime, int], now: datetime) -> bool:
    """Whether a connection is silent, by the deliveries of each hour.

    The rule: none of 4 full hours had a delivery, though in each of the three weeks before at least 3 of the
    same 4 hours had one. The same holds for 24 hours, for whoever hears little in a day. It stays silent
    until something is heard: a week without deliveries is no habit, so what is expected is by the weeks that
    ended with the last delivery.

    Hours are counted and not deliveries, for these come in clumps, a handful about one ticket. Where tickets
    come by chance, at whatever rate, the rule is wrong in less than one of a hundred such spans. Four hours
    are more than any helpdesk tries a delivery again for (Freshdesk, an hour and a half), and leave two of
    three lively hours where the clocks have changed. A day off on a weekday looks like silence.
    """
    last = _last(hours)
    if last is None:
        return False
    end = min(now.replace(minute=0, second=0, microsecond=0), last + _MEMORY)
    passed = int((end - last) / _HOUR)  # full hours, of which the first is that of the last delivery
    return any(
        _expected(hours, last + number * _HOUR, span)
        for span in SPANS
        for number in range(span + 1, passed + 1)
    )


def is_watched(hours: Mapping[datetime, int]) -> bool:
    """Whether a connection has a habit by which it would be silent, did it end with its last delivery."""
    last = _last(hours)
    return last is not None and is_silent(hours, last + _MEMORY)


def heard_lately(activity: ActivityStore, connection_id: str, now: datetime) -> Heard:
    """What was heard of a connection in the weeks that count: the last ones, or those before it fell silent.

    Two reads for whoever was not heard for more than a week, one for all others.
    """
    heard = activity.heard(connection_id, now - (WEEKS + 1) * _WEEK - 2 * max(SPANS) * _HOUR)
    if heard.last is None or heard.last < now - _WEEK:
        return activity.heard(connection_id, now - KEPT)
    return heard


def _last(hours: Mapping[datetime, int]) -> datetime | None:
    """The last hour that had a delivery."""
    return max((hour for hour, count in hours.items() if count), default=None)


def _expected(hours: Mapping[datetime, int], end: datetime, span: int) -> bool:
    """Whether the hours before an instant were lively in each of the three weeks before."""
    ends = [end - week * _WEEK for week in range(1, WEEKS + 1)]
    return all(
        sum(1 for hour in range(1, span + 1) if hours.get(each - hour * _HOUR)) >= LIVELY for each in ends
    )


@dataclass(frozen=True, slots=True)
class Silence:
    """Looks for connections that are silent."""

    connections: AgreementStore
    activity: ActivityStore
    now: Callable[[], datetime]

    def count(self) -> int:
        """How many connections are silent; each is logged by the beginning of its id: all of it is secret."""
        silent = 0
        try:
            for number, (account, each) in enumerate(self.connections.connections()):
                if number == MOST:
                    _log.warning("only the first %d connections are watched for silence", MOST)
                    break
                if is_silent(heard_lately(self.activity, each, self.now()).hours, self.now()):
                    silent += 1
                    named = {"account": account}
                    _log.warning("a connection of account %s is silent: %s…", account, each[:8], extra=named)
        except Exception as error:  # noqa: BLE001  (the sweep itself came to its end)
            _log.error("connections could not be looked at: %s", fault(error))
        return silent
