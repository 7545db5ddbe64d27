"""A bundle as a file: its text, and what to call it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from slaclock.domain.facts import split_id, split_subject


def written(bundle: Mapping[str, Any]) -> str:
    """A bundle as a file has it: a member a line, so that people can look into it, too."""
    return json.dumps(bundle, indent=1, ensure_ascii=False) + "\n"


def file_name(bundle: Mapping[str, Any]) -> str:
    """What to call the file: nothing that a shell, a browser or a file system takes for more than a name."""
    subject, key = split_id(bundle["breach"])
    _, account, ticket = split_subject(subject)
    _, lane, cycle, *_ = key.split(":")
    parts = (re.sub(r"[^A-Za-z0-9.]", "-", each)[:40].strip(".-") for each in (account, ticket, lane, cycle))
    return f"evidence-{'-'.join(part for part in parts if part)}.json"
