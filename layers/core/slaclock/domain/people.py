"""Who had to do with an event, by the helpdesk's own ids: known in memory only, and stored as pseudonyms."""

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """Ids as the helpdesk has them: of who did it, who wrote its comment, and who asked for help.

    They are never written anywhere: neither shown when the event is printed nor in its JSON.
    """

    actor: str | None = None
    author: str | None = None
    requester: str | None = None

    def __repr__(self) -> str:
        return "People(…)"

    def known(self) -> Iterator[tuple[str, str]]:
        """Yield each part that somebody is known for, with the id."""
        for each in fields(self):
            if identity := getattr(self, each.name):
                yield each.name, identity
