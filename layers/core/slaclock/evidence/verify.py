"""A bundle, checked from first to last: by its own words, by the rules, by seals, and by trusted keys.

Nothing here asks anybody: no network, no AWS, no file. Only the keys are believed.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent
from slaclock.evidence.canonical import canonical
from slaclock.evidence.checked import Checked
from slaclock.evidence.checks import (
    check_chain,
    check_derived,
    check_engine,
    check_file,
    check_fold,
    check_rows,
    check_subject,
)
from slaclock.evidence.hash_checks import check_hashes
from slaclock.evidence.sealed_checks import (
    check_age,
    check_inclusion,
    check_keys,
    check_roots,
    check_signatures,
    sealed_as_of,
    unsealed,
)
from slaclock.evidence.verdict import Fault, Line, Verdict
from slaclock.helpdesks.payload import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from slaclock.evidence.signatures import PublicKey

LARGEST = 64 * 1024 * 1024  # bytes of a file that is looked at
MOST_LINKS = 10_000  # and of links, rows and proofs: events out of order take time by the square of them
_NOT_MADE = "not checked"


def verify(
    file: bytes,
    keys: Sequence[PublicKey],
    not_before: date | None = None,
    roots: Mapping[date, str] | None = None,
) -> Verdict:
    """Check a file, and say of each check what it found; whatever is in the file, nothing is raised.

    Where the latest seal of all that it shows is of a day before `not_before`, it does not hold, nor where a
    seal has another root than the one of its day among `roots`.
    """
    schema, checked = _shape(file)
    if checked is None:
        return Verdict([schema])
    lines = [schema, _made("engine", partial(check_engine, checked))]
    lines += [_made("hashes", partial(check_hashes, checked)), _made("chain", partial(check_chain, checked))]
    lines += _rules(checked, lines[1])
    lines.append(_made("rows", partial(check_rows, checked)))
    seals = _seals(checked, keys)
    lines += seals
    if not_before:
        lines.append(_made("age", partial(check_age, checked, not_before)))
    if roots:
        lines.append(_made("roots", partial(check_roots, checked, roots)))
    lines.append(_made("file", partial(check_file, checked)))
    told = checked.facts
    rows = [told[each]["fact"] for each in checked.document["rows"] if each in told]
    shown = [checked.document["seals"][day]["seal"] for day in sorted(checked.document["seals"])]
    return Verdict(lines, rows, shown, sealed_as_of(checked) if seals[-1].holds else None)


def _shape(file: bytes) -> tuple[Line, Checked | None]:
    found: list[Checked] = []

    def read() -> str:
        checked = Checked(_document(file))
        check_subject(checked)
        _ = checked.known
        found.append(checked)
        return "it has the shape of evidence/1, and is about one ticket"

    return _made("schema", read), found[0] if found else None


def _rules(checked: Checked, engine: Line) -> list[Line]:
    """What the rules make of the log; only the version that told the breach can say."""
    if not engine.holds:
        return [
            Line(name, None, f"{_NOT_MADE}: this is not the version to ask") for name in ("derived", "fold")
        ]
    derived = _made("derived", partial(check_derived, checked))
    if not derived.holds:
        return [derived, Line("fold", None, f"{_NOT_MADE}: the log leads elsewhere")]
    return [derived, _made("fold", partial(check_fold, checked))]


def _seals(checked: Checked, keys: Sequence[PublicKey]) -> list[Line]:
    inclusion = _made("inclusion", partial(check_inclusion, checked))
    if not checked.document["seals"]:
        trusted = [Line(name, None, f"{_NOT_MADE}: there is no seal yet") for name in ("key", "signature")]
    else:
        trusted = [_made("key", partial(check_keys, checked, keys))]
        if trusted[0].holds:
            trusted.append(_made("signature", partial(check_signatures, checked, keys)))
        else:
            trusted.append(Line("signature", None, f"{_NOT_MADE}: it is of a key that you do not trust"))
    return [inclusion, *trusted, _sealed(checked, inclusion)]


def _sealed(checked: Checked, inclusion: Line) -> Line:
    """What no seal protects yet does not fail, and does not hold."""
    if not inclusion.holds:
        return Line("sealed", None, _NOT_MADE)
    asked = _made("sealed", partial(unsealed, checked))
    if asked.holds and not asked.said:
        return replace(asked, said="every row of the breach, and all of the ticket's record, is sealed")
    return replace(asked, holds=None) if asked.holds else asked


def _made(name: str, check: Callable[[], str]) -> Line:
    """Make a check. What fails in a way that nobody foresaw does not hold either."""
    try:
        return Line(name, holds=True, said=check())
    except Fault as fault:
        return Line(name, holds=False, said=fault.detail, pointer=fault.pointer)
    except Exception as error:  # noqa: BLE001  (whoever wrote the file may have meant to confuse)
        return Line(name, holds=False, said=f"it can't be checked: {type(error).__name__}: {error}"[:300])


def _document(file: bytes) -> Any:
    """Read JSON strictly, and hold it against the schema; `Fault` says where it is not so."""
    if len(file) > LARGEST:
        raise Fault("", f"the file has more than {LARGEST} bytes")
    try:
        document = load(file)
    except InvalidEvent as wrong:
        raise Fault("", wrong.detail.replace("the body", "the file")) from None
    _few(document)
    try:
        canonical(document)
    except (ValueError, RecursionError) as wrong:
        raise Fault("", f"it has no canonical form: {wrong}") from None
    _fits(document)
    return document


def _few(document: Any) -> None:
    """There are no more links, rows or proofs than can be checked while somebody waits: asked first."""
    members = document.items() if isinstance(document, dict) else ()
    lengths = {name: len(value) for name, value in members if isinstance(value, list)}
    links = lengths.get("log", 0) + lengths.get("facts", 0)
    for what, number in (("links", links), *((name, lengths.get(name, 0)) for name in ("rows", "proofs"))):
        if number > MOST_LINKS:
            raise Fault("", f"the file has {number} {what}: more than {MOST_LINKS} are not checked")


def _fits(document: Any) -> None:
    from fastjsonschema import JsonSchemaValueException  # noqa: PLC0415  (only who checks pays for it)

    try:
        _schema()(document)
    except JsonSchemaValueException as wrong:
        name = wrong.name or ""
        raise Fault(_pointer(name), wrong.message.removeprefix(name).strip()[:300]) from None


def _pointer(name: str) -> str:
    """`data.facts[3].at` as a JSON pointer."""
    return re.sub(r"[.\[]", "/", name.removeprefix("data")[:500]).replace("]", "")


@cache
def _schema() -> Callable[[Any], Any]:
    import fastjsonschema  # noqa: PLC0415  (likewise)

    schema = json.loads(files("slaclock.evidence").joinpath("evidence-1.schema.json").read_text("utf-8"))
    compiled: Callable[[Any], Any] = fastjsonschema.compile(schema, use_formats=False, use_default=False)
    return compiled
