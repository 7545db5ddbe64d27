"""Out of time: what a function does when AWS answers at the last moment, or not at all."""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.decide import decide
from slaclock.domain.instants import parse_instant
from slaclock.helpdesks import adapter
from slaclock.patience import COMPUTING, FUNCTIONS, Patience
from slaclock.store.errors import StoreUnavailableError
from tests.functions.events import http_event
from tests.functions.slow import NOW, Fate, SlowCloud, prompt, slow_cloud
from tests.functions.test_webhook import SUBJECT, sample
from tests.functions.world import SECRETS

BUDGET = FUNCTIONS["webhook"].timeout - COMPUTING


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowCloud]:
    with slow_cloud(monkeypatch) as cloud:
        yield cloud


def delivery(ticket_id: str = "4711") -> dict[str, Any]:
    created = sample("zendesk/ticket_created_urgent")
    created |= {"id": f"opened-{ticket_id}", "detail": created["detail"] | {"id": ticket_id}}
    body = json.dumps(created).encode()
    signed = adapter("zendesk").SCHEME.sign(SECRETS["slaclock/desk"], body, NOW)
    return http_event("POST", "/webhooks/desk", body=body, headers=signed, base64=True)


def became(answer: Mapping[str, Any]) -> list[str]:
    """What a delivery came to."""
    return [what for what, count in json.loads(answer["body"]).items() if count]


def always(**fates: Fate) -> Any:
    """The same fate for each attempt at a service or an operation; the rest is prompt."""

    def fate(service: str, operation: str) -> Fate:
        return fates.get(operation) or fates.get(service.replace("-", "")) or prompt(service, operation)

    return fate


LATE, SILENT, THROTTLED = Fate(), Fate("silent"), Fate("throttled", share=0.0)
DAYS: Mapping[str, tuple[dict[str, Fate], str]] = {
    "all is prompt": ({}, "accepted"),
    "each answer at the last moment": ({"dynamodb": LATE, "secretsmanager": LATE, "s3": LATE}, "quarantined"),
    "the table is silent": ({"dynamodb": SILENT}, "quarantined"),
    "the table is silent and S3 late": ({"dynamodb": SILENT, "s3": LATE}, "quarantined"),
    "the secrets are silent": ({"secretsmanager": SILENT, "s3": LATE}, "quarantined"),
    "the table is throttled": ({"dynamodb": THROTTLED, "s3": LATE}, "quarantined"),
    "somebody is always first": ({"TransactWriteItems": Fate("conflict", 0.1), "s3": LATE}, "quarantined"),
    "the write works, unanswered": ({"TransactWriteItems": Fate("lost")}, "quarantined"),
}


@pytest.mark.parametrize("day", DAYS)
def test_a_delivery_is_taken_or_kept_within_the_time_that_a_helpdesk_waits(
    cloud: SlowCloud, day: str
) -> None:
    """Whatever is slow: an answer in time, and nothing lost; the auditor applies it, once."""
    fates, expected = DAYS[day]
    answer = cloud.call("webhook", delivery(), always(**fates))
    assert (answer["statusCode"], became(answer)) == (202, [expected])
    assert cloud.seconds <= BUDGET
    assert len(cloud.kept()) == (expected == "quarantined")
    cloud.call("audit", {}, prompt)
    assert cloud.kept() == []
    saved = cloud.local().store.load(SUBJECT).saved
    assert saved is not None
    assert saved.version == 1


def test_with_s3_silent_too_the_sender_is_told_to_try_again_in_time(cloud: SlowCloud) -> None:
    """503 within the same budget."""
    answer = cloud.call("webhook", delivery(), always(dynamodb=SILENT, s3=SILENT))
    assert answer["statusCode"] == 503
    assert cloud.seconds <= BUDGET


