"""Timeouts, retries and deadlines: what is waited for adds up, within what others wait for."""

import ast
import random
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from scripts.template_source import Template, written
from slaclock import patience
from slaclock.patience import COMMANDS, FUNCTIONS, INTEGRATIONS, LOCAL, OutOfTimeError, Patience
from slaclock.sweeping import LASTS
from slaclock.wiring import Wiring

ROOT = Path(__file__).parents[2]
KEEPS = "s3"  # where webhook puts what could not be taken
PATIENCES = {**FUNCTIONS, "local": LOCAL, "commands": COMMANDS}
CLIENTS = [(name, service) for name, each in PATIENCES.items() for service in each.calls]


def overdrawn(functions: Mapping[str, Patience], integrations: Mapping[str, float]) -> Iterator[str]:
    """Whatever may take longer than what waits for it."""
    for name, each in functions.items():
        for service, calls in each.calls.items():
            kept_by = each.calls[KEEPS].begin_by if name == "webhook" and service != KEEPS else each.timeout
            if each.ends_by(service) + patience.COMPUTING > kept_by:
                yield f"{name}: {service}, begun by {calls.begin_by} s"
    for name, waits in integrations.items():
        if functions[name].timeout + patience.START_UP > waits:
            yield f"{name}: its own timeout"
        if waits > (patience.HELPDESK if name == "webhook" else patience.GATEWAY_MOST):
            yield f"{name}: its integration"


def changed(name: str, **more: float) -> Mapping[str, Patience]:
    """The functions, with so much more of a member for each service of one of them."""
    each = FUNCTIONS[name]
    calls = {
        service: found._replace(**{member: getattr(found, member) + extra for member, extra in more.items()})
        for service, found in each.calls.items()
    }
    return {**FUNCTIONS, name: each._replace(calls=calls)}


@cache
def client(name: str, service: str) -> Any:
    wiring = Wiring({"AWS_REGION": "eu-north-1"}, patience=PATIENCES[name])
    return wiring.connection.client if service == "dynamodb" else wiring.client(service)


def test_what_is_waited_for_fits_into_what_others_wait_for() -> None:
    """Calls before a delivery is kept, that in the function, that in the gateway, that in the helpdesk."""
    assert list(overdrawn(FUNCTIONS, INTEGRATIONS)) == []


@pytest.mark.parametrize("member", ["connect", "read", "begin_by"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_second_more_is_too_much(name: str, member: str) -> None:
    """No slack hides a mistake: the numbers are as long as they can be."""
    assert list(overdrawn(changed(name, **{member: 1.0}), INTEGRATIONS)) != []


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("records", "timer")])
def test_an_attempt_more_is_too_much(name: str) -> None:
    """Each further pause of botocore's is twice as long (where all is DynamoDB, a twentieth of a second)."""
    assert list(overdrawn(changed(name, attempts=1), INTEGRATIONS)) != []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_not_be_stopped_sooner(name: str) -> None:
    """Its timeout holds all that it may wait for."""
    hurried = {**FUNCTIONS, name: FUNCTIONS[name]._replace(timeout=FUNCTIONS[name].timeout - 1)}
    assert list(overdrawn(hurried, INTEGRATIONS)) != []


@pytest.mark.parametrize(
    ("name", "waits"), [("webhook", 9.4), ("webhook", 10.1), ("records", 16.4), ("records", 30.1)]
)
def test_an_integration_waits_for_its_function_and_no_longer_than_its_caller(name: str, waits: float) -> None:
    """Longer than a cold function may take; not longer than the helpdesk, or API Gateway at all."""
    assert list(overdrawn(FUNCTIONS, {**INTEGRATIONS, name: waits})) != []


def test_a_sweep_ends_by_itself_before_its_deadlines() -> None:
    """What it has begun by then it may bring to an end, a minute long."""
    assert min(calls.begin_by for calls in FUNCTIONS["audit"].calls.values()) > LASTS + 60


def test_the_template_says_the_same() -> None:
    """Every function's timeout, and each integration's."""
    template = Template(written())
    functions = dict(template.of_type("AWS::Serverless::Function"))
    assert {name.lower(): each["Timeout"] for name, each in functions.items()} == {
        name: each.timeout for name, each in FUNCTIONS.items()
    }
    integrations = template.of_type("AWS::ApiGatewayV2::Integration")
    assert {
        name.removesuffix("Integration").lower(): each["TimeoutInMillis"] for name, each in integrations
    } == {name: 1000 * waits for name, waits in INTEGRATIONS.items()}


@pytest.mark.parametrize(("name", "service"), CLIENTS)
def test_every_client_is_made_as_it_is_written(name: str, service: str) -> None:
    """What botocore really goes by, PynamoDB's client included."""
    config, calls = client(name, service).meta.config, PATIENCES[name].calls[service]
    assert (config.connect_timeout, config.read_timeout) == (calls.connect, calls.read)
    assert config.retries == {"total_max_attempts": calls.attempts, "mode": PATIENCES[name].mode}


def test_a_service_that_no_patience_names_has_no_client() -> None:
    """Nobody forgets to say how long it is waited for."""
    with pytest.raises(KeyError, match="scheduler"):
        Wiring.of_function("webhook", {"AWS_REGION": "eu-north-1"}).client("scheduler")


