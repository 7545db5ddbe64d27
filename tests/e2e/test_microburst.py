"""The proxy that loses replies: what the run with lost replies rests on."""

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.session import Session

from local.cloud import REGION
from tests.e2e.microburst import lost, microburst
from tests.e2e.ministack import emulator
from tests.e2e.test_ministack import listens


def test_a_call_whose_reply_is_lost_took_effect() -> None:
    """The first of two calls is not answered, and is in the table like the second; then the proxy goes."""
    with emulator() as running:
        dynamodb = running.client("dynamodb")
        dynamodb.create_table(
            TableName="things",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        with microburst(running) as proxy:
            proxy.lose([lost("dynamodb", "PutItem", 2)])
            once = Config(retries={"total_max_attempts": 1})
            client: Any = Session().create_client(
                "dynamodb", REGION, endpoint_url=proxy.endpoint, config=once
            )
            with pytest.raises(ConnectionClosedError):
                client.put_item(TableName="things", Item={"pk": {"S": "1"}})
            client.put_item(TableName="things", Item={"pk": {"S": "2"}})
            assert proxy.fired() == {"PutItem": 1}
        assert not listens(proxy.endpoint)
        stored = dynamodb.scan(TableName="things")["Items"]
    assert {each["pk"]["S"] for each in stored} == {"1", "2"}
