"""The credits of a frozen agreement in words, and what changes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.comparing import Difference, of_members, or_else
from slaclock.agreements.credits import credit_text
from slaclock.agreements.page import entry
from slaclock.agreements.wording import listed
from slaclock.domain.taxonomy import cause_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.wording import Frozen


def credit_lines(frozen: Frozen) -> Iterator[str]:
    """Write what is owed for what, line by line."""
    said = frozen.get("credits")
    if not said:
        yield "  None are agreed here."
        return
    yield from entry("Period", f"each {said['period']}, by the days of {frozen['timezone']}")
    if fee := said.get("fee"):
        yield from entry("Fee", f"{fee['amount']} {fee['currency']}")
    for band in said.get("bands", ()):
        yield from entry("Attainment", f"below {band['below']}: {_credited(band, said)}")
    if "each" in said:
        yield from entry("Each breach", _each_words(said))
    yield from entry("At most", _money(said["cap"], said) if "cap" in said else "no limit is set")
    yield from _conditions(said)
    for right in said.get("termination", ()):
        yield from entry("Termination", f"{right_words(right)}{_clause(right)}")
    for warn in said.get("warn", ()):
        yield from entry("Warning", warn_words(warn))


def _conditions(said: Frozen) -> Iterator[str]:
    if "targets" in said:
        yield from entry("Counted", f"{listed(said['targets'], 'and')} alone")
    if grace := said.get("grace"):
        first = "the first breach" if grace == 1 else f"the first {grace} breaches"
        yield from entry("Forgiven", f"{first} of a period, by the deadline")
    if "excluding" in said:
        yield from entry("Earns nothing", f"a breach put down to {_causes(said)}")


def _each_words(said: Frozen) -> str:
    each = said["each"]
    of = f", of {listed(each['targets'])}" if "targets" in each else ""
    return f"{_credited(each, said)}{of}"


def _credited(part: Frozen, said: Frozen) -> str:
    return f"{_money(part['credit'], said)} is credited{_clause(part)}"


def _money(credit: Any, said: Frozen) -> str:
    if isinstance(credit, str):
        return f"{credit} of the fee"
    return f"{credit_text(credit)} {said['fee']['currency'] if 'fee' in said else said['currency']}"


def _clause(part: Frozen) -> str:
    return f" ({part['clause']})" if "clause" in part else ""


def _causes(said: Frozen) -> str:
    return listed([cause_words(each) for each in said["excluding"]])


def right_words(right: Frozen) -> str:
    """Say what gives a right to terminate.

    >>> right_words({"breaches": 3, "in": "6 months", "right": "to end it"})
    '3 breaches in 6 months give the right to end it'
    """
    one = right["breaches"] == 1
    happened = f"{right['breaches']} breach{'' if one else 'es'} in {right['in']} give{'s' if one else ''}"
    return f"{happened} the right {right['right']}"


def warn_words(warn: Frozen) -> str:
    """Say who is told of a running period, and when.

    >>> warn_words({"breaches_left": 1, "notify": "legal"}), warn_words({"below": "99%", "notify": "legal"})
    ('to legal, when 1 breach or none is left', 'to legal, when the attainment is below 99%')
    """
    if "below" in warn:
        return f"to {warn['notify']}, when the attainment is below {warn['below']}"
    left = warn["breaches_left"]
    few = {0: "no breach is", 1: "1 breach or none is"}.get(left, f"{left} breaches or fewer are")
    return f"to {warn['notify']}, when {few} left"


def credit_differences(old: Frozen, new: Frozen) -> list[Difference]:
    """Give what changes in credits."""
    found = (Difference("the customer", f"credits: {each}") for each in of_members(_flat(old), _flat(new)))
    return or_else("credits", old, new, found)


def _flat(frozen: Frozen) -> dict[str, Any] | None:
    """Give credits in words, with each band, right and warning as a member of its own."""
    said = frozen.get("credits")
    if said is None:
        return None
    plain = {name: said[name] for name in ("period", "currency", "targets", "grace") if name in said}
    fee = {"fee": f"{said['fee']['amount']} {said['fee']['currency']}"} if "fee" in said else {}
    each = {"each breach": _each_words(said)} if "each" in said else {}
    causes = {"nothing for": _causes(said)} if "excluding" in said else {}
    cap = {"at most": _money(said["cap"], said)} if "cap" in said else {}
    bands = {f"below {band['below']}": _credited(band, said) for band in said.get("bands", ())}
    rights = {f"{right_words(each)}{_clause(each)}": "agreed" for each in said.get("termination", ())}
    warns = {f"a warning {warn_words(each)}": "told" for each in said.get("warn", ())}
    return {**plain, **fee, **bands, **each, **cap, **causes, **rights, **warns}
