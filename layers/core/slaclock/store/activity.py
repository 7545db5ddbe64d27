"""What is kept of a connection's deliveries: how many came in each hour, and the words that no map knew.

It is no record of tickets: it is noted as well as can be, counts only, and forgets itself after 91 days. All
of it lies under `ACTIVITY#<connection>` in the agreements table, so that a role can be held to that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

from slaclock.domain.instants import format_instant, parse_instant

KEPT = timedelta(days=91)  # so that whoever is silent stays so for ten weeks, with the three before them
MOST_WORDS = 50  # that are counted of a connection, statuses and priorities together
LONGEST_WORD = 64  # characters; of a longer one, so many
MOST_AT_ONCE = 10  # words that are counted by one write; a delivery has two at most times
DAY, WORDS, COUNTED = "DAY#", "WORDS", "words"
_HOUR = timedelta(hours=1)
_MEMBERS = ("status", "priority")
Word = tuple[str, str]  # "status" or "priority", and the helpdesk's own word


@dataclass(frozen=True, slots=True)
class Heard:
    """What a connection was heard of: deliveries by the hour (UTC) that they came in, and the last one."""

    hours: Mapping[datetime, int] = field(default_factory=dict)
    last: datetime | None = None

    def since(self, instant: datetime) -> int:
        """How many came in the hours that end after an instant, at least: see `Tally`."""
        return sum(count for hour, count in self.hours.items() if hour + _HOUR > instant)


def activity_key(connection_id: str) -> str:
    """The partition of a connection's activity."""
    return f"ACTIVITY#{connection_id}"


def day_key(at: datetime) -> str:
    """The sort key of a day's counts."""
    return f"{DAY}{at.astimezone(UTC):%Y-%m-%d}"


def hour_name(at: datetime) -> str:
    """The attribute that counts the deliveries of an hour of the day."""
    return f"h{at.astimezone(UTC):%H}"


def expires(at: datetime) -> int:
    """When what is noted now is forgotten, in seconds since 1970."""
    return int((at + KEPT).timestamp())


def word_name(word: Word) -> str:
    """The attribute that counts a word. What an expression would read as a path is encoded."""
    member, text = word
    return f"{member}:{quote(text[:LONGEST_WORD], safe=' ')}"


def noted(words: Mapping[Word, int]) -> dict[str, int]:
    """By what their attributes grow, of as many words as are counted at once."""
    found: dict[str, int] = {}
    for word, count in words.items():
        found[word_name(word)] = found.get(word_name(word), 0) + count
    return dict(islice(found.items(), MOST_AT_ONCE))


def with_room(counts: Mapping[str, int], item: Mapping[str, Any]) -> dict[str, int]:
    """Of some words' counts those that an item has, or has room for."""
    room = max(0, MOST_WORDS - int(item.get(COUNTED, 0)))
    new = [name for name in counts if name not in item][:room]
    return {name: count for name, count in counts.items() if name in item or name in new}


def heard_from_items(items: Sequence[Mapping[str, Any]]) -> Heard:
    """Read the items of some days."""
    hours = {
        datetime.combine(date.fromisoformat(item["sk"].removeprefix(DAY)), time(int(name[1:])), UTC): int(
            count
        )
        for item in items
        for name, count in item.items()
        if len(name) == 3 and name.startswith("h")
    }
    last = max((item["last_at"] for item in items), default=None)
    return Heard(hours, parse_instant(last) if last else None)


def words_from_item(item: Mapping[str, Any]) -> dict[Word, int]:
    """Read how often each word came, the most frequent first."""
    split = {name: name.partition(":") for name in item}
    found = {
        (member, unquote(word)): int(item[name])
        for name, (member, colon, word) in split.items()
        if colon and member in _MEMBERS
    }
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def last_at(at: datetime) -> str:
    """When a delivery came, to the second."""
    return format_instant(at.replace(microsecond=0))
