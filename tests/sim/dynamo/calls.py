"""Calls of DynamoDB, as the tests of its double write them."""

from typing import Any

from tests.sim.dynamo.values import Item

Call = tuple[str, dict[str, Any]]
PK, SK = {"#0": "pk"}, {"#0": "pk", "#1": "sk"}


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: object) -> dict[str, str]:
    return {"N": str(value)}


def item(pk: str = "a", sk: str = "1", **members: Any) -> Item:
    """An item, or its key."""
    return {"pk": text(pk), "sk": text(sk), **members}


def condition(expression: str, names: dict[str, str] | None = None, *values: Any) -> dict[str, Any]:
    """A condition with its placeholders; the values are `:0`, `:1` and so on."""
    given = {f":{place}": value for place, value in enumerate(values)}
    return {
        "ConditionExpression": expression,
        **({"ExpressionAttributeNames": names} if names is not None else {}),
        **({"ExpressionAttributeValues": given} if given else {}),
    }


ABSENT = condition("attribute_not_exists (#0)", PK)


def put(what: Any, **members: Any) -> Call:
    return "PutItem", {"TableName": "Tickets", "Item": what, **members}


def get(key: Any, **members: Any) -> Call:
    return "GetItem", {"TableName": "Tickets", "Key": key, **members}


def delete(key: Any, **members: Any) -> Call:
    return "DeleteItem", {"TableName": "Tickets", "Key": key, **members}


def update(expression: str, names: dict[str, str], *values: Any, key: Any = None, **members: Any) -> Call:
    given = {f":{place}": value for place, value in enumerate(values)}
    placeholders = {
        "ExpressionAttributeNames": names,
        **({"ExpressionAttributeValues": given} if given else {}),
    }
    asked = {"Key": key or item(), "UpdateExpression": expression, **placeholders, **members}
    return "UpdateItem", {"TableName": "Tickets", **asked}


def query(expression: str, names: dict[str, str], *values: Any, **members: Any) -> Call:
    given = {f":{place}": value for place, value in enumerate(values)}
    placeholders = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": given}
    asked = {"TableName": "Tickets", "KeyConditionExpression": expression, **placeholders, **members}
    return "Query", asked


def scan(**members: Any) -> Call:
    return "Scan", {"TableName": "Tickets", **members}


def batch(*keys: Any, **members: Any) -> Call:
    return "BatchGetItem", {"RequestItems": {"Tickets": {"Keys": list(keys), **members}}}


def transact(*calls: Call, **members: Any) -> Call:
    """Calls as the actions of one transaction."""
    actions = [{name.removesuffix("Item"): asked} for name, asked in calls]
    return "TransactWriteItems", {"TransactItems": actions, **members}
