"""Changes of items, and the records that a table's stream gives of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sim.dynamo.values import Item, size_of

Key = tuple[str, str]
# Numbers of AWS have no fixed length: whoever sorts them as texts is to be seen.
_FIRST = 999_999_999_999_999_999_990


@dataclass(frozen=True, slots=True)
class Change:
    """One item, before and after. Changes of one transaction share its number, which no record tells."""

    number: int
    transaction: int
    table: str
    names: tuple[str, str]
    key: Key
    old: Item | None
    new: Item | None

    @property
    def event_name(self) -> str:
        """`INSERT`, `MODIFY` or `REMOVE`."""
        return "INSERT" if self.old is None else "REMOVE" if self.new is None else "MODIFY"

    @property
    def sequence_number(self) -> str:
        """Digits that grow from record to record."""
        return str(_FIRST + self.number)

    @property
    def keys(self) -> Item:
        """The item's key, in wire form."""
        return {name: {"S": value} for name, value in zip(self.names, self.key, strict=True)}

    def record(self, at: datetime) -> dict[str, Any]:
        """The record that Lambda gets of this change, made at that instant; nobody else has this copy."""
        images = {
            name: _copied(item) for name, item in (("OldImage", self.old), ("NewImage", self.new)) if item
        }
        return {
            "eventID": f"{self.number:032x}",
            "eventName": self.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-west-1",
            "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{self.table}/stream/2026",
            "dynamodb": {
                "ApproximateCreationDateTime": float(int(at.timestamp())),
                "Keys": self.keys,
                **images,
                "SequenceNumber": self.sequence_number,
                "SizeBytes": size_of(self.keys) + sum(map(size_of, images.values())),
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        }


def _copied(item: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: dict(value) for name, value in item.items()}
