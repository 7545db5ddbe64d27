"""Who asks, as API Gateway says it, and what that lets them see and do."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slaclock.access import tags as access_tags
from slaclock.access.boundary import Boundary
from slaclock.access.principals import NOBODY, NoPrincipal, NotAdmitted, Principal, principal_of
from slaclock.access.tags import KEPT, PrincipalTags

OWN = "123456789012"
ROLE = f"arn:aws:sts::{OWN}:assumed-role/legal/ada"
USER = f"arn:aws:iam::{OWN}:user/people/ada"
CLAIMS = {"sub": "ada", "scope": "records.read", "slaclock_account": "example", "slaclock_customer": "*"}


def tags(**said: Mapping[str, str]) -> Any:
    """The tags of `role_legal` or of `user_ada`; whoever else is asked for is a mistake."""
    return lambda kind, name: said[f"{kind}_{name}"]


def signed(arn: str, **said: Mapping[str, str]) -> Principal:
    context = {"accountId": OWN, "authorizer": {"iam": {"userArn": arn, "accountId": OWN}}}
    return principal_of("iam", context, tags(**said))


def with_token(**claims: Any) -> Principal:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return principal_of("jwt", {"authorizer": {"jwt": {"claims": given, "scopes": ["records.read"]}}}, tags())


# -- IAM -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "boundary"),
    [
        ({}, Boundary()),
        ({"team": "legal"}, Boundary()),
        ({"slack:channel": "desk", "clock": "x", "account": "y", "sla": "gold", "sl": "z"}, Boundary()),
        ({"slaclodge:x": "y", "slacks-clock": "x"}, Boundary()),
        ({"slaclock:account": "example"}, Boundary("example")),
        ({"slaclock:customer": "acme"}, Boundary(None, "acme")),
        ({"slaclock:account": "example", "slaclock:customer": "acme"}, Boundary("example", "acme")),
        ({"SlaClock:Account": "example"}, Boundary("example")),
    ],
)
def test_the_tags_of_a_role_bind_whoever_takes_it(said: dict[str, str], boundary: Boundary) -> None:
    """Without one, policies alone say; IAM takes keys for one that differ in case only, and so do we."""
    assert signed(ROLE, role_legal=said) == Principal(ROLE, boundary)


def test_the_tags_of_a_user_bind_him() -> None:
    """His path is no part of his name."""
    assert signed(USER, user_ada={"slaclock:account": "example"}).boundary == Boundary("example")


@pytest.mark.parametrize(
    "said",
    [
        {"slaclock:account": ""},
        {"slaclock:account": "-"},
        {"slaclock:customer": "x" * 257},
        {"slaclock:acount": "example"},
        {"slaclock:": "example"},
        {"slaclock-account": "example"},
        {"slaclock_account": "example", "slaclock_customer": "acme"},
        {"slaclock": "example"},
        {"SlaClock.Account": "example"},
        {" slaclock : account": "example"},
        {"slaclock\uff1aaccount": "example"},
        {"slacloc\u212a:account": "example"},
        {"\u0455laclock:account": "example"},
        {"slac\u200block:account": "example"},
        {"slaclok:account": "example"},
        {"slacclock:account": "example"},
        {"slaclokc:account": "example"},
        {"salclock:account": "example"},
        {"lsaclock:account": "example"},
        {"\uff53\uff4c\uff41\uff43\uff4c\uff4f\uff43\uff4b:account": "example"},
        {"slaklock:account": "example"},
        {"laclock:account": "example"},
        {"slaclock:account": "example", "slaclok:customer": "acme"},
        {"slaclock:account": "example", "SLACLOCK:ACCOUNT": "example"},
    ],
)
def test_a_tag_that_binds_to_nobody_lets_nobody_in(said: dict[str, str]) -> None:
    """A mistyped one is not the same as none, nor is one that only looks like ours."""
    with pytest.raises(NotAdmitted) as error:
        signed(ROLE, role_legal=said)
    assert error.value.who == ROLE


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::210987654321:assumed-role/legal/ada",
        "arn:aws:iam::210987654321:user/ada",
        "arn:aws:iam::210987654321:root",
        f"arn:aws:iam::{OWN}:root",
        f"arn:aws:iam::{OWN}:root/ada",
        f"arn:aws:sts::{OWN}:assumed-role/legal/ada/bob",
        f"arn:aws:sts::{OWN}:assumed-role//ada",
        f"arn:aws:sts::{OWN}:federated-user/ada",
        f"arn:aws:iam::{OWN}:role/legal",
        f"arn:aws:iam::{OWN}:user/",
        f"arn:aws:sts::{OWN}:assumed-role",
        f"arn:aws:sts::210987654321:assumed-role/::{OWN}:root",
        "ada",
    ],
)
def test_who_has_no_tags_that_can_be_read_is_not_let_in(arn: str) -> None:
    """Another AWS account's role may have the name of one of ours."""
    with pytest.raises(NotAdmitted, match="own AWS account"):
        signed(arn, role_legal={}, user_ada={})


