"""Attributes of SNS messages, and which of them AWS refuses, or takes and then delivers to nobody."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.sim.misuse import Misuse, Refuse

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_RESERVED = ("aws.", "amazon.")
_NUMBER = re.compile(r"-?\d{1,38}(\.\d{1,37})?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_MOST = 10  # more than these, and a queue that takes messages raw gets none at all


def attributes_of(given: Mapping[str, Mapping[str, Any]], refuse: Refuse) -> dict[str, str]:
    """The attributes' values by name."""
    if len(given) > _MOST:
        raise Misuse(f"{len(given)} attributes: no queue with raw delivery gets such a message")
    return {name: _value(name, attribute, refuse) for name, attribute in given.items()}


def _value(name: str, attribute: Mapping[str, Any], refuse: Refuse) -> str:
    if not _NAME.fullmatch(name) or len(name) > 256 or name.lower().startswith(_RESERVED):
        raise refuse("ParameterValueInvalid", f"The message attribute name '{name}' is not valid.")
    kind = attribute["DataType"]
    if kind.partition(".")[0] not in ("String", "Number", "Binary"):
        said = "the set of supported type prefixes is Binary, Number, and String."
        raise refuse("ParameterValueInvalid", f"The message attribute '{name}' has an invalid type, {said}")
    if kind not in ("String", "Number", "String.Array"):
        raise Misuse(f"the double knows no attribute of the type {kind}")
    value: str = attribute.get("StringValue", "")
    if not value or "BinaryValue" in attribute:
        said = f"must contain non-empty message attribute value for message attribute type '{kind}'."
        raise refuse("ParameterValueInvalid", f"The message attribute '{name}' {said}")
    _check_content(name, kind, value, refuse)
    return value


def _check_content(name: str, kind: str, value: str, refuse: Refuse) -> None:
    """A control character, a tab too, is taken, and then no subscription with a filter gets the message."""
    if _CONTROL.search(value):
        raise Misuse(f"the attribute {name} has a control character: its message is taken and then lost")
    if kind == "Number" and not _NUMBER.fullmatch(value):
        raise refuse("ParameterValueInvalid", f"The message attribute '{name}' is no number.")
    if kind == "String.Array" and not _is_list(value):
        raise refuse("ParameterValueInvalid", f"The message attribute '{name}' is no JSON array.")


def _is_list(value: str) -> bool:
    try:
        return isinstance(json.loads(value), list)
    except ValueError:
        return False
