"""What the clients of a wiring really send, and what they leave to botocore itself."""

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from slaclock.patience import COMMANDS, FUNCTIONS
from slaclock.wiring import Wiring

ENVIRON = {"AWS_REGION": "eu-north-1"}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")


def test_a_delivery_is_kept_without_waiting_to_be_asked_for_it() -> None:
    """`Expect: 100-continue` would add a second to each attempt, which the arithmetic has no room for."""
    sent: list[Any] = []

    def answered(request: Any, **_: Any) -> Any:
        sent.append(dict(request.headers))
        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    wiring = Wiring(ENVIRON, patience=FUNCTIONS["webhook"])
    client = wiring.client("s3")
    client.meta.events.register("before-send.s3.PutObject", answered)
    client.put_object(Bucket="quarantine", Key="table/one", Body=b"{}")
    assert [name.lower() for name in sent[0] if name.lower() == "expect"] == []


def test_a_service_that_only_botocore_asks_is_no_concern_of_ours() -> None:
    """A person's command may need credentials from a sign-in service, which no patience names."""
    wiring = Wiring(ENVIRON, patience=COMMANDS)
    session = wiring.connection.session
    client: Any = session.create_client("sso", "eu-north-1")
    asked: list[str] = []

    def answered(request: Any, **_: Any) -> Any:
        asked.append(request.url)
        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    client.meta.events.register("before-send.sso.GetRoleCredentials", answered)
    client.get_role_credentials(roleName="admin", accountId="123456789012", accessToken="none")
    assert len(asked) == 1


class Raw:
    """A body with nothing in it."""

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [b""]
