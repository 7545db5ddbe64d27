"""A connection's signing secrets, from Secrets Manager; they are nowhere else."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_KEPT = timedelta(seconds=60)


@dataclass(slots=True)
class Secrets:
    """Looks secrets up by reference, and keeps each for a minute, so that a rotation is seen soon."""

    client: Any
    now: Callable[[], datetime]
    _found: dict[str, tuple[datetime, Sequence[str]]] = field(default_factory=dict)

    def of(self, reference: str) -> Sequence[str]:
        """The secrets that may have signed: the current one, and while rotating the one before.

        The secret's text is the secret itself, or JSON: `{"current": "…", "previous": "…"}`.
        """
        kept = self._found.get(reference)
        if kept is None or self.now() - kept[0] >= _KEPT:
            text = self.client.get_secret_value(SecretId=reference)["SecretString"]
            kept = self._found[reference] = (self.now(), _parse(text))
        return kept[1]


def _parse(text: str) -> tuple[str, ...]:
    if not text.startswith("{"):
        return (text,)
    document = json.loads(text)
    return tuple(document[name] for name in ("current", "previous") if document.get(name))
