"""Files about connections, YAML or JSON: what may be said of one, and mappings of any JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slaclock.domain.errors import SlaError

_LARGEST = 256 * 1024  # characters
_OURS = ("id", "secret", "kind", "account", "changes")  # which no file says


def mapping(text: str) -> str | dict[str, Any]:
    """A mapping's name, or what its file says."""
    path = Path(text)
    if not (path.suffix or path.exists()):
        return text
    return _object(path)


def members(path: Path) -> dict[str, Any]:
    """A file's members; those that no file decides are passed over, so that `show` can be read again."""
    return {name: value for name, value in _object(path).items() if name not in _OURS}


def _object(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SlaError(
            f"{path} can't be read: {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from None
    if len(text) > _LARGEST:
        raise SlaError(f"{path} has more than {_LARGEST} characters")
    try:
        found = json.loads(text) if path.suffix == ".json" else _yaml(text)
    except (ValueError, RecursionError) as error:
        raise SlaError(f"{path} can't be read: {error}") from None
    if not isinstance(found, dict):
        raise SlaError(f"{path} holds no object")
    return found


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415  (only those who write YAML need it)
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    except (YAMLError, TypeError) as error:
        raise ValueError(str(error).splitlines()[0]) from None
