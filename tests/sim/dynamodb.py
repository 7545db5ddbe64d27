"""DynamoDB, at the level of botocore's client: as strict as AWS, for the operations that the stores use.

Whatever else DynamoDB knows, an operation, a parameter, a type or a word of an expression, is a misuse here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from local.template import resources
from tests.sim.dynamo.changes import Change
from tests.sim.dynamo.parameters import check_parameters
from tests.sim.dynamo.queries import Queries
from tests.sim.dynamo.reading import Lag, Reader
from tests.sim.dynamo.tables import Table
from tests.sim.dynamo.values import Invalid, Item
from tests.sim.dynamo.writing import Writer
from tests.sim.misuse import Refuse, Strict, refuse


class DynamoDouble(Strict):
    """The tables of the template, by their logical names there, and all `changes` to them in their order.

    `now` is AWS's time. `lag` says how many of a table's last changes a read that is not consistent does not
    see yet; it is asked with the table's name and the index's, None for the table itself. `left_over` says
    how many keys of a batch are not answered yet, and is asked with how many there are.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        lag: Lag = lambda _table, _index: 0,
        left_over: Callable[[int], int] = lambda _count: 0,
    ) -> None:
        super().__init__()
        self.tables = _Tables(
            {name: Table(name, definition) for name, definition in resources("AWS::DynamoDB::Table")}
        )
        reader, self.queries = Reader(self.tables, lag, left_over), Queries(self.tables, lag)
        self._writer = writer = Writer(self.tables, now)
        self._reads: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "GetItem": reader.get,
            "BatchGetItem": reader.batch,
            "DescribeTable": reader.describe,
            "Query": self.queries.query,
            "Scan": self.queries.scan,
        }
        self._writes: Mapping[str, Callable[[Mapping[str, Any], Refuse], dict[str, Any]]] = {
            "PutItem": writer.put,
            "DeleteItem": writer.delete,
            "UpdateItem": writer.update,
            "TransactWriteItems": writer.transact,
        }

    @property
    def changes(self) -> list[Change]:
        """Every change, in the order of the commits; those of one transaction share its number."""
        return self._writer.changes

    def items(self, table: str) -> list[Item]:
        """All items of a table, in the order of their keys; they may not be changed."""
        return [item for _, item in sorted(self.tables[table].items.items())]

    def call(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out an operation; what DynamoDB refuses is botocore's `ClientError`, with nothing changed."""
        error = refuse(operation)
        with self.watched():
            try:
                check_parameters(operation, asked)
                if operation in self._reads:
                    return self._reads[operation](asked)
                return self._writes[operation](asked, error)
            except Invalid as invalid:
                raise error("ValidationException", str(invalid)) from None
            except _MissingTable as missing:
                said = f"Requested resource not found: Table: {missing} not found"
                raise error("ResourceNotFoundException", said) from None


class _MissingTable(Exception):
    """There is no table of this name."""


class _Tables(dict[str, Table]):
    def __missing__(self, name: str) -> Table:
        raise _MissingTable(name)
