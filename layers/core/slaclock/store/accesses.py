"""Records of access: who was shown evidence or took a list away, and who was refused what. Never changed."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.store.keys import sortable

NO_ACCOUNT = "-"  # where nothing that was asked for names one


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody asked, and was answered.

    `who` is an ARN or a token's `sub`, None where nobody knows; `asked` are the parameters of path and query;
    `taken` is the media type of what was shown, and `why` says why it was not. `by` is what let them in,
    `iam`, or `jwt` and the issuer; `within` is their boundary, None where it is not known.
    """

    at: datetime
    account: str
    who: str | None
    route: str
    asked: Mapping[str, str]
    status: int
    taken: str | None = None
    why: str | None = None
    by: str | None = None
    within: Mapping[str, str] | None = None


class Accesses(Protocol):
    """Where records of access are kept."""

    def note_access(self, access: Access, ends_at: datetime | None = None) -> None:
        """Keep a record, until `ends_at` or for ever."""

    def accesses(self, account: str, first: date, last: date) -> Iterator[Access]:
        """Yield the records of an account from one day of UTC to another, included, in the order of time."""


def access_key(account: str, day: date) -> str:
    """The key of an account's records of a day."""
    return subject_key("access", account, day.isoformat())


def access_item(access: Access, ends_at: datetime | None) -> dict[str, Any]:
    """The item of a record. No two have one key, though they be of one instant."""
    said = {
        "at": format_instant(access.at),
        "account": access.account,
        "who": access.who,
        "route": access.route,
        "asked": dict(access.asked),
        "status": access.status,
        "taken": access.taken,
        "why": access.why,
        "by": access.by,
        "within": access.within,
    }
    item: dict[str, Any] = {
        "pk": access_key(access.account, access.at.astimezone(UTC).date()),
        "sk": f"{sortable(access.at)}#{secrets.token_hex(8)}",
        "body": json.dumps(said),
    }
    return {**item, "expires_at": int(ends_at.timestamp())} if ends_at else item


def access_from_item(item: Mapping[str, Any]) -> Access:
    """Read a record."""
    said = json.loads(item["body"])
    return Access(**{**said, "at": parse_instant(said["at"])})


def access_to_json(access: Access) -> dict[str, Any]:
    """Write a record, all of its members."""
    return {**{name: getattr(access, name) for name in Access.__slots__}, "at": format_instant(access.at)}
