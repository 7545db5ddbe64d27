"""What must hold of streams, queues and what reads them; no linter sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

EVENTS = {"INSERT", "MODIFY", "REMOVE"}
FAILURES = {"AuditLedgerChanged": "LedgerWatchFailures"}  # else the function's own


def _queue_of(template: Template, reader: dict[str, Any]) -> dict[str, Any] | None:
    """The queue that a mapping reads; None where it reads a stream."""
    source = reader.get("EventSourceArn", {}).get("Fn::GetAtt", [""])[0]
    return dict(template.of_type("AWS::SQS::Queue")).get(source)


def _stream_readers(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        if _queue_of(template, properties) is None:
            yield name, properties


def filters_are_json(template: Template) -> Iterator[str]:
    """A filter that is no JSON object is taken at deployment and matches nothing; what `{}` lets by is all.

    Of a queue there is none: Lambda deletes what a filter does not let by.
    """
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        patterns = [each["Pattern"] for each in properties.get("FilterCriteria", {}).get("Filters", [])]
        if _queue_of(template, properties) is not None:
            held = "FilterCriteria" not in properties
        else:
            held = bool(patterns) and all(map(_filters, patterns))
        if not held:
            yield f"{name} filters by {patterns}"


def _filters(pattern: object) -> bool:
    """Whether it asks for changes that DynamoDB tells of, and nowhere for one of none."""
    try:
        said = json.loads(pattern) if isinstance(pattern, str) else None
    except json.JSONDecodeError:
        return False
    events = said.get("eventName") if isinstance(said, dict) else None
    return isinstance(events, list) and set(events) <= EVENTS and _nowhere_empty(said)


def _nowhere_empty(part: Any) -> bool:
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
    return inside is None or (len(inside) > 0 and all(map(_nowhere_empty, inside)))


def streams_give_up_in_time(template: Template) -> Iterator[str]:
    """One bad record may not block its shard for a day, nor be lost without a trace."""
    for name, properties in _stream_readers(template):
        queue = FAILURES.get(name, f"{properties['FunctionName']['Ref']}Failures")
        wrong = [what for what, held in _stream_settings(properties, queue).items() if not held]
        yield from (f"{name} lacks {what}" for what in wrong)


def _stream_settings(properties: dict[str, Any], queue: str) -> dict[str, bool]:
    kept = {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    return {
        "partial batch responses": properties.get("FunctionResponseTypes") == ["ReportBatchItemFailures"],
        "bisection": properties.get("BisectBatchOnFunctionError") is True,
        "a bound on retries": properties.get("MaximumRetryAttempts", -1) > 0,
        "a bound on age": properties.get("MaximumRecordAgeInSeconds", -1) > 0,
        "its queue for failures": properties.get("DestinationConfig") == kept,
        "the horizon as its start": properties.get("StartingPosition") == "TRIM_HORIZON",
    }


def streams_tell_before_and_after(template: Template) -> Iterator[str]:
    """What is read of a table's changes is both images: what it was is all there is of what was removed."""
    tables = dict(template.of_type("AWS::DynamoDB::Table"))
    for name, properties in _stream_readers(template):
        table = properties["EventSourceArn"]["Fn::GetAtt"][0]
        said = tables.get(table, {}).get("StreamSpecification")
        if said != {"StreamViewType": "NEW_AND_OLD_IMAGES"}:
            yield f"{name} reads of {table} {said}"


def queues_that_are_read_give_up(template: Template) -> Iterator[str]:
    """One bad message may not come for two weeks, nor any while Lambda still works at it."""
    functions = dict(template.of_type("AWS::Lambda::Function"))
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        queue = _queue_of(template, properties)
        if queue is not None:
            timeout = functions[properties["FunctionName"]["Ref"]]["Timeout"]
            wrong = [what for what, held in _queue_settings(properties, queue, timeout).items() if not held]
            yield from (f"{name} lacks {what}" for what in wrong)


def _queue_settings(properties: dict[str, Any], queue: dict[str, Any], timeout: int) -> dict[str, bool]:
    """What Lambda's manual asks of a queue that a function reads."""
    redrive, window = queue.get("RedrivePolicy", {}), properties.get("MaximumBatchingWindowInSeconds", 0)
    return {
        "partial batch responses": properties.get("FunctionResponseTypes") == ["ReportBatchItemFailures"],
        "a queue for failures": "Fn::GetAtt" in redrive.get("deadLetterTargetArn", {}),
        "five tries": redrive.get("maxReceiveCount", 0) >= 5,
        "time for each": queue.get("VisibilityTimeout", 30) >= 6 * timeout + window,
    }


RULES = (
    filters_are_json,
    streams_give_up_in_time,
    streams_tell_before_and_after,
    queues_that_are_read_give_up,
)
