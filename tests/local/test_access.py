"""The stack as one that takes tokens: what API Gateway lets through, and what a link is good for."""

import base64
import json
import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.clock import VirtualClock
from local.front import Request, Response
from local.gateway import AUDIENCE, ISSUER, Issuer
from local.http import local
from local.sending import sign
from local.stack import Stack, inbox, running
from local.story import STEPS, delivery
from local.template import Route, routes

SIGNED = [each for each in routes() if each.scopes]
SCOPES = " ".join(sorted({scope for each in SIGNED for scope in each.scopes}))
CLAIMS = {"sub": "ada", "scope": SCOPES, "slaclock_account": "example", "slaclock_customer": "*"}
UNAUTHORIZED, FORBIDDEN = (401, {"message": "Unauthorized"}), (403, {"message": "Forbidden"})


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The demo's story until its breach, which nobody has in hand yet."""
    with running(VirtualClock(STEPS[0].at, speed=0), tokens=True) as made:
        for step in STEPS[:9]:
            made.advance(step.at)
            signed = sign(delivery(step), step.at)
            assert made.request(Request("POST", signed.path, signed.headers, signed.body)).status == 202
        made.advance(STEPS[9].at)
        yield made


def issuer(stack: Stack) -> Issuer:
    assert stack.issuer is not None
    return stack.issuer


def asked(stack: Stack, method: str, target: str, token: str | None = None, body: bytes = b"") -> Response:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return stack.request(Request(method, target, headers, body))


def read(answer: Response) -> tuple[int, Any]:
    return answer.status, json.loads(answer.body)


def link_of(stack: Stack) -> str:
    """The path of the link in the last message that has one."""
    words = [word for each in inbox(stack) for word in each["text"].split() if "/ack/" in word]
    return f"/ack/{words[-1].rpartition('/')[2]}"


def pressed(stack: Stack, path: str, name: str) -> Response:
    """The button of a link's page, pressed by somebody."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return stack.request(Request("POST", path, form, urlencode({"name": name}).encode()))


def path_of(route: Route) -> str:
    """A path of the route; what it names does not matter, for nobody is let in."""
    return route.path.format(id="x", account="example", ticket_id="4711")


def key_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def with_other_claims(token: str) -> str:
    """The token with its claims changed after it was signed."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = json.dumps({**claims, "slaclock_account": "*"}).encode()
    return ".".join([head, base64.urlsafe_b64encode(changed).decode().rstrip("="), signature])


def signed_with_the_public_key(stack: Stack) -> str:
    """HS256 under what everybody knows, which a careless reader takes for the secret."""
    public = issuer(stack).key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"local"}').decode().rstrip("=")
    body = issuer(stack).token(**CLAIMS).split(".")[1]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    made = signature.sign(f"{head}.{body}".encode(), public)
    return ".".join([head, body, base64.urlsafe_b64encode(made).decode().rstrip("=")])


def ago(stack: Stack, seconds: int) -> int:
    return int(stack.clock.now().timestamp()) - seconds


FORGED: dict[str, Callable[[Stack], str]] = {
    "no token": lambda _: "",
    "no token's text": lambda _: "x.y.z",
    "another's key": lambda s: Issuer(other_key(), s.clock.now).token(**CLAIMS),
    "an unknown key": lambda s: Issuer(other_key(), s.clock.now, "other").token(**CLAIMS),
    "no signature": lambda s: issuer(s).token(**CLAIMS).rpartition(".")[0] + ".",
    "no algorithm": lambda s: jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "exp": ago(s, -60), **CLAIMS}, "", "none", headers={"kid": "local"}
    ),
    "the public key as a secret": signed_with_the_public_key,
    "changed claims": lambda s: with_other_claims(issuer(s).token(**CLAIMS)),
    "another issuer": lambda s: issuer(s).token(**CLAIMS, iss="https://tokens.invalid"),
    "another audience": lambda s: issuer(s).token(**CLAIMS, aud="another"),
    "another client": lambda s: issuer(s).token(**CLAIMS, aud=None, client_id="another"),
    "another audience, of the right client": lambda s: issuer(s).token(
        **CLAIMS, aud="another", client_id=AUDIENCE
    ),
    "an issuer that begins like it": lambda s: issuer(s).token(**CLAIMS, iss=f"{ISSUER}/"),
    "an end that never comes": lambda s: issuer(s).token(**CLAIMS, exp=math.inf),
    "a beginning before all time": lambda s: issuer(s).token(**CLAIMS, nbf=-math.inf),
    "a truth for a time": lambda s: issuer(s).token(**CLAIMS, nbf=True),
    "a falsehood for a time": lambda s: issuer(s).token(**CLAIMS, iat=False),
    "a text for a time": lambda s: issuer(s).token(**CLAIMS, exp=str(ago(s, -60))),
    "no issuer": lambda s: issuer(s).token(**CLAIMS, iss=None),
    "over": lambda s: issuer(s).token(**CLAIMS, exp=ago(s, 1)),
    "over just now": lambda s: issuer(s).token(**CLAIMS, exp=ago(s, 0)),
    "without an end": lambda s: issuer(s).token(**CLAIMS, exp=None),
    "not good yet": lambda s: issuer(s).token(**CLAIMS, nbf=ago(s, -60)),
    "of tomorrow": lambda s: issuer(s).token(**CLAIMS, iat=ago(s, -86400)),
}


