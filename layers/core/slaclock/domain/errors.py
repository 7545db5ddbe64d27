"""What can be wrong with what slaclock is given. A breach is a fact, never one of these."""


class SlaError(Exception):
    """The root of every error that slaclock raises on purpose; its message is for the person who asked."""


class InvalidCalendar(SlaError):
    """A calendar's spec breaks a rule; the message names the value."""


class OutOfWorkingTime(InvalidCalendar):
    """A calendar has too little working time before (or after) an instant to give an answer; it is named."""


class InvalidAgreement(SlaError):
    """An agreement's document breaks a rule; the message names the value."""


class InvalidEvent(SlaError):
    """A ticket event breaks a rule: `detail` says how, `pointer` (JSON pointer, RFC 6901) says where."""

    def __init__(self, detail: str, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {detail}" if pointer else detail)
        self.detail = detail
        self.pointer = pointer


class TooOld(SlaError):
    """An input is of a ticket whose log was removed, or would have been by now (`slaclock.domain.keeping`).

    The message says which of the two, and names neither the ticket nor anybody.
    """
