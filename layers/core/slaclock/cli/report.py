"""`slaclock report`: a month for people, as a page, a table or a document."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import InvalidCalendar, SlaError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slaclock.domain.agreement import Agreement
    from slaclock.reporting.wanted import Wanted

FORMATS = ("html", "csv", "json")
_NEEDED = ("LEDGER_TABLE", "AGREEMENTS_TABLE", "REPORTS_TABLE")
_ABOUT = (
    "One file that needs nothing else: a page to read, print or send, or its figures as CSV or JSON. What "
    "was promised to customers is counted; agreements within the house and with suppliers stand behind it."
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock report`."""
    parser = commands.add_parser("report", help="a month for people, with plots", description=_ABOUT)
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("--month", required=True, metavar="MONTH", help="such as 2026-10")
    parser.add_argument("--customer", type=texts.line, metavar="ID", help="what this customer was promised")
    parser.add_argument("--agreement", type=texts.line, metavar="ID", help="this agreement alone")
    parser.add_argument("--zone", type=texts.line, metavar="ZONE", help="whose days and hours are meant, "
        "such as Europe/Copenhagen; default: the agreement's, else UTC")  # fmt: skip
    parser.add_argument("-o", "--output", type=texts.path, metavar="FILE", help="default: standard output")
    parser.add_argument("--format", choices=FORMATS, help="default: as the file is called, else html")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the report; 1 where the month, the zone or the file is none."""
    from slaclock.reporting import writing  # noqa: PLC0415  (other commands have no use for it)
    from slaclock.reporting.reading import Reader  # noqa: PLC0415

    form = _format(args)
    with stacks.told_plainly():
        environ = stacks.environ(args, "Records")
        wiring = deployed.stack(environ, _NEEDED)
        published = wiring.books.agreements(args.account)
        wanted = _wanted(args, published.versions)
        seals = wiring.seals if environ.get("SEALS_BUCKET") else None
        report = Reader(wiring.books, seals).read(wanted, published, wiring.now())
    _put(args.output, writing.written(report, form))
    if _is_empty(report):
        sys.stderr.write(f"slaclock: nothing is known {_of(wanted)}: is the name right?\n")
    return 0


def _is_empty(report: Mapping[str, Any]) -> bool:
    """Whether a month has nothing at all, be it counted or not."""
    total = report["total"]
    there = any(total[name] for name in ("met", "breached", "cancelled", "excluded"))
    return not (there or total["ratings"]["number"] or report["behind"])


def _of(wanted: Wanted) -> str:
    named = {"account": wanted.account, "customer": wanted.customer, "agreement": wanted.agreement}
    names = ", ".join(f"{what} {name[:64]!r}" for what, name in named.items() if name is not None)
    return f"of {names} in {wanted.month.name}"


def _format(args: argparse.Namespace) -> str:
    """The format that is named, else the one that the file's name says."""
    if args.format or args.output is None:
        return args.format or FORMATS[0]
    named: str = args.output.suffix.removeprefix(".").lower()
    if named not in FORMATS:
        raise SlaError(f"-o {args.output}: call it .{', .'.join(FORMATS)}, or say which with --format")
    return named


def _wanted(args: argparse.Namespace, versions: Sequence[Agreement]) -> Wanted:
    from slaclock.reporting.wanted import Wanted, month_named  # noqa: PLC0415

    own = [each for each in versions if each.id == args.agreement]
    if args.agreement and not own:
        raise SlaError(f"there is no agreement {args.agreement[:64]!r}")
    zone = args.zone or (max(own, key=lambda each: each.version).timezone if own else "UTC")
    try:
        month = month_named(args.month, zone)
    except InvalidCalendar as error:
        raise SlaError(f"--zone: {error}") from None
    except ValueError:
        raise SlaError(f"--month {args.month[:20]!r} is no month such as 2026-10") from None
    return Wanted(args.account, month, args.customer, args.agreement)


def _put(path: Path | None, text: str) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise SlaError(f"-o {path}: {error.strerror}") from None
