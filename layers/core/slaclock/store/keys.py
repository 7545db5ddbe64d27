"""The keys of items, and those by which indexes order them."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from slaclock.domain.facts import ACCOUNT, REGISTER, split_subject, subject_key

if TYPE_CHECKING:
    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket

SHARDS = 8  # of the auditor's two indexes
_ASIDE = 32  # bytes
MONTH_SHARDS = 4  # of a month's breaches, and of a day's rows and tickets
KEY = "KEY"
PAUSED = "~"  # sorts after every instant


def subject_of(about: Ticket | Fact) -> str:
    """The key under which all that concerns a ticket or fact is kept."""
    return subject_key(about.subject, about.account, about.ticket_id)


def register_of(subject: str) -> str:
    """The key of the register of a subject's account."""
    return subject_key(ACCOUNT, split_subject(subject)[1], REGISTER)


def is_ticket_of(account: str, subject: str) -> bool:
    """Whether a key is that of a ticket of an account; the account's own acts are kept beside its tickets."""
    kind, of, _ = split_subject(subject)
    return of == account and kind != ACCOUNT


def people_of(account: str) -> str:
    """What the keys begin with by which people of an account are found; see `slaclock.identities`."""
    return subject_key("PERSON", account, "")


def shard(subject: str, shards: int) -> str:
    """Which of the shards of an index a subject belongs to."""
    return str(int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4]) % shards)


def given_key(input_id: str) -> str:
    """The sort key of an input in its ticket's log."""
    return f"GIVEN#{short(input_id)}"


def queue_key(account: str, team: str) -> str:
    """The key of a team's queue in its index."""
    return subject_key("queue", account, team)


def link_key(token: str) -> str:
    """The key of a link: its token's hash."""
    return f"LINK#{hashlib.sha256(token.encode()).hexdigest()}"


def sent_key(key: str, audience: str) -> str:
    """The sort key of a fact's first message to an audience; neither has `#` in it."""
    return f"SENT#{key}#{audience}"


def day_shard(at: datetime, subject: str) -> str:
    """The key of a day, and of a subject's shard of it, in the indexes of what was recorded."""
    return day_shards(at.astimezone(UTC).date())[int(shard(subject, MONTH_SHARDS))]


def day_shards(day: date) -> list[str]:
    """The keys of all shards of a day."""
    return [f"{day.isoformat()}#{number}" for number in range(MONTH_SHARDS)]


def sortable(instant: datetime) -> str:
    """An instant whose text sorts as it does: always with microseconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def short(part: str) -> str:
    """A part of a sort key, which may have 1024 bytes in all; a longer one is told by its hash."""
    encoded = part.encode()
    return part if len(encoded) <= 512 else f"~{hashlib.sha256(encoded).hexdigest()}"


def aside(subject: str) -> str:
    """A subject in an index's sort key, beside the item's own key that names it: by 96 bits where it is long.

    It only has to be another one for another subject. A row has it twice, and with a uuid in it would be
    longer than the KB that a write unit is.
    """
    encoded = subject.encode()
    if len(encoded) <= _ASIDE:
        return subject
    return f"~{base64.urlsafe_b64encode(hashlib.sha256(encoded).digest()[:12]).decode()}"
