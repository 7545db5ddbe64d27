"""What a ticket's item keeps as text."""

import pytest

from slaclock.store.bodies import packed, text, unpacked

DOCUMENT = {"status": "open", "title": "Dør går ikke op", "pauses": []}


def test_what_was_packed_is_read_again() -> None:
    """To the letter: hashes are over documents."""
    assert unpacked(packed(text(DOCUMENT))) == text(DOCUMENT)
    assert len(packed(text(DOCUMENT) * 20)) < len(text(DOCUMENT)) * 3


def test_what_was_never_packed_is_read_as_it_is() -> None:
    """Items of before are not written anew for it."""
    assert unpacked(text(DOCUMENT)) == text(DOCUMENT)


@pytest.mark.parametrize("kept", ["", "x", "null", "[]", "not base64!", "AAAA", packed("{}")[:-4]])
def test_what_is_neither_is_refused(kept: str) -> None:
    """As what can't be read is: by `ValueError`, with nothing of it."""
    with pytest.raises(ValueError, match=r"^it is no document, packed or not$"):
        unpacked(kept)
