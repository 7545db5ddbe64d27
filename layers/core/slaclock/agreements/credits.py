"""What an agreement document says about service credits: its members, and how they hang together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from slaclock.agreements.audiences import each_once, of_no_ticket
from slaclock.agreements.checks import either, items, matching, members, one_of, scalar
from slaclock.agreements.nodes import Members, Node
from slaclock.agreements.problems import suggest
from slaclock.agreements.values import CAUSE, IDENTIFIER, SHARE, text, whole
from slaclock.domain.money import decimals_of, is_whole
from slaclock.domain.rota import LEGAL
from slaclock.domain.taxonomy import CAUSES
from slaclock.evidence.credit_terms import WHOLE, Warn, months_of, thousandths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.problems import Problems
    from slaclock.agreements.whole import Whole

MOST_BANDS, MOST_RIGHTS, MOST_WARNINGS, MOST_NAMED = 20, 10, 10, 30
PERIODS = ("month", "quarter", "year")
A_FEE = 'a share is of a fee: write fee: {amount: "12000.00", currency: DKK} beside it'

Path = tuple[str | int, ...]

_AMOUNT = matching(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", 'an amount such as "12000.00"')
_CURRENCY = matching("[A-Z]{3}", "a currency's three capital letters, such as DKK")
_CLAUSE = text(64).said("Where the contract says it.", "§9.1")
_FEE = members(
    {"amount": _AMOUNT, "currency": _CURRENCY},
    required={"amount": 'an amount such as "12000.00"', "currency": "a currency such as DKK"},
)
_FIXED = members({"amount": _AMOUNT}, required={"amount": 'an amount such as "500.00"'})


def _credit(node: Node, problems: Problems) -> Any:
    return (_FIXED if isinstance(node, Members) else SHARE)(node, problems)


CREDIT = either(_credit, SHARE, _FIXED)
_BAND = members(
    {"below": SHARE, "credit": CREDIT, "clause": _CLAUSE},
    required={"below": "the attainment below which it is due, such as 99%", "credit": "such as 5%"},
)
_TARGETS = items(IDENTIFIER, at_least=1, at_most=MOST_NAMED).then(each_once)
_EACH = members(
    {
        "credit": CREDIT.said("A share of the fee, or an amount.", "2%", {"amount": "500.00"}),
        "targets": _TARGETS.said("The promises whose breaches are credited; all that count if left out."),
        "clause": _CLAUSE,
    },
    required={"credit": 'such as 2% or {amount: "500.00"}'},
)


def _span(written: str) -> str:
    months_of(written)
    return written


_RIGHT = members(
    {
        "breaches": whole(1, 1000).said("How many breaches give the right.", 3),
        "in": scalar(
            "a span such as 6 months, at most 24",
            _span,
            {"type": "string", "pattern": "^(?:1?[0-9]|2[0-4]) months?$"},
        ).said("Within which time, up to the last of them.", "6 months"),
        "right": text().said("What the customer may do then.", "to end the agreement with a month's notice"),
        "clause": _CLAUSE,
    },
    required={
        "breaches": "how many, such as 3",
        "in": "within which time, such as 6 months",
        "right": "what the customer may do then",
    },
)


_WARN = members(
    {
        "breaches_left": whole(0, 1000).said("Told when no more breaches than these are left.", 1),
        "below": SHARE.said("Told when the attainment so far is below this.", "99.5%"),
        "notify": IDENTIFIER.then(of_no_ticket).said("The audience that is told, or a rota.", LEGAL),
    },
    required={"notify": "an audience such as legal"},
)

CREDITS = members(
    {
        "period": one_of("period", PERIODS).said(
            "What is counted together, in days of the default calendar's zone."
        ),
        "fee": _FEE.said("What a period costs, which credits are a share of."),
        "currency": _CURRENCY.said("What amounts are in, where no fee says it.", "DKK"),
        "bands": items(_BAND, at_least=1, at_most=MOST_BANDS).said(
            "The credit that is due below an attainment.", [{"below": "99%", "credit": "5%"}]
        ),
        "each": _EACH.said("The credit that is due for each breach.", {"credit": "2%"}),
        "grace": whole(0, 1000).said("How many first breaches of a period are forgiven.", 1),
        "cap": CREDIT.said("The most that is credited for a period.", "15%", {"amount": "1800.00"}),
        "targets": _TARGETS.said("The promises that count; all of them if left out.", ["resolution"]),
        "excluding": items(CAUSE, at_least=1, at_most=MOST_NAMED)
        .then(each_once)
        .said("Breaches put down to these causes earn nothing.", ["customer"]),
        "termination": items(_RIGHT, at_least=1, at_most=MOST_RIGHTS).said(
            "Rights that so many breaches give."
        ),
        "warn": items(_WARN, at_least=1, at_most=MOST_WARNINGS).said(
            "Who is told that a running period is at risk.", [{"breaches_left": 1, "notify": LEGAL}]
        ),
    }
).said("What the customer is owed when promises are not kept.")


def check_credits(whole: Whole) -> None:
    """Check the credits of a document and what it extends: what is missing, named, or contradicts itself.

    It asks nothing of a document whose credits have a mistake already.
    """
    said = whole.values.get("credits")
    if not isinstance(said, dict) or any(each.path.startswith("credits") for each in whole.problems.found):
        return
    if "period" not in said:
        whole.add(f"missing: write {', '.join(PERIODS[:-1])} or {PERIODS[-1]}", "credits", "period")
    if "bands" not in said and "each" not in said:
        bands = "missing: write a list such as [{below: 99%, credit: 5%}], or each: {credit: 2%}"
        whole.add(bands, "credits", "bands")
    if _money(whole, said):
        _falling(whole, said)
    _names(whole, said)
    _warnings(whole, said)


def _money(whole: Whole, said: dict[str, Any]) -> bool:
    """Whether each amount is in a currency, with no more decimals than that has, and each share of a fee."""
    before, fee, named = len(whole.problems.found), said.get("fee"), said.get("currency")
    if fee and named and named != fee["currency"]:
        whole.add(f"the fee is in {fee['currency']}: leave it out", "credits", "currency")
    currency = fee["currency"] if fee else named
    for credit, path in _figures(said):
        amount = credit.get("amount") if isinstance(credit, dict) else None
        if amount is None and not fee:
            whole.add(A_FEE, "credits", *path)
        elif amount is not None and not currency:
            whole.add("an amount is in a currency: write currency: DKK beside it", "credits", *path)
        elif amount is not None and currency and not is_whole(Decimal(amount), currency):
            places = decimals_of(currency) or "no"
            whole.add(f"{amount!r}: {currency} has {places} decimals", "credits", *path, "amount")
    return len(whole.problems.found) == before


def _figures(said: dict[str, Any]) -> Iterator[tuple[Any, Path]]:
    """Give each figure that is money, with its path."""
    for number, band in enumerate(said.get("bands", ())):
        yield band["credit"], ("bands", number, "credit")
    for member in ("each", "cap", "fee"):
        if member in said:
            credit, path = (said[member]["credit"], ("credit",)) if member == "each" else (said[member], ())
            yield credit, (member, *path)


def _falling(whole: Whole, said: dict[str, Any]) -> None:
    """The lower the attainment the more is credited; two credits for one attainment contradict each other."""
    bands = said.get("bands", ())
    fee = Decimal(said["fee"]["amount"]) if said.get("fee") else Decimal(0)
    read = [(thousandths(band["below"]), _exact(band["credit"], fee)) for band in bands]
    for number, (below, credit) in enumerate(read):
        if not below:
            whole.add("no attainment is below 0%", "credits", "bands", number, "below")
        for other, (above, more) in zip(bands[:number], read[:number], strict=True):
            lower = f"below {other['below']} it is {credit_text(other['credit'])}"
            if below == above:
                whole.add(f"a credit is given twice: {lower}", "credits", "bands", number)
            elif (credit - more) * (below - above) > 0:
                this = f"{credit_text(bands[number]['credit'])} below {bands[number]['below']}, and {lower}"
                smaller = "a lower attainment cannot have a smaller credit"
                whole.add(f"{this}: {smaller}", "credits", "bands", number)


def _exact(credit: Any, fee: Decimal) -> Decimal:
    return Decimal(credit["amount"]) if isinstance(credit, dict) else fee * thousandths(credit) / WHOLE


def credit_text(credit: Any) -> str:
    """Write a credit as the document has it: `5%` or `500.00`."""
    return str(credit["amount"] if isinstance(credit, dict) else credit)


def _names(whole: Whole, said: dict[str, Any]) -> None:
    """Promises and causes that are named are the agreement's."""
    promised = tuple(whole.of("targets"))
    counted = said.get("targets", promised)
    for path, names, known in (
        (("targets",), said.get("targets", ()), promised),
        (("each", "targets"), said.get("each", {}).get("targets", ()), counted),
    ):
        for number, name in enumerate(names):
            if promised and name not in known:
                whole.add(f"unknown target {name!r}: {suggest(name, known)}", "credits", *path, number)
    causes = whole.values.get("causes", CAUSES)
    if not causes or None in causes:  # told as a mistake of its own
        return
    for number, cause in enumerate(said.get("excluding", ())):
        if cause not in causes:
            whole.add(f"unknown cause {cause!r}: {suggest(cause, causes)}", "credits", "excluding", number)


def _warnings(whole: Whole, said: dict[str, Any]) -> None:
    """Each warning has one threshold, which the terms can come to, and is told to an audience once."""
    seen = set[str]()
    for number, warn in enumerate(said.get("warn", ())):
        path = ("credits", "warn", number)
        if ("below" in warn) == ("breaches_left" in warn):
            whole.add("write breaches_left or below, one of them", *path)
        elif "breaches_left" in warn and "bands" not in said and not said.get("grace"):
            whole.add("each breach is credited: without bands and grace none is left", *path)
        threshold = Warn(warn["notify"], warn.get("breaches_left"), warn.get("below")).threshold
        if threshold in seen:
            whole.add("the same warning is given twice", *path)
        seen.add(threshold)
