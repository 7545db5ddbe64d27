"""The environment that every test runs in."""

import os

# Powertools asks for these when a function's module is loaded.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "slaclock")
