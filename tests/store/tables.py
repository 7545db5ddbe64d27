"""The tables of template.yaml, made anew in moto, or in the double that the simulation has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws
from pynamodb.connection import Connection

from scripts.template_source import Template, written
from slaclock.store.dynamo_books import DynamoBooks
from tests.sim.dynamo.connection import DoubleConnection
from tests.sim.dynamodb import DynamoDouble

REGION = "eu-west-1"
TABLES = {
    "tickets": "Tickets",
    "ledger": "Ledger",
    "agreements": "Agreements",
    "reports": "Reports",
    "accesses": "Accesses",
}
_MADE_OF = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}


@cache
def definitions() -> Mapping[str, Mapping[str, Any]]:
    """What the template says of each table's keys and indexes, by its name there."""
    tables = Template(written()).of_type("AWS::DynamoDB::Table")
    return {name: {part: table[part] for part in _MADE_OF if part in table} for name, table in tables}


@contextmanager
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoBooks]:
    """A store over empty tables."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client: Any = Session().create_client("dynamodb", REGION)
        for name, definition in definitions().items():
            client.create_table(TableName=name, **definition)
        yield DynamoBooks(Connection(region=REGION), TABLES)


def doubled(double: DynamoDouble) -> DynamoBooks:
    """A store over a double's tables."""
    return DynamoBooks(DoubleConnection(double.call), TABLES)