@pytest.mark.parametrize("route", SIGNED, ids=key_of)
def test_a_route_needs_a_token(stack: Stack, route: Route) -> None:
    """And one that has its scope: API Gateway answers before the function is called."""
    path = path_of(route)
    assert read(asked(stack, route.method, path)) == UNAUTHORIZED
    lacking = " ".join(each for each in SCOPES.split() if each not in route.scopes)
    for scope in (lacking, "", None):
        assert read(asked(stack, route.method, path, issuer(stack).token(**{**CLAIMS, "scope": scope}))) == (
            FORBIDDEN
        )


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("route", SIGNED, ids=key_of)
def test_a_forged_token_lets_nobody_in(stack: Stack, route: Route, forged: str) -> None:
    """401, whatever it is that is wrong."""
    assert read(asked(stack, route.method, path_of(route), FORGED[forged](stack))) == UNAUTHORIZED


def test_a_token_shows_what_its_claims_bound(stack: Stack) -> None:
    """The story's breach to Acme, nothing of it to another customer, and none of another account's."""
    for account, customer, number in (("example", "*", 1), ("example", "acme", 1), ("example", "beta", 0)):
        claims = {**CLAIMS, "slaclock_account": account, "slaclock_customer": customer}
        token = issuer(stack).token(**claims)
        status, body = read(asked(stack, "GET", "/v1/breaches?from=2026-03-01&to=2026-04-01", token))
        assert (status, len(body["breaches"])) == (200, number)
    token = issuer(stack).token(**{**CLAIMS, "slaclock_account": "other"})
    assert asked(stack, "GET", "/v1/breaches?account=example", token).status == 403
    assert asked(stack, "GET", "/v1/tickets/example/4711", token).status == 404
    assert asked(stack, "GET", "/v1/openapi.json", token).status == 200


def test_the_server_gives_out_tokens(stack: Stack) -> None:
    """With the claims that are posted; where nobody needs one, it has none."""
    answer = local(stack, Request("POST", "/local/token", {}, json.dumps(CLAIMS).encode()))
    assert answer is not None
    assert asked(stack, "GET", "/v1/openapi.json", json.loads(answer.body)["token"]).status == 200
    wrong = local(stack, Request("POST", "/local/token", {}, b"[1]"))
    assert wrong is not None
    assert wrong.status == 400


def test_scopes_may_come_as_a_list(stack: Stack) -> None:
    """As `scp`, which API Gateway hands on as `[a b]`."""
    token = issuer(stack).token(**{**CLAIMS, "scope": None, "scp": ["records.read", "cases.write"]})
    assert asked(stack, "GET", "/v1/tickets/example/4711", token).status == 200
    assert asked(stack, "POST", "/v1/escalations/x/acknowledge", token).status == 403


@pytest.mark.parametrize("between", ["\t", "\n", "\u00a0", "\u2003"])
def test_scopes_have_plain_spaces_between(stack: Stack, between: str) -> None:
    """As OAuth has them (RFC 6749, 3.3): with any other it is one scope that no route has."""
    token = issuer(stack).token(**{**CLAIMS, "scope": f"x{between}records.read"})
    assert read(asked(stack, "GET", "/v1/tickets/example/4711", token)) == FORBIDDEN


def test_a_link_is_no_token_and_a_token_no_link(stack: Stack) -> None:
    """What a message has opens its page and nothing else, and whoever may read opens no page by that."""
    secret = link_of(stack).rpartition("/")[2]
    assert asked(stack, "GET", f"/ack/{secret}").status == 200
    assert read(asked(stack, "GET", "/v1/breaches?account=example", secret)) == UNAUTHORIZED
    assert asked(stack, "GET", f"/ack/{issuer(stack).token(**CLAIMS)}").status == 404


def test_a_link_that_is_used_again_changes_nothing(stack: Stack) -> None:
    """The first has the breach, whoever comes after hears who that is; after a day it leads nowhere."""
    path = link_of(stack)
    first, second, third = [pressed(stack, path, name) for name in ("Ada", "Bob", "Bob")]
    assert (first.status, second.status, second.body) == (200, 200, third.body)
    assert b"Ada" in second.body
    assert b"Bob" not in second.body
    token = issuer(stack).token(**CLAIMS)
    facts = read(asked(stack, "GET", "/v1/tickets/example/4711", token))[1]["facts"]
    assert [each["by"] for each in facts if each["fact"] == "breach_acknowledged"] == ["Ada"]
    stack.advance(stack.clock.now() + timedelta(days=3))
    assert asked(stack, "GET", path).status == 410
    assert pressed(stack, path, "Eve").status == 410
