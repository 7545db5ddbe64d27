"""People's ids as keyed hashes, so that the keys can be destroyed and the record stays as it was hashed.

An account has a key of its own, in Secrets Manager alone. Everybody whom it names has a random key beside the
tickets, found by an HMAC of the account's key over the helpdesk and the id. The pseudonym in the log is an
HMAC under both keys: without either, nobody can tell again whose it was, and whoever comes back is somebody
new. Destroying one person's key erases that person, and destroying the account's erases everybody in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from slaclock.store.keys import people_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from slaclock.domain.events import TicketEvent

_KEPT = timedelta(seconds=60)
_BYTES, _LONGEST_NAME = 16, 400  # of a pseudonym, and characters
# No key was ever made, or it is being destroyed.
# What Secrets Manager says of a secret that is not there, or is being deleted.
ABSENT = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
# The helpdesks that an event may be from.
SOURCES = (
    "zendesk",
    "jira",
    "freshdesk",
    "zammad",
    "intercom",
    "github",
    "chatwoot",
    "helpscout",
    "hubspot",
    "servicenow",
    "frappe",
    "glpi",
    "osticket",
    "liveagent",
    "generic",
)
_PARTS = {"actor": "actor_id", "author": "author_id", "requester": "requester_id"}


@dataclass(slots=True)
class Identities:
    """The accounts' keys, each kept for a minute; `secret` gives what is kept under a name.

    An account without a key has no identities: who did what is then known by roles alone.
    """

    secret: Callable[[str], Sequence[str]]
    prefix: str
    now: Callable[[], datetime]
    _found: dict[str, tuple[datetime, bytes | None]] = field(default_factory=dict, repr=False)

    def key(self, account: str) -> bytes | None:
        """An account's key; None where it has none. What else Secrets Manager refuses is raised."""
        kept = self._found.get(account)
        if kept is None or self.now() - kept[0] >= _KEPT:
            kept = self._found[account] = (self.now(), self._asked(account))
        return kept[1]

    def name(self, account: str) -> str:
        """What an account's key is called in Secrets Manager."""
        return f"{self.prefix}/{_encoded(account)}"

    def _asked(self, account: str) -> bytes | None:
        try:
            return self.secret(self.name(account))[0].encode()
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise


def people_in(key: bytes | None, events: Iterable[TicketEvent]) -> list[str]:
    """What the keys of those people are found by whom events name; nothing where the account has no key."""
    if key is None:
        return []
    named = (person(key, each.account, *who) for each in events for _, who in _known(each))
    return list(dict.fromkeys(named))


def named(
    key: bytes | None, events: Iterable[TicketEvent], found: Mapping[str, str]
) -> tuple[list[TicketEvent], dict[str, str]]:
    """The events with pseudonyms in the place of ids, and the keys of those who had none yet.

    Without the account's key the events name nobody.
    """
    keys = dict(found)
    told = [_named(key, each, keys) for each in events]
    return told, {who: made for who, made in keys.items() if who not in found}


def person(key: bytes, account: str, source: str, identity: str) -> str:
    """What a person's key is found by: the id in a helpdesk, hashed as only the account's key can."""
    return people_of(account) + _hashed(key, source, identity)


def pseudonym(key: bytes, person_key: str, source: str, identity: str) -> str:
    """What stands for an id in the log: 128 bits of an HMAC-SHA256 under both keys."""
    digest = bytes.fromhex(_hashed(key + person_key.encode(), source, identity))
    return urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _named(key: bytes | None, event: TicketEvent, keys: dict[str, str]) -> TicketEvent:
    told: dict[str, Any] = {}
    for part, who in _known(event) if key else ():
        assert key is not None, "asked above"  # noqa: S101  (for the type checker)
        own = keys.setdefault(person(key, event.account, *who), secrets.token_hex(32))
        told[_PARTS[part]] = pseudonym(key, own, *who)
    return replace(event, people=None, **told) if event.people or told else event


def _known(event: TicketEvent) -> list[tuple[str, tuple[str, str]]]:
    """The parts that somebody has in an event, each with the helpdesk and the id."""
    known = event.people.known() if event.people else ()
    return [(part, (event.source, identity)) for part, identity in known]


def _hashed(key: bytes, source: str, identity: str) -> str:
    return hmac.new(key, json.dumps([source, identity]).encode(), hashlib.sha256).hexdigest()


def _encoded(account: str) -> str:
    """An account in the letters that a secret's name may have; no two accounts share one."""
    text = quote(account, safe="").replace("~", "%7E").replace("%", "=")
    return text if len(text) <= _LONGEST_NAME else f"=sha256-{hashlib.sha256(account.encode()).hexdigest()}"
