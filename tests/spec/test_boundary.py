"""A boundary: what lies within it, and what a query may ask for."""

import pytest

from slaclock.access.boundary import Boundary, OutOfBounds

BOTH = ("account", "customer")


@pytest.mark.parametrize(
    ("boundary", "asked", "given"),
    [
        (Boundary(), {}, {}),
        (Boundary(), {"account": "a", "customer": "c"}, {"account": "a", "customer": "c"}),
        (Boundary("a"), {}, {"account": "a"}),
        (Boundary("a"), {"account": "a"}, {"account": "a"}),
        (Boundary("a"), {"customer": "c"}, {"account": "a", "customer": "c"}),
        (Boundary(None, "c"), {"account": "a"}, {"account": "a", "customer": "c"}),
        (Boundary("a", "c"), {"limit": "1"}, {"account": "a", "customer": "c", "limit": "1"}),
    ],
)
def test_what_is_left_out_is_taken_from_the_boundary(
    boundary: Boundary, asked: dict[str, str], given: dict[str, str]
) -> None:
    """So that whatever is read is read under that key."""
    assert boundary.filled(asked, BOTH) == given


@pytest.mark.parametrize(
    ("boundary", "asked", "parameter"),
    [
        (Boundary("a"), {"account": "b"}, "account"),
        (Boundary("a"), {"account": "A"}, "account"),
        (Boundary("a"), {"account": ""}, "account"),
        (Boundary("a", "c"), {"account": "a", "customer": "d"}, "customer"),
        (Boundary("a", "c"), {"account": "b", "customer": "d"}, "account"),
        (Boundary("a", "c"), {"customer": "*"}, "customer"),
        (Boundary(None, "c"), {"customer": "-"}, "customer"),
    ],
)
def test_another_than_the_boundarys_is_refused_by_name(
    boundary: Boundary, asked: dict[str, str], parameter: str
) -> None:
    """It is compared as it is written, and the refusal quotes neither."""
    said = f"^you may see one {parameter} only, and this is another$"
    with pytest.raises(OutOfBounds, match=said) as error:
        boundary.filled(asked, BOTH)
    assert error.value.parameter == parameter


def test_a_query_that_can_not_be_so_narrow_is_refused() -> None:
    """A team's queue has every customer's tickets."""
    with pytest.raises(OutOfBounds, match="for those who may see every customer") as error:
        Boundary("a", "c").filled({"account": "a"}, ("account",))
    assert error.value.parameter == "customer"


@pytest.mark.parametrize(
    ("boundary", "account", "customer", "within"),
    [
        (Boundary(), "a", None, (True, True)),
        (Boundary("a"), "a", None, (True, True)),
        (Boundary("a"), "b", "c", (False, True)),
        (Boundary("a", "c"), "a", "c", (True, True)),
        (Boundary("a", "c"), "a", "d", (True, False)),
        (Boundary("a", "c"), "a", None, (True, False)),
        (Boundary("", ""), "a", "c", (False, False)),
    ],
)
def test_what_lies_within(
    boundary: Boundary, account: str, customer: str | None, within: tuple[bool, bool]
) -> None:
    """What is of no known customer is of none that anybody is bound to."""
    assert (boundary.has_account(account), boundary.has_customer(customer)) == within
