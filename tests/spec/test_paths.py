"""Members that a connection's paths find in the helpdesk's own payload."""

from typing import Any

import pytest

from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.paths import members

BODY = {
    "ticket": {
        "plan": "gold",
        "org": {"id": 7, "name": "Acme", "vip": True},
        "fields": [{"id": 1, "value": "Odense"}, {"id": 2, "value": ["a", 2, None, {}, True]}],
        "sla": 4.5,
        "nothing": None,
        "long": "x" * 5000,
    }
}


def found(**paths: str) -> dict[str, Any]:
    """What these paths find; `custom_site` is `custom.site`."""
    named = {name.replace("custom_", "custom."): path for name, path in paths.items()}
    desk = Connection("desk", "zendesk", "example", "x", customers={"7": "acme"}, paths=named)
    return members(BODY, desk)


def test_a_member_is_text_a_reference_or_a_customer() -> None:
    """A team and a customer by id and name; the customer by the connection's own name for them."""
    assert found(plan="ticket.plan", team="ticket.org", customer="ticket.org.id") == {
        "plan": "gold",
        "team": {"id": "7", "name": "Acme"},
        "customer": {"id": "acme"},
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ticket.fields[?id == `1`].value | [0]", "Odense"),
        ("ticket.fields[1].value", ["a", 2, True]),
        ("ticket.org.vip", True),
        ("ticket.sla", 4.5),
        ("ticket.fields[].id", [1, 2]),
        ("ticket.long", "x" * 4096),
        ("`9007199254740991`", 2**53 - 1),
        ("ticket.nosuch[]", None),
        ("`[]`", []),
    ],
)
def test_a_custom_field_is_a_single_value_or_a_list_of_them(path: str, value: Any) -> None:
    """As the canonical event has them: text (cut at 4096), a number, yes or no."""
    assert found(custom_site=path).get("custom", {}).get("site") == value


@pytest.mark.parametrize(
    "path",
    [
        "ticket.nosuch",
        "ticket.nothing",
        "ticket.org",
        "sum(ticket.nosuch)",
        "to_number('1e999')",
        "to_number('nan')",
        "`9007199254740992`",
    ],
)
def test_a_path_that_leads_nowhere_says_nothing(path: str) -> None:
    """Nothing, an object, no number, a function that is given nothing: it stays unknown (rule 29)."""
    assert found(custom_site=path) == {}


def test_fields_that_the_adapter_found_stay() -> None:
    """But for those that a path names: the connection knows better."""
    desk = Connection("d", "zendesk", "example", "x", paths={"custom.site": "ticket.plan", "custom.no": "no"})
    base = {"custom": {"site": "old", "no": 1, "other": 2}, "plan": "silver"}
    assert members(BODY, desk, base) == {"custom": {"site": "gold", "no": 1, "other": 2}}
    assert members(BODY, Connection("d", "zendesk", "example", "x"), base) == {}
