"""Breaches as JSON, CSV or NDJSON, whichever the client would rather have."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slaclock.domain.errors import SlaError
from slaclock.records.breaches import Page, breach_to_json
from slaclock.records.cells import cell_of

# To some readers these end a line, and JSON may have them as they are.
_ENDS_OF_LINES = {each: f"\\u{each:04x}" for each in (0x85, 0x2028, 0x2029)}
COLUMNS = (
    "id", "status", "account", "subject", "ticket_id", "customer", "team", "priority", "service", "agreement",
    "agreement_version", "kind", "clause", "target", "metric", "cycle", "revision", "budget", "due_at",
    "at", "reason", "detected_at", "detected_by", "broke_first", "target_seconds", "worked_seconds",
    "late_seconds", "late_wall_seconds", "acknowledged_at", "acknowledged_by", "acknowledged_level",
    "acknowledged_claimed", "ended_at", "corrected_at", "corrected_because", "cause", "remedy",
    "remedy_owner", "remedy_due", "reviewed_at", "review_outcome", "dispute", "dispute_at", "dispute_by",
    "entries", "timezone", "recorded_at", "agreement_hash", "hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write an answer: its media type, and the function that writes it."""

    media_type: str
    write: Callable[[Any], str]

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


def to_json(page: Page) -> str:
    """One document: the breaches, and the cursor of the next page."""
    return _text({"breaches": [breach_to_json(each) for each in page.breaches], "next": page.next_cursor})


def to_ndjson(page: Page) -> str:
    """One breach a line."""
    return "".join(f"{_text(breach_to_json(each))}\n" for each in page.breaches)


def to_csv(page: Page) -> str:
    """A header and a line for each breach (RFC 4180), every cell in quotes; none reads as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for each in page.breaches:
        breach = breach_to_json(each)
        writer.writerow([_cell(breach[column]) for column in COLUMNS])
    return out.getvalue()


CSV_TYPE = "text/csv; charset=utf-8; header=present"
FORMATS = (
    Format("application/json", to_json),
    Format(CSV_TYPE, to_csv),
    Format("application/x-ndjson", to_ndjson),
)


class InvalidAccept(SlaError):
    """An `Accept` header that asks for something which there is not; the message says what there is."""


def negotiate(accept: str | None, formats: Sequence[Format] = FORMATS) -> Format | None:
    """What an `Accept` header would rather have, JSON where it has no preference; None where none will do.

    The most specific range that fits a format counts (RFC 9110, 12.5.1). No header means anything. A range
    `text/csv;bom=true` asks for CSV with a byte order mark; `InvalidAccept` where `bom` is anything else but
    true or false.
    """
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    best = max(formats, key=lambda each: _fit(each.kind, ranges)[0])
    quality, bom = _fit(best.kind, ranges)
    if quality <= 0:
        return None
    return _with_bom(best) if best.media_type == CSV_TYPE and bom else best


def _with_bom(form: Format) -> Format:
    """The same behind the mark by which spreadsheets know UTF-8."""
    return Format(form.media_type, lambda answer: f"\ufeff{form.write(answer)}")


def _fit(kind: str, ranges: Sequence[tuple[str, float, bool]]) -> tuple[float, bool]:
    """The quality of the range that fits best, and whether it asks for a byte order mark."""
    fitting = {kind: 2, f"{kind.partition('/')[0]}/*": 1, "*/*": 0}
    found = [(fitting[name], quality, bom) for name, quality, bom in ranges if name in fitting]
    return max(found, default=(0, 0.0, False))[1:]


def _range(part: str) -> tuple[str, float, bool]:
    name, *parameters = (each.strip().lower() for each in part.split(";"))
    said = {key.strip(): value.strip() for key, _, value in (each.partition("=") for each in parameters)}
    alias = {"application/ndjson": "application/x-ndjson", "*": "*/*"}
    name = alias.get(name, name)
    bom = name in ("text/csv", "text/*", "*/*") and _truth(said.get("bom", "false"))
    return name, _number(said["q"]) if "q" in said else 1.0, bom


def _truth(text: str) -> bool:
    value = text[1:-1] if text[:1] == text[-1:] == '"' else text  # a value may be in quotes (RFC 9110, 5.6.6)
    if value not in ("true", "false"):
        raise InvalidAccept("bom is true or false, as in Accept: text/csv;bom=true")
    return value == "true"


def _number(text: str) -> float:
    """A quality from 0 to 1; what is none counts as 1, since its range was asked for."""
    try:
        quality = float(text)
    except ValueError:
        return 1.0
    return quality if 0 <= quality <= 1 else 1.0


def _cell(value: Any) -> Any:
    if isinstance(value, dict):  # the promise that broke first
        return _cell(f"{value['target']} of {value['agreement']} ({value['kind']}) at {value['at']}")
    return cell_of(value)


def _text(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).translate(_ENDS_OF_LINES)
