"""Where a connection's secrets come from: Secrets Manager or the Parameter Store, kept for a minute."""

from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slaclock.domain.instants import parse_instant
from slaclock.secrets import InvalidSecret, Secrets

NOW = parse_instant("2026-03-27T14:06:00Z")
REGION = "eu-north-1"


class Region:
    """Secrets over AWS in memory, at a time that the test sets; `made` are the clients asked for."""

    def __init__(self) -> None:
        self.now: datetime = NOW
        self.made: list[str] = []
        self.secrets = Secrets(self._client, lambda: self.now)
        self.manager, self.parameters = (boto3.client(name, REGION) for name in ("secretsmanager", "ssm"))

    def _client(self, service: str) -> Any:
        self.made.append(service)
        return boto3.client(service, REGION)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Region()


def keep(region: Region, reference: str, text: str) -> None:
    if reference.startswith("ssm:"):
        name = reference.removeprefix("ssm:")
        region.parameters.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
    else:
        region.manager.create_secret(Name=reference, SecretString=text)


both = pytest.mark.parametrize("reference", ["slaclock/desk", "ssm:/slaclock/desk"])


@both
@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("a-secret", ("a-secret",)),
        ("It's {one}", ("It's {one}",)),
        ('{"current": "new", "previous": "old"}', ("new", "old")),
        ('{"current": "new"}', ("new",)),
        ('{"current": "new", "previous": null, "rotated_at": "today"}', ("new",)),
    ],
)
def test_a_secret_is_its_text_or_two_while_it_rotates(
    region: Region, reference: str, text: str, secrets: tuple[str, ...]
) -> None:
    """The current one first; JSON where there are two."""
    keep(region, reference, text)
    assert region.secrets.of(reference) == secrets


@both
@pytest.mark.parametrize(
    "text", ["{not JSON", "{}", '{"current": 7}', '{"current": ["a"]}', '{"curent": "a"}']
)
def test_what_holds_no_secret_is_refused_and_never_quoted(region: Region, reference: str, text: str) -> None:
    """It may be one all the same, written wrongly."""
    keep(region, reference, text)
    with pytest.raises(InvalidSecret) as refused:
        region.secrets.of(reference)
    assert text not in str(refused.value)


def test_each_client_is_made_when_it_is_first_needed(region: Region) -> None:
    """And once: most stacks keep all their secrets in one of the two."""
    keep(region, "slaclock/desk", "a")
    keep(region, "slaclock/other", "b")
    keep(region, "ssm:/slaclock/desk", "c")
    assert region.made == []
    assert [*region.secrets.of("slaclock/desk"), *region.secrets.of("slaclock/other")] == ["a", "b"]
    assert region.made == ["secretsmanager"]
    assert region.secrets.of("ssm:/slaclock/desk") == ("c",)
    assert region.made == ["secretsmanager", "ssm"]


@pytest.mark.parametrize(("seconds", "seen"), [(59, "old"), (60, "new")])
def test_a_rotation_is_seen_within_a_minute(region: Region, seconds: int, seen: str) -> None:
    """Nobody is asked twice within it."""
    keep(region, "ssm:/slaclock/desk", "old")
    assert region.secrets.of("ssm:/slaclock/desk") == ("old",)
    keep(region, "ssm:/slaclock/desk", "new")
    region.now = NOW + timedelta(seconds=seconds)
    assert region.secrets.of("ssm:/slaclock/desk") == (seen,)


@both
def test_a_secret_that_is_not_there_is_not_kept_as_missing(region: Region, reference: str) -> None:
    """Once it is entered it is found."""
    with pytest.raises(Exception, match="NotFound"):
        region.secrets.of(reference)
    keep(region, reference, "a-secret")
    assert region.secrets.of(reference) == ("a-secret",)
