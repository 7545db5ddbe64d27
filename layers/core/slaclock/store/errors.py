"""Why a store does not do what it is asked."""


class WriteConflictError(Exception):
    """Somebody else decided about this ticket first: load it again and decide anew."""


class StoreUnavailableError(Exception):
    """The table could not be read or written; nothing is known of whether a write took effect."""


class StoreRefusedError(Exception):
    """The table refuses an item for what it is, such as its size: trying again changes nothing."""
