"""Agreement documents made to hurt: each is refused with its place, and costs no more than its bytes."""

import pytest

from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.nodes import LARGEST_FILE

SOUND = """agreement: a
calendars: {c: {timezone: UTC, hours: 24x7}}
calendar: c
targets: {resolution: 8h}
"""
FULL = LARGEST_FILE - 1
LAUGHS = "".join(
    f"{'bcdefghi'[n]}: &{'bcdefghi'[n]} [{', '.join(['*' + 'abcdefgh'[n]] * 9)}]\n" for n in range(8)
)


def refusal(text: str) -> str:
    """The first problem of a document, the others being left out."""
    with pytest.raises(InvalidDocument) as refused:
        read_document(text, "d.yaml")
    return str(refused.value.problems[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x, x, x]\n" + LAUGHS, "d.yaml:1:4: a: anchors and aliases are not read here ('a')"),
        ("a: *nothing", "d.yaml:1:4: a: anchors and aliases are not read here ('nothing')"),
        ("&a a: 1", "d.yaml:1:1: anchors and aliases are not read here ('a')"),
        ("<<: {a: 1}\n" + SOUND, "d.yaml:1:1: <<: unknown member '<<'"),
    ],
    ids=["a billion laughs", "an alias", "an anchored key", "a merge key"],
)
def test_nothing_is_repeated_by_reference(text: str, said: str) -> None:
    """One kilobyte of aliases could mean a gigabyte of values, so that no alias means anything."""
    assert refusal(text).startswith(said)


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system [id]", "!!python/name:os.system x", "!!int 1", "!mine 1", "!!map {}"],
)
def test_a_tag_makes_nothing(tag: str) -> None:
    """A tag asks the reader to make an object of the writer's choice."""
    assert "tags are not read here" in refusal(f"title: {tag}\n{SOUND}")


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[{"], ids=repr)
def test_what_nests_to_the_end_of_the_file_is_refused_at_the_seventeenth_level(opening: str) -> None:
    """The parser is stopped there: it goes no deeper, and Python's own stack is not asked."""
    assert "nested deeper than 16 lists and mappings" in refusal(opening * (FULL // len(opening)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: " + "x" * 250_000, "a value has at most 1000 characters, not 250000"),
        ("k" * 250_000 + ": 1", "a value has at most 1000 characters, not 250000"),
        ("title: >\n" + " x\n" * 80_000, "a value has at most 1000 characters"),
        ("".join(f"k{n}: 1\n" for n in range(20_000)), "a document has at most 5000 values"),
        ("[" + "x, " * 80_000 + "]", "a document has at most 5000 values"),
        ("---\n" * 60_000, "a file holds one document"),
        ("#\n" * 120_000, "the document is empty"),
        (" " * FULL, "the document is empty"),
        ("é" * 131_072 + " ", "at most 256 KiB"),
    ],
    ids=["a value", "a key", "folded", "members", "a flow", "documents", "comments", "spaces", "bytes"],
)
def test_what_is_long_is_refused_by_its_bound(text: str, said: str) -> None:
    """256 KiB, 5000 values, 1000 characters: whichever is passed first."""
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [('title: "\\UFFFFFFFF"\n', "d.yaml:1:9"), ('a: 1\ntitle: "x\\U00110000"\n', "d.yaml:2:10")],
)
def test_an_escape_that_is_no_character_is_refused_at_its_place(text: str, place: str) -> None:
    """YAML's own parser falls over it; Unicode ends at 10FFFF."""
    assert refusal(text).startswith(f"{place}: not readable as YAML: \\U")


def test_a_version_of_yaml_that_is_no_number_of_sense_is_refused() -> None:
    """Python reads no more than 4300 digits, and says so by an error of its own."""
    assert "%YAML names no version that there is" in refusal(f"%YAML {'9' * 5000}.1\n---\n{SOUND}")


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("order: " + "9" * 900, "is not a whole number from 0 to 999999"),
        ("order: 1e9", "is not a whole number"),
        ("order: 0x10", "is not a whole number"),
        ("order: 1_0", "is not a whole number"),
        ("order: ٣", "is not a whole number"),
        ("applies_to: {custom.x: .nan, custom.x: 1}", "given twice, first in line 5"),
        ("agreement: b", "given twice, first in line 1"),
        ('title: "\\ud800"', "title: '\\ud800' has half a character in it"),
        ('title: "a\\nb"', "is not one line of at most 200 characters"),
        ('title: "\\u001b[31m"', "is not one line of at most 200 characters"),
        ('title: "\\u202e"', "is not one line of at most 200 characters"),
        ('applies_to: {"custom.\\ud800": x}', "'custom.\\ud800' has half a character in it"),
        ('applies_to: {"custom.\\e[2J": x}', "unknown condition 'custom.\\x1b[2J'"),
    ],
)
def test_a_value_means_what_is_written_or_nothing(member: str, said: str) -> None:
    """YAML guesses no number, and of two members of one name none wins."""
    assert any(said in line for line in refusals(SOUND + member))


def refusals(text: str) -> list[str]:
    with pytest.raises(InvalidDocument) as refused:
        read_document(text, "d.yaml")
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "text", ["a: &" + "x" * 200_000 + " 1", "a: !" + "x" * 200_000 + " 1", "*" * 200_000]
)
def test_a_refusal_is_short_however_long_the_mistake(text: str) -> None:
    """It is printed in a terminal, and shows the beginning and the end of what was written."""
    assert len(refusal(text)) < 300
