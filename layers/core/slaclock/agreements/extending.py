"""One agreement taking over another's members: where the other is found, and what is overridden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.drafts import Draft, read_draft
from slaclock.agreements.places import place_of
from slaclock.agreements.problems import suggest
from slaclock.agreements.tables import DEFAULT
from slaclock.domain.agreement import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slaclock.agreements.problems import Problems

_ITS_OWN = frozenset({"agreement", "title", "extends", "level"})
_BY_KEY = frozenset(
    {"parties", "effective", "applies_to", "calendars", "metrics", "audiences", "credits", "reports"}
)
_TABLES = frozenset({"budget", "calendar"})
_ENDINGS = (".yaml", ".yml")


class Library:
    """Agreements by id: those given together, else the file named after the id beside the one that asks."""

    def __init__(self, given: Iterable[Draft] = ()) -> None:
        self._given: dict[str, Draft] = {}
        for each in given:
            self._given.setdefault(each.id, each)
        self._read: dict[str, Draft] = {}

    def base_of(self, asking: Draft, chain: tuple[Draft, ...], problems: Problems) -> Draft | None:
        """Give what a document extends; what is wrong with that is told at its `extends`.

        `chain` are the documents on the way to it, the first one asked for first.
        """
        base = self._find(asking, problems)
        if base is None:
            return None
        if reason := self._refused(asking, base, chain):
            _tell(asking, problems, reason)
            return None
        return base

    def _find(self, asking: Draft, problems: Problems) -> Draft | None:
        wanted = asking.extends
        if wanted in self._given:
            return self._given[wanted]
        files = [asking.folder / f"{wanted}{ending}" for ending in _ENDINGS] if asking.folder else []
        path = next((each for each in files if each.is_file()), None)
        if path is None:
            close = suggest(wanted, self._given)
            hint = f": {close}" if close.startswith("did") else ""
            beside = f", and there is no {wanted}.yaml beside this one" if asking.folder else ""
            _tell(asking, problems, f"no document given has the id {wanted!r}{beside}{hint}")
            return None
        found = self._read.get(str(path)) or read_draft(path)
        self._read[str(path)] = found
        if found.id != wanted:
            _tell(asking, problems, f"{path} has the id {found.id!r}, not {wanted!r}")
            return None
        return found

    def _refused(self, asking: Draft, base: Draft, chain: tuple[Draft, ...]) -> str:
        """Say why this base cannot be extended by that document; empty where it can."""
        if base.id in (each.id for each in chain):
            return f"{' extends '.join([*(each.id for each in chain), base.id])}: this has no end"
        own, its = _level(asking), _level(base)
        if self._comes_back(base, chain):
            return f"{base.id!r} extends {asking.id!r} in its turn: this has no end"
        if LEVELS.index(its) >= LEVELS.index(own):
            return f"{base.id!r} is of level {its} and this of level {own}: a base is more general than this"
        kind, its_kind = asking.values.get("kind"), base.values.get("kind", "customer")
        if kind and kind != its_kind:
            return f"{base.id!r} is of kind {its_kind} and this of kind {kind}: a base is of the same kind"
        return ""

    def _comes_back(self, base: Draft, chain: tuple[Draft, ...]) -> bool:
        names = {each.id for each in chain}
        for _ in LEVELS:
            if base.extends in names:
                return True
            if base.extends not in self._given:
                return False
            base = self._given[base.extends]
        return False


def _level(document: Draft) -> str:
    return document.values.get("level") or "customer"


def _tell(asking: Draft, problems: Problems, reason: str) -> None:
    problems.add(place_of(asking.root, ("extends",)), reason)


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Give the members of a document over those of its base; only what it names is overridden."""
    values = {member: value for member, value in base.items() if member not in _ITS_OWN}
    for member, value in own.items():
        before = values.get(member)
        if member in _BY_KEY and isinstance(before, dict) and isinstance(value, dict):
            values[member] = {**before, **value}
        elif member == "targets" and isinstance(before, dict) and isinstance(value, dict):
            values[member] = {
                **before,
                **{name: _over(before.get(name), each) for name, each in value.items()},
            }
        else:
            values[member] = value
    return values


def _over(base: Any, own: Any) -> Any:
    """Put one target, or its goal, over that of the base, member by member."""
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    values = dict(base)
    for member, value in own.items():
        before = values.get(member)
        values[member] = (
            _over_table(before, value)
            if member in _TABLES
            else (_over(before, value) if member == "goal" else value)
        )
    return values


def _over_table(base: Any, own: Any) -> Any:
    """Put one table over another by the same member, or over one value for all, which is its default then.

    Anything else replaces it.
    """
    if not isinstance(own, dict) or base is None:
        return own
    if not isinstance(base, dict):
        return {"by": own["by"], "entries": {**own["entries"], DEFAULT: own["entries"].get(DEFAULT, base)}}
    if base["by"] == own["by"]:
        return {"by": own["by"], "entries": {**base["entries"], **own["entries"]}}
    return own
