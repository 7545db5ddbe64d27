"""Messages that SNS could not deliver: what they told of is told again, to the same topic, as it reads now.

A message is kept as it was to be delivered: in SNS's envelope, or, where a subscription wants it raw, bare;
then its topic follows from the audience that it names. The text itself is not sent again: it is that of a
single protocol, and the topic's other subscribers read others. Reminders that were told together are told
together again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed
from slaclock.cli.redrive_letters import InvalidLetter, Outcome
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import Fact, split_id, subject_key
from slaclock.notices import audiences_of
from slaclock.notices.identity import customers_id, name_in
from slaclock.notices.storm import GATHERED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from slaclock.cli.redrive_letters import Letter
    from slaclock.wiring import Wiring


_CUSTOMERS = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Notice:
    """Facts of one message, each with its subject, and the audience that did not hear of them."""

    told: tuple[tuple[str, Fact], ...]
    audience: str

    def __str__(self) -> str:
        if len(self.told) > 1:
            return f"{len(self.told)} reminders to {self.audience}"
        ((subject, fact),) = self.told
        return f"{fact.fact} of {deployed.named(subject)} to {self.audience}"


def notices(wiring: Wiring, letters: Iterable[Letter], args: argparse.Namespace) -> Iterator[Outcome]:
    """Tell again, once a run; everybody who hears it twice knows it by its `notification_id`."""
    told: set[Any] = set()
    for letter in letters:
        try:
            notice = _notice(wiring, letter)
            what = (frozenset(fact.id for _, fact in notice.told), notice.audience)
            yield Outcome(letter, f"{notice}: {'is told' if what in told else _tell(wiring, notice, args)}")
            told.add(what)
        except Exception as error:  # noqa: BLE001  (named; it must not stop the others)
            known = isinstance(error, SlaError)
            yield Outcome(letter, str(error) if known else f"{type(error).__name__}: {error}", done=False)


def _tell(wiring: Wiring, notice: Notice, args: argparse.Namespace) -> str:
    if args.dry_run:
        return "would be told again"
    return "told again" if _again(wiring, notice) else "nothing to say any more"


def _again(wiring: Wiring, notice: Notice) -> bool:
    if len(notice.told) == 1:
        ((subject, fact),) = notice.told
        return wiring.announcer.repeat(subject, fact, notice.audience)
    gathered = wiring.gathering.repeat(notice.told, notice.audience)
    for error in gathered.failed.values():
        raise error
    return gathered.reminders > 0


def _notice(wiring: Wiring, letter: Letter) -> Notice:
    document = _object(letter.body)
    enveloped = document.get("Type") == "Notification"
    inner = _object(document.get("Message")) if enveloped else document
    named = _named(letter, document, inner)
    told = tuple(_fact(wiring, *each) for each in _ids(named, inner).items())
    if len(told) > 1 and any(fact.fact != "reminder_due" for _, fact in told):
        raise InvalidLetter("it lists what is no reminder")
    topic, sent = document.get("TopicArn") if enveloped else None, document.get("MessageId")
    audience = inner.get("audience") or _sent_to(wiring, *told[0], sent)
    shared = [audiences_of(fact) for _, fact in told]
    for each in shared[0]:
        if (
            all(each in those for those in shared)
            and audience in (None, each)
            and topic in (None, *wiring.announcer.topics(each))
        ):
            return Notice(told, each)
    raise InvalidLetter(f"this fact was not for {audience or topic}")


def _ids(named: str, inner: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The facts that a message told of, each with what says whose it is: its own, or those that it lists."""
    if not named.startswith("gathered-"):
        return {named: inner}
    listed = inner.get("reminders") if inner.get("fact") == GATHERED else None
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if not found or not all(isinstance(each.get("id"), str) for each in found):
        raise InvalidLetter("it tells of several reminders and names none: tell the people, then delete it")
    return {each["id"]: each for each in found}


def _sent_to(wiring: Wiring, subject: str, fact: Fact, message_id: str | None) -> str | None:
    """The audience that a message was for, as it was recorded when it was published."""
    found = (each for each in wiring.store.messages(subject) if each["fact_key"] == fact.key)
    return next((each["audience"] for each in found if each["message_id"] == message_id), None)


def _named(letter: Letter, document: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    """The `notification_id` that a message bears, in its attributes or its text."""
    attribute = (document.get("MessageAttributes") or {}).get("notification_id") or {}
    named = letter.attributes.get("notification_id") or attribute.get("Value") or name_in(inner)
    if not isinstance(named, str):
        raise InvalidLetter("it bears no notification_id")
    return named


def _fact(wiring: Wiring, named: str, about: Mapping[str, Any]) -> tuple[str, Fact]:
    """The fact of an id; a customer's says nothing of it, and is looked for among what their ticket told."""
    if _CUSTOMERS.fullmatch(named):
        account, ticket_id = about.get("account"), about.get("ticket_id")
        if not (isinstance(account, str) and isinstance(ticket_id, str)):
            raise InvalidLetter("it is a customer's and names no ticket: tell them, then delete it")
        subject = subject_key("ticket", account, ticket_id)
    else:
        subject = split_id(named)[0]
    facts = (each.fact for each in wiring.store.told(subject))
    told = next((each for each in facts if named in (each.id, customers_id(each.id))), None)
    if told is None:
        raise InvalidLetter("it tells of a fact that is not there")
    return subject, told


def _object(text: Any) -> Mapping[str, Any]:
    """A JSON object; an empty one where the text is none, such as a mail's."""
    try:
        document = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
