"""Inputs made of others by chance: bytes and lines of any text, and the members of the JSON in it."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What others send where a text, a number or an object is due.
ODD_TEXTS = (
    "", " ", "0", "-1", "a#b", "a%23b", "a%b", "..", "../..", "a/b", "a:b", "a.b", "a[0]", "~", "\x00",
    "a\nb", "\r\n", "\x1b[31m", "\u2028", "\u202e", "\u0130", "\u017f", "Ⅷ", "٣", "e\u0301", "\ufeff", "😀",
    "x" * 300, "true", "null", "{}", "%00", "2026-03-27T14:05:00Z", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-27", "2026-W13-5T14:05:00Z",
    "custom.a", "__proto__", "unknown", "deleted", "solved",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, -0.0, 1e308, 5e-324, 2**53, -(2**63), 10**400, [], {}, [[]], [{}],
    {"": None}, {"id": "1"}, {"a": [], "a.b": {}}, ["x"] * 300, [None], {"a": {"b": {"c": []}}},
)  # fmt: skip
_ODD_JSON = (
    b"1e999999",
    b"NaN",
    b"-Infinity",
    b"9" * 5000,
    b'"\\ud800"',
    b"[" * 500,
    b'{"a":1,"a":2}',
    b"\\u0000",
)


def mutants(corpus: Sequence[bytes], words: Sequence[str], seed: int, count: int) -> Iterator[bytes]:
    """`count` inputs made of a corpus: the same for the same seed."""
    random = Random(seed)
    seeds = list(corpus) or [b""]
    for _ in range(count):
        data = random.choice(seeds)
        for _ in range(random.choice((1, 1, 2, 4, 8))):
            data = mutated(data, words, random, random.choice(seeds))
        yield data


def mutated(data: bytes, words: Sequence[str], random: Random, other: bytes = b"") -> bytes:
    """Change an input in one place; `other` is another one, of which something may be taken."""
    if random.random() < 0.5 and (changed := _in_json(data, words, random)) is not None:
        return changed
    if random.random() < 0.4 and b"\n" in data:
        return _in_lines(data, words, random, other)
    return _in_bytes(data, words, random, other)


def _in_json(data: bytes, words: Sequence[str], random: Random) -> bytes | None:
    """Change a member somewhere in the JSON that begins at a line of the input."""
    starts = [
        at for at in (0, *(i + 1 for i, each in enumerate(data) if each == 10)) if data[at : at + 1] in b"{["
    ]
    if not starts:
        return None
    start = random.choice(starts)
    text = data[start:].decode(errors="replace")
    try:
        document, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    holders = list(_holders(document))
    if not holders:
        return None
    holder, key = random.choice(holders)
    _change(holder, key, words, random)
    written = json.dumps(document, ensure_ascii=random.random() < 0.5).encode(errors="replace")
    if random.random() < 0.05:
        written = written.replace(b'""', random.choice(_ODD_JSON), 1)
    return data[:start] + written + text[end:].encode(errors="replace")


def _holders(document: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    members = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, value in members:
        yield document, key
        if depth < 20:
            yield from _holders(value, depth + 1)


def _change(holder: Any, key: Any, words: Sequence[str], random: Random) -> None:
    how = random.random()
    if how < 0.15:
        del holder[key]
    elif how < 0.3 and isinstance(holder, dict):
        holder[random.choice([*words, *ODD_TEXTS])] = holder[key] if how < 0.22 else holder.pop(key)
    elif how < 0.4 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif how < 0.6:
        holder[key] = random.choice(ODD_VALUES)
    elif how < 0.7 and isinstance(holder[key], str):
        holder[key] = _in_bytes(holder[key].encode(errors="replace"), words, random, b"").decode(
            errors="replace"
        )
    else:
        holder[key] = random.choice([*words, *ODD_TEXTS] if random.random() < 0.5 or not words else words)


def _in_lines(data: bytes, words: Sequence[str], random: Random, other: bytes) -> bytes:
    lines, others = data.split(b"\n"), other.split(b"\n")
    at, how = random.randrange(len(lines)), random.random()
    if how < 0.25:
        lines[at : at + 1] = [lines[at], lines[at]]
    elif how < 0.45:
        del lines[at]
    elif how < 0.65:
        lines.insert(at, random.choice(others))
    elif how < 0.75:
        lines[at] = b" " * random.choice((1, 2, 4)) + lines[at]
    else:
        name, colon, _ = lines[at].partition(b":")
        lines[at] = name + colon + b" " + _word(words, random)
    return b"\n".join(lines)


def _in_bytes(data: bytes, words: Sequence[str], random: Random, other: bytes) -> bytes:
    at, length = random.randrange(len(data) + 1), random.choice((1, 1, 2, 4, 16))
    before, cut, after = data[:at], data[at : at + length], data[at + length :]
    match random.randrange(6):
        case 0:
            return before + bytes([random.randrange(256)]) + after
        case 1:
            return before + after
        case 2:
            return before + cut * random.choice((2, 3, 50)) + after
        case 3:
            begin = random.randrange(len(other) + 1)
            return before + other[begin : begin + 4 * length] + data[at:]
        case 4:
            return before + _word(words, random) + after
        case _:
            return before + _word(words, random) + data[at:]


def _word(words: Sequence[str], random: Random) -> bytes:
    return random.choice([*words, *ODD_TEXTS]).encode(errors="replace")
