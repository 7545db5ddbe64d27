"""A message for a chat channel: a custom notification of Amazon Q Developer in chat applications.

Format: docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. All about one ticket is one thread,
where the channel's preferences allow threads.
"""

from collections.abc import Sequence
from typing import Any

from slaclock.notices.history import so_far
from slaclock.notices.telling import Telling, on_one_line

_ENVELOPE = {"version": "1.0", "source": "custom"}
_LONGEST_TITLE, LONGEST_DESCRIPTION = 250, 8000  # characters
# Names come from outside: none may call a whole channel (`<!here>`), or look like a link to somewhere else.
_HARMLESS = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "[": "(", "]": ")", "`": "'", "*": "\u2217", "@": "\uff20"}
)
_LINKS = {"line.ticket", "line.runbook", "line.acknowledge"}


def chat(told: Telling, headline: str, lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The notification; what to do is in its next steps."""
    said = told.said
    steps = {said.texts[key] for key in _LINKS}
    shown = [said.say("line", name=name, value=value) for name, value in lines if name not in steps]
    next_steps = [said.say("line", name=name, value=_url(value)) for name, value in lines if name in steps]
    description = "\n".join(_harmless(line) for line in [*shown, *so_far(told)])
    content = {
        "textType": "client-markdown",
        "title": _harmless(headline)[:_LONGEST_TITLE],
        "description": description[:LONGEST_DESCRIPTION] or _harmless(headline),
        **({"nextSteps": next_steps} if next_steps else {}),
    }
    return {**_ENVELOPE, "id": told.fact.id, "content": content, "metadata": _metadata(told, headline)}


def listing(name: str, event: str, headline: str, lines: Sequence[str]) -> dict[str, Any]:
    """A notification of several things, which is of no one thread; `name` is its id.

    Its description has every line: whether it may be so long is for the caller to see.
    """
    description = "\n".join(map(_harmless, lines))
    title = _harmless(headline)[:_LONGEST_TITLE]
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
        "summary": _harmless(headline)[:_LONGEST_TITLE],
        "eventType": fact.fact,
        "relatedResources": [_harmless(fact.ticket_id)],
        "additionalContext": context,
    }


def _harmless(text: str) -> str:
    return on_one_line(text).translate(_HARMLESS)


def _url(text: str) -> str:
    """An address as it is, but for what would end it, or begin something else."""
    return on_one_line(text).replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")
