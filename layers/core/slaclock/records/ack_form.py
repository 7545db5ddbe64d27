"""The form of the page behind a link: one name, which may be left out."""

from urllib.parse import parse_qsl

from slaclock.domain.lines import line_of
from slaclock.records.ack_page import LONGEST_NAME

LARGEST = 4 * 1024  # bytes of a form
MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20


class InvalidForm(ValueError):
    """The form can't be read: `status` is the answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a form that can't be read: {status}")
        self.status = status


class InvalidName(ValueError):
    """The name is too long, or can't be printed on a line; `typed` is what there is to be put right."""

    def __init__(self, typed: str) -> None:
        super().__init__("no name to be recorded")
        self.typed = typed


def name_in(body: bytes, media_type: str) -> str:
    """The name in a form, without spaces around it; "" where there is none, or nothing was sent at all.

    It goes into messages: what is no line of at most 64 characters is refused.
    """
    if len(body) > LARGEST:
        raise InvalidForm(413)
    if body and media_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise InvalidForm(415)
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise InvalidForm(400) from None
    names = [value.strip() for name, value in fields if name == "name"]
    if len(names) > 1:
        raise InvalidForm(400)
    typed = names[0] if names else ""
    name = line_of(typed, LONGEST_NAME) if typed else ""
    if name is None:
        raise InvalidName("".join(each for each in typed if each.isprintable())[:LONGEST_NAME])
    return name
