"""What a run has to say of resources that it did not exercise."""

from collections.abc import Mapping

import pytest

from tests.e2e import exercise

TEMPLATE: Mapping[str, str] = {
    "Tickets": "AWS::DynamoDB::Table",
    "Alarm": "AWS::CloudWatch::Alarm",
    "Letters": "AWS::SQS::Queue",
}
NAMED: Mapping[str, tuple[str, ...]] = {
    "nobody watches": ("AWS::CloudWatch::Alarm",),
    "none": ("Letters",),
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of three resources, of which one is named by its type, one by its name."""
    monkeypatch.setattr(exercise, "declared", lambda: dict(TEMPLATE))
    monkeypatch.setattr(exercise, "NOT_EXERCISED", NAMED)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"Tickets"}, []),
        (set[str](), ["neither exercised nor named: Tickets"]),
        ({"Tickets", "Alarm", "Letters"}, ["named, and exercised: Alarm, Letters"]),
    ],
)
def test_each_resource_is_exercised_or_named(found: set[str], said: list[str]) -> None:
    """And never both: the list says no more than what is so."""
    assert exercise.amiss(found) == said


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("stale", ["Gone", "AWS::Gone::Type"])
def test_what_is_not_in_the_template_is_not_named(stale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource or a type that went takes its line with it."""
    monkeypatch.setattr(exercise, "NOT_EXERCISED", {**NAMED, "long ago": (stale,)})
    assert exercise.amiss({"Tickets"}) == [f"named, and nowhere in the template: {stale}"]


def test_the_list_as_it_is_names_nothing_that_is_gone() -> None:
    """Seen here in no time, and not after a whole run."""
    assert not [each for each in exercise.amiss(set()) if each.startswith("named")]
