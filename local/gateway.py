"""API Gateway's JWT authorizer: what it checks of a token before a function is called, and what it hands on.

As its developer guide says (Control access to HTTP APIs with JWT authorizers): RSA signatures only, the
issuer, the audience, the times, and one of the route's scopes.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.front import Request, Response
from local.template import Route

ISSUER, AUDIENCE = "https://tokens.local", "slaclock-local"
ALGORITHMS = ("RS256", "RS384", "RS512")
TIMES = ("exp", "nbf", "iat")
# Times are the stack's own, which may stand; what of them is wrong is seen here.
_READING = {"verify_aud": False, "verify_sub": False, **{f"verify_{each}": False for each in TIMES}}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Somebody who gives out tokens, in place of an identity provider: one key, known by its `kid`."""

    key: rsa.RSAPrivateKey
    now: Callable[[], datetime]
    kid: str = "local"

    def token(self, **claims: Any) -> str:
        """A token good for an hour, with these claims in place of the usual ones."""
        now = int(self.now().timestamp())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 3600}
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(said, self.key, "RS256", headers={"kid": self.kid})


def local_issuer(now: Callable[[], datetime]) -> Issuer:
    """One with a key of its own."""
    return Issuer(rsa.generate_private_key(public_exponent=65537, key_size=2048), now)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The authorizer of the routes that have scopes; `keys` are the issuer's public ones by `kid`."""

    keys: Mapping[str, rsa.RSAPublicKey]
    now: Callable[[], datetime]

    def admit(self, route: Route, request: Request) -> dict[str, Any] | Response:
        """What the function is told of the caller; 401 or 403 in API Gateway's words where there is none."""
        if not route.scopes:
            return {}
        claims = self._claims(_bearer(request))
        if claims is None:
            return _refused(401, "Unauthorized")
        scopes = str(claims.get("scope") or claims.get("scp") or "").strip("[]").split(" ")
        if not set(scopes) & set(route.scopes):
            return _refused(403, "Forbidden")
        return {"jwt": {"claims": claims, "scopes": list(route.scopes)}}

    def _claims(self, token: str) -> dict[str, str] | None:
        try:
            key = self.keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key, ALGORITHMS, options=_READING)  # type: ignore[arg-type]
        except (jwt.InvalidTokenError, KeyError):
            return None
        good = claims.get("iss") == ISSUER and AUDIENCE in _audiences(claims) and self._in_time(claims)
        return {name: _text(value) for name, value in claims.items()} if good else None

    def _in_time(self, claims: Mapping[str, Any]) -> bool:
        """Not over, and begun; a time that is none, or never comes, is never."""
        now = self.now().timestamp()
        times = {name: claims[name] for name in TIMES if name in claims}
        if "exp" not in times or not all(map(_is_time, times.values())):
            return False
        return now < times.pop("exp") and all(each <= now for each in times.values())


def _is_time(value: Any) -> bool:
    """Whether it is a finite number; JSON's true is none, though Python's is."""
    return type(value) in (int, float) and abs(value) < math.inf


def _bearer(request: Request) -> str:
    headers = {name.lower(): value for name, value in request.headers.items()}
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else kind


def _audiences(claims: Mapping[str, Any]) -> Sequence[Any]:
    """Of a token without `aud`, its `client_id`."""
    named = claims.get("aud", claims.get("client_id"))
    return named if isinstance(named, list) else [named]


def _text(value: Any) -> str:
    """Every claim is handed on as text, a list as `[a b]`."""
    if isinstance(value, list):
        return f"[{' '.join(map(str, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _refused(status: int, message: str) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps({"message": message}).encode())
