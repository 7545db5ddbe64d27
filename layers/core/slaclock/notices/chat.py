"""A message for a chat channel: a custom notification of Amazon Q Developer in chat applications.

Format: docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. All about one ticket is one thread,
where the channel's preferences allow threads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slaclock.notices.history import so_far
from slaclock.notices.telling import on_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.notices.telling import Telling

_ENVELOPE = {"version": "1.0", "source": "custom"}
_LONGEST_TITLE, LONGEST_DESCRIPTION = 250, 8000  # characters
# Names come from outside: none may call a whole channel (`<!here>`), or look like a link to somewhere else.
_HARMLESS = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "[": "(", "]": ")", "`": "'", "*": "\u2217", "@": "\uff20"}
)
_PART_OF_AN_ENTITY = re.compile(r"&[a-z]*\Z")
_LINKS = {"line.ticket", "line.runbook", "line.acknowledge"}


def chat(told: Telling, headline: str, lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The notification; what to do is in its next steps."""
    said = told.said
    steps = {said.texts[key] for key in _LINKS}
    shown = [said.say("line", name=name, value=value) for name, value in lines if name not in steps]
    next_steps = [said.say("line", name=name, value=_url(value)) for name, value in lines if name in steps]
    description = "\n".join(_named(line) for line in [*shown, *so_far(told)])
    content = {
        "textType": "client-markdown",
        "title": _title(headline),
        "description": _cut(description, LONGEST_DESCRIPTION) or _title(headline),
        **({"nextSteps": next_steps} if next_steps else {}),
    }
    return {**_ENVELOPE, "id": told.fact.id, "content": content, "metadata": _metadata(told, headline)}


def listing(name: str, event: str, headline: str, lines: Sequence[str]) -> dict[str, Any]:
    """A notification of several things, which is of no one thread; `name` is its id.

    Its description has every line: whether it may be so long is for the caller to see.
    """
    description, title = "\n".join(map(_harmless, lines)), _title(headline)
    context = {"notification_id": name}
    content = {"textType": "client-markdown", "title": title, "description": description}
    metadata = {"summary": title, "eventType": event, "additionalContext": context}
    return {**_ENVELOPE, "id": name, "content": content, "metadata": metadata}


def _metadata(told: Telling, headline: str) -> dict[str, Any]:
    fact = told.fact
    context = {
        "notification_id": fact.id,
        "account": fact.account,
        "severity": told.severity,
        "audience": told.audience,
    }
    return {
        "threadId": told.thread,
        "summary": _title(headline),
        "eventType": fact.fact,
        "relatedResources": [_named(fact.ticket_id)],
        "additionalContext": context,
    }


def _title(headline: str) -> str:
    return _cut(_named(headline), _LONGEST_TITLE)


def _cut(text: str, longest: int) -> str:
    """As much of what was made harmless as has room; no entity is cut in two."""
    return text if len(text) <= longest else _PART_OF_AN_ENTITY.sub("", text[:longest])


def _named(text: str) -> str:
    """A line of names: what looks like an address in it leads nowhere."""
    return _harmless(text).replace("://", ":\u2215\u2215")


def _harmless(text: str) -> str:
    return on_one_line(text).translate(_HARMLESS)


def _url(text: str) -> str:
    """An address as it is, but for what would end it, or begin something else."""
    return on_one_line(text).replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")
