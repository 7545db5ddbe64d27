"""Signatures of seals: ECDSA over P-256 with SHA-256, by `cryptography`, which only the command has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slaclock.domain.errors import SlaError
from slaclock.evidence.seal import fingerprint


class InvalidKey(SlaError):
    """What was given is no public key that seals are signed by; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that whoever checks trusts; `fingerprint` is what seals call it."""

    fingerprint: str
    key: Any

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether it is this key's signature of the message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (the layer has no such package)
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        try:
            self.key.verify(signature, message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def public_key(pem: bytes) -> PublicKey:
    """Read a public key in PEM; `InvalidKey` where it is none of P-256."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
        load_pem_public_key,
    )

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidKey("it is no public key in PEM") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise InvalidKey("it is no public key of the curve P-256, by which seals are signed")
    return PublicKey(fingerprint(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)), key)
