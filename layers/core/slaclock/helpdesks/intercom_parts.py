"""Which part of a conversation, or of a ticket, a notification of Intercom is about, and whose it is.

A notification carries one part as a rule. Where it carries several, as when a rule assigns a conversation in
the breath in which somebody answers, it is about the one that fits its topic best: by what the part is, and
by whose it is; of several such, about the last.
"""

from functools import partial

from slaclock.helpdesks.payload import Members

AUTHORS = {
    "admin": "agent",
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "visitor": "customer",
    "bot": "bot",
    "operator": "bot",
}

_MESSAGE, _NOTE, _ASSIGNED, _STATE = ("comment", "quick_reply"), ("note",), ("assign",), ("ticket_state",)
# What the kinds of parts begin with that a topic is about.
_KINDS = {
    "conversation.user.replied": _MESSAGE,
    "conversation.admin.replied": _MESSAGE,
    "conversation.operator.replied": _MESSAGE,
    "conversation.admin.noted": _NOTE,
    "conversation.admin.closed": ("close",),
    "conversation.admin.opened": ("open",),
    "conversation.admin.snoozed": ("snoozed",),
    "conversation.admin.unsnoozed": ("unsnoozed", "timer_unsnooze"),
    "conversation.admin.assigned": _ASSIGNED,
    "conversation.admin.open.assigned": _ASSIGNED,
    "conversation.priority.updated": ("priority",),
    "ticket.contact.replied": _MESSAGE,
    "ticket.admin.replied": _MESSAGE,
    "ticket.note.created": _NOTE,
    "ticket.admin.assigned": _ASSIGNED,
    "ticket.team.assigned": _ASSIGNED,
    "ticket.state.updated": _STATE,
    "ticket.resolved": (*_STATE, "close"),
    "ticket.closed": (*_STATE, "close"),
}


def part_of(topic: str, item: Members) -> Members:
    """The part that a topic is about; an empty one, at the place of the first, where there is none."""
    name = "ticket_parts" if item.has("ticket_parts") else "conversation_parts"
    parts = item.object(name).objects(name)
    none = Members({}, f"{item.pointer}/{name}/{name}/0")
    return max(reversed(parts), key=partial(_fit, topic), default=none)


def _fit(topic: str, part: Members) -> int:
    """One for what it is, and one for whose it is."""
    wanted, kind = _KINDS.get(topic, ()), str(part.values.get("part_type"))
    fits = kind.startswith(wanted)
    if wanted == _MESSAGE and not fits:
        # Whoever answers and takes a conversation at once makes an assignment that has a text.
        fits = bool(part.values.get("body")) and not kind.startswith(_NOTE)
    return fits + (_role(part) == _side(topic))


def _role(part: Members) -> str | None:
    author = part.values.get("author")
    return AUTHORS.get(str(author.get("type"))) if isinstance(author, dict) else None


def _side(topic: str) -> str:
    if ".user." in topic or ".contact." in topic:
        return "customer"
    return "bot" if ".operator." in topic else "agent"
