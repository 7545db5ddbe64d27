"""Cursors: where a page of breaches or of a queue ended, opaque to whoever carries it to the next one.

A cursor names a place within one query, and reads nothing that the query itself would not: the partitions are
always those of the query's own parameters. It is no secret, and needs no signature.
"""

import hashlib
import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping

_PLACE = re.compile(r"breach#(\d{4}-\d{2})-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z#.+", re.ASCII | re.DOTALL)
_LONGEST = 1000  # bytes of a place and its mark; DynamoDB refuses to look for a sort key of more than 1024
_MARK = 8  # characters


def mark_of(parameters: Mapping[str, str]) -> str:
    """Tell a query from others, so that a cursor can't be taken from one to another."""
    asked = {name: value for name, value in parameters.items() if name not in ("limit", "cursor")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:_MARK]


def cursor_of(mark: str, place: str) -> str:
    """The cursor that goes on after a place of the index."""
    return urlsafe_b64encode(f"{mark}{place}".encode()).decode().rstrip("=")


def place_of(cursor: str, mark: str, places: re.Pattern[str] = _PLACE) -> str:
    """The place that a cursor names, one of `places`; `ValueError` says why it is none of this query's.

    Base64 reads several texts as the same bytes: only the one that we write is taken.
    """
    try:
        given = b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        given = ""
    theirs, place = given[:_MARK], given[_MARK:]
    known = (
        len(cursor) <= _LONGEST * 4 // 3 and places.fullmatch(place) and cursor_of(theirs, place) == cursor
    )
    if not known:
        raise ValueError("this is no cursor that was given out here")
    if theirs != mark:
        raise ValueError("this cursor belongs to another query: go on with the same parameters")
    return place


def month_of(place: str) -> str:
    """The month in which a place lies; "" for no place at all."""
    found = _PLACE.fullmatch(place)
    return found[1] if found else ""
