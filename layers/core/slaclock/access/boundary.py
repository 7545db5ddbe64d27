"""Whose records a principal may see: those of one account or of all, of one customer or of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slaclock.domain.errors import SlaError


class OutOfBounds(SlaError):
    """A parameter names what the principal may not see, or the answer would: `parameter` says which."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter, self.detail = parameter, detail


class NotTheirs(SlaError):
    """There is nothing of that name within the principal's boundary, whatever there is beyond it."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The one account, and the one customer, that a principal is bound to; None where it is bound to none."""

    account: str | None = None
    customer: str | None = None

    @property
    def open(self) -> bool:
        """Whether it bounds nothing."""
        return self.account is None and self.customer is None

    @property
    def said(self) -> dict[str, str]:
        """What it binds to, by name; nothing of what it leaves open."""
        both = {"account": self.account, "customer": self.customer}
        return {name: only for name, only in both.items() if only is not None}

    def has_account(self, account: str) -> bool:
        """Whether what is of an account lies within, as far as that goes."""
        return self.account in (None, account)

    def has_customer(self, customer: str | None) -> bool:
        """Whether what is of a customer, or of none that is known, lies within, as far as that goes."""
        return self.customer is None or self.customer == customer

    def filled(self, parameters: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
        """A query's parameters, with those that the boundary leaves no choice of.

        `names` are those of `account` and `customer` that the query knows. `OutOfBounds` where one names
        another than the boundary does, or where the boundary is narrower than the query can be.
        """
        given = dict(parameters)
        for name, only in self.said.items():
            if name not in names:
                raise OutOfBounds(name, f"this is for those who may see every {name}")
            if given.setdefault(name, only) != only:
                raise OutOfBounds(name, f"you may see one {name} only, and this is another")
        return given
