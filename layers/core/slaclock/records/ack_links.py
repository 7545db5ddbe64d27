"""What opening a link shows, and what its button does.

Opening one changes nothing, however often and by whomever: mail scanners and previews open every link. What
the button sends takes the breach in hand, once. A link proves that somebody has it, not who: what is recorded
says that the name is claimed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from slaclock.domain.acknowledgement import SOMEBODY, Acknowledgement
from slaclock.domain.facts import Fact, public_id
from slaclock.links import Links
from slaclock.notices.catalogue import catalogue
from slaclock.notices.times import shown
from slaclock.records.ack_form import InvalidForm, InvalidName, name_in
from slaclock.records.ack_page import LONGEST_NAME, Breach, asking, saying
from slaclock.records.ack_words import language_for, words
from slaclock.records.acknowledging import UnknownFact, acknowledgement_of, telling
from slaclock.store.contract import TicketStore
from slaclock.store.messages import Link

_STATUS: Mapping[str, int] = {"unknown": 404, "gone": 404, "expired": 410}
# Where somebody wanted to acknowledge, and could not.
_STATUS_USED: Mapping[str, int] = {**_STATUS, "ended": 409, "withdrawn": 409, "waits": 409}


@dataclass(frozen=True, slots=True)
class Page:
    """An answer for a person: status, language and HTML."""

    status: int
    language: str
    html: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a link leads to: `what` it is, and the page that says so. It `waits` for somebody, or not."""

    what: str
    language: str
    html: str
    fact_id: str = ""
    breach: Breach | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Opens links over the record. `take` folds an input in; `accepted` is the reader's `Accept-Language`."""

    links: Links
    tickets: TicketStore
    take: Callable[[Acknowledgement], bool]
    now: datetime
    accepted: str | None

    def open(self, token: str) -> Page:
        """What a link shows; nothing is changed."""
        seen = self._look(token)
        return Page(_STATUS.get(seen.what, 200), seen.language, seen.html)

    def use(self, token: str, body: bytes, media_type: str) -> Page:
        """Take in hand what a link is for, where it still waits for somebody; else say what became of it."""
        seen = self._look(token)
        if seen.what == "waits" and seen.breach:
            try:
                by = name_in(body, media_type) or SOMEBODY
            except InvalidForm as error:
                return Page(error.status, seen.language, saying(seen.language, "wrong_form"))
            except InvalidName as error:
                wrong = words(seen.language)["wrong_name"].format(most=LONGEST_NAME)
                return Page(422, seen.language, asking(seen.language, seen.breach, error.typed, wrong))
            self.take(acknowledgement_of(seen.fact_id, by, self.now, claimed=True, via="link"))
            seen = self._look(token)
        return Page(_STATUS_USED.get(seen.what, 200), seen.language, seen.html)

    def unavailable(self) -> Page:
        """What is said where the record can't be had."""
        language = language_for(None, self.accepted)
        return Page(503, language, saying(language, "later"))

    def _look(self, token: str) -> _Seen:
        link = self.links.find(token)
        language = language_for(link.language if link else None, self.accepted)
        if link is None:
            return _Seen("unknown", language, saying(language, "unknown"))
        if link.expires_at <= self.now:
            at = shown(link.expires_at, "UTC", catalogue(language))
            return _Seen("expired", language, saying(language, "expired", at=at))
        return self._as_it_stands(link, language)

    def _as_it_stands(self, link: Link, language: str) -> _Seen:
        fact_id = public_id(link.subject, link.key)
        try:
            fact, stands = telling(self.tickets, fact_id)
        except UnknownFact:
            stands = None
        if stands is None:
            return _Seen("gone", language, saying(language, "gone"))
        breach = _breach(fact)
        if stands.corrected:
            return _Seen("withdrawn", language, saying(language, "withdrawn", breach))
        if stands.ended:
            at = shown(stands.ended.at, breach.timezone, catalogue(language))
            return _Seen("ended", language, saying(language, "ended", breach, at=at))
        if stands.acknowledged:
            return _Seen("taken", language, _taken(stands.acknowledged, language, breach))
        return _Seen("waits", language, asking(language, breach), fact_id, breach)


def _taken(taken: Fact, language: str, breach: Breach) -> str:
    """Who has it, since when; of a caller whom AWS knows, the name alone."""
    by, claimed = str(taken.details["by"]), bool(taken.details.get("claimed"))
    if claimed and by == SOMEBODY:
        by, claimed = catalogue(language).texts["by.somebody"], False
    elif not claimed and by.startswith("arn:"):
        by = by.rpartition("/")[2]
    at = shown(taken.at, breach.timezone, catalogue(language))
    return saying(language, "taken", breach, claimed=claimed, at=at, by=by)


def _breach(fact: Fact) -> Breach:
    return Breach(
        ticket_id=fact.ticket_id,
        target=fact.target,
        agreement=f"{fact.agreement} {fact.agreement_version}",
        due_at=fact.due_at,
        level=fact.details.get("level"),
        timezone=str(fact.details.get("timezone") or "UTC"),
    )
