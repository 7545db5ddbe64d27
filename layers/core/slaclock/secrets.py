"""A connection's signing secrets, from Secrets Manager or the Parameter Store; they are nowhere else."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_KEPT = timedelta(seconds=60)
_PARAMETER = "ssm:"


class InvalidSecret(ValueError):
    """What is kept under a reference holds no secret. The message never quotes it."""


@dataclass(slots=True)
class Secrets:
    """Looks secrets up by reference, and keeps each for a minute, so that a rotation is seen soon.

    `client` makes a client of a service; each is made when it is first needed, for most stacks use one of the
    two only.
    """

    client: Callable[[str], Any]
    now: Callable[[], datetime]
    _found: dict[str, tuple[datetime, Sequence[str]]] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    def of(self, reference: str) -> Sequence[str]:
        """The secrets that may have signed: the current one, and while rotating the one before.

        A reference is a secret's name or ARN, or `ssm:` and the path of a SecureString parameter. The text
        there is the secret itself, or JSON: `{"current": "…", "previous": "…"}`.
        """
        kept = self._found.get(reference)
        if kept is None or self.now() - kept[0] >= _KEPT:
            kept = self._found[reference] = (self.now(), _parse(self._text(reference)))
        return kept[1]

    def anew(self, reference: str) -> Sequence[str]:
        """The secrets as they are now, whatever was kept."""
        self._found.pop(reference, None)
        return self.of(reference)

    def _text(self, reference: str) -> str:
        if reference.startswith(_PARAMETER):
            name = reference.removeprefix(_PARAMETER)
            client = self._client("ssm")
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        client = self._client("secretsmanager")
        return str(client.get_secret_value(SecretId=reference)["SecretString"])

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.client(service)
        return self._clients[service]


def _parse(text: str) -> tuple[str, ...]:
    if not text.startswith("{"):
        return (text,)
    try:
        document = json.loads(text)
    except ValueError:
        raise InvalidSecret("a secret that begins with { is JSON") from None
    secrets = tuple(document[name] for name in ("current", "previous") if document.get(name))
    if not secrets or not all(isinstance(secret, str) for secret in secrets):
        raise InvalidSecret("a secret in JSON has a text for current, and may have one for previous")
    return secrets
