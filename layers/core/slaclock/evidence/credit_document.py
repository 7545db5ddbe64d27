"""A statement of credits as JSON, and what has changed from one to the next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.domain.money import rounded
from slaclock.evidence.at_risk import AtRisk, passed
from slaclock.evidence.canonical import canonical, content_hash
from slaclock.evidence.credit_periods import Period
from slaclock.evidence.credit_terms import CreditTerms, Termination
from slaclock.evidence.credits import Line, Right, Statement
from slaclock.evidence.cycles import Cycle

Document = Mapping[str, Any]


def period_document(period: Period) -> dict[str, Any]:
    """A period as reports write it: its name, its first day, the first day after it, and its zone."""
    return {
        "name": period.name,
        "from": period.first.isoformat(),
        "to": period.after.isoformat(),
        "zone": period.timezone,
    }


def statement_document(statement: Statement, account: str) -> dict[str, Any]:
    """Write a statement: money as decimal text, breaches by their ids, and its own hash."""
    terms, counted = statement.terms, statement.counted
    said: dict[str, Any] = {
        "account": account,
        "agreement": terms.agreement,
        "agreement_version": terms.version,
        "agreement_hash": terms.content_hash,
        "period": period_document(statement.period),
        "currency": terms.currency,
        "fee": None if terms.fee is None else str(rounded(terms.fee, terms.currency)),
        "met": len(counted.met),
        "breached": len(counted.breached),
        "attainment": counted.attainment,
        "counted": counted.digest,
        "forgiven": [each.id for each in counted.graced],
        "excluded": [{"id": each.id, "because": _because(each)} for each in counted.excluded],
        "lines": [_line(line) for line in statement.lines],
        "cap": None if statement.cap is None else str(statement.cap),
        "total": str(statement.total),
        "termination": [_right(right) for right in statement.rights],
    }
    return {**said, "hash": content_hash(said)}


def _because(cycle: Cycle) -> str:
    return "waived" if cycle.state == "waived" else f"caused by {cycle.cause}"


def _line(line: Line) -> dict[str, Any]:
    clause = {"clause": line.clause} if line.clause else {}
    return {
        "why": line.why,
        "of": line.of,
        "said": line.said,
        **clause,
        "credit": str(line.credit),
        "rows": list(line.rows),
    }


def _right(right: Right) -> dict[str, Any]:
    return {**_said(right.termination), "at": format_instant(right.at), "rows": list(right.rows)}


def _said(said: Termination) -> dict[str, Any]:
    clause = {"clause": said.clause} if said.clause else {}
    within = f"{said.months} month{'' if said.months == 1 else 's'}"
    return {"right": said.right, **clause, "breaches": said.breaches, "in": within}


def risk_document(terms: CreditTerms, risk: AtRisk) -> dict[str, Any]:
    """Write how a running period stands: what is left before each band, each credit and each right."""
    warned = passed(terms, risk)
    return {
        "gone": str(risk.gone),
        "met": len(risk.counted.met),
        "breached": len(risk.counted.breached),
        "forgiven": len(risk.counted.graced),
        "attainment": risk.counted.attainment,
        "breaches_left": risk.left,
        "bands": [
            {
                "below": each.band.text,
                "credit": each.band.credit.text,
                "breaches_left": each.left,
                "lost": each.lost,
            }
            for each in risk.bands
        ],
        "each": None if risk.free is None else {"breaches_left": risk.free},
        "termination": [{**_said(each.termination), "breaches_left": each.left} for each in risk.rights],
        "warnings": [
            {**each.condition, "notify": each.notify, "passed": each in warned} for each in terms.warns
        ],
    }


def difference(earlier: Document, later: Document) -> dict[str, Any]:
    """What a statement says otherwise than an earlier one: the money, and the lines that came and went.

    The earlier total and the difference are the later total, always.
    """
    change = Decimal(later["total"]) - Decimal(earlier["total"])
    return {
        "total": str(change),
        "added": _beyond(later["lines"], earlier["lines"]),
        "removed": _beyond(earlier["lines"], later["lines"]),
    }


def _beyond(lines: Sequence[Document], others: Sequence[Document]) -> list[Document]:
    """The lines that are not among the others; a line that there is twice has two others."""
    there = Counter(canonical(line) for line in others)
    beyond = []
    for line in lines:
        text = canonical(line)
        there[text] -= 1
        if there[text] < 0:
            beyond.append(line)
    return beyond