@pytest.mark.parametrize("authorizer", [None, {}, {"iam": None}, {"iam": {}}, {"jwt": {"claims": CLAIMS}}])
def test_without_a_signature_there_is_nobody(authorizer: Any) -> None:
    """Whatever else API Gateway may have let through: the route is open by mistake."""
    with pytest.raises(NoPrincipal):
        principal_of("iam", {"accountId": OWN, "authorizer": authorizer}, tags())


# -- tokens ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "boundary"),
    [
        ({"slaclock_account": "*"}, Boundary()),
        ({}, Boundary("example")),
        ({"slaclock_customer": "acme"}, Boundary("example", "acme")),
        ({"slaclock_account": "*", "slaclock_customer": "acme"}, Boundary(None, "acme")),
        ({"slaclock_customer": "Beta [EU]"}, Boundary("example", "Beta [EU]")),
        ({"slaclock_customer": "{beta"}, Boundary("example", "{beta")),
        (
            {"slaclock_customer": "\u05d0\u200f b\u00a0\U0001f600"},
            Boundary("example", "\u05d0\u200f b\u00a0\U0001f600"),
        ),
    ],
)
def test_a_tokens_claims_are_its_boundary(claims: dict[str, str], boundary: Boundary) -> None:
    """`*` is all, and any name is one."""
    assert with_token(**claims).boundary == boundary


@pytest.mark.parametrize(
    "claims",
    [
        {"slaclock_account": None},
        {"slaclock_customer": None},
        {"slaclock_account": ""},
        {"slaclock_customer": "-"},
        {"slaclock_account": 7},
        {"sub": None},
        {"sub": "ada\nbob"},
        {"sub": "x" * 513},
        {"sub": " ada"},
        {"sub": "ada "},
        {"sub": ""},
        {"sub": "\ud800"},
        {"sub": 7},
        {"sub": ["ada"]},
        {"sub": "[ada bob]"},
        {"sub": '{"a":"b"}'},
        {"slaclock_account": "[*]"},
        {"slaclock_account": "[example other]"},
        {"slaclock_customer": "[]"},
        {"slaclock_customer": '{"*":1}'},
        {"slaclock_customer": ["acme"]},
        {"slaclock_customer": {"acme": 1}},
        {"slaclock_customer": True},
        {"slaclock_customer": "\ud800"},
        {"slaclock_account": "a\udfff"},
        {"slaclock_customer": "\0"},
        {"slaclock_customer": "acme\n"},
        {"slaclock_customer": "a\x7fb"},
        {"slaclock_account": "a\x85b"},
    ],
)
def test_a_token_that_leaves_its_boundary_or_its_subject_out_is_not_let_in(claims: dict[str, Any]) -> None:
    """What is forgotten at the issuer must not be all, nor is a list or what can't be written a name."""
    with pytest.raises(NotAdmitted):
        with_token(**claims)


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "records.read cases.write"}, {"records.read", "cases.write"}),
        ({"scope": None, "scp": "[records.read cases.write]"}, {"records.read", "cases.write"}),
        ({"scope": None, "scp": "records.read"}, {"records.read"}),
        ({"scope": None}, set()),
        ({"scope": "records.reader"}, {"records.reader"}),
        ({"scope": "records.read,cases.write"}, {"records.read,cases.write"}),
        ({"scope": " records.read  cases.write "}, {"records.read", "cases.write"}),
        ({"scope": "records.read\tcases.write"}, {"records.read\tcases.write"}),
        ({"scope": "x\u00a0records.read"}, {"x\u00a0records.read"}),
        ({"scope": "x\u2003records.read\ny"}, {"x\u2003records.read\ny"}),
    ],
)
def test_a_tokens_scopes_are_those_that_the_gateway_reads(claims: dict[str, Any], scopes: set[str]) -> None:
    """From `scope`, or `scp`; not from what it says it looked for."""
    found = with_token(**claims)
    assert set(found.scopes or ()) == scopes
    if "records.read" not in scopes:
        with pytest.raises(NotAdmitted, match=r"lacks the scope records\.read"):
            found.admit("records.read")


