"""Figures as people read them: shares, lengths of time, months and names."""

from datetime import date
from decimal import Decimal
from unicodedata import bidirectional

from slaclock.notices.telling import on_one_line

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
# What stands between these two has a direction of its own, and gives none to what stands around it.
FIRST_STRONG, POP = "\u2068", "\u2069"
_FROM_RIGHT = ("R", "AL", "AN")  # classes of Unicode: Hebrew, Arabic, and Arabic numbers
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TEN = 10 * _HOUR
_MANY_HOURS = 48 * _HOUR  # from here on elapsed time is told in days


def percent(share: str | None) -> str:
    """A share of four places.

    >>> percent("0.9871"), percent("1.0000"), percent(None)
    ('98.71%', '100%', 'none counts')

    >>> percent("0.9400")
    '94.00%'
    """
    if share is None:
        return "none counts"
    return "100%" if Decimal(share) == 1 else f"{Decimal(share) * 100:.2f}%"


def lasting(seconds: int | None, *, wall: bool = False) -> str:
    """A length of time to the minute; days only of elapsed time, since a working day has no fixed length.

    >>> lasting(45), lasting(5460), lasting(180000), lasting(180000, wall=True), lasting(None)
    ('45 s', '1 h 31 min', '50 h', '2 d 2 h', '–')
    """
    if seconds is None:
        return "–"
    if seconds < _MINUTE:
        return f"{seconds} s"
    if wall and seconds >= _MANY_HOURS:
        return _joined((seconds // _DAY, "d"), (seconds % _DAY // _HOUR, "h"))
    return _joined((seconds // _HOUR, "h"), (seconds % _HOUR // _MINUTE, "min"))


def briefly(seconds: int | None, *, wall: bool = False) -> str:
    """The same where there is little room: from ten hours on to the hour.

    >>> briefly(5460), briefly(39600 + 2000)
    ('1 h 31 min', '12 h')
    """
    if seconds is None or seconds < _TEN or (wall and seconds >= _MANY_HOURS):
        return lasting(seconds, wall=wall)
    return f"{round(seconds / _HOUR)} h"


def _joined(*parts: tuple[int, str]) -> str:
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def month(name: str) -> str:
    """A month by its name.

    >>> month("2026-10")
    'October 2026'
    """
    return f"{MONTHS[int(name[5:7]) - 1]} {name[:4]}"


def period(name: str) -> str:
    """A month, quarter or year by its name.

    >>> period("2026-Q4"), period("2026")
    ('Q4 2026', '2026')
    """
    if "-" not in name:
        return name
    return f"{name[5:]} {name[:4]}" if "Q" in name else month(name)


def day(text: str) -> str:
    """A day by its date.

    >>> day("2026-10-05")
    'Mon 5 Oct'
    """
    found = date.fromisoformat(text)
    return f"{list(DAYS.values())[found.weekday()][:3]} {found.day} {MONTHS[found.month - 1][:3]}"


def words(name: str) -> str:
    """What an id says, in words.

    >>> words("first_response")
    'first response'
    """
    return name.replace("_", " ")


def apart(name: str) -> str:
    r"""A name within a sentence, kept apart where it has letters that are written from right to left.

    Else what follows it would stand before it. Nothing else in it turns text.

    >>> apart("ACME"), ascii(apart("\u05d0"))
    ('ACME', "'\\u2068\\u05d0\\u2069'")
    """
    line = on_one_line(name)
    turns = any(bidirectional(each) in _FROM_RIGHT for each in line)
    return f"{FIRST_STRONG}{line}{POP}" if turns else line


def counted(number: int, what: str, more: str | None = None) -> str:
    """A number of things.

    >>> counted(1, "breach", "breaches"), counted(2, "promise")
    ('1 breach', '2 promises')
    """
    return f"{number:,} {what if number == 1 else more or f'{what}s'}"
