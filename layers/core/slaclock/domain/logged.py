"""Inputs as a ticket's log keeps them, each by its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.acknowledgement import acknowledgement_from_json, acknowledgement_to_json
from slaclock.domain.case_entry import CaseEntry, case_entry_to_json, logged_entry
from slaclock.domain.ending import Ending, ending_from_json, ending_to_json
from slaclock.domain.events import TicketEvent, event_to_json, logged_event
from slaclock.domain.exclusion import Exclusion, exclusion_from_json, exclusion_to_json
from slaclock.domain.hand_over import HandOver, hand_over_to_json, logged_hand_over

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.domain.inputs import Given

_READERS: Mapping[str, Callable[[Any], Given]] = {
    "acknowledgement/1": acknowledgement_from_json,
    "case/1": logged_entry,
    "ending/1": ending_from_json,
    "exclusion/1": exclusion_from_json,
    "handover/1": logged_hand_over,
    "ticket-event/1": logged_event,
}


def given_to_json(given: Given) -> dict[str, Any]:
    """Write an input as the log keeps it."""
    if isinstance(given, TicketEvent):
        return event_to_json(given)
    if isinstance(given, Exclusion):
        return exclusion_to_json(given)
    if isinstance(given, HandOver):
        return hand_over_to_json(given)
    if isinstance(given, CaseEntry):
        return case_entry_to_json(given)
    return ending_to_json(given) if isinstance(given, Ending) else acknowledgement_to_json(given)


def given_from_json(document: Mapping[str, Any]) -> Given:
    """Read an input of the log: what people typed was checked when it was taken, and is as it is."""
    return _READERS[document["schema"]](document)
