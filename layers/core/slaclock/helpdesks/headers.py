"""Which headers of a delivery may be kept with it: those that a signature, or an adapter, rests on.

Any other may hold a credential, or say who sent it: a key, a token, a cookie, a user or an address. So no
connection may have its shared secret come in one of these.
"""

from collections.abc import Iterable

_KEPT = (
    "webhook-",
    "ce-",
    "x-hub-",
    "x-github-",
    "x-atlassian-webhook-",
    "x-zammad-",
    "x-chatwoot-",
    "x-frappe-",
    "x-helpscout-",
    "x-hubspot-",
)
_SIGNING = ("signature", "timestamp")


def is_kept(name: str) -> bool:
    """Whether a header, named in lower case, is the body's type or of a scheme that signs a delivery."""
    signs = name.startswith("x-") and any(word in name for word in _SIGNING)
    return name == "content-type" or name.startswith(_KEPT) or signs


def hold_a_signature(names: Iterable[str]) -> bool:
    """Whether a delivery with these headers can still be verified when only those that are kept are left."""
    return any("signature" in name and is_kept(name) for name in names)
