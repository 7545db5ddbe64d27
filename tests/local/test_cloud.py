"""What the local cloud keeps while a stack runs for days, and how long commands wait for a slow one."""

import gc
from pathlib import Path
from typing import Any

import pytest
from moto.core.model_instances import model_data
from moto.dynamodb.models.table import Table

from slaclock.cli import deployed
from tests.local.desk import GOLD, open_desk


def test_no_copy_of_a_table_outlives_its_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moto copies every table at each transaction, and would list the copies for ever."""
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        for number in range(30):
            desk.event(str(number))
        gc.collect()
        models: list[Any] = list(model_data["dynamodb"].values())
        assert sum(len(model.instances_tracked) for model in models) == 0
        tables = sum(1 for each in gc.get_objects() if isinstance(each, Table))
        assert tables <= 6, "three tables, and perhaps a copy of each from the last transaction"
        assert desk.clock("29")[2] == "running"


def test_commands_wait_longer_for_a_table_than_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A helpdesk waits ten seconds for its answer; a person can wait for one that says what was done."""
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        wiring = deployed.stack()
        for client in (wiring.client("sts"), wiring.connection.client):
            config: Any = client.meta.config
            assert (config.connect_timeout, config.read_timeout) == (5.0, 30.0)
        assert desk.stack.store.agreements("example").versions
