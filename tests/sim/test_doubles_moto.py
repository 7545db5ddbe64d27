"""The double of DynamoDB beside moto: where they agree, and where moto is lax or wrong.

A line of `LAX` that fails says that moto has become stricter, and may go.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from moto import mock_aws

from tests.sim.dynamo.calls import (
    ABSENT,
    PK,
    SK,
    Call,
    batch,
    condition,
    delete,
    get,
    item,
    number,
    put,
    query,
    scan,
    text,
    transact,
    update,
)
from tests.sim.dynamodb import DynamoDouble
from tests.store.tables import ENVIRONMENT, REGION, definitions

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
X, XY = {"#0": "x"}, {"#0": "x", "#1": "y"}
DUE = {"#0": "due_shard"}
ALIKE = {
    "a name too many": put(item(), **condition("attribute_not_exists (#0)", SK)),
    "no values": put(item(), **ABSENT, ExpressionAttributeValues={}),
    "an empty key": put(item("")),
    "a key that is a number": put({"pk": number(1), "sk": text("1")}),
    "half a key": put({"pk": text("a")}),
    "a key too long": put(item("x" * 2049)),
    "a sort key too long": put(item(sk="x" * 1025)),
    "an empty key of an index": put(item(due_at=text(""))),
    "too large an item": put(item(state=text("x" * 409_600))),
    "a number that is none": put(item(x=number("many"))),
    "more than a key": get(item(x=text("1"))),
    "a table that is not there": ("GetItem", {"TableName": "Elsewhere", "Key": item()}),
    "a consistent read of an index": query("#0 = :0", DUE, text("1"), IndexName="due", ConsistentRead=True),
    "a query without a partition": query("#0 = :0", {"#0": "sk"}, text("1")),
    "a query for an empty key": query("#0 = :0", PK, text("")),
    "a key twice in a batch": batch(item(), item()),
    "a batch of more than a hundred": batch(*(item(sk=str(each)) for each in range(101))),
    "a transaction of more than a hundred": transact(*(put(item(sk=str(each))) for each in range(101))),
    "an item twice in a transaction": transact(put(item()), delete(item())),
    "an update of the key": update("SET #0 = :0", {"#0": "sk"}, text("2")),
    "an attribute updated twice": update("SET #0 = :0, #0 = :1", X, number(1), number(2)),
    "a text that is added": update("ADD #0 :0", X, text("1")),
    "a condition that fails": put(item(), **condition("attribute_exists (#0)", PK)),
    "a transaction whose condition fails": transact(put(item(), **condition("attribute_exists (#0)", PK))),
}
LAX = {
    "a value too many": put(item(), **condition("attribute_not_exists (#0)", PK, text("a"))),
    "a number as an index's key": put(item(due_at=number(1))),
    "an update to an empty key of an index": update("SET #0 = :0", {"#0": "due_at"}, text("")),
    "a number of 39 digits": put(item(x=number("1" * 39))),
    "a value of two types": put(item(x={"N": "1", "S": "1"})),
    "an attribute without a name": put({**item(), "": text("1")}),
    "too long a key to look for": get(item("x" * 2049)),
    "a query for too long a key": query("#0 = :0", PK, text("x" * 2049)),
    "a query for a number": query("#0 = :0", PK, number(1)),
    "a span the wrong way round": query("#0 = :0 AND #1 BETWEEN :1 AND :2", SK, *map(text, "acb")),
    "a query of two spans": query("#0 = :0 AND #1 > :0 AND #1 < :0", SK, text("1")),
    "a query that filters by its key": query("#0 = :0", SK, text("a"), FilterExpression="#1 = :0"),
    "a limit of nothing": query("#0 = :0", PK, text("a"), Limit=0),
    "a start elsewhere": query("#0 = :0", PK, text("a"), ExclusiveStartKey=item("b")),
    "what an index does not show": query(
        "#0 = :0", {**DUE, "#1": "state"}, text("1"), IndexName="due", ProjectionExpression="#1"
    ),
    "a transaction of nothing": transact(),
    "a transaction of more than 4 MB": transact(
        *(put(item(sk=f"{each:02}", state=text("x" * 400_000))) for each in range(11))
    ),
    "a token of 37": transact(put(item()), ClientRequestToken="x" * 37),
}


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of moto, over the tables of the template; as PynamoDB's, it checks no parameters."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client: Any = Session().create_client("dynamodb", REGION, config=Config(parameter_validation=False))
        for name, definition in definitions().items():
            client.create_table(TableName=name, **definition)
        yield client


@pytest.fixture
def double() -> DynamoDouble:
    return DynamoDouble(lambda: NOW)


def answer(ask: Any, call: Call) -> Any:
    """What a call gives: its parts that say something, or the code of its refusal, with all its reasons."""
    name, asked = call
    try:
        given: Mapping[str, Any] = ask(name, asked)
    except ClientError as error:
        response: Any = error.response
        return response["Error"]["Code"], [each["Code"] for each in response.get("CancellationReasons", ())]
    told = {
        part: given[part] for part in ("Item", "Count", "ScannedCount", "LastEvaluatedKey") if part in given
    }
    items = [*given.get("Items", ()), *given.get("Responses", {}).get("Tickets", ())]
    return {**told, "items": sorted(items, key=str) if name in ("Scan", "BatchGetItem") else items}


@pytest.mark.parametrize("call", ALIKE.values(), ids=ALIKE.keys())
def test_moto_and_the_double_refuse_alike(moto: Any, double: DynamoDouble, call: Call) -> None:
    """With the same code, for the same reasons."""
    refusal = answer(double.call, call)
    assert isinstance(refusal, tuple)
    assert answer(moto._make_api_call, call) == refusal  # noqa: SLF001  (as PynamoDB calls it)


@pytest.mark.parametrize("call", LAX.values(), ids=LAX.keys())
def test_the_double_refuses_what_moto_takes(moto: Any, double: DynamoDouble, call: Call) -> None:
    """DynamoDB refuses it."""
    assert answer(double.call, call) == ("ValidationException", [])
    assert isinstance(answer(moto._make_api_call, call), dict)  # noqa: SLF001


def test_moto_forgets_the_token_of_a_transaction(moto: Any, double: DynamoDouble) -> None:
    """DynamoDB answers as before; moto takes the second try for somebody else's."""
    call = transact(put(item(), **ABSENT), ClientRequestToken="t-1")
    first, second = ([answer(ask, call) for _ in range(2)] for ask in (double.call, moto._make_api_call))  # noqa: SLF001
    assert first == [{"items": []}, {"items": []}]
    assert second == [{"items": []}, ("TransactionCanceledException", ["ConditionalCheckFailed"])]


