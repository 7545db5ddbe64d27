"""The key that signs seals, and those that it signed, both in KMS."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from slaclock.evidence.seal import ALGORITHM, Key, signed_bytes

if TYPE_CHECKING:
    from slaclock.seals import Sealed

_LONGEST = 72  # bytes of a signature by a key of P-256, in DER


class Signer:
    """The key that signs, by its ARN, and the one that signed before it. Private parts never leave KMS."""

    def __init__(self, client: Any, key: str, former: str | None = None) -> None:
        self._client, self._key = client, key
        self._trusted = dict.fromkeys(each for each in (key, former) if each)

    @cached_property
    def key(self) -> Key:
        """The public part; asked for once."""
        return Key(self._key, self._client.get_public_key(KeyId=self._key)["PublicKey"])

    def sign(self, seal: Mapping[str, Any]) -> bytes:
        """The signature of a seal, in DER."""
        signed: bytes = self._client.sign(
            KeyId=self._key, Message=signed_bytes(seal), MessageType="RAW", SigningAlgorithm=ALGORITHM
        )["Signature"]
        return signed

    def signed(self, sealed: "Sealed") -> bool:
        """Whether a seal is signed as it is by one of the two; the key beside it is not asked."""
        return any(self._signed_by(key, sealed) for key in self._trusted)

    def _signed_by(self, key: str, sealed: "Sealed") -> bool:
        asked = {"KeyId": key, "MessageType": "RAW", "SigningAlgorithm": ALGORITHM}
        if not 0 < len(sealed.signature) <= _LONGEST:
            return False
        try:
            message = signed_bytes(sealed.seal)
        except (ValueError, RecursionError):  # nothing that was ever signed
            return False
        try:
            answer = self._client.verify(Message=message, Signature=sealed.signature, **asked)
        except ClientError as error:
            if error.response["Error"]["Code"] != "KMSInvalidSignatureException":
                raise
            return False
        return bool(answer["SignatureValid"])
