"""What an agreement says about service credits, read from it as it was published."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.errors import InvalidAgreement
from slaclock.evidence.credit_periods import MONTHS

WHOLE = 100_000  # thousandths of a percent in the whole: shares have three decimals at most
_IN = re.compile(r"(\d{1,2}) months?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Credit:
    """What is credited: a share of the fee, `5%`, or an amount; `exact` is that in money, not rounded."""

    text: str
    exact: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """What is credited while the attainment is below a share, in thousandths of a percent."""

    text: str
    below: int
    credit: Credit
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Each:
    """What is credited for each breach of these promises; of all that count where `targets` is None."""

    credit: Credit
    targets: frozenset[str] | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Termination:
    """The right that so many breaches within so many months give."""

    breaches: int
    months: int
    right: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Warn:
    """Who is warned of a running period: when so few breaches are left, or the attainment is below."""

    notify: str
    breaches_left: int | None = None
    below: str | None = None

    @property
    def condition(self) -> dict[str, str | int]:
        """The threshold as the agreement writes it: `{"breaches_left": 1}`."""
        return {"below": self.below} if self.below else {"breaches_left": self.breaches_left or 0}

    @property
    def threshold(self) -> str:
        """What tells a warning from others of its period: `breaches_left 1 legal`, however it is written."""
        if self.below:
            return f"below {Decimal(self.below.removesuffix('%')).normalize():f}% {self.notify}"
        return f"breaches_left {self.breaches_left or 0} {self.notify}"


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """The terms of one version of an agreement. `targets` None: every promise of it counts."""

    agreement: str
    version: int
    content_hash: str
    period: str
    timezone: str
    currency: str
    fee: Decimal | None
    bands: tuple[Band, ...] = ()
    each: Each | None = None
    grace: int = 0
    cap: Credit | None = None
    targets: frozenset[str] | None = None
    excluding: frozenset[str] = frozenset()
    terminations: tuple[Termination, ...] = ()
    warns: tuple[Warn, ...] = ()

    @property
    def months_back(self) -> int:
        """How many months before a period its statement looks at."""
        return max((each.months for each in self.terminations), default=0)


def credit_terms(version: Agreement) -> CreditTerms | None:
    """What a version says about credits; None where it says nothing.

    `InvalidAgreement` where it names a share and no fee, as versions of before could.
    """
    said = version.credits
    if not said:
        return None
    fee = said.get("fee")
    money = _Money(version, Decimal(fee["amount"]) if fee else None)
    each = said.get("each")
    return CreditTerms(
        agreement=version.id,
        version=version.version,
        content_hash=version.content_hash,
        period=said["period"],
        timezone=version.timezone,
        currency=fee["currency"] if fee else said.get("currency", ""),
        fee=money.fee,
        bands=tuple(
            Band(band["below"], thousandths(band["below"]), money.of(band["credit"]), band.get("clause"))
            for band in said.get("bands", ())
            if thousandths(band["below"])  # below nothing there is nothing
        ),
        each=Each(money.of(each["credit"]), _names(each), each.get("clause")) if each else None,
        grace=said.get("grace", 0),
        cap=money.of(said["cap"]) if "cap" in said else None,
        targets=_names(said),
        excluding=frozenset(said.get("excluding", ())),
        terminations=tuple(map(_termination, said.get("termination", ()))),
        warns=tuple(
            Warn(warn["notify"], warn.get("breaches_left"), warn.get("below"))
            for warn in said.get("warn", ())
        ),
    )


@dataclass(frozen=True, slots=True)
class _Money:
    version: Agreement
    fee: Decimal | None

    def of(self, written: Any) -> Credit:
        if isinstance(written, Mapping):
            return Credit(written["amount"], Decimal(written["amount"]))
        if self.fee is None:
            of = f"version {self.version.version} of {self.version.id}"
            raise InvalidAgreement(f"{of} credits {written} of a fee, and names none")
        return Credit(written, self.fee * thousandths(written) / WHOLE)


def thousandths(share: str) -> int:
    """A percentage in thousandths of a percent.

    >>> thousandths("99.5%")
    99500
    """
    return int(Decimal(share.removesuffix("%")).scaleb(3))


def months_of(text: str) -> int:
    """How many months `6 months` or `1 month` are; `ValueError` for anything else, and for none.

    >>> months_of("6 months")
    6
    """
    found = _IN.fullmatch(text)
    months = int(found[1]) if found else 0
    if not 1 <= months <= 2 * MONTHS["year"]:
        raise ValueError(f"{text!r} is no span such as 6 months, at most 24")
    return months


def _names(said: Mapping[str, Any]) -> frozenset[str] | None:
    return frozenset(said["targets"]) if "targets" in said else None


def _termination(said: Mapping[str, Any]) -> Termination:
    return Termination(said["breaches"], months_of(said["in"]), said["right"], said.get("clause"))
