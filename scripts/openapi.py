"""`make openapi`: docs/openapi.json, of the routes as they are declared."""

import json
from pathlib import Path

from slaclock.records.openapi import openapi

DOCUMENT = Path(__file__).parents[1] / "docs" / "openapi.json"


def written() -> str:
    """The document as the file has it: what a person can read, and compare line by line."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
