"""Writes: `PutItem`, `DeleteItem`, `UpdateItem`, `TransactWriteItems`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.sim.dynamo.changes import Change, Key
from tests.sim.dynamo.parsing import parse_condition
from tests.sim.dynamo.scope import scope_of
from tests.sim.dynamo.tables import Table
from tests.sim.dynamo.updates import updated
from tests.sim.dynamo.values import Invalid, Item, Unfit, size_of, stored
from tests.sim.misuse import Refuse

_MOST_ACTIONS = 100
_MOST_BYTES = 4_194_304  # of a transaction's items
_REMEMBERED = timedelta(minutes=10)  # for so long a transaction's token is known
Asked = Mapping[str, Any]
FAILED = "The conditional request failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action would make of its item, if its condition holds."""

    table: Table
    key: Key
    old: Item | None
    new: Item | None
    allowed: bool
    size: int


class Writer:
    """Writes tables, and keeps the changes in their order."""

    def __init__(self, tables: Mapping[str, Table], now: Callable[[], datetime]) -> None:
        self._tables, self._now = tables, now
        self.changes: list[Change] = []
        self._transactions = 0
        self._tokens: dict[str, tuple[datetime, Asked]] = {}

    def put(self, asked: Asked, refuse: Refuse) -> dict[str, Any]:
        """`PutItem`."""
        return self._alone("Put", asked, refuse)

    def delete(self, asked: Asked, refuse: Refuse) -> dict[str, Any]:
        """`DeleteItem`: of what is not there, too."""
        return self._alone("Delete", asked, refuse)

    def update(self, asked: Asked, refuse: Refuse) -> dict[str, Any]:
        """`UpdateItem`: what is not there is made."""
        return self._alone("Update", asked, refuse)

    def transact(self, asked: Asked, refuse: Refuse) -> dict[str, Any]:
        """`TransactWriteItems`: all, or nothing and the reasons, in the order of the actions."""
        if self._known(asked, refuse):
            return {}
        actions = asked["TransactItems"]
        if not 1 <= len(actions) <= _MOST_ACTIONS:
            raise Invalid(f"transactItems must have length from 1 to {_MOST_ACTIONS}")
        found = [self._tried(action) for action in actions]
        self._check_whole(found)
        reasons = [_reason(each) for each in found]
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            said = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            raise refuse("TransactionCanceledException", said, CancellationReasons=reasons)
        self._apply([outcome for _, outcome in found if isinstance(outcome, Outcome)])
        if token := asked.get("ClientRequestToken"):
            self._tokens[token] = self._now(), asked
        return {}

    def _alone(self, word: str, asked: Asked, refuse: Refuse) -> dict[str, Any]:
        table = self._tables[asked["TableName"]]
        outcome = _outcome(word, asked, table, _key(word, asked, table))
        if not outcome.allowed:
            raise refuse("ConditionalCheckFailedException", FAILED)
        self._apply([outcome])
        return {}

    def _apply(self, outcomes: list[Outcome]) -> None:
        self._transactions += 1
        for each in outcomes:
            if change := each.table.put(each.key, each.new, self._transactions, len(self.changes)):
                self.changes.append(change)

    def _tried(self, action: Mapping[str, Asked]) -> tuple[tuple[str, Key] | None, Outcome | Unfit]:
        """What one action of a transaction would do, or why it is refused; and the item that it is about."""
        if len(action) != 1:
            raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        ((word, asked),) = action.items()
        about, table = None, self._tables[asked["TableName"]]
        try:
            key = _key(word, asked, table)
            about = table.name, key
            return about, _outcome(word, asked, table, key)
        except Unfit as reason:
            return about, reason

    def _check_whole(self, found: list[tuple[tuple[str, Key] | None, Outcome | Unfit]]) -> None:
        abouts = [about for about, _ in found if about]
        if len(set(abouts)) < len(abouts):
            raise Invalid("Transaction request cannot include multiple operations on one item")
        if sum(each.size for _, each in found if isinstance(each, Outcome)) > _MOST_BYTES:
            raise Invalid(f"Collection of items exceeds the limit of {_MOST_BYTES} bytes")

    def _known(self, asked: Asked, refuse: Refuse) -> bool:
        """Whether this transaction took effect already, under the same token and not too long ago."""
        token, now = asked.get("ClientRequestToken"), self._now()
        if token is None:
            return False
        if not 1 <= len(token) <= 36:
            raise Invalid("clientRequestToken must have length from 1 to 36")
        while self._tokens and now - next(iter(self._tokens.values()))[0] > _REMEMBERED:
            del self._tokens[next(iter(self._tokens))]
        if token not in self._tokens:
            return False
        if self._tokens[token][1] != asked:
            said = "The provided client token was already used with different parameters"
            raise refuse("IdempotentParameterMismatchException", said)
        return True


def _key(word: str, asked: Asked, table: Table) -> Key:
    return table.key_of(asked["Item"]) if word == "Put" else table.key_of(asked["Key"], whole=True)


def _outcome(word: str, asked: Asked, table: Table, key: Key) -> Outcome:
    expressions = [asked[name] for name in ("ConditionExpression", "UpdateExpression") if name in asked]
    scope, old = scope_of(asked, *expressions), table.items.get(key)
    condition = parse_condition(asked["ConditionExpression"]) if "ConditionExpression" in asked else None
    allowed = condition is None or condition.holds(old or {}, scope)
    if word == "Put":
        new, size = stored(asked["Item"])
    elif word == "Update" and allowed:
        base = old or {name: {"S": part} for name, part in zip(table.key, key, strict=True)}
        new, size = stored(updated(asked["UpdateExpression"], base, scope, table.key))
    else:
        return Outcome(table, key, old, None if word == "Delete" else old, allowed, size_of(old or {}))
    table.check(new)
    return Outcome(table, key, old, new, allowed, size)


def _reason(found: tuple[Any, Outcome | Unfit]) -> dict[str, str]:
    outcome = found[1]
    if isinstance(outcome, Unfit):
        return {"Code": "ValidationError", "Message": str(outcome)}
    return {"Code": "None"} if outcome.allowed else {"Code": "ConditionalCheckFailed", "Message": FAILED}
