"""A message as one part of a text message (3GPP TS 23.038): 140 bytes, the link included.

They hold 160 septets where every character is of the GSM 7-bit alphabet (those of its extension table take
two), else 70 units of UTF-16. Nothing that a customer wrote is in it, nor whose customer they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from slaclock.notices import customer
from slaclock.notices.catalogue import ENGLISH, catalogue
from slaclock.notices.telling import on_one_line
from slaclock.notices.times import briefly
from slaclock.notices.wording import marked, paused, target

if TYPE_CHECKING:
    from slaclock.notices.telling import Telling

MOST_SEPTETS, MOST_UNITS = 160, 70
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
LONGEST_LINK = 120  # septets; beside a longer one nothing could be said, and a part of one is no link
_SAID = {
    "reminder_due": "sms.reminder",
    "clock_breached": "sms.breached",
    "escalation_due": "sms.level",
    "escalation_handed_over": "sms.handed_over",
    "breach_ended": "sms.ended",
    "breach_reopened": "sms.reopened",
    "outcome_corrected": "sms.withdrawn",
}


def sms(told: Telling) -> str:
    """The text and its link, in one part, in the audience's language; in English where that won't fit.

    Before it is English, a text that asks for somebody leaves out when it was due.
    """
    return fitting([*_texts(told), _texts(_in_english(told))[0]], told.link)


def fitting(texts: list[str], link: str | None) -> str:
    """The first text that fits into one part beside the link; else the last one, cut."""
    end = f" {link}" if link and (septets(link) or LONGEST_LINK + 1) <= LONGEST_LINK else ""
    for text in texts:
        if fits(text + end):
            return text + end
    return _cut(_in_gsm(texts[-1]), MOST_SEPTETS - (septets(end) or 0)) + end


def septets(text: str) -> int | None:
    """How many septets a text takes in the GSM 7-bit alphabet; None where it can't be written in it."""
    if not all(each in _BASIC or each in _EXTENDED for each in text):
        return None
    return sum(2 if each in _EXTENDED else 1 for each in text)


def fits(text: str) -> bool:
    """Whether a text is sent in one part."""
    length = septets(text)
    if length is not None:
        return length <= MOST_SEPTETS
    return len(text.encode("utf-16-be", "surrogatepass")) <= 2 * MOST_UNITS


def _texts(told: Telling) -> list[str]:
    """The text, and where there is one a shorter one, which does not say when it was due."""
    if told.for_customer:
        return [on_one_line(customer.headline(told))]
    fact, said = told.fact, told.said
    about = {"target": target(told), "ticket": fact.ticket_id, "level": fact.details.get("level")}
    if told.paused:
        return [on_one_line(paused(told, "sms.reminder_paused", **about))]
    key = "sms.goal" if told.goal_due else _SAID[fact.fact]
    due = briefly(told.goal_due or fact.due_at or fact.at, told.zone_name, said)
    keys = [each for each in (key, key.replace("sms.", "sms.brief.")) if each in said.texts]
    return [on_one_line(marked(told, said.say(each, due=due, **about))) for each in keys]


def _in_english(told: Telling) -> Telling:
    return told._replace(said=catalogue(ENGLISH))


def _in_gsm(text: str) -> str:
    """The text in the GSM alphabet: accents that it lacks are left off, and `?` stands for the rest."""
    plain = "".join(each if septets(each) else normalize("NFKD", each)[0] for each in text)
    return "".join(each if septets(each) else "?" for each in plain)


def _cut(text: str, room: int) -> str:
    """As much of the text as has room, with dots where it was cut."""
    if (septets(text) or 0) <= room:
        return text
    kept, left = "", room - 3
    for each in text:
        left -= septets(each) or 0
        if left < 0:
            break
        kept += each
    return f"{kept}..."
