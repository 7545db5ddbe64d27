"""The double of DynamoDB: what its reads of many items find, page by page, and what they do not see yet."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sim.dynamo.calls import (
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
)
from tests.sim.dynamodb import DynamoDouble
from tests.sim.misuse import Misuse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DUE = {"#0": "due_shard"}


class Lag:
    """How much a read that is not consistent does not see, which a test says."""

    def __init__(self) -> None:
        self.changes, self.asked = 0, list[tuple[str, str | None]]()

    def __call__(self, table: str, index: str | None) -> int:
        self.asked.append((table, index))
        return self.changes


@pytest.fixture
def lag() -> Lag:
    return Lag()


@pytest.fixture
def dynamo(lag: Lag) -> DynamoDouble:
    return DynamoDouble(lambda: NOW, lag)


def found(dynamo: DynamoDouble, call: Call) -> list[str]:
    """The sort keys of what a call finds."""
    return [each["sk"]["S"] for each in dynamo.call(*call)["Items"]]


def pages(dynamo: DynamoDouble, call: Call) -> Iterator[dict[str, Any]]:
    """Every page of a query or scan."""
    name, asked = call
    while True:
        page = dynamo.call(name, asked)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        asked = {**asked, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def due(sk: str, at: str, shard: str = "1") -> Call:
    return put(item(sk=sk, due_shard=text(shard), due_at=text(at), state=text("x")))


@pytest.mark.parametrize(
    ("span", "values", "expected"),
    [
        ("", (), ["1", "2", "3", "30"]),
        (" AND #1 = :1", ("2",), ["2"]),
        (" AND #1 < :1", ("3",), ["1", "2"]),
        (" AND #1 <= :1", ("3",), ["1", "2", "3"]),
        (" AND #1 > :1", ("3",), ["30"]),
        (" AND #1 >= :1", ("3",), ["3", "30"]),
        (" AND #1 BETWEEN :1 AND :2", ("2", "3"), ["2", "3"]),
        (" AND begins_with (#1, :1)", ("3",), ["3", "30"]),
    ],
)
def test_a_query_finds_a_span_of_one_partition_in_order(
    dynamo: DynamoDouble, span: str, values: tuple[str, ...], expected: list[str]
) -> None:
    """In the order of the sort key's bytes, whatever the order of writing."""
    for sk in ("30", "2", "1", "3"):
        dynamo.call(*put(item(sk=sk)))
    dynamo.call(*put(item("b", "2")))
    names = SK if span else PK
    assert found(dynamo, query(f"(#0 = :0{span})", names, text("a"), *map(text, values))) == expected


def test_sort_keys_are_ordered_by_their_bytes(dynamo: DynamoDouble) -> None:
    """Capital letters first, and characters beyond the basic plane last."""
    for sk in ("\U0001f3ab", "ÿ", "\uffee", "a", "Z"):
        dynamo.call(*put(item(sk=sk)))
    assert found(dynamo, query("#0 = :0", PK, text("a"))) == ["Z", "a", "ÿ", "\uffee", "\U0001f3ab"]


def test_an_index_has_the_items_that_have_its_key(dynamo: DynamoDouble) -> None:
    """In the order of its own sort key, and it follows every change."""
    dynamo.call(*put(item(sk="none", due_at=text("1"))))
    for sk, at in (("a", "3"), ("b", "1"), ("c", "2")):
        dynamo.call(*due(sk, at))
    dynamo.call(*due("d", "0", shard="2"))
    everything = query("#0 = :0", DUE, text("1"), IndexName="due")
    assert found(dynamo, everything) == ["b", "c", "a"]
    dynamo.call(*due("b", "9"))
    dynamo.call(*delete(item(sk="c")))
    dynamo.call(*put(item(sk="a")))
    assert found(dynamo, everything) == ["b"]


@pytest.mark.parametrize(
    ("table", "index", "key", "shown"),
    [
        ("Tickets", "due", "due", {"pk", "sk", "due_shard", "due_at"}),
        ("Tickets", "queue", "queue", {"pk", "sk", "queue", "queue_order"}),
        ("Ledger", "breaches", "breach_month", {"pk", "sk", "breach_month", "due_order", "team", "body"}),
    ],
)
def test_an_index_shows_what_the_template_says(
    dynamo: DynamoDouble, table: str, index: str, key: str, shown: set[str]
) -> None:
    """Keys only, or all attributes."""
    hashed, ranged = {
        "due": ("due_shard", "due_at"),
        "queue": ("queue", "queue_order"),
        "breach_month": ("breach_month", "due_order"),
    }[key]
    written = {**item(team=text("x"), body=text("y")), hashed: text("1"), ranged: text("2")}
    dynamo.call("PutItem", {"TableName": table, "Item": written})
    _, asked = query("#0 = :0", {"#0": hashed}, text("1"), IndexName=index)
    (answer,) = dynamo.call("Query", {**asked, "TableName": table})["Items"]
    assert answer.keys() == shown


