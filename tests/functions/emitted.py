"""What functions print for CloudWatch: metrics in its embedded format."""

import json
from typing import Any

import pytest


def documents(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The documents of metrics printed since this was last asked."""
    lines = capsys.readouterr().out.splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"_aws"')]


def values(capsys: pytest.CaptureFixture[str]) -> dict[str, list[float]]:
    """The values of each metric printed since this was last asked, by its name."""
    found: dict[str, list[float]] = {}
    for document in documents(capsys):
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            found.setdefault(metric["Name"], []).extend(document[metric["Name"]])
    return found
