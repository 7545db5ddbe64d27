"""Whether a message at an HTTPS endpoint is from Amazon SNS, and from a topic of ours.

Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The certificate is fetched
from SNS's own host, and nowhere else, whatever the message says; both signature versions are checked with
`cryptography`.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_CONFIRMING = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_CONFIRMING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES = {"1": SHA1, "2": SHA256}
_HOST = re.compile(r"sns\.([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})\.amazonaws\.com(?:\.cn)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")
_MOST_CERTIFICATES, _LONGEST_CERTIFICATE = 16, 65_536  # kept at once, bytes
# SNS tries an HTTPS endpoint for an hour; clocks are a little off.
_OLDEST, _YOUNGEST = timedelta(hours=2), timedelta(minutes=15)


class NotFromSnsError(Exception):
    """The message is not what it says it is; the text says why, and quotes nothing of it."""


def fetch(url: str) -> bytes:
    """Read an address of SNS over TLS, within five seconds."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (its scheme and host were checked)
        return bytes(answer.read(_LONGEST_CERTIFICATE))


@dataclass
class Verifier:
    """Checks messages of the topics named. `read` fetches a certificate by its address."""

    topics: Collection[str]
    read: Callable[[str], bytes] = fetch
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _keys: dict[str, RSAPublicKey] = field(default_factory=dict)

    def check(self, message: Mapping[str, Any]) -> None:
        """Raise `NotFromSnsError` unless SNS signed the message for one of the topics, and lately."""
        topic = message.get("TopicArn")
        if not isinstance(topic, str) or topic not in self.topics:
            raise NotFromSnsError("it is of no topic that is expected here")
        self._check_time(message.get("Timestamp"))
        digest = _HASHES.get(str(message.get("SignatureVersion")))
        if digest is None:
            raise NotFromSnsError("its signature is of a version that is not known")
        url = sns_url(message.get("SigningCertURL"), topic, _CERTIFICATE)
        try:
            signature = base64.b64decode(str(message.get("Signature")), validate=True)
            self._key(url).verify(signature, string_to_sign(message), PKCS1v15(), digest())
        except (binascii.Error, InvalidSignature):
            raise NotFromSnsError("its signature is not right") from None

    def _check_time(self, stamp: Any) -> None:
        try:
            at = datetime.fromisoformat(str(stamp))
            age = self.now() - at
        except (ValueError, TypeError):
            raise NotFromSnsError("it says no time") from None
        if not -_YOUNGEST <= age <= _OLDEST:
            raise NotFromSnsError("it is not of now")

    def _key(self, url: str) -> RSAPublicKey:
        if url not in self._keys:
            key = self._certified(self.read(url))
            if len(self._keys) >= _MOST_CERTIFICATES:
                self._keys.clear()
            self._keys[url] = key
        return self._keys[url]

    def _certified(self, pem: bytes) -> RSAPublicKey:
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError:
            raise NotFromSnsError("its certificate can't be read") from None
        key = certificate.public_key()
        valid = certificate.not_valid_before_utc <= self.now() <= certificate.not_valid_after_utc
        if not (valid and isinstance(key, RSAPublicKey)):
            raise NotFromSnsError("its certificate is not valid now")
        return key


def sns_url(url: Any, topic: str, path: re.Pattern[str]) -> str:
    """An address of SNS in the topic's own region, over TLS; `NotFromSnsError` for any other."""
    try:
        parts = urlsplit(str(url))
        host = _HOST.fullmatch(parts.netloc)
    except ValueError:
        host = None
    region = topic.split(":")[3] if topic.count(":") >= 5 else None
    if host is None or parts.scheme != "https" or host[1] != region or not path.fullmatch(parts.path):
        raise NotFromSnsError("it points to an address that is not SNS's")
    return str(url)


def string_to_sign(message: Mapping[str, Any]) -> bytes:
    """The names and values that SNS signs, in its order, each on a line; what a message lacks is left out."""
    names = _SIGNED_CONFIRMING if message.get("Type") in _CONFIRMING else _SIGNED
    lines = [f"{name}\n{message[name]}\n" for name in names if message.get(name) is not None]
    return "".join(lines).encode("utf-8", "replace")
