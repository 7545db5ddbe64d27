"""The parameters of each operation: those that it must have, and those that the double knows."""

from collections.abc import Mapping
from typing import Any

from tests.sim.dynamo.values import Invalid
from tests.sim.misuse import Misuse

_PLACEHOLDERS = {"ExpressionAttributeNames": dict, "ExpressionAttributeValues": dict}
_CONDITION = {"ConditionExpression": str, **_PLACEHOLDERS}
_TABLE = {"TableName": str}
_SHOWN = {"ProjectionExpression": str, "ExpressionAttributeNames": dict}
_REPORT = {"ReturnConsumedCapacity": str}
_PAGE = {
    "FilterExpression": str,
    "ProjectionExpression": str,
    "ConsistentRead": bool,
    "Limit": int,
    "ExclusiveStartKey": dict,
    **_PLACEHOLDERS,
    **_REPORT,
}
Known = tuple[Mapping[str, type], Mapping[str, type]]  # what must be there, and what may be
_OPERATIONS: Mapping[str, Known] = {
    "DescribeTable": (_TABLE, {}),
    "GetItem": ({**_TABLE, "Key": dict}, {**_SHOWN, **_REPORT, "ConsistentRead": bool}),
    "BatchGetItem": ({"RequestItems": dict}, _REPORT),
    "Query": (
        {**_TABLE, "KeyConditionExpression": str},
        {**_PAGE, "IndexName": str, "ScanIndexForward": bool},
    ),
    "Scan": (_TABLE, _PAGE),
    "PutItem": ({**_TABLE, "Item": dict}, {**_CONDITION, **_REPORT}),
    "DeleteItem": ({**_TABLE, "Key": dict}, {**_CONDITION, **_REPORT}),
    "UpdateItem": ({**_TABLE, "Key": dict, "UpdateExpression": str}, {**_CONDITION, **_REPORT}),
    "TransactWriteItems": ({"TransactItems": list}, {"ClientRequestToken": str, **_REPORT}),
}
_BATCH: Known = ({"Keys": list}, {**_SHOWN, "ConsistentRead": bool})
_ACTIONS: Mapping[str, Known] = {
    "Put": ({**_TABLE, "Item": dict}, _CONDITION),
    "Delete": ({**_TABLE, "Key": dict}, _CONDITION),
    "Update": ({**_TABLE, "Key": dict, "UpdateExpression": str}, _CONDITION),
    "ConditionCheck": ({**_TABLE, "Key": dict, "ConditionExpression": str}, _PLACEHOLDERS),
}


def check_parameters(operation: str, asked: Mapping[str, Any]) -> None:
    """`Misuse` for an operation or parameter that the double does not know, `Invalid` where one lacks."""
    if operation not in _OPERATIONS:
        raise Misuse(f"the double knows no {operation}")
    _check(operation, asked, _OPERATIONS[operation])
    if asked.get("ReturnConsumedCapacity", "NONE") not in ("NONE", "TOTAL", "INDEXES"):
        raise Invalid("returnConsumedCapacity must be one of INDEXES, TOTAL, NONE")
    if operation == "BatchGetItem":
        for request in asked["RequestItems"].values():
            _check("KeysAndAttributes", request, _BATCH)
    if operation == "TransactWriteItems":
        for action in asked["TransactItems"]:
            for word, parameters in action.items():
                if word not in _ACTIONS:
                    raise Misuse(f"the double knows no action {word}")
                _check(word, parameters, _ACTIONS[word])


def _check(what: str, asked: Mapping[str, Any], known: Known) -> None:
    required, optional = known
    for name, value in asked.items():
        kind = required.get(name) or optional.get(name)
        if kind is None:
            raise Misuse(f"the double knows no {name} of {what}")
        if type(value) is not kind:
            raise Invalid(f"{name} of {what} is a {kind.__name__}, not {value!r}")
    if missing := required.keys() - asked.keys():
        raise Invalid(f"{what} lacks {sorted(missing)}")