@pytest.mark.parametrize(("s3", "status"), [(LATE, 202), (THROTTLED, 503)], ids=["answers", "fails"])
def test_a_fold_that_took_too_long_is_kept_all_the_same(
    cloud: SlowCloud, monkeypatch: pytest.MonkeyPatch, s3: Fate, status: int
) -> None:
    """Six seconds of computing are in no budget: S3 is asked once, however late it is, and not again."""

    def slow_decide(*given: Any) -> Any:
        cloud.sleep(6.0)
        return decide(*given)

    monkeypatch.setattr("slaclock.workflow.decide", slow_decide)
    answer = cloud.call("webhook", delivery(), always(s3=s3))
    assert answer["statusCode"] == status
    assert [service for _, service, _ in cloud.attempts].count("s3") == 1
    assert len(cloud.kept()) == (status == 202)


def test_without_deadlines_the_same_timeouts_would_not_do(
    cloud: SlowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five calls that are answered at the last moment, one of them tried twice: the function was stopped."""
    endless = {name: calls._replace(begin_by=1e9) for name, calls in FUNCTIONS["webhook"].calls.items()}
    monkeypatch.setitem(
        cast("dict[str, Patience]", FUNCTIONS), "webhook", FUNCTIONS["webhook"]._replace(calls=endless)
    )
    cloud.call("webhook", delivery(), always(dynamodb=LATE, secretsmanager=LATE, TransactWriteItems=SILENT))
    assert cloud.seconds > FUNCTIONS["webhook"].timeout


FATES = st.builds(
    Fate,
    st.sampled_from(["answered", "answered", "throttled", "conflict", "silent", "lost"]),
    st.floats(0, 1),
)
NUMBERS = count(1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_slow_or_fails_the_answer_is_in_time_and_true(
    cloud: SlowCloud, data: st.DataObject
) -> None:
    """Any mix of late answers, refusals and silence: in time; what was said to be kept or taken is."""
    before, ticket = set(cloud.kept()), f"t{next(NUMBERS)}"
    cloud.seconds = 0.0

    def fates(_service: str, operation: str) -> Fate:
        drawn = data.draw(FATES, operation)
        impossible = drawn.outcome == "conflict" and operation != "TransactWriteItems"
        return Fate("throttled", drawn.share) if impossible else drawn

    answer = cloud.call("webhook", delivery(ticket), fates)
    assert cloud.seconds <= BUDGET
    kept = set(cloud.kept()) - before
    assert answer["statusCode"] in (202, 503)
    if answer["statusCode"] == 202:
        assert len(kept) == (became(answer) == ["quarantined"])
        taken = cloud.local().store.load(f"ticket#example#{ticket}").saved
        assert kept or taken


def opened(cloud: SlowCloud, most: int) -> list[str]:
    """Tickets whose first response is breached; the subjects."""
    for number in range(1, most + 1):
        assert became(cloud.call("webhook", delivery(str(number)), prompt)) == ["accepted"]
    cloud.now = parse_instant("2026-03-27T14:35:00Z")
    subjects = [f"ticket#example#{number}" for number in range(1, most + 1)]
    for subject in subjects:
        cloud.local().workflow.wake(subject, "timer")
    cloud.seconds = 0.0
    return subjects


def images(cloud: SlowCloud, kind: str) -> list[dict[str, Any]]:
    """The items of a kind as a stream has them."""
    items = cast("Any", cloud.local().connection.client).scan(TableName="Tickets")["Items"]
    return [item for item in items if item["sk"]["S"].startswith(kind)]


def records(news: list[dict[str, Any]], old: dict[str, Any] | None = None) -> dict[str, Any]:
    """Records of the tickets' stream, numbered from 1."""
    changes = [
        {"NewImage": new, "SequenceNumber": str(number), **({"OldImage": {**new, **old}} if old else {})}
        for number, new in enumerate(news, 1)
    ]
    name = "MODIFY" if old else "INSERT"
    return {
        "Records": [
            {"eventID": "1", "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change}
            for change in changes
        ]
    }


def failed(answer: Mapping[str, Any]) -> list[int]:
    return [int(each["itemIdentifier"]) for each in answer["batchItemFailures"]]


def test_arm_reports_the_records_that_it_had_no_time_for(cloud: SlowCloud) -> None:
    """Ten tickets whose two schedules move, every call answered at the last moment: it ends by itself."""
    opened(cloud, 10)
    before = {
        "wakes": {
            "S": json.dumps({"resolution": ["2026-03-28T09:00:00Z", 77], "x": ["2026-03-28T09:00:00Z", 78]})
        }
    }
    news = images(cloud, "TICKET")
    left = failed(cloud.call("arm", records(news, before), always(scheduler=LATE, dynamodb=LATE)))
    assert cloud.seconds <= FUNCTIONS["arm"].timeout
    assert left == list(range(left[0], 11))
    assert 1 < left[0] < 10
    armed = cloud.local().client("scheduler").list_schedules(GroupName="clocks")["Schedules"]
    assert len(armed) >= left[0] - 1
    assert failed(cloud.call("arm", records(news[left[0] - 1 :], before), prompt)) == []


def test_notify_reports_the_records_that_it_had_no_time_for(cloud: SlowCloud) -> None:
    """Ten facts to tell, every call answered at the last moment: those told are, the others come again."""
    opened(cloud, 5)
    news = [item for item in images(cloud, "OUTBOX#") if "reminder" not in item["sk"]["S"]]
    assert len(news) == 10
    left = failed(cloud.call("notify", records(news), always(sns=LATE, dynamodb=LATE)))
    assert cloud.seconds <= FUNCTIONS["notify"].timeout
    assert left == list(range(left[0], 11))
    assert 1 < left[0] < 10
    waiting = {(item["pk"]["S"], item["sk"]["S"]) for item in images(cloud, "OUTBOX#")}
    assert {(news[number - 1]["pk"]["S"], news[number - 1]["sk"]["S"]) for number in left} <= waiting
    assert failed(cloud.call("notify", records(news[left[0] - 1 :]), prompt)) == []
    assert [item for item in images(cloud, "OUTBOX#") if "reminder" not in item["sk"]["S"]] == []


def test_timer_gives_up_in_time_so_that_lambda_tries_again(cloud: SlowCloud) -> None:
    """An error, and not a function that was stopped."""
    (subject,) = opened(cloud, 1)
    fired = {"subject": subject, "lane": "resolution", "arming": 2}
    with pytest.raises(StoreUnavailableError):
        cloud.call("timer", fired, always(dynamodb=SILENT))
    assert cloud.seconds <= FUNCTIONS["timer"].timeout


def test_records_answers_in_time(cloud: SlowCloud) -> None:
    """503 and when to ask again, where the table is silent; the record, where it is only late."""
    opened(cloud, 1)
    asked = http_event("GET", "/v1/tickets/example/1")
    answer = cloud.call("records", asked, always(dynamodb=SILENT))
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "1")
    assert cloud.seconds <= FUNCTIONS["records"].timeout
    cloud.seconds = 0.0
    assert cloud.call("records", asked, always(dynamodb=LATE))["statusCode"] == 200
    assert cloud.seconds <= FUNCTIONS["records"].timeout


def test_a_sweep_ends_in_time(cloud: SlowCloud) -> None:
    """Dozens of facts left behind, every call answered at the last moment: the next one goes on."""
    opened(cloud, 6)
    cloud.now = parse_instant("2026-03-27T16:30:00Z")
    late = always(dynamodb=LATE, sns=LATE, s3=LATE, secretsmanager=LATE)
    first = cloud.call("audit", {}, late)
    assert cloud.seconds <= FUNCTIONS["audit"].timeout
    assert first["left"] or first["failed"]
    again = cloud.call("audit", {}, prompt)
    assert (again["left"], again["failed"]) == (0, 0)