def test_only_the_wiring_makes_clients() -> None:
    """Whoever else made one would choose its timeouts too, or leave botocore's minute."""
    makers = {"create_client", "get_session", "Session", "client", "resource"}
    found = set()
    for path in [*(ROOT / "layers/core/slaclock").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "id", None) or getattr(node, "attr", None)
            called_on_aws = isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
                "boto3",
                "botocore",
            )
            if name in makers - {"client", "resource"} or (called_on_aws and name in makers):
                found.add(path.name)
            if isinstance(node, ast.ImportFrom | ast.Import) and "boto3" in ast.unparse(node):
                found.add(path.name)
            if isinstance(node, ast.ImportFrom) and node.module == "pynamodb.connection":
                found.add(path.name)
    # models.py has a connection's type only, dynamo.py is handed one, deployed.py asks for a region.
    assert found == {"wiring.py", "models.py", "dynamo.py", "deployed.py"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_invocation_begins_by_saying_so(name: str) -> None:
    """The first thing that a handler does; else its deadlines would count from the one before."""
    tree = ast.parse((ROOT / "functions" / name / "app.py").read_text())
    (handler,) = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "handler"]
    body = handler.body[1:] if ast.get_docstring(handler) else handler.body
    assert ast.unparse(body[0]) == "WIRING.begin()"
    assert f"WIRING = Wiring.of_function('{name}', os.environ)" in ast.unparse(tree)


FAILURES: Mapping[str, Any] = {
    "connect": (None, ConnectTimeoutError(endpoint_url="x")),
    "read": (None, ReadTimeoutError(endpoint_url="x")),
    "no endpoint": (None, EndpointConnectionError(endpoint_url="x")),
    "500": ((500, "InternalError"), None),
    "503": ((503, "SlowDown"), None),
    "throttled": ((400, "ThrottlingException"), None),
    "beyond": ((400, "ProvisionedThroughputExceededException"), None),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("service", LOCAL.calls)
def test_botocore_pauses_no_longer_than_we_reckon(
    service: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its own handlers decide, at the unluckiest draw, even where a service asks for a longer pause."""
    monkeypatch.setattr(random, "random", lambda: 1.0)
    longest = patience.LEGACY_PAUSES.get(service, patience.LEGACY_PAUSE)
    pauses = list(asked_to_pause(client("local", service), 1, *FAILURES[failure]))
    assert all(pause <= longest for pause in pauses)
    if failure in ("read", "500"):
        assert pauses == [longest]


@pytest.mark.parametrize("service", LOCAL.calls)
def test_botocore_makes_no_more_attempts_than_are_set(service: str) -> None:
    """After the second it asks for no pause, so for no third."""
    assert list(asked_to_pause(client("local", service), 2, *FAILURES["500"])) == []


def asked_to_pause(made: Any, attempts: int, answer: tuple[int, str] | None, error: Any) -> Iterator[float]:
    """The seconds that botocore would pause for after so many attempts, of which the last one failed."""
    response = answer and (
        SimpleNamespace(status_code=answer[0], headers={"x-amz-retry-after": "20000"}),
        {"Error": {"Code": answer[1]}, "ResponseMetadata": {"HTTPStatusCode": answer[0]}},
    )
    model = made.meta.service_model
    operation = model.operation_model(model.operation_names[0])
    said = made.meta.events.emit(
        f"needs-retry.{model.service_id.hyphenize()}.{operation.name}",
        response=response,
        endpoint=None,
        operation=operation,
        attempts=attempts,
        caught_exception=error,
        request_dict={"context": {"client_config": made.meta.config, "retries": {}}},
    )
    yield from (pause for _, pause in said if pause is not None)


@pytest.mark.parametrize(
    ("service", "operation", "attempt", "seconds", "sent"),
    [
        ("secretsmanager", "secrets-manager.GetSecretValue", 1, 2.0, True),
        ("secretsmanager", "secrets-manager.GetSecretValue", 1, 2.001, False),
        ("s3", "s3.PutObject", 2, 5.0, True),
        ("s3", "s3.PutObject", 2, 5.001, False),
        ("s3", "s3.PutObject", 1, 5.001, True),
    ],
)
def test_no_attempt_begins_after_its_moment(
    service: str, operation: str, attempt: int, seconds: float, *, sent: bool
) -> None:
    """At the moment it may, later it is not sent; the first at the last resort is, for there is no other."""
    time, environ = 0.0, {"AWS_REGION": "eu-north-1"}
    wiring = Wiring(environ, patience=FUNCTIONS["webhook"], elapsed=lambda: time)
    events, really = wiring.client(service).meta.events, []
    events.register("before-send", lambda **_: really.append(time))
    time = 100.0
    wiring.begin()
    time += seconds
    late = pytest.raises(OutOfTimeError, match=f"{service} is not asked any more")
    with nullcontext() if sent else late:
        headers = {"amz-sdk-request": f"attempt={attempt}; max=2".encode()}
        events.emit(f"before-send.{operation}", request=SimpleNamespace(headers=headers))
    assert bool(really) == sent
