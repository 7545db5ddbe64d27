"""A message as a mail: headline, who and what and when, what happened so far, and its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.notices.history import so_far
from slaclock.notices.telling import on_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.notices.telling import Telling

_LONGEST_SUBJECT = 99  # characters: SNS takes fewer than 100, in UTF-8, on one line


def email(told: Telling, headline: str, lines: Sequence[tuple[str, str]]) -> str:
    """The text, a line for each thing that it says."""
    said = told.said
    named = [said.say("line", name=name, value=value) for name, value in lines]
    before = so_far(told)
    history = ["", said.texts["history"], *before] if before else []
    last = said.say("notification", id=told.notification_id)
    first = said.say("sentence", text=headline)
    whole = [first, "", *named, *history]
    return "\n".join([*(on_one_line(line) for line in whole), "", last])


def subject(headline: str) -> str:
    """The headline, as long as a subject may be."""
    return on_one_line(headline, _LONGEST_SUBJECT)
