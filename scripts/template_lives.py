"""How long the translated template lets each thing that is kept live: items of tables, files of buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

NOTHING = {"Ref": "AWS::NoValue"}
EXPIRES = {"AttributeName": "expires_at", "Enabled": True}
NEVER = {"Reports"}  # tables of which nothing goes by itself
_HOW = {"Id", "Status", "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"}  # these end no file
# What ends of each bucket: under which condition, where it begins with what, and after how long.
_ROWS = {"Prefix": "rows/", "ExpirationInDays": {"Ref": "LakeRetentionDays"}}
_ENDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "Quarantine": [("always", {"ExpirationInDays": 14})],
    "Seals": [],
    "ReportFiles": [],
    "Lake": [
        ("always", {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}),
        ("always", {"Prefix": "answers/", "ExpirationInDays": 7}),
        ("LakeEnds", _ROWS),
    ],
}


def items_go_by_one_attribute(template: Template) -> Iterator[str]:
    """By `expires_at`, which retention sets and nothing else that is stored is called; or not at all."""
    for name, properties in template.of_type("AWS::DynamoDB::Table"):
        said = properties.get("TimeToLiveSpecification")
        if said != (None if name in NEVER else EXPIRES):
            yield f"items of {name} go by {said}"


def raw_deliveries_live_for_two_weeks(template: Template) -> Iterator[str]:
    """A bucket is emptied after two weeks, but for those whose files are there to stay."""
    for name, properties in template.of_type("AWS::S3::Bucket"):
        rules = [_told(each) for each in properties.get("LifecycleConfiguration", {}).get("Rules", [])]
        ends = [(when, lasting) for when, rule in rules if (lasting := _lasting(rule))]
        if ends != _ENDS.get(name, _ENDS["Quarantine"]):
            yield f"{name} is emptied {ends}"
        yield from (f"{name}: {each} is off" for _, each in rules if each.get("Status") != "Enabled")


def _told(rule: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Under which condition a rule is there, and the rule."""
    condition, there, otherwise = rule.get("Fn::If", ["always", rule, NOTHING])
    return (condition, there) if otherwise == NOTHING else ("never", rule)


def _lasting(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in _HOW}


RULES = (items_go_by_one_attribute, raw_deliveries_live_for_two_weeks)
