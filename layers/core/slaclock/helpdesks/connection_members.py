"""What the members of a connection may be; whoever breaks a rule is told the member's name.

A connection is entered by a person, once, and read at every delivery: what is wrong with it should be said
when it is entered, not when the first ticket is late.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from slaclock.domain.errors import SlaError
from slaclock.domain.offsets import zone_names
from slaclock.helpdesks.headers import is_kept

LONGEST, LONGEST_URL, LONGEST_PATH = 255, 2048, 1000
MOST_WORDS, MOST_AGENTS, MOST_PATHS = 1000, 500, 50
LARGEST_MAPPING = 32 * 1024
FOUND_BY_PATH = frozenset({"team", "customer", "plan", "channel", "region", "service", "ticket_type"})
_CUSTOM = re.compile(r"custom\.[^\s\x00-\x1f\x7f-\x9f]{1,100}")  # as conditions name them
Read = Callable[[str, Any], Any]


class InvalidConnection(SlaError):
    """A stored connection breaks a rule; the message names the member."""


def text(name: str, value: Any, longest: int = LONGEST) -> str:
    """Text of at least one character."""
    if not isinstance(value, str) or not value:
        raise InvalidConnection(f"a connection's {name} is text, and not empty")
    if len(value) > longest or not value.isprintable():
        raise InvalidConnection(f"a connection's {name} is one line of at most {longest} characters")
    return value


def matching(pattern: str, told: str, longest: int = LONGEST) -> Read:
    """Text that fits a pattern, which `told` says in words."""

    def read(name: str, value: Any) -> str:
        if not re.fullmatch(pattern, given := text(name, value, longest)):
            raise InvalidConnection(f"a connection's {name} is {told}")
        return given

    return read


def title(name: str, value: Any) -> str:
    """Text that may be empty."""
    return "" if value == "" else text(name, value)


def words(allowed: Collection[str] = (), most: int = MOST_WORDS, longest: int = LONGEST) -> Read:
    """Texts by texts, leading to nothing but what is allowed."""

    def read(name: str, value: Any) -> dict[str, str]:
        if not isinstance(value, Mapping) or not all(
            isinstance(each, str) for each in (*value, *value.values())
        ):
            raise InvalidConnection(f"a connection's {name} map text to text")
        if len(value) > most:
            raise InvalidConnection(f"a connection's {name} are at most {most}")
        if not all(0 < len(each) <= longest for each in (*value, *value.values())):
            raise InvalidConnection(f"a connection's {name} have 1 to {longest} characters each")
        if allowed and (strange := set(value.values()) - set(allowed)):
            raise InvalidConnection(
                f"a connection's {name} lead to {min(strange)!r}, not one of {sorted(allowed)}"
            )
        return dict(value)

    return read


def agents(name: str, value: Any) -> frozenset[str]:
    """Names of agents, whose case does not matter."""
    if not isinstance(value, list) or len(value) > MOST_AGENTS:
        raise InvalidConnection(f"a connection's {name} are a list of at most {MOST_AGENTS}")
    return frozenset(text(name, each).casefold() for each in value)


def timezone(name: str, value: Any) -> str:
    """A zone of the IANA database."""
    if (given := text(name, value)) not in zone_names():
        raise InvalidConnection(f"a connection's {name} is a time zone's name, such as Europe/Copenhagen")
    return given


def scheme(name: str, value: Any) -> str:
    """A way to sign that we know."""
    from slaclock.helpdesks.signatures import SCHEMES  # noqa: PLC0415  (the schemes know connections)

    if not isinstance(value, str) or value not in SCHEMES:
        raise InvalidConnection(f"a connection's {name} is one of {', '.join(sorted(SCHEMES))}")
    return value


def header(name: str, value: Any) -> str:
    """A header that a secret may come in: one that is never kept with a delivery."""
    given = text(name, value, 64).lower()
    if not re.fullmatch(r"[a-z0-9-]+", given) or is_kept(given):
        raise InvalidConnection(
            f"a connection's {name} is a header's name, and none of those that are kept for their signatures"
        )
    return given


def paths(name: str, value: Any) -> dict[str, str]:
    """JMESPath by the member of a ticket that it finds, or by `custom.` and a field's name."""
    found: dict[str, str] = words((), MOST_PATHS, LONGEST_PATH)(name, value)
    for member, path in found.items():
        if member not in FOUND_BY_PATH and not _CUSTOM.fullmatch(member):
            raise InvalidConnection(
                f"a connection's {name} find one of {', '.join(sorted(FOUND_BY_PATH))} or custom.…, "
                f"not {member[:64]!r}"
            )
        if not _compiles(path):
            raise InvalidConnection(f"a connection's {name} for {member!r} is no JMESPath")
    return found


def mapping(name: str, value: Any) -> str | dict[str, Any]:
    """The name of a mapping that is shipped, or a mapping of its own, which `mapping` reads."""
    if isinstance(value, str):
        if not re.fullmatch("[a-z]{1,32}", value) or not _shipped(value).is_file():
            shipped = ", ".join(sorted(path.stem for path in _shipped("*").parent.glob("*.json")))
            raise InvalidConnection(f"a connection's {name} is none of those that are shipped: {shipped}")
        return value
    if not isinstance(value, Mapping) or len(json.dumps(value)) > LARGEST_MAPPING:
        raise InvalidConnection(
            f"a connection's {name} is a name, or an object of at most {LARGEST_MAPPING} bytes"
        )
    return dict(value)


def _shipped(name: str) -> Path:
    return Path(__file__).with_name("mappings") / f"{name}.json"


def _compiles(path: str) -> bool:
    import jmespath  # noqa: PLC0415  (few connections have paths)
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415

    try:
        jmespath.compile(path)
    except (JMESPathError, ValueError, RecursionError):
        return False
    return True
