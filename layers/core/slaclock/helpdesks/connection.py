"""A connection: one helpdesk account that may post to us, and what its words mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slaclock.domain.errors import SlaError

STATUSES = frozenset({"new", "open", "pending", "on_hold", "solved", "closed", "deleted"})
PRIORITIES = frozenset({"urgent", "high", "normal", "low", "none"})


class InvalidConnection(SlaError):
    """A stored connection breaks a rule; the message names the member."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where deliveries of one helpdesk account arrive. `secret` is a reference, never the secret itself.

    `statuses` and `priorities` take the helpdesk's own words, in any case, to ours, before the adapter's
    defaults. `customers` and `plans` are keyed by the id of the helpdesk's organisation, or its name;
    `ticket_url` holds `{ticket_id}` where the id belongs. `scheme` is how it signs, where that is not as its
    kind does, and `header` which one a shared secret comes in. `timezone` is that of times without an offset;
    `agents` are ids, logins, mail addresses or `@domains` of those who count as agents. `paths` find
    members of a ticket in the payload (JMESPath); `mapping` is the name of one that is shipped, or its own.
    """

    id: str
    kind: str
    account: str
    secret: str
    statuses: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    ticket_url: str | None = None
    scheme: str | None = None
    header: str | None = None
    timezone: str = "UTC"
    agents: frozenset[str] = frozenset()
    paths: Mapping[str, str] = field(default_factory=dict)
    mapping: str | Mapping[str, Any] | None = None
    title: str = ""

    def is_agent(self, *names: str | None) -> bool:
        """Whether one of somebody's names (id, login, mail address) is on the list of agents."""
        given = {name.casefold() for name in names if name}
        domains = {name[name.rindex("@") :] for name in given if "@" in name}
        return not self.agents.isdisjoint(given | domains)


def translate(word: str, ours: Mapping[str, str], defaults: Mapping[str, str]) -> str:
    """Our word for the helpdesk's own, in any case: the connection's, else the adapter's, else `unknown`.

    >>> translate("Hold", {"Waiting for parts": "on_hold"}, {"hold": "on_hold"})
    'on_hold'
    """
    wanted = word.casefold()
    own = {theirs.casefold(): meaning for theirs, meaning in ours.items()}
    return own.get(wanted) or defaults.get(wanted, "unknown")


def connection_from_json(document: Mapping[str, Any]) -> Connection:
    """Read a connection as the table keeps it; `InvalidConnection` names the member at fault."""
    return Connection(
        id=_text(document, "id"),
        kind=_text(document, "kind"),
        account=_text(document, "account"),
        secret=_text(document, "secret"),
        statuses=_words(document, "statuses", STATUSES),
        priorities=_words(document, "priorities", PRIORITIES),
        customers=_words(document, "customers"),
        plans=_words(document, "plans"),
        ticket_url=None if document.get("ticket_url") is None else _text(document, "ticket_url"),
    )


def connection_to_json(connection: Connection) -> dict[str, Any]:
    """Write a connection as the table keeps it."""
    return {
        "id": connection.id,
        "kind": connection.kind,
        "account": connection.account,
        "secret": connection.secret,
        "statuses": dict(connection.statuses),
        "priorities": dict(connection.priorities),
        "customers": dict(connection.customers),
        "plans": dict(connection.plans),
        "ticket_url": connection.ticket_url,
    }


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidConnection(f"a connection's {name} is text, and not empty")
    return value


def _words(document: Mapping[str, Any], name: str, allowed: frozenset[str] | None = None) -> dict[str, str]:
    words = document.get(name) or {}
    if not isinstance(words, Mapping) or not all(isinstance(word, str) for word in (*words, *words.values())):
        raise InvalidConnection(f"a connection's {name} map text to text")
    if allowed and (strange := set(words.values()) - allowed):
        raise InvalidConnection(
            f"a connection's {name} lead to {min(strange)!r}, not one of {sorted(allowed)}"
        )
    return dict(words)
