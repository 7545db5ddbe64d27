"""What is found out about a day."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a day; a fault means that something is not as it was sealed."""

    day: date
    what: str
    fault: bool = True
