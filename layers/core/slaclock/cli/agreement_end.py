"""`slaclock agreement end`: an agreement is ended before its time, and what runs under it is cancelled."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks
from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.ending import Ending
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.feeding import Fed, Feeder

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from slaclock.domain.ticket import Ticket
    from slaclock.wiring import Wiring


_AFTER = timedelta(microseconds=1)


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement end`."""
    parser = actions.add_parser("end", help="end an agreement now, and cancel the clocks under it")
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("agreement", metavar="AGREEMENT", help="its id")
    deployed.add_author(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    deployed.add_settle(parser)
    parser.set_defaults(run=end)


def end(args: argparse.Namespace) -> int:
    """Keep the end, so that nothing starts under the agreement, then tell each ticket that has to do with it.

    Run again it goes on where an interrupted run left off; the first end stands.
    """
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        ended = _ended(args, wiring)
        if ended is None:
            return 1
        sweeps = deployed.Sweeps(args.settle)
        fed = sweeps.run(lambda: _sweep(args.account, ended, wiring, sweeps))
    return deployed.report(fed, _counted(fed))


def _ended(args: argparse.Namespace, wiring: Wiring) -> AgreementEnd | None:
    """The end as it is kept; None where the person who asked has thought better of it."""
    before = wiring.store.agreements(args.account)
    _known(args, before)
    if not _kept(before, args.agreement):
        if not (args.yes or _sure(args)):
            return None
        by, now = deployed.author(args.by, wiring), wiring.now()
        wiring.store.end(args.account, AgreementEnd(args.agreement, now, args.reason, by))
    ended = _kept(wiring.store.agreements(args.account), args.agreement)
    assert ended is not None, "it was kept above"  # noqa: S101  (for the type checker)
    already = "was ended already" if _kept(before, args.agreement) else "is ended"
    when = f"at {format_instant(ended.at)} by {ended.by}"
    sys.stdout.write(f"{ended.agreement} {already}, {when}: {ended.reason}\n")
    return ended


def _known(args: argparse.Namespace, agreements: Agreements) -> None:
    ids = sorted({each.id for each in agreements.versions})
    if args.agreement not in ids:
        there = f"there are {', '.join(ids)}" if ids else "it has none"
        raise SlaError(f"account {args.account!r} has no agreement {args.agreement!r}: {there}")


def _kept(agreements: Agreements, agreement: str) -> AgreementEnd | None:
    return next((each for each in agreements.endings if each.agreement == agreement), None)


def _sure(args: argparse.Namespace) -> bool:
    """Ask on a terminal; elsewhere nobody can answer, so `--yes` is needed."""
    if not sys.stdin.isatty():
        raise SlaError(f"this cancels every clock that runs under {args.agreement!r}, for good: add --yes")
    sys.stderr.write(
        f"This ends {args.agreement!r} of account {args.account!r} and cancels every clock that runs under "
        "it, for good. Go on? [y/N] "
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _sweep(account: str, ended: AgreementEnd, wiring: Wiring, sweeps: deployed.Sweeps) -> Fed:
    def given_for(ticket: Ticket) -> Ending | None:
        under = {name for name, _ in ticket.chosen} | {clock.agreement for clock in ticket.clocks}
        if ended.agreement not in under:
            return None
        said = (ended.agreement, ended.reason, ended.by, _moment(ended, ticket, wiring))
        return Ending(account, ticket.ticket_id, *said, subject=ticket.subject)

    subjects = sweeps.watched(wiring.store.subjects(account))
    return Feeder(wiring.store, wiring.agreements, wiring.now).feed(subjects, given_for)


def _moment(ended: AgreementEnd, ticket: Ticket, wiring: Wiring) -> datetime:
    """When it ends for a ticket: then, or, where a function that did not know of it decided since, now."""
    if ticket.position is None or ticket.position[0] < ended.at:
        return ended.at
    return max(wiring.now(), ticket.position[0] + _AFTER)


def _counted(fed: Fed) -> list[tuple[str, int]]:
    cancelled, closed = fed.facts["clock_cancelled"], fed.facts["breach_ended"]
    counted = [("tickets told", fed.told), ("running clocks cancelled", cancelled)]
    return [*counted, *([("breaches that waited, closed", closed)] if closed else [])]
