"""Who had to do with a conversation or a ticket of Intercom; it counts contacts and admins apart."""

from collections.abc import Mapping
from typing import Any

from slaclock.domain.people import People
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.people import identity, people, within

_KINDS = {"user": "contact", "lead": "contact", "visitor": "contact", "operator": "bot"}


def people_of(item: Members, part: Members) -> People | None:
    """The author of the part, `contact:…` or `admin:…`, and the first contact of the whole."""
    contacts = within(item, "contacts").get("contacts")
    first = contacts[0] if isinstance(contacts, list) and contacts else None
    requester = identity(first, kind="contact") if isinstance(first, Mapping) else None
    return people(author=_author(within(part, "author")), requester=requester)


def _author(author: Mapping[str, Any]) -> str | None:
    kind = author.get("type")
    return identity(author, kind=_KINDS.get(kind, kind)) if isinstance(kind, str) else None
