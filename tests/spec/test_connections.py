"""What a connection may say: every member is read, written and bounded, and a wrong one is named."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.helpdesks.connection import (
    PRIORITIES,
    STATUSES,
    Connection,
    InvalidConnection,
    connection_from_json,
    connection_to_json,
)
from slaclock.helpdesks.headers import is_kept
from slaclock.helpdesks.signatures import SCHEMES

LEAST = {"id": "desk", "kind": "generic", "account": "example", "secret": "slaclock/desk"}
FULL: dict[str, Any] = {
    **LEAST,
    "statuses": {"Waiting for parts": "on_hold"},
    "priorities": {"P1": "urgent"},
    "customers": {"360001234567": "acme"},
    "plans": {"360001234567": "gold"},
    "ticket_url": "https://desk.example/tickets/{ticket_id}",
    "scheme": "header",
    "header": "x-desk-token",
    "timezone": "Europe/Copenhagen",
    "agents": ["7", "@desk.example", "anna"],
    "paths": {"plan": "ticket.plan", "custom.site": "ticket.fields[?id == `9`].value | [0]"},
    "mapping": {"type": "ticket.event", "ids": ["a", 1, None]},
    "title": "Støtte",
}


def test_every_member_reads_back_as_it_was_entered() -> None:
    """And every member of a connection is among them."""
    read = connection_from_json(FULL)
    assert connection_to_json(read) == FULL
    assert set(FULL) == set(Connection.__slots__)
    assert connection_from_json(connection_to_json(read)) == read


def test_what_says_nothing_is_not_kept() -> None:
    """Null, and what a connection is without it: absent."""
    silent = dict.fromkeys(set(FULL) - set(LEAST)) | {
        "timezone": "UTC",
        "title": "",
        "agents": [],
        "paths": {},
    }
    assert connection_from_json({**LEAST, **silent}) == Connection(
        "desk", "generic", "example", "slaclock/desk"
    )
    assert connection_to_json(connection_from_json({**LEAST, **silent})) == LEAST


@pytest.mark.parametrize("name", LEAST)
def test_four_members_are_needed(name: str) -> None:
    """Without an id, a kind, an account and a secret there is no connection."""
    for given_ in ({**LEAST, name: None}, {each: LEAST[each] for each in LEAST if each != name}):
        with pytest.raises(InvalidConnection, match=f"{name} is text, and not empty"):
            connection_from_json(given_)


def test_what_no_connection_has_is_refused_by_its_name() -> None:
    """A slip of the pen would otherwise be a member that nobody reads."""
    with pytest.raises(InvalidConnection, match="a connection has no 'time_zone'"):
        connection_from_json({**LEAST, "time_zone": "Europe/Copenhagen"})
    with pytest.raises(InvalidConnection, match=r"a connection has no 'x{64}'"):
        connection_from_json({**LEAST, "x" * 1000: 1})


def words(count: int, meaning: str = "open", length: int = 4) -> dict[str, str]:
    return {f"{number:0{length}}": meaning for number in range(count)}


TAKEN: list[tuple[str, Any]] = [
    ("id", "x" * 128),
    ("id", "Az09_-"),
    ("kind", "frappe_helpdesk2"),
    ("account", "a" * 128),
    ("account", "Ørsted & sons"),
    ("secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slaclock/desk-AbCdEf"),
    ("secret", "ssm:/slaclock/desk"),
    ("secret", "x" * 2048),
    *(("statuses", {"theirs": ours}) for ours in sorted(STATUSES)),
    *(("priorities", {"theirs": ours}) for ours in sorted(PRIORITIES)),
    ("statuses", words(1000)),
    ("customers", words(2, "x" * 255, 255)),
    ("ticket_url", "http://desk/{ticket_id}"),
    ("ticket_url", "https://desk/{ticket_id}" + "x" * 2024),
    *(("scheme", name) for name in SCHEMES),
    ("header", "authorization"),
    ("header", "x-slaclock-secret"),
    ("header", "X-Desk-Token"),
    ("timezone", "America/Argentina/Buenos_Aires"),
    ("agents", [f"agent-{number}" for number in range(500)]),
    ("agents", ["a" * 255]),
    *(
        ("paths", {name: "a.b"})
        for name in ("team", "customer", "plan", "channel", "region", "service", "ticket_type", "custom.x")
    ),
    ("paths", {f"custom.{number}": "a" for number in range(50)}),
    ("paths", {"plan": "a" * 1000, "custom." + "x" * 100: "a"}),
    ("paths", {"plan": "join(', ', tags[?starts_with(@, 'plan-')])"}),
    ("mapping", "servicenow"),
    ("mapping", {}),
    ("mapping", {"a": "x" * (32 * 1024 - 9)}),
    ("title", "t" * 255),
]
REFUSED: list[tuple[str, Any]] = [
    ("id", "x" * 129),
    ("id", "a/b"),
    ("id", "é"),
    ("id", 7),
    ("kind", "Zendesk"),
    ("kind", "../zendesk"),
    ("kind", "x" * 33),
    ("account", "a" * 129),
    ("account", "a\nb"),
    ("secret", ["slaclock/desk"]),
    ("secret", "x" * 2049),
    ("secret", "ssm:slaclock/desk"),
    ("secret", "ssm:/slaclock desk"),
    ("secret", "ssm:"),
    ("statuses", {"theirs": "waiting"}),
    ("statuses", {"theirs": "unknown"}),
    ("statuses", {"theirs": None}),
    ("statuses", [["theirs", "open"]]),
    ("statuses", words(1001)),
    ("statuses", {"": "open"}),
    ("priorities", {"theirs": "critical"}),
    ("priorities", "urgent"),
    ("customers", {"a": ""}),
    ("customers", {"a": "x" * 256}),
    ("plans", {"x" * 256: "gold"}),
    ("plans", 0),
    ("ticket_url", "https://desk/tickets"),
    ("ticket_url", "desk/{ticket_id}"),
    ("ticket_url", "javascript:alert({ticket_id})"),
    ("ticket_url", "https://desk/{ticket_id} x"),
    ("ticket_url", "https://desk/{ticket_id}" + "x" * 2025),
    ("scheme", "md5"),
    ("scheme", "Zendesk"),
    ("scheme", ["zendesk"]),
    ("header", "x desk token"),
    ("header", "x-desk-tökén"),
    ("header", "x" * 65),
    ("header", "x-hub-signature"),
    ("header", "x-desk-signature"),
    ("header", "webhook-token"),
    ("header", "content-type"),
    ("timezone", "CET+1"),
    ("timezone", "Europe/Atlantis"),
    ("timezone", "../Europe/Copenhagen"),
    ("timezone", "local"),
    ("agents", "anna"),
    ("agents", {"anna": True}),
    ("agents", [7]),
    ("agents", [""]),
    ("agents", ["a" * 256]),
    ("agents", [f"agent-{number}" for number in range(501)]),
    ("paths", {"status": "ticket.status"}),
    ("paths", {"custom": "ticket"}),
    ("paths", {"custom.": "ticket"}),
    ("paths", {"custom.a b": "ticket"}),
    ("paths", {"custom." + "x" * 101: "a"}),
    ("paths", {"plan": "ticket."}),
    ("paths", {"plan": "nosuch"} | {"team": "a ||"}),
    ("paths", {"plan": ""}),
    ("paths", {"plan": "a" * 1001}),
    ("paths", {"plan": "(" * 500 + "a" + ")" * 499}),
    ("paths", {"plan": 7}),
    ("paths", {f"custom.{number}": "a" for number in range(51)}),
    ("mapping", "nosuch"),
    ("mapping", "../connection"),
    ("mapping", ""),
    ("mapping", ["servicenow"]),
    ("mapping", {"a": "x" * (32 * 1024 - 8)}),
    ("title", "t" * 256),
    ("title", "a\nb"),
    ("title", 7),
]


@pytest.mark.parametrize(("name", "value"), TAKEN, ids=lambda each: str(each)[:40])
def test_what_is_within_bounds_is_taken(name: str, value: Any) -> None:
    """At the bound, too."""
    read = connection_from_json({**LEAST, name: value})
    assert connection_from_json(connection_to_json(read)) == read


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=lambda each: str(each)[:40])
def test_what_is_not_is_refused_with_the_member_named(name: str, value: Any) -> None:
    """When it is entered, and not when the first ticket is late."""
    with pytest.raises(InvalidConnection, match=f"^a connection's {name} ") as refused:
        connection_from_json({**LEAST, name: value})
    assert len(str(refused.value)) < 400


def test_a_header_that_is_kept_can_bear_no_secret() -> None:
    """What a signature rests on is kept with a delivery; a shared secret must never be."""
    for name in ("x-hub-signature", "x-github-token", "ce-secret", "x-secret-timestamp", "webhook-secret"):
        assert is_kept(name)
        with pytest.raises(InvalidConnection, match="header"):
            connection_from_json({**LEAST, "header": name})
    assert not is_kept("x-slaclock-secret")
    assert not is_kept("authorization")


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (("7",), True),
        (("ANNA",), True),
        (("bob@Desk.Example",), True),
        ((None, "8", "anna"), True),
        (("8", "bob"), False),
        (("bob@desk.example.org",), False),
        (("desk.example",), False),
        ((), False),
        ((None,), False),
    ],
)
def test_agents_are_known_by_id_login_address_or_domain(
    names: tuple[str | None, ...], *, is_one: bool
) -> None:
    """In any case; a domain is that of the whole address."""
    assert (
        connection_from_json({**LEAST, "agents": ["7", "Anna", "@DESK.example"]}).is_agent(*names) is is_one
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FULL, JSON)))
def test_nothing_that_stands_in_the_table_is_a_crash(members: Mapping[str, Any]) -> None:
    """What is no connection is an `InvalidConnection`, and what is reads back equal."""
    try:
        read = connection_from_json({**LEAST, **members})
    except InvalidConnection:
        return
    assert connection_from_json(connection_to_json(read)) == read
