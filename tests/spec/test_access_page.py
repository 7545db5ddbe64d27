"""docs/access.md: its policies let call what a scope is for and no more; its words are the code's."""

import json
import re
import shlex
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from slaclock.access.principals import ACCOUNT, ACCOUNT_CLAIM, CUSTOMER, CUSTOMER_CLAIM, LONGEST_NAME
from slaclock.cli import _parser
from slaclock.records.openapi import SURFACE
from slaclock.records.openapi.document import SCOPES

TEXT = (Path(__file__).parents[2] / "docs/access.md").read_text(encoding="utf-8")
POLICIES = dict(re.findall(r"^`([a-z.]+)`:\n\n```json\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE))


def test_every_scope_is_explained_and_has_a_policy() -> None:
    """And none that there is not."""
    assert POLICIES.keys() == SCOPES.keys()
    assert set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", TEXT, re.MULTILINE)) == SCOPES.keys()


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_policy_lets_call_the_routes_of_its_scope(scope: str) -> None:
    """Each of them, and no other below `/v1`."""
    policy = json.loads(POLICIES[scope])
    assert (policy["Effect"], policy["Action"]) == ("Allow", "execute-api:Invoke")
    resources = policy["Resource"] if isinstance(policy["Resource"], list) else [policy["Resource"]]
    called = {
        route.key
        for route in SURFACE
        for resource in resources
        if fnmatchcase(f"API/$default/{route.method}{route.path}", resource.rpartition(":")[2])
    }
    assert called == {route.key for route in SURFACE if route.scope == scope}


def test_tags_and_claims_are_those_that_are_read() -> None:
    """By their names."""
    told = set(re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE))
    assert {ACCOUNT, CUSTOMER, ACCOUNT_CLAIM, CUSTOMER_CLAIM} <= told
    assert f"at most {LONGEST_NAME} characters" in TEXT


def test_the_commands_that_the_page_shows_can_be_read() -> None:
    """Every option of theirs is one."""
    shown = re.findall(r"^slaclock (.*)$", TEXT, re.MULTILINE)
    assert len(shown) == 2
    for line in shown:
        _parser().parse_args(shlex.split(line))
