"""What a function is told by its environment; a variable that is missing is named."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from slaclock.notices.channel import Channel

_TABLES = {
    "tickets": "TICKETS_TABLE",
    "ledger": "LEDGER_TABLE",
    "agreements": "AGREEMENTS_TABLE",
    "reports": "REPORTS_TABLE",
    "accesses": "ACCESSES_TABLE",
}


class InvalidSettings(SlaError):
    """The environment lacks a variable, or one can't be read; the message names it."""


class Settings(NamedTuple):
    """The environment. A variable is asked for when it is used, since no function has all of them."""

    environ: Mapping[str, str]

    def need(self, name: str) -> str:
        """A variable's value; `InvalidSettings` where it is missing or empty."""
        value = self.environ.get(name)
        if not value:
            raise InvalidSettings(f"the environment variable {name} is missing")
        return value

    @property
    def region(self) -> str:
        return (
            self.environ.get("AWS_REGION")
            or self.environ.get("AWS_DEFAULT_REGION")
            or self.need("AWS_REGION")
        )

    @property
    def tables(self) -> dict[str, str]:
        """The names of the tables that this function may use."""
        return {
            name: self.environ[variable] for name, variable in _TABLES.items() if self.environ.get(variable)
        }

    @property
    def stack(self) -> str:
        """The stack's name, as people know it."""
        return self.need("STACK")

    @property
    def identity_keys(self) -> str:
        """What the names of accounts' keys begin with, under which people's ids are hashed."""
        return self.environ.get("IDENTITY_KEYS") or "slaclock/identity"

    @property
    def former_seal_key(self) -> str | None:
        """The key that signed seals before the one that does; None where nobody named one."""
        return self.environ.get("FORMER_SEAL_KEY") or None

    @property
    def authorization(self) -> str:
        """By what requests are let in: `iam`, `jwt`, or `none` where nobody has to say who asks."""
        kind = self.need("AUTHORIZATION")
        if kind not in ("iam", "jwt", "none"):
            raise InvalidSettings("the environment variable AUTHORIZATION is iam, jwt or none")
        return kind

    @property
    def heartbeat_topic(self) -> str | None:
        """The topic, in any account and region, that hears of clean sweeps; None where none is given."""
        return self.environ.get("HEARTBEAT_TOPIC") or None

    @property
    def public_url(self) -> str:
        """Where people reach the stack, as links in messages have it; "" where nobody said."""
        return self.environ.get("PUBLIC_URL", "")

    @property
    def audiences(self) -> "Mapping[str, Channel]":
        """How each audience is told. One called `default` hears what is for an audience without a topic."""
        from slaclock.notices.audiences import channels  # noqa: PLC0415  (most functions tell nobody)

        return channels(self.need("AUDIENCES"))