def test_a_limit_ends_a_page(dynamo: DynamoDouble) -> None:
    """With the last key read, also where nothing is left: nobody has looked further."""
    for sk in ("1", "2", "3", "4"):
        dynamo.call(*put(item(sk=sk)))
    read = list(pages(dynamo, query("#0 = :0", PK, text("a"), Limit=2)))
    assert [[each["sk"]["S"] for each in page["Items"]] for page in read] == [["1", "2"], ["3", "4"], []]
    assert [page.get("LastEvaluatedKey") for page in read] == [item(sk="2"), item(sk="4"), None]
    assert [(page["Count"], page["ScannedCount"]) for page in read] == [(2, 2), (2, 2), (0, 0)]


def test_a_query_backwards_begins_at_the_end(dynamo: DynamoDouble) -> None:
    """And its pages go on before the key that the last one ended with."""
    for sk in ("1", "2", "3"):
        dynamo.call(*put(item(sk=sk)))
    read = pages(dynamo, query("#0 = :0", PK, text("a"), Limit=2, ScanIndexForward=False))
    assert [[each["sk"]["S"] for each in page["Items"]] for page in read] == [["3", "2"], ["1"]]


def test_a_megabyte_ends_a_page(dynamo: DynamoDouble) -> None:
    """Of what is read, not of what is shown; each item comes once."""
    for number_ in range(6):
        dynamo.call(*put(item(sk=str(number_), state=text("x" * 400_000))))
    read = list(pages(dynamo, query("#0 = :0", SK, text("a"), ProjectionExpression="#1")))
    assert [[each["sk"]["S"] for each in page["Items"]] for page in read] == [
        ["0", "1"],
        ["2", "3"],
        ["4", "5"],
    ]


@pytest.mark.parametrize(("more", "count"), [(0, 4), (1, 3)])
def test_a_page_has_a_megabyte_and_not_a_byte_more(dynamo: DynamoDouble, more: int, count: int) -> None:
    """Names and keys are counted."""
    for sk, size in (("1", 262_144), ("2", 262_144), ("3", 262_144), ("4", 262_144 + more)):
        dynamo.call(*put(item(sk=sk, state=text("x" * (size - len("pkask1state"))))))
    assert dynamo.call(*query("#0 = :0", PK, text("a")))["Count"] == count


def test_a_page_of_an_index_goes_on_where_it_ended(dynamo: DynamoDouble) -> None:
    """Between items of the same sort key, too; and where the item it ended with has gone."""
    for sk in ("1", "2", "3", "4"):
        dynamo.call(*due(sk, "same"))
    call = query("#0 = :0", DUE, text("1"), IndexName="due", Limit=2)
    first = dynamo.call(*call)
    assert first["LastEvaluatedKey"] == item(sk="2", due_shard=text("1"), due_at=text("same"))
    dynamo.call(*delete(item(sk="2")))
    following = {**call[1], "ExclusiveStartKey": first["LastEvaluatedKey"]}
    assert found(dynamo, ("Query", following)) == ["3", "4"]


def test_a_filter_comes_after_the_reading(dynamo: DynamoDouble) -> None:
    """A page may be empty, and there is more nevertheless."""
    for sk in ("1", "2", "3"):
        dynamo.call(*put(item(sk=sk, x=number(sk))))
    names = {**PK, "#1": "x"}
    call = query("#0 = :0", names, text("a"), number(3), FilterExpression="#1 = :1", Limit=2)
    read = list(pages(dynamo, call))
    assert [(page["Count"], page["ScannedCount"]) for page in read] == [(0, 2), (1, 1)]


def test_a_scan_finds_everything_once(dynamo: DynamoDouble) -> None:
    """Partition by partition in no useful order, page by page."""
    wanted = {(pk, sk) for pk in map(str, range(20)) for sk in ("1", "2")}
    for pk, sk in wanted:
        dynamo.call(*put(item(pk, sk)))
    read = [each for page in pages(dynamo, scan(Limit=3)) for each in page["Items"]]
    keys = [(each["pk"]["S"], each["sk"]["S"]) for each in read]
    assert (len(keys), set(keys)) == (40, wanted)
    assert sorted(keys) != keys


def test_a_scan_filters_by_keys_and_shows_what_is_asked_for(dynamo: DynamoDouble) -> None:
    """As the store lists an account's tickets."""
    for pk, sk in (("t#acme#1", "TICKET"), ("t#acme#1", "FACT#1"), ("t#other#1", "TICKET")):
        dynamo.call(*put(item(pk, sk)))
    asked = condition(
        "(#0 = :0 AND contains (#1, :1))", {"#0": "sk", "#1": "pk"}, text("TICKET"), text("#acme#")
    )
    wanted = {"FilterExpression": asked.pop("ConditionExpression"), **asked, "ProjectionExpression": "#1"}
    page = dynamo.call(*scan(**wanted))
    assert (page["Items"], page["ScannedCount"]) == ([{"pk": text("t#acme#1")}], 3)


