"""Links that acknowledge: opaque, short enough for an SMS, signed, and good for three days.

A token is 128 bits of an HMAC-SHA256, over what the link is for, under a key that nobody but the functions
has. Nobody finds one by trying: a million open links at a thousand tries a second, many more than the route
lets in, would take 10^22 years. A link that is found is signed anew and compared, so that whoever could write
into the table could not make one either.
"""

from __future__ import annotations

import hmac
import logging
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.domain.facts import named_at, public_id
from slaclock.domain.instants import format_instant
from slaclock.problems import fault
from slaclock.store.messages import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slaclock.secrets import Secrets
    from slaclock.store.contract import LinkStore

LASTS = timedelta(hours=72)
_BYTES, LENGTH = 16, 22  # of a token, and its characters
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links and finds them again. `key` refers to the secret: the key, or while rotating both.

    `public_url` is where people reach the stack; without it no link is made. `missing` counts the messages
    that had to go without one, by the kind of their fact.
    """

    store: LinkStore
    secrets: Secrets
    key: str
    public_url: str
    now: Callable[[], datetime]
    missing: Counter[str] = field(default_factory=Counter)

    def make(self, subject: str, key: str, audience: str, language: str | None = None) -> str | None:
        """A link for one audience of a fact, stored before anybody gets it, so that it works when they do.

        None where none can be made: a message goes out without a link rather than late, and that is logged.
        """
        if not self.public_url:
            return None
        # whole seconds: what is signed is what is stored
        link = Link(subject, key, audience, self.now().replace(microsecond=0) + LASTS, language)
        try:
            token = token_of(self.secrets.of(self.key)[0], link)
            self.store.put_link(token, link)
        except Exception as error:  # noqa: BLE001  (whatever it is, the message is worth more)
            _log.error("a message goes out without a link: %s", fault(error), extra=named_at(subject, key))
            self.missing[key.partition(":")[0]] += 1
            return None
        return f"{self.public_url.rstrip('/')}/ack/{token}"

    def find(self, token: str) -> Link | None:
        """What a token is for, expired or not; None where it is none of ours.

        A key is kept for a minute. One that was put in its place since is asked for before a link that is
        stored is refused.
        """
        link = self.store.link(token) if len(token) == LENGTH and token.isascii() else None
        if link is None:
            return None
        if _signed(token, link, self.secrets.of(self.key)):
            return link
        return link if _signed(token, link, self.secrets.anew(self.key)) else None


def token_of(key: str, link: Link) -> str:
    """The token of a link under a key: 22 characters that any URL takes as they are."""
    said = "\n".join((public_id(link.subject, link.key), format_instant(link.expires_at), link.audience))
    digest = hmac.digest(key.encode(), said.encode(), "sha256")
    return urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _signed(token: str, link: Link, keys: Sequence[str]) -> bool:
    return any(hmac.compare_digest(token, token_of(key, link)) for key in keys)
