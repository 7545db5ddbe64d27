"""The double of DynamoDB: what it refuses, just inside and just outside each bound, and what it writes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
from tests.sim.dynamo.connection import DoubleConnection
from tests.sim.dynamodb import DynamoDouble
from tests.sim.misuse import Misuse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FULL = 409_600 - len("pk" + "a" + "sk" + "1" + "state")  # what an item's other attribute may have
X, XY = {"#0": "x"}, {"#0": "x", "#1": "y"}
DUE = {"#0": "due_shard"}


@pytest.fixture
def dynamo() -> DynamoDouble:
    return DynamoDouble(lambda: NOW)


def refused(dynamo: DynamoDouble, call: Call) -> dict[str, Any]:
    """A refusal: the response that botocore's error has."""
    with pytest.raises(ClientError) as caught:
        dynamo.call(*call)
    response: Any = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return dict(response)


def stored(dynamo: DynamoDouble, table: str = "Tickets") -> list[Any]:
    return dynamo.items(table)


TAKEN = {
    "a key of as many bytes as go": put(item("ø" * 1024, "ø" * 512)),
    "as large an item as goes": put(item(state=text("x" * FULL))),
    "an empty text that is no key": put(item(state=text(""))),
    "an index's keys of as many bytes as go": put(item(due_shard=text("x" * 2048), due_at=text("x" * 1024))),
    "a hundred keys": batch(*(item(sk=str(each)) for each in range(100))),
    "a hundred actions": transact(*(put(item(sk=str(each))) for each in range(100))),
    "a token of 36": transact(put(item()), ClientRequestToken="x" * 36),
    "a number of 38 digits": put(item(seq=number("9" * 38))),
    "the largest number": put(item(seq=number("9.99e125"))),
    "a limit of one": query("#0 = :0", PK, text("a"), Limit=1),
    "a span of one": query("#0 = :0 AND #1 BETWEEN :1 AND :2", SK, text("a"), text("b"), text("b")),
    "what an index shows": query(
        "#0 = :0", {**DUE, "#1": "pk"}, text("1"), IndexName="due", ProjectionExpression="#1"
    ),
    "a consistent read of a table": query("#0 = :0", PK, text("a"), ConsistentRead=True),
}
INVALID = {
    "a partition key of too many bytes": put(item("ø" * 1025)),
    "a sort key of too many bytes": put(item(sk="ø" * 513)),
    "an empty partition key": put(item("")),
    "an empty sort key": put(item(sk="")),
    "a key that is a number": put({"pk": number(1), "sk": text("1")}),
    "a key that is no value": put({"pk": "a", "sk": text("1")}),
    "no sort key": put({"pk": text("a")}),
    "an index's partition key of too many bytes": put(item(due_shard=text("x" * 2049))),
    "an index's sort key of too many bytes": put(item(due_at=text("x" * 1025))),
    "an empty key of an index": put(item(due_at=text(""))),
    "a number as an index's key": put(item(due_at=number(1))),
    "an update to an empty key of an index": update("SET #0 = :0", {"#0": "due_at"}, text("")),
    "too large an item": put(item(state=text("x" * (FULL + 1)))),
    "too large an item by its bytes": put(item(state=text("ø" * (FULL // 2 + 1)))),
    "an update to too large an item": update("SET #0 = :0", {"#0": "state"}, text("x" * (FULL + 1))),
    "an attribute without a name": put({**item(), "": text("1")}),
    "a number that is none": put(item(seq=number("many"))),
    "a number of 39 digits": put(item(seq=number("1" * 39))),
    "too large a number": put(item(seq=number("1e126"))),
    "a value of two types": put(item(seq={"N": "1", "S": "1"})),
    "a value of no type": put(item(seq={})),
    "a value of an unknown type": put(item(seq={"X": "1"})),
    "a number that is not written out": put(item(seq={"N": 1})),
    "a truth that is a text": put(item(moved={"BOOL": "true"})),
    "nothing that is something": put(item(moved={"NULL": False})),
    "more than a key": get(item(x=text("1"))),
    "less than a key": get({"pk": text("a")}),
    "no key": ("GetItem", {"TableName": "Tickets"}),
    "too long a key to look for": get(item("x" * 2049)),
    "a name too many": put(item(), **condition("attribute_not_exists (#0)", SK)),
    "a value too many": put(item(), **condition("attribute_not_exists (#0)", PK, text("a"))),
    "a name that is not said": put(item(), **condition("attribute_not_exists (#1)", PK)),
    "a value that is not said": put(item(), **condition("#0 = :0", PK)),
    "names of nothing": put(item(), ExpressionAttributeNames=PK),
    "no names": put(item(), ExpressionAttributeNames={}),
    "values of nothing": put(
        item(), **condition("attribute_not_exists (#0)", PK), ExpressionAttributeValues={}
    ),
    "a prefix that is a number": put(item(), **condition("begins_with (#0, :0)", PK, number(1))),
    "truths in an order": put(item(), **condition("#0 < :0", PK, {"BOOL": True})),
    "a span that ends before it begins": put(
        item(), **condition("#0 BETWEEN :0 AND :1", PK, text("b"), text("a"))
    ),
    "an update of the key": update("SET #0 = :0", {"#0": "sk"}, text("2")),
    "an attribute updated twice": update("SET #0 = :0, #0 = :1", X, number(1), number(2)),
    "a word of an update twice": update("SET #0 = :0 SET #1 = :0", XY, number(1)),
    "a text that is added": update("ADD #0 :0", X, text("1")),
    "a sum with what is not there": update("SET #0 = #1 + :0", XY, number(1)),
    "a consistent read of an index": query("#0 = :0", DUE, text("1"), IndexName="due", ConsistentRead=True),
    "an index that is not there": query("#0 = :0", PK, text("1"), IndexName="late"),
    "a query without a partition": query("#0 = :0", {"#0": "sk"}, text("1")),
    "a query of many partitions": query("#0 < :0", PK, text("1")),
    "a query of either": query("#0 = :0 OR #1 = :0", SK, text("1")),
    "a query of two spans": query("#0 = :0 AND #1 > :0 AND #1 < :0", SK, text("1")),
    "a query by what a key contains": query("#0 = :0 AND contains (#1, :0)", SK, text("1")),
    "a query by what a key is not": query("#0 = :0 AND #1 <> :0", SK, text("1")),
    "a query by no key": query("#0 = :0 AND #1 = :0", {"#0": "pk", "#1": "seq"}, text("1")),
    "a query for an empty key": query("#0 = :0", PK, text("")),
    "a query for an empty prefix": query("#0 = :0 AND begins_with (#1, :1)", SK, text("a"), text("")),
    "a query for a number": query("#0 = :0", PK, number(1)),
    "a query for too long a partition": query("#0 = :0", PK, text("x" * 2049)),
    "a query for too long a sort key": query("#0 = :0 AND #1 = :1", SK, text("a"), text("x" * 1025)),
    "a query for a span the wrong way round": query(
        "#0 = :0 AND #1 BETWEEN :1 AND :2", SK, text("a"), text("c"), text("b")
    ),
    "a query for nothing": query("#0 = :0", PK, text("a"), Limit=0),
    "a query that filters by its key": query("#0 = :0", SK, text("a"), FilterExpression="#1 = :0"),
    "a start in another partition": query("#0 = :0", PK, text("a"), ExclusiveStartKey=item("b")),
    "a start outside the span": query(
        "#0 = :0 AND #1 > :1", SK, text("a"), text("5"), ExclusiveStartKey=item(sk="4")
    ),
    "more than a key as a start": query("#0 = :0", PK, text("a"), ExclusiveStartKey=item(x=number(1))),
    "half a key as a start": query("#0 = :0", PK, text("a"), ExclusiveStartKey={"pk": text("a")}),
    "a start in an index without its keys": query(
        "#0 = :0", DUE, text("1"), IndexName="due", ExclusiveStartKey=item()
    ),
    "what an index does not show": query(
        "#0 = :0", {**DUE, "#1": "state"}, text("1"), IndexName="due", ProjectionExpression="#1"
    ),
    "an attribute shown twice": query("#0 = :0", SK, text("1"), ProjectionExpression="#1, #1"),
    "a key twice in a batch": batch(item(), item()),
    "a batch of more than a hundred": batch(*(item(sk=str(each)) for each in range(101))),
    "a batch of nothing": batch(),
    "a transaction of more than a hundred": transact(*(put(item(sk=str(each))) for each in range(101))),
    "a transaction of nothing": transact(),
    "an item twice in a transaction": transact(put(item()), delete(item())),
    "a transaction of more than 4 MB": transact(
        *(put(item(sk=f"{each:02}", state=text("x" * 400_000))) for each in range(11))
    ),
    "two actions in one": (
        "TransactWriteItems",
        {"TransactItems": [{"Put": put(item())[1], "Delete": delete(item(sk="2"))[1]}]},
    ),
    "a token of 37": transact(put(item()), ClientRequestToken="x" * 37),
    "a capacity of another kind": put(item(), ReturnConsumedCapacity="ALL"),
    "a flag that is a text": get(item(), ConsistentRead="true"),
}
MISUSED = {
    "an operation": ("BatchWriteItem", {"RequestItems": {}}),
    "a parameter": put(item(), ReturnValues="ALL_OLD"),
    "a parameter of an action": transact(put(item(), ReturnValuesOnConditionCheckFailure="ALL_OLD")),
    "an action": transact(get(item())),
    "a list": put(item(tags={"L": []})),
    "a set": put(item(tags={"SS": ["a"]})),
    "a function": put(item(), **condition("size (#0) > :0", PK, number(1))),
    "a list of values": put(item(), **condition("#0 IN (:0)", PK, text("a"))),
    "an attribute by its own name": put(item(), **condition("attribute_not_exists (pk)")),
    "a path": put(item(), **condition("attribute_not_exists (#0.#1)", SK)),
    "what comes behind an expression": put(item(), **condition("attribute_not_exists (#0) #0", PK)),
    "a character": put(item(), **condition("#0 = :0 && #0 = :0", PK, text("a"))),
    "an appended list": update("SET #0 = list_append (#0, :0)", X, number(1)),
    "a member taken out of a set": update("DELETE #0 :0", X, text("a")),
    "a count": query("#0 = :0", PK, text("a"), Select="COUNT"),
    "a scan of an index": scan(IndexName="due"),
    "half a character": put(item(state=text("\ud800"))),
}


@pytest.mark.parametrize("call", TAKEN.values(), ids=TAKEN.keys())
def test_what_aws_takes_is_taken(dynamo: DynamoDouble, call: Call) -> None:
    """Just inside each bound."""
    dynamo.call(*call)
    assert dynamo.misuses == []


@pytest.mark.parametrize("call", INVALID.values(), ids=INVALID.keys())
def test_what_aws_refuses_is_refused_and_changes_nothing(dynamo: DynamoDouble, call: Call) -> None:
    """Just outside each bound, with the code that nobody may take for a conflict."""
    assert refused(dynamo, call)["Error"]["Code"] == "ValidationException"
    assert (stored(dynamo), dynamo.changes, dynamo.misuses) == ([], [], [])


@pytest.mark.parametrize("call", MISUSED.values(), ids=MISUSED.keys())
def test_what_the_double_does_not_know_is_a_misuse(dynamo: DynamoDouble, call: Call) -> None:
    """It is never ignored, and is remembered, whoever catches the error."""
    with pytest.raises(Misuse) as caught:
        dynamo.call(*call)
    assert dynamo.misuses == [str(caught.value)]
    assert stored(dynamo) == []


@pytest.mark.parametrize(
    "call",
    [
        ("GetItem", {"TableName": "Elsewhere", "Key": item()}),
        ("Scan", {"TableName": "Elsewhere"}),
        ("DescribeTable", {"TableName": "Elsewhere"}),
        ("BatchGetItem", {"RequestItems": {"Elsewhere": {"Keys": [item()]}}}),
        transact(("PutItem", {"TableName": "Elsewhere", "Item": item()})),
    ],
)
def test_a_table_that_is_not_there_is_not_found(dynamo: DynamoDouble, call: Call) -> None:
    """By any operation, a transaction as a whole."""
    assert refused(dynamo, call)["Error"]["Code"] == "ResourceNotFoundException"


def test_the_tables_are_those_of_the_template(dynamo: DynamoDouble) -> None:
    """By their names there, with their keys and indexes."""
    assert dynamo.tables.keys() == {"Tickets", "Ledger", "Agreements", "Reports", "Accesses"}
    described = dynamo.call("DescribeTable", {"TableName": "Tickets"})["Table"]
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == [
        "due",
        "unannounced",
        "queue",
        "touched",
    ]


def test_what_is_put_is_got_until_it_is_deleted(dynamo: DynamoDouble) -> None:
    """A put replaces the whole item; deleting what is not there is done."""
    assert dynamo.call(*get(item())) == {}
    dynamo.call(*put(item(x=text("1"), y=number(1))))
    dynamo.call(*put(item(x=text("2"))))
    assert dynamo.call(*get(item())) == {"Item": item(x=text("2"))}
    for _ in range(2):
        assert dynamo.call(*delete(item())) == {}
    assert dynamo.call(*get(item())) == {}


def test_nobody_can_change_what_is_stored_from_outside(dynamo: DynamoDouble) -> None:
    """Neither who wrote it nor who read it."""
    mine = item(x=text("1"))
    dynamo.call(*put(mine))
    mine["x"]["S"] = "2"  # type: ignore[index]
    dynamo.call(*get(item()))["Item"]["x"]["S"] = "3"
    dynamo.changes[0].record(NOW)["dynamodb"]["NewImage"]["x"]["S"] = "4"
    shown = dynamo.call(*scan(ProjectionExpression="#0", ExpressionAttributeNames=X))
    shown["Items"][0]["x"]["S"] = "5"
    assert dynamo.call(*get(item())) == {"Item": item(x=text("1"))}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("1.0", "1"), ("-0", "0"), ("1e2", "100"), ("0.50", "0.5"), ("007", "7"), ("-3", "-3")],
)
def test_numbers_are_kept_in_their_shortest_form(dynamo: DynamoDouble, given: str, kept: str) -> None:
    """However they were written."""
    dynamo.call(*put(item(x=number(given))))
    assert dynamo.call(*get(item()))["Item"]["x"] == {"N": kept}


CONDITIONS = [
    ("attribute_exists (#0)", {"#0": "x"}, (), True),
    ("attribute_exists (#0)", {"#0": "z"}, (), False),
    ("attribute_not_exists (#0)", {"#0": "z"}, (), True),
    ("#0 = :0", X, (number("5.0"),), True),
    ("#0 = :0", X, (text("5"),), False),
    ("#0 = :0", {"#0": "z"}, (number(5),), False),
    ("#0 < :0", X, (number(10),), True),
    ("#0 < :0", {"#0": "y"}, (text("10"),), False),
    ("#0 >= :0", X, (number(5),), True),
    ("#0 > :0", X, (number(5),), False),
    ("#0 <= :0", {"#0": "z"}, (number(5),), False),
    ("#0 <> :0", X, (number(6),), True),
    ("#0 BETWEEN :0 AND :1", X, (number(5), number(5)), True),
    ("#0 BETWEEN :0 AND :1", X, (number(6), number(9)), False),
    ("begins_with (#0, :0)", {"#0": "y"}, (text("ab"),), True),
    ("begins_with (#0, :0)", {"#0": "y"}, (text("b"),), False),
    ("contains (#0, :0)", {"#0": "y"}, (text("bc"),), True),
    ("contains (#0, :0)", X, (text("5"),), False),
    ("(#0 = :0 AND #1 = :1)", XY, (number(5), text("abc")), True),
    ("(#0 = :0 AND #1 = :1)", XY, (number(5), text("x")), False),
    ("(#0 = :0 OR #1 = :1)", XY, (number(4), text("abc")), True),
    ("#0 = :0 OR #0 = :1 AND #1 = :0", XY, (number(5), number(4)), True),
    ("(#0 = :0 OR #0 = :1) AND #1 = :0", XY, (number(5), number(4)), False),
    ("(NOT #0 = :0)", X, (number(4),), True),
    ("NOT (#0 = :0)", X, (number(5),), False),
]


@pytest.mark.parametrize(("expression", "names", "values", "holds"), CONDITIONS)
def test_a_write_happens_where_its_condition_holds(
    dynamo: DynamoDouble, expression: str, names: dict[str, str], values: tuple[Any, ...], *, holds: bool
) -> None:
    """`x` is 5, `y` is abc, and there is no `z`."""
    dynamo.call(*put(item(x=number(5), y=text("abc"))))
    call = delete(item(), **condition(expression, names, *values))
    if holds:
        dynamo.call(*call)
    else:
        assert refused(dynamo, call)["Error"]["Code"] == "ConditionalCheckFailedException"
    assert len(stored(dynamo)) == (not holds)


def test_a_condition_on_what_an_item_lacks_is_open_to_doubt(dynamo: DynamoDouble) -> None:
    """Whether `<>` holds for it is not documented."""
    with pytest.raises(Misuse):
        dynamo.call(*put(item(), **condition("#0 <> :0", X, number(1))))


UPDATES = [
    ("SET #0 = :0", X, (text("a"),), {"x": text("a"), "y": number(2)}),
    ("SET #0 = #1", XY, (), {"x": number(2), "y": number(2)}),
    ("SET #0 = #0 + :0", X, (number(2),), {"x": number(7), "y": number(2)}),
    ("SET #0 = #0 - :0, #1 = #0", XY, (number("0.5"),), {"x": number("4.5"), "y": number(5)}),
    ("SET #0 = if_not_exists (#0, :0)", X, (number(1),), {"x": number(5), "y": number(2)}),
    (
        "SET #0 = if_not_exists (#0, :0) + :0",
        {"#0": "z"},
        (number(1),),
        {"x": number(5), "y": number(2), "z": number(2)},
    ),
    ("REMOVE #0", X, (), {"y": number(2)}),
    ("REMOVE #0", {"#0": "z"}, (), {"x": number(5), "y": number(2)}),
    ("ADD #0 :0", X, (number(-7),), {"x": number(-2), "y": number(2)}),
    ("ADD #0 :0", {"#0": "z"}, (number(1),), {"x": number(5), "y": number(2), "z": number(1)}),
    ("SET #0 = :0 REMOVE #1", XY, (number(1),), {"x": number(1)}),
]


@pytest.mark.parametrize(("expression", "names", "values", "after"), UPDATES)
def test_an_update_changes_what_it_names(
    dynamo: DynamoDouble,
    expression: str,
    names: dict[str, str],
    values: tuple[Any, ...],
    after: dict[str, Any],
) -> None:
    """All of it read before any of it is written; `x` is 5, `y` is 2."""
    dynamo.call(*put(item(x=number(5), y=number(2))))
    dynamo.call(*update(expression, names, *values))
    assert stored(dynamo) == [item(**after)]


def test_an_update_makes_what_is_not_there(dynamo: DynamoDouble) -> None:
    """Unless its condition says otherwise."""
    allowed = {
        **update("ADD #1 :0", {"#0": "pk", "#1": "x"}, number(1))[1],
        "ConditionExpression": "attribute_exists (#0)",
    }
    assert refused(dynamo, ("UpdateItem", allowed))["Error"]["Code"] == "ConditionalCheckFailedException"
    dynamo.call(*update("ADD #0 :0", X, number(1)))
    assert stored(dynamo) == [item(x=number(1))]


def test_an_update_that_may_not_be_made_is_not_worked_out(dynamo: DynamoDouble) -> None:
    """Its condition is why it is refused, whatever else would have been wrong."""
    dynamo.call(*put(item(x=text("1"))))
    asked = {**update("ADD #0 :0", X, number(1))[1], "ConditionExpression": "attribute_not_exists (#0)"}
    assert refused(dynamo, ("UpdateItem", asked))["Error"]["Code"] == "ConditionalCheckFailedException"


def test_a_transaction_writes_everything(dynamo: DynamoDouble) -> None:
    """Whatever its actions are; a check writes nothing."""
    dynamo.call(*put(item(sk="old")))
    dynamo.call(*put(item(sk="kept")))
    check = (
        "ConditionCheck",
        {"TableName": "Tickets", "Key": item(sk="kept"), **condition("attribute_exists (#0)", PK)},
    )
    dynamo.call(
        *transact(
            check, delete(item(sk="old")), put(item(sk="new"), **ABSENT), update("ADD #0 :0", X, number(1))
        )
    )
    assert [each["sk"]["S"] for each in stored(dynamo)] == ["1", "kept", "new"]


def test_a_transaction_writes_everything_or_nothing(dynamo: DynamoDouble) -> None:
    """The reasons come in the order of the actions as they were sent, one for each."""
    dynamo.call(*put(item(sk="1")))
    large = put(item(sk="4", state=text("x" * (FULL + 1))))
    calls = [put(item(sk="2"), **ABSENT), put(item(sk="1"), **ABSENT), delete(item(sk="3")), large]
    response = refused(dynamo, transact(*calls))
    assert response["Error"]["Code"] == "TransactionCanceledException"
    codes = [reason["Code"] for reason in response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed", "None", "ValidationError"]
    assert response["Error"]["Message"].endswith("[None, ConditionalCheckFailed, None, ValidationError]")
    assert "Message" not in response["CancellationReasons"][0]
    assert stored(dynamo) == [item(sk="1")]
    assert len(dynamo.changes) == 1


@pytest.mark.parametrize(
    "call",
    [put(item("")), put(item(due_at=text(""))), put({"pk": text("a")}), delete(item(x=text("1")))],
)
def test_an_item_that_can_not_be_is_the_reason_of_its_action(dynamo: DynamoDouble, call: Call) -> None:
    """So one bad item cancels the others."""
    reasons = refused(dynamo, transact(put(item(sk="other")), call))["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ValidationError"]
    assert stored(dynamo) == []


class Clock:
    """AWS's time, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.mark.parametrize(("minutes", "again"), [(0, False), (10, False), (10.01, True)])
def test_a_transaction_takes_effect_once_under_its_token(minutes: float, *, again: bool) -> None:
    """For ten minutes; the client that heard no answer is told that it was done."""
    clock = Clock()
    dynamo = DynamoDouble(lambda: clock.now)
    call = transact(update("ADD #0 :0", X, number(1)), ClientRequestToken="t-1")
    dynamo.call(*call)
    clock.now += timedelta(minutes=minutes)
    assert dynamo.call(*call) == {}
    assert stored(dynamo) == [item(x=number(2 if again else 1))]


def test_a_token_is_of_one_transaction(dynamo: DynamoDouble) -> None:
    """Another one under the same token is refused."""
    dynamo.call(*transact(put(item()), ClientRequestToken="t-1"))
    other = transact(put(item(x=number(1))), ClientRequestToken="t-1")
    assert refused(dynamo, other)["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_a_transaction_that_was_cancelled_leaves_its_token_free(dynamo: DynamoDouble) -> None:
    """It is judged anew."""
    dynamo.call(*put(item()))
    call = transact(put(item(), **ABSENT), ClientRequestToken="t-1")
    for _ in range(2):
        assert refused(dynamo, call)["Error"]["Code"] == "TransactionCanceledException"
    dynamo.call(*delete(item()))
    dynamo.call(*call)


def test_a_connection_gives_each_transaction_a_token(dynamo: DynamoDouble) -> None:
    """As botocore does: whoever sends a call again sends it under the same one, and the next has another."""
    sent: list[Any] = []

    def twice(name: str, asked: Any) -> Any:
        sent.append(asked["ClientRequestToken"])
        dynamo.call(name, asked)
        return dynamo.call(name, asked)

    connection = DoubleConnection(twice)
    for _ in range(2):
        connection.dispatch(*transact(update("ADD #0 :0", X, number(1))))
    assert stored(dynamo) == [item(x=number(2))]
    assert len(set(sent)) == 2


def test_every_change_of_an_item_has_its_record(dynamo: DynamoDouble) -> None:
    """Made, changed, taken out: with the images before and after."""
    dynamo.call(*put(item(x=number(1))))
    dynamo.call(*update("ADD #0 :0", X, number(1)))
    dynamo.call(*delete(item()))
    records = [change.record(NOW) for change in dynamo.changes]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    images = [[record["dynamodb"].get(name) for name in ("OldImage", "NewImage")] for record in records]
    one, two = item(x=number(1)), item(x=number(2))
    assert images == [[None, one], [one, two], [two, None]]
    assert {record["eventSource"] for record in records} == {"aws:dynamodb"}
    assert all(record["dynamodb"]["Keys"] == item() for record in records)


def test_what_changes_nothing_has_no_record(dynamo: DynamoDouble) -> None:
    """A put of what is there, an update to what is so, a deletion of what is gone, a transaction of these."""
    dynamo.call(*put(item(x=number(1))))
    same = [put(item(x=number("1.0"))), update("SET #0 = :0", X, number(1)), delete(item(sk="2"))]
    for call in same:
        dynamo.call(*call)
    dynamo.call(*transact(same[0], same[2]))
    assert len(dynamo.changes) == 1


def test_changes_of_one_transaction_share_its_number(dynamo: DynamoDouble) -> None:
    """So that they can be brought apart; their records do not tell, and come in growing order."""
    dynamo.call(*put(item(sk="0")))
    dynamo.call(*transact(put(item(sk="1")), put(item(sk="2"))))
    dynamo.call(*put(item(sk="3")))
    alone, first, second, last = [change.transaction for change in dynamo.changes]
    assert first == second
    assert len({alone, first, last}) == 3
    numbers = [change.sequence_number for change in dynamo.changes]
    assert all(number.isdigit() and len(number) >= 21 for number in numbers)
    assert sorted(numbers, key=int) == numbers


def test_sequence_numbers_do_not_sort_as_texts(dynamo: DynamoDouble) -> None:
    """AWS's have no fixed length."""
    for each in range(12):
        dynamo.call(*put(item(sk=str(each))))
    numbers = [change.sequence_number for change in dynamo.changes]
    assert sorted(numbers) != numbers