def test_a_batch_answers_in_no_order_that_was_asked_for(dynamo: DynamoDouble) -> None:
    """What is not there is left out."""
    for sk in ("1", "2"):
        dynamo.call(*put(item(sk=sk)))
    for keys in (["1", "2", "3"], ["3", "2", "1"]):
        answer = dynamo.call(*batch(*(item(sk=sk) for sk in keys), ConsistentRead=True))
        assert answer == {"Responses": {"Tickets": [item(sk="2"), item(sk="1")]}, "UnprocessedKeys": {}}


def test_a_batch_may_leave_keys_over(lag: Lag) -> None:
    """They are told as they were asked for, to be asked for again."""
    dynamo = DynamoDouble(lambda: NOW, lag, left_over=lambda count: count // 2)
    for sk in ("1", "2", "3"):
        dynamo.call(*put(item(sk=sk)))
    answer = dynamo.call(*batch(*(item(sk=sk) for sk in ("1", "2", "3")), ConsistentRead=True))
    assert answer["Responses"] == {"Tickets": [item(sk="3"), item(sk="2")]}
    assert answer["UnprocessedKeys"] == {"Tickets": {"Keys": [item(sk="1")], "ConsistentRead": True}}
    again = dynamo.call("BatchGetItem", {"RequestItems": answer["UnprocessedKeys"]})
    assert again == {"Responses": {"Tickets": [item(sk="1")]}, "UnprocessedKeys": {}}


def test_a_batch_that_answers_nothing_is_none(lag: Lag) -> None:
    """DynamoDB throttles it as a whole."""
    dynamo = DynamoDouble(lambda: NOW, lag, left_over=lambda count: count)
    with pytest.raises(Misuse):
        dynamo.call(*batch(item()))


def test_a_batch_of_more_than_16_mb_leaves_the_rest_over(dynamo: DynamoDouble) -> None:
    """As if it had been throttled."""
    keys = [item(sk=f"{each:02}") for each in range(42)]
    for key in keys:
        dynamo.call(*put({**key, "state": text("x" * 400_000)}))
    answer = dynamo.call(*batch(*keys))
    assert len(answer["Responses"]["Tickets"]) == 41
    assert answer["UnprocessedKeys"] == {"Tickets": {"Keys": [keys[0]]}}


def test_an_index_may_be_behind(dynamo: DynamoDouble, lag: Lag) -> None:
    """By so many changes of its table: what was made is missing, what was moved or taken out still there."""
    for sk, at in (("1", "1"), ("2", "2")):
        dynamo.call(*due(sk, at))
    dynamo.call(*due("2", "0"))
    dynamo.call(*delete(item(sk="1")))
    dynamo.call(*due("3", "3"))
    call = query("#0 = :0", DUE, text("1"), IndexName="due")
    seen = []
    for lag.changes in range(7):
        seen.append(found(dynamo, call))
    assert seen == [["2", "3"], ["2"], ["2", "1"], ["1", "2"], ["1"], [], []]
    assert set(lag.asked) == {("Tickets", "due")}


def test_a_read_of_the_table_may_be_behind_unless_it_is_consistent(dynamo: DynamoDouble, lag: Lag) -> None:
    """Whichever operation reads."""
    dynamo.call(*put(item()))
    lag.changes = 1
    reads: list[tuple[Call, str]] = [
        (get(item()), "Item"),
        (query("#0 = :0", PK, text("a")), "Items"),
        (scan(), "Items"),
    ]
    for (name, asked), part in reads:
        assert not dynamo.call(name, asked).get(part)
        assert dynamo.call(name, {**asked, "ConsistentRead": True}).get(part)
    assert dynamo.call(*batch(item()))["Responses"] == {"Tickets": []}
    assert dynamo.call(*batch(item(), ConsistentRead=True))["Responses"] == {"Tickets": [item()]}
    assert set(lag.asked) == {("Tickets", None)}


def test_no_write_looks_at_what_is_behind(dynamo: DynamoDouble, lag: Lag) -> None:
    """Conditions always see everything."""
    lag.changes = 5
    dynamo.call(*put(item()))
    dynamo.call(*transact(put(item(sk="2"), **condition("attribute_not_exists (#0)", PK))))
    dynamo.call(*delete(item(), **condition("attribute_exists (#0)", PK)))
    assert [each["sk"]["S"] for each in dynamo.items("Tickets")] == ["2"]
