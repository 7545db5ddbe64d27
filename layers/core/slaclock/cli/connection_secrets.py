"""A connection's secret: made, kept where only functions read it, changed, and taken away."""

from __future__ import annotations

import json
import re
import secrets
import sys
from argparse import ArgumentTypeError
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getpass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from slaclock.domain.errors import SlaError
from slaclock.helpdesks import adapter
from slaclock.helpdesks.signatures import Basic, StandardWebhooks, is_public, scheme_of
from slaclock.secrets import InvalidSecret, Secrets

if TYPE_CHECKING:
    from slaclock.helpdesks.connection import Connection
    from slaclock.wiring import Wiring

_BYTES = 32
_SHORT = 16  # characters; what is shorter can be guessed
_PARAMETER = "ssm:"
_NOT_THERE = ("ResourceNotFoundException", "ParameterNotFound")
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
# What the roles of the stack may read.
_READABLE = re.compile(
    r"(?:ssm:/|arn:[a-z-]{3,20}:secretsmanager:[a-z0-9-]{1,30}:\d{12}:secret:)?slaclock/.+"
)


def given(text: str) -> str:
    """`-`: a secret is never an argument, which others on the machine can read, and a shell remembers."""
    if text != "-":
        raise ArgumentTypeError(
            "a secret is not written here, where others can read it: say -, then paste it"
        )
    return text


def reference(text: str) -> str:
    """A reference that the stack's functions may read."""
    if not _READABLE.fullmatch(text):
        said = "the functions may read secrets called slaclock/… and parameters ssm:/slaclock/… only"
        raise ArgumentTypeError(f"{text[:80]!r}: {said}")
    return text


def new_reference(stack: str, connection_id: str, *, parameter: bool) -> str:
    """Where the secret of a connection is kept, unless somebody says otherwise."""
    name = "/".join(part for part in ("slaclock", stack, connection_id) if part)
    return f"{_PARAMETER}/{name}" if parameter else name


def made(connection: Connection) -> str:
    """A new secret, in the form that the connection's scheme wants."""
    scheme, raw = scheme_of(adapter(connection.kind), connection), secrets.token_bytes(_BYTES)
    if isinstance(scheme, StandardWebhooks):
        return f"whsec_{b64encode(raw).decode()}"
    text = secrets.token_urlsafe(_BYTES)
    return f"slaclock:{text}" if isinstance(scheme, Basic) else text


def asked(connection: Connection) -> str:
    """The secret that somebody pastes, or that stands on stdin; refused where it would prove nothing."""
    text = getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.readline()
    found = text.rstrip("\r\n")
    if not found or found != found.strip() or not found.isprintable():
        raise SlaError("that is no secret: it is empty, or has spaces at its ends")
    if is_public(found):
        raise SlaError("anybody can read that secret in public documentation: have the helpdesk make another")
    try:
        serve(connection, found)
    except ValueError as error:
        raise SlaError(f"nothing can be signed with that: {error}") from None
    if len(found) < _SHORT:
        raise SlaError(f"a secret of fewer than {_SHORT} characters can be guessed: choose a longer one")
    return found


def serve(connection: Connection, secret: str) -> None:
    """`ValueError` where a connection's scheme can't sign with a secret."""
    scheme = scheme_of(adapter(connection.kind), connection)
    if isinstance(scheme, Basic) and ":" not in secret:
        raise ValueError("HTTP Basic takes user:password")
    scheme.sign(secret, b"", _ANY_TIME)


def make_identity_key(wiring: Wiring, account: str) -> None:
    """Make the key under which an account's people are hashed, where it has none.

    A connection works without one, so whoever may make none is told what follows.
    """
    name, said = wiring.identities.name(account), f"slaclock: hashes people's ids for account {account}"
    try:
        Vault(wiring).create(name, secrets.token_hex(_BYTES), said)
    except ClientError as error:
        if (code := error.response["Error"]["Code"]) != "ResourceExistsException":
            sys.stderr.write(
                f"slaclock: {name} could not be made ({code}): nobody's id is kept, hashed or not\n"
            )


def borrowed(wiring: Wiring, connection: Connection) -> None:
    """Refuse a reference to a secret that is not there, or that can't sign as the connection says."""
    for secret in filter(None, Vault(wiring).found(connection.secret)):
        try:
            serve(connection, secret)
        except ValueError as error:
            raise SlaError(f"nothing can be signed with {connection.secret}: {error}") from None


@dataclass(frozen=True, slots=True)
class Vault:
    """Secrets Manager and the Parameter Store, of one stack."""

    wiring: Wiring

    def create(self, where: str, secret: str, said: str) -> None:
        """Keep a secret under a reference that is not there yet."""
        text = json.dumps({"current": secret})
        if where.startswith(_PARAMETER):
            self.wiring.client("ssm").put_parameter(
                Name=_name(where), Value=text, Type="SecureString", Description=said
            )
        else:
            self.wiring.client("secretsmanager").create_secret(
                Name=where, SecretString=text, Description=said
            )

    def found(self, where: str) -> tuple[str, str | None]:
        """The current secret, and while rotating the one before."""
        try:
            kept = Secrets(self.wiring.client, self.wiring.now).of(where)
        except InvalidSecret as error:
            raise SlaError(f"{where}: {error}") from None
        except ClientError as error:
            if (code := error.response["Error"]["Code"]) in _NOT_THERE:
                raise SlaError(f"there is no secret {where}: AWS says {code}") from None
            raise
        return kept[0], kept[1] if len(kept) > 1 else None

    def put(self, where: str, current: str, previous: str | None = None) -> None:
        """Change what is kept under a reference."""
        text = json.dumps({"current": current} | ({"previous": previous} if previous else {}))
        if where.startswith(_PARAMETER):
            self.wiring.client("ssm").put_parameter(
                Name=_name(where), Value=text, Type="SecureString", Overwrite=True
            )
        else:
            self.wiring.client("secretsmanager").put_secret_value(SecretId=where, SecretString=text)

    def remove(self, where: str) -> str:
        """Take a secret away, and say how."""
        if where.startswith(_PARAMETER):
            self.wiring.client("ssm").delete_parameter(Name=_name(where))
            return f"its secret {where} is deleted"
        self.wiring.client("secretsmanager").delete_secret(SecretId=where, RecoveryWindowInDays=30)
        return f"its secret {where} is deleted in 30 days (until then: aws secretsmanager restore-secret)"


def _name(where: str) -> str:
    return where.removeprefix(_PARAMETER)
