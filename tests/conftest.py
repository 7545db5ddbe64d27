"""The environment that every test runs in."""

import os
import sys
from collections import defaultdict
from typing import Any, ClassVar

import botocore.loaders
import pytest

# Powertools asks for these when a function's module is loaded.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "slaclock")


class _ReadOnce(botocore.loaders.Loader):
    """Descriptions of services that sessions share: botocore would read and parse them anew for each one.

    Tests make thousands of sessions. As within one session, nobody changes what was read.
    """

    _read: ClassVar = defaultdict[tuple[Any, ...], dict[Any, Any]](dict)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cache = self._read[type(self), *self.search_paths]


botocore.loaders.Loader = _ReadOnce  # type: ignore[misc]


def pytest_runtest_setup() -> None:
    """Forget what an earlier test counted and never printed: Powertools has one set for a whole process."""
    if powertools := sys.modules.get("aws_lambda_powertools"):
        powertools.Metrics().clear_metrics()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted with `record_property`, so that CI shows it, too."""
    # A fixture counts when its test is over: that report is one of teardown, in the category "".
    for report in terminalreporter.getreports(""):
        if report.when == "teardown":
            for name, value in report.user_properties:
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {name} {value}")
