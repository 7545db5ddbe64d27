"""The page for whoever writes an agreement is true: its example is right, and it names every member."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slaclock.agreements.concerns import concerns
from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.freeze import freeze
from slaclock.agreements.grammar import SCHEMA
from slaclock.agreements.names import KEYS
from slaclock.domain.frozen import agreement_from
from slaclock.domain.metric import OCCURRENCES, STATES
from slaclock.domain.metrics import BUILT_IN
from tests.examples import examples

PAGE = (Path(__file__).parents[2] / "docs" / "agreements.md").read_text()
PUBLISHED = date(2026, 3, 1)
(WORKED,) = re.findall("```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_worked_example_is_an_agreement() -> None:
    """Read, frozen and built as it stands, with nothing to warn of."""
    document = read_document(WORKED, "example.yaml")
    agreement = agreement_from(freeze(document, published=PUBLISHED), version=1, content_hash="")
    assert list(concerns(document, PUBLISHED)) == []
    assert agreement.judge({"customer": {"id": "initech", "name": None}, "tags": ["vip"]})
    assert agreement.targets["second-line"].team == "tier2"


@pytest.mark.parametrize("name", [*SCHEMA["properties"], *KEYS, *BUILT_IN, *OCCURRENCES, *STATES])
def test_the_page_names_every_member_and_every_word(name: str) -> None:
    """What may be written is said."""
    assert f"`{name}`" in PAGE


VALUES = [each.span() for each in re.finditer(r"[\w§%.-]+|\[[^\[\]]*\]|\{[^{}]*\}", WORKED)]


@settings(max_examples=examples(150), deadline=None)
@given(
    st.sampled_from(VALUES),
    st.sampled_from(
        ["", "none", "[]", "{}", "[a]", "{a: b}", "[[a]]", "{by: [a]}", "8h", "true", "{any: [{}]}"]
    ),
)
def test_any_value_in_the_place_of_another_is_read_or_refused(span: tuple[int, int], value: str) -> None:
    """Rules that look at several members say nothing of those that could not be read, and never fail."""
    with suppress(InvalidDocument):
        document = read_document(WORKED[: span[0]] + value + WORKED[span[1] :], "example.yaml")
        assert freeze(document, published=PUBLISHED)
