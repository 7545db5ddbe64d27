"""The parts of the local stack that stand in for AWS: filters, the front, the clock, the template."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.clock import VirtualClock
from local.cloud import cloud
from local.filters import fits
from local.front import Request, match, to_event
from local.queues import Queues
from local.template import Reader, routes, stream_readers

ARM = {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"moved": {"BOOL": [True]}}}}


def test_routes_and_filters_are_those_of_the_template() -> None:
    """Nothing is repeated: what is deployed is what runs here."""
    assert {(route.method, route.path, route.function) for route in routes()} == {
        *((method, "/webhooks/{connection}", "Webhook") for method in ("POST", "OPTIONS", "GET", "HEAD")),
        *((method, "/ack/{token}", "Records") for method in ("GET", "HEAD", "POST")),
        ("GET", "/v1/queue", "Records"),
        ("GET", "/v1/reports/attainment", "Records"),
        ("GET", "/v1/tickets/{account}/{ticket_id}", "Records"),
        ("GET", "/v1/breaches", "Records"),
        ("POST", "/v1/escalations/{id}/acknowledge", "Records"),
        ("POST", "/v1/escalations/{id}/hand-over", "Records"),
    }
    readers: list[Reader] = stream_readers()
    assert [(reader.function, reader.table) for reader in readers] == [
        ("Arm", "Tickets"),
        ("Notify", "Tickets"),
        ("Audit", "Ledger"),
    ]


def test_what_comes_within_a_queues_window_is_brought_together_and_what_fails_again() -> None:
    """12:00:00 and 12:00:59 two messages, at 12:01:00 both; the one that failed at 12:02:00, alone."""
    clock = VirtualClock(datetime(2026, 3, 27, 12, tzinfo=UTC), speed=0)
    brought: list[tuple[str, list[str]]] = []

    def call(function: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        bodies = [each["body"] for each in event["Records"]]
        brought.append((f"{clock.now():%H:%M:%S} {function}", bodies))
        failed = [each["messageId"] for each in event["Records"] if len(bodies) == 2 and each["body"] == "b"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    with cloud() as made:
        queues = Queues(made, call, clock.now)
        made.sqs.send_message(QueueUrl=made.names["Reminders"], MessageBody="a")
        assert queues.run() is False
        clock.move_to(datetime(2026, 3, 27, 12, 0, 59, tzinfo=UTC))
        made.sqs.send_message(QueueUrl=made.names["Reminders"], MessageBody="b")
        assert queues.run() is False
        while queues.next:
            clock.move_to(queues.next)
            assert queues.run() is True
    assert brought == [("12:01:00 Notify", ["a", "b"]), ("12:02:00 Notify", ["b"])]


@pytest.mark.parametrize(
    ("record", "fitting"),
    [
        ({"eventName": "INSERT", "dynamodb": {"NewImage": {"moved": {"BOOL": True}}}}, True),
        ({"eventName": "INSERT", "dynamodb": {"NewImage": {"moved": {"BOOL": False}}}}, False),
        ({"eventName": "REMOVE", "dynamodb": {"NewImage": {"moved": {"BOOL": True}}}}, False),
        ({"eventName": "MODIFY", "dynamodb": {}}, False),
    ],
)
def test_a_record_fits_where_every_member_does(record: dict[str, Any], *, fitting: bool) -> None:
    """A list of tests holds where one of them does; what is missing fits nothing."""
    assert fits(ARM, record) is fitting


def test_a_test_that_is_not_known_is_refused() -> None:
    """The local stack does not guess what a filter means."""
    with pytest.raises(ValueError, match="anything-but"):
        fits({"eventName": [{"anything-but": "REMOVE"}]}, {"eventName": "INSERT"})


def test_the_front_hands_over_what_api_gateway_would() -> None:
    """Payload format 2.0: lower-case headers, decoded path parameters, repeated parameters joined."""
    request = Request("GET", "/v1/tickets/a%2Fb/7?x=1&x=2&y=", {"Accept": "text/csv"})
    found = match(routes(), request)
    assert found is not None
    event = to_event(*found, request)
    assert event["pathParameters"] == {"account": "a/b", "ticket_id": "7"}
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["headers"] == {"accept": "text/csv"}
    assert match(routes(), Request("POST", "/v1/breaches")) is None


def test_bytes_that_are_no_text_are_handed_over_in_base64() -> None:
    """As API Gateway does, so that the function verifies the bytes that were sent."""
    request = Request("POST", "/webhooks/x", {}, b"\xff\x00")
    found = match(routes(), request)
    assert found is not None
    assert to_event(*found, request)["body"] == "/wA="


def test_the_clock_runs_at_its_speed_and_never_goes_back() -> None:
    """Virtual time is real time, so many times as fast, and can be set forward."""
    real = [100.0]
    clock = VirtualClock(datetime(2026, 3, 27, 14, tzinfo=UTC), speed=60, real=lambda: real[0])
    real[0] += 2
    assert clock.now() == datetime(2026, 3, 27, 14, 2, tzinfo=UTC)
    clock.move_to(clock.now() + timedelta(hours=1))
    clock.move_to(datetime(2026, 3, 27, 14, tzinfo=UTC))
    assert clock.now() == datetime(2026, 3, 27, 15, 2, tzinfo=UTC)
