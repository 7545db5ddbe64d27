"""Who asks, as API Gateway says: a principal of IAM, or a token's subject; with what it may see and do.

What API Gateway says is taken as it is: it has checked the signature or the token. Which of the two it must
be is the function's own setting, so that a route that was left open by mistake is open to nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import category, normalize

from slaclock.access.boundary import Boundary
from slaclock.domain.errors import SlaError
from slaclock.domain.lines import line_of

OURS = "slaclock:"  # what our tags begin with, in whatever case: IAM takes keys for the same that differ so
_WORD = "slaclock"
ACCOUNT, CUSTOMER = f"{OURS}account", f"{OURS}customer"
ACCOUNT_CLAIM, CUSTOMER_CLAIM = "slaclock_account", "slaclock_customer"
ALL = "*"
LONGEST_NAME, LONGEST_BOUND = 512, 256  # characters; an ARN of a role's session may have about 200
_UNWRITTEN = ("Cc", "Cs")  # controls, and halves of a character: no name has them, and UTF-8 not the latter
_NOBODYS = ("", "-")  # no account or customer; `-` stands for those without one
Tags = Callable[[str, str], Mapping[str, str]]


class NoPrincipal(SlaError):
    """Nobody is known to ask."""


class NotAdmitted(SlaError):
    """Who asks is known, as `who`, and may not: the message says why."""

    def __init__(self, who: str | None, detail: str) -> None:
        super().__init__(detail)
        self.who = who


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: the ARN that signed, or the token's `sub`; None where nobody has to say so (locally).

    `scopes` are the token's; None where IAM's policies say what may be called.
    """

    name: str | None
    boundary: Boundary
    scopes: frozenset[str] | None = None

    def admit(self, scope: str) -> None:
        """`NotAdmitted` where the token lacks a scope."""
        if self.scopes is not None and scope not in self.scopes:
            raise NotAdmitted(self.name, f"the token lacks the scope {scope}")


NOBODY = Principal(None, Boundary("", ""))  # sees nothing: open routes have no business with records


def principal_of(kind: str, context: Mapping[str, Any], tags: Tags) -> Principal:
    """Who asks, from an event's request context, where the function lets in by `iam`, `jwt` or `none`.

    `tags` gives those of a `role` or a `user` of the stack's own AWS account by its name. `NoPrincipal` where
    API Gateway says of nobody; `NotAdmitted` where what may be seen can't be told.
    """
    authorizer = context.get("authorizer") or {}
    if kind == "jwt":
        return _of_token((authorizer.get("jwt") or {}).get("claims") or {})
    arn = (authorizer.get("iam") or {}).get("userArn")
    if kind == "none":
        return Principal(arn or None, Boundary())
    if kind != "iam" or not arn:
        raise NoPrincipal("nobody signed this request")
    return Principal(arn, _tagged(arn, str(context.get("accountId")), tags))


def caller_of(kind: str, context: Mapping[str, Any]) -> tuple[str | None, str]:
    """Who says to ask, whether or not he is let in, and by what: `iam`, `none`, or `jwt` and its issuer.

    A token's `sub` is None here: what it is worth, `principal_of` says.
    """
    authorizer = context.get("authorizer") or {}
    if kind != "jwt":
        return (authorizer.get("iam") or {}).get("userArn") or None, kind
    issuer = str(((authorizer.get("jwt") or {}).get("claims") or {}).get("iss", ""))
    return None, f"jwt {issuer[:LONGEST_NAME]}".strip()


def _tagged(arn: str, own: str, tags: Tags) -> Boundary:
    """The boundary that a principal's tags say; one without is bound by its policies alone."""
    found = [(key, value) for key, value in tags(*_named(arn, own)).items() if _like_ours(key)]
    said = {
        key.lower(): _bound(arn, f"the tag {key.lower()}", value) for key, value in found if key.isascii()
    }
    if len(said) < len(found) or said.keys() - {ACCOUNT, CUSTOMER}:  # a mistyped one must not be none
        raise NotAdmitted(arn, f"of tags like {OURS} only {ACCOUNT} and {CUSTOMER} are known, each once")
    return Boundary(said.get(ACCOUNT), said.get(CUSTOMER))


def _like_ours(key: str) -> bool:
    """Whether a tag's key begins with our word, or with what is one letter off, whatever separates it."""
    letters = "".join(each for each in normalize("NFKC", key).casefold() if each.isalnum())
    return any(_one_off(letters[: len(_WORD) + more]) for more in (-1, 0, 1))


def _one_off(word: str) -> bool:
    """Whether a word is ours but for one letter: another, missing, too many, or swapped with the next."""
    at = 0
    while at < min(len(word), len(_WORD) - 1) and word[at] == _WORD[at]:
        at += 1
    given, ours = word[at:], _WORD[at:]
    swapped = given[:2] == ours[1::-1] and given[2:] == ours[2:]
    return swapped or given[1:] == ours[1:] or given == ours[1:] or given[1:] == ours


def _named(arn: str, own: str) -> tuple[str, str]:
    """What an ARN is of: a `user` or a `role` of our own account, by name. Root has no tags."""
    where, _, resource = arn.partition(f"::{own}:")
    match where.rpartition(":")[2], resource.split("/"):
        case "iam", ["user", *_, name] if name:
            return "user", name
        case "sts", ["assumed-role", name, _] if name:
            return "role", name
    raise NotAdmitted(arn, "only users and roles of the stack's own AWS account are known here")


def _of_token(claims: Mapping[str, Any]) -> Principal:
    """A token's subject. Its boundary is said, never meant: without both claims nobody is let in."""
    if not claims:
        raise NoPrincipal("there is no token")
    name = claims.get("sub")
    if not isinstance(name, str) or line_of(name, LONGEST_NAME) != name or _is_many(name):
        raise NotAdmitted(None, "the claim sub names nobody that could be recorded")
    said = [_claimed(name, each, claims) for each in (ACCOUNT_CLAIM, CUSTOMER_CLAIM)]
    return Principal(name, Boundary(*said), _scopes(claims))


def _claimed(who: str, name: str, claims: Mapping[str, Any]) -> str | None:
    value = claims.get(name)
    if not isinstance(value, str):
        raise NotAdmitted(who, f"the token has no claim {name}, a name or {ALL} for all")
    return None if value == ALL else _bound(who, f"the claim {name}", value)


def _bound(who: str, what: str, value: str) -> str:
    odd = any(category(each) in _UNWRITTEN for each in value)
    if value in _NOBODYS or len(value) > LONGEST_BOUND or odd or _is_many(value):
        raise NotAdmitted(who, f"{what} names nobody")
    return value


def _is_many(value: str) -> bool:
    """Whether it is a list or a map, as API Gateway writes those of a token: `[a b]`, `{"a":"b"}`."""
    return value[:1] + value[-1:] in ("[]", "{}")


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """What API Gateway looks for itself: `scope`, or `scp`, whose list it writes as `[a b]`."""
    text = str(claims.get("scope") or claims.get("scp") or "")
    return frozenset(text.strip("[]").split(" ")) - {""}