def test_moto_refuses_a_whole_transaction_where_one_item_can_not_be(moto: Any, double: DynamoDouble) -> None:
    """DynamoDB says which one, among the reasons."""
    call = transact(put(item()), put(item(sk="")))
    assert answer(double.call, call) == ("TransactionCanceledException", ["None", "ValidationError"])
    assert answer(moto._make_api_call, call) == ("ValidationException", [])  # noqa: SLF001


@pytest.mark.parametrize("seed", range(4))
def test_moto_and_the_double_answer_alike_whatever_is_done(
    moto: Any, double: DynamoDouble, seed: int
) -> None:
    """A hundred calls by chance, on a few items: every answer is the same, and so is what is stored."""
    chance = random.Random(seed)
    for _ in range(100):
        call = _by_chance(chance)
        assert answer(moto._make_api_call, call) == answer(double.call, call), call  # noqa: SLF001
    stored = answer(moto._make_api_call, scan())["items"]  # noqa: SLF001
    assert stored == sorted(double.items("Tickets"), key=str)
    assert stored


def _by_chance(chance: random.Random) -> Call:
    kinds = [_write, _write, _transaction, _read, _index]
    return chance.choice(kinds)(chance)


def _key(chance: random.Random) -> dict[str, Any]:
    return item(chance.choice("ab"), chance.choice("1234"))


def _members(chance: random.Random) -> dict[str, Any]:
    members = {"x": number(chance.randrange(3)), "y": text(chance.choice(["", "p", "pq"]))}
    if chance.random() < 0.6:
        members |= {"due_shard": text(chance.choice("st")), "due_at": text(chance.choice("5678"))}
    return members


def _write(chance: random.Random) -> Call:
    key = _key(chance)
    return chance.choice(
        [
            put({**key, **_members(chance)}),
            put({**key, **_members(chance)}, **ABSENT),
            put({**key, **_members(chance)}, **condition("#0 = :0", X, number(chance.randrange(3)))),
            delete(key),
            delete(key, **condition("(#0 >= :0 AND begins_with (#1, :1))", XY, number(1), text("p"))),
            update("ADD #0 :0", X, number(1), key=key),
            update("SET #0 = :0 REMOVE #1", {"#0": "y", "#1": "due_at"}, text("z"), key=key),
            update("SET #0 = if_not_exists (#0, :0) + :0", X, number(1), key=key),
        ]
    )


def _transaction(chance: random.Random) -> Call:
    several = [_write(chance) for _ in range(chance.randint(1, 3))]
    by_item = {
        str(asked.get("Key") or item(asked["Item"]["pk"]["S"], asked["Item"]["sk"]["S"])): (name, asked)
        for name, asked in several
    }
    return transact(*by_item.values())


def _read(chance: random.Random) -> Call:
    pk, sk = text(chance.choice("ab")), text(chance.choice("1234"))
    return chance.choice(
        [
            get(_key(chance), ConsistentRead=True),
            batch(*(item(chance.choice("ab"), each) for each in "123"), ConsistentRead=True),
            query("#0 = :0", PK, pk, ConsistentRead=True),
            query("(#0 = :0 AND #1 < :1)", SK, pk, sk),
            query("(#0 = :0 AND #1 BETWEEN :1 AND :2)", SK, pk, text("2"), text("3")),
            query("#0 = :0", {**PK, "#1": "x"}, pk, number(1), FilterExpression="#1 = :1"),
            scan(
                FilterExpression="contains (#0, :0)",
                ExpressionAttributeNames={"#0": "y"},
                ExpressionAttributeValues={":0": text("q")},
            ),
        ]
    )


def _index(chance: random.Random) -> Call:
    shard, at = text(chance.choice("st")), text(chance.choice("5678"))
    return query("(#0 = :0 AND #1 >= :1)", {**DUE, "#1": "due_at"}, shard, at, IndexName="due")
