"""JSON Schemas (2020-12), said shortly."""

from collections.abc import Collection, Mapping
from typing import Any

from slaclock.records.declared import Schema, ref

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
POSITIVE: Schema = {"type": "integer", "minimum": 1}
FLAG: Schema = {"type": "boolean"}
ANY_RECORD: Schema = {"type": "object"}
DAY: Schema = {"type": "string", "format": "date"}
COUNT, INSTANT = ref("Count"), ref("Instant")


def said(schema: Schema, description: str) -> Schema:
    """A schema with what a person ought to know of it."""
    return {**schema, "description": description}


def or_null(schema: Schema) -> Schema:
    """What fits a schema, or null."""
    if isinstance(kind := schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str | None) -> Schema:
    """One of these words, or null where None is among them."""
    return {"enum": list(words)}


def list_of(items: Schema, **bounds: int) -> Schema:
    """An array, `minItems` and `maxItems` as given."""
    return {"type": "array", **bounds, "items": items}


def record(
    members: Mapping[str, Schema],
    description: str = "",
    *,
    optional: Collection[str] = (),
    closed: bool = False,
) -> Schema:
    """An object that has all of these members but the `optional`; if `closed`, it has no others."""
    described: dict[str, Any] = {"type": "object"}
    if description:
        described["description"] = description
    if needed := [name for name in members if name not in optional]:
        described["required"] = needed
    if closed:
        described["additionalProperties"] = False
    return {**described, "properties": dict(members)}
