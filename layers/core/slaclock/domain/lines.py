"""What somebody typed, as a line: a name, a note."""

import unicodedata

# They join letters, or keep them apart: Persian, Hindi and many a picture are not written without them.
_JOINERS = str.maketrans("", "", "\u200c\u200d")


def line_of(text: str, most: int) -> str | None:
    """A text as it goes into messages: one line of 1 to `most` characters; None where it is none.

    Every space of Unicode, such as those of Chinese keyboards, is a plain one, and there are none around it.
    Controls, ends of lines, what turns the direction of writing and what else can't be printed make it none.
    """
    line = "".join(" " if unicodedata.category(each) == "Zs" else each for each in text).strip(" ")
    seen = line.translate(_JOINERS)
    return line if seen and len(line) <= most and seen.isprintable() else None
