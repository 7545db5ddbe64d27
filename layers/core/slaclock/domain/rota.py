"""Rotas: an audience that is another one by the hour, as the calendars of its agreement say."""

from typing import NamedTuple

TEAM, ASSIGNEE, LEGAL, CUSTOMER = "team", "assignee", "legal", "customer"
# The audiences that have a meaning of their own; no rota stands in for them.
BUILT_IN = (TEAM, ASSIGNEE, LEGAL, CUSTOMER)


class Shift(NamedTuple):
    """One entry of a rota: who is told while a calendar is open; without one, whenever no other entry is."""

    notify: str
    during: str | None = None