def test_a_signature_is_no_token() -> None:
    """Where tokens are asked for, AWS's signatures let nobody in."""
    with pytest.raises(NoPrincipal):
        principal_of("jwt", {"accountId": OWN, "authorizer": {"iam": {"userArn": ROLE}}}, tags())


@pytest.mark.parametrize("kind", ["", "IAM", "either"])
def test_another_kind_lets_nobody_in(kind: str) -> None:
    """Not even with both."""
    authorizer = {"iam": {"userArn": ROLE}, "jwt": {"claims": CLAIMS}}
    with pytest.raises(NoPrincipal):
        principal_of(kind, {"accountId": OWN, "authorizer": authorizer}, tags(role_legal={}))


# -- where tags come from --------------------------------------------------------------------------------


class Iam:
    """IAM: two pages of a role's tags, and one of a user's; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def list_role_tags(self, **asked: str) -> dict[str, Any]:
        self.asked.append(asked)
        if "Marker" not in asked:
            return {"Tags": [{"Key": "a", "Value": "1"}], "IsTruncated": True, "Marker": "m"}
        return {"Tags": [{"Key": "slaclock:account", "Value": "example"}], "IsTruncated": False}

    def list_user_tags(self, **asked: str) -> dict[str, Any]:
        self.asked.append(asked)
        return {"Tags": []}


def test_tags_are_read_to_the_last_page_and_kept_for_five_minutes() -> None:
    """The boundary may stand on the second."""
    iam, now = Iam(), datetime(2026, 3, 2, tzinfo=UTC)
    known = PrincipalTags(lambda: iam, lambda: now)
    assert known.of("role", "legal") == {"a": "1", "slaclock:account": "example"}
    now += KEPT - timedelta(seconds=1)
    known.of("role", "legal")
    assert iam.asked == [{"RoleName": "legal"}, {"RoleName": "legal", "Marker": "m"}]
    now += timedelta(seconds=1)
    known.of("role", "legal")
    assert len(iam.asked) == 4


def test_tags_of_so_many_principals_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions of a user's choosing must not fill the memory; of two both are kept."""
    monkeypatch.setattr(access_tags, "_MOST", 2)
    iam = Iam()
    known = PrincipalTags(lambda: iam, lambda: datetime(2026, 3, 2, tzinfo=UTC))
    for name, asked in (("a", 1), ("b", 2), ("a", 2), ("b", 2), ("c", 3), ("a", 4)):
        known.of("user", name)
        assert len(iam.asked) == asked


def test_who_is_not_asked_for_sees_nothing() -> None:
    """Open routes have no business with records."""
    assert NOBODY.boundary == Boundary("", "")


def test_a_role_and_a_user_of_one_name_are_two() -> None:
    """What is kept of one is not the other's."""
    iam = Iam()
    known = PrincipalTags(lambda: iam, lambda: datetime(2026, 3, 2, tzinfo=UTC))
    assert known.of("role", "legal") != known.of("user", "legal") == {}
