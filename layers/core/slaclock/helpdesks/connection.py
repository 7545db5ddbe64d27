"""A connection: one helpdesk account that may post to us, and what its words mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slaclock.helpdesks import connection_members as members
from slaclock.helpdesks.connection_members import InvalidConnection

__all__ = [
    "PRIORITIES",
    "STATUSES",
    "Connection",
    "InvalidConnection",
    "connection_from_json",
    "connection_to_json",
    "translate",
]

STATUSES = frozenset({"new", "open", "pending", "on_hold", "solved", "closed", "deleted"})
PRIORITIES = frozenset({"urgent", "high", "normal", "low", "none"})


@dataclass(frozen=True, slots=True)
class Connection:
    """Where deliveries of one helpdesk account arrive. `secret` is a reference, never the secret itself.

    It is the name or ARN of a secret in Secrets Manager, or `ssm:` and the path of a SecureString parameter.

    `statuses` and `priorities` take the helpdesk's own words, in any case, to ours, before the adapter's
    defaults. `customers` and `plans` are keyed by the id of the helpdesk's organisation, or its name;
    `ticket_url` holds `{ticket_id}` where the id belongs. `scheme` is how it signs, where that is not as its
    kind does, and `header` which one a shared secret comes in. `timezone` is that of times without an offset;
    `agents` are ids, logins, mail addresses or `@domains` of those who count as agents. `paths` find
    members of a ticket in the payload (JMESPath), `custom.` and a name a custom field; `mapping` is the name
    of one that is shipped, or its own.
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
    if strange := set(document) - set(_READ):
        raise InvalidConnection(f"a connection has no {min(map(str, strange))[:64]!r}")
    for name in sorted(_NEEDED - {name for name, value in document.items() if value is not None}):
        raise InvalidConnection(f"a connection's {name} is text, and not empty")
    given = {name: value for name, value in document.items() if value is not None}
    return Connection(**{name: _READ[name](name, value) for name, value in given.items()})


def connection_to_json(connection: Connection) -> dict[str, Any]:
    """Write a connection as the table keeps it; members that say nothing are left out."""
    written = {name: _plain(getattr(connection, name)) for name in _READ}
    return {name: value for name, value in written.items() if value != _UNSAID.get(name)}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


_NEEDED = frozenset({"id", "kind", "account", "secret"})
_READ: Mapping[str, members.Read] = {
    "id": members.matching("[A-Za-z0-9_-]{1,128}", "of letters, digits, - and _, at most 128"),
    "kind": members.matching("[a-z][a-z0-9_]{0,31}", "the name of an adapter"),
    "account": members.matching(".{1,128}", "of at most 128 characters"),
    "secret": members.matching(
        r"(?!ssm:).+|ssm:/[A-Za-z0-9_./-]{1,1000}",
        "a secret's name or ARN, or ssm: and a parameter's path",
        members.LONGEST_URL,
    ),
    "statuses": members.words(STATUSES),
    "priorities": members.words(PRIORITIES),
    "customers": members.words(),
    "plans": members.words(),
    "ticket_url": members.matching(
        r"https?://\S{1,400}\{ticket_id\}\S*", "an address that holds {ticket_id}", members.LONGEST_URL
    ),
    "scheme": members.scheme,
    "header": members.header,
    "timezone": members.timezone,
    "agents": members.agents,
    "paths": members.paths,
    "mapping": members.mapping,
    "title": members.title,
}
_UNSAID = {name: _plain(getattr(Connection("", "", "", ""), name)) for name in _READ if name not in _NEEDED}
