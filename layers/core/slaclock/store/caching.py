"""Agreements and connections, kept for a minute: they are asked for at every delivery and seldom change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from slaclock.domain.choosing import Agreements
    from slaclock.store.contract import AgreementStore

_KEPT = timedelta(seconds=60)
_MOST = 1000
_T = TypeVar("_T")


class CachedAgreements:
    """A view of an agreement store that asks it at most once a minute for the same thing."""

    def __init__(self, store: AgreementStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._kept: dict[tuple[str, str], tuple[datetime, Any]] = {}

    def agreements(self, account: str, needed: Iterable[tuple[str, int]] = ()) -> Agreements:
        """Every published version of an account's agreements; asked anew where a needed one is unknown."""
        found = self._keep(("account", account), lambda: self._ask(account))
        if found.knows(needed):
            return found
        self._kept.pop(("account", account))
        return self._keep(("account", account), lambda: self._ask(account))

    def _ask(self, account: str) -> Agreements:
        as_of = self._now()
        return replace(self._store.agreements(account), as_of=as_of)

    def connection(self, connection_id: str) -> Mapping[str, Any] | None:
        """A connection's record; that there is none is not kept."""
        return self._keep(("connection", connection_id), lambda: self._store.connection(connection_id))

    def _keep(self, key: tuple[str, str], ask: Callable[[], _T]) -> _T:
        now = self._now()
        kept = self._kept.get(key)
        if kept and now - kept[0] < _KEPT:
            return kept[1]  # type: ignore[no-any-return]
        value = ask()
        if value is not None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = (now, value)
        return value
