"""What a message is about, in one line: who must do what by when, or what has happened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slaclock.domain.remaining import of_goal
from slaclock.notices.catalogue import english_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.notices.telling import Telling

_REMINDER = re.compile(
    r"(?P<length>.{1,60}?)(?: (?P<before>before)| of)? the goal of (?P<goal>.{1,60})|(?P<only>.{1,60}) before"
)
_CHANGE = re.compile(r"(?P<member>[a-z_]{1,64})(?: (?P<now>is now|is) (?P<value>.+)| changed)")
_ENDED = "the agreement was ended: "


def headline(told: Telling) -> str:
    """The message in one line, as a mail begins: `BREACH, level 1: resolution of ticket 1 was missed`."""
    return marked(told, _HEADLINES[told.fact.fact](told))


def marked(told: Telling, line: str) -> str:
    """A line, marked as that of a drill where it is one, or of a breach that is over by now.

    Nobody may take it for the real thing, or get up for what was.
    """
    if told.drill:
        return told.said.say("headline.drill", headline=line)
    return told.said.say(f"headline.{told.became}_since", headline=line) if told.became else line


def paused(told: Telling, key: str, **said: object) -> str:
    """That a clock is paused, and what is left once it goes on, where that is known."""
    text = told.said.say(key, **said)
    return (
        text if told.left is None else told.said.say("paused.left", text=text, left=told.elapsed(told.left))
    )


def target(told: Telling) -> str:
    """What a promise is called: those that every agreement knows have a name in each language."""
    name = told.fact.target
    return told.said.texts.get(f"target.{name}") or name.replace("_", " ")


def priority(told: Telling) -> str:
    """The priority's name, or nothing."""
    return told.said.name("priority", str(told.details.get("priority") or ""))


def what(told: Telling) -> str:
    """`resolution of ticket 1 (acme, urgent)`."""
    said = told.said
    named = said.say("what.ticket", target=target(told), ticket=told.fact.ticket_id)
    about = [each for each in (str(told.details.get("customer") or ""), priority(told)) if each]
    return said.say("what.about", what=named, about=said.say("separator").join(about)) if about else named


def reason(told: Telling) -> str:
    """Why, in the audience's language as far as the words are ours; what a person wrote stays."""
    text = str(told.details.get("reason") or "")
    if key := english_keys("reason").get(text):
        return told.said.texts[key]
    if text.startswith(_ENDED):
        return told.said.say("because.agreement_ended", reason=text.removeprefix(_ENDED))
    return told.said.say("separator.clauses").join(_change(told, each) for each in text.split("; "))


def _change(told: Telling, text: str) -> str:
    """`status is now pending`, as the engine words it."""
    found = _CHANGE.fullmatch(text)
    if found is None:
        return text
    member = told.said.name("member", found["member"])
    if found["now"] is None:
        return told.said.say("because.changed", member=member)
    key = "because.is_now" if found["now"] == "is now" else "because.is"
    return told.said.say(key, member=member, value=told.said.name(found["member"], found["value"]))


def which_reminder(told: Telling) -> str:
    """`15m before`, `75%`, `30m before the goal of 4h`, as the agreement has it."""
    text, said = str(told.details["reminder"]), told.said
    found = _REMINDER.fullmatch(text)
    if text.startswith("the goal of "):
        return said.say("reminder.goal", goal=text.removeprefix("the goal of "))
    if found is None:
        return text
    if found["only"]:
        return said.say("reminder.before", length=found["only"])
    key = "reminder.before_goal" if found["before"] else "reminder.share_of_goal"
    return said.say(key, length=found["length"], goal=found["goal"])


def _reminder(told: Telling) -> str:
    """How long is left as it is read, not as it was told."""
    since, due = max(told.fact.at, told.now), told.goal_due or told.fact.due_at
    key = "headline.goal" if of_goal(told.fact) else "headline.reminder"
    said: dict[str, str] = {"reminder": which_reminder(told), "what": what(told)}
    if told.paused:
        return paused(told, f"{key}_paused", **said)
    if due is None or due <= since:
        return told.said.say(f"{key}_now", **said)
    return told.said.say(key, left=told.elapsed(due - since), **said)


def _level(told: Telling) -> str:
    level, repeat = told.details["level"], told.details["repeat"]
    if repeat:
        return told.said.say("headline.level_again", level=level, number=repeat + 1, what=what(told))
    return told.said.say("headline.level", level=level, what=what(told))


def _withdrawn(told: Telling) -> str:
    key = "headline.not_reopened" if told.takes_back_a_reopening else "headline.withdrawn"
    return told.said.say(key, what=what(told))


_HEADLINES: Mapping[str, Callable[[Telling], str]] = {
    "reminder_due": _reminder,
    "clock_breached": lambda told: told.said.say("headline.breached", what=what(told)),
    "escalation_due": _level,
    "escalation_handed_over": lambda told: told.said.say(
        "headline.handed_over", by=told.details.get("by", "?"), what=what(told)
    ),
    "breach_ended": lambda told: told.said.say("headline.ended", what=what(told), reason=reason(told)),
    "breach_reopened": lambda told: told.said.say("headline.reopened", what=what(told), reason=reason(told)),
    "outcome_corrected": _withdrawn,
}
